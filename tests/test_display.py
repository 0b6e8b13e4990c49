"""A Doc drawn by displaCy."""

from __future__ import annotations

import re

import spacy
from spacy.tokens import Doc, Span

import pipeline
from pipeline.display import claim_spans


def a_doc() -> Doc:
    words = "The mayor said that Lind , who <b>denied</b> it , left .".split()
    doc = Doc(spacy.blank("en").vocab, words=words)
    doc.set_ents([Span(doc, 4, 5, label="PERSON")])
    doc.spans["source"] = [Span(doc, 0, 2, "source", span_id="c0"), Span(doc, 4, 5, "source", span_id="c10")]
    doc.spans["cue"] = [Span(doc, 2, 3, "cue", span_id="c0"), Span(doc, 7, 8, "cue", span_id="c10")]
    doc.spans["content"] = [
        Span(doc, 3, 11, "content", span_id="c0"),
        Span(doc, 8, 9, "content", span_id="c10"),
    ]
    return doc


def test_spans_of_claims_are_numbered_and_in_text_order() -> None:
    spans = claim_spans(a_doc())["spans"]
    assert [(span["label"], span["start_token"], span["end_token"]) for span in spans] == [
        ("source 1", 0, 2),
        ("cue 1", 2, 3),
        ("content 1", 3, 11),
        ("source 2", 4, 5),
        ("cue 2", 7, 8),
        ("content 2", 8, 9),
    ]
    text = claim_spans(a_doc())["text"]
    assert [text[span["start"] : span["end"]] for span in spans][:2] == ["The mayor", "said"]


def test_what_is_drawn() -> None:
    html = pipeline.render(a_doc())
    assert re.findall(r">\s*((?:source|cue|content|PERSON) ?\d?)\s*<", html) == [
        "source 1", "cue 1", "content 1", "source 2", "cue 2", "content 2",
    ]  # fmt: skip
    assert "<b>denied" not in html
    assert "&lt;b&gt;denied" in html
    assert "#9fc9ea" in html


def test_names_and_a_whole_page() -> None:
    assert "PERSON" in pipeline.render(a_doc(), names=True)
    assert pipeline.render(a_doc(), page=True).startswith("<!DOCTYPE html>")


def test_a_doc_without_claims() -> None:
    assert "source" not in pipeline.render(Doc(spacy.blank("en").vocab, words=["Nothing", "here"]))
