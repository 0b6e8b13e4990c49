"""`extract` and `merge`: the whole pipeline over a corpus."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import (
    REJECTED,
    ConfigFile,
    Inputs,
    Loudness,
    OutputsArgument,
    Quiet,
    Verbose,
    app,
    example,
    load_settings,
    loudness_of,
)
from pipeline.remote import address

if TYPE_CHECKING:
    from pipeline.run import Summary


def _shard(value: str | None) -> tuple[int, int] | None:
    if value is None:
        return None
    number, _, of = value.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise typer.BadParameter("give I/N, such as 2/8 for the second of eight shares", param_hint="--shard")
    return int(number), int(of)


Jobs = Annotated[int | None, typer.Option(min=1, help="Processes at most; by default one a core.")]


@app.command(
    epilog=example(
        "newsclaims extract articles/ -o outputs --jobs 8",
        "newsclaims extract crawl.warc.gz feed.jsonl -o outputs --config my.toml",
    )
)
def extract(
    context: typer.Context,
    inputs: Inputs,
    outputs: Annotated[Path, typer.Option("-o", "--outputs", help="Folder of the tables.")] = Path("outputs"),
    config: ConfigFile = None,
    jobs: Jobs = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Read only the first so many articles.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Do everything anew.")] = False,
    engine: Annotated[str, typer.Option(help="What runs the processes: local or ray.")] = "local",
    shard: Annotated[str | None, typer.Option(help="I/N: only the I-th of N shares of the inputs.")] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run every stage over the inputs.

    What has not changed since the last run is not done again.
    """
    loudness = loudness_of(context, quiet, verbose)
    if engine not in ("local", "ray"):
        raise typer.BadParameter("give local or ray", param_hint="--engine")
    share = _shard(shard)
    settings = load_settings(config)
    from pipeline import run

    summary = run.extract(
        inputs,
        outputs,
        config=settings,
        jobs=jobs,
        limit=limit,
        force=force,
        engine=engine,
        shard=share,
        progress=loudness.shows_progress,
    )
    _report(summary, outputs, loudness, share=share)


@app.command(
    epilog=example(
        "newsclaims extract articles -o outputs --shard 2/8  # and the other shares, then",
        "newsclaims merge outputs",
    )
)
def merge(
    context: typer.Context,
    outputs: OutputsArgument,
    config: ConfigFile = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Put the shares of `extract --shard` together.

    What only the whole corpus shows is done now: lines that sites repeat, names across articles, copies.
    """
    loudness = loudness_of(context, quiet, verbose)
    settings = load_settings(config)
    from pipeline import run

    summary = run.merge(outputs, config=settings, jobs=jobs, progress=loudness.shows_progress)
    _report(summary, outputs, loudness)


def _report(
    summary: Summary, outputs: Path, loudness: Loudness, *, share: tuple[int, int] | None = None
) -> None:
    place = address(outputs) or str(outputs)
    name = shlex.quote(place)
    for line in _summary_lines(summary, name, verbose=loudness.verbose):
        loudness.tell(line)
    if share is None:
        loudness.tell(f"tables   in {place}: `newsclaims show {name}`, `newsclaims report {name}`")
    else:
        loudness.tell(f"share    {share[0]} of {share[1]} done; after the last, `newsclaims merge {name}`")
    if summary.rejects:
        raise typer.Exit(REJECTED)


def _summary_lines(summary: Summary, outputs: str, *, verbose: bool) -> Iterator[str]:
    """What a run did, for a person, and what to do next; ``outputs`` as a shell takes it."""
    if summary.why_anew:
        yield f"everything was done anew: {summary.why_anew}"
    changes = (
        f"{summary.n_new} new, {summary.n_changed} changed, {summary.n_removed} removed, "
        f"{summary.n_unchanged} unchanged"
    )
    yield f"inputs    {changes}"
    yield f"articles  {summary.n_documents}" + (f"; {_speed(summary)}" if summary.n_extracted else "")
    yield f"claims    {summary.n_claims}, with {summary.n_entities} mentions of names and dates"
    if summary.rejects:
        total = sum(summary.rejects.values())
        why = ", ".join(f"{n} {reason}" for reason, n in Counter(summary.rejects).most_common())
        yield f"rejects   {total} ({why}); see them with `newsclaims show {outputs} --table rejects`"
    if verbose:
        stages = sorted(summary.stage_s.items(), key=lambda each: -each[1])
        yield "seconds   " + ", ".join(f"{name} {spent:.1f}" for name, spent in stages)


def _speed(summary: Summary) -> str:
    seconds = max(summary.seconds, 1e-9)
    return (
        f"{summary.n_extracted} read in {seconds:.1f} s "
        f"({summary.n_extracted / seconds:.2g} articles/s, {summary.n_words / seconds:,.0f} words/s)"
    )
