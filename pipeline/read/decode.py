"""Bytes to text: byte-order mark, then UTF-8, then what the page declares, then charset-normalizer."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from pipeline.read.faults import ReadError

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BINARY_MAGIC = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x7fELF",
    b"\xd0\xcf\x11\xe0",
)
CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))
HEAD = 1 << 16
"""Bytes looked at to tell text from binary and one encoding from another."""

GOOD_PER_BAD = 3
"""Well-formed non-ASCII characters for each run of bad bytes from which on a text is damaged UTF-8, not
another encoding: in text of a single-byte encoding hardly any two bytes in a row happen to be UTF-8."""

NEVER = ["utf_7", "utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le"]
"""Encodings never guessed: all of these are told by their mark or their zeros."""

META_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and what a reader should know of how it came about."""

    text: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, max_control_share: float, *, declared: str | None = None) -> Decoded:
    """The text that ``data`` encodes, its byte-order mark dropped, line ends as they are.

    Raises:
        ReadError: ``not_text`` or ``undecodable``.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _with_replacement(data[len(mark) :], encoding)
    wide = _wide(data)
    if wide:
        return _with_replacement(data, wide)
    refuse_binary(data, max_control_share)
    try:
        return Decoded(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _declared(data, declared) or _damaged_utf8(data) or _guessed(data)


def refuse_binary(data: bytes, max_control_share: float) -> None:
    """Raise where the head of ``data`` is no text in any encoding of single bytes or UTF-8.

    Raises:
        ReadError: ``not_text``.
    """
    head = data[:HEAD]
    if head.startswith(BINARY_MAGIC):
        raise ReadError("not_text", f"binary file: starts with {head[:4]!r}")
    n_control = len(head) - len(head.translate(None, CONTROL))
    if n_control > max_control_share * len(head):
        raise ReadError("not_text", f"{n_control} control characters in the first {len(head)} bytes")


def declared_charset(data: bytes) -> str | None:
    """The encoding that an HTML page names for itself."""
    found = META_CHARSET.search(data, 0, 4096)
    return found[1].decode("ascii") if found else None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, by its zeros: every other byte of mostly Latin text."""
    head = data[:4096]
    if len(head) < 4 or len(data) % 2:
        return None
    n_even, n_odd, n_pairs = head[::2].count(0), head[1::2].count(0), len(head) // 2
    if n_odd > 0.7 * n_pairs and n_even < 0.05 * n_pairs:
        return "utf-16-le"
    if n_even > 0.7 * n_pairs and n_odd < 0.05 * n_pairs:
        return "utf-16-be"
    return None


def _with_replacement(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    damaged = text.count("\ufffd") * 100 > len(text)
    if damaged:
        raise ReadError("undecodable", f"marked as {encoding}, which it is not")
    return Decoded(text, ("bytes_replaced",) if "\ufffd" in text else ())


def _declared(data: bytes, name: str | None) -> Decoded | None:
    if name is None:
        return None
    try:
        # Pages that say ISO 8859-1 mean Windows-1252: https://encoding.spec.whatwg.org/#names-and-labels
        encoding = "cp1252" if codecs.lookup(name).name in {"iso8859-1", "ascii"} else name
        return Decoded(data.decode(encoding))
    except (LookupError, ValueError):
        return None


def _damaged_utf8(data: bytes) -> Decoded | None:
    marked = data.decode("utf-8", "surrogateescape")
    n_good = len(re.findall("[^\0-\x7f\udc80-\udcff]", marked))
    if n_good < GOOD_PER_BAD * len(re.findall("[\udc80-\udcff]+", marked)):
        return None
    return Decoded(data.decode("utf-8", "replace"), ("bytes_replaced",))


def _guessed(data: bytes) -> Decoded:
    encoding = guess_encoding(data)
    try:
        return Decoded(data.decode(encoding), (f"encoding_guessed_{encoding}",))
    except ValueError as error:
        raise ReadError("undecodable", f"looks like {encoding}, but {error}") from error


def guess_encoding(data: bytes) -> str:
    """The encoding in which the lines of ``data`` that are not ASCII read best.

    Raises:
        ReadError: ``undecodable``.
    """
    sample = b"\n".join(line for line in data.splitlines() if not line.isascii())[:HEAD]
    matches = from_bytes(sample, cp_exclusion=NEVER)
    best = matches.best()
    if best is None:
        raise ReadError("undecodable", "neither UTF-8 nor any encoding that charset-normalizer knows")
    # English in Windows-1252 reads as well in its sisters (cp1250, cp1257): then it is Windows-1252.
    equals = {name for match in matches if match.chaos <= best.chaos for name in match.could_be_from_charset}
    return "cp1252" if "cp1252" in equals else best.encoding


def is_utf8(head: bytes) -> bool:
    """Whether ``head``, which may end inside a character, is UTF-8."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True
