"""``Doc`` → names, dates and amounts: the model's entities, completed by rules, each with its name here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from pipeline import names
from pipeline.entities.fullest import NameMention, fullest_forms
from pipeline.entities.materiel import find_materiel
from pipeline.entities.measures import find_measures
from pipeline.schema import Article, Entity, Reading

CONFIDENCE_KEY = "newsclaims_entity_confidence"
"""Key of ``doc.user_data``: ``{(start_char, end_char): probability}`` of the model's entities."""

RULE_CONFIDENCE = {
    "MONEY": 0.95, "PERCENT": 0.98, "QUANTITY": 0.9, "TIME": 0.8,
    "ORDINAL": 0.9, "CARDINAL": 0.9, "WEAPON": 0.7, "VEHICLE": 0.7,
}  # fmt: skip
"""Confidence of a rule's entities: set by hand, not measured; no data set annotates most of these labels."""

_EDGE = ' \t\n\r\xa0"“”«»,;:'
_ARTICLE = re.compile(r"(?:the|an|a)\s+", re.IGNORECASE)
_INITIALS = re.compile(r"A [A-Z]\.? [A-Z]")
"""What "A M Khan" begins with: no article."""
_PARTY = re.compile(r",? ?\(?[RDI]-[A-Z][\w.]*\)?$")
"""Whom somebody represents in Washington: "Ann Hale, R-Ky."."""
_LOOSE_END = re.compile(r"(?<=\w)(?:\s+(?:of|at|on|in|for|by|to|with|from|and|the))+$")
_FORMS_OF_ADDRESS = frozenset("Mr. Mr Mrs. Mrs Ms. Ms Dr. Dr".split())
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$")
_EDITORIAL = re.compile(r"\[[^\[\]\n]*?((?:[A-Z][\w'’.-]*\s+)+(?:[a-z]{1,3}-)?)\]?$")
_UNFINISHED = ("-", "'", "’", "Mc", "Mac")
_REST_OF_NAME = re.compile(r"[^\W\d_a-z][\w’']*(?:-\w+)*")
_GAP = re.compile(r" {2,}")
_EMPTY_LINE = re.compile(r"\n\s*\n")
_OWNER = re.compile(r"[^'’]*(?:['’]s|(?<=s)['’]) (?=[A-Z])")
_SON_OF = re.compile(r"(?:bin|ibn|ben|bint|binti|ould|ag) [A-Z]")
_GIVEN_NAME = re.compile(r"(?<![^\s(“\"])[A-Z][^\W\d_]+(?:[-'’][^\W\d_]+)* $")
_TITLE_WINDOW_CHARS = 60
"""How far before a person's name titles are looked for: four words of fifteen letters."""


@dataclass(frozen=True, slots=True)
class _Span:
    """An entity in the reading's text, before it has a name."""

    start: int
    end: int
    label: str
    confidence: float


def find_entities(doc: Doc, reading: Reading, article: Article, *, least: float = 0.0) -> list[Entity]:
    """The entities of an article in text order, without overlap.

    The model's spans, but those of less confidence than ``least``, keep their place; a rule adds where the
    model gives nothing, and an amount of money or a percentage also takes the place of numbers inside it.
    ``name`` is null for dates, numbers, weapons and vehicles.
    """
    text = reading.text  # spaCy joins the tokens anew each time it is asked for the Doc's
    found = [span for span in _of_model(doc, reading, article) if span.confidence >= least]
    spans = _settled(found, list(_of_rules(doc, text)), len(text))
    spans = [span for span in spans if _in_one_block(span, reading)]
    mentions = [_mention(span, text) for span in spans if span.label in names.NAME_LABELS]
    forms = fullest_forms(mentions, text)
    named = {(mention.start, mention.end): form for mention, form in zip(mentions, forms, strict=True)}
    return [
        _entity(n, span, named.get((span.start, span.end)), reading, article) for n, span in enumerate(spans)
    ]


def _of_model(doc: Doc, reading: Reading, article: Article) -> Iterator[_Span]:
    text = reading.text
    confidences = doc.user_data.get(CONFIDENCE_KEY, {})
    labels = {ent.start_char: (ent.end_char, ent.label_) for ent in doc.ents}
    done = 0
    for ent in doc.ents:
        if ent.start_char < done:
            continue  # the rest of a name before it
        if len(ent) == 1 and (_is_no_name(ent[0]) or _is_title_of(ent, labels)):
            continue
        confidence = confidences.get((ent.start_char, ent.end_char), 1.0)
        for first, last in _paragraphs(ent, reading, article):
            start, end = _trimmed(text, first, last)
            if ent.label_ == "PERSON":
                start, end = _with_editorial(text, start, end), _past_editorial(text, start, end, labels)
                start = _with_given_name(text, *_without_owner(text, start, end))
            if start < end and not _is_editors_title(text[start:end]):
                done = end
                yield _Span(start, end, ent.label_, confidence)


def _paragraphs(span: Span, reading: Reading, article: Article) -> Iterator[tuple[int, int]]:
    """The parts of a name in each paragraph: none goes on below an empty line."""
    start, end = span.start_char, span.end_char
    for gap in _GAP.finditer(reading.text, start, end):
        raw = reading.raw(*gap.span())
        if _EMPTY_LINE.search(article.document.text, raw.start, raw.end):
            yield start, gap.start()
            start = gap.end()
    yield start, end


def _without_owner(text: str, start: int, end: int) -> tuple[int, int]:
    """A person's name without whose the person is: "the Greens' Ann Hale"."""
    owner = _OWNER.match(text, start, end)
    return (owner.end(), end) if owner else (start, end)


def _with_given_name(text: str, start: int, end: int) -> int:
    """Where a name begins that was cut before "bin" and the like: "Said" of "Said bin Hamad"."""
    before = _GIVEN_NAME.search(text, max(0, start - _TITLE_WINDOW_CHARS), start)
    return before.start() if before and _SON_OF.match(text, start, end) else start


def _is_no_name(token: Token) -> bool:
    """Whether a word that stands alone is a pronoun, part of a title, or an address, of people or the net."""
    if token.i > 1 and token.nbor(-1).lower_ == "of":
        title, rest = names.split_title(token.doc[token.i - 2 : token.i + 1].text)
        if title and not rest:
            return True  # "Secretary of State"
    is_address = token.like_email or token.lower_.startswith(("www.", "http"))  # "Salon.com" is a name
    return is_address or token.text in _FORMS_OF_ADDRESS or (token.pos_ == "PRON" and token.is_lower)


def _is_title_of(ent: Span, labels: Mapping[int, tuple[int, str]]) -> bool:
    """Whether a person is the title of the one that follows: "Ayatollah" before "Ali Khamenei"."""
    _, following = labels.get(ent.end_char + 1, (0, ""))
    return ent.label_ == following == "PERSON" and not names.split_title(ent.text)[1]


def _of_rules(doc: Doc, text: str) -> Iterator[_Span]:
    words = [token.lower_ for token in doc]
    for found in (*find_measures(doc, text, words), *find_materiel(doc, words)):
        yield _Span(found.start, found.end, found.label, RULE_CONFIDENCE[found.label])


def _settled(model: list[_Span], rules: list[_Span], n_chars: int) -> list[_Span]:
    """Model and rule spans without overlap, in text order: amounts over bare numbers, else the model
    first."""
    amounts = bytearray(n_chars)
    for span in rules:
        if span.label in {"MONEY", "PERCENT"}:
            _mark(amounts, span)
    model = [span for span in model if not all(amounts[span.start : span.end])]
    kept, taken = [], bytearray(n_chars)
    for span in (*model, *rules):
        if not any(taken[span.start : span.end]):
            _mark(taken, span)
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def _mark(chars: bytearray, span: _Span) -> None:
    chars[span.start : span.end] = b"\1" * (span.end - span.start)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The range without quotation marks, commas, leading article, possessive and what only leads on ("School
    of") at its edges."""
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    article = None if _INITIALS.match(text, start, end) else _ARTICLE.match(text, start, end)
    start = article.end() if article and article.end() < end else start
    possessive = _POSSESSIVE.search(text[start:end])
    end = start + possessive.start() if possessive and possessive.start() else end
    party = _PARTY.search(text, start, end)
    end = party.start() if party and party.start() > start else end
    loose = _LOOSE_END.search(text, start, end)
    return start, loose.start() if loose else end


def _with_editorial(text: str, start: int, end: int) -> int:
    """Where a name begins whose first part an editor put in brackets: "[Government spokesman Ali
    al-]Dabbagh"."""
    if "]" not in text[max(0, start - 1) : end] or "[" in text[start:end]:
        return start
    bracket = _EDITORIAL.search(text, max(0, start - _TITLE_WINDOW_CHARS), start)
    if not bracket:
        return start
    title, _ = names.split_title(bracket.group(1))
    return bracket.start(1) + (bracket.group(1).casefold().index(title) + len(title) + 1 if title else 0)


def _is_editors_title(name: str) -> bool:
    """Whether a name is a title that an editor wrote out, and nothing else: "Gen[eral" of "Gen[eral] Mark
    Reyes"."""
    return "[" in name and not names.split_title(names.tidy(name))[1]


def _past_editorial(text: str, start: int, end: int, labels: Mapping[int, tuple[int, str]]) -> int:
    """Where a name ends that was cut at the bracket an editor closed inside it: "[Ali al-]Dabbagh", "[Ali]
    Dabbagh".

    Without a space the rest is a capitalised word after a hyphen or the like; after a space it must be a
    person of its own, for another sentence may begin there.

    Args:
        labels: end and label of the model's entities, by where they start.
    """
    if text.rfind("[", max(0, start - _TITLE_WINDOW_CHARS), end) <= text.rfind("]", 0, end):
        return end
    closed = text.startswith("]", end) and text[start:end].endswith(_UNFINISHED)
    if not closed and not text.startswith("] ", end):
        return end
    rest = end + (1 if closed else 2)
    last, label = labels.get(rest, (rest, None))
    if label is None and closed:
        word = _REST_OF_NAME.match(text, rest)
        last, label = (word.end(), "PERSON") if word else (rest, None)
    return _trimmed(text, rest, last)[1] if label == "PERSON" else end


def _in_one_block(span: _Span, reading: Reading) -> bool:
    block = reading.block_at(span.start)
    return span.end <= block.start + block.n_chars


def _mention(span: _Span, text: str) -> NameMention:
    title = _title_before(text, span.start) if span.label == "PERSON" else None
    return NameMention(span.start, span.end, text[span.start : span.end], span.label, title)


def _title_before(text: str, start: int) -> str | None:
    """The last words before a name where they are a title: "Prime Minister" of "Iraqi Prime Minister
    Maliki"."""
    words = text[max(0, start - _TITLE_WINDOW_CHARS) : start].rsplit("\n", 1)[-1].split()
    for size in (3, 2, 1):
        title, rest = names.split_title(" ".join(words[-size:])) if len(words) >= size else (None, "")
        if title and not rest:
            return title
    return None


def _entity(n: int, span: _Span, name: str | None, reading: Reading, article: Article) -> Entity:
    raw = reading.raw(span.start, span.end)
    doc_id = article.document.doc_id
    return Entity(
        mention_id=f"{doc_id}#e{n}",
        doc_id=doc_id,
        segment_id=reading.block_at(span.start).segment_id,
        start=raw.start,
        end=raw.end,
        text=article.document.text[raw.start : raw.end],
        label=span.label,
        name=name,
        name_id=None,
        confidence=span.confidence,
    )
