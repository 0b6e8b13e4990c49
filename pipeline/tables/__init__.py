"""Records to Parquet and back, and everything that lives in an outputs folder.

The one room that reads or writes tables: ``records`` turns record classes into Arrow and back, ``parquet``
writes and reads single files, ``store`` keeps a whole outputs folder and replaces its tables at once,
``state`` is the manifest, ``bundle`` holds finished work that no table shows yet, ``spill`` what is too much
for memory, ``lock`` keeps two runs apart, ``place`` says where everything lies. Arrow is imported when a
table is first asked for.
"""

import importlib
from typing import TYPE_CHECKING, Any

from pipeline.tables.place import FolderError

if TYPE_CHECKING:
    from pipeline.tables.folder import count, read, read_records, scan, write
    from pipeline.tables.records import to_arrow, to_records

__all__ = ["FolderError", "count", "read", "read_records", "scan", "to_arrow", "to_records", "write"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    room = "records" if name.startswith("to_") else "folder"
    return getattr(importlib.import_module(f"pipeline.tables.{room}"), name)
