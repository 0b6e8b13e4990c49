"""The trained network to the files that the run time loads: ONNX graphs with int8 weights."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from pipeline.model.session import FORMAT
from pipeline.train.network import Network


class EncoderGraph(nn.Module):
    """Encoder, the heads over single pieces as one matrix, and what the claim head reads."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.encoder = network.encoder
        heads = (network.anchor, network.nested_anchor, network.flat, network.entity, network.pos)
        self.tags = nn.Linear(heads[0].in_features, sum(h.out_features for h in heads))
        with torch.no_grad():
            self.tags.weight.copy_(torch.cat([h.weight for h in heads]))
            self.tags.bias.copy_(torch.cat([h.bias for h in heads]))
        self.views = network.claim.views

    def forward(self, ids: Tensor, shapes: Tensor, gaps: Tensor, quotes: Tensor) -> tuple[Tensor, Tensor]:
        x = self.encoder(ids, shapes, gaps, quotes, padded=False)
        return self.tags(x), self.views(x)


class ClaimGraph(nn.Module):
    """The claim head over views already computed."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.head = network.claim

    def forward(self, pieces: Tensor, anchors: Tensor, buckets: Tensor) -> Tensor:
        scores: Tensor = self.head(pieces, anchors, buckets)
        return scores


def export(
    network: Network, folder: Path, *, vocabulary: str, meta: dict[str, Any], quantize: bool = True
) -> None:
    """Writes a model folder that ``Session`` loads.

    Args:
        network: The trained network.
        folder: Where to; made if need be.
        vocabulary: One word piece a line.
        meta: What ``model.json`` holds besides the format: window, calibration, training data, scores.
        quantize: The encoder's weights as int8, per channel; activations are quantised as they come. The
            claim head stays in float32: in int8 it took as long (1.05 against 1.10 ms of one core an anchor).
    """
    network.eval()
    folder.mkdir(parents=True, exist_ok=True)
    ids = torch.ones(1, 9, dtype=torch.long)
    encoder_inputs = (ids, torch.zeros_like(ids), torch.zeros_like(ids), torch.zeros_like(ids))
    width = network.claim.views.out_features // 2
    claim_inputs = (torch.zeros(2, 9, width), torch.zeros(2, width), ids[0])
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "encoder.onnx"
        _write(
            EncoderGraph(network),
            encoder_inputs,
            ("ids", "shapes", "gaps", "quotes"),
            ("tags", "views"),
            plain,
        )
        if quantize:
            quantize_dynamic(
                plain,
                folder / "encoder.onnx",
                per_channel=True,
                weight_type=QuantType.QInt8,
                extra_options={"MatMulConstBOnly": True},
            )
        else:
            (folder / "encoder.onnx").write_bytes(plain.read_bytes())
        names = ("pieces", "anchors", "buckets")
        _write(ClaimGraph(network), claim_inputs, names, ("scores",), folder / "claims.onnx")
    (folder / "vocabulary.txt").write_text(vocabulary, encoding="utf-8")
    meta = {"format": FORMAT, "transitions": network.claim.transitions.tolist(), **meta}
    text = json.dumps(meta, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8")


def _write(
    module: nn.Module,
    inputs: tuple[Tensor, ...],
    names: tuple[str, ...],
    outputs: tuple[str, ...],
    path: Path,
) -> None:
    axes = {name: {0: "batch", 1: "pieces"} for name in (*names, *outputs)}
    axes |= {"anchors": {0: "batch"}, "buckets": {0: "pieces"}}
    torch.onnx.export(
        module.eval(),
        inputs,
        str(path),
        input_names=list(names),
        output_names=list(outputs),
        dynamic_axes={name: axes[name] for name in (*names, *outputs)},
        opset_version=17,
        dynamo=False,
        custom_opsets={"com.microsoft": 1},
    )
    onnx.checker.check_model(str(path))
