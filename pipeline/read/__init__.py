"""Inputs to ``RawArticle``: files and folders, formats, archives, encodings. Whatever cannot be read is a
``Reject`` with a reason; inputs are articles and rejects, always.

Rooms: ``inputs`` walks, ``stream`` opens and bounds, ``decode`` makes text of bytes, ``page`` makes text of
HTML, ``records`` and ``archive`` take files of many articles apart, ``language`` tells the language. To walk
is all that a run with nothing new needs, so that what reads formats is imported when it is first asked for.
"""

from typing import TYPE_CHECKING, Any

from pipeline.read.faults import InputError, ReadError
from pipeline.read.inputs import find_inputs
from pipeline.read.kinds import Input
from pipeline.read.stream import digest

if TYPE_CHECKING:
    from pipeline.read.articles import read_articles, read_text

__all__ = [
    "Input",
    "InputError",
    "ReadError",
    "digest",
    "find_inputs",
    "read_articles",
    "read_text",
]


def __getattr__(name: str) -> Any:
    if name not in ("read_articles", "read_text"):
        raise AttributeError(name)
    from pipeline.read import articles

    return getattr(articles, name)
