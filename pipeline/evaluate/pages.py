"""The tops of scraped pages, comment threads and blog posts, as written by hand, turned into gold rows.

The README.md of ``gold/headers``, ``gold/threads`` and ``gold/posts`` describe the notation.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from typing import Any

from pipeline.evaluate.passages import PassageError, write_rows
from pipeline.schema import RawArticle

WHOLE = "-whole"
"""Ends the names of the later set: whole small pages, and threads of other systems."""

LISTS = ("authors", "tags")
ALWAYS = ("title", "subtitle", "authors", "agency", "published", "updated")
"""Fields that are expected to be null where a page does not give them; others are then not scored."""

_COMMENT = re.compile(r"\[\[(.*?)\|\|([^|\]]*)\|([^|\]]*)(?:\|(\d+))?\]\]", re.DOTALL)

_MARK = re.compile(r"\[\[(.*?)\|\|(quote|update)\|([^|\]]*)\]\]", re.DOTALL)


def read_headers(path: Path) -> list[dict[str, Any]]:
    """Rows of ``{id, shape, url, text, expected, accept}``."""
    return [_header(block) for block in _blocks(path)]


def read_threads(path: Path) -> list[dict[str, Any]]:
    """Rows of ``{id, shape, text, comments}``; a comment has ``start, end, author, posted, quoting``."""
    return [_thread(block) for block in _blocks(path)]


def read_posts(path: Path) -> list[dict[str, Any]]:
    """Rows of ``{id, shape, text, marks}``; a mark has ``start, end, kind, name``."""
    return [_post(block) for block in _blocks(path)]


def _blocks(path: Path) -> list[str]:
    return re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]


def _split(block: str) -> tuple[dict[str, Any], list[str], str]:
    """The row's first fields, its settings and the text of a block."""
    head, found, text = block.partition("---\n")
    first, *settings = head.strip().split("\n")
    title, _, url = first.partition(" | url=")
    row_id, _, shape = title.partition(" ")
    if not found:
        raise PassageError(f"{row_id}: no line --- before the text")
    return {"id": row_id, "shape": shape, "url": url or None}, settings, text.strip("\n")


def _header(block: str) -> dict[str, Any]:
    row, settings, text = _split(block)
    expected: dict[str, Any] = dict.fromkeys(ALWAYS)
    accept: dict[str, list[Any]] = {}
    for setting in settings:
        key, _, value = setting.partition(" = ")
        if value == "*":
            expected.pop(key, None)
            continue
        values = [_value(key, each.strip()) for each in value.split("|")]
        expected[key] = values[0]
        if len(values) > 1:
            accept[key] = values
    return row | {"text": text, "expected": expected, "accept": accept}


def _value(key: str, value: str) -> Any:
    if value == "-":
        return None
    return [each.strip() for each in value.split(";")] if key in LISTS else value


def _thread(block: str) -> dict[str, Any]:
    row, _, marked = _split(block)
    text, comments, position = "", [], 0
    for match in _COMMENT.finditer(marked):
        text += marked[position : match.start()]
        start = len(text)
        text += match[1]
        comments.append(
            {
                "start": start,
                "end": len(text),
                "author": match[2],
                "posted": match[3] or None,
                "quoting": int(match[4]) - 1 if match[4] else None,
            }
        )
        position = match.end()
    return row | {"text": text + marked[position:], "comments": comments}


def _post(block: str) -> dict[str, Any]:
    row, _, marked = _split(block)
    text, marks, position = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[position : match.start()]
        start = len(text)
        text += match[1]
        marks.append({"start": start, "end": len(text), "kind": match[2], "name": match[3] or None})
        position = match.end()
    return row | {"text": text + marked[position:], "marks": marks}


def raw_article(row: dict[str, Any]) -> RawArticle:
    """The page as the reader hands it to cleaning."""
    return RawArticle(
        doc_id=row["id"],
        path=f"{row['id']}.txt",
        sha256=hashlib.sha256(row["text"].encode()).hexdigest(),
        format="txt",
        text=row["text"],
        url=row.get("url"),
    )


def main(gold: Path) -> None:
    """Make the rows of ``headers``, ``threads`` and ``posts`` below ``gold`` from their text files."""
    for half in ("dev", "test"):
        for name in (half, f"{half}{WHOLE}"):
            write_rows(read_headers(gold / "headers" / f"{name}.txt"), gold / "headers" / f"{name}.jsonl")
            write_rows(read_threads(gold / "threads" / f"{name}.txt"), gold / "threads" / f"{name}.jsonl")
        write_rows(read_posts(gold / "posts" / f"{half}.txt"), gold / "posts" / f"{half}.jsonl")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
