"""Why an input, or one record of it, gives no article."""

from __future__ import annotations

from dataclasses import dataclass


class ReadError(Exception):
    """An input cannot be read, or not to its end; ``reason`` is one of ``schema.REJECT_REASONS``."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class InputError(Exception):
    """A path given by the user is not there; the message names it and the way out."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One record that gives no article, while the rest of its file may."""

    doc_id: str | None
    reason: str
    detail: str
