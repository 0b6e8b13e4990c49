"""Base forms of words: lemminflect's table, and its rules for words that are not in it.

Shared by the stages that ask what a word is a form of. lemminflect reads its table line by line and copies
what it finds twice over; read as one text, .26 s at the start of every process are .05.
"""

from __future__ import annotations

import functools
import gzip
from pathlib import Path

import lemminflect
from lemminflect import config
from lemminflect.codecs.OverridesCodec import OverridesCodec


@functools.lru_cache(maxsize=65536)
def base_forms(word: str, upos: str) -> tuple[str, ...]:
    """The base forms of ``word`` as this part of speech, in lower case, the likeliest first; may be none."""
    lower = word.lower().replace("’", "'")
    listed = _overrides().get(lower, {}).get(upos)
    if listed is None and (found := _table().get(f"{lower},{upos.lower()}")):
        listed = tuple(found.split("/"))
    if listed is None:
        listed = lemminflect.getAllLemmasOOV(lower, upos).get(upos, ())
    return tuple(lemma.lower() for lemma in listed)


@functools.cache
def _table() -> dict[str, str]:
    """``word,category`` → base forms, joined by slashes."""
    lines = gzip.decompress(Path(config.lemma_lu_fn).read_bytes()).decode().splitlines()
    return dict(line.rsplit(",", 1) for line in lines)


@functools.cache
def _overrides() -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = OverridesCodec.load(config.lemma_overrides_fn)
    return found
