"""Small stages in place of the real ones, for tests of the runner: no model, milliseconds an article.

They are deterministic and depend on everything that the real ones depend on: the text, what the site
repeats. A few words make them fail: ``!crash`` ends the process, ``!hang`` sleeps, ``!spin`` computes for
ever, ``!error`` raises, ``!foreign`` is rejected by cleaning.
"""

from __future__ import annotations

import functools
import os
import time
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence

import pyarrow as pa
import spacy
from spacy.tokens import Doc

from pipeline.config import Config
from pipeline.run import real
from pipeline.run.commit import Scan
from pipeline.run.recipe import Recipe
from pipeline.run.stages import Annotated, Stages
from pipeline.schema import (
    Article,
    Claim,
    Document,
    Entity,
    Name,
    Range,
    RawArticle,
    Reading,
    Reject,
    Segment,
    read_article,
)
from pipeline.tables import to_arrow


def fake_recipe() -> Recipe:
    return Recipe(make_stages=make_fakes, make_wide=FakeWide)


class FakeWide:
    """Copies by equal body, names by their text: whatever is added or removed can change other rows."""

    def __init__(self, scan: Scan) -> None:
        self.first: dict[str, str] = {}
        for piece in scan("documents", ["doc_id", "body"]):
            for doc_id, body in zip(piece["doc_id"].to_pylist(), piece["body"].to_pylist(), strict=True):
                self.first[body] = min(doc_id, self.first.get(body, doc_id))
        self.body = {
            doc_id: body
            for piece in scan("documents", ["doc_id", "body"])
            for doc_id, body in zip(piece["doc_id"].to_pylist(), piece["body"].to_pylist(), strict=True)
        }
        counts = Counter(name for piece in scan("entities", ["name"]) for name in piece["name"].to_pylist())
        rows = [
            Name(name.lower(), name, "PERSON", (name,), 0, n, 0, None, None)
            for name, n in sorted(counts.items())
        ]
        self.counts = counts
        self.names = to_arrow(rows, Name)

    def finish(self, name: str, rows: pa.Table) -> pa.Table:
        if name == "documents":
            firsts = [self.first[self.body[doc_id]] for doc_id in rows["doc_id"].to_pylist()]
            pairs = zip(firsts, rows["doc_id"].to_pylist(), strict=True)
            return replaced(rows, "duplicate_of", [first if first != own else None for first, own in pairs])
        if name == "entities":
            return replaced(
                rows, "name_id", [f"{each}{self.counts[each]}" for each in rows["name"].to_pylist()]
            )
        return rows


def replaced(rows: pa.Table, name: str, values: list[str | None]) -> pa.Table:
    index = rows.schema.get_field_index(name)
    return rows.set_column(index, rows.schema.field(index), pa.array(values, pa.string()))


def make_fakes(config: Config) -> Stages:
    return Stages(
        read=functools.partial(real.read, config),
        line_keys=line_keys,
        clean=clean,
        annotate=annotate,
        entities=entities,
        claims=claims,
        resolve=resolve,
        prepare=prepare,
    )


def line_key(line: str) -> int:
    return int.from_bytes(line.encode()[:7], "big")


def line_keys(raw: RawArticle) -> Sequence[int]:
    return [line_key(line) for line in raw.text.splitlines() if line.strip()] if raw.site_key else []


def clean(raw: RawArticle, repeated: frozenset[int]) -> Article | Reject:
    """Every line a segment; those that the site repeats are left out of the body."""
    if "!foreign" in raw.text:
        return Reject(raw.path, raw.doc_id, "not_english", "says so")
    segments, at = [], 0
    for line in raw.text.splitlines(keepends=True):
        text = line.strip()
        if text:
            start = at + line.index(text)
            kept = line_key(line.rstrip("\n")) not in repeated
            kind = "body" if kept else "footer"
            number = len(segments)
            segments.append(
                Segment(
                    raw.doc_id,
                    f"{raw.doc_id}#s{number}",
                    kind,
                    kept,
                    start,
                    start + len(text),
                    text,
                    None,
                    None,
                    "fake",
                )
            )
        at += len(line)
    body = "\n".join(segment.text for segment in segments if segment.kept)
    values = dict.fromkeys(Document.__slots__) | {
        "doc_id": raw.doc_id,
        "path": raw.path,
        "sha256": raw.sha256,
        "format": raw.format,
        "text": raw.text,
        "body": body,
        "n_chars": len(raw.text),
        "n_words": len(body.split()),
        "n_claims": 0,
        "site": raw.site,
    }
    return Article(Document(**values), tuple(segments))  # type: ignore[arg-type]


@functools.cache
def blank_nlp() -> spacy.language.Language:
    nlp = spacy.blank("en")
    nlp.max_length = 1 << 40
    return nlp


def prepare() -> None:
    blank_nlp()


def annotate(articles: Iterable[Article]) -> Generator[Annotated]:
    for article in articles:
        text = article.document.text
        if "!crash" in text:
            os._exit(9)
        if "!hang" in text:
            time.sleep(600)
        while "!spin" in text:
            pass
        if "!error" in text:
            raise ValueError("told to")
        reading = read_article(article)
        with blank_nlp().memory_zone():  # as the real one: words that are seen are forgotten again
            yield article, reading, blank_nlp().make_doc(reading.text)


def _where(doc: Doc, reading: Reading) -> Iterator[tuple[int, Range, str]]:
    """Every capitalised word: its number, place and segment."""
    number = 0
    for token in doc:
        if token.text[0].isupper():
            raw = reading.raw(token.idx, token.idx + len(token.text))
            yield number, raw, reading.block_at(token.idx).segment_id
            number += 1


def entities(doc: Doc, reading: Reading, article: Article) -> list[Entity]:
    text, doc_id = article.document.text, article.document.doc_id
    return [
        Entity(
            f"{doc_id}#e{number}", doc_id, segment_id, raw.start, raw.end, text[raw.start : raw.end],
            "PERSON", text[raw.start : raw.end], None, 0.5,
        )
        for number, raw, segment_id in _where(doc, reading)
    ]  # fmt: skip


def claims(doc: Doc, reading: Reading, article: Article) -> list[Claim]:
    text, doc_id = article.document.text, article.document.doc_id
    found = []
    for number, raw, segment_id in _where(doc, reading):
        values = dict.fromkeys(Claim.__slots__) | {
            "claim_id": f"{doc_id}#c{number}",
            "doc_id": doc_id,
            "segment_id": segment_id,
            "segment_kind": "body",
            "form": "direct",
            "content": text[raw.start : raw.end],
            "content_spans": (raw,),
            "cue_class": "say",
            "negated": False,
            "source_kind": "unknown",
            "anonymous": True,
            "confidence": 0.5,
        }
        found.append(Claim(**values))  # type: ignore[arg-type]
    return found


def resolve(
    _doc: Doc, _reading: Reading, _article: Article, entities: list[Entity], claims: list[Claim]
) -> list[Claim]:
    return claims if entities else []
