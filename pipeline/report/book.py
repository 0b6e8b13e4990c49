"""What links the pages: every article's head, every source with its claims, which claim answers which."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pipeline.report import address
from pipeline.report.rows import Rows
from pipeline.report.speakers import Speaker, speakers_of
from pipeline.schema import Claim, Document

OWN_PAGE_CLAIMS = 3
"""Sources with fewer claims share a page: in news most are quoted once or twice, and one file each would
make more files of sources than of articles."""

SHARED_PAGE_SOURCES = 60

UNKNOWN_OUTLET = "unknown"


@dataclass(slots=True)
class Head:
    """What other pages show of an article."""

    doc_id: str
    title: str
    outlet: str
    day: dt.date | None
    page: str
    n_words: int
    duplicate_of: str | None
    n_claims: int = 0
    n_anonymous: int = 0


@dataclass(frozen=True, slots=True)
class ClaimRef:
    """A claim as other pages refer to it: its row, its article, its place there and its cue's class."""

    row: int
    article: int
    ordinal: int
    claim_id: str
    anchor: str
    cue_class: str
    supports: str | None
    quotation_id: str | None


@dataclass(slots=True)
class Source:
    """A source over all articles."""

    speaker: Speaker
    rows: list[int] = field(default_factory=list)
    """Its claims, newest first."""
    articles: set[int] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    spellings: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    first: dt.date | None = None
    last: dt.date | None = None
    page: str = ""


@dataclass(slots=True)
class Book:
    """The links between articles, claims and sources."""

    heads: list[Head] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    claims: list[ClaimRef] = field(default_factory=list)
    speakers: list[tuple[int, ...]] = field(default_factory=list)
    """For each claim the numbers of its sources."""
    by_claim_id: dict[str, int] = field(default_factory=dict)
    by_doc_id: dict[str, int] = field(default_factory=dict)
    answers: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """For a claim's row the rows of the claims that confirm or deny it."""
    same_quotation: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_last_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Sources known by a description, by its last word."""
    shared_pages: list[list[int]] = field(default_factory=list)
    """For each page that sources share, their numbers."""

    def claim_address(self, row: int) -> str:
        """Where a claim stands in its article, relative to the report's folder."""
        ref = self.claims[row]
        return f"{self.heads[ref.article].page}#{ref.anchor}"

    def answers_by_class(self, row: int) -> Counter[str]:
        """How often a claim is confirmed and denied by other claims."""
        return Counter(self.claims[each].cue_class for each in self.answers.get(row, ()))


def outlet(document: Document) -> str:
    """Who published the article, as the report names it."""
    return document.publisher or document.site or UNKNOWN_OUTLET


def last_word(speaker: Speaker) -> str:
    """What a described source is at heart: "commander" for "Iraqi militia commander"; empty for a name."""
    return "" if speaker.named or not speaker.is_known else speaker.label.casefold().rpartition(" ")[2]


def write_book(rows: Rows) -> Book:
    """Read all articles and claims once and note what links them."""
    book = Book()
    for number, document in enumerate(rows.documents()):
        book.heads.append(_head(document))
        book.by_doc_id[document.doc_id] = number
    forms = {name_id: name.name for name_id, name in rows.names.items()}
    by_form = _unique_forms(rows)
    numbers: dict[str, int] = {}
    for article, claims in enumerate(rows.claims_by_article()):
        _enter_claims(book, article, claims)
        for claim, speakers in zip(claims, speakers_of(claims, forms, by_form), strict=True):
            _enter_speakers(book, numbers, article, claim, speakers)
    _link_answers(book)
    _give_pages(book)
    return book


def _unique_forms(rows: Rows) -> dict[str, str]:
    """``name_id`` by written form, for the forms that only one name has."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for name in rows.names.values():
        for alias in (name.name, *name.aliases):
            bearers[alias].add(name.name_id)
    return {form: next(iter(ids)) for form, ids in bearers.items() if len(ids) == 1}


def _head(document: Document) -> Head:
    return Head(
        doc_id=document.doc_id,
        title=document.title or PurePosixPath(document.doc_id).name or document.doc_id,
        outlet=outlet(document),
        day=document.published.date() if document.published else None,
        page=address.article_page(document.doc_id),
        n_words=document.n_words,
        duplicate_of=document.duplicate_of,
    )


def _enter_claims(book: Book, article: int, claims: list[Claim]) -> None:
    head = book.heads[article]
    head.n_claims = len(claims)
    head.n_anonymous = sum(claim.anonymous for claim in claims)
    for ordinal, claim in enumerate(claims, 1):
        row = len(book.claims)
        anchor = address.row_anchor(claim.doc_id, claim.claim_id)
        ref = ClaimRef(
            row, article, ordinal, claim.claim_id, anchor,
            claim.cue_class, claim.supports_claim_id, claim.quotation_id,
        )  # fmt: skip
        book.claims.append(ref)
        book.by_claim_id[claim.claim_id] = row
        if claim.quotation_id is not None:
            book.same_quotation[claim.quotation_id].append(row)


def _enter_speakers(
    book: Book, numbers: dict[str, int], article: int, claim: Claim, speakers: tuple[Speaker, ...]
) -> None:
    row, own = len(book.speakers), []
    for speaker in speakers:
        number = numbers.setdefault(speaker.key, len(book.sources))
        if number == len(book.sources):
            book.sources.append(Source(speaker))
            if last_word(speaker):
                book.by_last_word[last_word(speaker)].append(number)
        source = book.sources[number]
        source.rows.append(row)
        source.articles.add(article)
        source.kinds[claim.source_kind] += 1
        if claim.source is not None:
            source.spellings[claim.source] += 1
        day = book.heads[article].day
        if day is not None:
            source.first = min(day, source.first or day)
            source.last = max(day, source.last or day)
        own.append(number)
    book.speakers.append(tuple(own))


def _link_answers(book: Book) -> None:
    for ref in book.claims:
        answered = book.by_claim_id.get(ref.supports) if ref.supports is not None else None
        if answered is not None and answered != ref.row:
            book.answers[answered].append(ref.row)
            for number in book.speakers[answered]:
                book.sources[number].answers[ref.cue_class] += 1


def _give_pages(book: Book) -> None:
    """A page of its own for whoever is quoted often, shared pages in alphabetical order for the others."""
    few: list[int] = []
    for number, source in enumerate(book.sources):
        if len(source.rows) >= OWN_PAGE_CLAIMS:
            source.page = address.source_page(source.speaker.key)
        else:
            few.append(number)
    few.sort(
        key=lambda number: (book.sources[number].speaker.label.casefold(), book.sources[number].speaker.key)
    )
    for start in range(0, len(few), SHARED_PAGE_SOURCES):
        page = f"sources/few/{start // SHARED_PAGE_SOURCES + 1:04}.html"
        book.shared_pages.append(few[start : start + SHARED_PAGE_SOURCES])
        for number in few[start : start + SHARED_PAGE_SOURCES]:
            book.sources[number].page = f"{page}#{address.digest(book.sources[number].speaker.key)}"
