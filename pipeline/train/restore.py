"""An exported model back to a network that can be trained on: what ``export`` does, undone.

Weights that were rounded to int8 come back rounded. The links, which are not exported, start anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from pipeline.model.session import SLICES
from pipeline.train.network import Network, Shape

NOT_EXPORTED = {"link_span", "link_cue"}


def read_network(folder: Path, shape: Shape | None = None) -> Network:
    """The network of a model folder that ``export`` wrote.

    Args:
        folder: Holds ``encoder.onnx``, ``claims.onnx`` and ``model.json``.
        shape: Sizes of the network, if not the usual ones.

    Raises:
        ValueError: the graphs are not those of such a network.
    """
    network = Network(shape)
    state = _weights(folder / "encoder.onnx")
    state |= {name.replace("head.", "claim.", 1): x for name, x in _weights(folder / "claims.onnx").items()}
    for part in ("weight", "bias"):
        tags = state.pop(f"tags.{part}")
        state |= {f"{head}.{part}": tags[rows] for head, rows in SLICES.items()}
        state[f"claim.views.{part}"] = state.pop(f"views.{part}")
    kind = network.encoder.kind.weight.detach().clone()
    kind[0] = state.pop("encoder.kind")
    meta = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    state |= {"encoder.kind.weight": kind, "claim.transitions": torch.tensor(meta["transitions"])}
    missing, unexpected = network.load_state_dict(state, strict=False)
    if unexpected or {name.split(".")[0] for name in missing} - NOT_EXPORTED:
        raise ValueError(f"{folder}: not the graphs of this network: {missing} {unexpected}")
    return network


def _weights(path: Path) -> dict[str, Tensor]:
    """Parameters by the names of their modules; matrices as ``nn.Linear`` holds them."""
    graph = onnx.load(path).graph
    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    out = {name: array for name, array in stored.items() if name.endswith((".weight", ".bias"))}
    for node in graph.node:
        module = ".".join(node.name.split("/")[1:-1])
        if node.op_type in ("MatMul", "MatMulInteger"):
            name = node.input[1].removesuffix("_quantized")
            out[f"{module}.weight"] = _plain(name, stored).T
        elif node.op_type == "Gather" and node.input[0].endswith(".weight_quantized"):
            name = node.input[0].removesuffix("_quantized")
            out[name] = _plain(name, stored)
        elif node.op_type == "Add" and module == "encoder" and node.input[1].startswith("onnx::"):
            out["encoder.kind"] = stored[node.input[1]]
    return {name: torch.tensor(array) for name, array in out.items()}


def _plain(name: str, stored: dict[str, npt.NDArray[Any]]) -> npt.NDArray[np.float32]:
    """A stored array, its int8 values as the numbers that they stand for."""
    if name in stored:
        return stored[name]
    values = stored[f"{name}_quantized"].astype(np.float32)
    zero: npt.NDArray[np.float32] = stored[f"{name}_zero_point"].astype(np.float32)
    plain: npt.NDArray[np.float32] = (values - zero) * stored[f"{name}_scale"]
    return plain
