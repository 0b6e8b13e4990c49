"""Numbers in words and figures."""

from __future__ import annotations

import re

NUMBERS = {
    word: n
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
DOZENS = {"dozen": 12, "couple": 2, "pair": 2, "trio": 3}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}


def spelled_number(word: str) -> int | None:
    """The number that a word spells, or ``None``."""
    tens, hyphen, ones = word.partition("-")
    if word in NUMBERS:
        return NUMBERS[word]
    if hyphen and tens in NUMBERS and ones in NUMBERS:
        return NUMBERS[tens] + NUMBERS[ones]
    return int(word.replace(",", "")) if re.fullmatch(r"\d{1,3}(,\d{3})+|\d{1,9}", word) else None
