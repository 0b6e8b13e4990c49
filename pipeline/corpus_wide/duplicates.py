"""Near-identical articles by MinHash over runs of words of the body."""

from __future__ import annotations

import functools
import hashlib
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHINGLE_WORDS = 5
N_HASHES = 128
BANDS, ROWS = 32, 4
"""32 bands of 4 hashes: two bodies of likeness 0.7 share a band in 99.98 of 100 cases, of 0.3 in 23."""

MIN_LIKENESS = 0.7
"""Jaccard likeness of the runs of words of two copies. A wire story under another headline, with a paragraph
cut from twelve, keeps about 0.85; two reports of one event that quote the same statement stay below 0.3."""

MIN_WORDS = 25
"""Shorter bodies are never duplicates: two notices of "No comment." are not one article."""

MAX_BUCKET = 100
"""Originals compared per band, the earliest; bounds the work where thousands share one formula."""

KEYS_AT_ONCE = 4096
"""Runs of words hashed together: 4 MB of numbers, also for a text of a million words."""

BAND_MIX = np.uint64(0x9E3779B97F4A7C15)
"""Odd constant (the golden ratio's 64 bits): two bands that fall together by it only cost a comparison."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Sketched:
    """An article's sketch, with what decides which of two copies is the earlier."""

    doc_id: str
    published_us: int | None
    hashes: bytes


@dataclass(frozen=True, slots=True)
class _Signed:
    order: tuple[bool, int, str]
    hashes: NDArray[np.uint32]


def sketch(body: str) -> bytes | None:
    """The least hashes of the body's runs of words (Broder 1997), 512 bytes; ``None`` where it is too short.

    Made once an article and kept beside the tables: of a run with one new article among 4,000 it was the
    dearest part but for starting the model.
    """
    words = _WORD.findall(body.casefold())
    if len(words) < MIN_WORDS:
        return None
    runs = {" ".join(words[n : n + SHINGLE_WORDS]) for n in range(len(words) - SHINGLE_WORDS + 1)}
    least = np.full(N_HASHES, np.iinfo(np.uint32).max, dtype=np.uint32)
    keys = np.array([zlib.crc32(run.encode("utf-8", "surrogatepass")) for run in runs], dtype=np.uint64)
    factors, terms = _functions()
    for start in range(0, len(keys), KEYS_AT_ONCE):
        hashes = (keys[start : start + KEYS_AT_ONCE, None] * factors + terms) >> np.uint64(32)
        least = np.minimum(least, hashes.min(axis=0).astype(np.uint32))
    return least.astype("<u4").tobytes()


@functools.cache
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Factors and terms of the hash functions ``(a * key + b) >> 32``: the same everywhere, for ever."""
    names = [f"newsclaims sketch {number}".encode() for number in range(N_HASHES)]
    values = np.array([list(_words(name)) for name in names], dtype=np.uint64)
    return values[:, 0] | np.uint64(1), values[:, 1]


def _words(name: bytes) -> tuple[int, int]:
    value = hashlib.blake2b(name, digest_size=16).digest()
    return int.from_bytes(value[:8], "little"), int.from_bytes(value[8:], "little")


def find_duplicates(articles: Iterable[Sketched]) -> dict[str, str]:
    """``doc_id`` of every near-copy → ``doc_id`` of the earliest article it copies.

    Articles are taken in the order of publication, undated ones last, so that the order of ``articles`` does
    not matter; a copy of a copy points to the original.
    """
    signed = [_signed(each) for each in articles]
    signed.sort(key=lambda each: each.order)
    buckets: dict[tuple[int, int], list[int]] = defaultdict(list)
    found = {}
    for n, keys in _shared_bands(signed):
        each = signed[n]
        candidates = sorted({other for key in keys for other in buckets.get(key, ())})
        original = next(
            (other for other in candidates if _likeness(signed[other], each) >= MIN_LIKENESS), None
        )
        if original is not None:
            found[each.order[2]] = signed[original].order[2]
            continue
        for key in keys:
            if len(buckets[key]) < MAX_BUCKET:
                buckets[key].append(n)
    return found


def _shared_bands(signed: list[_Signed]) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Articles that share a band with another, in order, with the bands they share: most share none."""
    if not signed:
        return
    halves = np.stack([each.hashes for each in signed]).view(np.uint64).reshape(len(signed), BANDS, 2)
    bands = halves[:, :, 0] * BAND_MIX + halves[:, :, 1]
    shared: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for band in range(BANDS):
        _, group, n_members = np.unique(bands[:, band], return_inverse=True, return_counts=True)
        for n in np.flatnonzero(n_members[group] > 1).tolist():
            shared[n].append((band, int(group[n])))
    for n in sorted(shared):
        yield n, shared[n]


def _signed(article: Sketched) -> _Signed:
    order = (article.published_us is None, article.published_us or 0, article.doc_id)
    return _Signed(order, np.frombuffer(article.hashes, dtype="<u4").astype(np.uint32))


def _likeness(one: _Signed, other: _Signed) -> float:
    return float(np.mean(one.hashes == other.hashes))
