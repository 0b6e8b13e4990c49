"""What is printed: data for people on standard output, messages on standard error.

Scraped text is never trusted: control characters and marks that turn the direction of writing are replaced
before a terminal sees them. Colour is left out under a pipe and where ``NO_COLOR`` is set.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.schema import READ_KINDS, Article, Entity, Segment, one_line

UNPRINTABLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, with which a text could steer the terminal, and marks of direction, with which it could
hide what it says."""

WIDE = 1 << 20
"""Width under a pipe: nothing is wrapped there, so that ``grep`` finds whole claims."""

Row = Mapping[str, Any]


def console(file: IO[str]) -> Console:
    """A console over a stream, as wide as the terminal that it is, if it is one."""
    probe = Console(file=file)
    width = None if probe.is_terminal else WIDE
    return Console(file=file, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True)


def plain(text: str) -> str:
    """``text`` as it may be printed, on one line."""
    return UNPRINTABLE.sub("\ufffd", one_line(text).replace("\t", " "))


# Rows for programs


def print_json(rows: Iterable[Any]) -> None:
    """Rows or records as JSON lines."""
    for row in rows:
        line = json.dumps(row, ensure_ascii=False, default=_plain_value)
        sys.stdout.write(UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")


def print_csv(rows: Iterable[Row], columns: Sequence[str]) -> None:
    """Rows as CSV under a line of column names; lists and records inside a cell as JSON."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_plain_value)
    return _plain_value(value) if isinstance(value, dt.date) else value


def _plain_value(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


# Claims


def print_claims(out: Console, claims: Iterable[Row], heading: Text, related: Iterable[Row] = ()) -> None:
    """Claims of one article: who said it in bold, then what, then what is known of it.

    Claims inside others stand further right. Among ``related``, which may hold claims of other articles,
    are those that confirm or deny one of these, and those that these confirm or deny.
    """
    out.print(heading)
    shown = list(claims)
    if not shown:
        _indented(out, Text("no claims", "dim"), 2)
    known = {claim["claim_id"]: claim for claim in (*related, *shown)}
    answers: dict[str | None, list[Row]] = {}
    for claim in known.values():
        answers.setdefault(claim["supports_claim_id"], []).append(claim)
    for depth, claim in _nested(shown):
        left = 2 + 4 * depth
        _indented(out, _who(claim), left)
        _indented(out, Text(plain(claim["content"])), left + 4)
        if claim["supports_claim_id"]:
            _indented(out, _answering(claim, known.get(claim["supports_claim_id"])), left + 4)
        for answer in answers.get(claim["claim_id"], ()):
            word, style = ("denied", "red") if answer["cue_class"] == "deny" else ("confirmed", "green")
            _indented(out, Text(f"{word} by {plain(answer['source'] or '(no source)')}", style), left + 4)
        _indented(out, Text(" · ".join(_about(claim)), style="dim"), left + 4)


def _nested(claims: Sequence[Row]) -> Iterator[tuple[int, Row]]:
    """The claims with their depth, each after the one that it stands in."""
    there = {claim["claim_id"] for claim in claims}
    inside: dict[str | None, list[Row]] = {}
    for claim in claims:
        parent = claim["parent_claim_id"]
        inside.setdefault(parent if parent in there and parent != claim["claim_id"] else None, []).append(
            claim
        )
    waiting = [(0, claim) for claim in reversed(inside.pop(None, []))]
    while waiting:
        depth, claim = waiting.pop()
        yield depth, claim
        waiting += [(depth + 1, each) for each in reversed(inside.pop(claim["claim_id"], []))]
    for circle in inside.values():
        yield from ((0, claim) for claim in circle)


def heading(document: Row | None, doc_id: str) -> Text:
    """An article's title, site and date, and the identifier by which to ask for it."""
    document = document or {}
    text = Text(plain(document.get("title") or "(no title)"), style="bold underline")
    published = document.get("published")
    about = [document.get("publisher") or document.get("site"), published and f"{published:%Y-%m-%d}", doc_id]
    text.append("  " + ", ".join(plain(each) for each in about if each), style="not bold not underline dim")
    return text


def _who(claim: Row) -> Text:
    text = Text()
    source = claim["source"]
    before = _cue_comes_first(claim)
    if before:
        text.append(f"{plain(claim['cue'])} ", style="cyan")
    text.append(plain(source) if source else "(no source)", style="bold" if source else "italic")
    meant = claim["source_name"] or claim["antecedent"]
    if meant and meant.casefold() not in (source or "").casefold():
        text.append(f" = {plain(meant)}", style="bold green" if claim["source_name"] else "green")
    if claim["cue"] and not before:
        text.append(f" {plain(claim['cue'])}", style="cyan")
    if claim["addressee"]:
        text.append(f" (to {plain(claim['addressee'])})")
    if claim["anonymous"]:
        text.append(" [anonymous]", style="bold yellow")
    return text


def _cue_comes_first(claim: Row) -> bool:
    """Whether the cue ends in a preposition that asks for the source: "according to", "was confirmed by"."""
    if not claim["cue"] or claim["cue_start"] is None or claim["source_start"] is None:
        return False
    asks = claim["cue"].casefold().endswith((" by", " to", " of", " from"))
    return bool(asks and claim["cue_start"] < claim["source_start"])


def _answering(claim: Row, other: Row | None) -> Text:
    """What the claim confirms or denies."""
    word, style = ("denies", "red") if claim["cue_class"] == "deny" else ("confirms", "green")
    if other is None:
        return Text(f"{word} {claim['supports_claim_id']}", style)
    source, content = plain(other["source"] or "(no source)"), plain(other["content"])
    return Text(f"{word} {source}: {textwrap.shorten(content, 100, placeholder='…')}", style)


def _about(claim: Row) -> Iterator[str]:
    yield claim["form"]
    yield claim["cue_class"] + (", negated" if claim["negated"] else "")
    if claim["said_date"] or claim["said_when"]:
        yield plain(str(claim["said_date"] or claim["said_when"]))
    if claim["segment_kind"] not in ("body", "heading"):
        by = f" by {plain(claim['reported_by'])}" if claim["reported_by"] else ""
        yield f"in {'an' if claim['segment_kind'] == 'update' else 'a'} {claim['segment_kind']}{by}"
    yield f"confidence {claim['confidence']:.2f}"
    yield claim["claim_id"]


# Entities


def print_entities(out: Console, entities: Sequence[Entity], heading: Text) -> None:
    """The names of one article by label, with how often and in which forms they are mentioned."""
    out.print(heading)
    if not entities:
        _indented(out, Text("no names, dates or quantities", "dim"), 2)
    found: dict[tuple[str, str], list[str]] = {}
    for entity in entities:
        found.setdefault((entity.label, entity.name or entity.text), []).append(entity.text)
    for (label, name), forms in sorted(found.items()):
        text = Text(f"{label:<12}", style="cyan")
        text.append(plain(name), style="bold")
        text.append(f"  {len(forms)}×", style="dim")
        others = sorted({plain(each) for each in forms} - {plain(name)})
        text.append(f"  {', '.join(others)}" if others else "", style="dim")
        _indented(out, text, 2)


# Segments


def print_segments(out: Console, article: Article, heading: Text) -> None:
    """The article's segments with their kinds, in text order; what is left out of the body is dim."""
    out.print(heading)
    for segment in article.segments:
        label = Text(f"{segment.kind:<12}", style=_style(segment))
        text = Text(plain(segment.text), style="" if segment.kept else "dim")
        if segment.author:
            text = Text(f"{plain(segment.author)}: ", style="bold").append_text(text)
        _indented(out, text, 14, Text("  ").append_text(label))


def print_explained(out: Console, article: Article, scores: Mapping[int, float], heading: Text) -> None:
    """Every line with its segment's kind, its own score and the reason.

    Args:
        out: where to.
        article: the cleaned article.
        scores: by first offset of a line, the probability that the line is prose.
        heading: the line above.
    """
    out.print(heading)
    reasons = 34 if out.width >= 110 else 0  # columns; where there are few, the line follows its reason
    for segment in article.segments:
        start = segment.start
        for line in segment.text.split("\n"):
            shown = line.strip()
            if shown:
                score = scores.get(start + line.index(shown))
                _indented(out, _reasoned(segment, shown, reasons), LEFT, _judged(segment, score))
            start += len(line) + 1


LEFT = 21
"""Columns of a line's kind and score, under which nothing of the line itself stands."""


def _judged(segment: Segment, score: float | None) -> Text:
    kind = (f"  {segment.kind:<11}", _style(segment))
    if score is None:
        return Text.assemble(kind, "  -     ")
    return Text.assemble(kind, (f"{score:.2f}    ", "green" if score >= 0.5 else "red"))


def _reasoned(segment: Segment, line: str, columns: int) -> Text:
    """Why, whose (an author's or an outlet's), and the line."""
    reason = "" if segment.reason.startswith("score ") else plain(segment.reason)
    whose = f"{reason} ({plain(segment.author)})" if segment.author else reason
    between = "  " if whose or columns else ""
    return Text.assemble(
        (f"{whose:<{columns}}", "dim"), (between + plain(line), "" if segment.kept else "dim")
    )


def _style(segment: Segment) -> str:
    if segment.kept:
        return "green"
    return "cyan" if segment.kind in READ_KINDS else "red"


# Any table


def print_rows(out: Console, rows: Iterable[Row], columns: Sequence[str]) -> None:
    """Some columns of some rows, aligned on a terminal."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_shown(row[name])) for name in columns))
    out.print(table, soft_wrap=False)


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, list):
        return plain(", ".join(map(str, value)))
    return plain(_plain_value(value) if isinstance(value, dt.date) else str(value))


def _indented(out: Console, text: Text, left: int, label: Text | None = None) -> None:
    """Wrap ``text`` to the terminal, ``left`` columns in; ``label`` stands in those of the first line."""
    if out.width >= WIDE:
        first = label.plain if label is not None else " " * left
        out.file.write(f"{first}{text.plain}\n")  # what rich would print, fifty times as fast
        return
    for number, line in enumerate(text.wrap(out, max(out.width - left, 20))):
        before = label if number == 0 and label is not None else Text(" " * left)
        line.rstrip()
        out.print(before.copy().append_text(line))
