"""Text to word pieces, with what an uncased vocabulary loses: case, spacing and quotation marks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

Ints = npt.NDArray[np.int32]

N_SHAPES = 8
"""Shapes: lower, Capitalised, UPPER, miXed, digits, digits and letters, punctuation, other."""

PUNCTUATION = 6
"""The first shape without letters or digits."""

N_GAPS = 4
"""What stands before a piece: nothing, a space, a line break, the text's start."""

N_QUOTES = 6
"""Outside, an opening mark, inside, a closing mark, inside from an earlier paragraph, in single marks."""

OPENING, CLOSING = "“„«", "”»"
_MARK = re.compile("[\"“”„«»‘’\n]|``|''")


@dataclass(frozen=True, slots=True)
class Pieces:
    """Word pieces of one text, in order; arrays of shape ``(n_pieces,)``.

    ``starts`` and ``ends`` are code points of the text; ``shapes``, ``gaps`` and ``quotes`` index the
    embeddings added to the encoder's input.
    """

    ids: Ints
    starts: Ints
    ends: Ints
    shapes: Ints
    gaps: Ints
    quotes: Ints

    def __len__(self) -> int:
        return len(self.ids)


def read_tokenizer(vocabulary: str) -> Tokenizer:
    """An uncased WordPiece tokenizer over a vocabulary of one piece a line, as BERT's."""
    pieces = {piece: i for i, piece in enumerate(vocabulary.splitlines())}
    tokenizer = Tokenizer(WordPiece(pieces, unk_token="[UNK]", max_input_chars_per_word=60))
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return tokenizer


def cut_pieces(text: str, tokenizer: Tokenizer) -> Pieces:
    """The word pieces of ``text``, without special tokens."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    offsets = np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)
    starts, ends = offsets[:, 0], offsets[:, 1]
    points = np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), dtype=np.uint32)
    return Pieces(
        ids=np.array(encoding.ids, dtype=np.int32),
        starts=starts,
        ends=ends,
        shapes=_shapes(points, starts, ends),
        gaps=_gaps(points, starts),
        quotes=_quotes(text)[starts] if len(starts) else np.zeros(0, dtype=np.int32),
    )


def _classes(points: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.bool_], ...]:
    """Which code points are upper case, lower case and digits, by table for the Basic Multilingual Plane."""
    low = np.minimum(points, _TABLE_SIZE - 1)
    return _UPPER[low], _LOWER[low], _DIGIT[low]


_TABLE_SIZE = 0x3000
_UPPER = np.array([chr(i).isupper() for i in range(_TABLE_SIZE)])
_LOWER = np.array([chr(i).islower() for i in range(_TABLE_SIZE)])
_DIGIT = np.array([chr(i).isdigit() for i in range(_TABLE_SIZE)])


def _shapes(points: npt.NDArray[np.uint32], starts: Ints, ends: Ints) -> Ints:
    upper, lower, digit = _classes(points)

    def count(flags: npt.NDArray[np.bool_]) -> Ints:
        total = np.concatenate([[0], np.cumsum(flags, dtype=np.int32)]).astype(np.int32)
        return np.asarray(total[ends] - total[starts], dtype=np.int32)

    n_upper, n_lower, n_digit, n = count(upper), count(lower), count(digit), ends - starts
    first_upper = upper[np.minimum(starts, len(points) - 1)] if len(points) else np.zeros(0, dtype=bool)
    letters = n_upper + n_lower
    return np.select(
        [
            (n_digit > 0) & (letters == 0),
            (n_digit > 0) & (letters > 0),
            (n == 1) & (letters == 0),
            letters == 0,
            n_upper == 0,
            (n_lower == 0) & (n > 1),
            first_upper & (n_upper == 1),
        ],
        [4, 5, 6, 7, 0, 2, 1],
        default=3,
    ).astype(np.int32)


def _gaps(points: npt.NDArray[np.uint32], starts: Ints) -> Ints:
    if not len(starts):
        return np.zeros(0, dtype=np.int32)
    before = np.concatenate([np.array([0], dtype=np.uint32), points])[starts]
    space = (before == 32) | (before == 9) | (before == 0xA0)
    return np.select([before == 0, before == 10, space], [3, 2, 1], default=0).astype(np.int32)


def _quotes(text: str) -> Ints:
    """For each code point its state of quotation (``N_QUOTES``); marks left open close at the line's end.

    A line that opens a quotation while the line before left one open continues it (state 4), as in
    newspapers, where each paragraph of a long quotation opens anew and only the last one closes.
    """
    states = np.zeros(len(text), dtype=np.int32)
    opened: int | None = None
    single: int | None = None
    continued, left_open = False, False
    for match in _MARK.finditer(text):
        at, mark = match.start(), match.group()
        if mark == "\n":
            if opened is not None:
                states[opened + 1 : at] = 4 if continued else 2
            left_open = opened is not None or (left_open and text[at - 1 : at] == "\n")
            opened = single = None
        elif mark == "‘":
            single = at
        elif mark == "’":
            if single is not None and not text[at + 1 : at + 2].isalpha():
                states[single + 1 : at] = 5
                single = None
        elif opened is None and (mark[0] in OPENING or mark == "``" or _opens(text, at)):
            line_start = at == 0 or text[at - 1] == "\n"
            continued = left_open and line_start
            left_open = False
            opened = at
            states[at] = 1
        elif opened is not None and mark[0] not in OPENING:
            states[opened + 1 : at] = 4 if continued else 2
            states[at : match.end()] = 3
            opened = None
        else:
            states[at : match.end()] = 3
    if opened is not None:
        states[opened + 1 :] = 4 if continued else 2
    return states


def _opens(text: str, at: int) -> bool:
    """Whether a straight mark with no quotation open opens one: not after a letter, digit or full stop."""
    if text[at] in CLOSING or text.startswith("''", at):
        return False
    before = text[at - 1 : at]
    return not before or before.isspace() or before in "([{—–-‘'/…:"


def find_lines(pieces: Pieces) -> list[tuple[int, int]]:
    """Ranges of pieces, one per line of the text."""
    edges = [*np.flatnonzero(pieces.gaps >= 2).tolist(), len(pieces)]
    if edges[0] != 0:
        edges.insert(0, 0)
    return [(a, b) for a, b in itertools.pairwise(edges) if a < b]


def find_windows(pieces: Pieces, *, size: int, first: int | None = None) -> Iterator[tuple[int, int]]:
    """Ranges of at most ``size`` pieces that cover the text, cut at line ends where they can be.

    Args:
        pieces: The text.
        size: Pieces in a window, at most.
        first: Another limit for the first window only, so that training sees other cuts in each pass.
    """
    limit = first or size
    begin = end = 0
    for start, stop in find_lines(pieces):
        if stop - begin > limit and end > begin:
            yield begin, end
            begin, limit = start, size
        while stop - begin > limit:
            cut = _cut(pieces, begin, limit)
            yield begin, cut
            begin, limit = cut, size
        end = stop
    if end > begin:
        yield begin, end


def _cut(pieces: Pieces, begin: int, limit: int) -> int:
    """Where to cut a line longer than a window: after its last punctuation, if that is late enough."""
    shapes = pieces.shapes[begin : begin + limit]
    marks = np.flatnonzero(shapes == 6)
    late = marks[marks > limit // 2]
    return begin + (int(late[-1]) + 1 if len(late) else limit)
