"""Who and what an article speaks of: names, noun phrases and pronouns, with what their words tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from pipeline import names
from pipeline.resolve.ages import age_after, age_within
from pipeline.resolve.nouns import (
    ABBREVIATED,
    BODY,
    LABEL_SORTS,
    OTHER,
    PEOPLE,
    PERSON,
    PRONOUNS,
    noun,
    noun_lemma,
)
from pipeline.resolve.places import Places

NAME, NOMINAL, PRONOUN = "name", "nominal", "pronoun"
YEAR_OLD, NATIONAL = "year-old", "national"
"""Heads of "the 48-year-old" and of "the Swede", which stand for whoever was spoken of."""

_INDEFINITE = frozenset("a an another some many several few most more any no every each one".split())
_MODIFIER_TAGS = frozenset({"ADJ", "NUM", "NOUN", "PROPN"})
_PLURAL_GROUPS = frozenset("people police troops personnel staff crew others relatives youth forces".split())


@dataclass(frozen=True, slots=True)
class Named:
    """A name of the article in the reading: where, its label and its fullest form."""

    start: int
    end: int
    label: str
    name: str


@dataclass(slots=True, eq=False)
class Mention:
    """One mention. ``start`` and ``end`` count code points of the reading, ``first`` and ``last`` tokens.

    ``head`` is the noun's lemma, the pronoun's class, or empty for a name; ``words`` are the lower-case
    content words of a noun phrase, head last. ``begins`` is the token at which a name's titles and roles
    begin. ``quotation`` numbers the stretch of quoted text, 0 for none; ``own_quotations`` are those that a
    source speaks. What other mentions tell is set afterwards: frozen, and so made four times over, mentions
    took an eighth of the time of all stages after the model.
    """

    start: int
    end: int
    first: int
    last: int
    form: str
    sort: str
    head: str
    gender: str | None
    plural: bool | None
    name: str | None = None
    words: tuple[str, ...] = ()
    definite: bool = False
    indefinite: bool = False
    owned: bool = False
    use: str = "other"
    sentence: int = 0
    block: int = 0
    quotation: int = 0
    source: bool = False
    roles: tuple[tuple[str, ...], ...] = ()
    speaker: str | None = None
    begins: int = -1
    opens_sentence: bool = False
    opens_block: bool = False
    own_quotations: frozenset[int] = frozenset()
    age: int | None = None

    @property
    def is_adjective(self) -> bool:
        """Whether it is a nationality before a noun, or one of its people: "Iraqi" of "Iraqi officials"."""
        return self.form == NAME and self.sort == OTHER and self.plural is False


def find_mentions(
    doc: Doc, where: Places, named: Sequence[Named], sources: Sequence[tuple[int, int]] = ()
) -> list[Mention]:
    """Names, noun phrases for people and bodies, and personal pronouns, in text order.

    Args:
        named: the names in text order, without overlap.
        sources: ranges of the reading that are sources of claims; a mention that begins one is a ``source``.
    """
    owner = _tokens_of(doc, named)
    starts = {start for start, _ in sources}
    phrases = list(noun_phrases(doc))
    before = _roles_before(doc, phrases, owner)
    found = [name_mention(doc, where, each, span, *before.get(span[0], ())) for each, span in owner.spans]
    for first, last in phrases:
        if not any(at in owner.of for at in range(first, last)) or not owner.covers(last - 1):
            mention = nominal_mention(doc, where, first, last)
            if mention and mention.sort != OTHER:
                found.append(mention)
    found += [
        pronoun_mention(doc, where, token) for token in doc if token.lower_ in PRONOUNS and _is_pronoun(token)
    ]
    found.sort(key=lambda each: (each.first, each.last))
    for each in found:
        _mark(each, starts, doc)
    return openings(found)


def openings(mentions: list[Mention]) -> list[Mention]:
    """The mentions, the first of each sentence and of each block marked."""
    before: Mention | None = None
    for each in mentions:
        each.opens_sentence = before is None or before.sentence != each.sentence
        each.opens_block = before is None or before.block != each.block
        before = each
    return mentions


class _Owners:
    """Which tokens belong to which name."""

    def __init__(self) -> None:
        self.spans: list[tuple[Named, tuple[int, int]]] = []
        self.of: dict[int, Named] = {}

    def covers(self, token: int) -> bool:
        return token in self.of


def _tokens_of(doc: Doc, named: Sequence[Named]) -> _Owners:
    owners = _Owners()
    for each in named:
        span = doc.char_span(each.start, each.end, alignment_mode="expand")
        if span is not None and len(span) and span.start not in owners.of:
            owners.spans.append((each, (span.start, span.end)))
            owners.of |= dict.fromkeys(range(span.start, span.end), each)
    return owners


def _mark(mention: Mention, starts: set[int], doc: Doc) -> None:
    """Mark the mention as a ``source`` where it begins one: itself, or its title ("General Kenneth Hale")."""
    begin = mention.begins if mention.form == NAME else mention.first
    titles = range(begin, mention.first)
    mention.source = mention.start in starts or any(doc[at].idx in starts for at in titles)


def noun_phrases(doc: Doc) -> Iterator[tuple[int, int]]:
    """Runs of determiner, modifiers and noun, as token ranges that end with their head; found without a
    parser."""
    at, tokens = 0, list(doc)  # indexing a Doc makes a Token each time
    while at < len(tokens):
        if not _may_begin(tokens[at]):
            at += 1
            continue
        end = _phrase_end(tokens, at)
        if end > at:
            yield at, end
        at = max(end, at + 1)


def _may_begin(token: Token) -> bool:
    return token.pos_ in _MODIFIER_TAGS or token.pos_ == "DET" or _is_possessive(token)


def _is_possessive(token: Token) -> bool:
    found = PRONOUNS.get(token.lower_)
    return bool(found and found.use == "possessive" and found.kind != "who" and token.pos_ in {"PRON", "DET"})


def _phrase_end(doc: Doc | Sequence[Token], at: int) -> int:
    """One past the head noun of the phrase that begins at ``at``; ``at`` itself where there is no noun."""
    end, i = at, at
    while i < len(doc):
        token = doc[i]
        if "\n" in token.text or (i > at and (token.pos_ == "DET" or _is_possessive(token))):
            break
        if token.pos_ in {"NOUN", "PROPN"} or _is_noun_after_all(doc, i):
            end = i + 1
        elif not (token.pos_ in {"ADJ", "NUM"} or i == at or _joins(doc, i) or _is_participle(doc, i)):
            break
        i += 1
    return end


def _is_noun_after_all(doc: Doc | Sequence[Token], i: int) -> bool:
    """An adjective that is a person at the end of a phrase: "the chief executive said", "the 48-year-old"."""
    if doc[i].pos_ != "ADJ" or (i + 1 < len(doc) and doc[i + 1].pos_ in _MODIFIER_TAGS):
        return False
    known = noun(doc[i].lower_)
    return _is_year_old(doc, i) or bool(known and known.sort == PERSON and not doc[i].is_title)


def _is_year_old(doc: Doc | Sequence[Token], i: int) -> bool:
    """ "48-year-old", one token or five."""
    if doc[i].lower_.endswith("year-old"):
        return True
    return doc[i].lower_ == "old" and i > 3 and doc[i - 2].lower_ == "year" and doc[i - 1].text in "-‑"


def _joins(doc: Doc | Sequence[Token], i: int) -> bool:
    """A hyphen or a title's full stop inside the phrase."""
    return i + 1 < len(doc) and doc[i].text in "-‑.&/" and not doc[i - 1].whitespace_ and doc[i].text != "."


def _is_participle(doc: Doc | Sequence[Token], i: int) -> bool:
    token = doc[i]
    follows = i + 1 < len(doc) and doc[i + 1].pos_ in {"NOUN", "ADJ"}
    return (
        token.pos_ in {"VERB", "ADV"} and follows and doc[i - 1].pos_ in {"DET", "ADJ", "NUM", "PUNCT", "ADV"}
    )


def _roles_before(
    doc: Doc, phrases: Sequence[tuple[int, int]], owner: _Owners
) -> dict[int, tuple[int, tuple[str, ...]]]:
    """By the first token of a person's name: where its phrase begins and the role that it says, or ().

    "Government spokesman Ali Tamir" gives ``("government", "spokesman")``.
    """
    found: dict[int, tuple[int, tuple[str, ...]]] = {}
    for first, last in phrases:
        for at in range(first + 1, last):
            if at in owner.of and owner.of.get(at - 1) is not owner.of[at] and owner.of[at].label == "PERSON":
                words = content_words(doc, first, at)
                said = bool(words) and (
                    noun(words[-1]) or words[-1] in ABBREVIATED or _is_title(doc, first, at)
                )
                role = tuple(ABBREVIATED.get(word, word) for word in words) if said else ()
                found[at] = (first, role)
    return found


def _is_title(doc: Doc, first: int, last: int) -> bool:
    title, rest = names.split_title(doc[first:last].text)
    return bool(title) and not rest


def content_words(doc: Doc, first: int, last: int) -> tuple[str, ...]:
    """Lower-case words of a phrase that describe: no determiner, number or mark; nouns as lemmas."""
    words = []
    for token in doc[first:last]:
        if token.pos_ in {"NOUN", "PROPN"}:
            words.append(noun_lemma(token.text) if token.lower_ not in ABBREVIATED else token.lower_)
        elif token.pos_ in {"ADJ", "VERB"}:
            words.append(token.lower_)
    return tuple(words)


def name_mention(
    doc: Doc, where: Places, each: Named, span: tuple[int, int], begins: int = -1, role: tuple[str, ...] = ()
) -> Mention:
    """The mention of a name at tokens ``span``, with the ``role`` that its phrase says before it."""
    first, last = span
    roles = (role,) if role else ()
    sort = LABEL_SORTS.get(each.label, OTHER)
    gender = plural = None
    if sort == PERSON:
        plural = False
        gender = _told_gender(doc, each.name, first, last, roles)
    elif sort == PEOPLE and _is_one_national(doc, each.name, first, last):
        return Mention(
            doc[first - 1].idx, each.end, first - 1, last, NOMINAL, PERSON, NATIONAL, None, False,
            definite=True, use=_use(doc, first - 1, last), sentence=where.sentences[first],
            block=where.blocks[first], quotation=where.quotations[first], begins=first - 1,
        )  # fmt: skip
    elif sort == PEOPLE:
        plural = each.name.endswith("s") or doc[last - 1].pos_ == "NOUN"
        if not plural:
            sort = OTHER  # an adjective: "the Iraqi side"
    return Mention(
        each.start, each.end, first, last, NAME, sort, "", gender, plural,
        name=each.name, definite=True, use=_use(doc, first, last), sentence=where.sentences[first],
        block=where.blocks[first], quotation=where.quotations[first], roles=roles,
        begins=first if begins < 0 else begins, age=age_after(doc, last) if sort == PERSON else None,
    )  # fmt: skip


def _is_one_national(doc: Doc, name: str, first: int, last: int) -> bool:
    """Whether a nationality stands for one of its people: "the Swede said"."""
    if not first or doc[first - 1].lower_ != "the" or name.endswith(("s", "sh", "ch")):
        return False
    follows = doc[last] if last < len(doc) else None
    if follows is None or follows.pos_ not in {"VERB", "AUX"}:
        return False
    return not name.endswith("ese") or follows.lower_.endswith("s")  # "the Milanese thinks", one


def _told_gender(
    doc: Doc, name: str, first: int, last: int, roles: tuple[tuple[str, ...], ...]
) -> str | None:
    """A person's gender by title, given name or role: "Mrs. Pell", "Laura Pell", "spokesman Pell"."""
    title = names.split_title(doc[first:last].text)[0] or _title_before(doc, first)
    told = names.title_gender(title) if title else None
    told = told or names.gender(name) or names.given_gender(name.split()[0])
    nouns = (noun(role[-1]) for role in roles)
    return told or next((each.gender for each in nouns if each and each.gender), None)


def _title_before(doc: Doc, first: int) -> str | None:
    for size in (3, 2, 1):
        title, rest = names.split_title(doc[max(0, first - size) : first].text)
        if title and not rest:
            return title
    return None


def nominal_mention(doc: Doc, where: Places, first: int, last: int) -> Mention | None:
    """The mention of a noun phrase by its determiner and head; ``None`` where its head is no common noun."""
    head = doc[last - 1]
    lemma = noun_lemma(head.text)
    known = noun(lemma) or noun(head.lower_)
    if head.pos_ not in {"NOUN", "PROPN"} and not _is_noun_after_all(doc, last - 1):
        return None
    if head.pos_ == "PROPN" and known is None and not _is_year_old(doc, last - 1):
        return None
    begin = doc[first]
    owned = _is_possessive(begin) or (first > 0 and doc[first - 1].lower_ in {"'s", "’s", "'", "’"})
    indefinite = begin.lower_ in _INDEFINITE or begin.pos_ == "NUM"
    definite = owned or (begin.pos_ == "DET" and not indefinite)
    plural = lemma != head.lower_ or head.lower_ in _PLURAL_GROUPS
    sort = known.sort if known else OTHER
    if _is_year_old(doc, last - 1):
        sort, lemma, plural = PERSON, YEAR_OLD, False
    return Mention(
        begin.idx, head.idx + len(head), first, last, NOMINAL, sort, lemma,
        known.gender if known and not plural else None, plural,
        words=content_words(doc, first, last), definite=definite, indefinite=indefinite, owned=owned,
        use=_use(doc, first, last), sentence=where.sentences[first], block=where.blocks[first],
        quotation=where.quotations[first], age=age_within(doc, first, last) if sort == PERSON else None,
    )  # fmt: skip


def _is_pronoun(token: Token) -> bool:
    """Not "US" (written as a name) nor "I" as a numeral or "mine" as a noun."""
    return token.pos_ in {"PRON", "DET", ""} and token.text != "US"


def pronoun_mention(doc: Doc, where: Places, token: Token) -> Mention:
    """The mention of a personal or relative pronoun."""
    found = PRONOUNS[token.lower_]
    gender = {"he": "m", "she": "f"}.get(found.kind)
    plural = {"they": True, "we": True, "you": None, "who": None}.get(found.kind, False)
    sort = BODY if found.kind == "it" else PERSON
    use = found.use if found.use != "possessive" or token.lower_ != "her" else _use_of_her(doc, token)
    return Mention(
        token.idx, token.idx + len(token), token.i, token.i + 1, PRONOUN, sort, found.kind, gender, plural,
        definite=True, use=use, sentence=where.sentences[token.i], block=where.blocks[token.i],
        quotation=where.quotations[token.i],
    )  # fmt: skip


def _use_of_her(doc: Doc, token: Token) -> str:
    follows = doc[token.i + 1] if token.i + 1 < len(doc) else None
    return "possessive" if follows is not None and follows.pos_ in _MODIFIER_TAGS else "object"


def _use(doc: Doc, first: int, last: int) -> str:
    """``subject`` before a verb, ``possessive`` before 's, ``prepositional``, ``object`` after a verb,
    else ``other``."""
    follows = doc[last] if last < len(doc) else None
    before = doc[first - 1] if first else None
    if follows is not None and follows.lower_ in {"'s", "’s", "'", "’"} and follows.pos_ == "PART":
        return "possessive"
    if before is not None and before.pos_ == "ADP":
        return "prepositional"
    if follows is not None and follows.pos_ in {"VERB", "AUX"}:
        return "subject"
    if before is not None and before.pos_ in {"VERB", "AUX"}:
        return "object"
    if follows is not None and follows.text == "," and (before is None or before.is_punct or before.is_space):
        return "subject"
    return "other"
