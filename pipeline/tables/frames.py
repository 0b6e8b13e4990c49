"""Tables as pandas frames, for notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from pipeline.schema import TABLES, arrow_schema
from pipeline.tables.folder import read
from pipeline.tables.place import parts

PANDAS_TYPES = {pa.int64(): pd.Int64Dtype(), pa.string(): pd.StringDtype()}
"""Types that keep null apart from every value; numbers and times do so by themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """The tables of an outputs folder; columns and their meanings as in docs/TABLES.md."""

    documents: pd.DataFrame
    segments: pd.DataFrame
    entities: pd.DataFrame
    claims: pd.DataFrame
    names: pd.DataFrame
    rejects: pd.DataFrame

    def __repr__(self) -> str:
        return f"Frames({', '.join(f'{name}: {len(getattr(self, name))} rows' for name in TABLES)})"


def load_frames(outputs: Path) -> Frames:
    """All tables of a folder; those that a single stage does not write are empty.

    Raises:
        FolderError: there is no ``documents`` table.
    """
    return Frames(**{name: _frame(outputs, name) for name in TABLES})


def _frame(outputs: Path, name: str) -> pd.DataFrame:
    there = name == "documents" or bool(parts(outputs, name))
    table = read(outputs, name) if there else arrow_schema(TABLES[name]).empty_table()
    frame: pd.DataFrame = table.to_pandas(types_mapper=PANDAS_TYPES.get, date_as_object=False)
    for column in table.schema:
        if pa.types.is_list(column.type):  # Python lists, not arrays whose truth is ambiguous
            frame[column.name] = pd.Series(table[column.name].to_pylist(), index=frame.index, dtype=object)
    return frame
