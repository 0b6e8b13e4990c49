"""The network and its training; where torch is not installed (it is not needed to extract) they skip."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed: `make train` sets it up")

from pipeline.model.labels import CLAIM_LABELS  # noqa: E402
from pipeline.model.pieces import read_tokenizer  # noqa: E402
from pipeline.model.session import Session  # noqa: E402
from pipeline.train.data import AllowedSets, Example, claim_examples, entity_examples  # noqa: E402
from pipeline.train.export import export  # noqa: E402
from pipeline.train.fit import MASK, Plan, fit, hide  # noqa: E402
from pipeline.train.nested import add_nested  # noqa: E402
from pipeline.train.network import Network, Shape, sequence_loss  # noqa: E402
from pipeline.train.restore import NOT_EXPORTED, read_network  # noqa: E402

VOCABULARY = "\n".join(
    ["[PAD]", *(f"[unused{i}]" for i in range(99)), "[UNK]", "[CLS]", "[SEP]", *"abcdefg,."]
)
SMALL = Shape(vocabulary=130, width=24, layers=1, heads=2, inner=24, claim_width=8, claim_heads=2)
FAST = {"encoder_rate": 3e-3, "head_rate": 1e-2}
TEXT = "a b c d e f g. a b, c d e."
CLAIM = {"source": [[0, 1]], "cue": [[2, 3]], "content": [[4, 13]]}


def examples() -> tuple[dict[str, list[Example]], AllowedSets]:
    tokenizer, allowed = read_tokenizer(VOCABULARY), AllowedSets()
    inner = {"source": [[6, 7]], "cue": [[8, 9]], "content": [[10, 13]], "chance": 0.8}
    claims = claim_examples([{"doc_id": "1", "text": TEXT, "claims": [CLAIM], "nested": [inner]}], tokenizer)
    row = {"text": TEXT, "ents": [[0, 3, "PERSON"]], "labels_known": ["PERSON"]}
    return {
        "claims": claims * 4,
        "entities": entity_examples([row] * 4, tokenizer, allowed),
        "pos": [],
    }, allowed


def test_sequence_loss_is_that_of_all_sequences() -> None:
    torch.manual_seed(3)
    scores, transitions = torch.randn(1, 4, 3), torch.randn(4, 3)
    labels = torch.tensor([[2, 0, 1, 1]])

    def score(path: tuple[int, ...]) -> float:
        steps = sum(transitions[a, b] for a, b in itertools.pairwise(path))
        return float(transitions[3, path[0]] + steps + sum(scores[0, t, x] for t, x in enumerate(path)))

    total = torch.logsumexp(torch.tensor([score(p) for p in itertools.product(range(3), repeat=4)]), 0)
    wanted = float(total) - score((2, 0, 1, 1))
    assert float(sequence_loss(scores, labels, transitions)) == pytest.approx(wanted, abs=1e-4)


def test_training_learns_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    data, allowed = examples()
    plan = Plan(claim_passes=60, entity_passes=60, pos_passes=0, batch_pieces=64, save_every=10, **FAST)

    def run(folder: Path, n_steps: int) -> Network:
        torch.manual_seed(1)
        folder.mkdir(exist_ok=True)
        return fit(Network(SMALL, dropout=0.0), data, allowed, replace(plan, n_steps=n_steps), folder)

    run(tmp_path / "halves", 50)
    halves = run(tmp_path / "halves", 100)
    whole = run(tmp_path / "whole", 100)
    log = [json.loads(line) for line in (tmp_path / "whole" / "log.jsonl").read_text().splitlines()]
    assert log[-1]["claims"] < 0.5 * log[0]["claims"]
    assert log[-1]["entities"] < log[0]["entities"]
    for one, other in zip(halves.parameters(), whole.parameters(), strict=True):
        assert torch.allclose(one, other, atol=0.05)


def test_a_share_of_the_pieces_is_hidden_and_no_special_one() -> None:
    torch.manual_seed(4)
    ids = torch.full((10, 102), 2000)
    ids[:, 0], ids[:, -1] = 101, 0
    hidden = hide(ids, 0.3)
    assert (hidden[:, 0] == 101).all()
    assert (hidden[:, -1] == 0).all()
    assert set(hidden[:, 1:-1].unique().tolist()) == {MASK, 2000}
    assert 0.25 < float((hidden == MASK).float().mean()) < 0.35
    assert torch.equal(hide(ids, 0.0), ids)


def test_the_exported_graphs_say_what_the_network_says(tmp_path: Path) -> None:
    torch.manual_seed(2)
    network = Network(SMALL).eval()
    export(network, tmp_path, vocabulary=VOCABULARY, meta={"window": 100}, quantize=False)
    session = Session(tmp_path)
    pieces = session.cut(TEXT)
    encoded = session.encode(pieces)
    inputs = [torch.tensor([[first, *getattr(pieces, name).tolist(), last]]) for name, first, last in
              (("ids", 101, 102), ("shapes", 0, 0), ("gaps", 0, 0), ("quotes", 0, 0))]  # fmt: skip
    with torch.no_grad():
        x = network.encoder(*inputs)
        there = network.around(x, torch.tensor([0]), torch.tensor([4]), inputs[0] > 102, 5)
        assert np.allclose(encoded.head("entity"), network.entity(x)[0, 1:-1], atol=1e-4)
    here = session.read_around(encoded, np.array([3]), (5, 5))
    assert here.shape == (1, 11, len(CLAIM_LABELS))
    assert np.allclose(here, there, atol=1e-4)


@pytest.mark.parametrize("quantize", [False, True])
def test_an_exported_network_comes_back(tmp_path: Path, quantize: bool) -> None:
    torch.manual_seed(5)
    network = Network(SMALL)
    for weights in network.parameters():  # no two alike, as after training: like ones are written once
        torch.nn.init.normal_(weights, std=0.1)
    export(network, tmp_path, vocabulary=VOCABULARY, meta={"window": 100}, quantize=quantize)
    back = dict(read_network(tmp_path, SMALL).named_parameters())
    for name, weights in network.named_parameters():
        if name.split(".")[0] in NOT_EXPORTED or name == "encoder.kind.weight":
            continue
        step = (weights.max() - weights.min()) / 250 if quantize else 1e-6
        assert torch.allclose(back[name], weights, atol=float(step)), name
    assert torch.allclose(back["encoder.kind.weight"][0], network.encoder.kind.weight[0])


def test_claims_inside_contents_lie_inside_them(tmp_path: Path) -> None:
    data, allowed = examples()
    plan = Plan(claim_passes=60, entity_passes=0, pos_passes=0, batch_pieces=64, n_steps=120, **FAST)
    network = fit(Network(SMALL, dropout=0.0), data, allowed, plan, tmp_path)
    export(network, tmp_path / "model", vocabulary=VOCABULARY, meta={"window": 100}, quantize=False)
    text = f"a b {TEXT}"
    row = {
        "doc_id": "1",
        "text": text,
        "claims": [{"source": [[0, 1]], "cue": [[2, 3]], "content": [[4, len(text)]]}],
    }
    (marked,) = add_nested([row], Session(tmp_path / "model"))
    assert marked["claims"] == row["claims"]
    assert marked["nested"], "the network has learned this very text"
    for claim in marked["nested"]:
        assert all(begin >= 4 for role in ("source", "cue", "content") for begin, _ in claim[role])
        assert 0 < claim["chance"] < 1
