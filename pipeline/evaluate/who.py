"""Who said it: described, resolved and linked, against the passages of ``gold/resolution``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.evaluate.figures import NOTHING, Figure, figure
from pipeline.evaluate.matching import letters, overlap, pair
from pipeline.schema import Claim, SourceMember

Row = Mapping[str, Any]

COLUMNS = (
    "form cue_lemma cue_class negated source_kind source_head source_role source_nationality "
    "source_affiliation source_count anonymous addressee said_when said_date reported_by"
).split()
"""Columns with one right value for each claim, scored by accuracy."""

MEMBER_COLUMNS = "kind head role nationality count".split()

_ARTICLE = re.compile(r"^(?:the|a|an)\s+")
_PREPOSITION = re.compile(r"^(?:on|in|at|by|during|from|since)\s+")
_OUTER = " \t\n\"'“”‘’()[],.;:"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One value that is not the expected one, for a person to look at."""

    row_id: str
    column: str
    content: str
    expected: Any
    found: Any


@dataclass(slots=True)
class WhoScore:
    """Counts over passages; ``figures`` by column, accuracy being the recall of columns with one value.

    ``source_name`` and ``antecedent`` count what is filled in: a null is no prediction. ``resolved`` is
    ``source_name`` over the sources that another mention must resolve, by gold or by the prediction.
    """

    figures: dict[str, Figure] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def add(self, name: str, more: Figure) -> None:
        self.figures[name] = self.figures.get(name, NOTHING) + more

    def accuracy(self, column: str) -> float:
        """Share of right values among the matched claims that have an expected one."""
        return self.figures.get(column, NOTHING).recall


def score_who(rows: Sequence[Row], predicted: Sequence[Sequence[Claim]]) -> WhoScore:
    """Counts over all passages; a predicted claim answers to the gold one it shares most with."""
    score = WhoScore()
    for row, claims in zip(rows, predicted, strict=True):
        pairs = match_claims(row, claims)
        score.add("matched", figure(len(pairs), len(claims), len(row["claims"])))
        for i, j in pairs.items():
            _score_claim(score, row, row["claims"][i], claims[j])
        for name, column in (("parent", "parent_claim_id"), ("supports", "supports_claim_id")):
            _score_links(score, row, claims, pairs, name, column)
    return score


def match_claims(row: Row, claims: Sequence[Claim]) -> dict[int, int]:
    """Index of the predicted claim of each gold claim: half of the content in common, the cue to decide."""
    text = row["text"]
    gold = [
        (letters(text, each["content"]), letters(text, [each["cue"]] if each["cue"] else []))
        for each in row["claims"]
    ]
    ours = [
        (
            letters(text, [(span.start, span.end) for span in each.content_spans]),
            letters(text, [(each.cue_start, each.cue_end or 0)] if each.cue_start is not None else []),
        )
        for each in claims
    ]
    return dict(
        pair(
            gold,
            ours,
            lambda g, p: (share + overlap(g[1], p[1])) if (share := overlap(g[0], p[0])) >= 0.5 else 0.0,
        )
    )


def _score_claim(score: WhoScore, row: Row, gold: Row, claim: Claim) -> None:
    for column in COLUMNS:
        if column in gold:
            right = same(column, _accepted(gold, column), getattr(claim, column))
            _count(score, row, claim, column, right, gold[column], getattr(claim, column))
    _score_members(score, row, gold, claim)
    if "source_name" in gold:
        _score_name(score, row, gold, claim)
    if "antecedent" in gold:
        _score_antecedent(score, row, gold, claim)


def _score_name(score: WhoScore, row: Row, gold: Row, claim: Claim) -> None:
    """A null is no prediction; where null is accepted beside a name, a name need not be found."""
    accepted, found = _accepted(gold, "source_name"), claim.source_name
    right = found is not None and same("source_name", accepted, found)
    wanted = right or None not in accepted
    counts = figure(int(right), int(found is not None), int(wanted))
    score.add("source_name", counts)
    if gold.get("antecedents") or claim.antecedent_start is not None:
        score.add("resolved", counts)
    if not right and (wanted or found is not None):
        score.mistakes.append(Mistake(row["id"], "source_name", claim.content, gold["source_name"], found))


def _score_antecedent(score: WhoScore, row: Row, gold: Row, claim: Claim) -> None:
    """A mention that overlaps one of the accepted ones is right."""
    accepted, start, end = gold["antecedents"], claim.antecedent_start, claim.antecedent_end
    found = start is not None and end is not None
    right = start is not None and end is not None and any(a < end and start < b for a, b in accepted)
    score.add("antecedent", figure(int(right), int(found), int(bool(accepted))))
    if found != right or bool(accepted) != right:
        expected = [row["text"][a:b] for a, b in accepted]
        score.mistakes.append(Mistake(row["id"], "antecedent", claim.content, expected, claim.antecedent))


def _count(
    score: WhoScore, row: Row, claim: Claim, column: str, right: bool, expected: Any, found: Any
) -> None:
    score.add(column, figure(int(right), 1, 1))
    if not right:
        score.mistakes.append(Mistake(row["id"], column, claim.content, expected, found))


def _accepted(gold: Row, column: str) -> list[Any]:
    accepted: list[Any] = gold.get("accept", {}).get(column) or [gold[column]]
    return accepted


def same(column: str, accepted: Sequence[Any], value: Any) -> bool:
    """Whether ``value`` is one of the accepted ones, case, articles and outer punctuation aside."""
    return normal(column, value) in [normal(column, each) for each in accepted]


def normal(column: str, value: Any) -> Any:
    """A value as it is compared."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return sorted(str(normal(column, each)) for each in value) or None
    if not isinstance(value, str):
        return value
    text = _ARTICLE.sub("", " ".join(value.casefold().split()).strip(_OUTER))
    if column == "said_when":
        text = _ARTICLE.sub("", _PREPOSITION.sub("", text))
    return text.replace("’", "'")


def _score_members(score: WhoScore, row: Row, gold: Row, claim: Claim) -> None:
    """Members found, by place, and their descriptions; a source that is not coordinated has none."""
    expected: Sequence[Row] | None = gold.get("source_members", ())
    found: Sequence[SourceMember] = claim.source_members or ()
    if expected is None or not (expected or found):
        return
    text = row["text"]
    pairs = pair(
        [letters(text, [(each["start"], each["end"])]) for each in expected],
        [letters(text, [(each.start, each.end)]) for each in found],
        lambda g, p: share if (share := overlap(g, p)) >= 0.5 else 0.0,
    )
    score.add("member", figure(len(pairs), len(found), len(expected)))
    if len(pairs) != len(expected) or len(pairs) != len(found):
        texts = [each["text"] for each in expected]
        score.mistakes.append(
            Mistake(row["id"], "member", claim.content, texts, [each.text for each in found])
        )
    for i, j in pairs:
        for column in MEMBER_COLUMNS:
            if column not in expected[i]:
                continue
            value = getattr(found[j], column)
            right = same(column, _accepted(expected[i], column), value)
            _count(score, row, claim, f"member_{column}", right, expected[i][column], value)


def _score_links(
    score: WhoScore, row: Row, claims: Sequence[Claim], pairs: Mapping[int, int], name: str, column: str
) -> None:
    """Links between claims: a predicted one is right if the claims at both ends are the gold ones."""
    gold_of = {j: i for i, j in pairs.items()}
    place = {claim.claim_id: j for j, claim in enumerate(claims)}
    unscored = {i for i, each in enumerate(row["claims"]) if name not in each}
    for i, gold in enumerate(row["claims"]):
        if i in unscored:
            continue
        target = getattr(claims[pairs[i]], column) if i in pairs else None
        found = gold_of.get(place.get(target, -1)) if target is not None else None
        right = target is not None and found is not None and found in _accepted(gold, name)
        wanted = gold[name] is not None and (right or None not in _accepted(gold, name))
        score.add(name, figure(int(right), int(target is not None), int(wanted)))
        if i in pairs and (right != (target is not None) or right != (gold[name] is not None)):
            score.mistakes.append(Mistake(row["id"], name, claims[pairs[i]].content, gold[name], found))
    for j, claim in enumerate(claims):
        if j not in gold_of and getattr(claim, column) is not None:
            score.add(name, figure(0, 1, 0))
