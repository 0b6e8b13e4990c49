"""What a walk found, kept on disk: there may be millions of inputs. Imports nothing of weight."""

from __future__ import annotations

import functools
import hashlib
import marshal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pipeline.read.inputs import show
from pipeline.read.kinds import Input
from pipeline.schema import Reject

SETTLED_NS = 2_000_000_000
"""A file changed less than two seconds before it was read may change again within the same time stamp
(FAT keeps two seconds, ext3 and HFS+ one)."""

CHUNK = 1024
"""Inputs that are put by and fetched together."""

HELD_BYTES = 1 << 20
"""What is kept in memory before a temporary file is begun: some 10,000 inputs."""

Row = tuple[str, int | str, str | None, int, int]
"""Path, ``doc_id`` (mostly as the place in the path from which on it is the same), format, size, time."""


@dataclass(frozen=True, slots=True)
class FoundInput:
    """An input with what the file system says of it: taken before it was read."""

    number: int
    """Its place in the walk."""
    source: Input
    settled: bool
    """Its time of change lies safely before the run: the same size and time mean the same bytes."""

    @property
    def path(self) -> str:
        return self.source.shown

    @property
    def size(self) -> int:
        return self.source.n_bytes


@dataclass(slots=True)
class Listing:
    """The inputs of a run in the order of the walk, and what is no input."""

    seen_ns: int = field(default_factory=time.time_ns)
    rejects: list[Reject] = field(default_factory=list)
    _file: IO[bytes] = field(
        default_factory=lambda: tempfile.SpooledTemporaryFile(HELD_BYTES)  # noqa: SIM115 (closed with it)
    )
    _starts: list[int] = field(default_factory=list)
    """Where each chunk begins in the file."""
    _last: list[Row] = field(default_factory=list)
    """The chunk that is not full yet."""
    _total: hashlib._Hash = field(default_factory=hashlib.sha256)
    _fetched: tuple[int, list[Row]] = (-1, [])

    @classmethod
    def of(cls, sources: Iterable[Input | Reject]) -> Listing:
        """What a walk gives, taken down."""
        listing = cls()
        for each in sources:
            if isinstance(each, Reject):
                listing.rejects.append(each)
            else:
                listing._add(each)
        return listing

    def _add(self, source: Input) -> None:
        same = source.shown.endswith(source.doc_id)
        name = len(source.shown) - len(source.doc_id) if same else source.doc_id
        self._last.append((str(source.path), name, source.format, source.n_bytes, source.modified_ns))
        if len(self._last) == CHUNK:
            self._total.update(_bytes(self._last))
            self._starts.append(self._file.tell())
            self._file.write(marshal.dumps(self._last))
            self._last = []

    def only(self, is_wanted: Callable[[str], bool]) -> Listing:
        """Those whose path as shown is wanted."""
        part = Listing.of(each.source for each in self if is_wanted(each.path))
        part.seen_ns = self.seen_ns
        part.rejects = [each for each in self.rejects if is_wanted(each.path)]
        return part

    def __len__(self) -> int:
        return len(self._starts) * CHUNK + len(self._last)

    def __iter__(self) -> Iterator[FoundInput]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, n: int) -> FoundInput:
        """The input of a number; those near the one that was asked for before are at hand."""
        path, doc_id, kind, size, modified_ns = self._chunk(n // CHUNK)[n % CHUNK]
        shown = show(path)
        name = doc_id if isinstance(doc_id, str) else shown[doc_id:]
        settled = modified_ns < self.seen_ns - SETTLED_NS
        return FoundInput(n, Input(Path(path), shown, name, kind, size, modified_ns), settled)

    def rows(self) -> Iterator[tuple[int, str, str, int, int, bool]]:
        """Of each input: number, path as shown, ``doc_id``, size, time of change, whether it is settled."""
        before_ns = self.seen_ns - SETTLED_NS
        for start in range(0, len(self), CHUNK):
            for n, (path, doc_id, _, size, time_ns) in enumerate(self._chunk(start // CHUNK), start):
                shown = show(path)
                name = doc_id if isinstance(doc_id, str) else shown[doc_id:]
                yield n, shown, name, size, time_ns, time_ns < before_ns

    def _chunk(self, number: int) -> list[Row]:
        if number == len(self._starts):
            return self._last
        if self._fetched[0] != number:
            self._file.seek(self._starts[number])
            self._fetched = number, marshal.load(self._file)
            self._file.seek(0, 2)
        return self._fetched[1]

    def digest(self, besides: str) -> str:
        """Over ``besides`` and everything that tells whether inputs are the same, but for their content."""
        total = self._total.copy()
        total.update(_bytes(self._last))
        total.update(f"\n{besides}\n{self.rejects!r}".encode("utf-8", "backslashreplace"))
        return total.hexdigest()


def _bytes(rows: list[Row]) -> bytes:
    """The same for the same rows, whatever they are made of."""
    return "\n".join(map(_shown, rows)).encode("utf-8", "surrogateescape")


_shown = functools.partial("{0[0]}\0{0[1]}\0{0[2]}\0{0[3]}\0{0[4]}".format)
