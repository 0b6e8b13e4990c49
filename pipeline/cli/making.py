"""`evaluate`, `train`, `benchmark`: how good, how made, how fast."""

from __future__ import annotations
