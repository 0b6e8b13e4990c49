"""Train the line scorer of cleaning: ``python -m pipeline.train.lines``.

Gradient-boosted trees over the units of flattened pages: ``pages/body-dev.jsonl``, the pages of
``pages/snippets-dev.jsonl.gz`` marked in ``gold/pages/extents.tsv``, and articles that need no cleaning.
Run it with ``OMP_NUM_THREADS=1`` on a busy machine: its threads wait for each other by spinning.
Writes the forest that ships, trained on all of them, and one for each fold of sites for evaluation.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluate.body import N_FOLDS, fold_of
from pipeline.run.pages import FORESTS, UnitMatrix, line_labels, unit_matrix

SHARED = Path(__file__).resolve().parents[3] / "shared"
EXTENTS = Path(__file__).resolve().parents[2] / "gold" / "pages" / "extents.tsv"
SHIPPED = Path(__file__).resolve().parent.parent / "clean" / "lines.npz"

FLAVOURS = ("bs4_nl", "inscriptis", "runon")
N_CLEAN = 80
FAR_UNITS = 8
FAR_SHARE = 0.15
"""Menus far from any prose are most of a page's units and the easiest: one in seven is enough."""
SETTINGS = {
    "max_iter": 120,
    "learning_rate": 0.08,
    "max_leaf_nodes": 12,
    "min_samples_leaf": 30,
    "l2_regularization": 5.0,
    "max_features": 0.4,
    "random_state": 0,
}
"""More and larger trees do not score higher on held-out sites: there are 140 pages."""

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """The units of one page: features, whether each is prose, and its weight."""

    fold: int
    features: Array
    is_prose: Array
    weight: Array


def read_pages() -> Iterator[Mapping[str, Any]]:
    """Rows of ``{site, raw, line_labels}``, English pages in every flavour."""
    folder = SHARED / "data" / "pages"
    for line in (folder / "body-dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["lang"] == "en":
            yield row
    yield from _marked_pages(folder / "snippets-dev.jsonl.gz")
    yield from _clean_articles(SHARED / "data" / "attribution" / "polnear-train.jsonl")


def _marked_pages(path: Path) -> Iterator[Mapping[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        pages = {(row["doc_id"], row["flavour"]): row for row in map(json.loads, file)}
    for line in EXTENTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        doc_id, flavour, ranges = line.split("\t")
        lines = pages[doc_id, flavour]["raw"].split("\n")
        bounds = [tuple(map(int, each.split("-"))) for each in ranges.split()]
        kept = [" ".join(lines[i].split()) for first, last in bounds for i in range(first, last)]
        body = "\n\n".join(text for text in kept if text)
        for name in FLAVOURS:
            row = pages[doc_id, name]
            yield {**row, "line_labels": line_labels(row["raw"], body)}
        yield {
            "site": pages[doc_id, flavour]["site"],
            "raw": body,
            "line_labels": [1] * (body.count("\n") + 1),
        }


def _clean_articles(path: Path) -> Iterator[Mapping[str, Any]]:
    texts = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts[row["doc_id"]] = row["text"]
    for doc_id in list(texts)[:: max(1, len(texts) // N_CLEAN)]:
        text = texts[doc_id]
        yield {"site": doc_id, "raw": text, "line_labels": [1] * (text.count("\n") + 1)}


def make_sample(row: Mapping[str, Any], names: list[str], random: np.random.Generator) -> Sample:
    """A page's units; a page weighs by the root of its size, a unit by the root of its words."""
    matrix = unit_matrix(row["raw"])
    names[:] = matrix.names
    is_prose = _prose_units(matrix, row["raw"].split("\n"), row["line_labels"])
    column = {name: matrix.features[:, i] for i, name in enumerate(matrix.names)}
    weight = np.sqrt(column["n_words"]) / np.sqrt(len(is_prose))
    far = (np.minimum(column["until_prose"], column["since_prose"]) > FAR_UNITS) & ~is_prose
    used = ~far | (random.random(len(far)) < FAR_SHARE)
    weight = np.where(far, weight / FAR_SHARE, weight)
    return Sample(fold_of(row["site"]), matrix.features[used], is_prose[used], weight[used])


def _prose_units(matrix: UnitMatrix, lines: Sequence[str], labels: Sequence[int]) -> Array:
    """Whether more than half of each unit's characters stand on lines of the body."""
    shares = []
    for unit in matrix.lines:
        sizes = [len(lines[i].strip()) for i in unit]
        shares.append(sum(n * labels[i] for n, i in zip(sizes, unit, strict=True)) / sum(sizes))
    return np.array(shares) > 0.5


def fit(samples: Sequence[Sample]) -> Any:
    """The fitted classifier."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped,unused-ignore]

    model = HistGradientBoostingClassifier(**SETTINGS)
    return model.fit(
        np.concatenate([sample.features for sample in samples]),
        np.concatenate([sample.is_prose for sample in samples]),
        sample_weight=10 * np.concatenate([sample.weight for sample in samples]),
    )


def arrays_of(model: Any, names: Sequence[str], prefix: str = "") -> dict[str, Array]:
    """The arrays of a ``clean.scorer.Trees``, from scikit-learn's own nodes."""
    trees = [predictors[0].nodes for predictors in model._predictors]
    shape = (len(trees), max(len(nodes) for nodes in trees))
    arrays = {name: np.zeros(shape, np.int16) for name in ("feature", "left", "right")}
    arrays |= {name: np.zeros(shape, np.float32) for name in ("threshold", "value")}
    for row, nodes in enumerate(trees):
        for column, node in enumerate(nodes):
            leaf = bool(node["is_leaf"])
            arrays["value"][row, column] = node["value"]
            arrays["left"][row, column] = column if leaf else node["left"]
            arrays["right"][row, column] = column if leaf else node["right"]
            if not leaf:
                arrays["feature"][row, column] = node["feature_idx"]
                arrays["threshold"][row, column] = node["num_threshold"]
    arrays["names"] = np.array(names)
    arrays["base"] = np.array(model._baseline_prediction.item())
    arrays["depth"] = np.array(max(int(nodes["depth"].max()) for nodes in trees))
    return {prefix + name: array for name, array in arrays.items()}


def write(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write the arrays of one forest or several."""
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def main() -> None:
    """Train and write every forest."""
    random = np.random.default_rng(0)
    names: list[str] = []
    samples = [make_sample(row, names, random) for row in read_pages()]
    print(f"{len(samples)} pages, {sum(len(s.is_prose) for s in samples)} units", file=sys.stderr)
    write(SHIPPED, arrays_of(fit(samples), names))
    folds: dict[str, Array] = {}
    for fold in range(N_FOLDS):
        model = fit([sample for sample in samples if sample.fold != fold])
        folds |= arrays_of(model, names, f"{fold}_")
        print(f"fold {fold} of {N_FOLDS}", file=sys.stderr)
    write(FORESTS, folds)


if __name__ == "__main__":
    main()
