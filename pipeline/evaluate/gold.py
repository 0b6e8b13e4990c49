"""The gold data outside the project, and what the pipeline makes of its texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.config import Config
from pipeline.evaluate.rooms import article_of
from pipeline.run import process
from pipeline.run.stages import Stages
from pipeline.schema import Claim, RawArticle, Reject

Row = Mapping[str, Any]
SureMention = tuple[int, int, str, float]
"""Start, end, label and confidence of an entity."""

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
"""Where the data folder lies beside a checkout; it is not part of the project."""

ENTITY_SETS = (
    "re3d-dev wikigold-dev wikigold-test uner-ewt-dev uner-ewt-test gum-dev gum-test gmb-dev gmb-test "
    "crossner-politics-dev crossner-politics-test"
).split()


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Rows of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def gold_digest(paths: Iterable[Path]) -> str:
    """Over the contents of gold files: floors hold for the data they were measured on."""
    total = hashlib.sha256()
    for path in sorted(paths, key=lambda each: each.name):
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def predict_claims(rows: Sequence[Row], config: Config) -> dict[str, list[Claim]]:
    """The rows of ``claims`` that the whole pipeline gives for each gold text, by ``doc_id``."""
    found: dict[str, list[Claim]] = {}
    for row in rows:
        raw = RawArticle(doc_id=row["doc_id"], path=row["doc_id"], sha256="", format="txt", text=row["text"])
        extracted = process(raw, config=config)
        found[row["doc_id"]] = [] if isinstance(extracted, Reject) else list(extracted.claims)
    return found


def as_spans(claims: Iterable[Claim], *, nested: bool) -> list[dict[str, Any]]:
    """Claims as the scorer reads them; without ``nested``, those of the article's own level only."""
    return [
        {
            "source": _range(claim.source_start, claim.source_end),
            "cue": _range(claim.cue_start, claim.cue_end),
            "content": [[span.start, span.end] for span in claim.content_spans],
            "confidence": claim.confidence,
        }
        for claim in claims
        if nested or claim.parent_claim_id is None
    ]


def _range(start: int | None, end: int | None) -> list[list[int]]:
    return [] if start is None or end is None else [[start, end]]


def predict_entities(rows: Sequence[Row], stages: Stages) -> dict[str, list[SureMention]]:
    """The rows of ``entities`` for each gold text, every line taken for prose, by ``doc_id``."""
    articles = (article_of({"id": row["doc_id"], "text": row["text"]}) for row in rows)
    return {
        article.document.doc_id: [
            (e.start, e.end, e.label, e.confidence) for e in stages.entities(doc, reading, article)
        ]
        for article, reading, doc in stages.annotate(articles)
    }
