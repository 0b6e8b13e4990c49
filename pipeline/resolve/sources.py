"""Whom the source of a claim stands for, read from its words and the chains of the article."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

from spacy.tokens import Doc

from pipeline import names
from pipeline.resolve.anonymity import both_named, may_be_named
from pipeline.resolve.chains import Chains
from pipeline.resolve.groups import (
    Drawn,
    Group,
    counted_noun,
    drawn,
    drawn_one,
    follows_one,
    just_spoke,
    last_group,
    pair_member,
)
from pipeline.resolve.interviews import QUESTION_AND_ANSWER, interviewee
from pipeline.resolve.mentions import NAME, NOMINAL, PRONOUN, Mention
from pipeline.resolve.nouns import BODY, PEOPLE, PERSON, PLACE
from pipeline.schema import Article, Claim, Reading, Segment

AUTHOR_PHRASES = frozenset("this reporter|this author|this writer|this correspondent|this blogger".split("|"))
FIRST_PERSON = frozenset({"i", "we"})

MAY_BE_FIRMS = frozenset(
    "owner operator manager builder maker publisher charterer insurer developer organiser organizer "
    "manufacturer promoter broker contractor supplier distributor".split()
)
"""Nouns for people who may be one firm: "the ship's managers"."""

_MODIFIED_TAGS = frozenset({"NOUN", "PROPN", "ADJ", "NUM"})
BODY_SOURCES = frozenset({"organization", "media"})
_SORT_KINDS = {BODY: "organization", PLACE: "organization"}


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a source stands for. ``antecedent`` is a range of the reading; ``None`` leaves a column as it
    is."""

    name: str | None = None
    antecedent: tuple[int, int] | None = None
    kind: str | None = None
    count: int | None = None
    anonymous: bool | None = None


UNKNOWN = Who()


def source_range(reading: Reading, claim: Claim) -> tuple[int, int] | None:
    """The source of ``claim`` in the reading; ``None`` where it has none."""
    if claim.source_start is None or claim.source_end is None:
        return None
    start, last = reading.position(claim.source_start), reading.position(claim.source_end - 1)
    return None if start is None or last is None else (start, last + 1)


@dataclass(slots=True)
class Resolver:
    """An article's mentions and chains, and the groups that have spoken so far."""

    doc: Doc
    text: str
    reading: Reading
    article: Article
    chains: Chains
    starts: list[int]
    block_starts: list[int]
    segments: dict[str, Segment]
    labels: list[tuple[int, int]] = field(default_factory=list)
    """The labels of an interview: sources before a colon that open a paragraph."""
    spoken: list[Group] = field(default_factory=list)
    document: tuple[int, int] | None = None
    """The last document that was a source."""
    nameless: dict[int, bool] = field(default_factory=dict)
    """Whether the words of the source that begins there name nobody, for those that have spoken so far."""

    def who(self, claim: Claim, parent: Claim | None) -> Who | None:
        """Whom the source of ``claim`` stands for; ``None`` where it has none or names several.

        Args:
            parent: the claim in whose content this one stands, settled before; its source says "I" there.
        """
        span = source_range(self.reading, claim)
        if span is None:
            return None
        if claim.source_members:
            self._remember(span, len(claim.source_members), named=not claim.anonymous, joint=True)
            return None
        self.nameless[span[0]] = claim.anonymous
        if claim.source_kind == "document":
            self.document = span
        found = self._find(claim, span, parent)
        if claim.source_kind == "group" and drawn(self.text[slice(*span)]) is None:
            self._remember(span, claim.source_count)
        return found

    def _find(self, claim: Claim, span: tuple[int, int], parent: Claim | None) -> Who:
        source = self.text[slice(*span)]
        main = self._main_mention(span)
        if claim.cue == ":" and source in QUESTION_AND_ANSWER:
            return self._author() if source == "Q" else self._interviewee() or Who(anonymous=False)
        if _says_first_person(main, source):
            return self._first_person(claim, span, main, parent)
        apposed = self._apposed_name(span, main)
        if apposed:
            is_body = claim.source_head is not None and claim.source_kind in BODY_SOURCES
            return Who(apposed.name, None, None if is_body else "person", None, False)
        body = self._apposed_body(main)
        if body:
            return Who(body.name, None, "organization", None, False)
        drawing = drawn(source)
        if drawing:
            return self._from_group(span, drawing)
        counted = counted_noun(source) if claim.source_kind == "person" else None
        if counted and (group := self._group_of(span, 1, counted)) is not None:
            return Who(None, (group.start, group.end), "person", 1, True)
        member = pair_member(self.text, source, self.chains.mentions[: self._index(span[0])])
        if member:
            kind = "person" if member.sort == PERSON else "organization"
            return Who(member.name, (member.start, member.end), kind)
        if main is None:
            return self._before_which(span) if source.casefold() == "which" else self._by_words(source)
        if main.form == NAME:
            return self._by_name(main, claim)
        return self._by_description(main, span) if main.form == NOMINAL else self._by_pronoun(main, span)

    def _remember(
        self, span: tuple[int, int], count: int | None, *, named: bool = False, joint: bool = False
    ) -> None:
        self.spoken.append(Group(*span, count, self._block(span[0]), named, joint))

    def _block(self, at: int) -> int:
        return bisect.bisect_right(self.block_starts, at) - 1

    def _between(self, group: Group, span: tuple[int, int]) -> Sequence[Mention]:
        return self.chains.mentions[self._index(group.end) : self._index(span[0])]

    def _index(self, at: int) -> int:
        """The number of mentions that begin before ``at``."""
        return bisect.bisect_left(self.starts, at)

    def _inside(self, span: tuple[int, int]) -> list[Mention]:
        found = self.chains.mentions[self._index(span[0]) : self._index(span[1])]
        return [each for each in found if each.end <= span[1] + 1]

    def _main_mention(self, span: tuple[int, int]) -> Mention | None:
        """The mention that the source is, not one that it only holds ("a spokesman for X", "X's lawyer")."""
        inside = [each for each in self._inside(span) if not each.is_adjective]
        first = next((each for each in inside if not self._only_modifies(each, span)), None)
        return None if first is None or self._only_follows(first, span) else first

    def _only_modifies(self, mention: Mention, span: tuple[int, int]) -> bool:
        """ "Iran" of "Iran's president", "Treasury" of "Treasury officials", "his" of "his lawyer"."""
        if mention.form == PRONOUN:
            return mention.use == "possessive" and mention.end < span[1] - 1
        if mention.use == "possessive" and mention.end + 3 < span[1]:
            return True
        follows = self.doc[mention.last] if mention.last < len(self.doc) else None
        if follows is not None and follows.text == "-" and follows.idx == mention.end < span[1]:
            return True  # "Dubai" of "Dubai-based"
        if follows is None or follows.is_punct or follows.idx >= span[1]:
            return False
        return follows.pos_ in _MODIFIED_TAGS

    def _only_follows(self, mention: Mention, span: tuple[int, int]) -> bool:
        """Whether the source is something else: "a spokesman for X", "a rower I know"; not "the mine's
        owner"."""
        source = self.doc.char_span(span[0], span[1], alignment_mode="expand")
        begins = mention.begins if mention.form == NAME else mention.first
        before = list(self.doc[source.start : begins]) if source is not None else []
        if any(token.pos_ == "ADP" for token in before):
            return True
        beside = mention.form == NAME or not before
        return (
            not beside
            and any(token.pos_ == "NOUN" for token in before)
            and before[-1].text not in {"'s", "’s", "'", "’", ","}
        )

    def _apposed_name(self, span: tuple[int, int], main: Mention | None) -> Mention | None:
        """A person's name after a comma: "the head of Central Command, Kenneth Hale", "one of them, Ann
        Hale"."""
        if (
            main is not None
            and (main.form != NOMINAL or main.plural)
            and drawn_one(self.text[slice(*span)]) is None
        ):
            return None
        found = self.chains.mentions[self._index(span[0]) : self._index(span[1] + 30)]
        return next((each for each in found if self._closes_apposition(each, span)), None)

    def _apposed_body(self, main: Mention | None) -> Mention | None:
        """The body's name after a comma: "the mine's owner, Borsko,", "its managers, Sorrel Line,"."""
        if main is None or main.form != NOMINAL:
            return None
        if main.head not in MAY_BE_FIRMS if main.plural else not main.definite:
            return None
        at = self._index(main.end)
        name = self.chains.mentions[at] if at < len(self.chains.mentions) else None
        if name is None or name.form != NAME or name.sort != BODY or name.last >= len(self.doc):
            return None
        closed = self.doc[name.last].text in {",", "("} and self.text[main.end : name.start].strip() == ","
        return name if closed else None

    def _closes_apposition(self, mention: Mention, span: tuple[int, int]) -> bool:
        if mention.form != NAME or mention.sort != PERSON or not mention.begins:
            return False
        comma = self.doc[mention.begins - 1]
        if comma.text == ")" and span[0] < comma.idx < mention.end <= span[1]:
            return True  # "superintendent of police (Sitapur) Prabhakar Dorn"
        if comma.text != "," or not span[0] < comma.idx <= span[1]:
            return False
        follows = self.doc[mention.last] if mention.last < len(self.doc) else None
        if comma.idx == span[1]:  # the name stands just after the source: "the head, Kenneth Hale, said"
            return follows is not None and follows.text == ","
        return follows is None or follows.idx >= span[1] or follows.text in {",", "("}

    def _before_which(self, span: tuple[int, int]) -> Who:
        """The body that "which" takes up: "Human Rights Watch, which accused"."""
        at = self._index(span[0]) - 1
        before = self.chains.mentions[at] if at >= 0 else None
        if before is None or before.sort not in _SORT_KINDS or self.text[before.end : span[0]].strip(" ,"):
            return UNKNOWN
        name = self.chains.of[at].name
        return Who(name, (before.start, before.end), "organization", None, False if name else None)

    def _by_words(self, source: str) -> Who:
        """A source that is no mention but the short form of the one name that fits: "Reiss" of "Tomas
        Reiss"."""
        bare = names.split_title(names.tidy(source))[1]
        if not bare or not all(word[:1].isupper() for word in bare.split()):
            return UNKNOWN
        form, body = names.person_form(bare), names.body_form(bare)
        fitting: dict[str, Mention] = {}
        for each in self.chains.mentions:
            if each.form == NAME and each.name and each.name not in fitting and _fits(form, body, each):
                fitting[each.name] = each
        if len(fitting) != 1:
            return UNKNOWN
        ((name, mention),) = fitting.items()
        return Who(name, (mention.start, mention.end), None, None, False)

    def _by_name(self, main: Mention, claim: Claim) -> Who:
        """A name as written; its antecedent is the mention with the full name, where this is shorter."""
        if claim.source_kind == "group" and main.sort == PERSON:
            return Who(anonymous=False)  # several people: no one of them is the source
        full = (
            []
            if self._is_full(main)
            else [
                each
                for each in self.chains.of[self._number(main)].mentions
                if each.form == NAME and self._is_full(each)
            ]
        )
        before = [each for each in full if each.end <= main.start]
        best = before[-1] if before else next(iter(full), None)
        kind = "person" if main.sort == PERSON and claim.source_kind not in BODY_SOURCES else None
        return Who(main.name, (best.start, best.end) if best else None, kind, None, False)

    def _by_description(self, main: Mention, span: tuple[int, int]) -> Who:
        """A noun phrase: named in the source itself or before, or taking up a description."""
        chain = self.chains.of[self._number(main)]
        earlier = [each for each in chain.mentions if each.end <= main.start and each.form != PRONOUN]
        beside = [each for each in chain.mentions if span[0] <= each.start < span[1] and each.form == NAME]
        if beside:
            return Who(chain.name, None, None, None, False)
        if not earlier:
            return UNKNOWN
        best = self._best_mention(earlier)
        named = best.form == NAME and chain.name is not None
        return Who(
            chain.name if named else None, (best.start, best.end), None, None, False if named else None
        )

    def _best_mention(self, mentions: Sequence[Mention]) -> Mention:
        """The mention that says most: the last with the full name, else the last name, else the last."""
        named = [each for each in mentions if each.form == NAME]
        full = [each for each in named if self._is_full(each)]
        return (full or named or list(mentions))[-1]

    def _is_full(self, mention: Mention) -> bool:
        written = names.split_title(names.tidy(self.text[mention.start : mention.end]))[1]
        return names.fold(written) == names.fold(mention.name or "")

    def _by_pronoun(self, main: Mention, span: tuple[int, int]) -> Who:
        bracketed = self._bracketed(main, span)
        if bracketed:
            return Who(bracketed.name, (bracketed.start, bracketed.end), _SORT_KINDS.get(bracketed.sort))
        group = self.spoken[-1] if self.spoken and main.head == "they" else None
        if group is not None and just_spoke(group, self._block(span[0]), self._between(group, span)):
            return Who(None, (group.start, group.end), "group", None, not group.named)
        number = self._number(main)
        chain = self.chains.of[number]
        earlier = [each for each in chain.mentions if each.end <= main.start and each.form != PRONOUN]
        if not earlier:
            text = self.document
            if main.head == "it" and text is not None and self._block(text[0]) == self._block(span[0]):
                return Who(None, text, "document", None, self.nameless[text[0]])
            return Who(anonymous=not may_be_named(main, self.chains.mentions[:number]))
        last = self._best_mention(earlier)
        kind = _SORT_KINDS.get(chain.sort) if main.head in {"they", "it"} else None
        anonymous = not (chain.name or chain.sort in {BODY, PLACE})
        spoke = [self.nameless[each.start] for each in earlier if each.start in self.nameless]
        if spoke and chain.name is None and chain.sort == BODY:
            anonymous = all(spoke)  # "the company" is nobody's name, nor is "it" then
        name = None if chain.sort == PEOPLE else chain.name
        return Who(name, (last.start, last.end), kind, None, anonymous)

    def _bracketed(self, main: Mention, span: tuple[int, int]) -> Mention | None:
        """The name that an editor put after a pronoun: "They (Iran)", "he [Smith]"."""
        at = self._index(main.end)
        after = self.chains.mentions[at] if at < len(self.chains.mentions) else None
        if after is None or after.form != NAME or after.start > span[1] + 2:
            return None
        return after if self.text[main.end : after.start].strip() in {"(", "["} else None

    def _number(self, mention: Mention) -> int:
        """The index of ``mention``; those that begin together stand side by side."""
        at = self._index(mention.start)
        while self.chains.mentions[at] is not mention:
            at += 1
        return at

    def _from_group(self, span: tuple[int, int], drawing: Drawn) -> Who:
        count, whole = drawing.count, drawing.whole
        group = self._group_of(span, count, drawing.of)
        before = self.chains.mentions[: self._index(span[0])]
        kind = "person" if count == 1 else "group"
        if group is not None and whole and group.count is None and not group.joint and both_named(before):
            group = None  # "neither" of the two who spoke, not of people that they spoke of
        since = self._between(group, span) if group is not None else []
        if group is None or (count == 1 and follows_one(self.doc, self._block(span[0]), since)):
            return Who(None, None, kind, count, not (whole and both_named(before)))
        return Who(None, (group.start, group.end), kind, count, not (whole and group.named))

    def _group_of(self, span: tuple[int, int], count: int | None, of: str) -> Group | None:
        """The last group before a source; ``of``: the noun for its people, where the source has it."""
        people: Sequence[Mention] = self.chains.mentions[: self._index(span[0])]
        spoken = self.spoken
        if of:
            spoken = [each for each in spoken if of in self.text[each.start : each.end].casefold()]
            people = [each for each in people if of in self.text[each.start : each.end].casefold()]
        return last_group(span[0], self._block(span[0]), count, spoken, people)

    def _first_person(
        self, claim: Claim, span: tuple[int, int], main: Mention | None, parent: Claim | None
    ) -> Who:
        """ "I" and "we": the speaker of the quotation they stand in, else the author of the segment."""
        if parent is not None and (parent.form != "indirect" or parent.cue == ":"):
            return Who(parent.source_name, self._speaker(parent), parent.source_kind, None, parent.anonymous)
        if main is not None and main.quotation:
            return Who(anonymous=True)
        label = self._label_of_turn(span)
        if label:
            return Who(label.name, (label.start, label.end), "person", None, False)
        if self.labels and span[0] > self.labels[0][0] and claim.segment_kind == "body":
            return self._interviewee() or Who(anonymous=False)
        segment = self.segments.get(claim.segment_id)
        author = segment.author if segment else None
        if author is None and claim.segment_kind not in {"comment", "quote"}:
            return self._author()
        return Who(author, None, "author", None, author is None)

    def _author(self) -> Who:
        authors = self.article.document.authors or ()
        author = authors[0] if len(authors) == 1 else None
        return Who(author, None, "author", None, author is None)

    def _interviewee(self) -> Who | None:
        label = interviewee(self.text, self.labels, self.article.document.authors or ())
        if label is None:
            return None
        at = self._index(label[0])
        name = self.chains.mentions[at].name if at < len(self.chains.mentions) else None
        return Who(name, label, "person", None, False)

    def _speaker(self, parent: Claim) -> tuple[int, int] | None:
        """The mention behind the speaker of a quotation: what resolved it, else its source."""
        start, end = parent.antecedent_start, parent.antecedent_end
        if start is None or end is None:
            return source_range(self.reading, parent)
        first, last = self.reading.position(start), self.reading.position(end - 1)
        return None if first is None or last is None else (first, last + 1)

    def _label_of_turn(self, span: tuple[int, int]) -> Mention | None:
        """The name before a colon that opens the paragraph, as in interviews: "Joyce Amari: No, I …"."""
        at = self.block_starts[self._block(span[0])]
        first = self._index(at)
        label = self.chains.mentions[first] if first < len(self.chains.mentions) else None
        if label is None or label.form != NAME or label.start != at or label.sort != PERSON:
            return None
        return label if self.text[label.end : label.end + 1] == ":" else None


def _says_first_person(main: Mention | None, source: str) -> bool:
    if " ".join(source.casefold().split()) in AUTHOR_PHRASES:
        return True
    return main is not None and main.form == PRONOUN and main.head in FIRST_PERSON


def _fits(form: names.PersonForm, body: str, mention: Mention) -> bool:
    if mention.sort == PERSON:
        return names.may_be_same_person(form, names.person_form(mention.name or ""))
    return names.body_form(mention.name or "") == body
