"""Single stages, as commands of their own: over files and folders, or over the tables of an earlier stage."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.clean.lines import split_lines
from pipeline.clean.scored import score_page
from pipeline.config import Config
from pipeline.read import Input, find_inputs
from pipeline.run.recipe import Recipe
from pipeline.run.stages import Extracted, Stages, clean_all, extract_all, internal
from pipeline.run.tasks import BATCH_ARTICLES, BATCH_CHARS
from pipeline.schema import TABLES, Article, RawArticle, Reject
from pipeline.tables import FolderError, to_arrow, write
from pipeline.tables.articles import holds_articles, stored_articles
from pipeline.tables.place import manifest_path

STEP_TABLES = {
    "clean": ("documents", "segments", "rejects"),
    "entities": ("documents", "segments", "entities", "rejects"),
    "claims": ("documents", "segments", "entities", "claims", "rejects"),
}
"""Stage commands and the tables they write: their own, and those of the stages before, so that what is
written can be read by itself."""

Found = Extracted | Reject
Read = Article | Reject


@dataclass(frozen=True, slots=True)
class Step:
    """One stage over some inputs.

    Args:
        name: a key of ``STEP_TABLES``.
        paths: files and folders; a folder that holds a ``documents`` table gives the articles in it.
        config: settings.
        recipe: other stages, for tests.
    """

    name: str
    paths: Sequence[Path]
    config: Config
    recipe: Recipe = field(default_factory=Recipe)

    def run(self) -> Iterator[Found]:
        """What the stage finds, article by article: of files first, then of tables.

        Raises:
            InputError: an input is not there.
            FolderError: the tables of an input cannot be read.
            ModelError: there is no model to annotate with.
        """
        stages = self.recipe.make_stages(self.config)
        if self.name != "clean":
            stages.prepare()
        stored = [path for path in self.paths if holds_articles(path)]
        sources = list(find_inputs([path for path in self.paths if path not in stored]))
        articles = itertools.chain(
            _cleaned(sources, stages, self.recipe), *(stored_articles(path) for path in stored)
        )
        for article in _first_of_each(articles):
            if isinstance(article, Reject):
                yield article
            elif self.name == "clean":
                yield Extracted(article, (), ())
            else:
                yield _extracted(article, stages)

    def write(self, outputs: Path, found: Iterable[Found]) -> Counter[str]:
        """Write the stage's tables; the number of rows of each.

        Raises:
            FolderError: ``outputs`` holds the tables of a whole run, or cannot be written to.
        """
        if manifest_path(outputs).exists():
            raise FolderError(f"{outputs}: holds the tables of `newsclaims extract`; give another folder")
        pieces = {name: [to_arrow([], TABLES[name])] for name in STEP_TABLES[self.name]}
        stream = iter(found)
        while batch := list(itertools.islice(stream, BATCH_ARTICLES)):
            rows = _rows(batch)
            for name, tables in pieces.items():
                tables.append(to_arrow(rows[name], TABLES[name]))
        counts: Counter[str] = Counter()
        try:
            for name, tables in pieces.items():
                write(outputs, name, pa.concat_tables(tables))
                counts[name] = sum(table.num_rows for table in tables)
        except OSError as error:
            raise FolderError(f"{outputs}: cannot be written to: {error.strerror}") from error
        return counts


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """One line of an article, with how much it looks like its prose."""

    start: int
    end: int
    probability: float


def score_lines(text: str) -> list[ScoredLine]:
    """Every non-blank line of ``text`` with the cleaner's score for it."""
    page = split_lines(text)
    if not len(page):
        return []
    scored = score_page(page)
    return [
        ScoredLine(page.starts[number], page.ends[number], float(probability))
        for unit, probability in zip(scored.units, scored.probability, strict=True)
        for number in range(unit.first, unit.last)
    ]


def _cleaned(sources: Sequence[Input | Reject], stages: Stages, recipe: Recipe) -> Iterator[Read]:
    repeated = _repeated(sources, stages, recipe)
    for batch in _batches(_raw(sources, stages)):
        raws = [raw for raw in batch if isinstance(raw, RawArticle)]
        keys = [repeated.get(raw.site_key, frozenset()) & frozenset(stages.line_keys(raw)) for raw in raws]
        cleaned = iter(clean_all(stages, raws, keys))
        yield from (each if isinstance(each, Reject) else next(cleaned) for each in batch)


def _batches(found: Iterable[RawArticle | Reject]) -> Iterator[list[RawArticle | Reject]]:
    """The articles in their order, as many at a time as are cleaned together."""
    batch: list[RawArticle | Reject] = []
    n_chars = 0
    for each in found:
        batch.append(each)
        n_chars += len(each.text) if isinstance(each, RawArticle) else 0
        if len(batch) == BATCH_ARTICLES or n_chars >= BATCH_CHARS:
            yield batch
            batch, n_chars = [], 0
    if batch:
        yield batch


def _raw(sources: Sequence[Input | Reject], stages: Stages) -> Iterator[RawArticle | Reject]:
    for source in sources:
        if isinstance(source, Reject):
            yield source
        else:
            yield from stages.read(source)


def _repeated(
    sources: Sequence[Input | Reject], stages: Stages, recipe: Recipe
) -> dict[str | None, frozenset[int]]:
    """The line keys that each site repeats; the inputs are read once more for it."""
    n_pages: Counter[str | None] = Counter()
    n_with: dict[str | None, Counter[int]] = {}
    if len(sources) == 1 and isinstance(sources[0], Input) and sources[0].format in ("txt", "md", "html"):
        return {}
    for raw in _raw(sources, stages):
        if isinstance(raw, RawArticle):
            n_pages[raw.site_key] += 1
            n_with.setdefault(raw.site_key, Counter()).update(set(stages.line_keys(raw)))
    found = {}
    for site, counts in n_with.items():
        keys = np.array(list(counts), dtype=np.int64)
        pages = np.full(len(keys), n_pages[site], dtype=np.int64)
        is_repeated = recipe.is_repeated(np.array(list(counts.values()), dtype=np.int64), pages)
        found[site] = frozenset(keys[is_repeated].tolist())
    return found


def _first_of_each(articles: Iterable[Read]) -> Iterator[Read]:
    """The articles, a reject in place of each whose identifier an earlier one has."""
    keepers: dict[str, str] = {}
    for each in articles:
        if isinstance(each, Reject) or each.document.doc_id not in keepers:
            yield each
        else:
            document, keeper = each.document, keepers[each.document.doc_id]
            yield Reject(
                document.path, document.doc_id, "duplicate_id", f"{keeper} has an article of this id"
            )
        if isinstance(each, Article):
            keepers.setdefault(each.document.doc_id, each.document.path)


def _extracted(article: Article, stages: Stages) -> Found:
    try:
        (found,) = extract_all(stages, [article])
    except Exception:
        document = article.document
        return internal(RawArticle(document.doc_id, document.path, "", document.format, ""))
    return found


def _rows(found: Sequence[Found]) -> dict[str, list[object]]:
    rows: dict[str, list[object]] = {name: [] for name in TABLES}
    for each in found:
        if isinstance(each, Reject):
            rows["rejects"].append(each)
        else:
            rows["documents"].append(each.article.document)
            rows["segments"] += each.article.segments
            rows["entities"] += each.entities
            rows["claims"] += each.claims
    return rows
