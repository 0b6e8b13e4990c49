"""Near-identical articles by MinHash over runs of words of the body."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import operator
import re
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.tables.spill import MIX, Rows, batches, parted, scratch

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

BAND = np.dtype([("band", "<u8"), ("n", "<i8")])
"""A band's number and hashes made one number: two that fall together by it only cost a comparison."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Sketched:
    """An article's sketch, with what decides which of two copies is the earlier."""

    doc_id: str
    published_us: int | None
    hashes: bytes


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
    not matter; a copy of a copy points to the original. All but what is found lies on disk.
    """
    with contextlib.closing(scratch()) as db:
        db.execute("CREATE TABLE given (doc_id TEXT, published_us INTEGER, hashes BLOB)")
        rows = ((each.doc_id, each.published_us, each.hashes) for each in articles)
        db.executemany("INSERT INTO given VALUES (?, ?, ?)", rows)
        db.execute("CREATE TABLE signed (n INTEGER PRIMARY KEY, doc_id TEXT, hashes BLOB)")
        db.execute(
            "INSERT INTO signed SELECT NULL, doc_id, hashes FROM given "
            "ORDER BY published_us IS NULL, published_us, doc_id"
        )
        db.execute("DROP TABLE given")
        _find_shared_bands(db)
        return dict(_compared(db))


def _find_shared_bands(db: sqlite3.Connection) -> None:
    """Fill table ``shared`` with the articles that share a band with another: most share none."""
    db.execute("CREATE TABLE shared (n INTEGER, band INTEGER, PRIMARY KEY (n, band)) WITHOUT ROWID")
    (n_articles,) = db.execute("SELECT COUNT(*) FROM signed").fetchone()
    for rows in parted(_bands(db), "band", BANDS * n_articles):
        _, group, n_members = np.unique(rows["band"], return_inverse=True, return_counts=True)
        found = rows[n_members[group] > 1]
        pairs = zip(found["n"].tolist(), found["band"].view(np.int64).tolist(), strict=True)
        db.executemany("INSERT OR IGNORE INTO shared VALUES (?, ?)", pairs)


def _bands(db: sqlite3.Connection) -> Iterator[Rows]:
    for batch in batches(db.execute("SELECT n, hashes FROM signed")):
        halves = np.frombuffer(b"".join(hashes for _, hashes in batch), dtype="<u8").reshape(-1, BANDS, 2)
        rows = np.empty((len(batch), BANDS), dtype=BAND)
        rows["n"] = np.array([n for n, _ in batch])[:, None]
        rows["band"] = ((halves[:, :, 0] * MIX + halves[:, :, 1]) ^ np.arange(BANDS, dtype=np.uint64)) * MIX
        yield rows.ravel()


def _compared(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Every near-copy and its original, in order: originals are put by under their bands as they come."""
    db.execute("CREATE TABLE originals (band INTEGER, n INTEGER, PRIMARY KEY (band, n)) WITHOUT ROWID")
    shared = db.execute("SELECT n, band FROM shared ORDER BY n")
    for n, pairs in itertools.groupby(shared, operator.itemgetter(0)):
        bands = [band for _, band in pairs]
        doc_id, hashes = db.execute("SELECT doc_id, hashes FROM signed WHERE n = ?", (n,)).fetchone()
        candidates = db.execute(
            "SELECT doc_id, hashes FROM signed WHERE n IN "
            f"(SELECT n FROM originals WHERE band IN ({', '.join('?' * len(bands))})) ORDER BY n",
            bands,
        )
        original = next((other for other, its in candidates if _likeness(its, hashes) >= MIN_LIKENESS), None)
        candidates.close()
        if original is not None:
            yield doc_id, original
            continue
        db.executemany(
            "INSERT INTO originals SELECT ?, ? WHERE (SELECT COUNT(*) FROM originals WHERE band = ?) < ?",
            ((band, n, band, MAX_BUCKET) for band in bands),
        )


def _likeness(one: bytes, other: bytes) -> float:
    return float(np.mean(np.frombuffer(one, dtype="<u4") == np.frombuffer(other, dtype="<u4")))
