"""Inputs to ``RawArticle``: files and folders, formats, archives, encodings. Whatever cannot be read is a
``Reject`` with a reason; inputs are articles and rejects, always.

Rooms: ``inputs`` walks, ``stream`` opens and bounds, ``decode`` makes text of bytes, ``page`` makes text of
HTML, ``records`` and ``archive`` take files of many articles apart, ``language`` tells the language.
"""

from pipeline.read.articles import read_articles, read_text
from pipeline.read.faults import InputError, ReadError
from pipeline.read.inputs import Input, find_inputs
from pipeline.read.stream import digest

__all__ = [
    "Input",
    "InputError",
    "ReadError",
    "digest",
    "find_inputs",
    "read_articles",
    "read_text",
]
