"""Writing the report: every page and file of it, from the tables of an outputs folder."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

from pipeline.report import overview, shards
from pipeline.report.articles import article_frame, article_html
from pipeline.report.book import Book, write_book
from pipeline.report.pages import HERE, environment
from pipeline.report.rows import Rows
from pipeline.report.source_pages import source_pages

HEADINGS = {
    "claims": "Claims",
    "sources": "Sources",
    "articles": "Articles",
    "names": "Names",
    "rejects": "Inputs that were rejected",
}
"""The pages of searchable tables; the last two are led to from the overview alone."""

MARKER = "newsclaims-report.txt"
MARKED = "This folder is written anew by `newsclaims report`; what you put into it will be gone.\n"


class ReportError(Exception):
    """The report cannot be written; the message names the folder and the way out."""


def write_report(outputs: Path, report: Path | None = None) -> Path:
    """Write the HTML report of an outputs folder, in place of an earlier one.

    The report is whole or the old one: it is built beside its place and moved there at the end.

    Args:
        outputs: a folder with the tables of the contract.
        report: where to write; ``outputs/report`` by default.

    Returns:
        The path of its first page, ``index.html``.

    Raises:
        ReportError: the place is taken by a folder that no report is in.
        tables.FolderError: a table is not there.
    """
    target = outputs / "report" if report is None else report
    if target.exists() and any(target.iterdir()) and not (target / MARKER).exists():
        raise ReportError(
            f"{target}: not a report of newsclaims and not empty; move it away or name another place"
        )
    rows = Rows(outputs)
    aside = target.with_name(f"{target.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    _write(aside, rows)
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    aside.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target / "index.html"


def _write(folder: Path, rows: Rows) -> None:
    (folder / MARKER).write_text(MARKED, encoding="utf-8")
    shutil.copytree(HERE / "assets", folder / "assets")
    book = write_book(rows)
    (folder / "data").mkdir()
    tally, claims = _write_articles(folder, rows, book)
    for path, page in source_pages(book, rows):
        _write_page(folder / path, page)
    index: dict[str, Any] = {"claims": claims.finish()}
    scripts = {"claims": claims.scripts}
    for written in shards.small_tables(folder, book, rows):
        index[written.name] = written.finish()
        scripts[written.name] = written.scripts
    shards.write_script(folder / "data/index.js", ["index", 0, index])
    for name, heading in HEADINGS.items():
        page = environment.get_template("table.html.jinja").render(
            root="",
            section=name,
            heading=heading,
            scripts=("columns.js", "table.js", "tables.js"),
            shards=scripts[name],
        )
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    _write_addresses(folder, book)
    overview.write_overview(folder, book, rows, tally)


def _write_articles(folder: Path, rows: Rows, book: Book) -> tuple[overview.Tally, shards.ClaimShards]:
    page, tally, claims = article_frame(), overview.Tally(), shards.ClaimShards(folder)
    for whole in rows.articles():
        _write_page(folder / book.heads[whole.number].page, article_html(book, whole, page))
        for row, claim in enumerate(whole.claims, whole.first_claim):
            claims.enter(book, claim, row)
            tally.add(claim)
    return tally, claims


def _write_page(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except FileNotFoundError:
        path.parent.mkdir(parents=True)
        path.write_text(page, encoding="utf-8")


def _write_addresses(folder: Path, book: Book) -> None:
    """``data/articles.csv``: where each article's page is, for those who make links of their own."""
    with (folder / "data/articles.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("doc_id", "page", "title", "outlet", "published", "n_claims"))
        for head in book.heads:
            row = (head.doc_id, head.page, head.title, head.outlet, head.day, head.n_claims)
            writer.writerow([overview.cell(value) for value in row])
