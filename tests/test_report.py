"""The report's pages as files: what they say, nothing scraped as markup, a place for every row."""

from __future__ import annotations

import csv
import html
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.report import ReportError, article_page, row_address, write_report
from pipeline.report.address import row_anchor, slug, source_page
from pipeline.report.charts import shorten
from pipeline.report.highlight import Mark, Marks, Text
from pipeline.report.overview import _periods, cell
from pipeline.report.pages import count, esc, web_link
from pipeline.report.shards import CUT, ROWS_PER_SHARD, Shards
from pipeline.report.speakers import Speaker, speakers_of
from pipeline.schema import SourceMember
from tests import report_data
from tests.report_data import EVIL, Tables, hostile, many, two_articles


class Page(HTMLParser):
    """What a browser would make of a page: its elements, ids, links and text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def ids(self) -> set[str]:
        return {attributes["id"] for _, attributes in self.elements if "id" in attributes}

    @property
    def text(self) -> str:
        return "".join(self.words)


def report_of(tables: Tables, folder: Path) -> Path:
    return write_report(tables.write(folder)).parent


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_of(two_articles(), tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def pages(report: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in report.rglob("*.html")}


@pytest.fixture(scope="module")
def evil_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report_of(hostile(), tmp_path_factory.mktemp("evil"))


def shard(path: Path) -> object:
    """What a data script hands over: a JSON text in a single-quoted string."""
    match = re.fullmatch(r".*?JSON\.parse\('(.*)'\)\);\n", path.read_text(encoding="utf-8"), re.DOTALL)
    assert match is not None
    assert "\n" not in match[1]
    return json.loads(re.sub(r"\\(u[0-9a-f]{4}|.)", _unescape, match[1], flags=re.DOTALL))


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1][1:], 16)) if len(match[1]) == 5 else match[1]


def test_every_row_has_an_address_that_leads_to_its_words(report: Path) -> None:
    tables = two_articles()
    for rows, key in (
        (tables.claims, "claim_id"),
        (tables.entities, "mention_id"),
        (tables.segments, "segment_id"),
    ):
        assert rows
        for row in rows:
            page, _, anchor = row_address(row.doc_id, getattr(row, key)).partition("#")
            assert anchor in Page(report / page).ids


def test_every_link_inside_the_report_leads_somewhere(report: Path, pages: dict[Path, Page]) -> None:
    n_links = 0
    for path, page in pages.items():
        for _, attributes in page.elements:
            target = attributes.get("href") or attributes.get("src")
            if target is None or target.startswith("https://"):
                continue
            file, _, anchor = target.partition("#")
            there = (path.parent / file).resolve() if file else path
            assert there.is_file(), (path, target)
            assert there.is_relative_to(report.resolve())
            if anchor and there.suffix == ".html" and "=" not in anchor:
                assert anchor in pages[report / there.relative_to(report.resolve())].ids, (path, target)
            n_links += 1
    assert n_links > 100


def test_the_article_page_shows_the_text_as_read(report: Path) -> None:
    document, *_ = two_articles().documents
    page = Page(report / article_page(document.doc_id))
    for line in document.text.splitlines():
        words = re.sub(r"\W+", "", line)
        assert words in re.sub(r"\d|↖|\W+", "", page.text) or any(c.isdigit() for c in words)


def test_ids_are_unique_on_every_page(pages: dict[Path, Page]) -> None:
    for page in pages.values():
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids)), page.path


def test_no_inline_script_style_or_handler_on_any_page(pages: dict[Path, Page], evil_report: Path) -> None:
    every = [*pages.values(), *(Page(path) for path in evil_report.rglob("*.html"))]
    for page in every:
        policies = [
            a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"
        ]
        assert len(policies) == 1
        assert "default-src 'none'" in policies[0]
        assert "unsafe" not in policies[0]
        for tag, attributes in page.elements:
            assert tag != "style"
            assert tag != "script" or re.match(r"(\.\./)*(assets|data)/", attributes["src"])
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            for name in ("href", "src"):
                assert not re.match(
                    r"\s*(javascript|data|vbscript):", attributes.get(name, ""), re.IGNORECASE
                )


def test_hostile_text_is_text_everywhere(evil_report: Path) -> None:
    shown = 0
    for path in evil_report.rglob("*.html"):
        page = Page(path)
        assert not [
            attributes
            for tag, attributes in page.elements
            if tag == "img" and "charts/" not in attributes["src"]
        ]
        shown += "<script>window.pwned=1</script>" in page.text
    assert shown >= 4
    for path in evil_report.rglob("*.svg"):
        assert "<script" not in path.read_text(encoding="utf-8")
    for path in evil_report.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert not [each for row in csv.reader(file) for each in row if re.match(r"[=+@\t]|-\D", each)]


def test_hostile_ids_stay_inside_the_report(evil_report: Path) -> None:
    for document in hostile().documents:
        page = evil_report / article_page(document.doc_id)
        assert page.is_file()
        assert page.parent.parent == evil_report / "articles"


def test_data_scripts_hold_the_claims_and_nothing_but_data(report: Path, evil_report: Path) -> None:
    name, number, rows = shard(report / "data/claims-0000.js")  # type: ignore[misc]
    assert (name, number) == ("claims", 0)
    ids = rows["texts"]["id"].split(CUT)
    assert sorted(ids) == sorted(claim.claim_id for claim in two_articles().claims)
    _, _, evil = shard(evil_report / "data/claims-0000.js")  # type: ignore[misc]
    assert EVIL.partition("{{")[0] in evil["texts"]["content"].split(CUT)[0]


def test_the_claims_are_cut_into_shards(tmp_path: Path) -> None:
    tables = many(6, claims_per_article=1500)
    folder = report_of(tables, tmp_path)
    scripts = sorted((folder / "data").glob("claims-*.js"))
    sizes = [shard(path)[2]["n"] for path in scripts]  # type: ignore[index]
    assert sizes == [ROWS_PER_SHARD, len(tables.claims) - ROWS_PER_SHARD]
    page = (folder / "claims.html").read_text(encoding="utf-8")
    assert [path.name in page for path in scripts] == [True, True]


def test_a_shard_holds_its_columns_packed(tmp_path: Path) -> None:
    shards = Shards(
        tmp_path, "t", texts=("id",), words=("cue",), sparse=("at",), lists=("who",), numbers=("n",),
        coded=("kind",),
    )  # fmt: skip
    shards.add("a", "said", None, [1, 2], 5, "x")
    shards.add(f"b{CUT}c", None, "z", 0, None, None)
    shards.add(None, "said", "", 1, 7, "x")
    assert shards.finish() == {"n": 3, "size": ROWS_PER_SHARD, "codes": {"kind": [["x", 2], ["", 1]]}}
    assert shard(tmp_path / "data/t-0000.js") == ["t", 0, {
        "n": 3,
        "texts": {"id": f"a{CUT}b\ufffdc{CUT}"},
        "words": {"cue": [["said", ""], [0, 1, 0]]},
        "sparse": {"at": {"1": "z"}},
        "lists": {"who": [[1, 2], 0, 1]},
        "numbers": {"n": [5, None, 7]},
        "codes": {"kind": [0, 1, 0]},
        "along": {},
    }]  # fmt: skip


def test_the_newest_claims_come_first(report: Path) -> None:
    _, _, rows = shard(report / "data/claims-0000.js")  # type: ignore[misc]
    days = [-1 if day is None else day for day in rows["numbers"]["day"]]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 1


def test_a_source_page_shows_confirmations_and_denials(report: Path) -> None:
    few = [Page(path) for path in (report / "sources/few").glob("*.html")]
    text = re.sub(r"\s+", " ", " ".join(page.text for page in few))
    assert "Denied by militia commander" in text
    assert "Confirmed by Western diplomat and a second Calden security official" in text
    assert "Confirms what Calden militia commander said" in text


def test_one_takes_the_description_of_its_antecedent() -> None:
    claims = two_articles().claims
    wire = [claim for claim in claims if claim.doc_id == "harbour/001.txt"]
    labels = [each[0].label for each in speakers_of(wire, {}, {})]
    assert labels[3:5] == ["militia commander", "militia commander"]
    assert labels[8:] == ["Calden navy", "no source given"]


@pytest.mark.parametrize(
    ("source", "columns", "label"),
    [
        ("They", {}, "“They”, not resolved"),
        ("they", {"antecedent": "the  Sorvian miners"}, "Sorvian miners"),
        ("a miner", {"source_head": "miner"}, "miner"),
        ("several of the miners", {}, "miners"),
        ("Reke", {"source_name": "Tomas Reke"}, "Tomas Reke"),
        ("two port guards", {"source_role": "guard", "source_affiliation": "port"}, "port guard"),
        ("a clerk of the port", {"source_role": "clerk", "source_affiliation": "port"}, "clerk (port)"),
        ("the", {"source_name": "the", "anonymous": True}, "the"),
    ],
)
def test_who_a_source_is_for_the_report(source: str, columns: dict[str, str], label: str) -> None:
    tables = Tables()
    tables.add("a", f"{{s1:{source}}} {{q1:said}} {{c1:so}}", {1: columns})
    assert [each.label for each in speakers_of(tables.claims, {}, {})[0]] == [label]


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            (SourceMember("Ilse Varga", 0, 1, "person", None, None, None, None),),
            (Speaker("name PERSON:v", "Commodore Varga", True, "PERSON:v"),),
        ),
        (
            (SourceMember("two Calden officials", 0, 1, "group", "official", "official", ("Calden",), 2),),
            (Speaker("said calden official", "Calden official", False),),
        ),
        (
            (SourceMember("The  navy", 0, 1, None, None, None, None, None),) * 2,
            (Speaker("said navy", "navy", False),),
        ),
    ],
)
def test_a_coordinated_source_counts_for_each_member(
    members: tuple[SourceMember, ...], expected: tuple[Speaker, ...]
) -> None:
    tables = Tables()
    tables.add("a", "{s1:They} {q1:said} {c1:so}", {1: {"source_members": members}})
    forms, by_form = {"PERSON:v": "Commodore Varga"}, {"Ilse Varga": "PERSON:v"}
    assert speakers_of(tables.claims, forms, by_form) == [expected]


def test_an_empty_outputs_folder_gives_a_report(tmp_path: Path) -> None:
    assert "<b>0</b> <span>claims" in (report_of(Tables(), tmp_path) / "index.html").read_text(
        encoding="utf-8"
    )


def test_a_second_report_replaces_the_first_and_nothing_else(tmp_path: Path) -> None:
    folder = report_of(two_articles(), tmp_path / "outputs")
    gone = article_page("river/002.txt")
    tables = Tables()
    report_data.add_wire(tables, "harbour/001.txt")
    report_of(tables, tmp_path / "outputs")
    assert not (folder / gone).exists()
    assert (folder / article_page("harbour/001.txt")).exists()
    assert not [path for path in (tmp_path / "outputs").iterdir() if path.name.startswith("report.")]
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("keep me")
    with pytest.raises(ReportError, match="mine: not a report"):
        write_report(tmp_path / "outputs", mine)
    assert (mine / "letter.txt").read_text() == "keep me"


def test_the_same_tables_give_the_same_report(tmp_path: Path) -> None:
    first, second = (report_of(many(5), tmp_path / name) for name in ("a", "b"))
    files = [path.relative_to(first) for path in first.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert sorted(files) == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert [path for path in files if (first / path).read_bytes() != (second / path).read_bytes()] == []


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], "a &lt;b&gt; c"),
        ([Mark(0, 1, "s", 1)], '<span class="s" data-c="s1">a</span> &lt;b&gt; c'),
        (  # crossing: a name and the end of a content
            [Mark(0, 5, "c", 1), Mark(4, 7, "e", label="ORG")],
            '<span class="c" data-c="c1">a &lt;b</span>'
            '<span class="c e" data-c="c1" data-e="ORG">&gt;</span>'
            '<span class="e" data-e="ORG" data-z=""> c</span>',
        ),
        (  # nested: outermost first
            [Mark(2, 5, "s", 2), Mark(0, 7, "c", 1)],
            '<span class="c" data-c="c1">a </span><span class="c s" data-c="c1 s2">&lt;b&gt;</span>'
            '<span class="c" data-c="c1"> c</span>',
        ),
    ],
)
def test_marks(marks: list[Mark], expected: str) -> None:
    assert Text("a <b> c", Marks(marks)).html(0, 7) == expected


def test_a_claim_in_parts_has_its_number_after_the_last() -> None:
    marks = Marks([Mark(0, 1, "c", 1), Mark(4, 5, "c", 1)])
    marks.after[5].append("<1>")
    text = Text("a b c d", marks)
    assert html.unescape(re.sub(r"</?span[^>]*>", "", text.html(0, 7))) == "a b c<1> d"
    assert text.html(0, 1) == '<span class="c" data-c="c1">a</span>'


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example/x?y=1", "https://a.example/x?y=1"),
        (" http://a.example ", "http://a.example"),
        ("HTTPS://a.example", "HTTPS://a.example"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt://a.example/%0aalert(1)", None),
        ("data:text/html,x", None),
        ("//a.example", None),
        ("https://", None),
        ("http://[", None),
        (None, None),
    ],
)
def test_only_web_addresses_are_links(address: str | None, expected: str | None) -> None:
    assert web_link(address) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-x", "'-x"),
        ("+1", "'+1"),
        ("a=1", "a=1"),
        (-3, "-3"),
        (None, ""),
        ("", ""),
    ],
)
def test_no_spreadsheet_runs_a_cell(value: object, expected: str) -> None:
    assert cell(value) == expected


@pytest.mark.parametrize(
    ("doc_id", "row_id", "expected"),
    [
        ("a/b.txt", "a/b.txt#s3", "s3"),
        ("a/b.txt", "a/b.txt#e12", "e12"),
        ("a", "9f3c", "9f3c"),
        ("a", "s3", "claim-s3"),
        ("a", "main", "claim-main"),
        ("a", "x y\"'<é", "x-y-"),
    ],
)
def test_anchors(doc_id: str, row_id: str, expected: str) -> None:
    assert row_anchor(doc_id, row_id) == expected


def test_addresses_are_plain_file_names() -> None:
    assert slug("Café / Ünïcode.TXT") == "cafe-unicode-txt"
    assert slug("…") == "x"
    assert re.fullmatch(r"articles/[0-9a-f]{2}/[a-z0-9-]+\.html", article_page("../../etc/passwd"))
    assert article_page("a b") != article_page("a-b")
    assert source_page("name x", 2).endswith("-3.html")


@pytest.mark.parametrize(
    ("first", "last", "n", "expected"),
    [
        ("2031-05-03", "2031-05-05", 3, "2031-05-04"),
        ("2031-05-01", "2031-07-01", 10, "2031-05-05"),
        ("2031-01-01", "2032-03-01", 15, "2031-02"),
        ("2010-01-01", "2031-03-01", 22, "2011"),
    ],
)
def test_periods(first: str, last: str, n: int, expected: str) -> None:
    periods = _periods(date.fromisoformat(first), date.fromisoformat(last))
    assert (len(periods), periods[1]) == (n, expected)


def test_small_print() -> None:
    assert esc("a\x00<\x1f&'\"") == "a\ufffd&lt;\ufffd&amp;&#x27;&quot;"
    assert count(1, "claim") == "1 claim"
    assert count(12345, "claim") == "12\u202f345 claims"
    assert shorten("a\nb" * 30).endswith("…")
