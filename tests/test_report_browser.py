"""The report in a real browser, opened from disk: what a reader does, what an attacker tries, who can use it.

Skips where no Chromium is installed (Debian: ``apt-get install chromium``; elsewhere set ``CHROMIUM`` to its
path). ``AXE`` may name axe-core's ``axe.min.js`` (``npm pack axe-core``) for its checks on top of ours.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from pipeline.report import article_page, row_address, write_report
from tests.report_data import hostile, many, two_articles

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
AXE = os.environ.get("AXE")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PATIENCE_MS = 60_000
"""How long a page may take before a test fails: the machine may be busy. Speed has a test of its own."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium found: apt-get install chromium, or set CHROMIUM to the browser's path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(many(12).write(tmp_path_factory.mktemp("many"))).parent


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(hostile().write(tmp_path_factory.mktemp("evil"))).parent


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    # Nothing glides: text that still scrolls under the pointer shows another claim than the one aimed at.
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, offline=True, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test on any error or refused resource."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: errors.append(failed(request)) if failed(request) else None)
    page.on(
        "request",
        lambda request: None if request.url[:5] in ("file:", "blob:") else errors.append(request.url),
    )
    yield page
    assert errors == []


def failed(request: Request) -> str | None:
    """What went wrong with a request; a page left before all of its scripts were there is no fault."""
    reason = request.failure or ""
    return None if "ERR_ABORTED" in reason else f"{request.url}: {reason}"


def open_table(page: Page, report: Path, name: str, state: str = "") -> None:
    page.goto((report / f"{name}.html").as_uri() + state)
    page.wait_for_selector("#table[data-ready=yes]")


def wait_for_state(page: Page, key: str, value: str) -> None:
    """Wait until the table shows what its address says."""
    page.wait_for_function(
        """([key, value]) => {
          const state = document.getElementById("table").dataset.state || "";
          return new URLSearchParams(state.slice(1)).get(key) === value;
        }""",
        arg=[key, value],
    )


def rows(page: Page) -> list[str]:
    return page.locator("table.list tbody tr").all_inner_texts()


def test_search_from_the_overview_finds_what_a_commander_said_and_who_confirmed_it(
    page: Page, report: Path
) -> None:
    page.goto((report / "index.html").as_uri())
    page.get_by_label("Search all claims").fill("Calden militia commander fuel")
    page.get_by_role("button", name="Search").click()
    page.wait_for_selector("#table[data-ready=yes]")
    (only,) = rows(page)
    assert "the yard's own guards had sold the fuel" in only
    assert "confirmed" in only
    page.get_by_role("link", name="confirmed").click()
    expect(page.locator("#panel")).to_contain_text("fuel had gone missing")
    expect(page.locator("#panel")).to_contain_text("Western military source")


def test_a_confirmation_leads_to_what_it_confirms(page: Page, report: Path) -> None:
    open_table(page, report, "claims", "#class=confirm&q=%22three+drones%22")
    page.get_by_text("Confirms what").first.get_by_role("link").click()
    expect(page.locator("#panel")).to_contain_text("Calden security official")
    expect(page.locator("#panel")).to_contain_text("Confirmed by")


def test_words_phrases_and_exclusions(page: Page, report: Path) -> None:
    def found(query: str) -> int:
        page.get_by_role("searchbox", name="Search").fill(query)
        wait_for_state(page, "q", query)
        return int(page.locator(".status").inner_text().split(" of ")[0].replace("\u202f", ""))

    open_table(page, report, "claims", "#q=x")
    both, phrase = found("drones struck"), found('"had struck the naval yard"')
    assert (both, phrase) == (2, 1)
    assert found("drones struck -naval") == 1
    assert found("DRONES  “HAD struck the yard”") == 1
    assert found("zzzz") == 0


def test_filters_narrow_and_the_address_keeps_them(page: Page, report: Path) -> None:
    open_table(page, report, "claims")
    page.get_by_label("Class of cue").select_option("deny")
    page.get_by_label("Named or not").select_option("yes")
    wait_for_state(page, "class", "deny")
    wait_for_state(page, "anonymous", "yes")
    shown = rows(page)
    assert shown
    assert all("anonymous" in row and "deny" in row for row in shown)
    expect(page).to_have_url(re.compile("#(?=.*class=deny)(?=.*anonymous=yes)"))
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("#table[data-ready=yes]")
    assert rows(page) == shown
    assert page.get_by_label("Class of cue").input_value() == "deny"
    page.get_by_role("button", name="Clear search").click()
    expect(page.locator(".status")).not_to_contain_text(" of 256 ")


def test_dates_confidence_and_source_filters(page: Page, report: Path) -> None:
    open_table(page, report, "claims", "#from=2031-05-03&to=2031-05-04&source=varga&sure=80")
    shown = rows(page)
    assert len(shown) == 3
    assert all("Ilse Varga" in row for row in shown)


def test_sorting_by_keyboard(page: Page, report: Path) -> None:
    open_table(page, report, "claims")
    head = page.get_by_role("columnheader", name="Confidence")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    values = [int(text.split()[0]) for text in page.locator("td[data-label=Confidence]").all_inner_texts()]
    assert values == sorted(values, reverse=True)
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "ascending")
    values = [int(text.split()[0]) for text in page.locator("td[data-label=Confidence]").all_inner_texts()]
    assert values == sorted(values)


def test_export_holds_the_filtered_rows(page: Page, report: Path, tmp_path: Path) -> None:
    open_table(page, report, "claims", "#class=confirm")
    n = int(page.locator(".status").inner_text().split(" of ")[0])
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    waiting.value.save_as(tmp_path / "claims.csv")
    with (tmp_path / "claims.csv").open(encoding="utf-8-sig", newline="") as file:
        exported = list(csv.DictReader(file))
    assert len(exported) == n > 0
    assert {row["cue_class"] for row in exported} == {"confirm"}
    wire = next(row for row in exported if row["doc_id"] == "harbour/001.txt")
    assert wire["content"] == "three drones had struck the yard"
    assert wire["page"] == row_address(wire["doc_id"], wire["claim_id"])


def test_pages_of_the_table(page: Page, report: Path) -> None:
    open_table(page, report, "claims")
    first = rows(page)
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".status")).to_contain_text("page 2")
    assert len(first) == 50
    assert not set(first) & set(rows(page))


def test_a_claim_opens_in_its_article_and_the_antecedent_is_followed(page: Page, report: Path) -> None:
    claim = next(claim for claim in two_articles().claims if claim.source == "She")
    page.goto(
        (report / row_address(claim.doc_id, claim.claim_id).partition("#")[0]).as_uri() + f"#{claim.claim_id}"
    )
    panel = page.locator("#panel")
    expect(panel).to_contain_text("repairs would take six weeks")
    expect(page.locator(".on-c")).to_have_text(["repairs would take ", "six weeks"])
    panel.get_by_role("link", name="Commodore Ilse Varga").click()
    expect(page.locator(".lit")).to_have_text("Commodore ")
    expect(page.locator(".lit")).to_be_in_viewport()
    page.locator("#text .back").first.click()
    expect(page).to_have_url(re.compile(f"#a{claim.antecedent_start}$"))


def test_pointing_shows_the_row_and_choosing_again_goes_outwards(page: Page, report: Path) -> None:
    page.goto((report / article_page("harbour/001.txt")).as_uri())
    title = page.locator("#panel h2")
    page.get_by_text("“a technical accident”").first.hover()
    expect(title).to_have_text("Claim 7 of 10")
    page.get_by_role("heading", name="A long quarrel").hover()
    expect(page.locator("#panel")).to_contain_text("Point at a marked claim")
    inner = page.locator("#text [data-c]", has_text="technical accident")
    inner.click()
    expect(title).to_have_text("Claim 7 of 10")
    inner.click()
    expect(title).to_have_text("Claim 6 of 10")
    page.keyboard.press("Escape")
    expect(title).to_have_count(0)


def test_claims_by_keyboard_alone(page: Page, report: Path) -> None:
    page.goto((report / article_page("harbour/001.txt")).as_uri())
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_role("link", name="Claim 1", exact=True).focus()
    expect(page.locator("#panel h2")).to_have_text("Claim 1 of 10")
    page.keyboard.press("Enter")
    page.locator("#panel").get_by_role("button", name="Next").press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Claim 2 of 10")


def test_boilerplate_is_folded_and_an_anchor_opens_it(page: Page, report: Path) -> None:
    base = (report / article_page("harbour/001.txt")).as_uri()
    page.goto(base)
    footer = page.get_by_text("Copyright 2031")
    expect(footer).to_be_hidden()
    page.get_by_label("Left out (4)").check()
    expect(footer).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{base}#s14")
    expect(footer).to_be_visible()


def test_names_can_be_switched_on(page: Page, report: Path) -> None:
    page.goto((report / article_page("harbour/001.txt")).as_uri())
    name = page.locator("#text [data-e=PERSON]").first
    border = "element => getComputedStyle(element).borderBottomStyle"
    assert name.evaluate(border) == "none"
    page.get_by_label("Names, dates and numbers").check()
    assert name.evaluate(border) == "solid"


def test_the_sources_table_leads_to_everything_a_source_said(page: Page, report: Path) -> None:
    open_table(page, report, "sources", "#q=militia+commander&named=anonymous")
    links = page.locator("table.list th a")
    assert set(links.all_inner_texts()) >= {"militia commander", "Calden militia commander"}
    links.filter(has_text="Calden").click()
    expect(page.get_by_text("the yard's own guards had sold the fuel")).to_be_visible()
    expect(page.get_by_text("Confirmed by").first).to_be_visible()


def test_names_and_rejects_are_led_to_from_the_overview(page: Page, report: Path) -> None:
    page.goto((report / "index.html").as_uri())
    page.locator(".figures a", has_text="rejected").click()
    page.wait_for_selector("#table[data-ready=yes]")
    (only,) = rows(page)
    assert "corpus/empty.txt" in only
    assert "empty" in only
    page.go_back()
    page.locator(".figures a", has_text=re.compile(r"\d\s*names$")).click()
    page.wait_for_selector("#table[data-ready=yes]")
    page.get_by_role("searchbox", name="Search").fill("varga")
    wait_for_state(page, "q", "varga")
    page.get_by_role("link", name="Commodore Ilse Varga").or_(
        page.get_by_role("link", name="Ilse Varga")
    ).first.click()
    expect(page.get_by_text("repairs would take six weeks")).to_be_visible()


def test_a_row_is_opened_by_its_id(page: Page, report: Path) -> None:
    for row_id in (two_articles().claims[0].claim_id, "harbour/001.txt#e1", "harbour/001.txt#s2"):
        page.goto("about:blank")
        page.goto((report / "index.html").as_uri())
        page.get_by_label("Search all claims").fill(row_id)
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Open this row in its article").click()
        anchor = row_address("harbour/001.txt", row_id).partition("#")[2]
        expect(page).to_have_url(re.compile(f"#{re.escape(anchor)}$"))
        assert page.locator(f"[id='{anchor}']").count() == 1


def test_hostile_articles_run_nothing(context: BrowserContext, evil: Path) -> None:
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    paths = [path.relative_to(evil).as_posix() for path in evil.rglob("*.html")]
    assert len(paths) >= 7
    for path in [
        *paths,
        "claims.html#q=%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E&source=%3Cscript%3E",
    ]:
        page.goto("about:blank")
        page.goto(f"{evil.as_uri()}/{path}")
        page.wait_for_load_state("load")
        page.wait_for_timeout(300)
        for mark in page.locator("#text [data-c]").all()[:3]:
            mark.hover()
        assert page.evaluate("window.pwned") is None, path
        assert page.locator("img:not(.on-light, .on-dark)").count() == 0
    assert dialogs == []
    open_table(page, evil, "claims")
    assert "<script>window.pwned=1</script>" in rows(page)[0]


def test_the_policy_refuses_scripts_that_are_not_ours(context: BrowserContext, report: Path) -> None:
    page = context.new_page()
    page.goto((report / article_page("river/002.txt")).as_uri())
    refused = page.evaluate(
        """() => {
          const script = document.createElement("script");
          try { script.textContent = "window.pwned = 1"; } catch { return "trusted types"; }
          document.body.append(script);
          return window.pwned ? "ran" : "policy";
        }"""
    )
    assert refused in ("trusted types", "policy")
    assert page.evaluate("window.pwned") is None


VIEWS = ("index", "claims", "sources", "articles", "names", "rejects", "article", "source")


def view(report: Path, name: str) -> str:
    if name == "article":
        return (report / article_page("harbour/001.txt")).as_uri()
    if name == "source":
        return next(report.glob("sources/few/*.html")).as_uri()
    return (report / f"{name}.html").as_uri()


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_names_and_landmarks(browser: Browser, report: Path, name: str, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(view(report, name))
    page.wait_for_timeout(500)
    if name == "article":
        page.get_by_role("link", name="Claim 1", exact=True).click()
        page.get_by_label("Names, dates and numbers").check()
        page.get_by_label("Left out").check()
    faults = page.evaluate((Path(__file__).parent / "accessibility.js").read_text(encoding="utf-8"))
    assert faults == []
    if AXE:
        page.evaluate(Path(AXE).read_text(encoding="utf-8"))
        found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        serious = [each for each in found if each["impact"] in ("serious", "critical")]
        assert [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in serious] == []
    context.close()


@pytest.mark.parametrize("name", VIEWS)
def test_a_phone_never_scrolls_sideways(browser: Browser, report: Path, name: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(view(report, name))
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_right_to_left_text_keeps_its_direction(page: Page, report: Path) -> None:
    page.goto((report / article_page("river/002.txt")).as_uri())
    comment = page.locator("#text .comment", has_text="الحريق").locator("p[dir=auto]")
    assert comment.evaluate("element => getComputedStyle(element).direction") == "rtl"


def test_the_chosen_scheme_is_kept(page: Page, report: Path) -> None:
    page.goto((report / "index.html").as_uri())
    page.get_by_role("button", name="Dark mode").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto((report / "claims.html").as_uri())
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


OPEN_AND_SEARCH = """() => new Promise((resolve) => {
  const input = document.querySelector("input[name=q]");
  input.value = "militia commander bridge";
  input.dispatchEvent(new Event("input", { bubbles: true }));
  const watch = () => document.getElementById("table").dataset.state.includes("q=")
    ? resolve(document.querySelector(".status").textContent) : setTimeout(watch, 5);
  watch();
})"""


@pytest.mark.slow
def test_a_hundred_thousand_claims_open_and_search_in_seconds(browser: Browser, tmp_path: Path) -> None:
    """The best of five looks, within two seconds; more where the machine has other work for each core."""
    report = write_report(many(400, claims_per_article=250).write(tmp_path)).parent
    seconds = []
    for _ in range(5):
        page = browser.new_page()
        started = time.perf_counter()
        page.goto((report / "claims.html").as_uri())
        page.wait_for_selector("#table[data-ready=yes]", timeout=PATIENCE_MS)
        opened = time.perf_counter()
        status = page.evaluate(OPEN_AND_SEARCH)
        seconds.append(time.perf_counter() - started)
        print(f"opened {opened - started:.2f} s, opened and searched {seconds[-1]:.2f} s: {status}")
        assert "of 99\u202f516 claims" in status
        page.close()
    waiting = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert min(seconds) < 2 * waiting  # 1.7 to 2.5 s measured with five times as much work as cores
