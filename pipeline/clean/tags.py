"""Lines that say what an article is about: "Tags: ferries, tides", or a heading with a tag a line."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from pipeline.clean.furniture import load_furniture
from pipeline.clean.kinds import Label
from pipeline.clean.lines import Unit, ends_sentence

_HEADING = re.compile(
    r"^(?:(?:related |story |article |explore )?(?:tags?|topics?|labels?|keywords?)|filed (?:under|to|in)|"
    r"tagged(?: (?:with|as|in))?|posted in|categor(?:y|ies)|subjects?|more (?:about|on(?: this topic)?)|"
    r"read more about)\s*(?P<colon>[:\-–—|]?)\s*(?P<rest>.*)$",
    re.I,
)
_LISTS = re.compile(r"[,|;•·#/]")
_MOST_CHARS = 300
_MOST_WORDS = 4
"""Words of the longest tag that stands on a line of its own."""
_MOST_TAGS = 15


def find_tags(units: Sequence[Unit], taken: Container[int]) -> dict[int, Label]:
    """Units that list what the article is about, by number; those in ``taken`` are something else."""
    labels: dict[int, Label] = {}
    for i, unit in enumerate(units):
        if i in taken or i in labels or len(unit.text) > _MOST_CHARS:
            continue
        match = _HEADING.match(unit.text)
        if match is None or ends_sentence(unit.text.rstrip(":")):
            continue
        if not match["rest"]:
            below = _below(units, i, taken)
            labels |= dict.fromkeys([i, *below] if below else [], Label("tags", "tags below a heading"))
        elif match["colon"] or (_LISTS.search(match["rest"]) and match["rest"][0].isupper()):
            labels[i] = Label("tags", "list of tags")
    return labels


def _below(units: Sequence[Unit], heading: int, taken: Container[int]) -> list[int]:
    """The tags below a heading: short lines up to the first that is furniture, prose or something else's.

    A long run of short lines is a menu.
    """
    furniture = load_furniture()
    found = []
    for i in range(heading + 1, len(units)):
        text = units[i].text
        words = text.split()
        marked = furniture.line_mask(text.lower()) or furniture.start_mask(text.lower())
        if i in taken or marked or len(words) > _MOST_WORDS or ends_sentence(text) or not _is_tag(words):
            break
        found.append(i)
    return found if len(found) <= _MOST_TAGS else []


def _is_tag(words: Sequence[str]) -> bool:
    return words[0].lstrip("#*+•- ")[:1].isalnum() or words[0] in "*+•-#"
