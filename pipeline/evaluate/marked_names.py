"""The project's own passages with names: ``gold/names/*.txt`` -> rows as the entity sets have them.

Passages are opened by a line ``=== style`` as in ``passages``; a name stands between brackets with its label:
``⟦PERSON:Amina Yusuf⟧``. Marks do not nest. Those of ``gold/held/names`` are never trained on.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypedDict

from pipeline.evaluate.marked_claims import GOLD, PassageError, split_passages
from pipeline.schema import ENTITY_LABELS

FOLDER, HELD = GOLD / "names", GOLD / "held" / "names"

KNOWN = "PERSON NORP ORG GPE LOC FAC EVENT MONEY PERCENT".split()
"""Labels marked wherever they stand; works, laws, products, weapons and vehicles are only where named."""

_MARK = re.compile(r"⟦([A-Z_]+):([^⟦⟧]+)⟧")
_ARTICLE = re.compile(r"(?:the|an?) ", re.I)
_POSSESSIVE = re.compile(r"['’]s?$")


class NameRow(TypedDict):
    """One passage, as one line of an entity set."""

    set: str
    doc_id: str
    text: str
    ents: list[tuple[int, int, str]]
    labels_known: list[str]


def read_names(folder: Path = FOLDER) -> list[NameRow]:
    """Every passage of the folder, files in name order.

    Raises:
        PassageError: a bracket is stray, or a name has an unknown label, an article or a possessive ending.
    """
    rows: list[NameRow] = []
    for path in sorted(folder.glob("*.txt")):
        for number, (style, marked) in enumerate(split_passages(path), 1):
            try:
                text, names = parse_names(marked)
            except PassageError as error:
                raise PassageError(f"{path}, passage {number} ({style}): {error}") from error
            rows.append(
                NameRow(set="own", doc_id=f"{path.stem}-{number}", text=text, ents=names, labels_known=KNOWN)
            )
    return rows


def parse_names(marked: str) -> tuple[str, list[tuple[int, int, str]]]:
    """The plain text of a marked-up passage, and its names: first and last code point, and label."""
    parts: list[str] = []
    names: list[tuple[int, int, str]] = []
    n_chars = position = 0
    for mark in _MARK.finditer(marked):
        label, name = mark.groups()
        if label not in ENTITY_LABELS:
            raise PassageError(f"no label {label!r}")
        if name != name.strip() or _ARTICLE.match(name) or _POSSESSIVE.search(name):
            raise PassageError(f"space, article or possessive ending in {name!r}")
        parts += [marked[position : mark.start()], name]
        n_chars += len(parts[-2])
        names.append((n_chars, n_chars + len(name), label))
        n_chars += len(name)
        position = mark.end()
    text = "".join(parts) + marked[position:]
    if stray := re.search("[⟦⟧]", text):
        raise PassageError(f"stray {stray.group()!r} after {text[: stray.start()][-40:]!r}")
    return text, names
