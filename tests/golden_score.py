"""Scores rows of ``claims`` against ``tests/golden/claims.jsonl``.

Gold is kept as strings, not offsets, so that a person can read and mend it: a claim found is the claim marked
if at least half of the words of their contents and of their sources are the same (as the claim score of
``make evaluate`` asks of letters). Only what is matched is compared in its columns.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]

GOLD = Path(__file__).parent / "golden" / "claims.jsonl"

COMPARED = ("form", "cue_class", "source_kind", "source_name", "anonymous", "negated", "addressee")
"""Columns compared as they stand; ``said_when``, ``said_date``, ``parent`` and ``reported_by`` need more."""


def read_gold() -> list[dict[str, Any]]:
    """The gold claims in the order of the file."""
    return [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]


def words(text: str | None) -> Counter[str]:
    """The words of a span as a bag, without case."""
    return Counter(re.findall(r"\w+", (text or "").lower()))


def overlap(ours: str | None, theirs: str | None) -> float:
    """Shared words over all words; two absent spans agree."""
    a, b = words(ours), words(theirs)
    return (a & b).total() / (a | b).total() if a or b else 1.0


def match(gold: Iterable[Row], found: Iterable[Row]) -> list[tuple[Row, Row]]:
    """Pairs of a gold and a found claim of the same article, each claim once, the most alike first."""
    by_article: dict[str, list[Row]] = defaultdict(list)
    for claim in found:
        by_article[claim["doc_id"]].append(claim)
    likely = []
    for g, marked in enumerate(gold):
        for claim in by_article[marked["doc_id"]]:
            content = overlap(" ".join(marked["content"]), claim["content"])
            source = overlap(marked["source"], claim["source"])
            if content >= 0.5 and source >= 0.5:
                cue = overlap(marked["cue"], claim["cue"])
                likely.append((-content - source - cue, g, claim["claim_id"], marked, claim))
    pairs, used = [], set()
    for _, g, claim_id, marked, claim in sorted(likely, key=lambda item: item[:3]):
        if g not in used and claim_id not in used:
            used |= {g, claim_id}
            pairs.append((marked, claim))
    return pairs


def score(gold: list[dict[str, Any]], found: list[dict[str, Any]]) -> dict[str, float]:
    """Precision, recall and F1 of claims, and for each column the share of matched claims it is right in."""
    pairs = match(gold, found)
    figures = {
        "precision": len(pairs) / max(len(found), 1),
        "recall": len(pairs) / max(len(gold), 1),
        "f1": 2 * len(pairs) / max(len(found) + len(gold), 1),
    }
    for column in COMPARED:
        judged = [(marked[column], claim[column]) for marked, claim in pairs if column in marked]
        figures[column] = sum(bare(a) == bare(b) for a, b in judged) / max(len(judged), 1)
    return figures


def bare(value: Any) -> Any:
    """A name without its article: "the inquiry" and "inquiry" are the same addressee."""
    return re.sub(r"^(the|a|an) ", "", value, flags=re.IGNORECASE) if isinstance(value, str) else value
