"""To whom it was said, of whom, and who reports it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from pipeline.claims.lexicon import Lexicon, lemmas
from pipeline.schema import Article, Segment

Taken = Sequence[tuple[int, int]]

DIRECT_OBJECT = frozenset(
    "tell inform assure remind notify brief warn ask advise reassure email e-mail text phone message cable "
    "urge beg implore exhort order instruct lecture interview".split()
)
"""Verbs whose object is the one spoken to: "told reporters"."""

FEELING_TOO = frozenset("assure reassure remind".split())
"""Those of them whose passive tells what somebody thinks: "she is assured of winning"."""

ASKING = frozenset("question press quiz grill".split())
"""Verbs of an interview besides "ask", whose object is the one spoken to."""

AFTER_ASKED = frozenset("about if whether why how what when where".split())
"""What follows "asked" where somebody is asked."""

SPOKEN_OF = frozenset(
    "accuse arrest attack blame call challenge charge condemn consider criticise criticize deem denounce "
    "describe expect know lambast mention pillory regard see view".split()
)
"""Verbs whose object is spoken of."""

TO_WHOM = frozenset(
    "say speak talk write reply respond explain complain confess admit confirm "
    "suggest announce report describe deny comment signal declare state repeat read remark boast "
    "whisper appeal shout mention reveal disclose".split()
)
"""Verbs that take "to" or "with" before the one spoken to: "said to reporters"."""

PASSIVE = (DIRECT_OBJECT - FEELING_TOO) | ASKING | SPOKEN_OF
"""Verbs whose passive has no source before it."""

PARTICIPLE_ENDINGS = ("ed", "told", "known", "seen")
"""How the participles of those verbs end."""

HAS_OR_IS = frozenset({"'s", "’s"})
"""What may be "has" as well as "is": "who's called for"."""

INTERVIEWS = frozenset(
    "interview conversation email e-mail letter message statement text call comment remark".split()
)
ARTICLES = ("a", "an", "the")
OUTLET_ARTICLES = frozenset("The Le La Les El Il Lo Der Die Das O De Het".split())
"""With a capital in mid-sentence, the article belongs to the name, as it does in those of newspapers."""

N_WORDS_AFTER = 8
"""How far after the cue "to" may stand: "said late on Friday in a letter to the court"."""

CLAUSE_WORDS = frozenset("who that which after".split())
NOUN_TAGS = frozenset("NOUN PROPN PRON X".split())
NAME_TAGS = frozenset("PROPN NOUN ADJ NUM DET X PRON".split())
NO_ADDRESSEE = frozenset(
    "that it this what how why when where whether if nothing something more today yesterday tonight i he she "
    "they we one there".split()
)


@dataclass(frozen=True, slots=True)
class Addressee:
    """The one spoken to, as written without its article; ``label`` of the entity, if it is one."""

    text: str
    label: str


def find_addressee(
    doc: Doc, cue: Span | None, source: Span | None, taken: Sequence[tuple[int, int]]
) -> Addressee | None:
    """The one spoken to ("told Middle East Eye"); ``None`` if nobody is named.

    ``taken`` are the ranges of the content, which is not searched.
    """
    own = [(source.start_char, source.end_char)] if source is not None else []
    if cue is not None and (found := _from_cue(doc, cue, [*taken, *own])) is not None:
        return found
    return _from_clause(source) if source is not None else None


def is_passive(cue: Span | None, source: Span | None) -> bool:
    """Whether what stands before a passive cue is no source but its object: "she was told", "he is accused".

    PolNeAR has some 240 passive cues of these verbs, and before four of them a source.
    """
    if cue is None or source is None or source.end > cue.start:
        return False
    asked = cue[0].lower_ == "asked" and source.end == cue.start - 1 and cue.doc[source.end].text == ","
    if asked and cue.start + 1 < len(cue.doc) and cue.doc[cue.start + 1].lower_ in AFTER_ASKED:
        return True  # "Hale, asked whether she knew,"
    return any(
        token.lower_.endswith(PARTICIPLE_ENDINGS)
        and lemmas(token.text, "VERB")[0] in PASSIVE
        and _has_be_before(token, source.end)
        for token in cue
    )


def _has_be_before(verb: Token, start: int) -> bool:
    """Whether a form of "be" or "get" helps a verb, adverbs aside; nothing before token ``start`` counts."""
    before = reversed(verb.doc[start : verb.i])
    helper = next((token for token in before if token.pos_ not in ("ADV", "PART")), None)
    return (
        helper is not None
        and helper.text not in HAS_OR_IS
        and bool({"be", "get"} & set(lemmas(helper.text, "VERB")))
    )


def passive_addressee(cue: Span, subject: Span) -> Addressee | None:
    """The subject of a passive cue, where the verb is one of speaking to somebody: "she was told"."""
    spoken_to = {lemmas(token.text, "VERB")[0] for token in cue} & (DIRECT_OBJECT | ASKING)
    start = subject.start + (subject[0].lower_ in ARTICLES)
    return _noun_phrase(subject.doc, start, []) if spoken_to else None


def _from_cue(doc: Doc, cue: Span, taken: Taken) -> Addressee | None:
    for token in cue:
        lemma = lemmas(token.text, "VERB")[0]
        at = token.i + 1
        if token.pos_ != "PROPN" and lemma in DIRECT_OBJECT:
            found = _noun_phrase(doc, at, taken) or _within_content(doc, at, taken)
            if found is not None:
                return found
        if lemma == "call" and at < len(doc) and doc[at].lower_ in ("on", "upon"):
            return _noun_phrase(doc, at + 1, taken)
        if lemma in TO_WHOM or lemma in DIRECT_OBJECT or token.lower_ in INTERVIEWS:
            return _after_preposition(doc, at, cue.end, taken)
    return None


def _within_content(doc: Doc, start: int, taken: Taken) -> Addressee | None:
    """The one spoken to where the model left him to the content: "told [this reporter that it rained]"."""
    if start >= len(doc) or not _is_taken(doc[start], taken):
        return None
    found = _noun_phrase(doc, start, [])
    end = start
    while end < len(doc) and _goes_on(doc, start, end):
        end += 1
    follows = doc[end].lower_ if end < len(doc) else ""
    return found if follows in ("that", "“", '"', "whether", "how", "why") else None


def _after_preposition(doc: Doc, start: int, cue_end: int, taken: Taken) -> Addressee | None:
    """What follows "to", or "with" after an interview, within a few words of the cue."""
    interview = False
    for token in doc[start : cue_end + N_WORDS_AFTER]:
        if _is_taken(token, taken):
            return _after_object(doc, token.i, taken)
        if token.text in ".;:\n" or token.lower_ in CLAUSE_WORDS:
            return None
        interview = interview or token.lower_ in INTERVIEWS
        if token.lower_ == "to" or (token.lower_ == "with" and interview):
            follows = doc[token.i + 1] if token.i + 1 < len(doc) else None
            if follows is not None and follows.pos_ != "VERB":
                return _noun_phrase(doc, token.i + 1, taken)
        if token.pos_ == "VERB":
            return None
    return None


def _after_object(doc: Doc, start: int, taken: Taken) -> Addressee | None:
    """What follows "to" right after the content: "confirmed parts of the story to Channel Six"."""
    end = start
    while end < len(doc) and _is_taken(doc[end], taken):
        end += 1
    if end + 1 >= len(doc) or doc[end].lower_ != "to" or doc[end + 1].pos_ == "VERB":
        return None
    return _noun_phrase(doc, end + 1, taken)


def _from_clause(source: Span) -> Addressee | None:
    """An outlet inside the source: "multiple sources that spoke to SaraACarter.com"."""
    for token in source:
        if lemmas(token.text, "VERB")[0] in ("speak", "talk") and token.i + 1 < source.end:
            return _after_preposition(source.doc, token.i + 1, token.i + 1, [])
    return None


def _noun_phrase(doc: Doc, start: int, taken: Taken) -> Addressee | None:
    """The noun phrase that begins at token ``start``, without its article."""
    end = start
    while end < len(doc) and not _is_taken(doc[end], taken) and _goes_on(doc, start, end):
        end += 1
    # One word after an article is a noun, whatever the tagger took it for.
    while (
        end > start
        and doc[end - 1].pos_ not in NOUN_TAGS
        and not (end - start == 2 and doc[start].lower_ in ARTICLES)
    ):
        end -= 1
    while start < end and doc[start].text in ARTICLES:
        start += 1
    text = doc[start:end].text.strip()
    return Addressee(text, doc[end - 1].ent_type_) if text and text.lower() not in NO_ADDRESSEE else None


def _goes_on(doc: Doc, start: int, i: int) -> bool:
    """Whether token ``i`` goes on with the noun phrase from ``start``."""
    token = doc[i]
    if token.pos_ == "PRON":
        return i == start
    if (
        i > start
        and doc[i - 1].pos_ == "PRON"
        and doc[i - 1].lower_ not in ("his", "her", "its", "their", "my", "our")
    ):
        return False
    if token.pos_ in NAME_TAGS:
        return not re.fullmatch(
            r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|today|tonight|last", token.text
        )
    inner = (
        0 < i < len(doc) - 1
        and not doc[i].whitespace_
        and not doc[i - 1].whitespace_
        and token.text in "-/&.'’"
    )
    genitive = token.text in ("'s", "’s") or (token.text in "'’" and doc[i - 1].text.endswith("s"))
    named = token.lower_ in ("of", "and", "&", "for") and doc[i - 1].text[:1].isupper() and i + 1 < len(doc)
    joined = token.lower_ == "of" and i > start
    return bool(inner or (genitive and i > start) or (named and _capital_next(doc, i)) or joined)


def _capital_next(doc: Doc, i: int) -> bool:
    return doc[i + 1].text[:1].isupper()


def _is_taken(token: Token, taken: Taken) -> bool:
    return any(start <= token.idx < end for start, end in taken)


def find_reporter(
    article: Article, segment: Segment, addressee: Addressee | None, lexicon: Lexicon
) -> str | None:
    """Who reports a claim of this segment.

    The writer of the segment, where it has one of its own (a comment, an excerpt's outlet); the outlet that
    it was told to; the agency, the byline, the publisher.
    """
    document = article.document
    if segment.kind == "comment":
        return segment.author
    if addressee is not None and _is_outlet(addressee, lexicon):
        return addressee.text
    authors = ", ".join(document.authors) if document.authors else None
    return segment.author or document.agency or authors or document.publisher


def _is_outlet(addressee: Addressee, lexicon: Lexicon) -> bool:
    """Whether one told something is a news outlet, by its name, or by the article of newspapers' names."""
    if lexicon.is_outlet(addressee.text):
        return addressee.label != "PERSON"
    first, *others = addressee.text.split()
    named = bool(others) and all(word[:1].isupper() for word in others)
    return named and first in OUTLET_ARTICLES and addressee.label not in ("PERSON", "GPE", "LOC", "NORP")
