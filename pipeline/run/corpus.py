"""The articles of the corpus as columns: which count, what their sites repeat, which have to be extracted.

Columns, not objects: there may be millions of articles, and a rerun looks at all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.run.stages import keys_digest
from pipeline.run.tasks import ExtractTask, Made, Wanted
from pipeline.tables.merge import Source
from pipeline.tables.state import NO_PART

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Repeated = Callable[[Ints, Ints], Bools]
"""Pages of a site with a line, pages of the site: whether the line counts as repeated there."""

SITE_MIX = np.uint64(0x9E3779B97F4A7C15)
"""Odd constant (the golden ratio's 64 bits) that spreads a site's number over the bits of a key."""


PIECES_LEFT = 8
"""Tasks for every process that the work still to do is cut into."""

PIECE_CHARS = 3000
"""Code points that are not cut further: about one news article, a fifth of a second of work."""


@dataclass(slots=True)
class Corpus:
    """Every article that was read and counts, in the order of the inputs."""

    articles: pa.Table
    """``ArticleState``."""
    places: pa.Table
    """Bundle and row of the text; null where it was not read in this run."""
    duplicates: pa.Table
    """``ArticleState`` of further articles with an id that an earlier one has."""
    cut: pa.ChunkedArray
    """Paths of the inputs of which a limit left out articles."""


def gather(articles: pa.Table, places: pa.Table, paths: pa.Array, *, limit: int | None = None) -> Corpus:
    """Put articles in the order of ``paths``, the first of each ``doc_id`` apart from the others."""
    position = pc.index_in(articles["path"], value_set=paths)
    keys = pa.table({"position": position, "number": articles["number"]})
    order = pc.sort_indices(keys, sort_keys=[("position", "ascending"), ("number", "ascending")])
    cut = articles["path"].take(order[len(order) if limit is None else limit :])
    articles, places = articles.take(order[:limit]), places.take(order[:limit])
    first = _first_of_each(articles["doc_id"])
    if pc.all(first).as_py():  # as nearly always: no second copy of the columns
        return Corpus(articles, places, articles.slice(0, 0), cut)
    duplicates = articles.filter(pc.invert(first))
    return Corpus(articles.filter(first), places.filter(first), duplicates, cut)


def _first_of_each(ids: pa.ChunkedArray) -> pa.Array:
    codes = ids.combine_chunks().dictionary_encode().indices.to_numpy()
    first = np.zeros(len(codes), dtype=bool)
    first[np.unique(codes, return_index=True)[1]] = True
    return pa.array(first)


@dataclass(slots=True)
class Lines:
    """The repeated lines of every article."""

    keys: Ints
    repeated: Bools
    starts: Ints
    digests: list[str]

    def of(self, row: int) -> tuple[int, ...]:
        """The keys of an article's lines that its site repeats."""
        part = slice(self.starts[row], self.starts[row + 1])
        return tuple(self.keys[part][self.repeated[part]].tolist())


def learn(articles: pa.Table, is_repeated: Repeated) -> Lines:
    """What each site repeats: from how many of its articles have a line, and how many it has."""
    lists = articles["line_keys"].combine_chunks()
    keys = np.asarray(lists.flatten(), dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(pc.list_value_length(lists).to_numpy(zero_copy_only=False))])
    sites = articles["site_key"].combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    site_of_line = np.repeat(sites, np.diff(starts).astype(np.int64))
    mixed = keys.view(np.uint64) ^ ((site_of_line + 1).astype(np.uint64) * SITE_MIX)
    _, inverse, counts = np.unique(mixed, return_inverse=True, return_counts=True)
    n_pages = np.bincount(sites + 1, minlength=1)[site_of_line + 1]
    repeated = is_repeated(counts[inverse], n_pages) & (site_of_line >= 0)
    lines = Lines(keys, repeated, starts.astype(np.int64), [])
    lines.digests = _digests(lines)
    return lines


def _digests(lines: Lines) -> list[str]:
    digests = [""] * (len(lines.starts) - 1)
    with_any = np.unique(np.searchsorted(lines.starts, np.flatnonzero(lines.repeated), side="right") - 1)
    for row in with_any.tolist():
        digests[row] = keys_digest(lines.of(row))
    return digests


@dataclass(slots=True)
class Work:
    """The articles against what is known of them: all columns along ``Corpus.articles``."""

    part: Ints
    """Where an article's rows are, or ``NO_PART``."""
    before: list[str]
    """Digest of the cleaned article that those rows were made from."""
    todo: Bools
    """Whether it has to be cleaned, and extracted where that gives another text."""
    elsewhere: dict[int, Source] = field(default_factory=dict)
    """Where rows lie that ``before`` speaks of, if not in ``part``."""


def compare(articles: pa.Table, lines: Lines, known: pa.Table) -> Work:
    """Find the articles of which neither the source nor what its site repeats is as it was in ``known``."""
    known = known.filter(pc.not_equal(known["part"], NO_PART))
    row = pc.index_in(articles["doc_id"], value_set=known["doc_id"].combine_chunks())

    def was(name: str) -> pa.ChunkedArray:
        return known[name].combine_chunks().take(row)

    same = pc.and_(
        pc.equal(articles["raw_digest"], was("raw_digest")),
        pc.equal(pa.array(lines.digests, pa.string()), was("repeated_digest")),
    )
    return Work(
        part=np.array(pc.fill_null(was("part"), NO_PART).to_numpy(zero_copy_only=False)),
        before=pc.fill_null(was("clean_digest"), "").to_pylist(),
        todo=~np.asarray(pc.fill_null(same, False).to_numpy(zero_copy_only=False), dtype=bool),
    )


def reuse(staged: Iterable[Made], corpus: Corpus, lines: Lines, work: Work) -> list[Made]:
    """Those outcomes of earlier work that hold for this corpus; their articles are no longer to do.

    Where only what the site repeats is another, the article is cleaned again; if that gives the same, the
    rows there are can be used.
    """
    rows: dict[str, int] | None = None
    useful = []
    for made in staged:
        if rows is None:
            rows = {doc_id: row for row, doc_id in enumerate(corpus.articles["doc_id"].to_pylist())}
        holds = []
        for outcome in made.outcomes.to_pylist():
            row = rows.get(outcome["doc_id"])
            holds.append(row is not None and _holds(outcome, row, made, corpus, lines, work))
        useful.append(made.only(holds))
    return useful


def _holds(
    outcome: Mapping[str, Any], row: int, made: Made, corpus: Corpus, lines: Lines, work: Work
) -> bool:
    if (
        not work.todo[row]
        or outcome["status"] == "same"
        or outcome["raw_digest"] != corpus.articles["raw_digest"][row].as_py()
    ):
        return False
    if outcome["repeated_digest"] == lines.digests[row]:
        work.todo[row] = False
        return True
    if outcome["status"] == "made" and work.part[row] < 0:
        work.before[row] = outcome["clean_digest"]
        work.elsewhere[row] = made.source
    return False


def tasks(
    corpus: Corpus, lines: Lines, work: Work, rows: Sequence[int], *, jobs: int, source: Path, target: Path
) -> Iterator[ExtractTask]:
    """Tasks for the articles at ``rows``: bundles of texts or pieces of them, those with the longest first.

    For several processes the pieces shrink as the work comes to its end (guided self-scheduling,
    Polychronopoulos and Kuck 1987), so that all end together, and eight articles are work for two.
    """
    bundles: dict[str, list[int]] = {}
    names = corpus.places["bundle"].take(pa.array(rows, pa.int64())).to_pylist()
    for row, name in zip(rows, names, strict=True):
        bundles.setdefault(name, []).append(row)
    n_chars = corpus.articles["n_chars"].to_numpy()
    left = int(n_chars[list(rows)].sum())
    for name in sorted(bundles, key=lambda name: (-n_chars[bundles[name]].max(), bundles[name][0])):
        waiting = sorted(bundles[name], key=lambda row: -n_chars[row])
        while waiting:
            size = left if jobs == 1 else max(PIECE_CHARS, left // (PIECES_LEFT * jobs))
            n = max(1, int(np.searchsorted(np.cumsum(n_chars[waiting]), size, side="right")))
            piece, waiting = waiting[:n], waiting[n:]
            left -= int(n_chars[piece].sum())
            yield ExtractTask(
                source / name, target, tuple(_wanted(corpus, lines, work, row) for row in piece)
            )


def _wanted(corpus: Corpus, lines: Lines, work: Work, row: int) -> Wanted:
    article: Mapping[str, Any] = {
        name: corpus.articles[name][row].as_py()
        for name in ("doc_id", "path", "number", "n_chars", "raw_digest")
    }
    place = corpus.places["row"][row].as_py()
    return Wanted(row=place, repeated=lines.of(row), before=work.before[row], **article)
