"""What is new: the inputs there are, against those of the last run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.remote import file_digest
from pipeline.run.ledger import ROWS_AT_ONCE, Ledger
from pipeline.run.listing import FoundInput, Listing

COMPARED = """
UPDATE listing SET (status, sha256) = (
    SELECT CASE
        WHEN b.doc_id <> listing.doc_id OR b.size <> listing.size OR EXISTS (
            SELECT 1 FROM before.rejects r WHERE r.path = listing.path AND r.reason = 'unreadable'
        ) THEN 'changed'
        WHEN b.mtime_ns = listing.mtime_ns AND b.settled THEN 'same'
        ELSE 'look'
    END, b.sha256
    FROM before.inputs b WHERE b.path = listing.path
)
"""
"""An input that could not be opened is read again: a change of permissions shows in neither size nor time."""


IS_NEW = "status IN ('new', 'changed')"


@dataclass(frozen=True, slots=True)
class InputPlan:
    """Which inputs to read: those of ``listing`` whose status is new or changed."""

    n_new: int
    n_changed: int
    n_same: int
    n_removed: int
    same_rejects: bool
    """Whether the last run found the same things that are no inputs."""
    is_stale: bool
    """Whether some inputs are the same though size and time alone do not tell."""
    is_settled: bool
    """Whether size and time of every input will tell the next run whether it is the same."""

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.n_new or self.n_changed or self.n_removed) and self.same_rejects


def compare(ledger: Ledger, listing: Listing, *, limit: int | None = None) -> InputPlan:
    """Sort the inputs into new, changed and same: by size and time first, by content where they differ."""
    ledger.do_many(
        "INSERT INTO listing (n, path, doc_id, size, mtime_ns, settled) VALUES (?, ?, ?, ?, ?, ?)",
        itertools.islice(listing.rows(), limit),
    )
    ledger.do("CREATE INDEX listing_path ON listing (path)")
    is_stale = False
    if ledger.one("SELECT 1 FROM before.inputs LIMIT 1"):
        ledger.do(COMPARED)
        is_stale = _look(ledger, listing)
    ledger.do("UPDATE listing SET status = 'new' WHERE status IS NULL")
    counts = dict(ledger.rows("SELECT status, COUNT(*) FROM listing GROUP BY status"))
    gone = "SELECT COUNT(*) FROM before.inputs WHERE path NOT IN (SELECT path FROM listing)"
    return InputPlan(
        n_new=counts.get("new", 0),
        n_changed=counts.get("changed", 0),
        n_same=counts.get("same", 0),
        n_removed=ledger.one(gone),
        same_rejects=_same_rejects(ledger, listing),
        is_stale=is_stale,
        is_settled=not ledger.one("SELECT 1 FROM listing WHERE NOT settled LIMIT 1"),
    )


def to_read(ledger: Ledger) -> Iterator[int]:
    """The numbers of the inputs that are new or changed, in order; what else is asked for meanwhile may
    change the table."""
    query = f"SELECT n FROM listing WHERE {IS_NEW} AND n > ? ORDER BY n LIMIT {ROWS_AT_ONCE}"
    last = -1
    while rows := list(ledger.rows(query, last)):
        yield from (n for (n,) in rows)
        last = rows[-1][0]


def n_bytes_to_read(ledger: Ledger) -> int:
    """Their size."""
    return int(ledger.one(f"SELECT TOTAL(size) FROM listing WHERE {IS_NEW}"))


def _look(ledger: Ledger, listing: Listing) -> bool:
    """Compare by content where size and time do not tell; whether the next run could be spared that."""
    is_stale, last = False, -1
    query = "SELECT n, sha256 FROM listing WHERE status = 'look' AND n > ? ORDER BY n LIMIT ?"
    while rows := list(ledger.rows(query, last, ROWS_AT_ONCE)):
        told = [("same" if _has_digest(listing[n], sha256) else "changed", n) for n, sha256 in rows]
        is_stale |= any(status == "same" and listing[n].settled for status, n in told)
        ledger.do_many("UPDATE listing SET status = ? WHERE n = ?", told)
        last = rows[-1][0]
    return is_stale


def _has_digest(found: FoundInput, sha256: str) -> bool:
    try:
        return bool(sha256) and file_digest(found.source.path) == sha256
    except OSError:
        return False


def _same_rejects(ledger: Ledger, listing: Listing) -> bool:
    """Whether the state's rejects that are no inputs are those of the walk."""
    query = (
        "SELECT path, doc_id, reason, detail FROM before.rejects r "
        "WHERE NOT EXISTS (SELECT 1 FROM before.inputs i WHERE i.path = r.path)"
    )
    before = list(ledger.rows(query))
    now = [(each.path, each.doc_id, each.reason, each.detail) for each in listing.rejects]
    return sorted(before, key=repr) == sorted(now, key=repr)
