"""Attribution relations of a treebank as rows of the attribution data, from sentences written for it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from pipeline.train.relations import find_passages, find_quoted, read_relations
from pipeline.train.treebank import Document, read_documents

CUES = frozenset({"say", "warn", "add", "deny", "think", "know", "accuse", "promise"})

HE_SAID = """
He he PRON 2 nsubj Discourse=attribution-positive:1->2:0:lex-indwd-2-_
said say VERB 0 root
that that SCONJ 5 mark Discourse=ROOT:2
rain rain NOUN 5 nsubj
fell fall VERB 2 ccomp SpaceAfter=No
. . PUNCT 2 punct
"""
QUOTED_FIRST = """
" " PUNCT 2 punct Discourse=ROOT:1|SpaceAfter=No
Stay stay VERB 6 ccomp
here here ADV 2 advmod SpaceAfter=No
, , PUNCT 2 punct SpaceAfter=No
" " PUNCT 2 punct
warned warn VERB 0 root Discourse=attribution-positive:2->1:0:lex-indwd-6-_
Mrs. Mrs. PROPN 6 nsubj
Oak Oak PROPN 7 flat SpaceAfter=No
. . PUNCT 6 punct
"""
ACCORDING = """
Mills mill NOUN 2 nsubj Discourse=ROOT:1
closed close VERB 0 root
according accord VERB 6 case Discourse=attribution-positive:2->1:0:lex-indph-3-4-_
to to ADP 3 fixed
the the DET 6 det
mayor mayor NOUN 2 obl SpaceAfter=No
. . PUNCT 2 punct
"""
BROKEN_UP = """
Prices price NOUN 6 nsubj Discourse=ROOT:1|SpaceAfter=No
, , PUNCT 4 punct
he he PRON 4 nsubj Discourse=attribution-positive:2->1:0:lex-indwd-4-_
added add VERB 6 parataxis SpaceAfter=No
, , PUNCT 4 punct
rose rise VERB 0 root Discourse=same-unit_m:3->1:1:_ SpaceAfter=No
. . PUNCT 6 punct
"""
NEVER_PROMISED = """
She she PRON 4 nsubj Discourse=attribution-negative:1->2:1:lex-indwd-4-_
has have AUX 4 aux
never never ADV 4 advmod
promised promise VERB 0 root
that that SCONJ 7 mark Discourse=ROOT:2
it it PRON 7 nsubj
ends end VERB 4 ccomp
because because SCONJ 10 mark Discourse=causal-cause:3->2:0:_
they they PRON 10 nsubj
asked ask VERB 7 advcl SpaceAfter=No
. . PUNCT 4 punct
"""
TWO_SENTENCES = """
He he PRON 2 nsubj Discourse=attribution-positive:1->2:1:lex-indwd-2-_
said say VERB 0 root SpaceAfter=No
: : PUNCT 2 punct
“ “ PUNCT 5 punct Discourse=ROOT:2|SpaceAfter=No
Wait wait VERB 2 ccomp SpaceAfter=No
. . PUNCT 2 punct

Rain rain NOUN 2 nsubj Discourse=elaboration-additional:3->2:0:_
falls fall VERB 0 root SpaceAfter=No
. . PUNCT 2 punct SpaceAfter=No
” ” PUNCT 2 punct
"""
NESTED = """
He he PRON 2 nsubj Discourse=attribution-positive:1->2:1:lex-indwd-2-_
said say VERB 0 root
they they PRON 4 nsubj Discourse=attribution-positive:2->3:0:lex-indwd-4-_
think think VERB 2 ccomp
it it PRON 6 nsubj Discourse=ROOT:3
rains rain VERB 4 ccomp SpaceAfter=No
. . PUNCT 2 punct
"""
YOU_KNOW = """
You you PRON 2 nsubj Discourse=attribution-positive:1->2:0:lex-indwd-2-_
know know VERB 0 root
it it PRON 4 nsubj Discourse=ROOT:2
rains rain VERB 2 ccomp SpaceAfter=No
. . PUNCT 2 punct
"""
WALK = """
We we PRON 2 nsubj
walk walk VERB 0 root SpaceAfter=No
. . PUNCT 2 punct
"""
UNMARKED = """
They they PRON 2 nsubj
denied deny VERB 0 root
it it PRON 2 obj SpaceAfter=No
. . PUNCT 2 punct
"""


def document(tmp_path: Path, *sentences: str) -> Document:
    """Sentences of one paragraph; a word a line: form, lemma, part of speech, head, relation, MISC."""
    lines = ["# newdoc id = d_news_one", "# newpar"]
    for sentence in "\n\n".join(each.strip() for each in sentences).split("\n\n"):
        for number, line in enumerate(sentence.split("\n"), 1):
            form, lemma, tag, head, relation, *misc = line.split()
            cells = [number, form, lemma, tag, tag, "_", head, relation, "_", "|".join(misc) or "_"]
            lines.append("\t".join(map(str, cells)))
        lines.append("")
    path = tmp_path / "one.conllu.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return next(read_documents(path))


def marked(row: dict[str, Any]) -> str:
    """The text with its claims' spans in brackets, by the first letter of their role."""
    text: str = row["text"]
    spans = [
        (start, end, f"{'scq'[['source', 'content', 'cue'].index(role)]}{number}")
        for number, claim in enumerate(row["claims"], 1)
        for role, found in claim.items()
        for start, end in found
    ]
    for start, end, name in sorted(spans, reverse=True):
        text = f"{text[:start]}[{name} {text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (HE_SAID, "[s1 He] [q1 said] [c1 that rain fell]."),
        (QUOTED_FIRST, '[c1 "Stay here,"] [q1 warned] [s1 Mrs. Oak].'),
        (ACCORDING, "[c1 Mills closed] [q1 according to] [s1 the mayor]."),
        (BROKEN_UP, "[c1 Prices], [s1 he] [q1 added], [c1 rose]."),
        (NEVER_PROMISED, "[s1 She] [q1 has never promised] [c1 that it ends because they asked]."),
        (TWO_SENTENCES, "[s1 He] [q1 said]: [c1 “Wait. Rain falls.”]"),
        (NESTED, "[s1 He] [q1 said] [c1 they think it rains]."),
    ],
)
def test_claims(tmp_path: Path, sentence: str, expected: str) -> None:
    assert [marked(row) for row in find_passages(document(tmp_path, sentence), CUES)] == [expected]


def test_what_is_attached_above_the_relation_is_not_said(tmp_path: Path) -> None:
    later = NEVER_PROMISED.replace("causal-cause:3->2:0", "causal-cause:3->2:2").replace(" ask ", " rain ")
    (row,) = find_passages(document(tmp_path, later), CUES)
    assert marked(row) == "[s1 She] [q1 has never promised] [c1 that it ends] because they asked."


@pytest.mark.parametrize("sentence", [YOU_KNOW, HE_SAID.replace("say", "make"), WALK, UNMARKED])
def test_no_claims(tmp_path: Path, sentence: str) -> None:
    assert find_passages(document(tmp_path, sentence), CUES) == []


def test_passages_take_in_what_is_clear_and_stop_where_something_is_not_marked(tmp_path: Path) -> None:
    rows = find_passages(document(tmp_path, *(WALK,) * 4, HE_SAID, WALK, UNMARKED, WALK), CUES)
    assert [row["text"] for row in rows] == ["We walk. We walk. He said that rain fell. We walk."]
    (claim,) = rows[0]["claims"]
    assert [rows[0]["text"][a:b] for a, b in claim["content"]] == ["that rain fell"]


def test_two_passages_of_a_document_have_names_of_their_own(tmp_path: Path) -> None:
    second = (
        HE_SAID.replace("1->2", "3->4").replace("ROOT:2", "ROOT:4").replace("lex-indwd-2", "lex-indwd-12")
    )
    rows = find_passages(document(tmp_path, HE_SAID, UNMARKED, second), CUES)
    assert [row["doc_id"] for row in rows] == ["d_news_one:0-1", "d_news_one:2-3"]


def test_sentences_in_an_unmarked_quotation_are_left_out(tmp_path: Path) -> None:
    opening = WALK.replace("We we", '" " PUNCT 2 punct SpaceAfter=No\nWe we').replace("2 nsubj", "3 nsubj")
    assert find_passages(document(tmp_path, opening, HE_SAID), CUES) == []


def test_quotations_close_with_their_paragraph(tmp_path: Path) -> None:
    found = document(tmp_path, TWO_SENTENCES)
    assert sorted(find_quoted(found)) == [3, 4, 5, 6, 7, 8, 9]


def test_contractions_share_their_letters(tmp_path: Path) -> None:
    path = tmp_path / "one.conllu.gz"
    words = ["1-2 Don't", "1 Do", "2 n't", "3-4 wanna", "3 want", "4 to", "5 go"]
    lines = ["\t".join([*word.split(), "x", "X", "X", "_", "0", "dep", "_", "_"]) for word in words]
    path.write_bytes(gzip.compress("\n".join(["# newdoc id = a", *lines, ""]).encode()))
    (found,) = read_documents(path)
    assert found.text == "Don't wanna go"
    assert [found.text[word.start : word.end] for word in found.words] == ["Do", "n't", "", "wanna", "go"]


def test_relations_of_the_treebank() -> None:
    path = Path(__file__).resolve().parents[2] / "shared" / "data" / "treebank" / "gum-train.conllu.gz"
    if not path.is_file():
        pytest.skip("the data folder is not there")
    rows = read_relations(path)
    assert sum(len(row["claims"]) for row in rows) > 300
    for row in rows:
        for claim in row["claims"]:
            assert len(claim["cue"]) == 1
            assert claim["content"]
            spans = [span for role in claim.values() for span in role]
            assert all(0 <= start < end <= len(row["text"]) for start, end in spans)
            assert all(row["text"][start:end].strip() == row["text"][start:end] for start, end in spans)
