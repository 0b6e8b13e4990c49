"""Outputs folders behind an address: worked on in a folder of this machine, fetched before, published after.

Only files that changed travel. What is published goes below ``.newsclaims/next`` first, then a journal that
lists the moves, then the moves are made, as on a disk (``store``): a reader has every file whole, from before
or after, and a run that was cut off is finished by the next one. Object stores have no locks: a run whose
tables another one has replaced meanwhile publishes nothing and says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import remote
from pipeline.tables.place import FolderError, manifest_path, part_path, private

CACHE = "NEWSCLAIMS_CACHE"
"""Environment variable: where folders behind an address are worked on."""

SHARDS = ".newsclaims/shards"
NOTES = (".newsclaims/inputs.json",)
"""Files beside the manifest that another machine needs, where there are any."""

JOURNAL, NEXT, MANIFEST = ".newsclaims/commit.json", ".newsclaims/next", "manifest.json"


@contextlib.contextmanager
def mirrored(outputs: Path) -> Iterator[Path]:
    """A folder of this machine with what lies at ``outputs``; published there when the block ends well.

    A place on this machine is given as it is.

    Raises:
        FolderError: the address cannot be used, or another run has written to it meanwhile.
    """
    place = remote.address(outputs)
    if place is None:
        yield outputs
        return
    mirror = _open(place)
    with _told(place):
        mirror.fetch()
    yield mirror.local
    with _told(place):
        mirror.publish()


def fetched(outputs: Path) -> Path:
    """A folder of this machine to read the tables at ``outputs`` from.

    Raises:
        FolderError: the address cannot be used.
    """
    place = remote.address(outputs)
    if place is None:
        return outputs
    mirror = _open(place)
    with _told(place):
        mirror.fetch()
    return mirror.local


@contextlib.contextmanager
def _told(place: str) -> Iterator[None]:
    try:
        with remote.errors_of(place):
            yield
    except OSError as error:
        raise FolderError(f"{place}: {error.strerror or error}") from error


def _open(place: str) -> _Mirror:
    home = Path(os.environ.get(CACHE) or Path.home() / ".cache" / "newsclaims")
    local = home / hashlib.sha256(place.encode()).hexdigest()[:24]
    with _told(place):
        system, root = remote.open_system(place)
    return _Mirror(system, root.rstrip("/"), place, local)


@dataclass(frozen=True, slots=True)
class _Mirror:
    """A folder behind an address and its like on this machine."""

    system: Any
    root: str
    place: str
    local: Path
    damaged: set[str] = field(default_factory=set)
    """Files that are gone or cut there, to be uploaded again whatever the manifests say."""

    def fetch(self) -> None:
        """Make the local folder like the remote one, unless it holds a later run's tables already."""
        self._finish_moves()
        private(self.local)
        self._fetch_shards()
        there = self._read(MANIFEST)
        if self._base() != _digest(there):
            if there is None:
                manifest_path(self.local).unlink(missing_ok=True)
            else:
                self._fetch_files(json.loads(there))
                manifest_path(self.local).write_bytes(there)
            self._note_base(there)

    def publish(self) -> None:
        """Upload what the run has changed, and move it into place.

        Raises:
            FolderError: another run has published meanwhile.
        """
        there, here = self._read(MANIFEST), _read(manifest_path(self.local))
        if self._base() != _digest(there):
            raise FolderError(f"{self.place}: another run has written to it meanwhile; start again")
        if here is not None and (here != there or self.damaged):
            self._replace(json.loads(here), json.loads(there) if there else {})
        if not (self.local / SHARDS).exists() and self.system.exists(self._path(SHARDS)):
            self.system.rm(self._path(SHARDS), recursive=True)
        self._note_base(here)

    def _replace(self, after: dict[str, Any], before: dict[str, Any]) -> None:
        old, new = _files(before), _files(after)
        names = [name for name, digest in new.items() if old.get(name) != digest or name in self.damaged]
        names += [name for name in (*NOTES, MANIFEST) if (self.local / name).exists()]
        self._upload(names)
        gone = [name for name in old if name not in new]
        self._write(JOURNAL, json.dumps({"moves": names, "unlinks": gone}).encode())
        self._finish_moves()

    def _upload(self, names: list[str]) -> None:
        """To where no reader looks."""
        for name in names:
            self._make_folder(f"{NEXT}/{name}")
            self.system.put_file(str(self.local / name), self._path(f"{NEXT}/{name}"))

    def _finish_moves(self) -> None:
        """Make the moves that a journal lists, if there is one; may be cut off and repeated."""
        journal = self._read(JOURNAL)
        if journal is None:
            return
        plan = json.loads(journal)
        for name in plan["moves"]:
            if self.system.exists(self._path(f"{NEXT}/{name}")):
                self._make_folder(name)
                self.system.cp_file(self._path(f"{NEXT}/{name}"), self._path(name))
        for name in plan["unlinks"]:
            if self.system.exists(self._path(name)):
                self.system.rm_file(self._path(name))
        self.system.rm_file(self._path(JOURNAL))
        self.system.rm(self._path(NEXT), recursive=True)

    def _fetch_files(self, manifest: dict[str, Any]) -> None:
        """Those that are not here already; one that is damaged there is left, for the run to make anew."""
        here: dict[str, str] = {}
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):  # damaged: all is fetched
            here = _files(json.loads(_read(manifest_path(self.local)) or b"{}"))
        times = {_name(each): (each["size"], each["mtime_ns"]) for each in manifest["files"]}
        for name, digest in _files(manifest).items():
            path = self.local / name
            size, mtime_ns = times.get(name, (None, None))
            if here.get(name) == digest and path.exists():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            if not self.system.exists(self._path(name)) or size not in (
                None,
                self.system.size(self._path(name)),
            ):
                self.damaged.add(name)
            else:
                self.system.get_file(self._path(name), str(path))
                if mtime_ns is not None:
                    os.utime(path, ns=(mtime_ns, mtime_ns))

    def _fetch_shards(self) -> None:
        """Shares of a run that other machines have made."""
        shutil.rmtree(self.local / SHARDS, ignore_errors=True)
        base = self._path(SHARDS)
        for path in self.system.find(base) if self.system.exists(base) else ():
            target = self.local / SHARDS / path[len(base) :].strip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            self.system.get_file(path, str(target))

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def _read(self, name: str) -> bytes | None:
        if not self.system.exists(self._path(name)):
            return None
        content: bytes = self.system.cat_file(self._path(name))
        return content

    def _write(self, name: str, content: bytes) -> None:
        self._make_folder(name)
        self.system.pipe_file(self._path(name), content)

    def _make_folder(self, name: str) -> None:
        """Where the file system has folders at all."""
        self.system.makedirs(self._path(name).rsplit("/", 1)[0], exist_ok=True)

    def _base(self) -> str | None:
        """Digest of the remote manifest that the local folder goes on from; ``None`` before the first run."""
        content = _read(private(self.local) / "base")
        return None if content is None else content.decode("ascii", "replace")

    def _note_base(self, manifest: bytes | None) -> None:
        (private(self.local) / "base").write_text(_digest(manifest), encoding="ascii")


def _files(manifest: dict[str, Any]) -> dict[str, str]:
    """Every file that a manifest names, with its digest."""
    states = {each["file"]: each["sha256"] for each in manifest.get("state", {}).values()}
    return states | {_name(each): each["sha256"] for each in manifest.get("files", ())}


def _name(file: dict[str, Any]) -> str:
    return part_path(Path(), file["table"], file["number"]).as_posix()


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _digest(manifest: bytes | None) -> str:
    """Of a manifest, or of there being none."""
    return "none" if manifest is None else hashlib.sha256(manifest).hexdigest()
