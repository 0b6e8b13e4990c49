"""Where every article's rows will be, what becomes a reject, and the state that the next run goes on from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyarrow as pa

from pipeline.run.ledger import Ledger
from pipeline.run.tasks import PARTLY_READ
from pipeline.schema import Reject, arrow_schema
from pipeline.tables.merge import PartPlan, Source
from pipeline.tables.state import NO_PART, REJECTED_PART

ROWS_CHARS = 4_000
"""What the rows of the shortest article take, as code points of text that take as much."""

IS_MADE = "IFNULL(status = 'made' OR status = 'same' AND elsewhere IS NOT NULL, 0)"

PLACED = f"""
SELECT row, {IS_MADE}, n_chars + {ROWS_CHARS},
    CASE WHEN status = 'rejected' THEN {REJECTED_PART}
        WHEN {IS_MADE} AND part < 0 THEN {NO_PART} ELSE part END,
    CASE WHEN {IS_MADE} THEN CASE status WHEN 'same' THEN elsewhere ELSE source END END
FROM work
"""

REJECTS = (
    # Of articles in inputs that are the same, of which nothing was made now.
    f"""
    SELECT c.path, c.doc_id, b.reason, b.detail, c.number
    FROM placed p JOIN work w ON w.row = p.row JOIN corpus c ON c.row = p.row
    LEFT JOIN before.rejects b ON b.rowid = (
        SELECT rowid FROM before.rejects r WHERE r.doc_id = c.doc_id AND r.number IS NOT NULL
        AND r.reason <> 'duplicate_id' ORDER BY rowid LIMIT 1
    )
    WHERE p.part = {REJECTED_PART} AND w.status IS NULL ORDER BY c.row
    """,
    f"""
    SELECT c.path, c.doc_id, 'unreadable', 'changed or gone while the run was at work', c.number
    FROM placed p JOIN corpus c ON c.row = p.row WHERE p.part = {NO_PART} ORDER BY c.row
    """,
    """
    SELECT c.path, c.doc_id, 'duplicate_id', k.path || ' has an article of this id; ids must be unique',
        c.number
    FROM corpus c JOIN corpus k ON k.doc_id = c.doc_id AND k.is_first
    WHERE NOT c.is_first ORDER BY c.row
    """,
)

IN_ORDER = "ORDER BY path, number IS NULL, number, doc_id IS NULL, doc_id, reason, id"

LEFT = "SELECT c.n FROM main.work w JOIN main.corpus c ON c.row = w.row WHERE w.todo AND w.status IS NULL"
"""The inputs of articles that had to be cleaned again and could not be, for what had become of the inputs."""

STATE = {
    "inputs": f"""
        SELECT path, doc_id, CASE WHEN n IN ({LEFT}) THEN {PARTLY_READ} ELSE size END, mtime_ns, settled,
            sha256
        FROM main.listing ORDER BY n
    """,
    "articles": f"""
        SELECT c.doc_id, c.path, c.number, c.n_chars,
            CASE WHEN w.todo AND w.status IS NULL THEN '' ELSE c.raw_digest END,
            c.site_key, c.line_keys, COALESCE(w.repeated_made, w.repeated, ''),
            COALESCE(w.clean, w.before, ''), COALESCE(p.part, {NO_PART})
        FROM main.corpus c LEFT JOIN main.work w ON w.row = c.row LEFT JOIN main.placed p ON p.row = c.row
        ORDER BY c.row
    """,
    "rejects": f"SELECT path, doc_id, reason, detail, number FROM main.rejects {IN_ORDER}",
}
"""The next run's state, table by table."""

REFRESHED = STATE | {name: f"SELECT * FROM before.{name} ORDER BY rowid" for name in ("articles", "rejects")}
"""The same where only sizes and times of inputs are others."""


def lay_out(ledger: Ledger, part_chars: int) -> None:
    """Give every article its part: the one it has, else the last one while there is room."""
    last = ledger.one(f"SELECT MAX(part) FROM ({_NAMED})")
    last = max(last or 0, 0)
    used = ledger.one(f"SELECT TOTAL(size) FROM ({_NAMED}) WHERE part = ?", last)
    ledger.do_many(
        "INSERT INTO placed VALUES (?, ?, ?)", _filled(ledger, last=last, used=used, part_chars=part_chars)
    )
    ledger.do("CREATE INDEX placed_part ON placed (part, row)")
    ledger.do("INSERT INTO counted SELECT part, COUNT(*) FROM before.articles GROUP BY part")
    for query in REJECTS:
        ledger.do(f"INSERT INTO rejects (path, doc_id, reason, detail, number) {query}")


_NAMED = f"WITH placing (row, made, size, part, source) AS ({PLACED}) SELECT * FROM placing"


def _filled(
    ledger: Ledger, *, last: int, used: int, part_chars: int
) -> Iterator[tuple[int, int, int | None]]:
    """Row, part and source of each article; those without a part go into the last one, or into new ones."""
    for row, made, size, part, source in ledger.rows(f"{_NAMED} ORDER BY row"):
        if made and part < 0:
            if used and used + size > part_chars:
                last, used = last + 1, 0
            used += size
            part = last
        yield row, part, source


def is_whole(ledger: Ledger) -> bool:
    """Whether all that was to do is done."""
    return ledger.one(f"{LEFT} LIMIT 1") is None


def part_numbers(ledger: Ledger) -> list[int]:
    """The parts there will be; one empty part where there are no articles at all."""
    rows = ledger.rows("SELECT DISTINCT part FROM placed WHERE part >= 0 ORDER BY part")
    return [part for (part,) in rows] or [0]


def part_plan(ledger: Ledger, number: int) -> PartPlan:
    """What a part will hold."""
    keep: list[str] = []
    made: dict[int, list[str]] = defaultdict(list)
    query = (
        "SELECT c.doc_id, p.source FROM placed p JOIN corpus c ON c.row = p.row "
        "WHERE p.part = ? ORDER BY p.row"
    )
    for doc_id, source in ledger.rows(query, number):
        (keep if source is None else made[source]).append(doc_id)
    sources: dict[Source, list[str]] = defaultdict(list)
    for source, doc_ids in made.items():
        sources[ledger.source(source)] += doc_ids
    return PartPlan(number, pa.array(keep, pa.string()), sources)


def present_inputs(ledger: Ledger, number: int) -> tuple[pa.Array, pa.Array, pa.Array]:
    """``doc_id``, ``path`` and ``sha256`` of every article of a part as they are now."""
    query = (
        "SELECT c.doc_id, c.path, l.sha256 FROM placed p JOIN corpus c ON c.row = p.row "
        "JOIN listing l ON l.n = c.n WHERE p.part = ?"
    )
    columns = list(zip(*ledger.rows(query, number), strict=True)) or [(), (), ()]
    doc_ids, paths, digests = (pa.array(each, pa.string()) for each in columns)
    return doc_ids, paths, digests


def is_dirty(ledger: Ledger, plan: PartPlan) -> bool:
    """Whether a part gets or loses an article, or holds one whose input is not as it was."""
    if plan.made:
        return True
    before = "SELECT n FROM counted WHERE part = ?"
    moved = (
        "SELECT 1 FROM placed p JOIN work w ON w.row = p.row JOIN corpus c ON c.row = p.row "
        "JOIN listing l ON l.n = c.n LEFT JOIN before.inputs b ON b.path = l.path "
        "WHERE p.part = ? AND (w.moved OR b.sha256 IS NOT l.sha256) LIMIT 1"
    )
    return (ledger.one(before, plan.number) or 0) != len(plan.keep) or bool(ledger.one(moved, plan.number))


def reject_rows(ledger: Ledger) -> Iterator[pa.Table]:
    """The rows of table ``rejects``, in pieces."""
    schema = arrow_schema(Reject)
    for batch in ledger.batches(f"SELECT {', '.join(schema.names)} FROM rejects {IN_ORDER}"):
        columns = zip(*batch, strict=True)
        yield pa.table([pa.array(each, pa.string()) for each in columns], schema=schema)
