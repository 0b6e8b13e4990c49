"""Who said it, within one article: on Docs typed by hand, no model."""

from __future__ import annotations

import dataclasses
import re
import time

import pytest
from spacy.tokens import Doc

from pipeline.entities import find_entities
from pipeline.resolve import resolve
from pipeline.resolve.chains import build_chains
from pipeline.resolve.links import find_parents, find_supported
from pipeline.resolve.mentions import Named, find_mentions, noun_phrases
from pipeline.resolve.pairs import load_ranker
from pipeline.resolve.places import places
from pipeline.schema import Article, Claim, Document, Range, Segment, SourceMember, read_article
from tests.typed import VOCAB

TAGS = {
    "a": "DET", "an": "DET", "the": "DET", "this": "DET", "his": "PRON", "her": "PRON", "their": "PRON",
    "he": "PRON", "she": "PRON", "they": "PRON", "it": "PRON", "i": "PRON", "we": "PRON", "who": "PRON",
    "him": "PRON", "them": "PRON", "of": "ADP", "in": "ADP", "at": "ADP", "for": "ADP", "from": "ADP",
    "with": "ADP",
    "by": "ADP", "and": "CCONJ", "said": "VERB", "denied": "VERB", "met": "VERB", "left": "VERB", "spoke":
    "VERB",
    "praised": "VERB", "confirmed": "VERB", "resigned": "VERB", "warned": "VERB", "lied": "VERB", "told":
    "VERB",
    "is": "AUX", "was": "AUX", "were": "AUX", "had": "AUX", "would": "AUX", "have": "AUX", "not": "PART",
    "to": "PART",
    "himself": "PRON",
    "that": "SCONJ", "one": "NUM", "two": "NUM", "three": "NUM", "another": "DET", "both": "DET", "senior":
    "ADJ",
    "iraqi": "ADJ", "western": "ADJ", "foreign": "ADJ", "former": "ADJ", "latter": "ADJ", "no": "DET", "new":
    "ADJ",
}  # fmt: skip
"""Word classes of the words in these tests; a capital makes the rest proper nouns, small letters nouns."""


def tag(word: str) -> str:
    if word.lower() in TAGS:
        return TAGS[word.lower()]
    if not word[0].isalnum():
        return "PART" if word in {"'s", "’s"} else "PUNCT"
    return "PROPN" if word[0].isupper() else "NOUN"


def typed(text: str) -> Doc:
    words, spaces = [], []
    for match in re.finditer(r"\n|[A-Za-z.]+\.(?=\s[A-Z])(?<=Mr\.|rs\.)|'s|’s|[\w-]+|[^\w\s]", text):
        words.append(match[0])
        spaces.append(text[match.end() : match.end() + 1] == " ")
    doc = Doc(
        VOCAB, words=words, spaces=spaces, pos=["SPACE" if word == "\n" else tag(word) for word in words]
    )
    assert doc.text == text
    return doc


def article_of(text: str, kinds: tuple[str, ...], authors: tuple[str, ...]) -> Article:
    segments, start = [], 0
    for n, line in enumerate(text.split("\n")):
        kind = kinds[n] if n < len(kinds) else "body"
        author = authors[n] if kind == "comment" else None
        end = start + len(line)
        segments.append(
            Segment("d", f"d#s{n}", kind, kind != "comment", start, end, line, author, None, "test")
        )
        start = end + 1
    values = dict.fromkeys(field.name for field in dataclasses.fields(Document))
    values |= {"doc_id": "d", "text": text, "body": text, "authors": authors or None}
    return Article(Document(**values), tuple(segments))


def claim_of(n: int, article: Article, source: str, content: str, after: int, **values: object) -> Claim:
    """A claim whose source and content are found in the text from ``after`` on."""
    text = article.document.text
    begin = text.index(content, after)
    start = None if not source else text.index(source, after)
    segment = next(each for each in article.segments if each.start <= begin < each.end)
    fields = dict.fromkeys(field.name for field in dataclasses.fields(Claim))
    fields |= {
        "claim_id": f"d#c{n}", "doc_id": "d", "segment_id": segment.segment_id, "segment_kind": segment.kind,
        "form": "direct" if content[0] in "“\"" else "indirect", "content": content,
        "content_spans": (Range(begin, begin + len(content)),), "source": source or None,
        "source_start": start,
        "source_end": None if start is None else start + len(source), "cue_class": "say", "negated": False,
        "source_kind": "person", "anonymous": True, "confidence": 1.0,
    }  # fmt: skip
    return Claim(**(fields | values))


def resolved(
    text: str,
    ents: str,
    *claims: tuple[str, str] | tuple[str, str, dict[str, object]],
    kinds: tuple[str, ...] = (),
    authors: tuple[str, ...] = (),
) -> list[Claim]:
    """The claims (source, content, other values) of ``text`` after resolution.

    ``ents``: the model's names, "Ann Hale/PERSON Dorn/ORG", at every place where they stand.
    """
    article = article_of(text, kinds, authors)
    reading = read_article(article)
    doc = typed(reading.text)
    spans = []
    for name, label in re.findall(r"([^/]+)/([A-Z]+)\s*", ents):
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", doc.text):
            span = doc.char_span(*match.span(), label=label)
            if span is not None and not any(
                each.start < span.end and span.start < each.end for each in spans
            ):
                spans.append(span)
    doc.ents = sorted(spans)
    made, after = [], 0
    for n, (source, content, *values) in enumerate(claims):
        made.append(claim_of(n, article, source, content, after, **(values[0] if values else {})))
        after = min(made[-1].content_spans[0].start, made[-1].source_start or len(text))
    found = resolve(doc, reading, article, find_entities(doc, reading, article), made)
    for each in found:
        if each.antecedent is not None:
            assert text[each.antecedent_start : each.antecedent_end] == each.antecedent
    return found


HALE = "Kenneth Hale/PERSON "


@pytest.mark.parametrize(
    ("text", "ents", "source", "content", "name", "antecedent"),
    [
        # names
        ("Kenneth Hale said it rained.", HALE, "Kenneth Hale", "it rained", "Kenneth Hale", None),
        ("Kenneth Hale spoke. Mr. Hale said it rained.", HALE + "Hale/PERSON", "Mr. Hale", "it rained",
         "Kenneth Hale", "Kenneth Hale"),
        ("Kenneth Hale, head of the bank, said it rained.", HALE, "Kenneth Hale, head of the bank,",
        "it rained",
         "Kenneth Hale", None),
        ("The head of the bank, Kenneth Hale, said it rained.", HALE, "The head of the bank, Kenneth Hale,",
         "it rained", "Kenneth Hale", None),
        ("A spokesman for Kenneth Hale said it rained.", HALE, "A spokesman for Kenneth Hale", "it rained",
        None, None),
        ("Kenneth Hale's lawyer said it rained.", HALE, "Kenneth Hale's lawyer", "it rained", None, None),
        ("Dorn officials said it rained.", "Dorn/ORG", "Dorn officials", "it rained", None, None),
        ("The National Board (NB) met. NB said it rained.", "National Board/ORG NB/ORG", "NB", "it rained",
         "National Board", "National Board"),
        ("Kenneth Hale met Ann Dorn. Hale said it rained.", HALE + "Ann Dorn/PERSON", "Hale", "it rained",
         "Kenneth Hale", "Kenneth Hale"),
        # pronouns
        ("Kenneth Hale resigned. He said it rained.", HALE, "He", "it rained", "Kenneth Hale",
        "Kenneth Hale"),
        ("Kenneth Hale met Laura Dorn. She said it rained.", HALE + "Laura Dorn/PERSON", "She", "it rained",
         "Laura Dorn", "Laura Dorn"),
        ("Laura Dorn resigned. He said it rained.", "Laura Dorn/PERSON", "He", "it rained", None, None),
        ("He said it rained.", "", "He", "it rained", None, None),
        ("Kenneth Hale left. “Kenneth Hale lied,” the lawmaker said.", HALE, "the lawmaker",
         "“Kenneth Hale lied,”", None, None),
        ("“Kenneth Hale lied,” he said.", HALE, "he", "“Kenneth Hale lied,”", None, None),
        ("Kenneth Hale, who said it rained, left.", HALE, "who", "it rained", "Kenneth Hale", "Kenneth Hale"),
        ("They (Iran) said it rained.", "Iran/GPE", "They", "it rained", "Iran", "Iran"),
        # descriptions
        ("General Kenneth Hale resigned. The general said it rained.", HALE, "The general", "it rained",
         "Kenneth Hale", "Kenneth Hale"),
        ("Foreign minister Kenneth Hale met a general. The foreign minister said it rained.", HALE,
         "The foreign minister", "it rained", "Kenneth Hale", "Kenneth Hale"),
        ("Kenneth Hale resigned. The general said it rained.", HALE, "The general", "it rained", None, None),
        ("Yes, the governor of the bank, Kenneth Hale, left. The governor said it rained.", HALE,
         "The governor", "it rained", "Kenneth Hale", "Kenneth Hale"),
        ("A diplomat met Kenneth Hale. The diplomat said it rained.", HALE, "The diplomat", "it rained", None,
         "A diplomat"),
        ("His successor, Laura Dorn, resigned. The successor said it rained.", "Laura Dorn/PERSON",
        "The successor",
         "it rained", "Laura Dorn", "Laura Dorn"),
        ("The Foreign Ministry met. The ministry said it rained.", "Foreign Ministry/ORG", "The ministry",
        "it rained",
         "Foreign Ministry", "Foreign Ministry"),
        ("The Dorn Brigade spoke. The group said it rained.", "Dorn Brigade/ORG", "The group", "it rained",
         "Dorn Brigade", "Dorn Brigade"),
        ("The Fars agency met. The Tasnim agency said it rained.", "Fars/ORG Tasnim/ORG", "The Tasnim agency",
         "it rained", None, None),
        ("Swedish minister Kenneth Hale left. The Danish minister said it rained.", HALE,
         "The Danish minister", "it rained", None, None),
        ("The actress and activist Laura Dorn left. She said it rained.", "Laura Dorn/PERSON", "She",
         "it rained", "Laura Dorn", "Laura Dorn"),
        ("Former U.S. Secretary of State Kenneth Hale left. He said it rained.", "U.S./GPE " + HALE, "He",
         "it rained", "Kenneth Hale", "Kenneth Hale"),
        ("It was reported by the Dorn, the defense said.", "Dorn/ORG", "the defense", "It was reported",
         None, None),
        ("The Dorn Watch, which said it rained, left.", "Dorn Watch/ORG", "which", "it rained", "Dorn Watch",
         "Dorn Watch"),
        ("The Fars-based owner, Kenneth Hale, said it rained.", "Fars/GPE " + HALE,
         "The Fars-based owner, Kenneth Hale,", "it rained", "Kenneth Hale", None),
        ("The head of police (Fars) Kenneth Hale said it rained.", "Fars/GPE " + HALE,
         "The head of police (Fars) Kenneth Hale", "it rained", "Kenneth Hale", None),
        # pairs
        ("Kenneth Hale and Laura Dorn met. The latter said it rained.", HALE + "Laura Dorn/PERSON",
        "The latter",
         "it rained", "Laura Dorn", "Laura Dorn"),
        ("Kenneth Hale and Laura Dorn met. The former said it rained.", HALE + "Laura Dorn/PERSON",
        "The former",
         "it rained", "Kenneth Hale", "Kenneth Hale"),
        # brackets and labels
        ("Ivo Amari left. [A]mari said it rained.", "Ivo Amari/PERSON A]mari/PERSON", "[A]mari", "it rained",
         "Ivo Amari", "Ivo Amari"),
        ("[Government spokesman Ali al-]Tamir said it rained.", "Tamir/PERSON",
         "[Government spokesman Ali al-]Tamir", "it rained", "Ali al-Tamir", None),
        ("Gen[eral] Mark Reyes said it rained.", "Gen[eral/ORG Mark Reyes/PERSON", "Gen[eral] Mark Reyes",
         "it rained", "Mark Reyes", None),
        ("Mark Reyes left. M[ark] Reyes said it rained.", "Mark Reyes/PERSON M[ark] Reyes/PERSON",
         "M[ark] Reyes", "it rained", "Mark Reyes", None),
        ("Joyce Amari: I said it rained.", "Joyce Amari/PERSON", "I", "it rained", "Joyce Amari",
        "Joyce Amari"),
    ],
)  # fmt: skip
def test_one_source(
    text: str, ents: str, source: str, content: str, name: str | None, antecedent: str | None
) -> None:
    (claim,) = resolved(text, ents, (source, content))
    assert (claim.source_name, claim.antecedent) == (name, antecedent)
    assert claim.anonymous == (name is None)


PELL_AND_DORN = "Kenneth Pell/PERSON Pell/PERSON Ivo Dorn/PERSON Dorn/PERSON "


@pytest.mark.parametrize(
    ("text", "claims", "name"),
    [
        # who spoke before goes on, not whom the speaker quoted
        ("Ivo Dorn met Kenneth Pell. Mr. Pell told him that “it rained,” Mr. Dorn said. It froze, he said.",
         [("Mr. Dorn", "Mr. Pell told him that “it rained,”"), ("Mr. Pell", "“it rained,”"),
          ("he", "It froze")], "Ivo Dorn"),
        ("Ivo Dorn said Kenneth Pell left. It froze, he said.",
         [("Ivo Dorn", "Kenneth Pell left"), ("he", "It froze")], "Ivo Dorn"),
        ("Laura Dorn said Kenneth Pell left. It froze, he said.",
         [("Laura Dorn", "Kenneth Pell left"), ("he", "It froze")], "Kenneth Pell"),
        # … nor who is named further up, nor whose teacher he is; in the next paragraph too
        ("Kenneth Pell left. Pell's lawyer, Ivo Dorn, said no. It froze, he said.",
         [("Pell's lawyer, Ivo Dorn,", "no"), ("he", "It froze")], "Ivo Dorn"),
        ("Kenneth Pell met a man. Ivo Dorn said no.\nHe said it froze.",
         [("Ivo Dorn", "no"), ("He", "it froze")], "Ivo Dorn"),
        # what was said ends before somebody else comes up
        ("Ivo Dorn said it rained. Kenneth Pell left. He said it froze.",
         [("Ivo Dorn", "it rained"), ("He", "it froze")], "Kenneth Pell"),
    ],
)  # fmt: skip
def test_who_spoke_before_goes_on(text: str, claims: list[tuple[str, str]], name: str) -> None:
    ents = "Laura Dorn/PERSON " + PELL_AND_DORN
    assert resolved(text, ents, *claims)[-1].source_name == name


@pytest.mark.parametrize(("kind", "name"), [("body", "Kenneth Hale"), ("comment", None)])
def test_a_comment_speaks_of_its_own_people(kind: str, name: str | None) -> None:
    text = "Kenneth Hale said he left.\nIt rained at a boy. He said it poured."
    (claim,) = resolved(text, HALE, ("He", "it poured"), kinds=("body", kind), authors=("Jo", "Bo"))
    assert claim.source_name == name


@pytest.mark.parametrize(
    ("text", "claims", "antecedent"),
    [
        # an apposition with a nation between: the officer is Hale
        ("A Dutch officer, Kenneth Hale, said no. It froze, he said.",
         [("A Dutch officer, Kenneth Hale,", "no"), ("he", "It froze")], "Kenneth Hale"),
        # "he" inside a source is whom the source is about, and so is the next one
        ("Kenneth Hale left. A guard, who said he left, denied it. He said it froze.",
         [("A guard, who said he left,", "it"), ("He", "it froze")], "A guard"),
        ("Ivo Dorn spoke. He left. Kenneth Hale, for his part, said no. He said it froze.",
         [("Kenneth Hale", "no"), ("He", "it froze")], "Kenneth Hale"),
        # "who is" is one person, not several
        ("A teacher of the pupils, who is from Oslo, spoke. It froze, he said.",
         [("A teacher of the pupils, who is from Oslo,", "spoke"), ("he", "It froze")], "A teacher"),
        # a quotation that opens the next paragraph goes on with who spoke
        ("Kenneth Hale left. Alex Dorn said no.\n“It froze,” he said.",
         [("Alex Dorn", "no"), ("he", "“It froze,”")], "Alex Dorn"),
        # "right" is nobody
        ("A guard spoke. One was right. He said it froze.", [("He", "it froze")], "A guard"),
    ],
)  # fmt: skip
def test_whom_a_pronoun_after_a_source_takes_up(
    text: str, claims: list[tuple[str, str]], antecedent: str
) -> None:
    found = resolved(
        text, "Dutch/NORP Ivo Dorn/PERSON Alex Dorn/PERSON Kenneth Hale/PERSON Oslo/GPE", *claims
    )[-1]
    assert found.antecedent == antecedent


def test_neither_is_of_those_who_spoke() -> None:
    text = "Kenneth Hale said it rained at officers. Ivo Dorn said no. Neither said it froze."
    ents, claims = "Kenneth Hale/PERSON Ivo Dorn/PERSON", [("Kenneth Hale", "it rained"), ("Ivo Dorn", "no")]
    found = resolved(text, ents, *claims, ("Neither", "it froze"))[-1]
    assert (found.antecedent, found.anonymous) == (None, False)


def test_managers_may_be_a_firm() -> None:
    text = "The ship's managers, Sorrel Line, said it rained."
    (claim,) = resolved(text, "Sorrel Line/ORG", ("The ship's managers, Sorrel Line,", "it rained"))
    assert (claim.source_name, claim.source_kind, claim.anonymous) == ("Sorrel Line", "organization", False)


def test_who_is_asked_about_does_not_answer() -> None:
    ents = "Laura Dorn/PERSON"
    (claim,) = resolved("Asked about Laura Dorn, she said it rained.", ents, ("she", "it rained"))
    assert claim.source_name is None
    (claim,) = resolved("Laura Dorn left. Asked why, she said it rained.", ents, ("she", "it rained"))
    assert claim.source_name == "Laura Dorn"


def test_himself_is_whom_its_own_sentence_names() -> None:
    text = "Ivo Dorn spoke. He left. He met him. He said no. With him left, for Kenneth Pell to himself."
    reading, doc = read_article(article_of(text, (), ())), typed(text)
    named = [
        Named(text.index(name), text.index(name) + len(name), "PERSON", name)
        for name in ("Ivo Dorn", "Kenneth Pell")
    ]
    mentions = [each for each in find_mentions(doc, places(doc, reading), named) if each.sort == "person"]
    own = mentions[-1].sentence
    antecedent = build_chains(doc, mentions, load_ranker()).antecedents[-1]
    assert doc[mentions[-1].first].text == "himself"
    assert antecedent is not None and antecedent.sentence == own


def test_members_of_a_group() -> None:
    text = "Snow fell, three militia commanders said.\n“It was cold,” said one.\n“We left,” another said."
    group = {"source_kind": "group", "source_count": 3}
    claims = [
        ("three militia commanders", "Snow fell", group),
        ("one", "“It was cold,”"),
        ("another", "“We left,”"),
    ]
    found = resolved(text, "", *claims)
    assert [(each.antecedent, each.source_count, each.source_kind) for each in found[1:]] == [
        ("three militia commanders", 1, "person"),
        ("three militia commanders", 1, "person"),
    ]
    assert all(each.anonymous and each.source_name is None for each in found)


def test_a_group_in_this_paragraph_comes_before_one_that_spoke_further_up() -> None:
    text = "It rained, three commanders said.\nThe analysts left. Some said it froze."
    group = {"source_kind": "group", "source_count": 3}
    *_, some = resolved(text, "", ("three commanders", "It rained", group), ("Some", "it froze"))
    assert some.antecedent == "The analysts"


def test_one_of_several_with_an_apposition_is_drawn_from_them() -> None:
    text = "It rained, three officials said. One of the officials, a general, said it froze."
    group = {"source_kind": "group", "source_count": 3}
    one = "One of the officials, a general,"
    *_, found = resolved(text, "", ("three officials", "It rained", group), (one, "it froze"))
    assert (found.antecedent, found.source_count) == ("three officials", 1)


def test_the_other_with_a_clause_is_drawn_from_them() -> None:
    text = "It rained, two officials said. The other, who left, said it froze."
    group = {"source_kind": "group", "source_count": 2}
    *_, found = resolved(text, "", ("two officials", "It rained", group), ("The other, who left", "it froze"))
    assert (found.antecedent, found.source_count) == ("two officials", 1)


def test_i_in_a_labelled_turn_is_whom_the_label_names() -> None:
    text = "Minister: I know it rained."
    outer, inner = resolved(text, "", ("Minister", "I know it rained", {"cue": ":"}), ("I", "it rained"))
    assert (outer.source_kind, inner.source_kind, inner.antecedent) == ("person", "person", "Minister")


@pytest.mark.parametrize(
    ("source", "antecedent"),
    [
        ("One of the envoys", "two envoys"),
        ("One of the generals", None),
        ("Another", "two envoys"),
        ("One, from Aden", "two envoys"),
        ("Neither man", "two envoys"),
    ],
)
def test_one_of_a_group_that_is_named_is_of_no_other(source: str, antecedent: str | None) -> None:
    text = f"It rained, two envoys said. {source} said it froze."
    group = {"source_kind": "group", "source_count": 2}
    *_, found = resolved(text, "", ("two envoys", "It rained", group), (source, "it froze"))
    assert found.antecedent == antecedent


def test_another_after_one_survivor_is_no_envoy() -> None:
    text = "It rained, two envoys said. One survivor said it poured. Another said it froze."
    group = {"source_kind": "group", "source_count": 2}
    claims = ("two envoys", "It rained", group), ("One survivor", "it poured"), ("Another", "it froze")
    assert resolved(text, "", *claims)[-1].antecedent is None


def test_they_are_those_who_just_spoke_together() -> None:
    text = "It rained, Ivo Dorn and Kenneth Pell said. The fund is large, they said."
    members = tuple(
        SourceMember(name, text.index(name), text.index(name) + len(name), "person", None, None, None, None)
        for name in ("Ivo Dorn", "Kenneth Pell")
    )
    both = {"source_kind": "group", "source_members": members, "anonymous": False}
    claims = ("Ivo Dorn and Kenneth Pell", "It rained", both), ("they", "The fund is large")
    *_, they = resolved(text, PELL_AND_DORN, *claims)
    assert (they.antecedent, they.anonymous) == ("Ivo Dorn and Kenneth Pell", False)


def test_all_six_are_the_six_before() -> None:
    text = "It rained, six survivors said. All six said it froze."
    group = {"source_kind": "group", "source_count": 6}
    *_, found = resolved(text, "", ("six survivors", "It rained", group), ("All six", "it froze"))
    assert (found.antecedent, found.source_count) == ("six survivors", 6)


def test_a_body_named_after_the_complement_of_its_noun() -> None:
    text = "Yes, the company of the year, Dorn Works, left. The company said it rained."
    (claim,) = resolved(text, "Dorn Works/ORG", ("The company", "it rained"))
    assert claim.source_name == "Dorn Works"


def test_one_of_them_who_is_named() -> None:
    text = "Witnesses said no. One of them, Zahid Anwar, said it rained."
    claims = [("Witnesses", "no", {"source_kind": "group"}), ("One of them, Zahid Anwar,", "it rained")]
    assert resolved(text, "Zahid Anwar/PERSON", *claims)[1].source_name == "Zahid Anwar"


def test_nobody_to_draw_from() -> None:
    (found,) = resolved("One said it rained.", "", ("One", "it rained"))
    assert (found.antecedent, found.source_name, found.anonymous) == (None, None, True)


@pytest.mark.parametrize(("kinds", "authors", "name"), [
    (("comment",), ("Griz",), "Griz"),
    (("body",), ("Ann Hale",), "Ann Hale"),
    (("body",), ("Ann Hale", "Ivo Dorn"), None),
    (("body",), (), None),
])  # fmt: skip
def test_i_is_the_author(kinds: tuple[str, ...], authors: tuple[str, ...], name: str | None) -> None:
    (found,) = resolved("I said it rained.", "", ("I", "it rained"), kinds=kinds, authors=authors)
    assert (found.source_name, found.source_kind, found.anonymous) == (name, "author", name is None)


def test_i_in_an_interview_is_who_answers() -> None:
    text = "Hale: It rained.\nIvo Dorn: It froze.\nHale: It poured.\nDorn: No.\nThen we said it thawed."
    said = (("Hale", "It rained"), ("Ivo Dorn", "It froze"), ("Hale", "It poured"), ("Dorn", "No"))
    colon: dict[str, object] = {"cue": ":"}
    turns = [(name, words, colon) for name, words in said]
    people, writer = "Hale/PERSON Ivo Dorn/PERSON Dorn/PERSON", ("Ann Hale",)
    assert resolved(text, people, *turns, ("we", "it thawed"), authors=writer)[-1].source_name == "Ivo Dorn"
    labels = turns[:3]  # one speaks but once: no interview
    assert resolved(text, people, *labels, ("we", "it thawed"), authors=writer)[-1].source_name == "Ann Hale"


def test_i_in_a_quotation_is_its_speaker() -> None:
    text = "“I told him it rained,” Ann Hale said."
    outer, inner = ("Ann Hale", "“I told him it rained,”"), ("I", "it rained")
    found = resolved(text, "Ann Hale/PERSON", outer, inner, authors=("Ivo Dorn",))
    assert (found[1].source_name, found[1].parent_claim_id, found[1].source_kind) == (
        "Ann Hale",
        "d#c0",
        "person",
    )


def test_a_missing_source_is_anonymous() -> None:
    (found,) = resolved("Sources say it rained.", "", ("", "it rained", {"anonymous": False}))
    assert found.anonymous and found.source_name is None


def test_an_institution_is_no_anonymous_source() -> None:
    (found,) = resolved(
        "Police said it rained.",
        "",
        ("Police", "it rained", {"source_kind": "organization", "anonymous": False}),
    )
    assert not found.anonymous and found.source_name is None


def test_the_second_of_two_officials_is_drawn_from_them() -> None:
    _, found = resolved(
        "Two officials said it rained. The second official said it snowed.",
        "",
        ("Two officials", "it rained", {"source_kind": "group", "source_count": 2}),
        ("The second official", "it snowed"),
    )
    assert (found.antecedent, found.source_count) == ("Two officials", 1)


@pytest.mark.parametrize("source", ["The second driver", "A second official"])
def test_who_is_none_of_those_that_spoke_is_not_drawn_from_them(source: str) -> None:
    _, found = resolved(
        f"Two officials said it rained. {source} said it snowed.",
        "",
        ("Two officials", "it rained", {"source_kind": "group", "source_count": 2}),
        (source, "it snowed"),
    )
    assert found.antecedent is None


def test_it_may_be_a_document_that_spoke_in_the_paragraph() -> None:
    _, found = resolved(
        "The report lists the dead. It does not say why.",
        "",
        ("The report", "the dead", {"source_kind": "document"}),
        ("It", "why"),
    )
    assert (found.antecedent, found.source_kind) == ("The report", "document")


@pytest.mark.parametrize("anonymous", [True, False])
def test_it_is_as_anonymous_as_the_body_it_stands_for(anonymous: bool) -> None:
    _, found = resolved(
        "The company said sales fell. It blamed the rain.",
        "",
        ("The company", "sales fell", {"source_kind": "organization", "anonymous": anonymous}),
        ("It", "the rain", {"source_kind": "organization", "anonymous": False}),
    )
    assert (found.antecedent, found.anonymous) == ("The company", anonymous)


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        ([(0, 50), (10, 20)], {1: 0}),
        ([(0, 50), (10, 40), (20, 30)], {1: 0, 2: 1}),
        ([(0, 50), (0, 50)], {}),
        ([(0, 20), (10, 30)], {}),
        ([(0, 20), (30, 40)], {}),
    ],
)
def test_parents(contents: list[tuple[int, int]], expected: dict[int, int]) -> None:
    article = article_of("x" * 60, (), ())
    claims = [
        dataclasses.replace(claim_of(n, article, "", "x", 0), content_spans=(Range(*each),))
        for n, each in enumerate(contents)
    ]
    assert find_parents(claims) == {f"d#c{child}": f"d#c{outer}" for child, outer in expected.items()}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("it rained", "say"), ("The account", "confirm")], {1: 0}),
        ([("it rained", "say"), ("this", "deny")], {1: 0}),
        ([("it rained", "say"), ("that it rained", "deny")], {}),
        ([("it rained", "say"), ("the report", "say")], {}),
        ([("he stole", "accuse"), ("it rained", "say"), ("the charges", "deny")], {2: 0}),
        ([("it rained", "say"), ("the account", "confirm"), ("the account", "confirm")], {1: 0, 2: 0}),
        ([("it rained", "say"), ("the same", "say")], {1: 0}),
        ([("to comment", "decline"), ("this", "deny")], {}),
        ([("this", "deny")], {}),
        ([("it rained", "say"), ("that the report was false", "say")], {1: 0}),
        ([("it rained", "say"), ("that the street was wet", "say")], {}),
        ([("he ordered it shut", "say"), ("the order", "confirm")], {1: 0}),
        ([("it rained", "say"), ("the bill", "deny")], {}),
        ([("it rained", "say"), ("giving any such order", "deny")], {1: 0}),
        ([("it rained", "say"), ("what the officers said", "confirm")], {1: 0}),
        ([("it rained", "say"), ("that “it pours”", "confirm")], {}),
    ],
)
def test_supported(rows: list[tuple[str, str]], expected: dict[int, int]) -> None:
    text = " ".join(content for content, _ in rows)
    article, claims, at = article_of(text, (), ()), [], 0
    for n, (content, cue_class) in enumerate(rows):
        claims.append(claim_of(n, article, "", content, at, cue_class=cue_class))
        at = claims[-1].content_spans[0].end
    assert find_supported(claims, {}) == {f"d#c{child}": f"d#c{outer}" for child, outer in expected.items()}


@pytest.mark.parametrize(
    ("second", "content", "expected"),
    [
        (("say", True), "the accusation", 0),
        (("say", False), "the accusation", 1),
        (("say", False), "a statement by the governor, Nawfal Dorn", None),
        (("say", False), "a statement by the governor, Laura Hale", 1),
        (("say", False), "those of Nawfal Dorn", None),
    ],
)
def test_what_says_nothing_is_not_supported(
    second: tuple[str, bool], content: str, expected: int | None
) -> None:
    rows = [("A man", "it rained"), ("Laura Hale", "it poured"), ("Police", content)]
    article, claims, at = article_of("\n".join(f"{who} {what}" for who, what in rows), (), ()), [], 0
    for n, (who, what) in enumerate(rows):
        cue_class, negated = second if n == 1 else ("deny" if n == 2 else "say", False)
        claims.append(claim_of(n, article, who, what, at, cue_class=cue_class, negated=negated))
        at = claims[-1].content_spans[0].end
    assert find_supported(claims, {}) == ({} if expected is None else {"d#c2": f"d#c{expected}"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("the villagers' version", 0),
        ("the doctor's account", 1),
        ("what the doctor said", 1),
        ("the claims", 1),
        ("the figure", 0),
    ],
)
def test_supported_claim_is_the_one_meant(content: str, expected: int) -> None:
    rows = [("Villagers", "40 people died"), ("A doctor", "the ward was full"), ("Police", content)]
    article, claims, at = article_of("\n".join(f"{who} {what}" for who, what in rows), (), ()), [], 0
    for n, (who, what) in enumerate(rows):
        claims.append(claim_of(n, article, who, what, at, cue_class="confirm" if n == 2 else "say"))
        at = claims[-1].content_spans[0].end
    assert find_supported(claims, {}) == {"d#c2": f"d#c{expected}"}


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("a senior Iraqi official said", ["a senior Iraqi official"]),
        ("the head of the bank", ["the head", "the bank"]),
        ("his lawyer met her", ["his lawyer"]),
        ("he said no", []),
        ("", []),
    ],
)
def test_noun_phrases(text: str, phrases: list[str]) -> None:
    where = places(typed(text), read_article(article_of(text, (), ())))
    assert [where.text_of(first, last) for first, last in noun_phrases(where)] == phrases


def test_an_article_of_pronouns_only() -> None:
    text = "He said she said they said it. " * 200
    claims = [("He", "she said they said it")]
    (found,) = resolved(text.strip(), "", *claims)
    assert (found.source_name, found.antecedent, found.anonymous) == (None, None, True)


PRONOUNS = (
    "He|She|It|They|We|I|You|Who|This|That|These|Those|Some|Many|Others|Another|Both|One|Each|Everybody|"
    "Nobody|Somebody|None of them|Two of them|One of them|The former|The latter|He and she"
).split("|")


@pytest.mark.parametrize("around", ["", "They left. ", "She told him. They told her. "])
@pytest.mark.parametrize("source", PRONOUNS)
def test_among_pronouns_every_source_stays_unnamed(source: str, around: str) -> None:
    text = f"{around}{source} said it was theirs. He denied this. “I saw it,” she said to them."
    claims = [(source, "it was theirs"), ("He", "this"), ("she", "“I saw it,”"), ("I", "it,")]
    found = resolved(text, "", *claims)
    assert len(found) == 4
    assert all((each.source_name, each.anonymous) == (None, True) for each in found)
    assert all(each.antecedent is None or each.antecedent in text for each in found)


def test_an_article_of_nothing_but_pronouns_names_nobody() -> None:
    text = " ".join(f"{source}. They. Them. Theirs." for source in PRONOUNS)
    article = article_of(text, (), ())
    reading, doc = read_article(article), typed(text)
    assert [each.name for each in find_entities(doc, reading, article)] == [
        None
    ]  # the "Two" of "Two of them"
    assert resolve(doc, reading, article, [], []) == []


def test_no_claims_no_work() -> None:
    assert resolved("Kenneth Hale left.", HALE) == []


def seconds_for(n: int) -> float:
    text = " ".join(
        f"Ann Hale{chr(97 + k % 26)}{chr(97 + k // 26 % 26)}{chr(97 + k // 676)} left. He said no."
        for k in range(n)
    )
    ents = " ".join(f"{name}/PERSON" for name in sorted(set(re.findall(r"Ann Hale\w+", text)))[:1])
    article = article_of(text, (), ())
    claims, at = [], 0
    for k in range(n):
        claims.append(claim_of(k, article, "He", "no", at))
        at = claims[-1].content_spans[0].end
    reading, doc = read_article(article), typed(text)
    del ents
    doc.ents = [doc.char_span(*match.span(), label="PERSON") for match in re.finditer(r"Ann Hale\w+", text)]
    begun = time.perf_counter()
    assert len(resolve(doc, reading, article, find_entities(doc, reading, article), claims)) == n
    return time.perf_counter() - begun


def test_many_names_and_claims_take_near_linear_time() -> None:
    seconds_for(20)
    assert seconds_for(2000) < 40 * seconds_for(200)
