"""What the speed is compared with: a spaCy pipeline of the shape of ``en_core_web_sm`` with random weights.

Weights do not change its speed. Its parts share one encoder, which makes it faster than the original, whose
entity recogniser has one of its own.
"""

from __future__ import annotations

from typing import Any

SEED = 20
TAGS = 50
DEPENDENCIES = 45
LABELS = 18
"""Sizes of the label sets of ``en_core_web_sm`` 3.8."""


def make_reference() -> Any:
    """A pipeline of the shape of ``en_core_web_sm``, untrained."""
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": _encoder()})
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "tok2vec"}
    tagger: Any = nlp.add_pipe(
        "tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": listener}}
    )
    parser: Any = nlp.add_pipe("parser", config={"model": _transitions("parser", 2, listener)})
    entities: Any = nlp.add_pipe("ner", config={"model": _transitions("ner", 2, listener)})
    for number in range(TAGS):
        tagger.add_label(f"T{number}")
    for number in range(DEPENDENCIES):
        parser.add_label(f"d{number}")
    for number in range(LABELS):
        entities.add_label(f"E{number}")
    doc = nlp.make_doc("Ann said so .")
    values = {"heads": [1, 1, 1, 1], "deps": ["d0", "ROOT", "d1", "d2"], "tags": ["T0", "T1", "T2", "T3"]}
    example = Example.from_dict(doc, values | {"entities": ["U-E0", "O", "O", "O"]})
    nlp.initialize(lambda: [example])
    for part in (tagger, parser, entities):
        _shake(part.model)
    _add_lemmas(nlp)
    return nlp


def _shake(model: Any) -> None:
    """Random numbers where there are zeros: untrained output layers would give every word the same label."""
    import numpy as np

    generator = np.random.default_rng(SEED)
    for node in model.walk():
        for name in node.param_names:
            values = node.get_param(name) if node.has_param(name) else None
            if values is not None and not values.any():
                node.set_param(name, generator.normal(0, 0.1, values.shape).astype(values.dtype))


def _add_lemmas(nlp: Any) -> None:
    """Parts of speech by tag and lemmas by rule, with tables of the usual kind."""
    from spacy.lookups import Lookups

    parts = ("NOUN", "VERB", "ADJ", "ADV", "PROPN")
    ruler = nlp.add_pipe("attribute_ruler", before="ner")
    for number in range(TAGS):
        ruler.add([[{"TAG": f"T{number}"}]], {"POS": parts[number % len(parts)]})
    rules = [["s", ""], ["es", ""], ["ed", ""], ["ing", ""], ["er", ""], ["est", ""]]
    lookups = Lookups()
    lookups.add_table("lemma_rules", {part.lower(): rules for part in parts})
    lookups.add_table("lemma_exc", {})
    lookups.add_table("lemma_index", {})
    nlp.add_pipe("lemmatizer", config={"mode": "rule"}, before="ner").initialize(lookups=lookups)


def _encoder() -> dict[str, Any]:
    return {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": 96,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"],
            "rows": [5000, 1000, 2500, 2500, 50, 50],
            "include_static_vectors": False,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": 96,
            "depth": 4,
            "window_size": 1,
            "maxout_pieces": 3,
        },
    }


def _transitions(kind: str, maxout_pieces: int, encoder: dict[str, Any]) -> dict[str, Any]:
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": kind,
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": maxout_pieces,
        "use_upper": True,
        "tok2vec": encoder,
    }
