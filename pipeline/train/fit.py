"""Training: all tasks at once, one encoder, restartable from its last checkpoint."""

from __future__ import annotations

import copy
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.model.attribution import NEAR
from pipeline.model.decode import bio_transitions
from pipeline.model.labels import CLAIM_LABELS, REACH
from pipeline.train.data import IGNORE, AllowedSets, Example, batches, cut_windows
from pipeline.train.network import Network, sequence_loss

MASK = 103
"""The piece that stands for a hidden one; all below it are special."""

HAS_AMX = "amx_bf16" in (Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else "")
"""Whether bfloat16 is the faster type: 150 against 270 GFLOP/s of float32 measured without AMX, two cores."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train. Passes are over each task's data.

    With ``n_steps`` it ends early, at the rates that it has come to. Rates are per step: after the warm-up
    they fall linearly from ``first_share`` to ``last_share`` of themselves. ``smoothing`` is taken off the
    annotated labels of claims and spread over all; ``hidden_share`` of the pieces are hidden from it.
    With ``nested`` the claims inside contents are learned too. With ``tags_only`` all is held fast but the
    heads of entities and parts of speech.
    """

    claim_passes: int = 8
    entity_passes: int = 4
    pos_passes: int = 3
    window: int = 304
    batch_pieces: int = 4864
    encoder_rate: float = 2.5e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    warm_up_share: float = 0.08
    first_share: float = 1.0
    last_share: float = 0.0
    average: float = 0.998
    smoothing: float = 0.0
    hidden_share: float = 0.0
    nested: bool = False
    tags_only: bool = False
    seed: int = 13
    save_every: int = 100
    n_steps: int | None = None


def steps(data: dict[str, list[Example]], plan: Plan) -> Iterator[list[Example]]:
    """Every batch of the training, tasks interleaved evenly; the same sequence for the same plan."""
    passes = {"claims": plan.claim_passes, "entities": plan.entity_passes, "pos": plan.pos_passes}
    timed: list[tuple[float, int, list[Example]]] = []
    rng = random.Random(plan.seed)
    for task, examples in data.items():
        for number in range(passes[task]):
            windows = [w for e in examples for w in cut_windows(e, plan.window, rng)]
            cut = batches(windows, plan.batch_pieces, rng)
            timed.extend(
                ((number + (i + 0.5) / len(cut)) / passes[task], len(timed) + i, batch)
                for i, batch in enumerate(cut)
            )
    for _, _, batch in sorted(timed, key=lambda t: t[:2]):
        yield batch


def tensors(batch: list[Example]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Padded ids, shapes, gaps and quotes of a batch, each (batch, pieces)."""
    n = max(len(e.pieces) for e in batch) + 2

    def pad(name: str, first: int, last: int) -> Tensor:
        out = np.zeros((len(batch), n), dtype=np.int64)
        for row, example in zip(out, batch, strict=True):
            values = getattr(example.pieces, name)
            row[0] = first
            row[1 : len(values) + 1] = values
            row[len(values) + 1] = last
        return torch.from_numpy(out)

    return pad("ids", 101, 102), pad("shapes", 0, 0), pad("gaps", 0, 0), pad("quotes", 0, 0)


def padded(arrays: list[np.ndarray], n: int, fill: int) -> Tensor:
    """Label arrays of single windows as one tensor; position 0 is the class token."""
    out = np.full((len(arrays), n), fill, dtype=np.int64)
    for row, values in zip(out, arrays, strict=True):
        row[1 : len(values) + 1] = values
    return torch.from_numpy(out)


def hide(ids: Tensor, share: float) -> Tensor:
    """The ids with a random share of the pieces masked, so that no single word decides."""
    hidden = (torch.rand(ids.shape) < share) & (ids > MASK)
    return ids.masked_fill(hidden, MASK)


def claim_loss(
    network: Network, x: Tensor, present: Tensor, batch: list[Example], smoothing: float
) -> Tensor:
    """Loss of the flat labels, the anchors, the links and the claim head on one batch."""
    n = x.shape[1]
    flat = torch.zeros(len(batch), n, dtype=torch.long)
    anchors = torch.zeros(2, len(batch), n)
    rows, places, targets = [], [], []
    for i, example in enumerate(batch):
        for claim in example.claims or ():
            shifted = torch.from_numpy(np.concatenate([[0], claim.labels(n - 1)[: n - 1]]))
            anchors[int(claim.nested), i, claim.anchor + 1] = claim.chance
            if not claim.nested:
                flat[i] = torch.where(
                    (flat[i] == 0) | ((shifted > 2) & (shifted < 5)),
                    shifted.where(shifted > 0, flat[i]),
                    flat[i],
                )
            if claim.chance > 0.5:
                rows.append(i)
                places.append(claim.anchor + 1)
                targets.append(shifted)
    weight = torch.tensor([e.weight for e in batch])
    counted = present * weight[:, None]
    flat_scores = network.flat(network.dropout(x)).float()
    each = functional.cross_entropy(
        flat_scores.transpose(1, 2), flat, reduction="none", label_smoothing=smoothing
    )
    heads = (network.anchor, network.nested_anchor)
    anchor_scores = torch.stack([head(network.dropout(x)).float().squeeze(-1) for head in heads])
    each = each + 2 * functional.binary_cross_entropy_with_logits(
        anchor_scores, anchors, reduction="none"
    ).sum(0)
    loss = (each * counted).sum() / counted.sum()
    if not rows:
        return loss
    for i, place in hard_negatives(anchor_scores[0].detach(), anchors.amax(0), present):
        rows.append(i)
        places.append(place)
        targets.append(torch.zeros(n, dtype=torch.long))
    around = torch.tensor(rows), torch.tensor(places), torch.stack(targets)
    near = torch.rand(len(rows)) < NEAR_SHARE
    total, size = x.new_zeros((), dtype=torch.float32), 0.0
    for chosen, reach in ((near, NEAR), (~near, REACH)):
        if chosen.any():
            row, place, target = (tensor[chosen] for tensor in around)
            part, counted_pieces = around_loss(
                network, x, present.bool(), row, place, target, weight, reach, smoothing
            )
            total, size = total + part, size + counted_pieces
    return loss + 3 * total / size + 0.2 * link_loss(network, x, batch)


NEAR_SHARE = 0.6
"""Share of the anchors that the claim head is shown ``NEAR`` pieces around, as the decoder does first."""


def around_loss(
    network: Network,
    x: Tensor,
    present: Tensor,
    rows: Tensor,
    places: Tensor,
    targets: Tensor,
    weight: Tensor,
    reach: int,
    smoothing: float,
) -> tuple[Tensor, float]:
    """Loss of the claim head, half of single labels and half of whole sequences, and the pieces it is over.

    Args:
        network: The network.
        x: Encoded batch.
        present: False for padding, (batch, pieces).
        rows: Of each anchor, (anchors,).
        places: Of each anchor in its row, (anchors,).
        targets: Labels of each anchor's row, (anchors, pieces).
        weight: Of each row of the batch, (batch,).
        reach: Pieces on each side of an anchor.
        smoothing: Share of each label that is spread over all, in the half of single labels.
    """
    scores = network.around(x, rows, places, present, reach)
    at = places[:, None] + torch.arange(-reach, reach + 1)
    inside = (at >= 0) & (at < x.shape[1])
    at = at.clamp(0, x.shape[1] - 1)
    inside &= present[rows[:, None], at]
    wanted = targets.gather(1, at).masked_fill(~inside, 0)
    # a part cut by the reach begins inside: the first piece there is its beginning
    wanted[:, 0] = torch.where((wanted[:, 0] > 0) & (wanted[:, 0] % 2 == 0), wanted[:, 0] - 1, wanted[:, 0])
    each = inside * functional.cross_entropy(
        scores.transpose(1, 2), wanted, reduction="none", label_smoothing=smoothing
    )
    allowed = torch.from_numpy(bio_transitions(CLAIM_LABELS))
    whole = sequence_loss(scores, wanted, network.claim.transitions + allowed)
    share = weight[rows]
    return 0.5 * ((each.sum(1) + whole) * share).sum(), float((inside.sum(1) * share).sum())


def hard_negatives(scores: Tensor, anchors: Tensor, present: Tensor) -> list[tuple[int, int]]:
    """Pieces that look most like anchors and are none: two a window at most, where they score over 0.1."""
    masked = scores.masked_fill((anchors > 0) | (present == 0), -1e4)
    top = masked.topk(2, dim=1)
    return [
        (i, int(place))
        for i in range(len(scores))
        for value, place in zip(top.values[i], top.indices[i], strict=True)
        if value > -2.2
    ]


def link_loss(network: Network, x: Tensor, batch: list[Example]) -> Tensor:
    """Each source and content part points to its cue among the window's cues."""
    spans, cues = network.link_span(x), network.link_cue(x)
    total, count = x.new_zeros(()), 0
    for i, example in enumerate(batch):
        claims = [c for c in example.claims or () if not c.nested]
        begins = [(a + 1, k) for k, c in enumerate(claims) for a, _ in (*c.source, *c.content)]
        if len(claims) > 1 and begins:
            at = torch.tensor([c.anchor + 1 for c in claims])
            scores = spans[i, [a for a, _ in begins]] @ cues[i, at].T / 11.3
            total = total + functional.cross_entropy(
                scores.float(), torch.tensor([k for _, k in begins]), reduction="sum"
            )
            count += len(begins)
    return total / max(count, 1)


def entity_loss(network: Network, x: Tensor, batch: list[Example], allowed: Tensor) -> Tensor:
    """Negative log of the probability that a piece carries any of the tags it may carry."""
    n = x.shape[1]
    sets = padded([e.entities for e in batch if e.entities is not None], n, IGNORE)
    known = sets != IGNORE
    scores = network.entity(network.dropout(x)).float()[known]
    may = allowed[sets[known]]
    inside = scores.masked_fill(~may, -1e4).logsumexp(-1)
    return (scores.logsumexp(-1) - inside).mean()


def pos_loss(network: Network, x: Tensor, batch: list[Example]) -> Tensor:
    labels = padded([e.pos for e in batch if e.pos is not None], x.shape[1], IGNORE)
    scores = network.pos(network.dropout(x)).float()
    return functional.cross_entropy(scores.transpose(1, 2), labels, ignore_index=IGNORE)


def batch_loss(network: Network, batch: list[Example], allowed: Tensor, plan: Plan) -> tuple[str, Tensor]:
    """The task of a batch and its loss."""
    ids, shapes, gaps, quotes = tensors(batch)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HAS_AMX):
        x = network.encoder(hide(ids, plan.hidden_share), shapes, gaps, quotes)
        if batch[0].claims is not None:
            present = (ids != 0) & (ids != 101) & (ids != 102)
            return "claims", claim_loss(network, x, present.float(), batch, plan.smoothing)
        if batch[0].entities is not None:
            return "entities", entity_loss(network, x, batch, allowed)
        return "pos", pos_loss(network, x, batch)


def groups(network: Network, plan: Plan) -> list[dict[str, object]]:
    """Parameters with their rates: lower layers of the encoder learn more slowly."""
    n_layers = len(network.encoder.layers)
    out: dict[tuple[float, float], list[Tensor]] = {}
    for name, parameter in network.named_parameters():
        rate = plan.head_rate
        if name.startswith("encoder."):
            depth = int(name.split(".")[2]) + 1 if ".layers." in name else 0
            rate = plan.encoder_rate * plan.layer_decay ** (n_layers - depth)
            if name.split(".")[1] in ("shapes", "gaps", "quotes"):
                rate = plan.encoder_rate * 2
        decay = 0.01 if parameter.dim() > 1 else 0.0
        out.setdefault((rate, decay), []).append(parameter)
    return [{"params": p, "lr": rate, "base": rate, "weight_decay": d} for (rate, d), p in out.items()]


def fit(
    network: Network,
    data: dict[str, list[Example]],
    allowed: AllowedSets,
    plan: Plan,
    folder: Path,
    *,
    report: Callable[[int, Network], None] | None = None,
    report_every: int = 400,
) -> Network:
    """Trains, and returns the network of averaged weights.

    Args:
        network: Where to start.
        data: Examples by task: ``claims``, ``entities``, ``pos``.
        allowed: The sets of tags that the entity examples refer to.
        plan: Passes and rates.
        folder: Where the log and the checkpoint go; a checkpoint found there is gone on from.
        report: Called with the step and the averaged network.
        report_every: Steps between two calls of ``report``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    network.requires_grad_(not plan.tags_only)
    for head in (network.entity, network.pos):
        head.requires_grad_(True)
    sequence = list(steps(data, plan))
    optimizer = torch.optim.AdamW(groups(network, plan), betas=(0.9, 0.98), eps=1e-6, fused=True)
    averaged = copy.deepcopy(network).eval()
    checkpoint, begin = folder / "checkpoint.pt", 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=False)
        network.load_state_dict(saved["network"])
        averaged.load_state_dict(saved["averaged"])
        optimizer.load_state_dict(saved["optimizer"])
        begin = saved["step"]
    may, warm_up = torch.from_numpy(allowed.table()), plan.warm_up_share * len(sequence)
    started, losses = time.time(), dict[str, float]()
    network.train()
    n_steps = min(plan.n_steps or len(sequence), len(sequence))
    for step in range(begin, n_steps):
        left = (len(sequence) - step) / (len(sequence) - warm_up)
        falling = plan.last_share + (plan.first_share - plan.last_share) * left
        factor = min((step + 1) / max(warm_up, 1), falling)
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * factor
        task, loss = batch_loss(network, sequence[step], may, plan)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        keep = min(plan.average, (step + 1) / (step + 10))
        with torch.no_grad():
            torch._foreach_lerp_(list(averaged.parameters()), list(network.parameters()), 1 - keep)
        value = loss.item()
        if not math.isfinite(value):
            raise FloatingPointError(f"step {step}: loss of {task} is {value}")
        losses[task] = 0.95 * losses.get(task, value) + 0.05 * value
        if (step + 1) % 20 == 0:
            entry = {"step": step + 1, "of": len(sequence), "s": round(time.time() - started), **losses}
            with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(entry) + "\n")
        if (step + 1) % plan.save_every == 0 or step + 1 == n_steps:
            state = {"network": network.state_dict(), "averaged": averaged.state_dict()}
            torch.save(
                {**state, "optimizer": optimizer.state_dict(), "step": step + 1}, folder / "checkpoint.new"
            )
            (folder / "checkpoint.new").replace(checkpoint)
        if report and ((step + 1) % report_every == 0 or step + 1 == n_steps):
            report(step + 1, averaged)
    return averaged
