"""What each site repeats: from how many of its articles have a line, and how many it has.

The keys of all lines are sorted by their bits into files, and each file is looked at alone, so that memory
does not grow with the corpus.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.run.ledger import Ledger
from pipeline.run.stages import keys_digest
from pipeline.tables.spill import MIX, Rows, parted

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Repeated = Callable[[Ints, Ints], Bools]
"""Pages of a site with a line, pages of the site: whether the line counts as repeated there."""

LINE = np.dtype([("mixed", "<u8"), ("key", "<i8"), ("row", "<i8"), ("n_pages", "<i8")])


def learn(ledger: Ledger, is_repeated: Repeated) -> None:
    """Fill ``repeated`` and ``digests``."""
    ledger.do("CREATE TABLE sites (id INTEGER PRIMARY KEY, site_key TEXT UNIQUE, n_pages INTEGER)")
    ledger.do(
        "INSERT INTO sites (site_key, n_pages) SELECT site_key, COUNT(*) FROM corpus "
        "WHERE is_first AND site_key IS NOT NULL GROUP BY site_key ORDER BY site_key"
    )
    n_lines = ledger.one("SELECT TOTAL(LENGTH(line_keys)) FROM corpus") // LINE["key"].itemsize
    for lines in parted(_lines(ledger), "mixed", n_lines):
        _, inverse, counts = np.unique(lines["mixed"], return_inverse=True, return_counts=True)
        found = lines[is_repeated(counts[inverse], lines["n_pages"])]
        ledger.do_many(
            "INSERT OR IGNORE INTO repeated VALUES (?, ?)",
            zip(found["row"].tolist(), found["key"].tolist(), strict=True),
        )
    repeated = ledger.rows("SELECT row, key FROM repeated ORDER BY row, key")
    ledger.do_many(
        "INSERT INTO digests VALUES (?, ?)",
        (
            (row, keys_digest(key for _, key in pairs))
            for row, pairs in itertools.groupby(repeated, operator.itemgetter(0))
        ),
    )


def repeated_lines(ledger: Ledger, row: int) -> tuple[int, ...]:
    """The keys of an article's lines that its site repeats."""
    return tuple(key for (key,) in ledger.rows("SELECT key FROM repeated WHERE row = ? ORDER BY key", row))


def _lines(ledger: Ledger) -> Iterator[Rows]:
    """The lines of all articles of a site, with what tells a line of one site from that of another."""
    query = (
        "SELECT row, id, n_pages, line_keys FROM corpus CROSS JOIN sites USING (site_key) "
        "WHERE is_first AND LENGTH(line_keys) > 0"
    )
    for batch in ledger.batches(query):
        keys = np.frombuffer(b"".join(each[3] for each in batch), dtype="<i8")
        article = np.array([each[:3] for each in batch], dtype=np.int64)
        article = article.repeat([len(each[3]) // keys.itemsize for each in batch], axis=0)
        lines = np.empty(len(keys), dtype=LINE)
        lines["key"], lines["row"], lines["n_pages"] = keys, article[:, 0], article[:, 2]
        lines["mixed"] = keys.view(np.uint64) ^ (article[:, 1].astype(np.uint64) * MIX)
        yield lines
