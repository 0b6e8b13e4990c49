"""What a pipeline folder asks of the installed packages, checked before anything is loaded."""

from __future__ import annotations

import importlib.metadata
import json
import re
from pathlib import Path

from spacy.util import is_compatible_version

from pipeline.model.session import ModelError

NEEDED = ("spacy", "onnxruntime", "tokenizers", "numpy")
"""Packages that the model's files or scores depend on."""

_REQUIREMENT = re.compile(r"([\w.-]+)\s*([<>=!~][^;]*)")


def requirements() -> list[str]:
    """What this package asks of ``NEEDED``, for the ``meta.json`` of a pipeline written by it."""
    declared = importlib.metadata.requires("newsclaims") or ()
    found = (_REQUIREMENT.fullmatch(each) for each in declared)
    return sorted(each[0] for each in found if each and each[1] in NEEDED)


def check_versions(folder: Path) -> None:
    """Holds the installed packages against ``meta.json``: its ``requirements``, else its ``spacy_version``.

    Raises:
        ModelError: there is no pipeline in the folder, or it was made for other versions; the message names
            the package, both versions and the command that helps.
    """
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        wanted = meta.get("requirements") or [f"spacy{meta['spacy_version']}"]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelError(
            f"{folder}: no spaCy pipeline there (no meta.json): `make train` writes one"
        ) from error
    except (ValueError, AttributeError, KeyError) as error:
        raise ModelError(f"{folder / 'meta.json'}: cannot be read: {error!r}") from error
    if faults := [fault for each in wanted if (fault := _fault(each))]:
        asked = " ".join(f"'{each}'" for each in wanted)
        raise ModelError(f"{folder}: made for {'; '.join(faults)}: pip install {asked}")


def _fault(wanted: str) -> str | None:
    found = _REQUIREMENT.fullmatch(wanted)
    if not found:
        return f"{wanted}, which is no requirement"
    try:
        version = importlib.metadata.version(found[1])
    except importlib.metadata.PackageNotFoundError:
        return f"{wanted}, which is not installed"
    return None if is_compatible_version(version, found[2]) else f"{wanted}, and {version} is installed"
