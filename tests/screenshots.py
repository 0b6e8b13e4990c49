"""The screenshots of the README: ``make extract report && .venv/bin/python -m tests.screenshots``.

Needs the development packages and a Chromium, like ``tests/test_report_browser.py``.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from pipeline.report import article_page

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
ARTICLE = "01-fuel-crews.txt"
SEARCH = "coastguard"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def main(report: Path) -> None:
    """Take both from a report of the sample corpus."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="light")
        claims(page, report)
        page.screenshot(path=IMAGES / "report-claims.png")
        article(page, report)
        page.screenshot(path=IMAGES / "report-article.png")
        browser.close()


def claims(page: Page, report: Path) -> None:
    """The table of claims, searched."""
    page.goto(f"{(report / 'claims.html').as_uri()}#q={SEARCH}")
    page.wait_for_selector("#table[data-ready=yes]")
    page.locator(".filter-box").evaluate("element => { element.open = false }")


def article(page: Page, report: Path) -> None:
    """An article with a claim chosen that somebody confirmed, or the first."""
    page.goto((report / article_page(ARTICLE)).as_uri())
    confirmed = page.locator("#claims .claim", has_text="Confirmed by")
    row = confirmed.first if confirmed.count() else page.locator("#claims .claim").first
    number = row.get_attribute("value")
    page.locator(f"#text a.n[href='#row-{number}']").click()
    page.locator("#text p.body").first.evaluate(
        "element => scrollBy(0, element.getBoundingClientRect().top - 90)"
    )
    page.mouse.move(2, 2)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "outputs" / "report")
