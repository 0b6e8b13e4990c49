"""The exported network: word pieces in, scores out. The only module that knows onnxruntime."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from pipeline.model.decode import Floats, Ints, around
from pipeline.model.labels import CLAIM_LABELS, ENTITY_TAGS, POS_TAGS, REACH, distance_buckets
from pipeline.model.pieces import Pieces, cut_pieces, find_windows, read_tokenizer

CLASS, SEPARATOR = 101, 102
FORMAT = 1
"""Version of the files of a model folder; raised when a newer reader could not use older files."""

FILES = ("encoder.onnx", "claims.onnx", "vocabulary.txt", "model.json")
SLICES = {
    "anchor": slice(0, 1),
    "flat": slice(1, 1 + len(CLAIM_LABELS)),
    "entity": slice(1 + len(CLAIM_LABELS), 1 + len(CLAIM_LABELS) + len(ENTITY_TAGS)),
    "pos": slice(
        1 + len(CLAIM_LABELS) + len(ENTITY_TAGS), 1 + len(CLAIM_LABELS) + len(ENTITY_TAGS) + len(POS_TAGS)
    ),
}
"""Where each head stands in the encoder's ``tags`` output."""


class ModelError(Exception):
    """The model cannot be used; the message names the folder and the way out."""


@dataclass(frozen=True, slots=True)
class WindowScores:
    """What the encoder says of one window of pieces.

    ``begin`` is the window's first piece in its text; ``tags`` of shape (pieces, heads' outputs), see
    ``SLICES``; ``views`` of shape (pieces, 4 * claim width), what the claim head reads.
    """

    begin: int
    tags: Floats
    views: Floats

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
        self.graphs = {name: (folder / name).read_bytes() for name in FILES[:2]}
        self.window = int(self.meta["window"])
        self._encoder = _load(self.graphs["encoder.onnx"], threads)
        self._claims = _load(self.graphs["claims.onnx"], threads)

    def cut(self, text: str) -> Pieces:
        """The word pieces of a text."""
        return cut_pieces(text, self.tokenizer)

    def encode(self, texts: Sequence[Pieces], *, batch_pieces: int) -> list[list[WindowScores]]:
        """Scores of each text's windows, windows of like length going through the encoder together."""
        windows = [(i, a, b) for i, p in enumerate(texts) for a, b in find_windows(p, size=self.window)]
        out: list[list[WindowScores]] = [[] for _ in texts]
        for batch in _by_length(windows, batch_pieces):
            tags, views = self._encoder.run(None, _inputs([(texts[i], a, b) for i, a, b in batch]))
            for (i, a, b), tag, view in zip(batch, tags, views, strict=True):
                out[i].append(WindowScores(a, tag[1 : b - a + 1], view[1 : b - a + 1]))
        for scores in out:
            scores.sort(key=lambda s: s.begin)
        return out

    def read_around(self, scores: WindowScores, anchors: Ints) -> Floats:
        """Scores of the claim head for anchors (pieces of the window), (anchors, 2 * REACH + 1, labels).

        Pieces outside the window can only be O.
        """
        at = around(anchors, len(scores.views))
        present = at >= 0
        low, high = _used(present)
        pieces, whole = np.split(scores.views, 2, axis=-1)
        found = self._claims.run(
            None,
            {
                "pieces": pieces[np.maximum(at[:, low:high], 0)],
                "anchors": whole[anchors],
                "buckets": np.broadcast_to(_BUCKETS[low:high], (len(anchors), high - low)).copy(),
                "present": present[:, low:high],
            },
        )[0]
        out = np.full((*at.shape, len(CLAIM_LABELS)), -1e4, dtype=np.float32)
        out[:, :, 0] = 0.0
        out[:, low:high][present[:, low:high]] = found[present[:, low:high]]
        return out


_BUCKETS = distance_buckets(np.arange(-REACH, REACH + 1))


def _used(present: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """The columns that any row uses."""
    used = np.flatnonzero(present.any(axis=0))
    return int(used[0]), int(used[-1]) + 1


def _load(graph: bytes, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _by_length(
    windows: list[tuple[int, int, int]], batch_pieces: int
) -> Iterator[list[tuple[int, int, int]]]:
    """Windows, longest first, as many to a batch as fit ``batch_pieces`` with their padding."""
    batch: list[tuple[int, int, int]] = []
    for window in sorted(windows, key=lambda w: (w[1] - w[2], w[0], w[1])):
        if batch and (batch[0][2] - batch[0][1] + 2) * (len(batch) + 1) > batch_pieces:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _inputs(batch: list[tuple[Pieces, int, int]]) -> dict[str, npt.NDArray[np.int64]]:
    """The encoder's inputs for a batch of windows, padded, with class and separator pieces."""
    width = max(b - a for _, a, b in batch) + 2
    out = {
        name: np.zeros((len(batch), width), dtype=np.int64) for name in ("ids", "shapes", "gaps", "quotes")
    }
    for row, (pieces, a, b) in enumerate(batch):
        for name, array in out.items():
            array[row, 1 : b - a + 1] = getattr(pieces, name)[a:b]
        out["ids"][row, 0], out["ids"][row, b - a + 1] = CLASS, SEPARATOR
    return out
