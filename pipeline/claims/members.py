"""A coordinated source taken apart: "two officials, a diplomat and the army" into three noun phrases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.claims.kinds import is_plural, phrase_type
from pipeline.claims.lexicon import Lexicon
from pipeline.claims.nouns import RELATIVES, Phrase, read_phrase
from pipeline.claims.words import Word

CLAUSE_TAGS = frozenset("VERB ADP AUX ADV PART SCONJ PUNCT".split())
ACCOUNTS = frozenset("accounts account interviews comments remarks statements testimony".split())
"""What people give: after it, those who gave it are the source ("according to accounts by officials")."""

FIRM_ENDINGS = frozenset("Company Co Co. Sons Partners Associates Brothers Bros".split())
CONJUNCTIONS = frozenset({"and", "or", "&", "nor"})
CORRELATIVES = frozenset({"both", "either", "neither"})
"""What stands before the first of several and belongs to none: "neither the ministry nor the bank"."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch between commas and conjunctions.

    ``joint`` is the comma or conjunction before it, ``after_comma`` whether a comma stands there in any case.
    """

    words: tuple[Word, ...]
    joint: str
    after_comma: bool


def split_members(words: Sequence[Word], lexicon: Lexicon, *, closed: bool = False) -> list[tuple[Word, ...]]:
    """The members of a coordinated source in text order; the whole source where it is not coordinated.

    ``closed``: a comma follows, as it does an apposition ("Hale, Ann's brother and a doctor, said").
    """
    words = speakers(words)
    pieces = _pieces(words[1:] if words[0].lower in CORRELATIVES else words)
    if len(pieces) < 2 or not any(piece.joint in CONJUNCTIONS for piece in pieces):
        return [tuple(words)]
    members: list[list[Piece]] = []
    for n, piece in enumerate(pieces):
        if members and _belongs(members[-1], piece, pieces[n + 1 :], lexicon, closed):
            members[-1].append(piece)
        else:
            members.append([piece])
    merged = _merge_headless(members, lexicon)
    return [tuple(_span(words, member)) for member in merged] if len(merged) > 1 else [tuple(words)]


def speakers(words: Sequence[Word]) -> Sequence[Word]:
    """The words without "accounts by" and the like before those who gave them."""
    if len(words) > 2 and words[0].lower in ACCOUNTS and words[1].lower in ("by", "from", "of", "with"):
        return words[2:]
    return words


def _pieces(words: Sequence[Word]) -> list[Piece]:
    """The stretches between the commas and conjunctions outside names and relative clauses."""
    pieces: list[Piece] = []
    current: list[Word] = []
    joint, comma, depth = "", False, 0
    for i, word in enumerate(words):
        depth += word.text == "("
        depth -= word.text == ")"
        before = words[i - 1].label if i else ""
        after = words[i + 1].label if i + 1 < len(words) else ""
        within_name = before and before == word.label == after
        if depth > 0 or within_name or not _is_joint(words, i):
            current.append(word)
            continue
        if current:
            pieces.append(Piece(tuple(current), joint, comma))
            current, joint, comma = [], "", False
        comma = comma or word.text == ","
        joint = word.lower if not joint or joint == "," else joint
    if current:
        pieces.append(Piece(tuple(current), joint, comma))
    return pieces


def _is_joint(words: Sequence[Word], i: int) -> bool:
    if words[i].text == ",":
        return True
    if words[i].lower == "as" and i + 2 < len(words) and words[i + 1].lower == "well":
        return False
    if i + 1 < len(words) and words[i + 1].text in FIRM_ENDINGS:
        return False  # "Henry Holt and Company"
    if words[i].text == "&" and all(word.is_capital for word in (*words[i - 1 : i], *words[i + 1 : i + 2])):
        return False  # "Brandt & Lowe"
    return words[i].lower in CONJUNCTIONS and i > 0


def _belongs(
    member: list[Piece], piece: Piece, later: Sequence[Piece], lexicon: Lexicon, closed: bool
) -> bool:
    """Whether a piece is part of the member before it: a clause, an apposition, an object of its "of"."""
    first = piece.words[0]
    if first.lower in RELATIVES or first.pos in CLAUSE_TAGS:
        return True
    if (first.pos == "NUM" or first.text.isdecimal()) and len(piece.words) == 1:
        return True  # an age
    if piece.joint == "," and not any(each.joint in CONJUNCTIONS for each in later):
        return True  # a list ends in a conjunction
    if len(member) > 1 and _lists_names(member, piece, lexicon):
        return True
    mine, theirs = read_phrase(member[0].words, lexicon), read_phrase(piece.words, lexicon)
    mine_type, theirs_type = phrase_type(mine, lexicon), phrase_type(theirs, lexicon)
    if any(word.lower in RELATIVES for each in member for word in each.words):
        # Inside a clause about the member before; after a comma a new person or body may start afresh.
        return not (piece.joint in CONJUNCTIONS and piece.after_comma and theirs_type)
    if any(each.words[0].lower in ("including", "among") for each in member):
        return True  # "observers, including the union and the bank"
    if len(member) > 1 and member[-1].words[-1].pos == "ADJ":
        return True  # "president of foreign and defense policy"
    if len(member) == 1 and piece.joint == ",":
        apposed = _is_apposition(mine, theirs, mine_type, theirs_type, later, closed)
        return apposed or _is_object(mine, theirs, mine_type, theirs_type, lexicon)
    if _goes_on_apposition(member, piece, theirs):
        return True
    if mine.indefinite and mine_type == theirs_type == "person" and _is_bare_singular(theirs):
        return theirs.count is None and not theirs.owner  # "a mother and activist"
    if mine_type == theirs_type == "person" and _is_one_of_two_roles(mine, theirs, later, lexicon):
        return True
    return _is_object(mine, theirs, mine_type, theirs_type, lexicon)


def _is_one_of_two_roles(mine: Phrase, theirs: Phrase, later: Sequence[Piece], lexicon: Lexicon) -> bool:
    """Whether two nouns are roles of the one person named after them: "his father and agent, Jorge"."""
    if (
        not mine.definite
        or mine.name
        or not _is_bare_singular(theirs)
        or theirs.count is not None
        or not later
    ):
        return False
    named = read_phrase(later[0].words, lexicon)
    return later[0].joint == "," and bool(named.name) and phrase_type(named, lexicon) == "person"


def _goes_on_apposition(member: Sequence[Piece], piece: Piece, phrase: Phrase) -> bool:
    """Whether "and" only adds to an apposition: "Hill, a doctor and father of two"."""
    if len(member) < 2 or member[-1].joint != "," or phrase.name:
        return False
    bare = phrase.count is None and not phrase.owner and _is_bare_singular(phrase)
    return bare or (piece.joint in CONJUNCTIONS and not piece.after_comma and not _is_several(phrase))


def _is_several(phrase: Phrase) -> bool:
    return (phrase.count or 1) > 1 or (phrase.head is not None and is_plural(phrase.head))


def _lists_names(member: Sequence[Piece], piece: Piece, lexicon: Lexicon) -> bool:
    """Whether a name goes on with names in apposition: "two ministers, Paul Renner and Inga Holt"."""
    first, last = read_phrase(member[0].words, lexicon), read_phrase(member[-1].words, lexicon)
    name = read_phrase(piece.words, lexicon)
    plural = first.head is not None and is_plural(first.head)
    return bool(plural and first.count is not None and last.name and name.name and not name.modifiers)


def _is_apposition(
    mine: Phrase,
    theirs: Phrase,
    mine_type: str,
    theirs_type: str,
    later: Sequence[Piece],
    closed: bool,
) -> bool:
    """Whether "X, Y" names one and the same: a name and what he is, or the other way round."""
    if mine.name and mine_type == "person" and not theirs.name and theirs_type == "person":
        plural = theirs.count is not None and theirs.count > 1
        listed = theirs.owner and later and later[0].joint in CONJUNCTIONS and not theirs.rest
        return not plural and (closed or not listed)
    if theirs.name and theirs_type == "place" and mine.name:
        return True
    if theirs.name and mine.head is not None and is_plural(mine.head) and mine.count is not None:
        return not theirs.modifiers  # "two former ministers, Paul Renner and Inga Holt"
    return bool(
        theirs.name
        and theirs_type == "person"
        and not theirs.modifiers
        and mine.head is not None
        and mine_type == "person"
        and (mine.definite or mine.owner or mine.count in (None, 1))
        and not mine.head.lower.endswith("s")
    )


def _is_bare_singular(phrase: Phrase) -> bool:
    return (
        phrase.head is not None
        and not phrase.definite
        and not phrase.indefinite
        and not phrase.head.lower.endswith("s")
    )


def _is_object(mine: Phrase, theirs: Phrase, mine_type: str, theirs_type: str, lexicon: Lexicon) -> bool:
    """Whether the piece goes on with the object of the member's preposition.

    "Representatives of the government, the militia and the army": the object and the piece are bodies, the
    head of the member is a person.
    """
    at = next((i for i, word in enumerate(mine.rest) if word.pos == "ADP"), None)
    if at is None or at + 1 >= len(mine.rest):
        return False
    within = read_phrase(mine.rest[at + 1 :], lexicon)
    within_type = phrase_type(within, lexicon)
    if within.name and theirs.name and not mine.name and not theirs.modifiers:
        return (
            within.name[-1].label == theirs.name[-1].label and not theirs.definite
        )  # "officials in Iran and Iraq"
    if within_type != theirs_type:
        return {within_type, theirs_type} == {"organization", "place"} and mine_type == "person"
    if within_type != mine_type:
        return True
    return not (
        theirs.definite or theirs.indefinite or theirs.count or theirs.name or within.definite or within.name
    )


def _merge_headless(members: list[list[Piece]], lexicon: Lexicon) -> list[list[Piece]]:
    """Members that lack a head joined to the next: "Western diplomatic and military sources" is one."""
    merged: list[list[Piece]] = []
    waiting: list[Piece] = []
    for n, member in enumerate(members):
        followed = n + 1 < len(members) and members[n + 1][0].joint in CONJUNCTIONS
        if followed and len(member) == 1 and _is_headless(member[0], members[n + 1][0], lexicon):
            waiting += member
            continue
        merged.append(waiting + member)
        waiting = []
    return merged


def _is_headless(piece: Piece, following: Piece, lexicon: Lexicon) -> bool:
    """Whether a piece only modifies the head that comes after "and"."""
    last = piece.words[-1]
    if last.pos in ("ADJ", "VERB") and not lexicon.is_demonym(last.text):
        return True
    phrase, after = read_phrase(piece.words, lexicon), read_phrase(following.words, lexicon)
    if lexicon.is_demonym(last.text) and len(piece.words) == 1:
        return (
            not last.lower.endswith("s")
            and not after.definite
            and not after.indefinite
            and after.head is not None
        )
    bare = phrase.head is not None and not (phrase.rest or phrase.name)
    if not bare or phrase_type(phrase, lexicon):
        return False
    determined = after.definite or after.indefinite or after.owner or after.name or after.count
    return not last.lower.endswith("s") or (bool(phrase_type(after, lexicon)) and not determined)


def _span(words: Sequence[Word], member: list[Piece]) -> list[Word]:
    start, end = member[0].words[0].start, member[-1].words[-1].end
    return [word for word in words if start <= word.start and word.end <= end]
