"""What the words that attribute say: base form of the head, class, negation."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Span, Token

from pipeline.claims.lexicon import DROPPED_WORDS, Lexicon, lemmas

NEGATIONS = frozenset("not n't n’t never no neither nor without".split())
NEGATIVE_SOURCES = frozenset("no none neither nobody no-one nothing not".split())
CLOSED = frozenset("ADP DET PRON SCONJ NUM PART".split())
AUXILIARIES = frozenset("be have do".split())
MODALS = frozenset("will would can could may might shall should must 'll ’ll 'd ’d ca wo".split())
NOT_BEFORE_TIME = frozenset("on in at".split())
"""Prepositions that belong to the cue ("called on") unless a time follows ("called on Tuesday")."""

N_WORDS_AFTER = 3
"""Words after the cue that may complete its phrase: the model often leaves a particle to the content."""


@dataclass(frozen=True, slots=True)
class Cue:
    """``lemma`` is ``None`` for a cue without letters, such as a colon."""

    lemma: str | None
    cue_class: str
    negated: bool


def read_cue(cue: Span | None, source: Span | None, lexicon: Lexicon) -> Cue:
    """Lemma, class and negation of a cue; a claim without one is said.

    ``source`` tells negation of the subject ("No group claimed responsibility").
    """
    tokens = [token for token in cue if not (token.is_space or token.is_punct)] if cue is not None else []
    if cue is None or not any(token.text.strip("'’`\"") for token in tokens):
        return Cue(None, "say", _is_negative(source))
    head = cue_head(tokens, lexicon)
    found, absorbed = _phrase_class(tokens, _following(cue), head, lexicon)
    if _is_negative(source) and (refusal := _refusal(tokens, head, lexicon)):
        found, absorbed = refusal, True
    negated = not absorbed and (_is_negated(cue, tokens) or _is_negative(source))
    return Cue(head_lemma(head, lexicon), found, negated)


def _refusal(tokens: Sequence[Token], head: Token, lexicon: Lexicon) -> str | None:
    """The class of a cue that nobody's "would" negates: "Neither would say" as "would not say"."""
    first = tokens[0].lower_
    return lexicon.cues.get((first, "not", head_lemma(head, lexicon))) if first in MODALS else None


def cue_head(tokens: Sequence[Token], lexicon: Lexicon) -> Token:
    """The head of a cue: its first main verb, else the noun or adjective that it turns on."""
    main = [token for i, token in enumerate(tokens) if not _is_helper(tokens, i)]
    verbs = [token for token in main if _is_verb(token)]
    before_verb = main[: main.index(verbs[0])] if verbs else main
    nominal = next((token for token in before_verb if _may_head(token, bool(verbs), lexicon)), None)
    if nominal is None or (verbs and nominal.pos_ != "NOUN" and not _predicate(tokens, nominal)):
        return _attributing(verbs, lexicon) if verbs else (main[0] if main else tokens[-1])
    return _last_of_compound(tokens, nominal)


def _is_verb(token: Token) -> bool:
    """Whether a token is a verb; no preposition or determiner ends in "ed", whatever the tagger says."""
    return token.pos_ in ("VERB", "AUX") or (token.pos_ in CLOSED and token.lower_.endswith("ed"))


def _attributing(verbs: Sequence[Token], lexicon: Lexicon) -> Token:
    """The first verb, or, if it only goes with one that attributes, that one: "shakes her head and says"."""
    first = verbs[0]
    if any((form,) in lexicon.cues for form in _forms(first)):
        return first
    for verb in verbs[1:]:
        between = first.doc[first.i + 1 : verb.i]
        joined = any(token.pos_ in ("CCONJ", "PUNCT") for token in between)
        if joined and any((form,) in lexicon.cues for form in _forms(verb)):
            return verb
    return first


def _may_head(token: Token, before_verb: bool, lexicon: Lexicon) -> bool:
    """Whether a noun or adjective may head a cue; before a verb only one that attributes by itself.

    "New questions raised" turns on questions, "last week invited" does not turn on the week.
    """
    if token.pos_ not in ("NOUN", "PROPN", "ADJ"):
        return False
    return not before_verb or token.pos_ == "ADJ" or any((form,) in lexicon.cues for form in _forms(token))


def head_lemma(head: Token, lexicon: Lexicon) -> str:
    """The base form of the head of a cue, in lower case.

    A listed verb wins over a noun on no list: taggers take "spoke" for the part of a wheel.
    """
    upos = head.pos_ if head.pos_ in ("VERB", "AUX", "NOUN", "ADJ", "ADV") else "VERB"
    if head.lower_ == "according":
        upos = "VERB"
    found = lemmas(head.text, upos)[0]
    verb = lemmas(head.text, "VERB")[0]
    if upos != "VERB" and (found,) not in lexicon.cues and (verb,) in lexicon.cues:
        return verb
    return {"n't": "not", "n’t": "not", "'s": "be", "’s": "be", "'re": "be", "’re": "be"}.get(found, found)


def _is_helper(tokens: Sequence[Token], i: int) -> bool:
    """Whether the token only helps a later one: an auxiliary, adverb, negation, pronoun or determiner."""
    token, rest = tokens[i], tokens[i + 1 :]
    if token.lower_ in NEGATIONS or token.pos_ in ("ADV", "PART", "PRON", "DET", "SCONJ", "CCONJ", "NUM"):
        return bool(rest) or i > 0
    if token.lower_ in MODALS or token.pos_ == "AUX" or AUXILIARIES & set(lemmas(token.text, "VERB")):
        return any(each.pos_ in ("VERB", "ADJ", "NOUN", "AUX") and not each.is_stop for each in rest) or any(
            each.pos_ != "AUX" and _is_verb(each) for each in rest
        )
    return (
        token.pos_ == "ADP"
        and not _is_verb(token)
        and any(each.pos_ in ("NOUN", "VERB", "PROPN") for each in rest)
    )


def _predicate(tokens: Sequence[Token], adjective: Token) -> bool:
    """Whether an adjective is what the cue says: after a form of "be", or first of all ("eager to see")."""
    at = list(tokens).index(adjective)
    first = at == 0 and (len(tokens) == 1 or tokens[1].pos_ not in ("NOUN", "PROPN", "ADJ"))
    return first or any("be" in lemmas(token.text, "AUX") for token in tokens[:at])


def _last_of_compound(tokens: Sequence[Token], start: Token) -> Token:
    """The last noun of the run that starts here: "new questions" turns on "questions"."""
    run, head = list(tokens[list(tokens).index(start) :]), start
    for token in run:
        if token.pos_ not in ("NOUN", "PROPN", "ADJ"):
            break
        if token.pos_ != "ADJ":
            head = token
    return head


def _following(cue: Span) -> list[Token]:
    """The words after the cue that may complete its phrase; none where a time follows."""
    after: list[Token] = []
    for token in cue.doc[cue.end : cue.end + N_WORDS_AFTER]:
        if token.is_punct or token.is_space:
            break
        after.append(token)
    if len(after) > 1 and after[0].lower_ in NOT_BEFORE_TIME and (after[1].like_num or after[1].is_title):
        return []
    return after


def _phrase_class(
    tokens: Sequence[Token], after: Sequence[Token], head: Token, lexicon: Lexicon
) -> tuple[str, bool]:
    """The class of the cue, and whether the entry that gave it holds the negation ("not reply").

    The longest phrase that starts at or before the head decides; a head on no list hands on to the words
    after it, as a light one does.
    """
    words = [token for token in tokens if _counts(token, lexicon)] or list(tokens)
    n_own = len(words)
    words += [token for token in after if token.lower_ not in DROPPED_WORDS]
    at_head = next((i for i, token in enumerate(words) if token.i >= head.i), 0)
    # A phrase may start before the head ("neither confirm", "not reply", "be asked") but must reach it.
    starts = sorted(range(n_own), key=lambda i: (i > at_head, abs(i - at_head)))
    best: tuple[str, ...] = ()
    for start in starts:
        found = _longest(words, start, lexicon)
        if (start <= at_head and start + len(found) > at_head and len(found) > len(best)) or (
            start > at_head and not best
        ):
            best = found
    if not best:
        return ("say" if head.pos_ == "ADP" else "other"), False  # "In a statement, …"
    if best in lexicon.light:
        for start in range(at_head + 1, n_own):
            found = _longest(words, start, lexicon)
            if found and found not in lexicon.light:
                best = found
                break
    return lexicon.cues[best], bool(NEGATIONS & set(best))


def _counts(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word of the cue can be part of a phrase: no manner adverb, no helping "have" or "do"."""
    word = token.lower_
    if word in DROPPED_WORDS and word != "no":
        return False
    if token.pos_ == "ADV" and word.endswith("ly") and (word,) not in lexicon.cues:
        return False
    return not (token.pos_ == "AUX" and {"have", "do"} & set(lemmas(token.text, "AUX")))


def _longest(words: Sequence[Token], start: int, lexicon: Lexicon) -> tuple[str, ...]:
    """The longest entry that stands in ``words`` from ``start`` on; empty if none does."""
    found: tuple[str, ...] = ()
    partial: list[tuple[str, ...]] = [()]
    for token in words[start : start + 7]:
        partial = [(*each, form) for each in partial for form in _forms(token)]
        found = next((each for each in partial if each in lexicon.cues), found)
        partial = [each for each in partial if _is_prefix(each, lexicon)]
        if not partial:
            break
    return found


def _is_prefix(words: tuple[str, ...], lexicon: Lexicon) -> bool:
    return words in lexicon.cue_prefixes


def _forms(token: Token) -> tuple[str, ...]:
    """Every form under which a word may stand in the lexicon: base forms first, then as written."""
    return _forms_of(token.lower_.replace("’", "'"), token.pos_)


@functools.lru_cache(maxsize=65536)
def _forms_of(word: str, tag: str) -> tuple[str, ...]:
    if word in ("n't", "never"):
        return ("not", "never") if word == "never" else ("not",)
    if word in ("'s", "'re", "'m"):
        return ("be", word)
    if word in ("ca", "wo"):
        return ("can" if word == "ca" else "will",)
    order = ("NOUN", "VERB") if tag == "NOUN" else ("VERB", "NOUN")
    forms = dict.fromkeys(form for upos in order for form in lemmas(word, upos))
    forms[word] = None
    if tag == "ADV" and word.endswith("ly"):
        forms[word.removesuffix("ly")] = None
    return tuple(forms)


def _is_negated(cue: Span, tokens: Sequence[Token]) -> bool:
    """Whether a negation stands in the cue, or right before it."""
    before = cue.doc[cue.start - 1].lower_ if cue.start else "no"
    return (before in NEGATIONS and before != "no") or any(token.lower_ in NEGATIONS for token in tokens)


def _is_negative(source: Span | None) -> bool:
    """Whether nobody is the subject: "No group", "None of them", "Neither side"."""
    return source is not None and len(source) > 0 and source[0].lower_ in NEGATIVE_SOURCES
