"""The figures of ``docs/ERRORS.md``, brought up to date from what ``newsclaims evaluate`` prints.

``newsclaims evaluate --only claims | python -m pipeline.evaluate.errors docs/ERRORS.md``
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_SCORES = re.compile(r"^(?:pattern\.(\w+)|claim) +([\d.]+) +([\d.]+) +([\d.]+) +(\d+)", re.MULTILINE)
_SHARE = re.compile(r"^no (\w+) +([\d.]+) +(\d+)$", re.MULTILINE)
_ROW = re.compile(r"^(\| `(\w+)` \|.*?)((?: \| (?:[\d.]+|–))+) \|$", re.MULTILINE)


def refresh(page: str, printed: str) -> str:
    """The page with the figures of each kind and fault as printed; its other words stay as they are.

    Raises:
        ValueError: a row of the page was not measured.
    """
    figures: dict[str, tuple[str, ...]] = {}
    for kind, *values in (*_SCORES.findall(printed), *_SHARE.findall(printed)):
        figures.setdefault(kind or "all", tuple(values))

    def row(match: re.Match[str]) -> str:
        if match[2] not in figures:
            raise ValueError(
                f"no figures of {match[2]!r} in what `newsclaims evaluate --only claims` printed"
            )
        *shares, n_claims = figures[match[2]]
        return " | ".join([match[1], *(each.removeprefix("0") for each in shares), n_claims]) + " |"

    return _ROW.sub(row, page)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(refresh(path.read_text(encoding="utf-8"), sys.stdin.read()), encoding="utf-8")
