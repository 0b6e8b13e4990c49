"""Records to Parquet and back, and everything that lives in an outputs folder.

The one room that reads or writes tables: ``records`` turns record classes into Arrow and back, ``parquet``
writes and reads single files, ``store`` keeps a whole outputs folder and replaces its tables at once,
``state`` is the manifest, ``staging`` holds finished work that no table shows yet, ``lock`` keeps two runs
apart.
"""

from pipeline.tables.folder import FolderError, count, read, read_records, scan, write
from pipeline.tables.records import to_arrow, to_records

__all__ = ["FolderError", "count", "read", "read_records", "scan", "to_arrow", "to_records", "write"]
