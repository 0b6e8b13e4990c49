"""From what a run found to the next content of the outputs folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.run.corpus import Corpus, Lines, Work
from pipeline.run.tasks import ROWS, Made, Outcome
from pipeline.schema import Reject, arrow_schema
from pipeline.tables.merge import PartPlan, Source, part_rows
from pipeline.tables.settings import Settings
from pipeline.tables.state import NO_PART, REJECTED_PART, ArticleState, RejectState, State
from pipeline.tables.store import Commit

Ints = NDArray[np.int64]

ROWS_CHARS = 4_000
"""What the rows of the shortest article take, as code points of text that take as much."""


class Wide(Protocol):
    """What only the whole corpus tells: names across articles, near-duplicates, shared quotations."""

    names: pa.Table

    def finish(self, name: str, rows: pa.Table) -> pa.Table:
        """Rows of table ``name`` with the columns filled that depend on other articles."""


Scan = Callable[[str, Sequence[str]], Iterator[pa.Table]]
"""The rows the tables will have, some columns of one table, in pieces."""

MakeWide = Callable[[Scan], Wide]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found."""

    settings: Settings
    inputs: pa.Table
    corpus: Corpus
    work: Work
    lines: Lines
    made: Sequence[Made]
    rejects: pa.Table
    """``RejectState`` of what could not be read, and of articles in inputs that are the same."""
    before: State
    lost: frozenset[int]
    part_chars: int
    make_wide: MakeWide


@dataclass(frozen=True, slots=True)
class Layout:
    """Where every article's rows will be."""

    part: Ints
    """Per article of the corpus."""
    source: list[Source | None]
    """Where they are now, if made since; ``None`` for the part's present file."""
    states: pa.Table
    rejects: pa.Table


@dataclass(slots=True)
class Patch:
    """``path`` and ``sha256`` of every article as they are now: its input may have got other articles."""

    doc_ids: pa.Array
    path: pa.Array
    sha256: pa.Array

    def apply(self, documents: pa.Table) -> pa.Table:
        """The rows with the present values."""
        row = pc.index_in(documents["doc_id"], value_set=self.doc_ids).combine_chunks()
        for name, values in (("path", self.path), ("sha256", self.sha256)):
            index = documents.schema.get_field_index(name)
            documents = documents.set_column(index, documents.schema.field(index), values.take(row))
        return documents


def replace_tables(outputs: Path, result: Result) -> None:
    """Write the parts that change and make them the folder's content."""
    layout = lay_out(result)
    plans = part_plans(result, layout)
    patch = find_patch(result)
    pending = Pending(outputs, plans, patch)
    wide = result.make_wide(pending.scan)
    commit = Commit(outputs)
    old = {(file.table, file.number): file for file in result.before.files if file.number not in result.lost}
    dirty = dirty_parts(result, plans, layout)
    for plan in plans:
        for name in ROWS:
            kept = old.get((name, plan.number))
            if kept is not None and plan.number not in dirty and not pending.differs(name, plan, wide):
                commit.keep(kept)
            else:
                commit.write(name, plan.number, [wide.finish(name, pending.rows(name, plan))])
    commit.write("names", 0, [wide.names])
    commit.write("rejects", 0, [reject_rows(layout.rejects)])
    state = State(
        settings=result.settings,
        inputs=result.inputs,
        articles=layout.states,
        rejects=layout.rejects,
        files=tuple(commit.files),
    )
    commit.finish(state)


def refresh(outputs: Path, before: State, inputs: pa.Table) -> None:
    """Keep the tables, but remember the inputs' present size and time: saves hashing them the next time."""
    commit = Commit(outputs)
    for file in before.files:
        commit.keep(file)
    commit.finish(replace(before, inputs=inputs))


@dataclass(slots=True)
class Pending:
    """The rows the tables will have, before what only the corpus tells."""

    outputs: Path
    plans: Sequence[PartPlan]
    patch: Patch

    def rows(self, name: str, plan: PartPlan, columns: Sequence[str] | None = None) -> pa.Table:
        table = part_rows(self.outputs, name, plan, columns)
        return self.patch.apply(table) if name == "documents" and columns is None else table

    def scan(self, name: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        needed = columns if "doc_id" in columns else ["doc_id", *columns]
        for plan in self.plans:
            yield self.rows(name, plan, needed).select(list(columns))

    def differs(self, name: str, plan: PartPlan, wide: Wide) -> bool:
        """Whether the corpus tells something else than it did of rows that are otherwise the same."""
        columns = WIDE_COLUMNS.get(name)
        if columns is None:
            return False
        rows = self.rows(name, plan, columns)
        return not wide.finish(name, rows).equals(rows)


WIDE_COLUMNS = {
    "documents": ["doc_id", "duplicate_of"],
    "entities": ["doc_id", "mention_id", "label", "name", "name_id"],
    "claims": ["doc_id", "claim_id", "source_kind", "source_name", "source_name_id", "quotation_id"],
}
"""Columns that ``Wide.finish`` fills, with those it fills them by."""


def lay_out(result: Result) -> Layout:
    """Give every article its part: the one it has, else the last one while there is room."""
    articles = result.corpus.articles
    outcomes = pa.concat_tables(
        [arrow_schema(Outcome).empty_table(), *(each.outcomes for each in result.made)]
    )
    sources = [each.source for each in result.made for _ in range(each.outcomes.num_rows)]
    row = pc.index_in(articles["doc_id"], value_set=outcomes["doc_id"].combine_chunks()).combine_chunks()
    status = outcomes["status"].combine_chunks().take(row)
    made = np.array(pc.fill_null(pc.equal(status, "made"), False))
    same = np.asarray(pc.fill_null(pc.equal(status, "same"), False))
    elsewhere = {at: source for at, source in result.work.elsewhere.items() if same[at]}
    made[list(elsewhere)] = True
    rejected = np.asarray(pc.fill_null(pc.equal(status, "rejected"), False))
    part = result.work.part.copy()
    part[rejected] = REJECTED_PART
    part[made & (part < 0)] = NO_PART
    _fill(part, made, articles["n_chars"].to_numpy() + ROWS_CHARS, result.part_chars)
    states = {name: articles[name] for name in arrow_schema(ArticleState).names}
    before = pa.array(result.work.before, pa.string())
    known = pa.array(result.lines.digests, pa.string())
    states["repeated_digest"] = pc.coalesce(outcomes["repeated_digest"].combine_chunks().take(row), known)
    states["clean_digest"] = pc.coalesce(outcomes["clean_digest"].combine_chunks().take(row), before)
    states["part"] = pa.array(part, pa.int64())
    lost = result.work.todo & ~np.asarray(row.is_valid())
    states["raw_digest"] = pc.if_else(pa.array(lost), "", articles["raw_digest"])
    source = [sources[at] if ok else None for at, ok in zip(row.to_pylist(), made.tolist(), strict=True)]
    for at, other in elsewhere.items():
        source[at] = other
    every = pa.table(states, schema=arrow_schema(ArticleState))
    return Layout(
        part=part,
        source=source,
        states=pa.concat_tables([every, result.corpus.duplicates]),
        rejects=_all_rejects(result, articles, part, has_outcome=row.is_valid()),
    )


def _fill(part: Ints, made: NDArray[np.bool_], sizes: Ints, part_chars: int) -> None:
    """Put the articles that have no part yet into the last one, or into new ones after it."""
    placed = part >= 0
    last = int(part.max(initial=0))
    last = max(last, 0)
    used = int(sizes[placed & (part == last)].sum())
    for row in np.flatnonzero(made & ~placed).tolist():
        size = int(sizes[row])
        if used and used + size > part_chars:
            last, used = last + 1, 0
        part[row] = last
        used += size


def _all_rejects(result: Result, articles: pa.Table, part: Ints, *, has_outcome: pa.Array) -> pa.Table:
    """Every reject: of inputs, of articles made now, of articles kept, and second ones of an id."""
    schema = arrow_schema(RejectState)
    of_inputs = result.rejects.filter(pc.is_null(result.rejects["number"]))
    kept = articles.filter(pc.and_(pa.array(part == REJECTED_PART), pc.invert(has_outcome)))
    gone = articles.filter(pa.array(part == NO_PART)).select(["path", "doc_id", "number"])
    old = result.before.rejects.filter(
        pc.and_(
            pc.is_valid(result.before.rejects["number"]),
            pc.not_equal(result.before.rejects["reason"], "duplicate_id"),
        )
    )
    row = pc.index_in(kept["doc_id"], value_set=old["doc_id"].combine_chunks()).combine_chunks()
    still = {
        "path": kept["path"],
        "doc_id": kept["doc_id"],
        "reason": old["reason"].combine_chunks().take(row),
        "detail": old["detail"].combine_chunks().take(row),
        "number": kept["number"],
    }
    tables = [
        of_inputs,
        *(each.rejects for each in result.made),
        pa.table(still, schema=schema),
        _rejected(gone, "unreadable", ["changed or gone while the run was at work"] * gone.num_rows),
        duplicate_rejects(result.corpus),
    ]
    table = pa.concat_tables(tables)
    keys = [("path", "ascending"), ("number", "ascending"), ("doc_id", "ascending"), ("reason", "ascending")]
    return table.take(pc.sort_indices(table, sort_keys=keys)).combine_chunks()


def duplicate_rejects(corpus: Corpus) -> pa.Table:
    """A reject for every article whose id an earlier one has."""
    duplicates = corpus.duplicates
    row = pc.index_in(duplicates["doc_id"], value_set=corpus.articles["doc_id"].combine_chunks())
    keepers = corpus.articles["path"].take(row).to_pylist()
    details = [f"{path} has an article of this id; ids must be unique" for path in keepers]
    return _rejected(duplicates, "duplicate_id", details)


def _rejected(articles: pa.Table, reason: str, details: list[str]) -> pa.Table:
    columns = {name: articles[name] for name in ("path", "doc_id", "number")}
    columns["reason"] = pa.array([reason] * articles.num_rows, pa.string())
    columns["detail"] = pa.array(details, pa.string())
    schema = arrow_schema(RejectState)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def reject_rows(rejects: pa.Table) -> pa.Table:
    """The rows of table ``rejects``."""
    return rejects.select(arrow_schema(Reject).names).cast(arrow_schema(Reject))


def part_plans(result: Result, layout: Layout) -> list[PartPlan]:
    """What every part will hold; one empty part where there are no articles at all."""
    doc_ids = result.corpus.articles["doc_id"].combine_chunks()
    order = np.argsort(layout.part, kind="stable")
    order = order[layout.part[order] >= 0]
    numbers, starts = np.unique(layout.part[order], return_index=True)
    plans = []
    for number, rows in zip(numbers.tolist(), np.split(order, starts[1:]), strict=False):
        keep = []
        made: dict[Source, list[str]] = {}
        for row in rows.tolist():
            if (source := layout.source[row]) is None:
                keep.append(row)
            else:
                made.setdefault(source, []).append(doc_ids[row].as_py())
        plans.append(PartPlan(number, doc_ids.take(pa.array(keep, pa.int64())), made))
    return plans or [PartPlan(0, pa.array([], pa.string()), {})]


def find_patch(result: Result) -> Patch:
    """Every article's input as it is now."""
    articles = result.corpus.articles
    paths = articles["path"].combine_chunks()
    row = pc.index_in(paths, value_set=result.inputs["path"].combine_chunks())
    sha256 = result.inputs["sha256"].combine_chunks().take(row)
    return Patch(articles["doc_id"].combine_chunks(), paths, sha256)


def dirty_parts(result: Result, plans: Sequence[PartPlan], layout: Layout) -> set[int]:
    """The parts that get or lose an article, or hold one whose input is another or holds something else."""
    counts = Counter(result.before.articles["part"].to_pylist())
    dirty = {plan.number for plan in plans if plan.made or len(plan.keep) != counts[plan.number]}
    was, now = result.before.inputs, result.inputs
    row = pc.index_in(now["path"], value_set=was["path"].combine_chunks())
    same = pc.fill_null(pc.equal(now["sha256"], was["sha256"].take(row)), False)
    moved = now["path"].filter(pc.invert(same)).combine_chunks()
    is_moved = np.asarray(pc.is_in(result.corpus.articles["path"], value_set=moved))
    return dirty | set(layout.part[is_moved].tolist())
