"""Mentions into chains, left to right: names by form, noun phrases by what they say, pronouns by rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc

from pipeline.resolve.appositions import same_as_before
from pipeline.resolve.continuity import Turn
from pipeline.resolve.epithets import GENERIC_PERSONS, is_epithet, whom
from pipeline.resolve.mentions import NAME, NOMINAL, PRONOUN, Mention
from pipeline.resolve.nouns import BODY, OTHER, PERSON, PLACE, nationalities, noun_lemma, role_synonyms, sides
from pipeline.resolve.pairs import (
    MAX_CHAINS,
    MAX_SENTENCES,
    Chain,
    Ranker,
    may_corefer,
    pair_features,
)

GENERIC_BODIES = frozenset(
    "group organisation organization company firm corporation party movement militia agency team club "
    "network "
    "charity bank union paper newspaper magazine outlet airline force body carmaker automaker drugmaker "
    "chipmaker planemaker manufacturer retailer lender insurer brokerage startup start-up conglomerate "
    "supermarket chain shipowner brewer broadcaster think-tank watchdog foundation museum hospital college "
    "university institute lab laboratory studio label orchestra station channel utility toymaker fund "
    "publisher school operator".split()
)
"""Nouns that take up any organisation named just before: "the group", "the company"."""

SORTS_OF_BODY = frozenset(
    "museum hospital college university school orchestra church newspaper paper magazine station union party "
    "bank army militia police court charity club team".split()
)
"""Nouns of which a body is one alone: "the museum" is no college."""

GENERIC_PLACES = frozenset("country nation state city town village kingdom republic province island".split())

VAGUE_HEADS = frozenset(
    "people citizen resident population public number majority minority rest other".split()
)
"""Heads whose phrases rarely take up one said before: "the people" is whoever is meant there."""

ASKED = frozenset("asked pressed questioned challenged quizzed".split())
WHEN = frozenset("when once if".split())
"""How a clause begins that tells what a speaker was asked: "When asked about"."""

STOPS = (".", "!", "?", "\n", '"', "”")
MAX_ASKED_TOKENS = 40

TELLING_APART = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC"})
"""Labels of names that tell two bodies of one sort apart."""

FOR_ONES_PART = frozenset({", for his part", ", for her part", ", for its part", ", for their part"})

CONTRASTS = frozenset("but though while whereas".split())
"""What stands before a pronoun that is somebody else than who spoke before: "but he"."""

MAX_BODY_SENTENCES = 3
"""How far back "the group" looks for an organisation."""

MAX_WHO_TOKENS = 8
"""Tokens between a person and the "who" that takes the person up: "the head of the board, who"."""


@dataclass(slots=True)
class Chains:
    """The chains of an article, and for each mention its chain and the mention it takes up."""

    mentions: Sequence[Mention]
    of: list[Chain] = field(default_factory=list)
    antecedents: list[Mention | None] = field(default_factory=list)


@dataclass(slots=True)
class _Builder:
    """Chains so far, and where to look them up."""

    doc: Doc
    ranker: Ranker
    turns: Mapping[int, Turn]
    apart: frozenset[int]
    spoken: list[tuple[int, Chain]] = field(default_factory=list)
    chains: list[Chain] = field(default_factory=list)
    recent: dict[int, Chain] = field(default_factory=dict)
    by_name: dict[tuple[bool, str], Chain] = field(default_factory=dict)
    by_head: dict[str, list[Chain]] = field(default_factory=lambda: defaultdict(list))
    by_owner: dict[tuple[str, int], Chain] = field(default_factory=dict)
    ends_at: dict[int, Chain] = field(default_factory=dict)
    by_person: dict[tuple[str, str | None, int], Chain] = field(default_factory=dict)


def build_chains(
    doc: Doc,
    mentions: Sequence[Mention],
    ranker: Ranker,
    turns: Mapping[int, Turn] | None = None,
    apart: frozenset[int] = frozenset(),
) -> Chains:
    """The chains of ``mentions``, which are in text order.

    Args:
        turns: who spoke before, by the start of a source (``continuity.turns_before``).
        apart: blocks whose pronouns rather mean somebody of the same block: comments.
    """
    builder, result = _Builder(doc, ranker, turns or {}, apart), Chains(mentions)
    same = same_as_before(doc, mentions)
    for n, mention in enumerate(mentions):
        beside = result.of[same[n]] if n in same else None
        chain = _chain_for(builder, mention, beside)
        result.antecedents.append(chain.mentions[-1] if chain and chain.mentions else None)
        if chain is None:
            chain = Chain()
            builder.chains.append(chain)
        _add(builder, chain, mention)
        result.of.append(chain)
    return result


def _add(builder: _Builder, chain: Chain, mention: Mention) -> None:
    n_roles = len(chain.roles)
    chain.add(mention)
    builder.recent.pop(id(chain), None)
    builder.recent[id(chain)] = chain
    builder.ends_at[mention.last] = chain
    if mention.source and mention.use != "possessive":
        builder.spoken.append((mention.start, chain))
    owner = _owner(builder, mention)
    if owner:
        builder.by_owner[mention.head, id(owner)] = chain
    if mention.name:
        builder.by_name.setdefault((mention.sort == PERSON, mention.name), chain)
        for word in mention.name.split():
            if mention.sort in {BODY, OTHER}:
                _index(builder, noun_lemma(word), chain)
    for role in chain.roles[n_roles:]:
        for head in _heads(role):
            _index(builder, head, chain)


def _heads(role: tuple[str, ...]) -> set[str]:
    """The nouns that a role answers to: its head, and those that take it up."""
    synonyms = role_synonyms()
    return {*role[-1:], *synonyms.get(role[-2:], ()), *synonyms.get(role[-1:], ())}


def _index(builder: _Builder, head: str, chain: Chain) -> None:
    """Keep the chains of a head noun in the order of their last mention."""
    known = builder.by_head[head]
    if known and known[-1] is chain:
        return
    if chain in known[-MAX_CHAINS:]:
        known.remove(chain)
    known.append(chain)


def _chain_for(builder: _Builder, mention: Mention, beside: Chain | None) -> Chain | None:
    """The chain that a mention takes up; ``None`` where it opens one."""
    if mention.form == NAME:
        known = builder.by_name.get((mention.sort == PERSON, mention.name or ""))
        if known is not None or beside is None or (beside.name and beside.name != mention.name):
            return known
        return beside
    if beside is not None:
        return beside
    if mention.form == NOMINAL:
        return _described(builder, mention)
    return _taken_up(builder, mention)


def _described(builder: _Builder, mention: Mention) -> Chain | None:
    """The chain that a definite noun phrase takes up by its words."""
    if mention.owned:
        owner = _owner(builder, mention)
        return builder.by_owner.get((mention.head, id(owner))) if owner else None
    if not mention.definite or mention.head in VAGUE_HEADS:
        return None
    if mention.head in GENERIC_PERSONS:
        return _somebody(builder, mention) if is_epithet(builder.doc, mention) else None
    known = [
        chain
        for chain in builder.by_head.get(mention.head, [])[-MAX_CHAINS:]
        if _agrees(mention, chain) and not _on_other_side(mention, chain)
    ]
    fitting = [chain for chain in known if _says_no_more(mention, chain)]
    if fitting:
        return fitting[-1]
    if len(known) == 1 and not _names_another(builder.doc, mention, known[0]):
        return known[0]
    generic = mention.head in GENERIC_BODIES | GENERIC_PLACES and not mention.plural
    if generic and nationalities().issuperset(mention.words[:-1]):
        return _last_named(builder, mention, BODY if mention.head in GENERIC_BODIES else PLACE)
    return _somebody(builder, mention) if not known and is_epithet(builder.doc, mention) else None


def _owner(builder: _Builder, mention: Mention) -> Chain | None:
    """Whose an owned noun phrase is: the chain of its "his", or of the name before its "'s"."""
    if not mention.owned:
        return None
    genitive = builder.doc[mention.first].pos_ not in {"PRON", "DET"}
    return builder.ends_at.get(mention.first - 1 if genitive else mention.first + 1)


def _somebody(builder: _Builder, mention: Mention) -> Chain | None:
    """Whom an epithet stands for."""
    if mention.plural or mention.definite is False:
        return None
    turn = builder.turns.get(mention.start)
    speaker = None if turn is None else _spoke_in(builder, turn)
    return whom(builder.doc, mention, list(builder.recent.values())[-MAX_CHAINS:], speaker)


def _agrees(mention: Mention, chain: Chain) -> bool:
    return bool(chain.plural) == bool(mention.plural) and (chain.sort == mention.sort or chain.sort == OTHER)


def _says_no_more(mention: Mention, chain: Chain) -> bool:
    """Whether every describing word was said of the chain before: "the security official" of "an Iraqi
    security…"."""
    said = {word for role in chain.roles for word in (*role, *_heads(role))}
    if chain.name:
        said |= {word.casefold() for word in chain.name.split()} | {
            noun_lemma(word) for word in chain.name.split()
        }
    return set(mention.words) <= said


def _on_other_side(mention: Mention, chain: Chain) -> bool:
    """Whether a noun phrase is of another nation or party than its chain: "the Democratic nominee"."""
    mine = sides().intersection(mention.words[:-1])
    theirs = sides().intersection(word for role in chain.roles for word in role)
    return bool(mine) and bool(theirs) and not mine & theirs


def _names_another(doc: Doc, mention: Mention, chain: Chain) -> bool:
    """Whether a name among the words for a body was not said of the chain: "the Fars news agency"."""
    if mention.sort != BODY:
        return False  # "the South Carolina senator" may be one who was named before
    said = {word for role in chain.roles for word in role}
    said |= {word.casefold() for word in (chain.name or "").split()}
    words = doc[mention.first : mention.last - 1]
    return any(word.ent_type_ in TELLING_APART and word.lower_ not in said for word in words)


def _of_other_sort(mention: Mention, chain: Chain) -> bool:
    """Whether a body's name says that it is of another sort than the noun: a college is no museum."""
    if mention.head not in SORTS_OF_BODY or not chain.name:
        return False
    sorts = SORTS_OF_BODY.intersection(noun_lemma(word) for word in chain.name.split())
    return bool(sorts) and mention.head not in sorts


def _last_named(builder: _Builder, mention: Mention, sort: str) -> Chain | None:
    """The one body (or place) named in the last sentences."""
    found = [
        chain
        for chain in list(builder.recent.values())[-MAX_CHAINS:]
        if chain.sort == sort
        and chain.name
        and mention.sentence - chain.mentions[-1].sentence <= MAX_BODY_SENTENCES
        and not _of_other_sort(mention, chain)
    ]
    if sort == BODY and len(found) > 1:
        found = [chain for chain in found if any(each.use == "subject" for each in chain.mentions[-2:])]
    return found[-1] if len(found) == 1 else None


def _taken_up(builder: _Builder, mention: Mention) -> Chain | None:
    """The chain that a pronoun takes up."""
    if mention.head == "who":
        return _before_who(builder, mention)
    if mention.head in {"i", "we", "you"}:
        key = (mention.head, mention.speaker, mention.quotation)
        chain = builder.by_person.get(key)
        if chain is None:
            chain = builder.by_person[key] = Chain()
            builder.chains.append(chain)
        return chain
    if (subject := _subject_of_phrase(builder, mention)) is not None:
        return subject
    chains = candidates(builder.recent, mention)
    if mention.block in builder.apart:
        chains = [each for each in chains if each.mentions[-1].block == mention.block] or chains
    asked = _asked_before(builder.doc, mention)
    if asked is not None:
        chains = [each for each in chains if not _named_since(each, asked)]
    if builder.doc[mention.first].lower_.endswith(("self", "selves")):  # its own sentence says whom
        chains = [each for each in chains if each.mentions[-1].sentence == mention.sentence] or chains
    best = builder.ranker.best(mention, pair_features(mention, chains))
    if best is None:
        return _goes_on(builder, mention)
    return _speaker_before(builder, mention, chains[best]) or chains[best]


def _subject_of_phrase(builder: _Builder, mention: Mention) -> Chain | None:
    """Whom words beside or around a pronoun say: "Hale, for her part", "a guard, who said he had run"."""
    doc, at = builder.doc, mention.first
    if at > 2 and doc[at - 2 : at + 2].text.casefold() in FOR_ONES_PART:
        beside = builder.ends_at.get(at - 2)
        return beside if beside is not None and may_corefer(mention, beside) else None
    last = next(reversed(builder.recent.values()), None)
    if last is None or mention.head not in {"he", "she"} or not may_corefer(mention, last):
        return None
    heads = (each for each in last.mentions if each.source_end > mention.start)
    return last if next(heads, None) is not None else None


def _asked_before(doc: Doc, mention: Mention) -> int | None:
    """The first token of a clause that tells what a pronoun was asked: "Asked about Hale, he said".

    Nobody named in there answers.
    """
    if mention.first == 0 or doc[mention.first - 1].text != ",":
        return None
    first = mention.first - 1
    while first > max(0, mention.first - MAX_ASKED_TOKENS) and not doc[first - 1].text.endswith(STOPS):
        first -= 1
    first += doc[first].lower_ in WHEN
    return first if doc[first].lower_ in ASKED else None


def _named_since(chain: Chain, first: int) -> bool:
    """Whether the chain was last spoken of at token ``first`` or after, by more than a pronoun."""
    last = chain.mentions[-1]
    return last.first >= first and last.form != PRONOUN


def _goes_on(builder: _Builder, mention: Mention) -> Chain | None:
    """Who spoke before, for a pronoun that speaks and that the ranker is not sure of."""
    turn = builder.turns.get(mention.start)
    speaker = None if turn is None else _spoke_in(builder, turn)
    if speaker is None or mention.head == "they" or not may_corefer(mention, speaker):
        return None
    return speaker


def _spoke_in(builder: _Builder, turn: Turn) -> Chain | None:
    speaker = None
    for start, chain in reversed(builder.spoken):
        if start < turn.start:
            break
        speaker = chain if start < turn.end else speaker
    return speaker


def _speaker_before(builder: _Builder, mention: Mention, chosen: Chain) -> Chain | None:
    """Who spoke before, where a pronoun that speaks would else be somebody only mentioned in what was said,
    or further up; "but he" is somebody else."""
    turn = builder.turns.get(mention.start)
    speaker = None if turn is None else _spoke_in(builder, turn)
    if turn is None or speaker is None or not may_corefer(mention, speaker):
        return None
    last = chosen.mentions[-1]
    goes_on = mention.source and builder.doc[max(mention.first - 1, 0)].lower_ not in CONTRASTS
    if not (turn.says(last.start) or (goes_on and last.start < turn.start)):
        return None
    return speaker if mention.head != "they" or speaker.plural else None


def candidates(recent: dict[int, Chain], mention: Mention) -> list[Chain]:
    """The chains that a pronoun may take up, the latest first."""
    found: list[Chain] = []
    for chain in reversed(recent.values()):
        if mention.sentence - chain.mentions[-1].sentence > MAX_SENTENCES or len(found) == MAX_CHAINS:
            break
        if may_corefer(mention, chain):
            found.append(chain)
    return found


def _before_who(builder: _Builder, mention: Mention) -> Chain | None:
    """The person before "who"; not several, where its clause is of one: "a nurse of the twins, who is"."""
    of_one = _is_of_one(builder.doc, mention)
    for chain in reversed(builder.recent.values()):
        last = chain.mentions[-1]
        if last.sentence != mention.sentence:
            return None
        if last.form != PRONOUN and chain.sort == PERSON and mention.first - last.last <= MAX_WHO_TOKENS:
            if of_one and last.plural:
                continue
            return chain
    return None


def _is_of_one(doc: Doc, mention: Mention) -> bool:
    """Whether the clause that "who" opens is of one person: "who says", "who named himself"."""
    after = doc[mention.last : mention.last + 3]
    verb = next((token for token in after if token.pos_ in {"VERB", "AUX"}), None)
    singular = verb is not None and (verb.lower_ in {"is", "was", "has"} or _ends_in_s(verb.lower_))
    return singular or any(token.lower_ in {"himself", "herself"} for token in after)


def _ends_in_s(verb: str) -> bool:
    return verb.endswith("s") and not verb.endswith("ss")
