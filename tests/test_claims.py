"""Whole rows of ``claims`` from Docs typed in by hand: offsets, links, parents, reporters."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from typing import Any

import pytest
from spacy.tokens import Doc, Span

from pipeline.claims import find_claims, load_lexicon
from pipeline.schema import Article, Document, Segment, read_article
from tests.typed import VOCAB, typed_doc

LEXICON = load_lexicon()
PUBLISHED = dt.datetime(2021, 5, 21, 13, 6, tzinfo=dt.UTC)


def article_of(text: str, *segments: tuple[str, str, str | None], **settings: Any) -> Article:
    """An article whose segments are (text, kind, author), in text order; the rest of ``text`` is unkept."""
    found, at = [], 0
    for n, (part, kind, author) in enumerate(segments):
        start = text.index(part, at)
        at = start + len(part)
        found.append(Segment("a", f"a#s{n}", kind, kind != "comment", start, at, part, author, None, "test"))
    fields: dict[str, Any] = dict.fromkeys(
        "url site publisher title subtitle authors agency published published_text updated language "
        "duplicate_of warnings".split()
    )
    fields |= {"doc_id": "a", "path": "a", "sha256": "0", "format": "txt", "text": text, "body": text}
    fields |= {"n_chars": len(text), "n_words": len(text.split()), "n_claims": 0, "published": PUBLISHED}
    return Article(Document(**fields | settings), tuple(found))


def linked(doc: Doc, *roles: str, spans: list[Span], parent: dict[str, str] | None = None) -> Doc:
    """``doc`` with its spans as roles of claims: "c0 source" for the first span, and so on."""
    groups: dict[str, list[Span]] = {"source": [], "cue": [], "content": []}
    for role, span in zip(roles, spans, strict=True):
        key, name = role.split()
        groups[name].append(Span(doc, span.start, span.end, label=name, span_id=key))
    for name, group in groups.items():
        doc.spans[name] = group
    doc.spans["content"].attrs.update(confidence={"c0": 0.5}, parent=parent or {})
    return doc


def test_split_quotation_with_boilerplate_between() -> None:
    raw = 'MENU\n"It rained," an\nofficial said late on Thursday.\nSHARE\n"A lot."\nFOOTER'
    doc, spans = typed_doc(
        '["/u It/r rained/v ,/u "/u] [an/d official/n] [said/v] late/b on/i Thursday/p ./u '
        '["/u A/d lot/n ./u "/u]'
    )
    article = article_of(
        raw, ('"It rained," an\nofficial said late on Thursday.', "body", None), ('"A lot."', "body", None),
        authors=("Ann Lee",),
    )  # fmt: skip
    reading = read_article(article)
    words = [token.text for token in doc]
    spaces = [bool(token.whitespace_) for token in doc]
    tags = [token.pos_ for token in doc]
    # As the tokenizer gives it: the line break between the two segments is a token.
    at = words.index("Thursday") + 2
    words.insert(at, "\n")
    spaces.insert(at, False)
    tags.insert(at, "SPACE")
    for i, word in enumerate(words):
        spaces[i] = word in ("an", "said", "official", "late", "on", "It", "A") or (word == '"' and i == 4)
    doc = Doc(doc.vocab, words=words, spaces=spaces, pos=tags)
    assert doc.text == reading.text
    moved = [doc[span.start + (span.start >= at) : span.end + (span.start >= at)] for span in spans]
    linked(doc, "c0 content", "c0 source", "c0 cue", "c0 content", spans=moved)
    (claim,) = find_claims(doc, reading, article, LEXICON)
    assert claim.content == '"It rained," … "A lot."'
    assert [raw[each.start : each.end] for each in claim.content_spans] == ['"It rained,"', '"A lot."']
    assert (claim.source, claim.source_head, claim.source_count) == ("an\nofficial", "official", 1)
    assert raw[claim.source_start : claim.source_end] == claim.source
    assert raw[claim.cue_start : claim.cue_end] == claim.cue == "said"
    assert (claim.form, claim.cue_lemma, claim.cue_class) == ("direct", "say", "say")
    assert (claim.said_when, claim.said_date) == ("late on Thursday", dt.date(2021, 5, 20))
    assert (claim.segment_id, claim.segment_kind, claim.reported_by) == ("a#s0", "body", "Ann Lee")
    assert (claim.confidence, claim.source_name, claim.anonymous) == (0.5, None, True)


def simple(
    text: str, *roles: str, kind: str = "body", author: str | None = None, **settings: Any
) -> list[Any]:
    parent = settings.pop("parent", None)
    doc, spans = typed_doc(text)
    article = article_of(doc.text, (doc.text, kind, author), **settings)
    linked(doc, *roles, spans=spans, parent=parent)
    return find_claims(doc, read_article(article), article, LEXICON)


ROLES = ("c0 source", "c0 cue", "c0 content")


@pytest.mark.parametrize(
    ("text", "addressee"),
    [
        ("[He/r] [told/v] the/d Middle/p East/p Eye/p [it/r rained/v]", "Middle East Eye"),
        ("[He/r] [told/v] reporters/n on/i Friday/p [it/r rained/v]", "reporters"),
        ("[He/r] [told/v] [it/r rained/v]", None),
        ("[He/r] [told/v] [the/d Iranian/j leader/n that/s it/r rained/v]", "Iranian leader"),
        ("[He/r] [told/v] [his/r men/n to/t leave/v]", None),
        ("[He/r] [said/v] to/i Reuters/p [it/r rained/v]", "Reuters"),
        ("[He/r] [said/v] in/i an/d interview/n with/i CNN/p [it/r rained/v]", "CNN"),
        ("[He/r] [did/x not/t reply/v to/i] [requests/n for/i comment/n]", None),
        ("[He/r] [asked/v] the/d court/n [to/t rule/v]", "court"),
        ("[He/r] [said/v] today/n [it/r rained/v]", None),
        ("[sources/n that/r spoke/v to/i SaraACarter.com/p] [said/v] [it/r rained/v]", "SaraACarter.com"),
    ],
)
def test_addressee(text: str, addressee: str | None) -> None:
    (claim,) = simple(text, *ROLES)
    assert claim.addressee == addressee


@pytest.mark.parametrize(
    ("kind", "author", "settings", "reporter"),
    [
        ("body", None, {"agency": "REUTERS", "authors": ("Ann Lee",), "publisher": "Post"}, "REUTERS"),
        ("body", None, {"authors": ("Ann Lee", "Bo Li"), "publisher": "Post"}, "Ann Lee, Bo Li"),
        ("body", None, {"publisher": "Post"}, "Post"),
        ("body", None, {}, None),
        ("comment", "Griz", {"publisher": "Post"}, "Griz"),
        ("comment", None, {"publisher": "Post"}, None),
        ("quote", "The Herald", {"authors": ("Ann Lee",)}, "The Herald"),
    ],
)
def test_reporter(kind: str, author: str | None, settings: dict[str, Any], reporter: str | None) -> None:
    (claim,) = simple("[He/r] [said/v] [it/r rained/v]", *ROLES, kind=kind, author=author, **settings)
    assert claim.reported_by == reporter


@pytest.mark.parametrize(
    ("text", "source", "addressee"),
    [
        ("[The/d minister/n] [was/x warned/v about/i] [it/r]", None, "minister"),
        ("[Ann/p Lee/p] [has/x not/t been/x told/v] [that/s it/r rained/v]", None, "Ann Lee"),
        ("[She/r] [is/x accused/v of/i] [lying/v]", None, None),
        ("[A/d man/n] [was/x arrested/v on/i suspicion/n of/i] [theft/n]", None, None),
        ("[Ann/p Lee/p] ,/u [asked/v] [whether/s it/r rained/v]", None, "Ann Lee"),
        ("[Ann/p Lee/p] ,/u [asked/v] [the/d court/n]", "Ann Lee", None),
        ("[She/r] [has/x told/v] [lies/n]", "She", None),
        ("[She/r] ,/u who/r was/x ill/j ,/u [warned/v of/i] [it/r]", "She", None),
        ("[She/r] [is/x convinced/v] [it/r rained/v]", "She", None),
    ],
)
def test_the_object_of_a_passive_is_no_source(text: str, source: str | None, addressee: str | None) -> None:
    (claim,) = simple(text, *ROLES)
    assert (claim.source, claim.addressee) == (source, addressee)


@pytest.mark.parametrize(
    ("title", "body", "found"),
    [
        ("<content Rain> , <source he> <cue says>", "<content It poured>", ("Rain", "he")),
        ("<content It rained>", "<source He> <cue said> <content it poured>", ("it poured", "He")),
        ("<source Officials>", "<cue say> <content it rained>", ("it rained", None)),
        ("<content It rained>", "<source He> <cue said> so", None),
    ],
)
def test_no_claim_reaches_into_the_headline(
    title: str, body: str, found: tuple[str, str | None] | None
) -> None:
    words, roles = [], []
    for part in re.split(r"(<.*?>)| ", f"{title} \n {body}"):
        role, _, text = (part or "").strip("<>").partition(" ")
        inner = text.split() if text else [role] if role else []
        if text:
            roles.append((role, len(words), len(words) + len(inner)))
        words += inner
    line = words.index("\n")
    doc = Doc(VOCAB, words=words, spaces=[i not in (line - 1, line) for i in range(len(words))])
    linked(doc, *(f"c0 {role}" for role, _, _ in roles), spans=[doc[a:b] for _, a, b in roles])
    first, _, second = doc.text.partition("\n")
    article = article_of(doc.text, (first, "title", None), (second, "body", None))
    claims = find_claims(doc, read_article(article), article, LEXICON)
    assert [(claim.content, claim.source) for claim in claims] == ([found] if found else [])


def test_sources_that_begin_together_end_together() -> None:
    doc, spans = typed_doc(
        "[The/d minister/n ,/u who/r was/x in/i Rome/p ,/u] [said/v] [no/r] and/c [said/v] [yes/r]"
    )
    whole, *rest = spans
    linked(
        doc, "c0 source", "c0 cue", "c0 content", "c1 source", "c1 cue", "c1 content",
        spans=[whole, *rest[:2], doc[whole.start : whole.end - 2], *rest[2:]],
    )  # fmt: skip
    article = article_of(doc.text, (doc.text, "body", None))
    claims = find_claims(doc, read_article(article), article, LEXICON)
    assert {claim.source for claim in claims} == {"The minister, who was in Rome"}


def test_no_source_reaches_over_the_end_of_a_line() -> None:
    words = "Dam will hold , says \n minister \n Rain stops".split(" ")
    doc = Doc(VOCAB, words=words, spaces=[word == "," or word.islower() for word in words])
    linked(doc, "c0 content", "c0 cue", "c0 source", spans=[doc[0:3], doc[4:5], doc[6:9]])
    article = article_of(doc.text, (doc.text, "body", None))
    assert doc[6:9].text.count("\n") == 1
    (claim,) = find_claims(doc, read_article(article), article, LEXICON)
    assert claim.source == "minister"


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("[The/d army/n on/i Monday/p] [said/v] [it/r rained/v]", "The army"),
        ("[Jo/p ,/u who/r died/v on/i Monday/p] [said/v] [it/r rained/v]", "Jo, who died on Monday"),
        ("[The/d source/n ,/u who/r] [said/v] [it/r rained/v]", "The source"),
        ("[The/d mayor/n on/i] [called/v] [it/r rain/n]", "The mayor"),
        ("[The/d men/n it/r was/x tried/v on/i] [said/v] [it/r rained/v]", "The men it was tried on"),
    ],
)
def test_what_is_no_part_of_a_source(text: str, source: str) -> None:
    (claim,) = simple(text, *ROLES)
    assert claim.source == source


@pytest.mark.parametrize(
    ("text", "n_claims"),
    [
        ("The/d minister/n ,/u [Said/p] [bin/p Hale/p] [told/v them/r it/r rained/v]", 0),
        ("The/d minister/n ,/u [said/v] [bin/p Hale/p] [told/v them/r it/r rained/v]", 1),
        ("[The/d man/n] [identified/v] [himself/r as/i Jo/p]", 0),
        ("[The/d man/n] [identified/v] [the/d car/n as/i his/r]", 1),
    ],
)
def test_what_is_part_of_a_name_is_no_cue(text: str, n_claims: int) -> None:
    doc, spans = typed_doc(text)
    name = next((span for span in spans if span.text == "bin Hale"), None)
    if name is not None:
        doc.ents = [Span(doc, name.start, name.end, "PERSON")]
        spans = [span for span in spans if span is not name]
    article = article_of(doc.text, (doc.text, "body", None))
    linked(doc, "c0 cue" if name else "c0 source", "c0 content" if name else "c0 cue",
           *([] if name else ["c0 content"]), spans=spans)  # fmt: skip
    assert len(find_claims(doc, read_article(article), article, LEXICON)) == n_claims


@pytest.mark.parametrize(
    ("later", "source"),
    [("It rained on .", "Traders"), ("DORN: It rained on .", "LAHORE: Traders")],
)
def test_a_dateline_with_a_colon_is_no_part_of_a_source(later: str, source: str) -> None:
    words = f"LAHORE : Traders said it rained . \n {later.replace(':', ' :')}".split(" ")
    pairs = itertools.pairwise([*words, "."])
    spaces = [after not in (":", ".", "\n") and word != "\n" for word, after in pairs]
    doc = Doc(VOCAB, words=words, spaces=spaces)
    linked(doc, "c0 source", "c0 cue", "c0 content", spans=[doc[0:3], doc[3:4], doc[4:6]])
    first, second = doc.text.split("\n")
    article = article_of(doc.text, (first, "body", None), (second, "body", None))
    (claim,) = find_claims(doc, read_article(article), article, LEXICON)
    assert claim.source == source


def test_told_to_an_outlet() -> None:
    (claim,) = simple("[He/r] [told/v] Reuters/p [it/r rained/v]", *ROLES, authors=("Ann Lee",))
    assert (claim.addressee, claim.reported_by) == ("Reuters", "Reuters")


def test_nothing_found() -> None:
    doc, _ = typed_doc("It/r rained/v")
    article = article_of(doc.text, (doc.text, "body", None))
    assert find_claims(doc, read_article(article), article, LEXICON) == []


def test_no_source_no_cue() -> None:
    (claim,) = simple("[It/r rained/v]", "c0 content")
    assert (claim.source, claim.source_start, claim.cue, claim.cue_lemma) == (None, None, None, None)
    assert (claim.source_kind, claim.anonymous, claim.cue_class) == ("unknown", True, "say")


@pytest.mark.parametrize(
    ("source", "kind", "count"),
    [("He/r", "person", None), ("She/r", "person", None), ("They/r", "group", None),
     ("It/r", "organization", None), ("We/r", "author", None), ("Who/r", "person", None),
     ("Both/d", "group", 2), ("Some/d", "group", None), ("Nobody/n", "person", None),
     ("That/r", "unknown", None)],
)  # fmt: skip
def test_a_source_that_is_a_pronoun_has_no_description(source: str, kind: str, count: int | None) -> None:
    (claim,) = simple(f"[{source}] [said/v] [it/r was/x theirs/r]", *ROLES)
    assert (claim.source_name, claim.source_role, claim.source_nationality) == (None, None, None)
    assert (claim.source_affiliation, claim.source_members, claim.antecedent) == (None, None, None)
    assert (claim.source_kind, claim.source_count, claim.anonymous) == (kind, count, True)


def test_an_editor_s_bracket_is_part_of_the_name() -> None:
    doc, spans = typed_doc("{/u [Spokesman/n Ali/p al/p -/u }/u Dabbagh/p] [said/v] [it/r rained/v]")
    words = [token.text.replace("{", "[").replace("}", "]") for token in doc]
    spaces = [False, True, True, False, False, False, True, True, True, False]
    doc = Doc(doc.vocab, words=words, spaces=spaces, pos=[token.pos_ for token in doc])
    linked(doc, *ROLES, spans=[doc[span.start : span.end] for span in spans])
    article = article_of(doc.text, (doc.text, "body", None))
    (claim,) = find_claims(doc, read_article(article), article, LEXICON)
    assert claim.source == "[Spokesman Ali al-]Dabbagh"
    assert (claim.source_kind, claim.source_role, claim.anonymous) == ("person", "Spokesman", False)


def test_claim_ids_depend_on_content_alone() -> None:
    text = "[He/r] [said/v] [it/r rained/v]"
    (first,) = simple(text, *ROLES)
    (second,) = simple(text, "c9 source", "c9 cue", "c9 content")
    (other,) = simple("[He/r] [said/v] [it/r poured/v heavily/b]", *ROLES)
    assert first.claim_id == second.claim_id != other.claim_id


def test_the_same_spans_twice_are_one_claim() -> None:
    doc, spans = typed_doc("[He/r] [said/v] [it/r rained/v]")
    article = article_of(doc.text, (doc.text, "body", None))
    linked(doc, *ROLES, "c1 source", "c1 cue", "c1 content", spans=[*spans, *spans])
    assert len(find_claims(doc, read_article(article), article, LEXICON)) == 1


def test_i_is_the_author_but_not_inside_a_quotation() -> None:
    (plain,) = simple("[I/r] [believe/v] [it/r rained/v]", *ROLES)
    assert plain.source_kind == "author"
    doc, spans = typed_doc("[“/u I/r think/v it/r rained/v ”/u] [he/r] [said/v]")
    article = article_of(doc.text, (doc.text, "body", None))
    inner = [doc[1:2], doc[2:3], doc[3:5]]
    roles = ("c0 content", "c0 source", "c0 cue", "c1 source", "c1 cue", "c1 content")
    linked(doc, *roles, spans=[*spans, *inner], parent={"c1": "c0"})
    outer, nested = find_claims(doc, read_article(article), article, LEXICON)
    assert nested.parent_claim_id == outer.claim_id
    assert nested.source_kind == "person"
    # The marks around both are the outer speaker's.
    assert (outer.form, nested.form) == ("direct", "indirect")
    assert outer.parent_claim_id is None
