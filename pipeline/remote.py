"""Files and folders behind an address (``s3://``, ``gs://``, ``memory://``), by fsspec.

An address travels as a ``Path`` like any other place: ``Path("s3://bucket/key")`` is ``s3:/bucket/key``, as
no folder of a disk is called, and ``address`` gives it back. fsspec is imported when there is an address.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+):/+(?=[^/])")
_TIMES = ("LastModified", "last_modified", "updated", "mtime", "modified", "created")
"""What the file systems of fsspec call the time of change."""


class RemoteError(OSError):
    """An address cannot be used; the message names it and the way out."""

    def __init__(self, place: str, why: object) -> None:
        super().__init__(5, f"{place}: {why}")


def address(path: str | PurePath) -> str | None:
    """The address that ``path`` stands for; ``None`` for a place on this machine."""
    text = path if isinstance(path, str) else path.as_posix()
    found = _ADDRESS.match(text)
    return f"{found[1]}://{text[found.end() :]}" if found else None


def open_system(place: str) -> tuple[Any, str]:
    """The file system of an address, and the path of the address in it.

    Raises:
        RemoteError: fsspec does not know the scheme, or needs a package for it.
    """
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(place)
    except (ImportError, ValueError) as error:
        raise RemoteError(place, f"{error}; see `newsclaims[s3]` and `newsclaims[gs]`") from error
    return system, path


@contextlib.contextmanager
def on_disk(path: Path) -> Iterator[Path]:
    """The file at ``path``; a copy for the time of the block where it lies behind an address.

    Raises:
        OSError: it cannot be fetched.
    """
    place = address(path)
    if place is None:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "input"
        system, inner = open_system(place)
        with errors_of(place):
            system.get_file(inner, str(copy))
        yield copy


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, wherever it lies."""
    with on_disk(path) as copy, copy.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def modified_ns(info: dict[str, Any]) -> int:
    """When a file was changed, by what its file system tells; another number for another version at least."""
    for name in _TIMES:
        value = info.get(name)
        if isinstance(value, str):
            with contextlib.suppress(ValueError):
                value = dt.datetime.fromisoformat(value)
        if isinstance(value, dt.datetime):
            return int(value.replace(tzinfo=value.tzinfo or dt.UTC).timestamp() * 1e9)
        if isinstance(value, int | float):
            return int(value * 1e9)
    known = repr(sorted((key, repr(value)) for key, value in info.items()))
    return int.from_bytes(hashlib.blake2b(known.encode(), digest_size=7).digest(), "big")


@contextlib.contextmanager
def errors_of(place: str) -> Iterator[None]:
    """Whatever a client library raises, as an ``OSError``."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # client libraries have errors of their own: credentials, time outs
        raise RemoteError(place, f"{type(error).__name__}: {error}") from error
