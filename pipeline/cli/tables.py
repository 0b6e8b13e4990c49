"""`show` and `report`: what the tables say."""

from __future__ import annotations

import datetime as dt
import itertools
import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import AsJson, OutputsArgument, Quiet, Verbose, app, example, loudness_of
from pipeline.schema import CUE_CLASSES, TABLES, arrow_schema

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.tables.query import Query

SHOWN_ROWS = 50
"""Rows printed for people unless more are asked for: some screens."""

CHUNK_ROWS = 1000
"""Claims whose articles are looked up together."""

COLUMNS = {
    "documents": ("doc_id", "site", "published", "title", "n_words", "n_claims"),
    "segments": ("doc_id", "kind", "kept", "reason", "text"),
    "entities": ("doc_id", "label", "text", "name", "confidence"),
    "names": ("name", "label", "n_documents", "n_mentions", "n_claims", "aliases"),
    "rejects": ("path", "doc_id", "reason", "detail"),
}
"""What is printed of each table for people; all columns with --json and --csv."""


def _one_of(names: Iterable[str], option: str, value: str) -> str:
    known = list(names)
    if value not in known:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(known)}", param_hint=option)
    return value


def _classes(incomplete: str) -> list[str]:
    """For shell completion."""
    return [name for name in CUE_CLASSES if name.startswith(incomplete)]


def _tables(incomplete: str) -> list[str]:
    return [name for name in TABLES if name.startswith(incomplete)]


def _day(value: str | None, option: str) -> dt.date | None:
    """A day, or the first one of a month or year."""
    if value is None:
        return None
    try:
        return dt.date.fromisoformat({4: f"{value}-01-01", 7: f"{value}-01"}.get(len(value), value))
    except ValueError:
        raise typer.BadParameter(f"{value!r} is no date; give YYYY-MM-DD", param_hint=option) from None


@app.command(
    epilog=example(
        "newsclaims show outputs --source 'militia commander' --anonymous",
        "newsclaims show outputs --class deny --class confirm --since 2021-05 --json",
        "newsclaims show outputs --table rejects",
    )
)
def show(
    context: typer.Context,
    outputs: OutputsArgument,
    source: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Claims of whoever is called NAME, or so described."),
    ] = None,
    doc: Annotated[str | None, typer.Option(metavar="ID", help="Rows of the article ID.")] = None,
    grep: Annotated[str | None, typer.Option(metavar="TEXT", help="Rows whose text holds TEXT.")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Claims whose source is not named.")] = False,
    classes: Annotated[
        list[str] | None,
        typer.Option(
            "--class", metavar="CLASS", help=f"One of {', '.join(CUE_CLASSES)}.", autocompletion=_classes
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Articles published then or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Articles published then or before.")
    ] = None,
    table: Annotated[
        str, typer.Option(metavar="TABLE", help=f"One of {', '.join(TABLES)}.", autocompletion=_tables)
    ] = "claims",
    limit: Annotated[
        int | None, typer.Option(min=0, help=f"Rows at most; 0 for all. By default {SHOWN_ROWS} for people.")
    ] = None,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Ask the tables who said what.

    Prints the claims (or rows of another table) for which all conditions given hold. Text is compared
    without case; NAME is looked for in the source's words, in who it is, and in its other names.
    """
    loudness = loudness_of(context, quiet, verbose)
    if as_json and as_csv:
        raise typer.BadParameter("give --json or --csv, not both")
    _one_of(TABLES, "--table", table)
    wanted = tuple(_one_of(CUE_CLASSES, "--class", each) for each in classes or ())
    from pipeline import terminal
    from pipeline.tables.mirror import fetched
    from pipeline.tables.query import Query, find_rows

    outputs = fetched(outputs)
    query = Query(source, doc, grep, anonymous, wanted, _day(since, "--since"), _day(until, "--until"))
    _check_columns(query, table)
    at_most = limit if limit is not None else 0 if as_json or as_csv else SHOWN_ROWS
    rows = find_rows(outputs, table, query)
    shown = itertools.islice(rows, at_most or None)
    if as_json:
        terminal.print_json(shown)
    elif as_csv:
        terminal.print_csv(shown, arrow_schema(TABLES[table]).names)
    elif not _print(outputs, table, shown):
        loudness.tell(_nothing(outputs, table, query))
    if next(rows, None) is not None:
        loudness.tell(f"there is more; --limit {at_most * 10} prints ten times as much, --limit 0 all")


def _check_columns(query: Query, table: str) -> None:
    """Refuse conditions on what the table does not have."""
    columns = arrow_schema(TABLES[table]).names
    if query.is_for_claims and table != "claims":
        raise typer.BadParameter("--source, --anonymous and --class ask for claims", param_hint="--table")
    if (query.doc or query.since or query.until) and "doc_id" not in columns:
        raise typer.BadParameter(f"{table} has no articles to choose by", param_hint="--table")


def _print(outputs: Path, table: str, rows: Iterator[dict[str, Any]]) -> int:
    """Print rows for people; how many there were."""
    from pipeline import terminal

    out = terminal.console(sys.stdout)
    if table != "claims":
        chunk = list(rows)
        if chunk:
            terminal.print_rows(out, chunk, COLUMNS[table])
        return len(chunk)
    n_rows = 0
    while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
        n_rows += len(chunk)
        _print_claims(out, outputs, chunk)
    return n_rows


def _print_claims(out: Console, outputs: Path, claims: list[dict[str, Any]]) -> None:
    from pipeline import terminal
    from pipeline.tables.query import find_documents, find_related

    related = find_related(outputs, claims)
    columns = ("title", "site", "publisher", "published")
    documents = find_documents(outputs, (claim["doc_id"] for claim in claims), columns)
    for doc_id, of_article in itertools.groupby(claims, key=lambda claim: claim["doc_id"]):
        heading = terminal.heading(documents.get(doc_id), doc_id)
        terminal.print_claims(out, of_article, heading, related)


def _nothing(outputs: Path, table: str, query: Query) -> str:
    """That there is no such row, and what to try."""
    from pipeline.tables.query import Query, find_documents, similar_ids

    if query.doc is not None and not find_documents(outputs, [query.doc], ["title"]):
        similar = similar_ids(outputs, query.doc)
        hint = f"; there are {', '.join(similar)}" if similar else "; list them with --table documents"
        return f"no article {query.doc!r}{hint}"
    if query == Query():
        return f"the table {table} is empty"
    every = f"newsclaims show {shlex.quote(str(outputs))}"
    return f"no row of {table} answers; take a condition away, or look at all with `{every}`"


@app.command(epilog=example("newsclaims report outputs", "newsclaims report outputs -o /tmp/report"))
def report(
    context: typer.Context,
    outputs: OutputsArgument,
    target: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder of the report; OUTPUTS/report by default.")
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write the HTML report.

    Charts, searchable claims, and every article with its claims highlighted; it opens without a server.
    """
    loudness = loudness_of(context, quiet, verbose)
    from pipeline.report import write_report
    from pipeline.tables.mirror import fetched

    loudness.tell(f"open {write_report(fetched(outputs), target)} in a browser")
