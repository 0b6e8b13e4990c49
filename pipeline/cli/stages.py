"""`clean`, `entities`, `claims`: single stages, printed or written."""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.app import (
    REJECTED,
    AsJson,
    ConfigFile,
    Loudness,
    Quiet,
    StepInputs,
    StepOutputs,
    Verbose,
    app,
    example,
    load_settings,
    loudness_of,
)
from pipeline.schema import Reject

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.run.stages import Extracted
    from pipeline.run.steps import Found, Step


@app.command(epilog=example("newsclaims clean page.html --explain", "newsclaims clean articles/ -o cleaned"))
def clean(
    context: typer.Context,
    inputs: StepInputs,
    outputs: StepOutputs = None,
    as_json: AsJson = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print every line with its kind, score and reason.")
    ] = False,
    config: ConfigFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Tell the article from what stands around it.

    Prints the segments of each input with their kinds; what is not part of the article is dim.
    """
    show = _explain_segments if explain else _print_segments
    _run_step(_step("clean", inputs, config), loudness_of(context, quiet, verbose), outputs, as_json, show)


@app.command(epilog=example("newsclaims entities story.txt", "newsclaims entities cleaned -o named"))
def entities(
    context: typer.Context,
    inputs: StepInputs,
    outputs: StepOutputs = None,
    as_json: AsJson = False,
    config: ConfigFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Find names, dates and quantities."""
    step = _step("entities", inputs, config)
    _run_step(step, loudness_of(context, quiet, verbose), outputs, as_json, _print_entities)


@app.command(epilog=example("newsclaims claims story.txt", "newsclaims claims story.txt --json | jq .source"))
def claims(
    context: typer.Context,
    inputs: StepInputs,
    outputs: StepOutputs = None,
    as_json: AsJson = False,
    config: ConfigFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Find who said what.

    Prints each claim with its source in bold, marks the anonymous ones, and says how sure it is.
    """
    step = _step("claims", inputs, config)
    _run_step(step, loudness_of(context, quiet, verbose), outputs, as_json, _print_claims)


def _step(name: str, inputs: list[Path], config: Path | None) -> Step:
    settings = load_settings(config)
    from pipeline.run.steps import Step

    return Step(name, inputs, settings)


Printer = Callable[["Console", "Extracted"], None]


def _run_step(step: Step, loudness: Loudness, outputs: Path | None, as_json: bool, show: Printer) -> None:
    """Run one stage and write its tables or print what it finds."""
    rejects: Counter[str] = Counter()
    if outputs is not None:
        counts = step.write(outputs, step.run())
        loudness.tell(", ".join(f"{n} {name}" for name, n in counts.items()) + f"; tables in {outputs}")
        rejects["rejects"] = counts["rejects"]
    else:
        _print(step, show, _without_rejects(step.run(), rejects, loudness), as_json=as_json)
    if rejects.total():
        raise typer.Exit(REJECTED)


def _print(step: Step, show: Printer, found: Iterable[Extracted], *, as_json: bool) -> None:
    from pipeline import terminal

    out = terminal.console(sys.stdout)
    for each in found:
        if as_json:
            terminal.print_json(_json_rows(step.name, each))
        else:
            show(out, each)


def _without_rejects(
    found: Iterable[Found], rejects: Counter[str], loudness: Loudness
) -> Iterator[Extracted]:
    """What was found, a message said in place of each reject."""
    for each in found:
        if isinstance(each, Reject):
            rejects[each.reason] += 1
            loudness.tell(f"{each.path}: rejected as {each.reason}: {each.detail}")
        else:
            yield each


def _json_rows(name: str, found: Extracted) -> Iterable[Any]:
    """A row each: of ``entities``, of ``claims``; of an article with its segments for ``clean``."""
    if name == "entities":
        return found.entities
    if name == "claims":
        return found.claims
    return [dataclasses.asdict(found.article.document) | {"segments": found.article.segments}]


def _heading(found: Extracted) -> Any:
    from pipeline.terminal import heading

    document = found.article.document
    return heading(dataclasses.asdict(document), document.doc_id)


def _print_segments(out: Console, found: Extracted) -> None:
    from pipeline.terminal import print_segments

    print_segments(out, found.article, _heading(found))


def _explain_segments(out: Console, found: Extracted) -> None:
    from pipeline.run.steps import score_lines
    from pipeline.terminal import print_explained

    scores = {line.start: line.probability for line in score_lines(found.article.document.text)}
    print_explained(out, found.article, scores, _heading(found))


def _print_entities(out: Console, found: Extracted) -> None:
    from pipeline.terminal import print_entities

    print_entities(out, found.entities, _heading(found))


def _print_claims(out: Console, found: Extracted) -> None:
    from pipeline.terminal import print_claims

    print_claims(out, [dataclasses.asdict(claim) for claim in found.claims], _heading(found))
