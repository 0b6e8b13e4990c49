"""Cleaning: from a raw text to its article, with everything else accounted for.

Lines are joined to units, a learned scorer tells how much each looks like the article's prose, dynamic
programming finds the one stretch that is the article, and rules name what every other line is.
"""

from __future__ import annotations

from pipeline.clean.article import clean, clean_all
from pipeline.clean.site_lines import SiteLines, learn, merge_all

__all__ = ["SiteLines", "clean", "clean_all", "learn", "merge_all"]
