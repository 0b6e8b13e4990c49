"""The exported network: word pieces in, scores out. The only module that knows onnxruntime."""

from __future__ import annotations

import bisect
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from pipeline.model.decode import Floats, Ints, bio_transitions
from pipeline.model.labels import CLAIM_LABELS, ENTITY_TAGS, POS_TAGS, distance_buckets
from pipeline.model.pieces import Pieces, cut_pieces, find_windows, read_tokenizer

CLASS, SEPARATOR = 101, 102
FORMAT = 3
"""Version of the files of a model folder; raised when a newer reader could not use older files."""

FILES = ("encoder.onnx", "claims.onnx", "vocabulary.txt", "model.json")
ANCHORS_AT_ONCE = 8
"""Anchors that go through the claim head together: what fits a core's cache."""

SLOW_FUSION = "SkipLayerNormFusion"
"""Addition and layer norm as one operation of onnxruntime: .76 ms a layer, where the two take .2 ms apart;
without it the encoder is 1.12 times as fast (one core, 306 pieces, medians of alternating runs)."""

Reach = tuple[int, int]
"""Pieces before an anchor, and after it."""

_WIDTHS = {
    "anchor": 1,
    "nested_anchor": 1,
    "flat": len(CLAIM_LABELS),
    "entity": len(ENTITY_TAGS),
    "pos": len(POS_TAGS),
}
_ENDS = np.cumsum(list(_WIDTHS.values())).tolist()
SLICES = {name: slice(end - width, end) for (name, width), end in zip(_WIDTHS.items(), _ENDS, strict=True)}
"""Where each head stands in the encoder's ``tags`` output."""


class ModelError(Exception):
    """The model cannot be used; the message names the folder and the way out."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder says of a text.

    ``tags`` of shape (pieces, heads' outputs), see ``SLICES``; ``views`` of shape (pieces, 4 * claim width),
    what the claim head reads; ``windows`` the ranges of pieces that were read together.
    """

    tags: Floats
    views: Floats
    windows: tuple[tuple[int, int], ...]

    def head(self, name: str) -> Floats:
        """Scores of one head, of shape (pieces, outputs)."""
        return self.tags[:, SLICES[name]]


class Session:
    """A loaded model folder.

    Args:
        folder: Holds ``FILES``.
        threads: Threads of one run of the network.

    Raises:
        ModelError: a file is missing, cannot be read, or is of another version.
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise ModelError(f"{folder}: no {', '.join(missing)}: `make train` writes a model")
        self.meta: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if self.meta.get("format") != FORMAT:
            raise ModelError(
                f"{folder}: model format {self.meta.get('format')}, this version reads {FORMAT}: "
                "use the model of this version, or `make train`"
            )
        self.vocabulary = (folder / "vocabulary.txt").read_text(encoding="utf-8")
        self.tokenizer: Tokenizer = read_tokenizer(self.vocabulary)
        self.window = int(self.meta["window"])
        self.transitions: Floats = bio_transitions(CLAIM_LABELS)
        if "transitions" in self.meta:
            self.transitions = self.transitions + np.array(self.meta["transitions"], dtype=np.float32)
        self._encoder = _load(folder / "encoder.onnx", threads)
        self._claims = _load(folder / "claims.onnx", threads)

    def cut(self, text: str) -> Pieces:
        """The word pieces of a text."""
        return cut_pieces(text, self.tokenizer)

    def encode(self, pieces: Pieces) -> Encoded:
        """The encoder's scores of a text.

        Windows go through one by one: nothing is padded, no window's values change how another's are
        quantised, and 16 at once took 1.3 times as long (one core, 306 pieces each).
        """
        windows = tuple(find_windows(pieces, size=self.window))
        if not windows:
            return Encoded(np.zeros((0, _ENDS[-1]), dtype=np.float32), np.zeros((0, 4), dtype=np.float32), ())
        runs = [self._encoder.run(None, _inputs(pieces, begin, end)) for begin, end in windows]
        tags, views = (np.concatenate([run[i][0, 1:-1] for run in runs]) for i in (0, 1))
        return Encoded(tags, views, windows)

    def read_around(self, encoded: Encoded, anchors: Ints, reach: Reach) -> Floats:
        """Scores of the claim head for anchors, of shape (anchors, pieces before + 1 + pieces after, labels).

        Pieces outside the anchor's window can only be O: the head was trained on windows, and reading on
        into the next one took dev claim F1 from .732 to .723.
        """
        pieces, whole = np.split(encoded.views, 2, axis=-1)
        before, after = reach
        out = np.full((len(anchors), before + 1 + after, len(CLAIM_LABELS)), -1e4, dtype=np.float32)
        out[:, :, 0] = 0.0
        buckets = distance_buckets(np.arange(-before, after + 1))
        for batch, low, high in _alike(anchors, encoded.windows, reach):
            at = anchors[batch, None] + np.arange(low, high)[None]
            out[batch, low + before : high + before] = self._claims.run(
                None,
                {
                    "pieces": pieces[at],
                    "anchors": whole[anchors[batch]],
                    "buckets": buckets[low + before : high + before],
                },
            )[0]
        return out


def _alike(
    anchors: Ints, windows: tuple[tuple[int, int], ...], reach: Reach
) -> list[tuple[list[int], int, int]]:
    """Numbers of anchors in batches: those with as many pieces around them, from ``low`` up to ``high``."""
    groups: dict[tuple[int, int], list[int]] = {}
    ends = [end for _, end in windows]
    for number, anchor in enumerate(anchors.tolist()):
        begin, end = windows[bisect.bisect_right(ends, anchor)]
        around = max(-reach[0], begin - anchor), min(reach[1] + 1, end - anchor)
        groups.setdefault(around, []).append(number)
    return [
        (numbers[i : i + ANCHORS_AT_ONCE], low, high)
        for (low, high), numbers in groups.items()
        for i in range(0, len(numbers), ANCHORS_AT_ONCE)
    ]


def _load(graph: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=[SLOW_FUSION]
    )


def _inputs(pieces: Pieces, begin: int, end: int) -> dict[str, npt.NDArray[np.int64]]:
    """The encoder's inputs for one window, with class and separator pieces."""
    out = {}
    for name in ("ids", "shapes", "gaps", "quotes"):
        out[name] = np.zeros((1, end - begin + 2), dtype=np.int64)
        out[name][0, 1:-1] = getattr(pieces, name)[begin:end]
    out["ids"][0, 0], out["ids"][0, -1] = CLASS, SEPARATOR
    return out
