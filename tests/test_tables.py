"""Records to Parquet and back: identical through our own reader, pandas, DuckDB and Polars."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from pipeline import tables
from pipeline.schema import TABLES, Claim, Document, Name, Range, Reject, SourceMember, arrow_schema

WHEN = dt.datetime(2024, 2, 29, 13, 5, 7, 123456, tzinfo=dt.UTC)


def document(doc_id: str = "a.txt", **values: Any) -> Document:
    given: dict[str, Any] = dict.fromkeys(Document.__slots__) | {
        "doc_id": doc_id, "path": f"corpus/{doc_id}", "sha256": "0" * 64, "format": "txt",
        "text": "“Ja”, said 李.\r\n", "body": "“Ja”, said 李.", "n_chars": 15, "n_words": 3, "n_claims": 1,
    }  # fmt: skip
    return Document(**(given | values))


def claim(claim_id: str = "c", **values: Any) -> Claim:
    given: dict[str, Any] = dict.fromkeys(Claim.__slots__) | {
        "claim_id": claim_id, "doc_id": "a.txt", "segment_id": "a.txt#s0", "segment_kind": "body",
        "form": "mixed",
        "content": "one … two", "content_spans": (Range(0, 3), Range(9, 12)), "cue_class": "say",
        "negated": False, "source_kind": "person", "anonymous": True, "confidence": 0.1,
    }  # fmt: skip
    return Claim(**(given | values))


MEMBERS = (
    SourceMember("two monks", 3, 12, "group", "monk", "monk", ("Thai", "Lao"), 2),
    SourceMember("Ann", 17, 20, None, None, None, None, None),
)
ROWS = {
    "documents": [
        document(authors=("A. B.", "C"), published=WHEN, warnings=(), title="T", language="en"),
        document("b\n/é.txt"),
    ],
    "claims": [
        claim(
            source_members=MEMBERS,
            said_date=dt.date(1999, 12, 31),
            source_nationality=("Thai",),
            source_count=2,
        ),
        claim("d", content_spans=()),
    ],
    "names": [Name("n1", "Ann", "PERSON", ("Ann", "Ann B."), 1, 2, 3, WHEN, None)],
    "rejects": [Reject("x", None, "empty", None), Reject("y", "y#1", "bad_record", "no text")],
    "segments": [],
    "entities": [],
}


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    for name, rows in ROWS.items():
        tables.write(tmp_path, name, rows)
    return tmp_path


@pytest.mark.parametrize("name", TABLES)
def test_records_come_back_as_they_were(outputs: Path, name: str) -> None:
    assert tables.read_records(outputs, name, TABLES[name]) == ROWS[name]
    assert tables.count(outputs, name) == len(ROWS[name])


@pytest.mark.parametrize("name", TABLES)
def test_schema_is_the_declared_one_even_without_rows(outputs: Path, name: str) -> None:
    assert tables.read(outputs, name).schema.equals(arrow_schema(TABLES[name]))


def plain(value: Any) -> Any:
    """A cell as every library would print it: lists for arrays, None for what is missing, UTC times."""
    if isinstance(value, np.ndarray | list | tuple | pl.Series):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)) or value is pd.NA:
        return None
    if isinstance(value, dt.datetime):
        return pd.Timestamp(value).tz_convert("UTC").isoformat()
    if isinstance(value, np.generic):
        return value.item()
    return value


def rows_of(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    names = list(columns)
    return [dict(zip(names, map(plain, row), strict=True)) for row in zip(*columns.values(), strict=True)]


@pytest.mark.parametrize("name", TABLES)
def test_pandas_duckdb_and_polars_read_the_same(outputs: Path, name: str) -> None:
    folder = outputs / name
    ours = rows_of(tables.read(outputs, name).to_pydict())
    frame = pd.read_parquet(folder)
    polar = pl.read_parquet(folder)
    duck = duckdb.sql(f"select * from read_parquet('{folder}/*.parquet')")
    assert rows_of({column: frame[column].tolist() for column in frame}) == ours
    assert rows_of(polar.to_dict(as_series=False)) == ours
    assert [dict(zip(duck.columns, map(plain, row), strict=True)) for row in duck.fetchall()] == ours


def test_files_are_zstd_with_checksums_and_nothing_else_in_the_folder(outputs: Path) -> None:
    (file,) = (outputs / "documents").iterdir()
    metadata = pq.read_metadata(file)
    assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_table_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(tables.FolderError, match="newsclaims extract"):
        tables.read(tmp_path, "claims")
