"""Paths given by the user to input files, in one order that never depends on the machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from pipeline import remote
from pipeline.read.faults import InputError
from pipeline.read.kinds import OUTPUTS_MARK, Input, format_of, of_no_kind
from pipeline.read.remote_walk import walk_remote
from pipeline.schema import Reject


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
        if remote.address(path):
            continue
        if not os.path.lexists(path):
            raise InputError(f"{show(path)}: no such file or folder; give files or folders of articles")
        if _is_outputs(path):
            raise InputError(f"{show(path)}: holds tables of newsclaims; give the folder of the articles")
    return _walk_all(roots)


def show(path: str | PurePath) -> str:
    """The path as text that can be stored and printed: bytes that are no UTF-8 written as ``\\xNN``."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return (remote.address(text) or text) if ":/" in text else text


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
        if len(roots) == 1:
            yield from _walk_one(root, walk)
            continue
        for each in _walk_one(root, walk):
            # Absolute, but links unresolved: a file and a link to it are two inputs.
            place = os.path.abspath(each.path)  # noqa: PTH100
            if place not in walk.seen:
                yield each
            walk.seen.add(place)


def _walk_one(root: Path, walk: _Walk) -> Iterator[Input | Reject]:
    """Depth first. One call to the system a file, and strings instead of paths: there may be a million."""
    if place := remote.address(root):
        yield from walk_remote(place)
        return
    if not os.path.isdir(root):  # noqa: PTH112 (Path.is_dir raises where this says no)
        yield _named_file(root)
        return
    below = "" if root == Path() else os.path.join(root, "")  # noqa: PTH118
    waiting = _listed(os.fspath(root), below)
    while waiting:
        found = waiting.pop()
        if isinstance(found, Reject):
            yield found
            continue
        path, entry = found
        if not _is_folder(entry):
            yield _file(path, path[len(below) :], entry, kind=format_of(entry.name), named=False)
        elif _is_outputs(path):
            continue
        elif not entry.is_symlink() or _follow(path, walk):
            waiting.extend(_listed(path, os.path.join(path, "")))  # noqa: PTH118
        elif _within(os.path.realpath(os.path.dirname(path) or "."), os.path.realpath(path)):  # noqa: PTH120
            yield Reject(show(path), None, "unreadable", "link to a folder that it lies in")


def _is_outputs(folder: str | Path) -> bool:
    return os.path.isdir(os.path.join(folder, OUTPUTS_MARK))  # noqa: PTH112, PTH118


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _listed(folder: str, below: str) -> list[tuple[str, os.DirEntry[str]] | Reject]:
    """What to visit in ``folder``, last first, each with its path: ``below`` and the name."""
    try:
        with os.scandir(folder) as entries:
            found = [each for each in entries if not each.name.startswith(".")]
    except OSError as error:
        return [Reject(show(folder), None, "unreadable", f"folder cannot be listed: {error.strerror}")]
    found.sort(key=lambda each: each.name, reverse=True)
    return [(below + each.name, each) for each in found]


def _follow(link: str, walk: _Walk) -> bool:
    target = os.path.realpath(link)
    if walk.has(target) or _within(os.path.realpath(os.path.dirname(link) or "."), target):  # noqa: PTH120
        return False
    walk.linked.append(target)
    return True


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _named_file(path: Path) -> Input | Reject:
    return _file(os.fspath(path), path.name, path, kind=format_of(path.name), named=True)


def _file(
    path: str, below: str, entry: Path | os.DirEntry[str], *, kind: str | None, named: bool
) -> Input | Reject:
    shown, doc_id = show(path), show(below.replace(os.sep, "/"))
    try:
        status = entry.stat()
    except OSError as error:
        return Reject(shown, doc_id, "unreadable", error.strerror or type(error).__name__)
    if not stat.S_ISREG(status.st_mode):
        return Reject(shown, doc_id, "unreadable", "not a regular file")
    if kind is None and not named:
        return of_no_kind(shown, doc_id)
    return Input(Path(path), shown, doc_id, kind, status.st_size, status.st_mtime_ns)
