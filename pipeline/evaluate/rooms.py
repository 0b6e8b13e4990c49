"""Gold passages run through the rooms after the model, with gold spans in place of the model's."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from pipeline.schema import Article, Claim, Document, Entity, Reading, Segment, read_article

Row = Mapping[str, Any]
FindEntities = Callable[[Doc, Reading, Article], list[Entity]]
FindClaims = Callable[[Doc, Reading, Article], list[Claim]]
Resolve = Callable[[Doc, Reading, Article, list[Entity], list[Claim]], list[Claim]]


def article_of(row: Row) -> Article:
    """The article a passage stands for; where it gives no segments, each line is one."""
    doc_id, text = str(row["id"]), str(row["text"])
    spans = row.get("segments") or _lines(text)
    segments = tuple(_segment(doc_id, text, number, span) for number, span in enumerate(spans))
    published = row.get("published")
    values: dict[str, Any] = dict.fromkeys(each.name for each in dataclasses.fields(Document))
    values |= {
        "doc_id": doc_id,
        "path": doc_id,
        "sha256": "",
        "format": "txt",
        "site": row.get("site"),
        "publisher": row.get("publisher"),
        "authors": tuple(row["authors"]) if row.get("authors") else None,
        "agency": row.get("agency"),
        "published": dt.datetime.fromisoformat(published) if published else None,
        "language": "en",
        "text": text,
        "body": "\n".join(each.text for each in segments if each.kept),
        "n_chars": len(text),
        "n_words": len(text.split()),
        "n_claims": 0,
    }
    return Article(Document(**values), segments)


def _lines(text: str) -> list[dict[str, Any]]:
    return [
        {"start": match.start(), "end": match.end(), "kind": "body", "author": None}
        for match in re.finditer(r"[^\n]+", text)
    ]


def _segment(doc_id: str, text: str, number: int, span: Row) -> Segment:
    kept = span["kind"] in ("body", "heading", "quote", "update")
    start, end = span["start"], span["end"]
    return Segment(
        doc_id=doc_id,
        segment_id=f"{doc_id}#s{number}",
        kind=span["kind"],
        kept=kept,
        start=start,
        end=end,
        text=text[start:end],
        author=span.get("author"),
        posted=None,
        reason="gold",
    )


def plain_english() -> Language:
    """Tokens and sentences alone, for rooms measured without the model's parts of speech."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer", config={"punct_chars": [".", "!", "?", "…", "\n"]})
    return nlp


def gold_doc(row: Row, reading: Reading, nlp: Language) -> Doc:
    """What ``nlp`` makes of the passage, with gold entities and gold spans in place of its own."""
    doc = nlp(reading.text)
    doc.user_data.clear()  # how sure the model was of its own entities: gold is sure
    doc.set_ents([_span(doc, each["start"], each["end"], each["label"]) for each in _flat(row["entities"])])
    groups: dict[str, list[Span]] = {"source": [], "cue": [], "content": []}
    for number, claim in enumerate(row["claims"]):
        for role, spans in (
            ("source", [claim["source"]]),
            ("cue", [claim["cue"]]),
            ("content", claim["content"]),
        ):
            groups[role] += [
                _span(doc, span[0], span[1], role, f"c{number}") for span in spans if span is not None
            ]
    for role, found in groups.items():
        doc.spans[role] = found
    parents = {
        f"c{i}": f"c{claim['parent']}"
        for i, claim in enumerate(row["claims"])
        if claim.get("parent") is not None
    }
    confidence = {f"c{i}": 1.0 for i in range(len(row["claims"]))}
    doc.spans["content"].attrs = {"confidence": confidence, "parent": parents}
    return doc


def _span(doc: Doc, start: int, end: int, label: str, span_id: str = "") -> Span:
    found = doc.char_span(start, end, label=label, alignment_mode="expand")
    if found is None:
        raise ValueError(f"no tokens at {start}-{end} of {doc.text!r}")
    return Span(doc, found.start, found.end, label=label, span_id=span_id)


def _flat(entities: Sequence[Row]) -> list[Row]:
    """The entities without those inside another: a Doc holds no nested ones."""
    kept: list[Row] = []
    for each in sorted(entities, key=lambda each: (each["start"], -each["end"])):
        if not kept or each["start"] >= kept[-1]["end"]:
            kept.append(each)
    return kept


def run_rooms(
    rows: Iterable[Row],
    *,
    nlp: Language,
    find_entities: FindEntities,
    find_claims: FindClaims,
    resolve: Resolve,
) -> list[list[Claim]]:
    """The claims of each passage as the rooms after the model fill them in, from gold spans and entities."""
    found = []
    for row in rows:
        article = article_of(row)
        reading = read_article(article)
        doc = gold_doc(row, reading, nlp)
        entities = find_entities(doc, reading, article)
        found.append(resolve(doc, reading, article, entities, find_claims(doc, reading, article)))
    return found
