"""Which language a text's prose is written in."""

from __future__ import annotations

import functools
import math

from pipeline.config import LanguageConfig, read_lexicon


def prose_of(text: str, config: LanguageConfig) -> str:
    """What to judge a text by: its long lines, or all of it where they are few; at most ``sample_chars``."""
    head = text[: 20 * config.sample_chars]
    lines = [line.strip() for line in head.splitlines()]
    prose = " ".join(line for line in lines if len(line) >= config.line_chars)
    if len(prose) < config.min_chars:
        prose = " ".join(line for line in lines if line)
    return prose[: config.sample_chars]


def language_of(text: str, languages: tuple[str, ...], config: LanguageConfig) -> str | None:
    """The prose's ISO 639-1 code: one of ``languages`` unless another fits far better.

    ``None`` where the text is too short to tell, or nothing was asked for.
    """
    prose = prose_of(text, config)
    if len(prose) < config.min_chars or not languages:
        return None
    if "en" in languages and _is_plain_english(prose, config):
        return "en"
    import py3langid  # its model takes half a second to load

    scores = py3langid.rank(prose)
    best, best_score = scores[0]
    wanted, score = next((each for each in scores if each[0] in languages), (languages[0], -math.inf))
    # "zxx" is py3langid's name for what is no language at all: tables, addresses, code.
    return best if best != "zxx" and best_score - score > config.margin_nats else wanted


def _is_plain_english(prose: str, config: LanguageConfig) -> bool:
    """Whether so many words are English ones that no closer look is needed."""
    words, known = prose.lower().split(), _english_words()
    n_known = sum(word in known for word in words)
    return len(words) >= config.plain_words and n_known >= config.plain_share * len(words)


@functools.cache
def _english_words() -> frozenset[str]:
    return frozenset(word for (row,) in read_lexicon("plain_english") for word in row.split())
