"""One run at a time on an outputs folder."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.tables.place import FolderError, owner_path, private


class BusyError(FolderError):
    """Another run is writing to the outputs folder."""


@contextmanager
def locked(outputs: Path) -> Iterator[None]:
    """Hold the outputs folder for this process.

    The lock is the operating system's, so one left by a process that was killed is free at once; the file
    beside it only says who holds it.

    Raises:
        BusyError: another process holds it; the message gives its id.
        FolderError: the folder cannot be written to.
    """
    owner = owner_path(outputs)
    try:
        lock = FileLock(private(outputs) / "lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            f"{outputs}: in use by {_who(owner)}; wait for it to end, or give another folder"
        ) from error
    except OSError as error:
        raise FolderError(
            f"{outputs}: cannot be written to: {error.strerror}; give another folder"
        ) from error
    try:
        owner.write_text(json.dumps({"pid": os.getpid(), "host": platform.node()}), encoding="utf-8")
        yield
    finally:  # also after an error: a file left behind tells the next run that the process was killed
        owner.unlink(missing_ok=True)
        lock.release()


def _who(owner: Path) -> str:
    try:
        holder = json.loads(owner.read_text(encoding="utf-8"))
        return f"process {holder['pid']} on {holder['host']}"
    except (OSError, ValueError, KeyError):
        return "another process"
