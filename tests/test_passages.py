"""The project's annotated passages and the reader of their markup."""

import pytest

from pipeline.evaluate.marked_claims import PassageError, parse_passage, read_passages
from pipeline.evaluate.marked_names import parse_names, read_names
from pipeline.train.data import mend_swapped

ROLES = ("source", "cue", "content")


@pytest.fixture(scope="module")
def rows():
    return read_passages()


def test_marks_become_offsets():
    marked = "⟦c1:“No,”⟧ ⟦s1,2:she⟧ ⟦q1:said⟧, ⟦q2:adding⟧ ⟦c2:that it was over⟧. ⟦c1:“Never.”⟧"
    text, claims = parse_passage(marked)
    assert text == "“No,” she said, adding that it was over. “Never.”"
    cut = [{role: [text[b:e] for b, e in claim[role]] for role in ROLES} for claim in claims]
    assert cut == [
        {"source": ["she"], "cue": ["said"], "content": ["“No,”", "“Never.”"]},
        {"source": ["she"], "cue": ["adding"], "content": ["that it was over"]},
    ]


def test_nested_marks():
    text, claims = parse_passage("⟦s1:⟦s2:The mayor⟧⟧ ⟦q1:⟦q2:denied⟧⟧ ⟦c1:⟦c2:it⟧⟧")
    assert text == "The mayor denied it"
    assert claims[0] == claims[1]


@pytest.mark.parametrize(
    ("marked", "complaint"),
    [
        ("⟦q1:said⟧ ⟦c1:so", "left open"),
        ("⟦q1:said⟧ ⟦c1:so⟧⟧", "stray"),
        ("⟦x1:said⟧", "stray"),
        ("⟦q1:said⟧", "content"),
        ("⟦c1:so⟧", "one cue"),
        ("⟦q2:said⟧ ⟦c2:so⟧", "no claim 1"),
        ("⟦q1:said ⟧⟦c1:so⟧", "space"),
        ("⟦s1:A⟧ and ⟦s1:B⟧ ⟦q1:said⟧ ⟦c1:so⟧", "one source"),
    ],
)
def test_bad_markup_is_refused(marked, complaint):
    with pytest.raises(PassageError, match=complaint):
        parse_passage(marked)


def test_a_bad_file_is_named(tmp_path):
    (tmp_path / "a.txt").write_text("=== wire\nAll ⟦c1:quiet⟧.\n", encoding="utf-8")
    with pytest.raises(PassageError, match=r"a\.txt, passage 1 \(wire\)"):
        read_passages(tmp_path)


def test_every_passage_is_one_paragraph_a_line(rows):
    assert len(rows) > 80
    assert len({row["doc_id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["text"] == "\n".join(line.strip() for line in row["text"].split("\n") if line.strip())
        assert not set(row["text"]) & set("⟦⟧")


def spans_of(claim):
    return [span for role in ROLES for span in claim[role]]


def test_spans_are_words_of_the_text(rows):
    for row in rows:
        text = f" {row['text']} "
        for start, end in (span for claim in row["claims"] for span in spans_of(claim)):
            assert 0 <= start < end <= len(row["text"])
            assert not text[start : start + 2].isalnum(), (row["doc_id"], text[start : end + 1])
            assert not text[end : end + 2].isalnum(), (row["doc_id"], text[start : end + 1])


def test_no_span_crosses_a_line_break(rows):
    """As in the attribution data, a quotation over several paragraphs has one span in each."""
    for row in rows:
        spans = [row["text"][b:e] for claim in row["claims"] for b, e in spans_of(claim)]
        assert not [span for span in spans if "\n" in span], row["doc_id"]


def test_a_claim_holds_no_other_claim(rows):
    """As in the attribution data they are mixed with, claims inside a claim's content are not marked."""
    for row in rows:
        cues = [claim["cue"][0] for claim in row["claims"]]
        for start, end in (span for claim in row["claims"] for span in claim["content"]):
            inside = [row["text"][b:e] for b, e in cues if start <= b and e <= end]
            assert not inside, (row["doc_id"], inside)


def test_swapped_source_and_cue_are_exchanged():
    text = "Ann said yes"
    right = {"source": [[0, 3]], "cue": [[4, 8]], "content": [[9, 12]]}
    swapped = {"source": [[4, 8]], "cue": [[0, 3]], "content": [[9, 12]]}
    rows = [{"text": text, "claims": [right]}] * 10 + [{"text": text, "claims": [swapped]}]
    assert mend_swapped(rows) == [{"text": text, "claims": [right]}] * 11
    few = rows[5:]
    assert mend_swapped(few) == few


def test_marked_names_become_offsets():
    text, names = parse_names("⟦PERSON:Amina Yusuf⟧ of ⟦ORG:Gor Mahia⟧ flew to ⟦GPE:Kisumu⟧.")
    assert text == "Amina Yusuf of Gor Mahia flew to Kisumu."
    assert [(text[b:e], label) for b, e, label in names] == [
        ("Amina Yusuf", "PERSON"),
        ("Gor Mahia", "ORG"),
        ("Kisumu", "GPE"),
    ]


@pytest.mark.parametrize(
    ("marked", "complaint"),
    [
        ("⟦PERSON:Amina", "stray"),
        ("⟦MAN:Amina⟧", "no label"),
        ("⟦ORG:the Taliban⟧", "article"),
        ("⟦GPE:Kenya’s⟧ coast", "possessive"),
        ("⟦GPE: Kenya⟧", "space"),
    ],
)
def test_bad_names_are_refused(marked, complaint):
    with pytest.raises(PassageError, match=complaint):
        parse_names(marked)


def test_names_of_a_folder(tmp_path):
    (tmp_path / "a.txt").write_text(
        "=== sport\n⟦ORG:Santos⟧ won.\n\n=== wire\nNobody came.\n", encoding="utf-8"
    )
    rows = read_names(tmp_path)
    assert [(row["doc_id"], row["text"], row["ents"]) for row in rows] == [
        ("a-1", "Santos won.", [(0, 6, "ORG")]),
        ("a-2", "Nobody came.", []),
    ]
    (tmp_path / "b.txt").write_text("=== wire\n⟦GPE:Kenya⟧⟧\n", encoding="utf-8")
    with pytest.raises(PassageError, match=r"b\.txt, passage 1 \(wire\)"):
        read_names(tmp_path)
