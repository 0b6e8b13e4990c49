"""What a walk found, in little memory: there may be millions of inputs. Imports nothing of weight."""

from __future__ import annotations

import hashlib
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.read.inputs import show
from pipeline.read.kinds import Input
from pipeline.schema import Reject

SETTLED_NS = 2_000_000_000
"""A file changed less than two seconds before it was read may change again within the same time stamp
(FAT keeps two seconds, ext3 and HFS+ one)."""


@dataclass(frozen=True, slots=True)
class FoundInput:
    """An input with what the file system says of it: taken before it was read."""

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
    """The inputs of a run in the order of the walk, about 150 bytes each, and what is no input.

    An ``Input`` with all that belongs to it takes five times as much; they are made when they are asked for.
    """

    seen_ns: int = field(default_factory=time.time_ns)
    rejects: list[Reject] = field(default_factory=list)
    _paths: list[str] = field(default_factory=list)
    _ids: list[int | str] = field(default_factory=list)
    """``doc_id``, mostly as the place in the path from which on it is the same."""
    _formats: list[str | None] = field(default_factory=list)
    sizes: array[int] = field(default_factory=lambda: array("q"))
    times: array[int] = field(default_factory=lambda: array("q"))

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
        self._paths.append(str(source.path))
        self._ids.append(len(source.shown) - len(source.doc_id) if same else source.doc_id)
        self._formats.append(source.format)
        self.sizes.append(source.n_bytes)
        self.times.append(source.modified_ns)

    def only(self, is_wanted: Callable[[str], bool]) -> Listing:
        """Those whose path as shown is wanted."""
        part = Listing.of(self[n].source for n in range(len(self)) if is_wanted(self.shown(n)))
        part.seen_ns = self.seen_ns
        part.rejects = [each for each in self.rejects if is_wanted(each.path)]
        return part

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, n: int) -> FoundInput:
        path, shown, doc_id = self._paths[n], self.shown(n), self._ids[n]
        name = doc_id if isinstance(doc_id, str) else shown[doc_id:]
        source = Input(Path(path), shown, name, self._formats[n], self.sizes[n], self.times[n])
        return FoundInput(source, self.is_settled(n))

    def shown(self, n: int) -> str:
        """The path as the user would write it."""
        return show(self._paths[n])

    def all_shown(self) -> Iterator[str]:
        """The paths of all, in order."""
        return map(show, self._paths)

    def is_settled(self, n: int) -> bool:
        return self.times[n] < self.seen_ns - SETTLED_NS

    def digest(self, besides: str) -> str:
        """Over ``besides`` and everything that tells whether inputs are the same, but for their content."""
        total = hashlib.sha256(f"{besides}\n".encode())
        for strings in (self._paths, self._ids, self._formats):
            total.update("\0".join(map(str, strings)).encode("utf-8", "surrogateescape"))
        for numbers in (self.sizes, self.times):
            total.update(numbers.tobytes())
        total.update(repr(self.rejects).encode("utf-8", "backslashreplace"))
        return total.hexdigest()
