"""Nothing new, told at a glance: by the sizes and times of all inputs, and of the tables made from them.

A run that has ended leaves behind a digest of what it saw. Where the next one sees the same, it is done; it
need read no table, nor import what reads one. Whatever differs is left to a whole run, which compares input
by input, and content where size or time differ. With 100,000 inputs most of the time goes to asking the file
system about each.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Config
from pipeline.run import settings
from pipeline.run.listing import Listing
from pipeline.tables.place import journal_path, manifest_path, owner_path

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did and what the tables hold now."""

    n_new: int
    n_changed: int
    n_removed: int
    n_unchanged: int
    n_extracted: int
    """Articles that went through the stages in this run."""
    n_words: int
    """Words of their bodies."""
    n_documents: int
    n_claims: int
    n_entities: int
    n_names: int
    rejects: dict[str, int]
    """Rows of ``rejects`` by reason."""
    why_anew: str | None
    """Why everything was made anew, where it was though there were tables."""
    seconds: float
    stage_s: dict[str, float]
    """Seconds spent in each stage, over all processes."""

    def after(self, seconds: float) -> Summary:
        """The same of a run that took so long."""
        return dataclasses.replace(self, seconds=seconds)

    def unchanged(self) -> Summary:
        """That of a next run, which finds nothing new."""
        return dataclasses.replace(
            self,
            n_new=0,
            n_changed=0,
            n_removed=0,
            n_unchanged=self.n_new + self.n_changed + self.n_unchanged,
            n_extracted=0,
            n_words=0,
            why_anew=None,
            stage_s={},
        )


def see(listing: Listing, *, config: Config, limit: int | None) -> str:
    """A digest of everything that a run is made from, as far as sizes and times tell."""
    return listing.digest(f"{FORMAT} {settings.current(config).digest} {limit}")


def recall(outputs: Path, seen: str) -> Summary | None:
    """What a run would say, if it is known that there is nothing for it to do.

    ``None`` too where a run is at work or was cut off, and where a file of the tables is not as it was left.
    """
    if journal_path(outputs).exists() or owner_path(outputs).exists():
        return None
    try:
        note = json.loads(_path(outputs).read_text(encoding="utf-8"))
        content, check = note["content"], note["check"]
        is_same = check == _check(content) and content["seen"] == seen
        is_whole = is_same and _stats(outputs, content["files"]) == content["files"]
        return Summary(**content["told"]) if is_whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(outputs: Path, seen: str, files: Iterable[Path], summary: Summary) -> None:
    """Leave a note for the next run that sees the same; without one it only takes longer.

    Not to be called where sizes and times do not tell: of inputs changed just before they were read, or that
    could not be opened.
    """
    names = [[path.relative_to(outputs).as_posix()] for path in [manifest_path(outputs), *files]]
    told = dataclasses.asdict(summary.unchanged())
    content = {"seen": seen, "files": _stats(outputs, names), "told": told}
    path = _path(outputs)
    aside = path.with_suffix(".part")
    with contextlib.suppress(OSError):
        aside.write_text(json.dumps({"content": content, "check": _check(content)}), encoding="utf-8")
        aside.replace(path)


def _path(outputs: Path) -> Path:
    return outputs / ".newsclaims" / "glance.json"


def _check(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _stats(outputs: Path, files: Iterable[Sequence[object]]) -> list[list[object]] | None:
    """Name, size and time of change of each file; ``None`` where one is gone."""
    found: list[list[object]] = []
    for name, *_ in files:
        try:
            status = (outputs / str(name)).stat()
        except OSError:
            return None
        found.append([name, status.st_size, status.st_mtime_ns])
    return found
