"""The network: a small BERT encoder, heads over its pieces, and a claim head read once per cue.

Names follow the literature: an *anchor* is the first piece of a cue; the claim head, given an anchor,
labels the pieces around it with the source, cue and content of that one claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from pipeline.model.labels import CLAIM_LABELS, ENTITY_TAGS, POS_TAGS, distance_buckets
from pipeline.model.pieces import N_GAPS, N_QUOTES, N_SHAPES

N_BUCKETS = int(distance_buckets(torch.tensor([10_000]).numpy()).max()) + 1


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the encoder (those of MiniLM-L6-H384) and of the claim head."""

    vocabulary: int = 30522
    width: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    claim_width: int = 128
    claim_layers: int = 2
    claim_heads: int = 4


class PooledDropout(nn.Module):
    """Dropout whose masks are cut at random places out of one pool of random numbers.

    Drawing fresh numbers took 5.5 % of a training step on two cores.
    """

    pool: Tensor

    def __init__(self, rate: float, size: int = 1 << 24) -> None:
        super().__init__()
        self.rate = rate
        self.size = size
        keep = 1.0 - rate
        drawn = torch.rand(size, generator=torch.Generator().manual_seed(7)) < keep
        self.register_buffer("pool", drawn.float() / keep, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.rate:
            return x
        n = x.numel()
        begin = int(torch.randint(0, max(1, self.size - n), ()))
        return x * self.pool[begin : begin + n].view(x.shape).to(x.dtype)


def attend(queries: Tensor, keys: Tensor, values: Tensor, heads: int, bias: Tensor | None) -> Tensor:
    """Attention of several heads; all of shape (batch, pieces, width)."""
    batch, n, width = queries.shape
    q, k, v = (x.view(batch, n, heads, width // heads).transpose(1, 2) for x in (queries, keys, values))
    mask = None if bias is None else bias.to(q.dtype)
    mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return mixed.transpose(1, 2).reshape(batch, n, width)


class FusedAttention(torch.autograd.Function):
    """Attention that exports as one ``MultiHeadAttention`` of onnxruntime's own operations.

    The same in plain operations made the encoder's graph 1.28 times as slow (one core, 306 pieces).
    """

    @staticmethod
    def forward(ctx: Any, queries: Tensor, keys: Tensor, values: Tensor, heads: int) -> Tensor:  # noqa: ARG004
        return attend(queries, keys, values, heads, None)

    @staticmethod
    def symbolic(graph: Any, queries: Any, keys: Any, values: Any, heads: int) -> Any:
        out = graph.op("com.microsoft::MultiHeadAttention", queries, keys, values, num_heads_i=heads)
        out.setType(queries.type())
        return out


class Layer(nn.Module):
    """A post-norm transformer layer, as BERT's."""

    def __init__(self, width: int, heads: int, inner: int, dropout: nn.Module) -> None:
        super().__init__()
        self.heads = heads
        self.width = width
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm_1 = nn.LayerNorm(width, eps=1e-12)
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm_2 = nn.LayerNorm(width, eps=1e-12)
        self.dropout = dropout

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """``x`` of shape (batch, pieces, width); ``bias`` is added to the attention scores.

        Without a bias, nothing being padding, attention is one operation of the run time's.
        """
        queries, keys, values = self.query_key_value(x).split(self.width, -1)
        if bias is None:
            mixed = FusedAttention.apply(queries, keys, values, self.heads)
        else:
            mixed = attend(queries, keys, values, self.heads, bias)
        x = self.norm_1(x + self.dropout(self.out(mixed)))
        return self.norm_2(x + self.dropout(self.down(functional.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Word pieces with shape, gap and quotation features to vectors."""

    def __init__(self, shape: Shape, dropout: nn.Module) -> None:
        super().__init__()
        self.word = nn.Embedding(shape.vocabulary, shape.width)
        self.position = nn.Embedding(shape.positions, shape.width)
        self.kind = nn.Embedding(2, shape.width)
        self.shapes = nn.Embedding(N_SHAPES, shape.width)
        self.gaps = nn.Embedding(N_GAPS, shape.width)
        self.quotes = nn.Embedding(N_QUOTES, shape.width)
        for each in (self.shapes, self.gaps, self.quotes):
            nn.init.normal_(each.weight, std=0.02)
        self.norm = nn.LayerNorm(shape.width, eps=1e-12)
        self.layers = nn.ModuleList(
            Layer(shape.width, shape.heads, shape.inner, dropout) for _ in range(shape.layers)
        )
        self.dropout = dropout

    def forward(
        self, ids: Tensor, shapes: Tensor, gaps: Tensor, quotes: Tensor, *, padded: bool = True
    ) -> Tensor:
        """All inputs of shape (batch, pieces); piece 0 is padding. Returns (batch, pieces, width)."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.word(ids) + self.position(places) + self.kind.weight[0]
        x = x + self.shapes(shapes) + self.gaps(gaps) + self.quotes(quotes)
        x = self.dropout(self.norm(x))
        bias = torch.where(ids == 0, -1e4, 0.0)[:, None, None, :].to(x.dtype) if padded else None
        for layer in self.layers:
            x = layer(x, bias)
        return x


class ClaimHead(nn.Module):
    """Given an anchor, labels the pieces around it: O, or begin and inside of source, cue, content."""

    def __init__(self, shape: Shape, dropout: nn.Module) -> None:
        super().__init__()
        width = shape.claim_width
        self.views = nn.Linear(shape.width, 4 * width)
        self.distance = nn.Embedding(N_BUCKETS, width)
        self.norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList(
            Layer(width, shape.claim_heads, width, dropout) for _ in range(shape.claim_layers)
        )
        self.out = nn.Linear(width, len(CLAIM_LABELS))
        self.transitions = nn.Parameter(torch.zeros(len(CLAIM_LABELS) + 1, len(CLAIM_LABELS)))
        self.dropout = dropout

    def forward(
        self, pieces: Tensor, anchors: Tensor, buckets: Tensor, present: Tensor | None = None
    ) -> Tensor:
        """Scores of shape (anchors, reach, labels).

        Args:
            pieces: First half of ``views`` around each anchor, (anchors, reach, 2 * claim width).
            anchors: Second half of ``views`` of the anchors, (anchors, 2 * claim width).
            buckets: ``distance_buckets`` of each piece's distance to the anchor, (reach,).
            present: False for padding, (anchors, reach); not given where there is none.
        """
        added, times = pieces.chunk(2, -1)
        anchor_added, anchor_times = anchors[:, None].chunk(2, -1)
        x = added + anchor_added + times * anchor_times + self.distance(buckets)
        x = self.dropout(self.norm(x))
        bias = None if present is None else torch.where(present, 0.0, -1e4)[:, None, None, :].to(x.dtype)
        for layer in self.layers:
            x = layer(x, bias)
        scores: Tensor = self.out(x)
        return scores


class Network(nn.Module):
    """Encoder and heads; ``tags`` covers all that is said of single pieces in one matrix."""

    def __init__(self, shape: Shape | None = None, *, dropout: float = 0.1) -> None:
        super().__init__()
        shape = shape or Shape()
        self.dropout = PooledDropout(dropout)
        self.encoder = Encoder(shape, self.dropout)
        self.anchor = nn.Linear(shape.width, 1)
        self.nested_anchor = nn.Linear(shape.width, 1)
        self.flat = nn.Linear(shape.width, len(CLAIM_LABELS))
        self.entity = nn.Linear(shape.width, len(ENTITY_TAGS))
        self.pos = nn.Linear(shape.width, len(POS_TAGS))
        self.claim = ClaimHead(shape, self.dropout)
        self.link_span = nn.Linear(shape.width, 128)
        self.link_cue = nn.Linear(shape.width, 128)

    def load_bert(self, folder: Path) -> None:
        """Starts the encoder from a BERT in Hugging Face's layout (``model.safetensors``)."""
        weights = load_file(folder / "model.safetensors")
        encoder = self.encoder
        own: dict[str, Tensor] = {
            "word.weight": weights["embeddings.word_embeddings.weight"],
            "position.weight": weights["embeddings.position_embeddings.weight"],
            "kind.weight": weights["embeddings.token_type_embeddings.weight"],
            "norm.weight": weights["embeddings.LayerNorm.weight"],
            "norm.bias": weights["embeddings.LayerNorm.bias"],
        }
        names = {
            "out": "attention.output.dense",
            "norm_1": "attention.output.LayerNorm",
            "up": "intermediate.dense",
            "down": "output.dense",
            "norm_2": "output.LayerNorm",
        }
        for i in range(len(encoder.layers)):
            for part in ("weight", "bias"):
                there = f"encoder.layer.{i}"
                own[f"layers.{i}.query_key_value.{part}"] = torch.cat(
                    [weights[f"{there}.attention.self.{which}.{part}"] for which in ("query", "key", "value")]
                )
                for ours, theirs in names.items():
                    own[f"layers.{i}.{ours}.{part}"] = weights[f"{there}.{theirs}.{part}"]
        missing, unexpected = encoder.load_state_dict(own, strict=False)
        new = {"shapes.weight", "gaps.weight", "quotes.weight"}
        if unexpected or set(missing) != new:
            raise ValueError(f"{folder}: not the encoder expected: {missing} {unexpected}")

    def around(self, x: Tensor, rows: Tensor, places: Tensor, present: Tensor, reach: int) -> Tensor:
        """Scores of the claim head for anchors at (``rows``, ``places``) of the encoded batch ``x``.

        Of shape (anchors, 2 * reach + 1, labels). Pieces that are not there can only be O.
        """
        offsets = torch.arange(-reach, reach + 1)
        at = places[:, None] + offsets[None]
        inside = (at >= 0) & (at < x.shape[1])
        at = at.clamp(0, x.shape[1] - 1)
        there = inside & present[rows[:, None], at]
        pieces, anchors = self.claim.views(x).chunk(2, -1)
        buckets = torch.from_numpy(distance_buckets(offsets.numpy()))
        scores = self.claim(pieces[rows[:, None], at], anchors[rows, places], buckets, there)
        outside = torch.full((scores.shape[-1],), -1e4).index_fill(0, torch.tensor([0]), 0.0)
        return torch.where(there[..., None], scores.float(), outside)


def sequence_loss(scores: Tensor, labels: Tensor, transitions: Tensor) -> Tensor:
    """Negative log-likelihood of label sequences under a linear-chain CRF, of shape (sequences,).

    Args:
        scores: Of shape (sequences, pieces, labels).
        labels: Of shape (sequences, pieces).
        transitions: Of shape (labels + 1, labels), the last row for the start.
    """
    start, between = transitions[-1], transitions[:-1]
    chosen = scores.gather(2, labels[..., None])[..., 0].sum(1)
    chosen = chosen + start[labels[:, 0]] + between[labels[:, :-1], labels[:, 1:]].sum(1)
    factors = between.exp()
    total = scores[:, 0] + start
    for emitted in scores[:, 1:].unbind(1):
        top = total.detach().amax(1, keepdim=True)
        total = ((total - top).exp() @ factors).clamp_min(1e-30).log() + top + emitted
    return total.logsumexp(1) - chosen
