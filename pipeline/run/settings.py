"""What the tables depend on besides the inputs: code, libraries, configuration, model."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from collections.abc import Iterable
from pathlib import Path

from pipeline.config import CONFIGS, Config
from pipeline.tables.settings import Settings

PACKAGE = Path(__file__).resolve().parent.parent

STAGES = {
    "schema": ("schema.py", "characters.py"),
    "read": ("read", "read.py"),
    "clean": ("clean", "clean.py"),
    "annotate": ("annotate.py", "model"),
    "entities": ("entities", "entities.py"),
    "claims": ("claims", "claims.py", "lemmas.py"),
    "resolve": ("resolve", "resolve.py", "names.py", "lemmas.py"),
    "corpus_wide": ("corpus_wide", "corpus_wide.py"),
}
"""The files of each stage: its version is the digest of its source, so that no change goes unseen."""

LIBRARIES = (
    "spacy onnxruntime tokenizers trafilatura dateparser charset-normalizer lemminflect py3langid "
    "lxml warcio rapidfuzz"
).split()
"""Libraries whose version can change what is found."""

NO_LISTS = frozenset({"default.toml", "floors.toml"})
"""Files of ``configs`` that are no lists: the values themselves, and scores that no table depends on."""


def current(config: Config) -> Settings:
    """The settings of a run now."""
    return Settings(versions=_versions(), config=_digest_config(config), model=_model(config.model.path))


@functools.cache
def _versions() -> dict[str, str]:
    versions = {stage: digest_files(_sources(names)) for stage, names in STAGES.items()}
    for library in LIBRARIES:
        try:
            versions[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            versions[library] = "absent"
    return versions


def _sources(names: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for name in names:
        path = PACKAGE / name
        found += path.rglob("*.py") if path.is_dir() else [path] if path.exists() else []
    return found


def _digest_config(config: Config) -> str:
    """Of the values, and of the word lists and site rules beside them."""
    lists = [path for path in CONFIGS.rglob("*") if path.is_file() and path.name not in NO_LISTS]
    return hashlib.sha256(f"{config.digest} {digest_files(lists)}".encode()).hexdigest()[:32]


@functools.cache
def _model(own: Path | None) -> str:
    """Of the trained files that come with the stages, and of the user's own model if there is one."""
    folders = [PACKAGE / name for names in STAGES.values() for name in names] + ([own] if own else [])
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return digest_files(path for path in files if path.suffix not in (".py", ".pyc"))


def digest_files(paths: Iterable[Path]) -> str:
    """Over the contents and names of files, whatever folder they lie in and order they come in."""
    total = hashlib.sha256()
    for path in sorted(paths):
        with path.open("rb") as file:
            total.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()[:32]
