"""The project's own annotated passages: ``gold/passages/*.txt`` -> rows as the attribution data has them.

Those of ``gold/held/passages`` are never trained on.

A file holds passages, each opened by a line ``=== style``. Spans are marked where they stand, with the number
of their claim: ``⟦s1:An officer⟧ ⟦q1:said⟧ ⟦c1:the road was open⟧`` (s source, q cue, c content). A claim's
content may have several parts; ``⟦s1,2:…⟧`` is the source of two claims; spans nest. Blank lines only
separate paragraphs, so that a passage's text has one paragraph a line, as ``schema.Reading`` has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

GOLD = Path(__file__).resolve().parents[2] / "gold"
FOLDER, HELD = GOLD / "passages", GOLD / "held" / "passages"

ROLES = {"s": "source", "q": "cue", "c": "content"}

_OPEN = re.compile(r"⟦([sqc])(\d+(?:,\d+)*):")
_MARK = re.compile(r"⟦[sqc]\d+(?:,\d+)*:|⟦|⟧")


class PassageError(ValueError):
    """A passage's markup cannot be read; the message names the file, the passage and the place."""


class Spans(TypedDict):
    """One claim: half-open ranges of code points for each role, in text order."""

    source: list[list[int]]
    cue: list[list[int]]
    content: list[list[int]]


class Row(TypedDict):
    """One passage, as one line of the attribution data, with the style it is written in."""

    doc_id: str
    style: str
    text: str
    claims: list[Spans]


def read_passages(folder: Path = FOLDER) -> list[Row]:
    """Every passage of the folder, files in name order.

    Raises:
        PassageError: a bracket is left open, closes nothing or has no role and number; a claim has no cue or
            no content, or two sources; a claim's number is left out.
    """
    return [row for path in sorted(folder.glob("*.txt")) for row in _read_file(path)]


def parse_passage(marked: str) -> tuple[str, list[Spans]]:
    """The plain text of a marked-up passage, and its claims by number."""
    parts: list[str] = []
    n_chars = 0
    found: dict[int, Spans] = {}
    stack: list[tuple[str, list[int], int]] = []
    position = 0
    for mark in _MARK.finditer(marked):
        parts.append(marked[position : mark.start()])
        n_chars += len(parts[-1])
        position = mark.end()
        opening = _OPEN.fullmatch(mark.group())
        if opening:
            numbers = [int(number) for number in opening[2].split(",")]
            stack.append((ROLES[opening[1]], numbers, n_chars))
        elif mark.group() == "⟧" and stack:
            role, numbers, start = stack.pop()
            for number in numbers:
                _spans(found, number, role).append([start, n_chars])
        else:
            raise PassageError(f"stray {mark.group()!r} after {marked[: mark.start()][-40:]!r}")
    if stack:
        raise PassageError(f"bracket left open: {stack[-1][0]} of {stack[-1][1]}")
    text = "".join(parts) + marked[position:]
    return text, [_checked(number, found, text) for number in range(1, max(found, default=0) + 1)]


def _spans(found: dict[int, Spans], number: int, role: str) -> list[list[int]]:
    claim = found.setdefault(number, Spans(source=[], cue=[], content=[]))
    if role == "source":
        return claim["source"]
    return claim["cue"] if role == "cue" else claim["content"]


def _checked(number: int, found: dict[int, Spans], text: str) -> Spans:
    if number not in found:
        raise PassageError(f"no claim {number}")
    claim = found[number]
    if len(claim["source"]) > 1 or len(claim["cue"]) != 1 or not claim["content"]:
        raise PassageError(f"claim {number} needs one cue, content and at most one source")
    for spans in (claim["source"], claim["cue"], claim["content"]):
        spans.sort()
        for start, end in spans:
            if text[start:end] != text[start:end].strip() or start == end:
                raise PassageError(
                    f"claim {number}: span empty or with space at its edge: {text[start:end]!r}"
                )
    return claim


def split_passages(path: Path) -> Iterator[tuple[str, str]]:
    """The style and the marked-up text of each passage of a file, one paragraph a line.

    Raises:
        PassageError: the file does not begin with a style.
    """
    head, *chunks = re.split(r"^=== *(.*)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if head.strip():
        raise PassageError(f"{path}: text before the first '=== style' line")
    for style, chunk in zip(chunks[::2], chunks[1::2], strict=True):
        yield style.strip(), "\n".join(line.strip() for line in chunk.splitlines() if line.strip())


def _read_file(path: Path) -> list[Row]:
    rows: list[Row] = []
    for number, (style, marked) in enumerate(split_passages(path), 1):
        try:
            text, claims = parse_passage(marked)
        except PassageError as error:
            raise PassageError(f"{path}, passage {number} ({style}): {error}") from error
        rows.append(Row(doc_id=f"{path.stem}-{number}", style=style, text=text, claims=claims))
    return rows
