"""How much of an article's body cleaning keeps, and how much else: shingle F1 against gold bodies.

The definitions are those of scrapinghub's article-extraction-benchmark. The shipped line scorer was
trained on the pages of ``pages/body-dev.jsonl``; figures here are therefore made with the forests of
``line_folds.npz``, each of which never saw the sites that it is scored on.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.config import Config, load_config
from pipeline.run.pages import clean_file, clean_held_out
from pipeline.schema import RawArticle

N_FOLDS = 8
TOKEN = re.compile(r"\w+")
SHINGLE = 4


@dataclass(frozen=True, slots=True)
class BodyScore:
    """One article: precision and recall of its shingles (``None`` where undefined), and their F1."""

    precision: float | None
    recall: float | None
    f1: float


@dataclass(frozen=True, slots=True)
class BodyFigure:
    """Articles of one flavour: means of precision and recall, and the F1 of these means."""

    n: int
    f1: float
    precision: float
    recall: float
    doc_f1: float


def fold_of(site: str) -> int:
    """The fold of a site, the same on every machine."""
    return zlib.crc32(site.encode()) % N_FOLDS


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The text's runs of four tokens; of a text of fewer tokens, all of them."""
    tokens = TOKEN.findall(text)
    if not tokens:
        return Counter()
    return Counter(tuple(tokens[i : i + SHINGLE]) for i in range(max(1, len(tokens) - SHINGLE + 1)))


def score_body(gold: str, predicted: str) -> BodyScore:
    """One article's score."""
    theirs, ours = shingles(gold), shingles(predicted)
    n_both = sum((theirs & ours).values())
    n_theirs, n_ours = sum(theirs.values()), sum(ours.values())
    return BodyScore(
        n_both / n_ours if n_ours else None,
        n_both / n_theirs if n_theirs else None,
        2 * n_both / (n_theirs + n_ours) if n_theirs + n_ours else 1.0,
    )


def summarise(scores: Sequence[BodyScore]) -> BodyFigure:
    """The figure of many articles; an empty prediction has no precision, but a recall of 0."""
    precision = _mean(score.precision for score in scores)
    recall = _mean(score.recall for score in scores)
    both = precision + recall
    f1 = 2 * precision * recall / both if both else 0.0
    return BodyFigure(len(scores), f1, precision, recall, _mean(score.f1 for score in scores))


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else 0.0


def score_pages(rows: Iterable[Mapping[str, Any]], config: Config) -> dict[str, BodyFigure]:
    """The figure of every flavour of ``body-dev`` rows, each page cleaned by the forest of its fold."""
    scores: dict[str, list[BodyScore]] = defaultdict(list)
    for row in rows:
        article = clean_held_out(raw_page(row), config, fold=fold_of(row["site"]))
        scores[row["flavour"]].append(score_body(row["body"], article.document.body))
    return {flavour: summarise(each) for flavour, each in sorted(scores.items())}


def score_html(rows: Iterable[Mapping[str, Any]], folder: Path, config: Config) -> BodyFigure:
    """The figure of the same pages read as HTML from ``folder``, in whatever language they are."""
    config = config.model_copy(update={"read": config.read.model_copy(update={"languages": ()})})
    scores = []
    for row in rows:
        if row["flavour"] != "bs4_nl":
            continue
        path = folder / f"{row['doc_id']}.html.gz"
        bodies = [article.document.body for article in clean_file(path, config, fold=fold_of(row["site"]))]
        scores.append(score_body(row["body"], bodies[0] if bodies else ""))
    return summarise(scores)


def raw_page(row: Mapping[str, Any]) -> RawArticle:
    """A page as the reader hands it to cleaning, without what a site's other pages would tell."""
    return RawArticle(row["doc_id"], f"{row['doc_id']}.txt", "0" * 64, "txt", row["raw"])


def read_body_pages(shared: Path, language: str = "en") -> list[Mapping[str, Any]]:
    """The rows of ``body-dev.jsonl`` in one language."""
    path = shared / "data" / "pages" / "body-dev.jsonl"
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [row for row in rows if row["lang"] == language]


def main() -> None:
    """Print the figures of ``body-dev``."""
    config = load_config()
    shared = Path(__file__).resolve().parents[3] / "shared"
    rows = read_body_pages(shared)
    figures = score_pages(rows, config)
    figures["html"] = score_html(rows, shared / "data" / "pages" / "html", config)
    for name, figure in figures.items():
        print(f"{name:14} F1 {figure.f1:.4f}  P {figure.precision:.4f}  R {figure.recall:.4f}  n {figure.n}")


if __name__ == "__main__":
    main()
