"""Gold passages: their notation, and the scorer of who said it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from spacy.tokens import Doc

from pipeline.evaluate.figures import Figure, figure
from pipeline.evaluate.passages import PassageError, parse_passage, read_passages, read_rows, unmark
from pipeline.evaluate.rooms import article_of, gold_doc, plain_english, run_rooms
from pipeline.evaluate.who import COLUMNS, same, score_who
from pipeline.schema import (
    CUE_CLASSES,
    ENTITY_LABELS,
    FORMS,
    SOURCE_KINDS,
    Article,
    Claim,
    Entity,
    Range,
    Reading,
    SourceMember,
    read_article,
)

GOLD = Path(__file__).resolve().parents[1] / "gold" / "resolution"

PASSAGE = """r900 wire | published=2020-01-08T10:00:00Z | authors=Ann Ek
@body
{1s {1m {C Two} guards} and {1m {P,2a Vera Lund}}} {1q said} on {1w,D Monday} {1c the dam} was {1c safe}.
@comment reed
{2s She} {2q denied} {2c it}.
--
1 i say grp name=*; date=2020-01-06
1.1 grp head=guard; role=guard; count=2
1.2 per
2 i deny per name=Vera Lund; supports=1|-; by=reed; role=-|chief
"""


@pytest.fixture(scope="module")
def row() -> dict[str, Any]:
    return parse_passage(PASSAGE)


def words(row: dict[str, Any], span: list[int]) -> str:
    text: str = row["text"]
    return text[span[0] : span[1]]


def test_notation_gives_text_and_spans(row: dict[str, Any]) -> None:
    assert row["text"] == "Two guards and Vera Lund said on Monday the dam was safe.\nShe denied it."
    first, second = row["claims"]
    assert words(row, first["source"]) == "Two guards and Vera Lund"
    assert [words(row, span) for span in first["content"]] == ["the dam", "safe"]
    assert first["said_when"] == "Monday"
    assert [words(row, span) for span in second["antecedents"]] == ["Vera Lund"]
    assert [(words(row, [e["start"], e["end"]]), e["label"]) for e in row["entities"]] == [
        ("Two", "CARDINAL"),
        ("Vera Lund", "PERSON"),
        ("Monday", "DATE"),
    ]
    assert [(words(row, [s["start"], s["end"]]), s["kind"], s["author"]) for s in row["segments"]] == [
        ("Two guards and Vera Lund said on Monday the dam was safe.", "body", None),
        ("She denied it.", "comment", "reed"),
    ]


def test_notation_gives_columns(row: dict[str, Any]) -> None:
    first, second = row["claims"]
    assert "source_name" not in first
    assert "source_head" not in first
    assert first["anonymous"] is False
    assert [each["head"] for each in first["source_members"]] == ["guard", None]
    assert (second["source_name"], second["anonymous"]) == ("Vera Lund", False)
    assert (second["supports"], second["accept"]["supports"]) == (0, [0, None])
    assert second["accept"]["source_role"] == [None, "chief"]
    assert (second["reported_by"], second["cue_lemma"]) == ("reed", "deny")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{1s Vera said", "not closed"),
        ("Vera} said", "stray"),
        ("{1z Vera} said", "unknown tag"),
    ],
)
def test_notation_refuses(text: str, message: str) -> None:
    with pytest.raises(PassageError, match=message):
        unmark(text)


@pytest.mark.parametrize(
    "block", [PASSAGE.replace("2 i deny", "3 i deny"), PASSAGE.replace("{1q said}", "{3q said}")]
)
def test_marks_and_lines_must_agree(block: str, tmp_path: Path) -> None:
    (tmp_path / "dev.txt").write_text("## " + block, encoding="utf-8")
    with pytest.raises(PassageError, match="r900"):
        read_passages(tmp_path / "dev.txt")


@pytest.mark.parametrize("half", ["dev", "test"])
def test_gold_rows_are_those_of_the_text_files(half: str) -> None:
    rows = read_rows(GOLD / f"{half}.jsonl")
    made = read_passages(GOLD / f"{half}.txt")
    assert [each["id"] for each in rows] == [each["id"] for each in made]
    assert [each["text"] for each in rows] == [each["text"] for each in made]
    assert len(rows) == {"dev": 210, "test": 140}[half]


def test_gold_halves_share_nothing() -> None:
    dev, test = (read_rows(GOLD / f"{half}.jsonl") for half in ("dev", "test"))
    assert not {each["id"] for each in dev} & {each["id"] for each in test}
    assert not {each["text"] for each in dev} & {each["text"] for each in test}


@pytest.mark.parametrize("half", ["dev", "test"])
def test_gold_values_are_those_of_the_contract(half: str) -> None:
    for each in read_rows(GOLD / f"{half}.jsonl"):
        assert {entity["label"] for entity in each["entities"]} <= set(ENTITY_LABELS)
        for claim in each["claims"]:
            assert claim.get("cue_class", "say") in CUE_CLASSES
            assert set(claim["accept"].get("cue_class", ())) <= set(CUE_CLASSES)
            assert claim.get("source_kind", "person") in SOURCE_KINDS
            assert claim.get("form", "mixed") in FORMS
            for link in ("parent", "supports"):
                assert claim.get(link) is None or 0 <= claim[link] < len(each["claims"])
            for name in ("source", "cue"):
                span = claim[name]
                assert span is None or each["text"][span[0] : span[1]].strip() == words(each, span)


def test_gold_shows_every_cue_class() -> None:
    shown = {
        claim.get("cue_class")
        for half in ("dev", "test")
        for each in read_rows(GOLD / f"{half}.jsonl")
        for claim in each["claims"]
    }
    assert set(CUE_CLASSES) <= shown


# -------------------------------------------------------------------------------------------- the rooms


def test_article_of_a_passage(row: dict[str, Any]) -> None:
    article = article_of(row)
    assert article.document.published == dt.datetime(2020, 1, 8, 10, tzinfo=dt.UTC)
    assert article.document.authors == ("Ann Ek",)
    assert [(each.kind, each.kept, each.author) for each in article.segments] == [
        ("body", True, None),
        ("comment", False, "reed"),
    ]
    assert read_article(article).text == row["text"]


def test_gold_doc_holds_gold_spans(row: dict[str, Any]) -> None:
    doc = gold_doc(row, read_article(article_of(row)), plain_english())
    assert [(each.text, each.label_) for each in doc.ents] == [
        ("Two", "CARDINAL"),
        ("Vera Lund", "PERSON"),
        ("Monday", "DATE"),
    ]
    assert [(each.text, each.id_) for each in doc.spans["content"]] == [
        ("the dam", "c0"),
        ("safe", "c0"),
        ("it", "c1"),
    ]
    assert [each.text for each in doc.spans["source"]] == ["Two guards and Vera Lund", "She"]


def test_run_rooms_calls_each_room_once(row: dict[str, Any]) -> None:
    calls = []

    def find_entities(doc: Doc, reading: Reading, article: Article) -> list[Entity]:
        assert (doc.text, article.document.doc_id) == (reading.text, "r900")
        calls.append(("entities", len(doc.ents)))
        return []

    def find_claims(doc: Doc, reading: Reading, article: Article) -> list[Claim]:
        assert (doc.text, article.document.doc_id) == (reading.text, "r900")
        calls.append(("claims", len(doc.spans["content"])))
        return [perfect(row, 0)]

    def resolve(
        doc: Doc, reading: Reading, article: Article, entities: list[Entity], claims: list[Claim]
    ) -> list[Claim]:
        assert (doc.text, article.document.doc_id, entities) == (reading.text, "r900", [])
        calls.append(("resolve", len(claims)))
        return claims * 2

    found = run_rooms(
        [row], nlp=plain_english(), find_entities=find_entities, find_claims=find_claims, resolve=resolve
    )
    assert calls == [("entities", 3), ("claims", 3), ("resolve", 1)]
    assert len(found[0]) == 2


# ------------------------------------------------------------------------------------------ the scorer


def perfect(row: dict[str, Any], number: int) -> Claim:
    """The claim that answers to a gold claim in everything that is scored."""
    gold = row["claims"][number]
    values: dict[str, Any] = dict.fromkeys(each.name for each in dataclasses.fields(Claim))
    values |= {column: gold.get(column) for column in COLUMNS}
    if gold.get("said_date"):
        values["said_date"] = dt.date.fromisoformat(gold["said_date"])
    if gold.get("source_nationality"):
        values["source_nationality"] = tuple(gold["source_nationality"])
    members = tuple(
        SourceMember(
            each["text"],
            each["start"],
            each["end"],
            each["kind"],
            each["head"],
            each["role"],
            None,
            each["count"],
        )
        for each in gold.get("source_members") or ()
    )
    antecedents = gold["antecedents"] or [[None, None]]
    values |= {
        "claim_id": f"claim{number}",
        "content": words(row, gold["content"][0]),
        "content_spans": tuple(Range(start, end) for start, end in gold["content"]),
        "cue_start": gold["cue"][0],
        "cue_end": gold["cue"][1],
        "source_name": gold.get("source_name"),
        "source_members": members or None,
        "antecedent_start": antecedents[0][0],
        "antecedent_end": antecedents[0][1],
        "parent_claim_id": None if gold["parent"] is None else f"claim{gold['parent']}",
        "supports_claim_id": None if gold["supports"] is None else f"claim{gold['supports']}",
    }
    return Claim(**values)


def test_perfect_claims_score_one(row: dict[str, Any]) -> None:
    score = score_who([row], [[perfect(row, 0), perfect(row, 1)]])
    assert score.mistakes == []
    assert all(
        value.f1 in (0.0, 1.0) and value.n_right == value.n_predicted for value in score.figures.values()
    )
    assert score.figures["source_name"] == figure(1, 1, 1)
    assert score.figures["resolved"] == figure(1, 1, 1)
    assert score.figures["supports"] == figure(1, 1, 1)
    assert score.figures["member_role"] == figure(2, 2, 2)
    assert score.accuracy("said_date") == 1.0


@pytest.mark.parametrize(
    ("changes", "column", "expected"),
    [
        ({"source_name": None, "anonymous": True}, "source_name", figure(0, 0, 1)),
        ({"source_name": "Ann Ek"}, "source_name", figure(0, 1, 1)),
        ({"source_name": "the VERA LUND"}, "source_name", figure(1, 1, 1)),
        ({"antecedent_start": None, "antecedent_end": None}, "antecedent", figure(0, 0, 1)),
        ({"antecedent_start": 0, "antecedent_end": 10}, "antecedent", figure(0, 1, 1)),
        ({"supports_claim_id": None}, "supports", figure(0, 0, 0)),  # null is accepted beside the link
        ({"supports_claim_id": "claim1"}, "supports", figure(0, 1, 0)),  # itself
        ({"parent_claim_id": "claim0"}, "parent", figure(0, 1, 0)),
        ({"source_role": "chief"}, "source_role", figure(1, 1, 1)),
        ({"source_role": "mayor"}, "source_role", figure(0, 1, 1)),
        ({"cue_class": "say"}, "cue_class", figure(1, 2, 2)),
        ({"negated": True}, "negated", figure(1, 2, 2)),
        ({"content_spans": (Range(0, 5),)}, "matched", figure(1, 2, 2)),
    ],
)
def test_one_change_costs_its_column(
    row: dict[str, Any], changes: dict[str, Any], column: str, expected: Figure
) -> None:
    changed = dataclasses.replace(perfect(row, 1), **changes)
    assert score_who([row], [[perfect(row, 0), changed]]).figures[column] == expected


def test_members_that_are_not_there_cost_precision(row: dict[str, Any]) -> None:
    extra = dataclasses.replace(perfect(row, 1), source_members=perfect(row, 0).source_members)
    assert score_who([row], [[perfect(row, 0), extra]]).figures["member"] == figure(2, 4, 2)
    lost = dataclasses.replace(perfect(row, 0), source_members=None)
    assert score_who([row], [[lost, perfect(row, 1)]]).figures["member"] == figure(0, 0, 2)


@pytest.mark.parametrize(
    ("column", "gold", "value", "right"),
    [
        ("addressee", "the envoy", "Envoy", True),
        ("said_when", "on Friday", "Friday", True),
        ("said_when", "late on Friday", "Friday", False),
        ("source_nationality", ["Sunni", "Iraqi"], ("Iraqi", "Sunni"), True),
        ("source_nationality", None, (), True),
        ("source_nationality", ["Iraqi"], None, False),
        ("source_count", 1, True, True),
        ("source_count", 3, None, False),
        ("said_date", "2020-01-06", dt.date(2020, 1, 6), True),
        ("source_head", None, "", False),
    ],
)
def test_values_compared(column: str, gold: Any, value: Any, right: bool) -> None:
    assert same(column, [gold], value) is right
