"""What tables depend on besides the inputs; imports nothing of weight."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """What the tables depend on besides the inputs."""

    versions: dict[str, str]
    config: str
    model: str

    @property
    def digest(self) -> str:
        values = json.dumps([self.versions, self.config, self.model], sort_keys=True)
        return hashlib.sha256(values.encode()).hexdigest()[:32]

    def changes(self, before: Settings) -> list[str]:
        """What differs, for a person; empty where nothing does."""
        names = sorted(self.versions.keys() | before.versions.keys())
        changed = [name for name in names if self.versions.get(name) != before.versions.get(name)]
        return changed + [
            name for name in ("config", "model") if getattr(self, name) != getattr(before, name)
        ]
