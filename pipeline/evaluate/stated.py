"""Metadata found in the text of real pages, against what the source of the same pages states.

What a page states is trafilatura's reading of its source, which the text alone does not hold. A field counts
where its value stands in the text too; titles and names are compared by their letters and figures.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable

from pipeline.evaluate.figures import Figure, add_up, figure
from pipeline.run.pages import Extract
from pipeline.schema import Document

FIELDS = ("title", "publisher", "authors", "published")
_OTHER = re.compile(r"[^\W_]+")
_TITLE_SHARE = 0.6
"""Share of a title that is enough: sources add a site's name, papers cut titles."""
_NAME_CHARS = 4
"""Letters of the shortest name that may be part of the other: ``Quanta`` and ``Quanta Magazine``."""


def squeeze(text: str | None) -> str:
    """Letters and figures in small letters, without accents."""
    plain = unicodedata.normalize("NFKD", text or "").casefold()
    return "".join(_OTHER.findall(plain)).encode("ascii", "ignore").decode()


def score_stated(pages: Iterable[tuple[Document, Extract]]) -> dict[str, Figure]:
    """A figure for each of ``FIELDS``."""
    return add_up({f: _figure(f, document, stated) for f in FIELDS} for document, stated in pages)


def _figure(field: str, document: Document, stated: Extract) -> Figure:
    text = squeeze(document.text)
    if field == "published":
        day = _day(stated.date)
        given = document.published.date() if document.published else None
        if day is None:
            return figure(0, 0, 0)
        return figure(given is not None and abs((given - day).days) <= 1, given is not None, 1)
    wanted = {
        "title": [stated.title or ""],
        "publisher": [stated.sitename or ""],
        "authors": [name.strip() for name in (stated.author or "").split(";")],
    }[field]
    known = {name for name in map(squeeze, wanted) if name and name.removeprefix("the") in text}
    if not known:
        return figure(0, 0, 0)
    if field == "authors":
        names = {squeeze(name) for name in document.authors or ()}
        return figure(len(names & known), len(names), len(known))
    given_name, (name,) = squeeze(getattr(document, field)), known
    same = _same_title(given_name, name) if field == "title" else _same_name(given_name, name)
    return figure(same, bool(given_name), 1)


def _day(date: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat((date or "")[:10])
    except ValueError:
        return None


def _same_title(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and len(shorter) >= _TITLE_SHARE * len(longer)


def _same_name(one: str, other: str) -> bool:
    shorter, longer = sorted((one.removeprefix("the"), other.removeprefix("the")), key=len)
    return shorter == longer or (len(shorter) >= _NAME_CHARS and shorter in longer)
