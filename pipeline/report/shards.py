"""The data behind the report's tables: columns in scripts of some thousand rows each.

A page opened from disk may not fetch files, nor run workers, but may load scripts. So each shard is a script
that hands over one JSON text; the page reads it column by column. Text is data throughout: no shard is ever
put into HTML.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pipeline.report.book import Book, ClaimRef
from pipeline.report.rows import Rows
from pipeline.schema import Claim

ROWS_PER_SHARD = 4000
"""Rows of one script, about 1 MB of claims: parsed in some 10 ms, so that the page stays responsive."""

CUT = "\x7f"
"""Stands between the texts of a column: no text has it, and neither JSON nor a script has to escape it."""

Values = tuple[Any, ...]

_EPOCH = dt.date(1970, 1, 1)
_IN_SCRIPT = str.maketrans({"\\": "\\\\", "'": "\\'", "\u2028": "\\u2028", "\u2029": "\\u2029"})


class Codes:
    """Small numbers for the values of a column that has few."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self.counts: list[int] = []

    def code(self, value: str | None) -> int:
        """The value's number; absence is 0."""
        found = self._codes.setdefault(value or "", len(self._codes))
        if found == len(self.counts):
            self.counts.append(0)
        self.counts[found] += 1
        return found

    def values(self) -> list[list[Any]]:
        """Value and number of rows, in the order of the codes."""
        return [[value, n] for value, n in zip(self._codes, self.counts, strict=True)]


class Shards:
    """Writes the rows of one table into ``data/``, a script for every ``ROWS_PER_SHARD``.

    A shard is read as a few long strings and lists, not as a row after the other: a hundred thousand claims
    are searched without cutting them up (``assets/columns.js``).

    Args:
        folder: the report's folder.
        name: the table's name, in the scripts' names and inside them.
        texts: columns of text that differs from row to row: one string each, rows between ``CUT``.
        words: columns of text that repeats: each text once, and its number for every row.
        sparse: columns of what few rows have: row to value.
        lists: columns that only the shown rows need.
        numbers: columns of numbers, for sorting and bounds.
        coded: columns with few different values in the whole table, for choosing among.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        texts: Sequence[str],
        words: Sequence[str] = (),
        sparse: Sequence[str] = (),
        lists: Sequence[str] = (),
        numbers: Sequence[str],
        coded: Sequence[str],
    ) -> None:
        self.name = name
        self._folder = folder / "data"
        self._codes = {column: Codes() for column in coded}
        self._groups: dict[str, tuple[Sequence[str], Callable[[str, Values], Any]]] = {
            "texts": (texts, _joined),
            "words": (words, _numbered),
            "sparse": (sparse, _filled),
            "lists": (lists, lambda _, values: values),
            "numbers": (numbers, lambda _, values: values),
            "codes": (coded, lambda column, values: [self._codes[column].code(each) for each in values]),
        }
        self._rows: list[Values] = []
        self._extra: dict[str, Any] = {}
        self.n_rows = 0
        self.scripts: list[str] = []
        self._folder.mkdir(exist_ok=True)

    def add(self, *values: Any) -> None:
        """Add a row, its values in the order of the arguments that name the columns."""
        self._rows.append(values)
        self.n_rows += 1
        if len(self._rows) == ROWS_PER_SHARD:
            self._flush()

    def lookup(self, kind: str, key: int, entry: Sequence[Any]) -> int:
        """The place of an entry in a list that the shard carries along, such as its articles."""
        places, entries = self._extra.setdefault(kind, ({}, []))
        if key not in places:
            places[key] = len(entries)
            entries.append(entry)
        return int(places[key])

    def finish(self) -> dict[str, Any]:
        """Write what is left; what ``data/index.js`` says about the table."""
        if self._rows or not self.scripts:
            self._flush()
        return {
            "n": self.n_rows,
            "size": ROWS_PER_SHARD,
            "codes": {column: codes.values() for column, codes in self._codes.items()},
        }

    def _flush(self) -> None:
        n_columns = sum(len(names) for names, _ in self._groups.values())
        columns = zip(*self._rows, strict=True) if self._rows else iter([()] * n_columns)
        shard: dict[str, Any] = {"n": len(self._rows)}
        for group, (names, pack) in self._groups.items():
            shard[group] = {name: pack(name, next(columns)) for name in names}
        shard["along"] = {kind: entries for kind, (_, entries) in self._extra.items()}
        path = f"{self.name}-{len(self.scripts):04}.js"
        write_script(self._folder / path, [self.name, len(self.scripts), shard])
        self.scripts.append(f"data/{path}")
        self._rows, self._extra = [], {}


def _joined(_: str, values: Values) -> str:
    return CUT.join((value or "").replace(CUT, "\ufffd") for value in values)


def _numbered(_: str, values: Values) -> list[list[Any]]:
    numbers: dict[str, int] = {}
    codes = [numbers.setdefault(value or "", len(numbers)) for value in values]
    return [list(numbers), codes]


def _filled(_: str, values: Values) -> dict[int, Any]:
    return {row: value for row, value in enumerate(values) if value}


def write_script(path: Path, message: Any) -> None:
    """Write a script that hands ``message`` to whichever page loads it."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":")).translate(_IN_SCRIPT)
    script = f"(self.newsclaims=self.newsclaims||[]).push(JSON.parse('{text}'));\n"
    path.write_text(script, encoding="utf-8")


def days(value: dt.date | None) -> int | None:
    """Days since 1970-01-01."""
    return None if value is None else (value - _EPOCH).days


class ClaimShards(Shards):
    """The rows of ``claims.html``."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder,
            "claims",
            texts=("id", "content"),
            words=("source", "cue"),
            sparse=("at", "parent", "supports", "answers"),
            lists=("article", "who"),
            numbers=("day", "sure"),
            coded=("kind", "nationality", "form", "class", "outlet", "segment", "flags"),
        )

    def enter(self, book: Book, claim: Claim, row: int) -> None:
        """Add a claim."""
        ref = book.claims[row]
        head = book.heads[ref.article]
        who = []
        for number in book.speakers[row]:
            source = book.sources[number]
            who.append(self.lookup("sources", number, (source.speaker.label, source.page)))
        answers = book.answers_by_class(row)
        flags = ("a" if claim.anonymous else "") + ("n" if claim.negated else "")
        flags += ("+" if answers["confirm"] else "") + ("-" if answers["deny"] else "")
        anchor = "" if ref.anchor == claim.claim_id else ref.anchor
        self.add(
            claim.claim_id, claim.content, claim.source, claim.cue,
            anchor, claim.parent_claim_id, _supported(book, ref),
            [[book.claims[n].cue_class, book.claim_address(n)] for n in book.answers.get(row, ())],
            self.lookup("articles", ref.article, (head.page, head.title, head.doc_id)),
            who[0] if len(who) == 1 else who, days(head.day), round(claim.confidence * 1000),
            claim.source_kind, "\n".join(claim.source_nationality or ()), claim.form, claim.cue_class,
            head.outlet, claim.segment_kind, flags,
        )  # fmt: skip


def _supported(book: Book, ref: ClaimRef) -> list[str] | None:
    """Id, page and sources of the claim that this one confirms or denies."""
    if ref.supports is None:
        return None
    row = book.by_claim_id.get(ref.supports)
    if row is None:
        return [ref.supports, "", ""]
    who = ", ".join(book.sources[number].speaker.label for number in book.speakers[row])
    return [ref.supports, book.claim_address(row), who]


def small_tables(folder: Path, book: Book, rows: Rows) -> Iterator[Shards]:
    """The tables beside the claims, each with all its rows but the last shard yet to be written."""
    yield _sources(folder, book)
    yield _articles(folder, book)
    yield _names(folder, book, rows)
    yield _rejects(folder, rows)


def _sources(folder: Path, book: Book) -> Shards:
    """The rows of ``sources.html``, most quoted first."""
    shards = Shards(
        folder,
        "sources",
        texts=("label", "page", "forms"),
        numbers=("claims", "articles", "confirmed", "denied", "first", "last"),
        coded=("named", "kind"),
    )
    for source in sorted(book.sources, key=lambda each: (-len(each.rows), each.speaker.key)):
        forms = " · ".join(
            form for form, _ in source.spellings.most_common(6) if form != source.speaker.label
        )
        shards.add(
            source.speaker.label, source.page, forms or None, len(source.rows), len(source.articles),
            source.answers["confirm"], source.answers["deny"], days(source.first), days(source.last),
            "named" if source.speaker.named else "anonymous", source.kinds.most_common(1)[0][0],
        )  # fmt: skip
    return shards


def _articles(folder: Path, book: Book) -> Shards:
    """The rows of ``articles.html``, newest first."""
    shards = Shards(
        folder,
        "articles",
        texts=("title", "doc", "page"),
        numbers=("day", "claims", "anonymous", "words"),
        coded=("outlet", "copy"),
    )
    for head in book.heads:
        shards.add(
            head.title, head.doc_id, head.page, days(head.day), head.n_claims, head.n_anonymous, head.n_words,
            head.outlet, "copy" if head.duplicate_of is not None else "original",
        )  # fmt: skip
    return shards


def _names(folder: Path, book: Book, rows: Rows) -> Shards:
    """The rows of ``names.html``, most mentioned first."""
    shards = Shards(
        folder,
        "names",
        texts=("name", "id", "aliases"),
        sparse=("page",),
        numbers=("documents", "mentions", "claims", "first", "last"),
        coded=("label",),
    )
    pages = {source.speaker.name_id: source.page for source in book.sources if source.speaker.name_id}
    for name in sorted(rows.names.values(), key=lambda each: (-each.n_mentions, each.name_id)):
        aliases = " · ".join(alias for alias in name.aliases if alias != name.name)
        shards.add(
            name.name, name.name_id, aliases, pages.get(name.name_id), name.n_documents, name.n_mentions,
            name.n_claims, days(_date(name.first_seen)), days(_date(name.last_seen)), name.label,
        )  # fmt: skip
    return shards


def _date(time: dt.datetime | None) -> dt.date | None:
    return None if time is None else time.date()


def _rejects(folder: Path, rows: Rows) -> Shards:
    """The rows of ``rejects.html``, in table order."""
    shards = Shards(folder, "rejects", texts=("path", "doc", "detail"), numbers=(), coded=("reason",))
    for reject in rows.rejects:
        shards.add(reject.path, reject.doc_id, reject.detail, reject.reason)
    return shards
