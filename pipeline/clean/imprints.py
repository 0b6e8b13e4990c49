"""Papers and stations by the imprint of their reports: "Published in Dale Gazette, May 3rd", "(KDLE) -"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.clean.dates import has_date

_LETTERS = re.compile(r"[^a-z0-9]+")
_PRINTED = ("Published in ", "Printed in ", "This article appeared in ", "First published in ")
_PRINTED_IN = re.compile(
    rf"^(?:{'|'.join(_PRINTED)})(?P<name>(?:[Tt]he )?[A-Z][^,(]{{2,40}}?)(?:,| on| \() ?"
)
_SIGN = re.compile(r"[KW][A-Z]{2,3}$")
_SIGNED = re.compile(r"^[A-Z][\w'’., -]{2,60} \((?P<sign>[KW][A-Z]{2,3})\) ?(?:[—–-]|--)")
"""Radio and television of the United States: "DALE COUNTY, Mo. (KDLE) - "."""


def squeezed(text: str) -> str:
    """Letters and figures alone, in lower case: ``Hawaii News Now`` is ``HawaiiNewsNow``."""
    return _LETTERS.sub("", text.lower())


def printed_in(top: Sequence[str], below: Sequence[str]) -> str | None:
    """The paper that a line below the story says it was printed in, where the page's top has its name too."""
    for line in below:
        match = _PRINTED_IN.match(line) if line.startswith(_PRINTED) and has_date(line) else None
        if match and any(squeezed(match["name"]) in squeezed(each) for each in top):
            return match["name"]
    return None


def call_sign(top: Sequence[str], lines: Sequence[str]) -> str | None:
    """The call sign of the broadcaster of a report, where a line of the page's top begins with it too."""
    signs = {word for line in top if line[0] in "KW" and _SIGN.match(word := line.partition(" ")[0])}
    found = {match["sign"] for line in lines if signs and (match := _SIGNED.match(line))} & signs
    return found.pop() if len(found) == 1 else None
