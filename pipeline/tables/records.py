"""Record classes to Arrow tables and back, by the schemas of ``schema.py`` and never by the rows."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import pyarrow as pa

from pipeline.schema import arrow_schema

Record = TypeVar("Record")
Convert = Callable[[Any], Any]


def to_arrow(records: Sequence[Any], record: type) -> pa.Table:
    """The records as a table with the schema of their class, rows in the order given."""
    schema = arrow_schema(record)
    columns = [
        pa.array([pack(getattr(each, name)) for each in records], type=schema.field(name).type)
        for name, pack, _ in _converters(record)
    ]
    return pa.table(columns, schema=schema)


def to_records(table: pa.Table, record: type[Record]) -> list[Record]:
    """The rows of a table as records: the exact reverse of ``to_arrow``.

    Columns that the class does not have are left out, so that tables of a later version can be read.
    """
    fields: type = record
    columns = [
        [unpack(value) for value in table.column(name).to_pylist()] for name, _, unpack in _converters(fields)
    ]
    return [record(*row) for row in zip(*columns, strict=True)]


def empty(record: type) -> pa.Table:
    """A table of the class without rows."""
    return arrow_schema(record).empty_table()


def _same(value: Any) -> Any:
    return value


@functools.cache
def _converters(record: type) -> tuple[tuple[str, Convert, Convert], ...]:
    """For every field its name, the function into Arrow's Python values and the one back."""
    hints = typing.get_type_hints(record)
    return tuple((each.name, *_convert(hints[each.name])) for each in dataclasses.fields(record))


def _convert(annotation: Any) -> tuple[Convert, Convert]:
    if isinstance(annotation, types.UnionType):
        (inner,) = (a for a in typing.get_args(annotation) if a is not type(None))
        pack, unpack = _convert(inner)
        return (pack, unpack) if pack is _same and unpack is _same else (_or_none(pack), _or_none(unpack))
    if typing.get_origin(annotation) is tuple:
        pack, unpack = _convert(typing.get_args(annotation)[0])
        return functools.partial(_each, list, pack), functools.partial(_each, tuple, unpack)
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return functools.partial(_pack_record, annotation), functools.partial(_unpack_record, annotation)
    return _same, _same


def _or_none(convert: Convert) -> Convert:
    return lambda value: None if value is None else convert(value)


def _each(collect: Callable[[Iterable[Any]], Any], convert: Convert, values: Iterable[Any]) -> Any:
    return collect(values) if convert is _same else collect(convert(value) for value in values)


def _pack_record(record: type, value: Any) -> dict[str, Any]:
    return {name: pack(getattr(value, name)) for name, pack, _ in _converters(record)}


def _unpack_record(record: type, value: dict[str, Any]) -> Any:
    return record(*(unpack(value[name]) for name, _, unpack in _converters(record)))
