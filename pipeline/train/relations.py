"""Attribution relations of a treebank with rhetorical structure, as rows of the attribution data.

GUM marks, among the relations of rhetorical structure theory, ``attribution-positive`` and
``attribution-negative``: one elementary unit ("the defense said") says whose words another unit, the nucleus
with its own satellites, are. Units stand in the MISC column at their first word:
``Discourse=attribution-positive:31->32:1:sem-atsrc-250-251-_+lex-indwd-252-_`` is unit 31, attached to
unit 32 at height 1 (what is attached to 32 at a lower height belongs to what is said), with signals: here the
words of the source and of the cue, counted through the document.

What becomes of them follows the attribution data (PolNeAR train, 22 464 claims). To the cue belong
auxiliaries, negation and adverbs before the verb (731 of 739 "has", 351 of 374 "also"); to the content
``that`` (2 620 of 2 651) and quotation marks, but no comma or full stop outside them. A cue is one span.
Only units are marked, so that a text holds attributions without a relation; rows are therefore passages
around relations, broken where a sentence may say something of somebody that nobody marked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import read_lexicon
from pipeline.train.data import Row
from pipeline.train.treebank import Document, Unit, read_documents

DOUBLE_QUOTES = frozenset('"“”«»')
QUOTES = DOUBLE_QUOTES | frozenset("‘’'")
STOPS = frozenset(".,;:?!–—-…()[]")
CUE_TAGS = ("VERB", "NOUN", "ADJ")
CUE_WORDS = frozenset({"aux", "aux:pass", "cop", "advmod", "compound:prt"})
NOBODY = frozenset({"you", "one", "no", "nobody", "whoever", "anyone", "what", "that"})
"""First words of sources that are nobody in particular: "you can say", "no one knows"."""

GOES_ON = frozenset({"same-unit_m", "elaboration-attribute"})
"""Relations whose unit is part of a clause that another one begins, at whatever height it is attached."""

PREPOSITIONS = frozenset("about against for of on with".split())
"""Between cue and content they belong to the cue: "are talking about"."""

WH_WORDS = frozenset("when where how why what which who whom whether if so".split())
NO_CUES = frozenset(
    "be begin come do end get give go happen have let like look make mean".split()
) | frozenset("move put see start try turn use video word".split())
"""In the lexicon for their phrases ("make clear"); alone PolNeAR seldom marks them: "mean" 5 of 64."""

N_NEIGHBOURS = 2
"""Sentences without a cue that a passage takes in before and after each run of relations."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Words of one claim; ``content`` in runs."""

    source: tuple[int, ...]
    cue: tuple[int, ...]
    content: tuple[tuple[int, ...], ...]


def read_relations(path: Path) -> list[Row]:
    """Passages around the attribution relations of a gzipped CoNLL-U file, as PolNeAR's rows are."""
    cues = frozenset(row[0] for row in read_lexicon("cues") if row[1] != "other")
    return [row for document in read_documents(path) for row in find_passages(document, cues)]


def find_claims(document: Document, cues: frozenset[str]) -> list[Claim]:
    """Claims of the document's relations that can be read as PolNeAR's; none within another's content."""
    found = [
        claim
        for number, unit in document.units.items()
        if unit.relation.startswith("attribution") and (claim := _claim(document, number, unit, cues))
    ]
    said = [(min(map(min, c.content)), max(map(max, c.content))) for c in found]
    quoted = find_quoted(document)
    return [
        claim
        for claim in found
        if claim.cue[0] not in quoted
        and not any(a <= claim.cue[0] <= b for (a, b), c in zip(said, found, strict=True) if c is not claim)
    ]


def _claim(document: Document, number: int, unit: Unit, cues: frozenset[str]) -> Claim | None:
    own = _members(document, number)
    content = _content(document, number, unit)
    if not content:
        return None
    cue = _according(document, own) or _cue(document, own, unit, cues)
    if not cue:
        return None
    words, root = cue
    source = _trimmed(document, _source(document, root, words, own))
    last, first = document.words[words[-1]], document.words[content[0][0]]
    if not (_is_speaker(document, source) if source else _is_passive(document, root)):
        return None
    if unit.relation == "attribution-negative" and last.lemma == "know":
        return None
    if first.lemma in ("who", "which") and first.start < last.start:
        return None  # "a writer who, she assumed, would help": the cue breaks into a relative clause
    while content[0][0] == words[-1] + 1 and document.words[content[0][0]].form in PREPOSITIONS:
        words = [*words, content[0].pop(0)]
        if not content[0]:
            return None
    inside = {i for run in content for i in run}
    if inside & {*words, *source}:
        return None
    return Claim(tuple(source), tuple(words), tuple(tuple(run) for run in content))


def _is_speaker(document: Document, source: Sequence[int]) -> bool:
    lemmas = [document.words[i].lemma for i in source]
    return lemmas[0] not in NOBODY and "accord" not in lemmas


def _members(document: Document, number: int) -> list[int]:
    """Words of a unit and of the units that only continue it."""
    units = [document.units[number]]
    units += [u for u in document.units.values() if u.head == number and u.relation == "same-unit_m"]
    return sorted(i for u in units for i in range(u.first, u.last))


def _according(document: Document, own: list[int]) -> tuple[list[int], int] | None:
    """The words "according to" and the head of what follows."""
    for i in own[:-1]:
        if document.words[i].lemma in ("accord", "according") and document.words[i + 1].form == "to":
            head = document.words[i].head
            return ([i, i + 1], head) if head in own else None
    return None


def _cue(
    document: Document, own: list[int], unit: Unit, cues: frozenset[str]
) -> tuple[list[int], int] | None:
    """The cue's words, one run, and its head: a signalled word, else the head of the unit."""
    signalled = [i for i in unit.cue_words if i in own and document.words[i].tag in CUE_TAGS]
    heads = [i for i in own if document.words[i].head not in own and document.words[i].tag == "VERB"]
    for root in (signalled or heads)[:1]:
        word = document.words[root]
        if word.lemma not in cues or word.lemma in NO_CUES:
            return None
        begin = root
        while document.words[begin].relation == "xcomp" and document.words[begin].head in own:
            begin = document.words[begin].head or begin
            if begin > root or document.words[begin].lemma in NO_CUES:
                return None  # "must make you realise" is no cue
        parts = {i for i in document.children(root) if document.words[i].relation in CUE_WORDS}
        parts |= {i for i in document.children(begin) if document.words[i].relation in CUE_WORDS}
        parts -= {i for i in parts if i > root and document.words[i].relation != "compound:prt"}
        parts = {i for i in parts if document.words[i].lemma not in WH_WORDS}
        first, last = begin, root
        while first - 1 in parts:
            first -= 1
        while last + 1 in parts:
            last += 1
        return list(range(first, last + 1)), begin
    return None


def _is_passive(document: Document, root: int) -> bool:
    return any(document.words[i].relation in ("nsubj:pass", "aux:pass") for i in document.children(root))


def _source(document: Document, root: int, cue: list[int], own: list[int]) -> list[int]:
    """Who says it: subject, agent, what "according to" takes, or the noun that a participle describes."""
    children = document.children(root)
    if document.words[cue[0]].lemma in ("accord", "according"):
        return [i for i in document.subtree(root) if i > cue[-1]]
    by_relation = {document.words[i].relation: i for i in children}
    if (subject := by_relation.get("nsubj")) is not None:
        return document.subtree(subject)
    if (agent := by_relation.get("obl:agent")) is not None:
        case = [i for i in document.children(agent) if document.words[i].relation == "case"]
        return document.subtree(agent, without=case)
    word = document.words[root]
    if _is_passive(document, root) or word.head is None:
        return []
    if word.relation in ("conj", "xcomp", "advcl", "parataxis") and document.words[word.head].tag == "VERB":
        return _source(document, word.head, [word.head], own)
    if word.relation == "acl" and word.form.endswith("ing"):
        return document.subtree(word.head, without=[root])
    if word.tag == "NOUN":
        owner = by_relation.get("nmod:poss")
        return [] if owner is None else document.subtree(owner)
    return []


def _trimmed(document: Document, words: list[int]) -> list[int]:
    """The first unbroken run of the words, without punctuation around it."""
    run = [i for n, i in enumerate(words) if i - words[0] == n]
    while run and document.words[run[-1]].form in STOPS | QUOTES | {"'s", "’s"}:
        if _closes(document, run):
            break
        run.pop()
    while run and (
        document.words[run[0]].form in STOPS | QUOTES
        or document.words[run[0]].relation in ("cc", "mark", "case")
    ):
        run.pop(0)
    return run


def _closes(document: Document, run: Sequence[int]) -> bool:
    """Whether the last word is a bracket or quotation mark that the run opens."""
    forms = [document.words[i].form for i in run]
    opening = {")": "(", "]": "[", "”": "“", "’": "‘", '"': '"', "'": "'"}.get(forms[-1])
    return opening in forms[:-1]


def _content(document: Document, number: int, unit: Unit) -> list[list[int]]:
    """What is said, in runs: the nucleus as far as its sentence goes, or the quotation that it opens."""
    if unit.head not in document.units:
        return []
    inside = _nucleus(document, number, unit)
    if not inside:
        return []
    head = document.units[unit.head]
    own = set(_members(document, number))
    first, last = document.sentences[document.words[head.first].sentence]
    words = sorted(i for i in inside if first <= i < last)
    if not words:
        return []
    words = _with_quotes(document, words, sorted(inside), own)
    runs: list[list[int]] = []
    for i in words:
        if runs and (i == runs[-1][-1] + 1):
            runs[-1].append(i)
        else:
            runs.append([i])
    trimmed = [_without_stops(document, run) for run in runs]
    if sum(_n_marks(document, run) for run in trimmed) % 2:
        return []  # the quotation goes on where the relation does not
    return [run for run in trimmed if any(document.words[i].tag not in ("INTJ", "PUNCT") for i in run)]


def _nucleus(document: Document, number: int, unit: Unit) -> set[int]:
    """Words of the units that are said: the head's, and of what is attached to it below this relation."""
    low = min(number, unit.head), max(number, unit.head)
    head = document.units[unit.head]
    wanted = [unit.head]
    if head.relation.startswith("attribution") and head.head in document.units:
        wanted += _branch(document, head.head)  # "I think they all thought | that ..."
    if head.relation == "same-unit_m" and head.head in document.units:
        wanted.append(head.head)  # "That factor, | I think, | is telling me": what the cue stands in
    for n, u in document.units.items():
        if u.head == unit.head and n != number:
            between = u.height == unit.height and low[0] < n < low[1]
            if u.height < unit.height or u.relation in GOES_ON or between:
                wanted += _branch(document, n)
    own = set(_members(document, number))
    wanted = [n for n in wanted if n != number]
    return {i for n in wanted for i in range(document.units[n].first, document.units[n].last)} - own


def _branch(document: Document, number: int) -> list[int]:
    below = [n for n, u in document.units.items() if u.head == number and n != number]
    return [number, *(m for n in below for m in _branch(document, n))]


def _with_quotes(document: Document, words: list[int], inside: list[int], own: set[int]) -> list[int]:
    """Content with the quotation marks around it, and up to the end of a quotation that it opens."""
    out = list(words)
    if out[0] and document.words[out[0] - 1].form in QUOTES and document.words[out[0]].form not in QUOTES:
        out.insert(0, out[0] - 1)
    if _n_marks(document, out) % 2 == 1:
        for i in range(out[-1] + 1, len(document.words)):
            if i in own or (i not in inside and document.words[i].form not in QUOTES):
                break
            out.append(i)
            if document.words[i].form in QUOTES:
                break
    return out


def _n_marks(document: Document, words: Iterable[int]) -> int:
    """How many marks of double quotation there are; apostrophes do not count."""
    return sum(document.words[i].form in DOUBLE_QUOTES for i in words)


def _quotation(document: Document, run: list[int]) -> list[int]:
    """The run up to a quotation's end where it opens with one and a comma follows that."""
    if document.words[run[0]].form in ('"', "“"):
        for n, i in enumerate(run[1:-1], 1):
            if document.words[i].form in ('"', "”"):
                return run[: n + 1] if document.words[run[n + 1]].form == "," else list(run)
    return list(run)


def _without_stops(document: Document, run: list[int]) -> list[int]:
    out = _quotation(document, run)
    while out and document.words[out[-1]].form in STOPS and not _closes(document, out):
        out.pop()
    while out and (
        document.words[out[0]].form in STOPS - {"(", "["} or document.words[out[0]].relation == "cc"
    ):
        out.pop(0)
    if out and document.words[out[-1]].form == "]" and _closes(document, out):
        begin = max(n for n, i in enumerate(out) if document.words[i].form == "[")
        if all(document.words[i].tag in ("NUM", "PUNCT") for i in out[begin:]):
            out = out[:begin]  # a reference: "[12]"
    while out and document.words[out[-1]].form in STOPS and not _closes(document, out):
        out.pop()
    return out if any(document.words[i].form not in STOPS | QUOTES for i in out) else []


def find_passages(document: Document, cues: frozenset[str]) -> list[Row]:
    """Rows of neighbouring sentences: those of claims, and a few beside them that hold no cue."""
    claims = find_claims(document, cues)
    of_claim: dict[int, set[int]] = {}
    for n, claim in enumerate(claims):
        for i in (*claim.source, *claim.cue, *(i for run in claim.content for i in run)):
            of_claim.setdefault(document.words[i].sentence, set()).add(n)
    taken = {i for c in claims for i in (*c.source, *c.cue, *(i for run in c.content for i in run))}
    quoted = find_quoted(document)
    clear = [_is_clear(document, s, taken, quoted, cues) for s in range(len(document.sentences))]
    rows = []
    for begin, end in _stretches(clear, of_claim):
        wanted = {n for s in range(begin, end) for n in of_claim.get(s, ())}
        inside = [n for n in sorted(wanted) if _sentences_of(document, claims[n]) <= set(range(begin, end))]
        if inside and len(inside) == len(wanted):
            rows.append(_row(document, begin, end, [claims[n] for n in inside]))
    return rows


def find_quoted(document: Document) -> set[int]:
    """Words within double quotation marks, and the marks; a mark left open closes with its paragraph."""
    out, is_open = set[int](), False
    for i, word in enumerate(document.words):
        if i and "\n" in document.text[document.words[i - 1].end : word.start]:
            is_open = False
        was_open = is_open
        if word.form in ('"', "“", "”", "``", "«", "»"):
            is_open = not is_open if word.form == '"' else word.form in "“``«"
        if is_open or was_open or word.form in ('"', "”", "»"):
            out.add(i)
    return out


def _sentences_of(document: Document, claim: Claim) -> set[int]:
    words = (*claim.source, *claim.cue, *(i for run in claim.content for i in run))
    return {document.words[i].sentence for i in words}


def _is_clear(
    document: Document, sentence: int, taken: set[int], quoted: set[int], cues: frozenset[str]
) -> bool:
    """Whether nothing outside the claims says that somebody says something."""
    first, last = document.sentences[sentence]
    if any(i in quoted and i not in taken for i in range(first, last)):
        return False
    words = [document.words[i] for i in range(first, last) if i not in taken]
    return not any(
        (word.tag in CUE_TAGS and word.lemma in cues - NO_CUES) or word.lemma == "accord" for word in words
    )


def _stretches(clear: Sequence[bool], of_claim: dict[int, set[int]]) -> Iterator[tuple[int, int]]:
    """Runs of clear sentences, each from the first to the last with a claim and a few on both sides."""
    begin = 0
    for end in range(len(clear) + 1):
        if end < len(clear) and clear[end]:
            continue
        held = [s for s in range(begin, end) if s in of_claim]
        if held:
            yield max(begin, held[0] - N_NEIGHBOURS), min(end, held[-1] + 1 + N_NEIGHBOURS)
        begin = end + 1


def _row(document: Document, begin: int, end: int, claims: Sequence[Claim]) -> Row:
    first, last = document.sentences[begin][0], document.sentences[end - 1][1] - 1
    start, stop = document.words[first].start, document.words[last].end

    def span(words: Sequence[int]) -> list[list[int]]:
        if not words:
            return []
        return [[document.words[words[0]].start - start, document.words[words[-1]].end - start]]

    return {
        "doc_id": f"{document.doc_id}:{begin}-{end}",
        "text": document.text[start:stop],
        "claims": [
            {
                "source": span(c.source),
                "cue": span(c.cue),
                "content": [part for run in c.content for part in span(run)],
            }
            for c in claims
        ],
    }
