"""Base forms of words, as lemminflect itself gives them."""

from __future__ import annotations

import gzip
from pathlib import Path

import lemminflect
import pytest
from lemminflect import config

from pipeline.lemmas import base_forms


@pytest.mark.parametrize(
    ("word", "upos", "wanted"),
    [
        ("Officials", "NOUN", ("official",)),
        ("says", "VERB", ("say",)),
        ("left", "VERB", ("leave",)),
        ("another", "NOUN", ("another",)),
        ("was", "AUX", ("be",)),
        ("tweetstormed", "VERB", ("tweetstorm",)),
    ],
)
def test_base_forms(word: str, upos: str, wanted: tuple[str, ...]) -> None:
    assert base_forms(word, upos) == wanted


def test_they_are_those_of_the_library() -> None:
    lines = gzip.decompress(Path(config.lemma_lu_fn).read_bytes()).decode().splitlines()
    overridden = Path(config.lemma_overrides_fn).read_text().splitlines()
    words = [line.split(",")[0] for line in [*lines[::400], *overridden] if line[:1] not in ("", "#")]
    for word in [*words, "don’t", "F-16", "x", "U.S.", "blorpings"]:
        for upos in ("NOUN", "VERB", "ADJ", "ADV", "AUX"):
            known = lemminflect.getLemma(word.lower().replace("’", "'"), upos=upos)
            assert base_forms(word, upos) == tuple(each.lower() for each in known)
