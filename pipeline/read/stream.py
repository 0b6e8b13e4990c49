"""Input files as bounded streams of bytes; gzip by content, not by name."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

from pipeline.read.faults import ReadError

GZIP_MAGIC = b"\x1f\x8b"
CHUNK = 1 << 20
Stream: TypeAlias = "io.BufferedReader[Any]"


def digest(path: Path) -> str:
    """SHA-256 of the file's bytes, as they lie on the disk, in hexadecimal.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def version(path: Path) -> tuple[int, int, int] | None:
    """What is another number once the file is written to or replaced; ``None`` where there is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


@contextmanager
def copied(path: Path) -> Iterator[Path]:
    """The file as it is now, to be read more than once while others write to it.

    Raises:
        OSError: the file cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copyfile(path, Path(folder) / path.name))


def is_gzip(path: Path) -> bool:
    """Whether the file is packed with gzip, whatever it is called."""
    with path.open("rb") as file:
        return file.read(2) == GZIP_MAGIC


@contextmanager
def opened(path: Path, max_bytes: int) -> Iterator[Stream]:
    """The file's content, decompressed if it is gzip.

    Reading past ``max_bytes`` decompressed bytes, or into a broken part, raises ``ReadError``.
    """
    with path.open("rb") as file:
        packed = file.peek(2)[:2] == GZIP_MAGIC
        content: BinaryIO = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
        with io.BufferedReader(_Bounded(content, max_bytes), CHUNK) as stream:
            yield stream


def read_whole(stream: BinaryIO, max_bytes: int) -> bytes:
    """Everything, if it is not longer than one article can be.

    Raises:
        ReadError: it is longer.
    """
    data = stream.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise ReadError("too_long", f"more than {max_bytes:,} bytes; see read.max_chars in the configuration")
    return data


def lines(stream: Stream, max_bytes: int) -> Iterator[bytes | None]:
    """The lines with their ends; ``None`` for a line of more than ``max_bytes``, which is passed over."""
    while line := stream.readline(max_bytes + 1):
        if len(line) <= max_bytes or line.endswith(b"\n"):
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(CHUNK)
        yield None


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than ``max_bytes`` and names what breaks in it."""

    def __init__(self, content: BinaryIO, max_bytes: int) -> None:
        self._content = content
        self._left = max_bytes
        self._max_bytes = max_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._content.read(min(len(buffer), CHUNK))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise ReadError("unreadable", f"broken gzip: {error}") from error
        self._left -= len(data)
        if self._left < 0:
            detail = f"more than {self._max_bytes:,} bytes decompressed; see read.max_bytes"
            raise ReadError("too_long", detail)
        buffer[: len(data)] = data
        return len(data)
