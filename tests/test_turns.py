"""Interviews: turns to the end of their paragraphs, and who "Q", "A" and an unlabelled "I" are."""

from __future__ import annotations

import pytest
from spacy.lang.en import English
from spacy.tokens import Doc

from pipeline.claims.turns import find_turns
from pipeline.resolve.interviews import interviewee
from pipeline.schema import Article, Document, Segment, read_article

NLP = English()

TALK = (
    "Ann Hale: You left. Why?",
    "Dorn: It rained. I had no hat.",
    "Hale: And then?",
    "Dorn: (Laughs.) I bought one...",
)


def read(*lines: str, kind: str = "body") -> tuple[Doc, Article]:
    text = "\n".join(lines)
    segments, start = [], 0
    for n, line in enumerate(lines):
        end = start + len(line)
        segments.append(Segment("d", f"d#s{n}", kind, True, start, end, line, None, None, "test"))
        start = end + 1
    values = dict.fromkeys(Document.__dataclass_fields__)
    article = Article(Document(**{**values, "doc_id": "d", "text": text, "body": text}), tuple(segments))
    return NLP.make_doc(read_article(article).text), article


def turns_of(*lines: str, person: str = "Ann Hale", kind: str = "body") -> list[tuple[str, str]]:
    doc, article = read(*lines, kind=kind)
    at = doc.text.find(person)
    doc.ents = [doc.char_span(at, at + len(person), label="PERSON")] if at >= 0 else []
    found = find_turns(doc, read_article(article))
    return [(turn.source.text, doc.text[slice(*turn.content)]) for turn in found]


def test_turns_go_to_the_end_of_their_paragraphs() -> None:
    assert turns_of(*TALK) == [
        ("Ann Hale", "You left. Why?"),
        ("Dorn", "It rained. I had no hat"),
        ("Hale", "And then?"),
        ("Dorn", "(Laughs.) I bought one..."),
    ]


def test_questions_and_answers_need_no_name() -> None:
    lines = ("Q: You left.", "A: It rained. I ran.", "No label here.", "Q: And?", "A: Nothing.")
    assert [label for label, _ in turns_of(*lines)] == ["Q", "A", "Q", "A"]


@pytest.mark.parametrize(
    "lines",
    [
        TALK[:3],  # too few
        ("Where: Oslo", "When: today", "Where: Bergen", "When: tomorrow"),  # no speaker
        ("Ann Hale: It rained.", "Ann Hale: It froze.", "Ann Hale: It thawed.", "Ann Hale: It rained."),
        ("Ann Hale: It rained.", "Photo: the dam", "Source: the river board", "Note: it may rain"),
        ('Hale: "No." She left.', 'Dorn: "Yes." He stayed.', 'Hale: "No."', 'Dorn: "Yes."'),
    ],
)
def test_other_labels_are_no_turns(lines: tuple[str, ...]) -> None:
    assert turns_of(*lines) == []


def test_a_list_of_headings_is_no_interview() -> None:
    assert turns_of(*TALK, kind="heading") == []


@pytest.mark.parametrize(
    ("text", "authors", "expected"),
    [
        ("ANN HALE|Ivo Dorn|Hale|Dorn", ("Ann Hale",), "Ivo Dorn"),
        ("Q|A|Ivo Dorn|Q", (), "Ivo Dorn"),
        ("Ann Hale|Ivo Dorn|Hale|Dorn", (), None),
        ("Q|A|Q|A", ("Ann Hale",), None),
    ],
)
def test_who_answers(text: str, authors: tuple[str, ...], expected: str | None) -> None:
    labels, at = [], 0
    for part in text.split("|"):
        labels.append((at, at + len(part)))
        at += len(part) + 1
    found = interviewee(text, labels, authors)
    assert (text[slice(*found)] if found else None) == expected
