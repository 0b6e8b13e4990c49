"""The rows of one part: what stays of the old file and what was made since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.schema import TABLES, arrow_schema
from pipeline.tables import parquet
from pipeline.tables.bundle import read_bundle
from pipeline.tables.folder import part_path


@dataclass(frozen=True, slots=True)
class PartPlan:
    """Which articles a part will hold, and where their rows are now."""

    number: int
    keep: pa.Array
    """``doc_id`` of the articles whose rows stay as they are in the part's present files."""
    made: Mapping[Path, Sequence[str]]
    """Bundles, and the ``doc_id`` of the articles wanted from each."""


def part_rows(outputs: Path, name: str, plan: PartPlan, columns: Sequence[str] | None = None) -> pa.Table:
    """The part's rows of one table: by article, in the order of ``doc_id``, each article's in its own order.

    ``columns`` must name ``doc_id``.
    """
    names = list(columns or arrow_schema(TABLES[name]).names)
    pieces = [arrow_schema(TABLES[name]).empty_table().select(names)]
    if len(plan.keep):
        pieces.append(_of(parquet.read_part(part_path(outputs, name, plan.number), names), plan.keep))
    for path, doc_ids in plan.made.items():
        pieces.append(_of(read_bundle(path, name).select(names), pa.array(doc_ids, pa.string())))
    table = pa.concat_tables(pieces)
    return table.take(pc.sort_indices(table["doc_id"])) if len(plan.made) else table


def _of(table: pa.Table, doc_ids: pa.Array) -> pa.Table:
    return table.filter(pc.is_in(table["doc_id"], value_set=doc_ids))
