"""``python -m pipeline.evaluate.show who|headers|threads dev|test [mistakes]``: figures of our own gold data.

Pages and threads have a later set, whose halves are ``dev-whole`` and ``test-whole``.
``mistakes`` also prints every value that is not the expected one; it is refused for the test half, which
rules must not be written against.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from pipeline.config import Config, load_config
from pipeline.evaluate.figures import Figure
from pipeline.evaluate.marked_claims import GOLD
from pipeline.evaluate.metadata import find_comments, score_headers, score_threads, wrong_fields
from pipeline.evaluate.pages import WHOLE, raw_article
from pipeline.evaluate.passages import read_rows
from pipeline.evaluate.rooms import run_rooms
from pipeline.evaluate.who import WhoScore, score_who
from pipeline.run.real import make_stages
from pipeline.schema import Article, Claim

PAGE_HALVES = ("dev", "test", f"dev{WHOLE}", f"test{WHOLE}")


def who_claims(rows: list[dict[str, Any]], config: Config) -> list[list[Claim]]:
    """What the rooms after the model make of gold spans, with the model's parts of speech."""
    from pipeline.annotate import load_pipeline

    stages = make_stages(config)
    return run_rooms(
        rows,
        nlp=load_pipeline(config.model),
        find_entities=stages.entities,
        find_claims=stages.claims,
        resolve=stages.resolve,
    )


def clean_pages(rows: list[dict[str, Any]], config: Config) -> list[Article | None]:
    """What cleaning makes of pages; ``None`` where it refuses one."""
    stages = make_stages(config)
    found = [stages.clean(raw_article(row), frozenset()) for row in rows]
    return [each if isinstance(each, Article) else None for each in found]


def show_who(half: str, *, mistakes: bool) -> None:
    rows = read_rows(GOLD / "resolution" / f"{half}.jsonl")
    score: WhoScore = score_who(rows, who_claims(rows, load_config()))
    print_figures(score.figures)
    for each in sorted(score.mistakes, key=lambda each: each.column) if mistakes else ():
        where = f"{each.column} {each.row_id} {each.content[:50]!r}"
        print(f"{where}: expected {each.expected!r}, found {each.found!r}")


def show_pages(what: str, half: str, *, mistakes: bool) -> None:
    rows = read_rows(GOLD / what / f"{half}.jsonl")
    articles = clean_pages(rows, load_config())
    print_figures((score_headers if what == "headers" else score_threads)(rows, articles))
    for row, article in zip(rows, articles, strict=True) if mistakes else ():
        if what == "headers":
            for name, (expected, found) in wrong_fields(row, article).items():
                print(f"{row['id']} {name}: expected {expected!r}, found {found!r}")
        else:
            for comment in find_comments(article) if article else ():
                texts = [row["text"][start:end] for start, end in comment.spans]
                print(f"{row['id']} {comment.author!r} {comment.posted} {texts}")


def print_figures(figures: Mapping[str, Figure]) -> None:
    for name, value in figures.items():
        print(
            f"{name:20} P {value.precision:.3f}  R {value.recall:.3f}  F1 {value.f1:.3f}  "
            f"gold {value.n_gold}  predicted {value.n_predicted}"
        )


def main(arguments: list[str]) -> int:
    """Print what ``arguments`` ask for; 2 where they are not understood."""
    match arguments:
        case [("who" | "headers" | "threads") as what, half, *rest] if half in (
            PAGE_HALVES[:2] if what == "who" else PAGE_HALVES
        ) and rest in ([], ["mistakes"]):
            if half.startswith("test") and rest:
                print("mistakes of the test half are not shown", file=sys.stderr)
                return 2
            if what == "who":
                show_who(half, mistakes=bool(rest))
            else:
                show_pages(what, half, mistakes=bool(rest))
            return 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
