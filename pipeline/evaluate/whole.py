"""`make evaluate`: everything that is measured, as tables, and held against the floors."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.config import Config
from pipeline.evaluate import body, floors, marked_claims, marked_names
from pipeline.evaluate.calibration import Calibration, calibrate, calibration
from pipeline.evaluate.claims import Row, by_group, publisher_of, score_claims
from pipeline.evaluate.emptied import without_gazetteers
from pipeline.evaluate.entities import confidences, score_entities
from pipeline.evaluate.figures import Figure
from pipeline.evaluate.gold import (
    ENTITY_SETS,
    SureMention,
    as_spans,
    gold_digest,
    predict_claims,
    predict_entities,
    read_rows,
)
from pipeline.evaluate.marked_claims import GOLD
from pipeline.evaluate.measured import Measured, Part, all_scored, scored, values_of
from pipeline.evaluate.metadata import score_headers, score_threads
from pipeline.evaluate.pages import WHOLE
from pipeline.evaluate.posts import score_posts
from pipeline.evaluate.show import clean_pages, who_claims
from pipeline.evaluate.speed import time_texts
from pipeline.evaluate.stated import score_stated
from pipeline.evaluate.who import score_who
from pipeline.run.pages import clean_held_out, stated_in
from pipeline.run.real import make_stages

PRECISION_MODES = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Values of ``min_confidence`` whose precision and recall are printed."""

PAGE_FLAVOURS = ("bs4_nl", "inscriptis")
"""Flavours of ``body-dev`` that hold the whole page, a line each."""

HALVES = ("dev", "test")
"""Of our own gold data; rules are not written against the second."""

NO_GOLD = "none"
"""In place of a digest, where nothing is compared with gold data and no floor is held."""

LEAST_GOLD = 20
"""Entities of a label that a set must have for a line of its own."""

CLAIM_FIGURES = ("claim", "claim.exact", "claim.quoted", "claim.unquoted")

N_SAMPLES = 500
"""Resamples of documents behind an interval."""


def measure_claims(config: Config, data: Path, *, n_samples: int = N_SAMPLES) -> Iterator[Part]:
    """PolNeAR dev through the whole pipeline: text in, rows of ``claims`` out."""
    path = data / "attribution" / "polnear-dev.jsonl"
    rows, digest = read_rows(path), gold_digest([path])
    found = predict_claims(rows, config)
    spans = {doc_id: as_spans(claims, nested=False) for doc_id, claims in found.items()}
    everything = {doc_id: as_spans(claims, nested=True) for doc_id, claims in found.items()}
    score, reliability = score_claims(rows, spans, n_samples=n_samples), calibrate(rows, spans)
    kinds = {name: figure for name, figure in score.figures.items() if name.startswith("pattern.")}
    faults = {name: figure for name, figure in score.figures.items() if name.startswith("fault.")}
    main = [
        scored(name, figure, score.intervals.get(name))
        for name, figure in score.figures.items()
        if name not in kinds | faults
    ]
    main.append(scored("claim, nested ones too", score_claims(rows, everything).figures["claim"]))
    main.append(Measured("calibration (1 - expected error)", 1 - reliability.error))
    yield Part("claims, PolNeAR dev", digest, tuple(main))
    yield Part("claims by pattern", digest, all_scored(kinds))
    avoided = [
        Measured(f"no {name[6:]}", each.precision, n_gold=each.n_gold) for name, each in faults.items()
    ]
    yield Part("claims found without this fault", digest, tuple(avoided), ("share", "", "", "found"))
    yield Part("claims by publisher", digest, all_scored(by_group(rows, spans, publisher_of)))
    yield Part("claims of this confidence and more", digest, all_scored(_surest(rows, spans)))
    yield reliability_part("confidence of claims", digest, reliability)


def measure_held(config: Config, data: Path) -> Iterator[Part]:  # noqa: ARG001
    """Our own passages that the model never saw: claims in the shapes users have, names of the world."""
    rows = marked_claims.read_passages(marked_claims.HELD)
    digest = gold_digest(marked_claims.HELD.glob("*.txt"))
    found = predict_claims(rows, config)
    spans = {doc_id: as_spans(claims, nested=False) for doc_id, claims in found.items()}
    figures = score_claims(rows, spans).figures
    yield Part(
        "claims, our own held out", digest, all_scored({name: figures[name] for name in CLAIM_FIGURES})
    )
    named = marked_names.read_names(marked_names.HELD)
    digest = gold_digest(marked_names.HELD.glob("*.txt"))
    score = score_entities(named, predict_entities(named, make_stages(config)))
    labels = {label: figure for label, figure in score.labels.items() if figure.n_gold >= LEAST_GOLD}
    yield Part("names, our own held out", digest, all_scored({"all": score.figures["exact"], **labels}))


def _surest(rows: Sequence[Row], spans: Mapping[str, Sequence[Row]]) -> dict[str, Figure]:
    found = {}
    for least in PRECISION_MODES:
        sure = {d: [c for c in claims if c["confidence"] >= least] for d, claims in spans.items()}
        found[f"min_confidence {least}"] = score_claims(rows, sure).figures["claim"]
    return found


def reliability_part(title: str, digest: str, found: Calibration) -> Part:
    """The share that is right beside the mean confidence, for each tenth of confidence that occurs."""
    rows = tuple(
        Measured(f"about {confidence:.2f}", right, confidence, right - confidence, n)
        for n, confidence, right in found.bins
    )
    return Part(title, digest, rows, ("right", "mean", "off", "n"))


def measure_entities(config: Config, data: Path, *, n_samples: int = N_SAMPLES) -> Iterator[Part]:
    """Every entity set, by the same run of the model that finds claims; then without lists of names."""
    paths = {name: data / "entities" / f"{name}.jsonl" for name in ENTITY_SETS}
    digest = gold_digest(paths.values())
    gold = {name: read_rows(path) for name, path in paths.items()}
    found = predict_sets(config, paths)
    score = {name: score_entities(gold[name], found[name], n_samples=n_samples) for name in ENTITY_SETS}
    yield Part(
        "entities, exact",
        digest,
        tuple(
            scored(name, each.figures["exact"], each.intervals.get("exact")) for name, each in score.items()
        ),
    )
    bare = without_gazetteers(predict_sets, config, paths)
    without = {name: score_entities(gold[name], bare[name]).figures["exact"] for name in ENTITY_SETS}
    yield Part("entities, exact, lists of names emptied", digest, all_scored(without))
    yield Part(
        "entities by set and label",
        digest,
        tuple(
            scored(f"{name} {label}", figure)
            for name, each in score.items()
            for label, figure in each.labels.items()
            if figure.n_gold >= LEAST_GOLD
        ),
    )
    sure = [
        pair
        for name in ENTITY_SETS
        for row in gold[name]
        for pair in confidences(row, found[name][row["doc_id"]])
    ]
    reliability = calibration(sure)
    yield reliability_part("confidence of entities", digest, reliability)
    error = Measured("calibration (1 - expected error)", 1 - reliability.error, n_gold=reliability.n_claims)
    yield Part("entities, all sets", digest, (error,))


def predict_sets(config: Config, paths: Mapping[str, Path]) -> dict[str, dict[str, list[SureMention]]]:
    """Entities of each set's documents."""
    stages = make_stages(config)
    return {name: predict_entities(read_rows(path), stages) for name, path in paths.items()}


def measure_bodies(config: Config, data: Path) -> Iterator[Part]:
    """Scraped pages, each cleaned by a line scorer that has not seen its site."""
    path = data / "pages" / "body-dev.jsonl"
    rows = body.read_body_pages(data.parent)
    figures = body.score_pages(rows, config)
    figures["html"] = body.score_html(rows, data / "pages" / "html", config)
    out = [Measured(flavour, f.f1, f.precision, f.recall, f.n) for flavour, f in figures.items()]
    yield Part("body, cross-validated by site", gold_digest([path]), tuple(out))


def measure_who(config: Config, half: str) -> Part:
    """Our own passages through the rooms after the model, from gold spans and the model's parts of speech."""
    path = GOLD / "resolution" / f"{half}.jsonl"
    rows = read_rows(path)
    score = score_who(rows, who_claims(rows, config))
    return Part(f"who, {half} half", gold_digest([path]), all_scored(score.figures))


def measure_pages(config: Config, half: str) -> Part:
    """Our own page tops and comment threads; ``half`` may be one of the later set, such as ``dev-whole``."""
    headers, threads = (read_rows(GOLD / kind / f"{half}.jsonl") for kind in ("headers", "threads"))
    paths = [GOLD / kind / f"{half}.jsonl" for kind in ("headers", "threads")]
    found = {
        **score_headers(headers, clean_pages(headers, config)),
        **score_threads(threads, clean_pages(threads, config)),
    }
    kind = "whole pages" if half.endswith(WHOLE) else "page tops"
    return Part(f"{kind} and threads, {half.removesuffix(WHOLE)} half", gold_digest(paths), all_scored(found))


def measure_stated(config: Config, data: Path) -> Iterator[Part]:
    """Real pages: metadata found in their text, against what their source states."""
    path = data / "pages" / "body-dev.jsonl"
    rows = body.read_body_pages(data.parent)
    pages = {row["doc_id"]: data / "pages" / "html" / f"{row['doc_id']}.html.gz" for row in rows}
    stated = {doc_id: stated_in(page, config) for doc_id, page in pages.items()}
    digest = gold_digest([path, *pages.values()])
    for flavour in PAGE_FLAVOURS:
        found = score_stated(
            (clean_held_out(body.raw_page(row), config, fold=body.fold_of(row["site"])).document, source)
            for row in rows
            if row["flavour"] == flavour and (source := stated.get(row["doc_id"])) is not None
        )
        yield Part(f"metadata of real pages, {flavour}", digest, all_scored(found))


def measure_posts(config: Config, half: str) -> Part:
    """Our own blog posts: lines that are excerpts or updates, and whose."""
    path = GOLD / "posts" / f"{half}.jsonl"
    rows = read_rows(path)
    found = score_posts(rows, clean_pages(rows, config))
    return Part(f"posts, {half} half", gold_digest([path]), all_scored(found))


def measure_speed(config: Config, data: Path) -> Iterator[Part]:
    """PolNeAR dev, else our own passages in texts as long as articles.

    The latter hold five times as many claims a word, and the time goes with the claims.
    """
    path, what = data / "attribution" / "polnear-dev.jsonl", "PolNeAR dev"
    if path.is_file():
        texts = [row["text"] for row in read_rows(path)]
    else:
        what = "our own passages"
        short = [row["text"] for half in HALVES for row in read_rows(GOLD / "resolution" / f"{half}.jsonl")]
        texts = ["\n".join(short[i : i + 8]) for i in range(0, len(short), 8)]
    columns = ("words/s", "cpu-s", "", "words")
    yield Part(f"speed, one process, {what}", NO_GOLD, time_texts(texts, config), columns)


def _halves(measure: Callable[[Config, str], Part], config: Config, data: Path) -> Iterator[Part]:  # noqa: ARG001
    yield from (measure(config, half) for half in HALVES)


def _measure_metadata(config: Config, data: Path) -> Iterator[Part]:
    yield from _halves(measure_pages, config, data)
    yield from (measure_pages(config, half + WHOLE) for half in HALVES)
    yield from _halves(measure_posts, config, data)
    if data.is_dir():
        yield from measure_stated(config, data)


PARTS: dict[str, Callable[[Config, Path], Iterator[Part]]] = {
    "claims": measure_claims,
    "entities": measure_entities,
    "body": measure_bodies,
    "held": measure_held,
    "who": functools.partial(_halves, measure_who),
    "metadata": _measure_metadata,
    "speed": measure_speed,
}
"""What can be measured by itself, by the name that ``--only`` takes."""

OUTSIDE = frozenset({"claims", "entities", "body"})
"""Parts whose gold data is not in the project."""


def measure(config: Config, data: Path, only: Collection[str] = ()) -> Iterator[Part]:
    """The parts asked for, or all, for which there is gold data, one after the other."""
    for name, part in PARTS.items():
        if (not only or name in only) and (data.is_dir() or name not in OUTSIDE):
            yield from part(config, data)


def main(config: Config, data: Path, *, raise_floors: bool = False, only: Collection[str] = ()) -> int:
    """Prints the tables; 1 where a figure is under its floor, or where nothing could be measured.

    Args:
        config: Settings, the model among them.
        data: The data folder; without it only our own gold is scored.
        raise_floors: Write what was measured as the new floors, where it is higher.
        only: Names of ``PARTS`` to measure; all of them where it is empty.
    """
    if not data.is_dir():
        print(f"{data}: not there; scoring our own gold data alone", file=sys.stderr)
    parts = []
    for part in measure(config, data, only):
        print("", *part.lines(), sep="\n", flush=True)
        parts.append(part)
    measured = values_of(parts)
    if raise_floors:
        floors.raise_to(measured)
    faults = floors.check(measured, floors.read_floors())
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults or not parts else 0
