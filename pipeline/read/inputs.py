"""Paths given by the user to input files, in one order that never depends on the machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from pipeline.read.faults import InputError
from pipeline.schema import Reject

SUFFIXES = {
    ".txt": "txt",
    ".md": "md",
    ".html": "html",
    ".htm": "html",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "wet",
}
"""File name ending, after ``.gz`` is taken off, to format."""

OUTPUTS_MARK = ".newsclaims"
"""Folder inside every folder of tables (``tables.folder.private``)."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read.

    ``shown`` is the path as the user would write it and ``doc_id`` the path below its input folder with
    ``/`` between its parts; both are encodable text whatever the file is called. ``format`` is ``None``
    for a file that was named on the command line and whose ending tells nothing: its content will.
    ``n_bytes`` and ``modified_ns`` are as the walk saw them, so that a rerun may skip hashing.
    """

    path: Path
    shown: str
    doc_id: str
    format: str | None
    n_bytes: int
    modified_ns: int


def find_inputs(paths: Iterable[Path]) -> Iterator[Input | Reject]:
    """The files at ``paths``, folders walked to the bottom, and a reject for what is no file to read.

    The order is that of the sorted paths, then of the sorted names in each folder (by code point), whatever
    order the paths come in: the first article of an identifier keeps it, and a run can tell which that is
    from the order alone, without reading again what has not changed. A file reached twice by the same name
    is read once. Hidden files and folders are left out, and folders of tables that newsclaims wrote. A link
    to a folder is followed unless the folder is, or lies in, one that is walked anyway; a link back to a
    folder around it is a reject.

    Raises:
        InputError: at once, if one of the paths is not there or is a folder of tables.
    """
    roots = sorted(set(paths), key=os.fspath)
    for path in roots:
        if not os.path.lexists(path):
            raise InputError(f"{show(path)}: no such file or folder; give files or folders of articles")
        if _is_outputs(path):
            raise InputError(f"{show(path)}: holds tables of newsclaims; give the folder of the articles")
    return _walk_all(roots)


def show(path: PurePath) -> str:
    """The path as text that can be stored and printed: bytes that are no UTF-8 written as ``\\xNN``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def format_of(name: str) -> str | None:
    """The format that a file name announces."""
    stem = name.lower().removesuffix(".gz")
    return SUFFIXES.get(PurePath(stem).suffix)


@dataclass(slots=True)
class _Walk:
    """Where a walk has been, so that it ends and reads nothing twice."""

    roots: tuple[str, ...]
    linked: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def has(self, folder: str) -> bool:
        """Whether ``folder``, without links, is or lies in one walked by its own name or an earlier link."""
        return any(_within(folder, each) for each in (*self.roots, *self.linked))


def _walk_all(roots: Sequence[Path]) -> Iterator[Input | Reject]:
    walk = _Walk(tuple(os.path.realpath(path) for path in roots if os.path.isdir(path)))  # noqa: PTH112
    for root in roots:
        for each in _walk_one(root, walk):
            # Absolute, but links unresolved: a file and a link to it are two inputs.
            place = os.path.abspath(each.path)  # noqa: PTH100
            if place not in walk.seen:
                yield each
            if len(roots) > 1:
                walk.seen.add(place)


def _walk_one(root: Path, walk: _Walk) -> Iterator[Input | Reject]:
    if not os.path.isdir(root):  # noqa: PTH112 (Path.is_dir raises where this says no)
        yield _file(root, root.parent, named=True)
        return
    waiting = _listed(root)
    while waiting:
        path = waiting.pop()
        if isinstance(path, Reject):
            yield path
        elif not os.path.isdir(path):  # noqa: PTH112
            yield _file(path, root, named=False)
        elif _is_outputs(path):
            continue
        elif not path.is_symlink() or _follow(path, walk):
            waiting.extend(_listed(path))
        elif _within(os.path.realpath(path.parent), os.path.realpath(path)):
            yield Reject(show(path), None, "unreadable", "link to a folder that it lies in")


def _is_outputs(folder: Path) -> bool:
    return os.path.isdir(folder / OUTPUTS_MARK)  # noqa: PTH112


def _listed(folder: Path) -> list[Path | Reject]:
    """What to visit in ``folder``, last first."""
    try:
        paths = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        return [Reject(show(folder), None, "unreadable", f"folder cannot be listed: {error.strerror}")]
    return [*sorted(paths, key=lambda path: path.name, reverse=True)]


def _follow(link: Path, walk: _Walk) -> bool:
    target = os.path.realpath(link)
    if walk.has(target) or _within(os.path.realpath(link.parent), target):
        return False
    walk.linked.append(target)
    return True


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _file(path: Path, root: Path, *, named: bool) -> Input | Reject:
    shown, doc_id = show(path), show(PurePath(path.relative_to(root).as_posix()))
    try:
        status = path.stat()
    except OSError as error:
        return Reject(shown, doc_id, "unreadable", error.strerror or type(error).__name__)
    if not stat.S_ISREG(status.st_mode):
        return Reject(shown, doc_id, "unreadable", "not a regular file")
    kind = format_of(path.name)
    if kind is None and not named:
        detail = f"ending {path.suffix!r} is no input kind; kinds are {' '.join(SUFFIXES)}, each also .gz"
        return Reject(shown, doc_id, "not_text", detail)
    return Input(path, shown, doc_id, kind, status.st_size, status.st_mtime_ns)
