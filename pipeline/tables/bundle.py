"""Several Arrow tables in one file: what workers hand over, whole or not at all.

A file is the tables as Arrow streams one after another, then a JSON index, its length in 8 bytes and a mark.
A file without the mark is not there: it was cut off.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.tables.place import FolderError

MARK = b"NCB1"
TAIL_BYTES = 8 + len(MARK)
WRITE = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1))


class BundleError(Exception):
    """The file is cut off or was changed."""


def write_bundle(path: Path, tables: Mapping[str, pa.Table]) -> None:
    """Write the tables; complete or absent at ``path``.

    Raises:
        FolderError: the disk is full, or the folder cannot be written to.
    """
    aside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with aside.open("wb") as file:
            starts = {}
            for name, table in tables.items():
                starts[name] = file.tell()
                with pa.ipc.new_stream(file, table.schema, options=WRITE) as writer:
                    writer.write_table(table)
            index = json.dumps({"starts": starts}).encode()
            file.write(index + len(index).to_bytes(8, "little") + MARK)
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise FolderError(f"{path.parent}: cannot be written to: {error.strerror}") from error


def read_bundle(path: Path, name: str) -> pa.Table:
    """One table of the bundle.

    Raises:
        BundleError: the file is not whole.
    """
    start = _index(path)["starts"][name]
    try:
        with path.open("rb") as file:
            file.seek(start)
            with pa.ipc.open_stream(file) as stream:
                return stream.read_all()
    except (OSError, pa.ArrowException) as error:
        raise BundleError(f"{path}: {error}") from error


def _index(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            tail = file.read()
            n_bytes = int.from_bytes(tail[:8], "little")
            if tail[8:] != MARK or n_bytes > size - TAIL_BYTES:
                raise BundleError(f"{path}: cut off")
            file.seek(size - TAIL_BYTES - n_bytes)
            index: dict[str, Any] = json.loads(file.read(n_bytes))
            return index
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: {error}") from error
