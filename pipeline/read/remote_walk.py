"""Input files behind an address, in the order in which the same files on a disk would come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline import remote
from pipeline.read.faults import InputError
from pipeline.read.kinds import OUTPUTS_MARK, Input, format_of, of_no_kind
from pipeline.schema import Reject


def walk_remote(place: str) -> Iterator[Input | Reject]:
    """The files at an address or below it; hidden ones and tables of newsclaims are left out.

    Raises:
        InputError: nothing is there, or it cannot be reached.
    """
    try:
        with remote.errors_of(place):
            system, root = remote.open_system(place)
            if not system.exists(root):
                raise InputError(f"{place}: nothing there; give files or folders of articles")
            found = {root: system.info(root)} if system.isfile(root) else system.find(root, detail=True)
    except OSError as error:
        raise InputError(f"{place}: cannot be listed: {error}") from error
    base = root.rstrip("/")
    below = {path: path[len(base) :].strip("/").split("/") for path in found}
    outputs = {_key(parts[: parts.index(OUTPUTS_MARK)]) for parts in below.values() if OUTPUTS_MARK in parts}
    if "" in outputs:
        raise InputError(f"{place}: holds tables of newsclaims; give the folder of the articles")
    for path in sorted(found, key=below.__getitem__):
        parts = below[path]
        if not any(part.startswith(".") for part in parts) and not _lies_in(parts, outputs):
            yield _input(place, parts, found[path])


def _input(place: str, parts: Sequence[str], info: dict[str, Any]) -> Input | Reject:
    """``parts`` are those below ``place``; one empty part for the file of that address itself."""
    shown = "/".join([place.rstrip("/"), *parts]) if parts != [""] else place
    doc_id = "/".join(parts) or place.rsplit("/", 1)[-1]
    kind = format_of(doc_id)
    if kind is None and parts != [""]:
        return of_no_kind(shown, doc_id)
    return Input(Path(shown), shown, doc_id, kind, int(info.get("size") or 0), remote.modified_ns(info))


def _key(parts: Sequence[str]) -> str:
    return "/".join(parts)


def _lies_in(parts: Sequence[str], folders: set[str]) -> bool:
    return any(_key(parts[:n]) in folders for n in range(1, len(parts)))
