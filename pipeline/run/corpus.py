"""The articles of the corpus: which count, and which have to be extracted.

All of it is asked of the ledger's tables and written into them: there may be millions of articles, and a
rerun looks at all of them.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.run.ledger import Ledger
from pipeline.run.lines import repeated_lines
from pipeline.run.tasks import PARTLY_READ, ExtractTask, Made, Survey, Wanted
from pipeline.tables import to_records
from pipeline.tables.state import NO_PART, RejectState

PIECES_LEFT = 8
"""Tasks for every process that the work still to do is cut into."""

PIECE_CHARS = 3000
"""Code points that are not cut further: about one news article, a fifth of a second of work."""

ARTICLE = "n, number, path, doc_id, n_chars, raw_digest, site_key, line_keys"

KEPT = f"""
INSERT INTO found ({ARTICLE})
SELECT (SELECT MIN(n) FROM listing l WHERE l.path = b.path), {ARTICLE.removeprefix("n, ")}
FROM before.articles b
WHERE EXISTS (SELECT 1 FROM listing l WHERE l.path = b.path AND l.status = 'same') ORDER BY b.rowid
"""

KEPT_REJECTS = """
INSERT INTO rejects (path, doc_id, reason, detail, number)
SELECT path, doc_id, reason, detail, number FROM before.rejects b
WHERE number IS NULL AND EXISTS (SELECT 1 FROM listing l WHERE l.path = b.path AND l.status = 'same')
ORDER BY b.rowid
"""

GATHERED = f"""
INSERT INTO corpus ({ARTICLE}, bundle, place)
SELECT {ARTICLE}, bundle, place FROM found ORDER BY n, number, id LIMIT ?
"""

CUT = """
UPDATE listing SET size = ? WHERE n IN (
    SELECT n FROM (SELECT n FROM found ORDER BY n, number, id LIMIT -1 OFFSET ?)
)
"""

FIRST = """
UPDATE corpus SET is_first = 0
WHERE EXISTS (SELECT 1 FROM corpus d WHERE d.doc_id = corpus.doc_id AND d.row < corpus.row)
"""

COMPARED = """
INSERT OR IGNORE INTO work (row, part, before, moved, repeated, todo, bundle, place, n_chars)
SELECT c.row, COALESCE(b.part, {no_part}), COALESCE(b.clean_digest, ''), b.path IS NOT c.path,
    COALESCE(d.digest, ''),
    b.raw_digest IS NOT c.raw_digest OR b.repeated_digest IS NOT COALESCE(d.digest, ''),
    c.bundle, c.place, c.n_chars
FROM corpus c
LEFT JOIN digests d ON d.row = c.row
LEFT JOIN before.articles b ON b.doc_id = c.doc_id AND b.part <> {no_part} AND b.part NOT IN ({lost})
WHERE c.is_first ORDER BY c.row
"""

IS_WANTED = "todo AND status IS NULL AND bundle IS NOT NULL"

WANTED = f"""
SELECT w.row, w.place, c.doc_id, c.path, c.number, c.n_chars, c.raw_digest, w.before
FROM work w JOIN corpus c ON c.row = w.row
WHERE w.bundle = ? AND {IS_WANTED.replace("bundle", "w.bundle")} ORDER BY c.n_chars DESC, w.row
"""

SETTLED = """
UPDATE work SET status = ?, repeated_made = ?, clean = ?, source = ?
WHERE row = (SELECT row FROM corpus WHERE doc_id = ? AND is_first)
"""


def keep(ledger: Ledger) -> None:
    """Take over what is known of the articles in inputs that are the same."""
    ledger.do(KEPT)
    ledger.do(KEPT_REJECTS)


def add(ledger: Ledger, survey: Survey) -> None:
    """Take down what was read."""
    ledger.do_many("UPDATE listing SET size = ?, sha256 = ? WHERE n = ?", survey.inputs)
    ledger.do_many(
        f"INSERT INTO found ({ARTICLE}, bundle, place) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", survey.articles
    )
    add_rejects(ledger, survey.rejects)


def add_rejects(ledger: Ledger, rejects: Iterable[RejectState]) -> None:
    """Take down rejects."""
    ledger.do_many(
        "INSERT INTO rejects (path, doc_id, reason, detail, number) VALUES (?, ?, ?, ?, ?)",
        ((each.path, each.doc_id, each.reason, each.detail, each.number) for each in rejects),
    )


def gather(ledger: Ledger, *, limit: int | None = None) -> None:
    """Put articles in the order of their inputs, and tell the first of each ``doc_id`` from the others.

    Inputs of which a limit leaves out articles are marked, so that the next run reads them again.
    """
    ledger.do(GATHERED, -1 if limit is None else limit)
    if limit is not None:
        ledger.do(CUT, PARTLY_READ, limit)
    ledger.do("DROP TABLE found")
    ledger.do("CREATE INDEX corpus_doc_id ON corpus (doc_id)")
    ledger.do(FIRST)


def compare(ledger: Ledger, lost: Iterable[int] = ()) -> None:
    """Find the articles of which neither the source nor what its site repeats is as it was.

    Of articles in the parts ``lost`` nothing is known.
    """
    ledger.do(COMPARED.format(no_part=NO_PART, lost=", ".join(map(str, lost))))
    ledger.do("CREATE INDEX work_bundle ON work (bundle) WHERE todo")


def reuse(ledger: Ledger, staged: Iterable[Made]) -> int:
    """Take over those outcomes of earlier work that hold for this corpus; how many.

    Where only what the site repeats is another, the article is cleaned again; if that gives the same, the
    rows there are can be used.
    """
    n_reused = 0
    for made in staged:
        source = ledger.note_source(made.source)
        useful = made.only([_holds(ledger, each, source) for each in made.outcomes.to_pylist()])
        settle(ledger, useful, source)
        n_reused += useful.outcomes.num_rows
    return n_reused


def _holds(ledger: Ledger, outcome: Mapping[str, Any], source: int) -> bool:
    query = (
        "SELECT w.row, w.repeated, w.part FROM corpus c JOIN work w ON w.row = c.row "
        "WHERE c.doc_id = ? AND c.raw_digest = ? AND w.todo AND w.status IS NULL"
    )
    found = next(ledger.rows(query, outcome["doc_id"], outcome["raw_digest"]), None)
    if found is None or outcome["status"] == "same":
        return False
    row, repeated, part = found
    if outcome["repeated_digest"] == repeated:
        return True
    if outcome["status"] == "made" and part < 0:
        ledger.do(
            "UPDATE work SET before = ?, elsewhere = ? WHERE row = ?", outcome["clean_digest"], source, row
        )
    return False


def settle(ledger: Ledger, made: Made, source: int) -> None:
    """Take down what became of some articles."""
    names = ("status", "repeated_digest", "clean_digest", "doc_id")
    columns = (made.outcomes[name].to_pylist() for name in names)
    ledger.do_many(SETTLED, ((*what, source, doc_id) for *what, doc_id in zip(*columns, strict=True)))
    add_rejects(ledger, to_records(made.rejects, RejectState))


def n_wanted(ledger: Ledger) -> int:
    """How many articles are to be extracted, of those whose text is there."""
    return int(ledger.one(f"SELECT COUNT(*) FROM work WHERE {IS_WANTED}"))


def n_chars_left(ledger: Ledger) -> float:
    """Code points of the articles to be cleaned or extracted, wherever their texts are."""
    return float(ledger.one("SELECT TOTAL(n_chars) FROM work WHERE todo AND status IS NULL"))


def unread(ledger: Ledger) -> list[int]:
    """The inputs of articles that have to be cleaned again though their inputs are the same."""
    query = (
        "SELECT DISTINCT c.n FROM work w JOIN corpus c ON c.row = w.row "
        "WHERE w.todo AND w.status IS NULL AND w.bundle IS NULL ORDER BY c.n"
    )
    return [n for (n,) in ledger.rows(query)]


def add_texts(ledger: Ledger, survey: Survey) -> None:
    """Take down where the texts of articles are that are in the corpus already.

    A text that is not the one known any more is none of them: its input has changed since it was looked at.
    """
    ledger.do_many(
        "UPDATE work SET bundle = ?, place = ? WHERE bundle IS NULL AND row IN "
        "(SELECT row FROM corpus WHERE doc_id = ? AND n = ? AND number = ? AND raw_digest = ?)",
        ((a.bundle, a.place, a.doc_id, a.n, a.number, a.raw_digest) for a in survey.articles),
    )


def tasks(ledger: Ledger, *, jobs: int, source: Path, target: Path) -> Iterator[ExtractTask]:
    """Tasks for all articles that are wanted: bundles of texts or pieces of them, the longest first."""
    left = ledger.one(f"SELECT TOTAL(n_chars) FROM work WHERE {IS_WANTED}")
    longest = "ORDER BY MAX(n_chars) DESC, MIN(row)"
    bundles = list(ledger.rows(f"SELECT bundle FROM work WHERE {IS_WANTED} GROUP BY bundle {longest}"))
    for (bundle,) in bundles:
        waiting = [_wanted(ledger, *each) for each in ledger.rows(WANTED, bundle)]
        sizes = [each.n_chars for each in waiting]
        start = 0
        for n in cut(sizes, left=left, jobs=jobs):
            yield ExtractTask(source / bundle, target, tuple(waiting[start : start + n]))
            start += n
        left -= sum(sizes)


def cut(sizes: Sequence[int], *, left: int, jobs: int) -> Iterator[int]:
    """How many of the articles with these sizes, in order, go into each task.

    For several processes the pieces shrink as the work comes to its end (guided self-scheduling,
    Polychronopoulos and Kuck 1987), so that all end together.

    Args:
        sizes: code points.
        left: those of all articles still to do, these and later ones.
        jobs: processes.
    """
    start = 0
    while start < len(sizes):
        most = left if jobs == 1 else max(PIECE_CHARS, left // (PIECES_LEFT * jobs))
        n = max(1, bisect.bisect_right(list(itertools.accumulate(sizes[start:])), most))
        yield n
        left -= sum(sizes[start : start + n])
        start += n


def _wanted(
    ledger: Ledger, row: int, place: int, doc_id: str, path: str, number: int, n_chars: int, raw_digest: str,
    before: str,
) -> Wanted:  # fmt: skip
    return Wanted(place, doc_id, path, number, n_chars, raw_digest, repeated_lines(ledger, row), before)
