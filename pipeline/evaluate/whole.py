"""`make evaluate`: everything that is measured, as one table, and held against the floors."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Config
from pipeline.evaluate import body, floors
from pipeline.evaluate.calibration import calibrate
from pipeline.evaluate.claims import by_group, publisher_of, score_claims
from pipeline.evaluate.entities import score_entities
from pipeline.evaluate.figures import Figure, Interval
from pipeline.evaluate.gold import (
    ENTITY_SETS,
    as_spans,
    gold_digest,
    predict_claims,
    predict_entities,
    read_rows,
)
from pipeline.evaluate.metadata import score_headers, score_threads
from pipeline.evaluate.show import GOLD, clean_pages, who_claims
from pipeline.evaluate.who import score_who
from pipeline.run.real import make_stages

PRECISION_MODES = (0.5, 0.7, 0.8, 0.9)
"""Values of ``min_confidence`` whose precision and recall are printed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table: ``value`` is what a floor would hold, higher being better."""

    name: str
    value: float
    precision: float | None = None
    recall: float | None = None
    n_gold: int | None = None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one kind of gold data, and the digest of that data."""

    title: str
    digest: str
    rows: tuple[Measured, ...]


def _of(name: str, figure: Figure, interval: Interval | None = None) -> Measured:
    return Measured(name, figure.f1, figure.precision, figure.recall, figure.n_gold, interval)


def measure_claims(config: Config, data: Path, *, n_samples: int = 500) -> Part:
    """PolNeAR dev through the whole pipeline: text in, rows of ``claims`` out."""
    path = data / "attribution" / "polnear-dev.jsonl"
    rows = read_rows(path)
    found = predict_claims(rows, config)
    spans = {doc_id: as_spans(claims, nested=False) for doc_id, claims in found.items()}
    score = score_claims(rows, spans, n_samples=n_samples)
    out = [_of(name, figure, score.intervals.get(name)) for name, figure in score.figures.items()]
    everything = {doc_id: as_spans(claims, nested=True) for doc_id, claims in found.items()}
    out.append(_of("claim, nested ones too", score_claims(rows, everything).figures["claim"]))
    out += [_of(f"publisher.{name}", figure) for name, figure in by_group(rows, spans, publisher_of).items()]
    for least in PRECISION_MODES:
        sure = {d: [c for c in claims if c["confidence"] >= least] for d, claims in spans.items()}
        out.append(_of(f"min_confidence {least}", score_claims(rows, sure).figures["claim"]))
    out.append(Measured("calibration (1 - expected error)", 1 - calibrate(rows, spans).error))
    return Part("claims, PolNeAR dev", gold_digest([path]), tuple(out))


def measure_entities(config: Config, data: Path) -> Part:
    """Every entity set, by the same run of the model that finds claims."""
    stages = make_stages(config)
    paths = [data / "entities" / f"{name}.jsonl" for name in ENTITY_SETS]
    out = []
    for name, path in zip(ENTITY_SETS, paths, strict=True):
        rows = read_rows(path)
        score = score_entities(rows, predict_entities(rows, stages))
        out.append(_of(name, score.figures["exact"]))
        out += [
            _of(f"{name}.{label}", figure) for label, figure in score.labels.items() if figure.n_gold >= 20
        ]
    return Part("entities, exact", gold_digest(paths), tuple(out))


def measure_bodies(config: Config, data: Path) -> Part:
    """Scraped pages, each cleaned by a line scorer that has not seen its site."""
    path = data / "pages" / "body-dev.jsonl"
    rows = body.read_body_pages(data.parent)
    figures = body.score_pages(rows, config)
    figures["html"] = body.score_html(rows, data / "pages" / "html", config)
    out = [Measured(flavour, f.f1, f.precision, f.recall, f.n) for flavour, f in figures.items()]
    return Part("body, cross-validated by site", gold_digest([path]), tuple(out))


def measure_who(config: Config, half: str) -> Part:
    """Our own passages through the rooms after the model, from gold spans and the model's parts of speech."""
    path = GOLD / "resolution" / f"{half}.jsonl"
    rows = read_rows(path)
    score = score_who(rows, who_claims(rows, config))
    return Part(f"who, {half} half", gold_digest([path]), tuple(_figures(score.figures)))


def measure_pages(config: Config, half: str) -> Part:
    """Our own page tops and comment threads."""
    headers, threads = (read_rows(GOLD / kind / f"{half}.jsonl") for kind in ("headers", "threads"))
    paths = [GOLD / kind / f"{half}.jsonl" for kind in ("headers", "threads")]
    found = {
        **score_headers(headers, clean_pages(headers, config)),
        **score_threads(threads, clean_pages(threads, config)),
    }
    return Part(f"page tops and threads, {half} half", gold_digest(paths), tuple(_figures(found)))


def _figures(found: Mapping[str, Figure]) -> Iterator[Measured]:
    return (_of(name, figure) for name, figure in found.items())


def measure(config: Config, data: Path) -> Iterator[Part]:
    """All parts for which there is gold data, one after the other."""
    outside: list[Callable[[Config, Path], Part]] = [measure_claims, measure_entities, measure_bodies]
    for part in outside:
        if data.is_dir():
            yield part(config, data)
    for half in ("dev", "test"):
        yield measure_who(config, half)
        yield measure_pages(config, half)


def main(config: Config, data: Path, *, raise_floors: bool = False) -> int:
    """Prints the table; 1 where a figure is under its floor.

    Args:
        config: Settings, the model among them.
        data: The data folder; without it only our own gold is scored.
        raise_floors: Write what was measured as the new floors, where it is higher.
    """
    if not data.is_dir():
        print(f"{data}: not there; scoring our own gold data alone", file=sys.stderr)
    parts = []
    for part in measure(config, data):
        _print(part)
        parts.append(part)
    measured = {f"{part.title}: {row.name}": (part.digest, row.value) for part in parts for row in part.rows}
    if raise_floors:
        floors.raise_to(measured)
    faults = floors.check(measured, floors.read_floors())
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def _print(part: Part) -> None:
    print(f"\n{part.title:44s} {'F1':>7s} {'P':>7s} {'R':>7s} {'gold':>7s}  95 %")
    for row in part.rows:
        cells = [f"{v:7.3f}" if v is not None else " " * 7 for v in (row.value, row.precision, row.recall)]
        low_high = f"{row.interval[0]:.3f}–{row.interval[1]:.3f}" if row.interval else ""
        print(
            f"{row.name:44s} {' '.join(cells)} {row.n_gold if row.n_gold is not None else '':>7}  {low_high}"
        )
