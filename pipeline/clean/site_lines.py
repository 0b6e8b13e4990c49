"""What a corpus teaches about its sites: lines that recur on several pages of one are furniture.

Counts are kept by fingerprint, so that what is known of a site is small, can be merged in any order with
the same result, and holds no text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.clean.lines import split_lines
from pipeline.clean.publisher import footer_site
from pipeline.schema import RawArticle

MIN_CHARS = 4
"""Lines shorter than this say nothing: numbers, marks."""
_COPY_SHARE = 0.5
"""Share of the prose's words on other pages of the site from which those pages are copies of the article."""


@dataclass(frozen=True, slots=True)
class SiteLines:
    """For each site, its pages seen and on how many of them each line stands.

    ``counts[site][fingerprint]`` counts pages; ``pages[site]`` is their number. A line of one page only
    counts too, so that a second page can meet it.
    """

    pages: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    def merge(self, other: SiteLines) -> SiteLines:
        """Both together: associative and commutative."""
        pages = dict(self.pages)
        counts = {site: dict(lines) for site, lines in self.counts.items()}
        for site, n_pages in other.pages.items():
            pages[site] = pages.get(site, 0) + n_pages
            lines = counts.setdefault(site, {})
            for key, n in other.counts[site].items():
                lines[key] = lines.get(key, 0) + n
        return SiteLines(pages, counts)

    def digest(self, site: str | None) -> str:
        """Hexadecimal digest of what is known of a site: where it changes, the site's articles are "
        "stale."""
        state = hashlib.sha256()
        if site is not None and site in self.pages:
            state.update(str(self.pages[site]).encode())
            for key, n in sorted(self.counts[site].items()):
                if n > 1:
                    state.update(f"{key}:{n};".encode())
        return state.hexdigest()


def fingerprint(line: str) -> int:
    """64 bits that stand for a line, case and white space aside; the same on every machine."""
    plain = " ".join(line.lower().split())
    return (
        int.from_bytes(hashlib.blake2b(plain.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
        >> 1
    )


def with_site(raw: RawArticle) -> RawArticle:
    """The article with a site key from its own footer where neither address nor folder gave one."""
    if raw.site_key is not None:
        return raw
    key = footer_site(split_lines(raw.text).lines)
    return raw if key is None else replace(raw, site_key=key)


def learn(raw: RawArticle) -> SiteLines:
    """What one article teaches: its distinct lines, under its site; nothing without a site key."""
    if raw.site_key is None:
        return SiteLines()
    lines = {fingerprint(line) for line in split_lines(raw.text).lines if len(line) >= MIN_CHARS}
    return SiteLines({raw.site_key: 1}, {raw.site_key: dict.fromkeys(lines, 1)})


def merge_all(parts: Iterable[SiteLines]) -> SiteLines:
    """All together, in any order."""
    pages: dict[str, int] = {}
    counts: dict[str, dict[int, int]] = {}
    for part in parts:
        for site, n_pages in part.pages.items():
            pages[site] = pages.get(site, 0) + n_pages
            lines = counts.setdefault(site, {})
            for key, n in part.counts[site].items():
                lines[key] = lines.get(key, 0) + n
    return SiteLines(pages, counts)


def recurring(lines: Iterable[str], known: SiteLines | None, site: str | None) -> list[bool]:
    """For each line, whether it stands on other pages of the site too: the article's own page is counted.

    With up to nine pages known one other page is enough; with more, three or a tenth of the pages.
    """
    if known is None or site is None or site not in known.pages:
        return [False for _ in lines]
    n_pages = known.pages[site]
    counts = known.counts[site]
    least = 2 if n_pages < 10 else max(3, n_pages // 10)
    return [len(line) >= MIN_CHARS and counts.get(fingerprint(line), 0) >= least for line in lines]


def without_copies(
    recurs: NDArray[np.bool_], odds: NDArray[np.floating[Any]], n_words: NDArray[np.floating[Any]]
) -> NDArray[np.bool_]:
    """What recurs as furniture: where most of the prose recurs, another page is a copy of this one."""
    is_prose = odds > 0
    if n_words[recurs & is_prose].sum() <= _COPY_SHARE * n_words[is_prose].sum():
        return recurs
    return recurs & ~is_prose
