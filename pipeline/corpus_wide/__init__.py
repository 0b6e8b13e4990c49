"""Tables → what only the whole corpus tells: names across articles, near-duplicates, shared quotations."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import names
from pipeline.corpus_wide.aliases import Aliases, read_aliases
from pipeline.corpus_wide.duplicates import Sketched, find_duplicates, sketch
from pipeline.corpus_wide.link import Parts, Union, link_bodies, link_people
from pipeline.corpus_wide.quotations import Quote, find_quotations
from pipeline.schema import Name, arrow_schema

Scan = Callable[[str, Sequence[str]], Iterator[pa.Table]]
"""The rows of a table, some columns, in pieces; every call begins anew, an article's rows are in one
piece, which is the same for all tables."""

__all__ = ["CorpusWide", "Scan", "learn", "link_names", "sketch"]

Key = tuple[bool, str]
"""A name in the tables: whether it is a person's, and its fullest form in an article (``entities.name``)."""

PERSON_KINDS = frozenset({"person", "author", "group"})
"""Kinds of source whose name is looked for among people first."""


@dataclass(slots=True)
class _Known:
    """What is counted of one name's form."""

    labels: Counter[str] = field(default_factory=Counter)
    written: set[str] = field(default_factory=set)
    n_documents: int = 0


@dataclass(slots=True)
class _Tally:
    """What is counted of one name over the corpus."""

    n_documents: int = 0
    n_mentions: int = 0
    n_claims: int = 0
    seen: tuple[dt.datetime, dt.datetime] | None = None

    def see(self, first: dt.datetime | None, last: dt.datetime | None) -> None:
        """Take in the dates of some articles; null where none has one."""
        if first is not None and last is not None:
            before = self.seen or (first, last)
            self.seen = min(first, before[0]), max(last, before[1])


class CorpusWide:
    """Fills the columns that depend on other articles; ``names`` is the table of names.

    ``quotations`` holds the claims whose words are shared: ``key`` (article and claim) and ``id``.
    """

    def __init__(
        self, ids: dict[Key, str], names_table: pa.Table, duplicates: dict[str, str], quotations: pa.Table
    ):
        self.names = names_table
        self._ids = ids
        self._duplicates = duplicates
        self._quotations = quotations

    def finish(self, name: str, rows: pa.Table) -> pa.Table:
        """Rows of table ``name`` with ``duplicate_of``, ``name_id``, ``source_name_id`` and
        ``quotation_id`` set."""
        if name == "documents":
            copies = [self._duplicates.get(doc_id) for doc_id in _list(rows, "doc_id")]
            return _set(rows, "duplicate_of", pa.array(copies, pa.string()))
        if name == "entities":
            return _set(rows, "name_id", _ids_of(rows["name"], _is_person(rows), self._ids))
        if name != "claims":
            return rows
        rows = _set(rows, "source_name_id", _source_ids(rows, self._ids))
        keys = _claim_keys(rows["doc_id"], rows["claim_id"])
        found = pc.index_in(keys, value_set=self._quotations["key"].combine_chunks())
        return _set(rows, "quotation_id", self._quotations["id"].combine_chunks().take(_whole(found)))


def learn(scan: Scan, aliases: Aliases | None = None) -> CorpusWide:
    """Read the tables and learn what only they tell together; the same for any order of articles.

    Args:
        aliases: the user's own names; by default those of ``configs/names.csv``.

    Raises:
        ConfigError: ``configs/names.csv`` cannot be used.
    """
    aliases = read_aliases() if aliases is None else aliases
    duplicates = find_duplicates(_sketched(scan))
    quotations = _keyed(find_quotations(_quotes(scan)))
    ids, table = link_names(scan, aliases)
    return CorpusWide(ids, table, duplicates, quotations)


def _sketched(scan: Scan) -> Iterator[Sketched]:
    pieces = zip(
        scan("documents", ["doc_id", "published"]), scan("sketches", ["doc_id", "hashes"]), strict=True
    )
    for documents, sketches in pieces:
        known = sketches.filter(pc.is_valid(sketches["hashes"]))
        row = pc.index_in(known["doc_id"], value_set=documents["doc_id"].combine_chunks())
        dates = documents["published"].cast(pa.int64()).take(row).to_pylist()
        for doc_id, date, hashes in zip(
            _list(known, "doc_id"), dates, known["hashes"].to_pylist(), strict=True
        ):
            yield Sketched(doc_id, date, hashes)


def _quotes(scan: Scan) -> Iterator[Quote]:
    for piece in scan("claims", ["doc_id", "claim_id", "form", "content"]):
        quoted = piece.filter(pc.is_in(piece["form"], value_set=pa.array(["direct", "mixed"])))
        for row in quoted.to_pylist():
            yield Quote(row["doc_id"], row["claim_id"], row["content"])


def link_names(scan: Scan, aliases: Aliases) -> tuple[dict[Key, str], pa.Table]:
    """The id of every name in ``entities``, and the table of names in the order of their ids."""
    known = _known_names(scan)
    groups = _groups(known, aliases, scan)
    ids: dict[Key, str] = {}
    chosen: dict[str, tuple[str, list[Key]]] = {}
    for keys in groups:
        name = _chosen_name(keys, known, aliases)
        name_id = aliases.wikidata.get(names.fold(name)) or _slug(keys[0][0], name)
        ids |= dict.fromkeys(keys, name_id)
        before = chosen.get(name_id, (name, []))
        chosen[name_id] = (min(name, before[0]), before[1] + keys)
    tallies = _tallies(scan, ids)
    rows = [_name_row(name_id, *chosen[name_id], known, tallies[name_id]) for name_id in sorted(chosen)]
    return ids, pa.Table.from_pylist(rows, schema=arrow_schema(Name))


def _known_names(scan: Scan) -> dict[Key, _Known]:
    """Every name of the corpus with its labels, written forms and how many articles have it."""
    known: dict[Key, _Known] = defaultdict(_Known)
    for piece in scan("entities", ["doc_id", "label", "name", "text"]):
        piece = piece.filter(pc.is_valid(piece["name"]))
        counts = piece.group_by(["label", "name", "text"]).aggregate([("doc_id", "count")])
        for row in counts.to_pylist():
            each = known[row["label"] == "PERSON", row["name"]]
            each.labels[row["label"]] += row["doc_id_count"]
            each.written.add(names.tidy(row["text"]))
        person = pc.equal(piece["label"], "PERSON")
        docs = pa.table({"person": person, "name": piece["name"], "doc_id": piece["doc_id"]})
        for row in docs.group_by(["person", "name"]).aggregate([("doc_id", "count_distinct")]).to_pylist():
            known[row["person"], row["name"]].n_documents += row["doc_id_count_distinct"]
    return dict(known)


def _groups(known: dict[Key, _Known], aliases: Aliases, scan: Scan) -> list[list[Key]]:
    """The names that are one, sorted; the user's aliases go before everything that forms tell."""
    form_of = {key: _form(key, aliases) for key in known}
    people = link_people([form for key, form in form_of.items() if key[0]], _together(scan, aliases))
    bodies = link_bodies([form for key, form in form_of.items() if not key[0]], _said(known))
    groups: dict[tuple[bool, Parts], list[Key]] = defaultdict(list)
    for key in sorted(known):
        union: Union = people if key[0] else bodies
        groups[key[0], union.find(form_of[key])].append(key)
    return [groups[each] for each in sorted(groups)]


def _form(key: Key, aliases: Aliases) -> Parts:
    """The comparable form of a name, or of what the user says that it stands for."""
    person, name = key
    name = aliases.names.get(names.fold(name), name)
    if person:
        return names.person_form(name).parts or (names.fold(name),)
    return (names.body_form(name),)


def _said(known: dict[Key, _Known]) -> Iterator[tuple[str, str]]:
    """(short form, full form) of bodies that some article calls by both."""
    for (person, name), each in known.items():
        if not person:
            full = names.body_form(name)
            yield from (
                (short, full) for short in map(names.body_form, sorted(each.written)) if short != full
            )


def _together(scan: Scan, aliases: Aliases) -> Callable[[set[frozenset[Parts]]], set[frozenset[Parts]]]:
    """Finds the pairs of forms that are two names of one article, by reading the entities once more."""

    def together(pairs: set[frozenset[Parts]]) -> set[frozenset[Parts]]:
        wanted = {form for pair in pairs for form in pair}
        found: set[frozenset[Parts]] = set()
        if not wanted:
            return found
        for piece in scan("entities", ["doc_id", "label", "name"]):
            forms: dict[str, set[Parts]] = defaultdict(set)
            people = piece.filter(pc.and_(pc.equal(piece["label"], "PERSON"), pc.is_valid(piece["name"])))
            for doc_id, name in zip(_list(people, "doc_id"), _list(people, "name"), strict=True):
                form = _form((True, name), aliases)
                if form in wanted:
                    forms[doc_id].add(form)
            for each in forms.values():
                if len(each) > 1:
                    found |= {pair for pair in pairs if pair <= each}
        return found

    return together


def _chosen_name(keys: list[Key], known: dict[Key, _Known], aliases: Aliases) -> str:
    """The full form that most articles use; the user's name where an alias gives it."""
    given = sorted({aliases.names[names.fold(name)] for _, name in keys if names.fold(name) in aliases.names})
    if given:
        return given[0]

    def rank(key: Key) -> tuple[bool, int, int, str]:
        person, name = key
        parts = names.person_form(name).parts
        full = len(parts) > 1 and len(parts[0]) > 1 if person else not names.is_acronym(name)
        return full, known[key].n_documents, len(name), name

    return max(keys, key=rank)[1]


def _slug(person: bool, name: str) -> str:
    """``person/ali-al-dabbagh``, ``name/united-nations``: readable, and the same for the same name."""
    folded = names.fold(name) if person else names.body_form(name)
    return ("person/" if person else "name/") + (re.sub(r"[^\w]+", "-", folded).strip("-_") or "_")


def _tallies(scan: Scan, ids: dict[Key, str]) -> dict[str, _Tally]:
    """Mentions, articles, claims and dates of every name."""
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    pieces = zip(
        scan("entities", ["doc_id", "label", "name"]), scan("documents", ["doc_id", "published"]), strict=True
    )
    for piece, documents in pieces:
        row = _whole(pc.index_in(piece["doc_id"], value_set=documents["doc_id"].combine_chunks()))
        columns = {"name_id": _ids_of(piece["name"], _is_person(piece), ids), "doc_id": piece["doc_id"]}
        columns["published"] = documents["published"].combine_chunks().take(row)
        counted = pa.table(columns).group_by("name_id").aggregate(COUNTED)
        for each in counted.to_pylist():
            if each["name_id"] is not None:
                tally = tallies[each["name_id"]]
                tally.n_mentions += each["doc_id_count"]
                tally.n_documents += each["doc_id_count_distinct"]
                tally.see(each["published_min"], each["published_max"])
    for piece in scan("claims", ["source_kind", "source_name"]):
        sources = pa.table({"name_id": _source_ids(piece, ids)})
        counted = sources.group_by("name_id").aggregate([([], "count_all")])
        for each in counted.to_pylist():
            if each["name_id"] is not None:
                tallies[each["name_id"]].n_claims += each["count_all"]
    return tallies


COUNTED = [("doc_id", "count"), ("doc_id", "count_distinct"), ("published", "min"), ("published", "max")]


def _is_person(entities: pa.Table) -> pa.Array:
    return _whole(pc.equal(entities["label"], "PERSON"))


def _source_ids(claims: pa.Table, ids: dict[Key, str]) -> pa.Array:
    """The ids of claims' sources: among people or among the rest by their kind, else among the others."""
    person = _whole(pc.is_in(claims["source_kind"], value_set=pa.array(sorted(PERSON_KINDS))))
    found = _ids_of(claims["source_name"], person, ids)
    return pc.coalesce(found, _ids_of(claims["source_name"], pc.invert(person), ids))


def _ids_of(forms: pa.ChunkedArray, person: pa.Array, ids: dict[Key, str]) -> pa.Array:
    """The ids of names: each different one is looked up once."""
    coded = _whole(forms).dictionary_encode()
    words = coded.dictionary.to_pylist()
    people, others = (
        pa.array([ids.get((is_person, each)) for each in words], pa.string()).take(coded.indices)
        for is_person in (True, False)
    )
    return pc.if_else(person, people, others)


def _keyed(quotations: Iterator[tuple[str, str, str]]) -> pa.Table:
    """The claims whose words are shared, as columns: there may be many."""
    schema = pa.schema([("key", pa.string()), ("id", pa.string())])
    pieces = []
    while rows := list(itertools.islice(quotations, 16_384)):
        doc_ids, claim_ids, found = (pa.array(each, pa.string()) for each in zip(*rows, strict=True))
        pieces.append(pa.table([_claim_keys(doc_ids, claim_ids), found], schema=schema))
    return pa.concat_tables(pieces) if pieces else schema.empty_table()


def _claim_keys(doc_ids: pa.Array, claim_ids: pa.Array) -> pa.Array:
    return _whole(pc.binary_join_element_wise(doc_ids, claim_ids, "\0"))


def _name_row(
    name_id: str, name: str, keys: list[Key], known: dict[Key, _Known], tally: _Tally
) -> dict[str, object]:
    labels: Counter[str] = Counter()
    forms = {name}
    for key in keys:
        labels += known[key].labels
        forms |= {key[1]} | known[key].written
    label = max(sorted(labels), key=lambda each: labels[each])
    first, last = tally.seen or (None, None)
    return {
        "name_id": name_id, "name": name, "label": label, "aliases": sorted(forms),
        "n_documents": tally.n_documents, "n_mentions": tally.n_mentions, "n_claims": tally.n_claims,
        "first_seen": first, "last_seen": last,
    }  # fmt: skip


def _list(rows: pa.Table, name: str) -> list[str]:
    values: list[str] = rows[name].to_pylist()
    return values


def _whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _set(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    at = rows.schema.get_field_index(name)
    return rows.set_column(at, rows.schema.field(at), values)
