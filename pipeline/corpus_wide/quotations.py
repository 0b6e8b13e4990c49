"""The same quotation in several articles, also where it is cut differently."""

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

from pipeline.tables.spill import Rows, batches, parted, scratch

RUN_WORDS = 4
MIN_WORDS = 6
"""Shorter quotations ("no comment", "we will win") recur by chance."""

MIN_SHARED = 0.7
"""Share of the shorter quotation's runs of words that stand in the longer one. One word changed in ten loses
four runs of seven to ten; a cut loses none."""

N_KEYS = 8
"""Runs, those of the least hashes, by which quotations are looked up."""

MAX_BUCKET = 200
"""Quotations compared per run, the first by their digests; a run in more of them is a set phrase."""

RUNS_HELD = 4096
"""Texts whose runs are kept at hand while they are compared."""

WORD_CHARS = 5
RUN = np.dtype([("run", "<u8"), ("n", "<i8"), ("is_least", "?")])

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_QUOTED = re.compile(r"[“\"«„]([^”\"»“]*)(?:[”\"»]|$)")


@dataclass(frozen=True, slots=True)
class Quote:
    """A claim with quoted words."""

    doc_id: str
    claim_id: str
    content: str


def find_quotations(quotes: Iterable[Quote]) -> Iterator[tuple[str, str, str]]:
    """``doc_id``, ``claim_id`` and an id shared by all claims that quote the same words, in at least two
    articles.

    The id is made from the fullest version of the words, so that it does not depend on the order of articles.
    Words that recur are compared once, and all but what is joined lies on disk.
    """
    with contextlib.closing(scratch()) as db:
        db.execute("CREATE TABLE given (text BLOB, words TEXT, doc_id TEXT, claim_id TEXT)")
        db.executemany("INSERT INTO given VALUES (?, ?, ?, ?)", _given(quotes))
        db.execute("CREATE INDEX given_text ON given (text)")
        db.execute("CREATE TABLE texts (n INTEGER PRIMARY KEY, text BLOB, words TEXT)")
        db.execute("INSERT INTO texts SELECT NULL, text, words FROM given GROUP BY text ORDER BY text")
        yield from _identified(db, _joined(db))


def _given(quotes: Iterable[Quote]) -> Iterator[tuple[bytes, str, str, str]]:
    for quote in quotes:
        words = quoted_words(quote.content)
        if len(words) >= MIN_WORDS:
            text = " ".join(words)
            digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            yield digest, text, quote.doc_id, quote.claim_id


def quoted_words(content: str) -> list[str]:
    """The words inside quotation marks, in lower case; all words where there is no mark."""
    inside = " ".join(_QUOTED.findall(content)) or content
    return [word.replace("’", "'") for word in _WORD.findall(inside.casefold())]


def _runs(words: str) -> list[int]:
    """Hashes of the runs of words, sorted."""
    each = words.split(" ")
    runs = {" ".join(each[n : n + RUN_WORDS]) for n in range(len(each) - RUN_WORDS + 1)}
    return sorted({zlib.crc32(run.encode()) for run in runs})


def _joined(db: sqlite3.Connection) -> dict[int, int]:
    """The number of every text that is the same as one of a lower number → that one, or one between."""
    parent: dict[int, int] = {}

    @functools.lru_cache(maxsize=RUNS_HELD)
    def runs(n: int) -> frozenset[int]:
        return frozenset(_runs(db.execute("SELECT words FROM texts WHERE n = ?", (n,)).fetchone()[0]))

    for one, other in _alike(db):
        first, second = sorted((_root(parent, one), _root(parent, other)))
        if first != second and _is_same(runs(one), runs(other)):
            parent[second] = first
    return parent


def _root(parent: dict[int, int], n: int) -> int:
    while (above := parent.get(n, n)) != n:
        parent[n] = parent.get(above, above)
        n = above
    return n


def _is_same(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) >= MIN_SHARED * min(len(one), len(other))


def _alike(db: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """Pairs of texts that share a run of words, one of the least of the later text."""
    (n_chars,) = db.execute("SELECT TOTAL(LENGTH(words)) FROM texts").fetchone()
    for rows in parted(_all_runs(db), "run", n_chars // WORD_CHARS):
        rows = rows[np.lexsort((rows["n"], rows["run"]))]
        starts = np.flatnonzero(np.diff(rows["run"], prepend=np.uint64(0xFFFFFFFFFF)))
        ends = np.append(starts[1:], len(rows))
        recurs = ends - starts > 1
        for start, end in zip(starts[recurs].tolist(), ends[recurs].tolist(), strict=True):
            members = rows["n"][start:end].tolist()
            for at in np.flatnonzero(rows["is_least"][start:end]).tolist():
                yield from ((other, members[at]) for other in members[: min(at, MAX_BUCKET)])


def _all_runs(db: sqlite3.Connection) -> Iterator[Rows]:
    for batch in batches(db.execute("SELECT n, words FROM texts")):
        found = [(run, n, at < N_KEYS) for n, words in batch for at, run in enumerate(_runs(words))]
        yield np.array(found, dtype=RUN)


def _identified(db: sqlite3.Connection, parent: dict[int, int]) -> Iterator[tuple[str, str, str]]:
    db.execute("CREATE TABLE sets (n INTEGER PRIMARY KEY, root INTEGER)")
    db.executemany("INSERT INTO sets VALUES (?, ?)", ((n, _root(parent, n)) for n in list(parent)))
    db.execute("INSERT OR IGNORE INTO sets SELECT DISTINCT root, root FROM sets")
    db.execute(
        "INSERT OR IGNORE INTO sets SELECT n, n FROM texts JOIN given USING (text) "
        "GROUP BY n HAVING COUNT(DISTINCT doc_id) > 1"
    )
    claims = db.execute(
        "SELECT root, given.words, doc_id, claim_id FROM sets JOIN texts USING (n) JOIN given USING (text) "
        "ORDER BY root"
    )
    for _, rows in itertools.groupby(claims, operator.itemgetter(0)):
        group = [row[1:] for row in rows]
        if len({doc_id for _, doc_id, _ in group}) > 1:
            fullest = max((len(words), words) for words, _, _ in group)[1]
            identity = "q" + hashlib.blake2b(fullest.encode(), digest_size=8).hexdigest()
            yield from ((doc_id, claim_id, identity) for _, doc_id, claim_id in group)
