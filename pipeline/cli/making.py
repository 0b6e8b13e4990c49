"""`evaluate`, `train`, `benchmark`: how good, how made, how fast."""

from __future__ import annotations

import importlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.app import (
    FAILED,
    ConfigFile,
    MissingExtraError,
    Quiet,
    Verbose,
    app,
    example,
    load_settings,
    loudness_of,
)

Data = Annotated[
    Path, typer.Option("--data", envvar="NEWSCLAIMS_DATA", help="Folder of the gold and training data.")
]
DATA = Path("../shared/data")
SIZES = (400, 4000)
"""Articles of `benchmark`: enough for a steady speed, and ten times as many for the cost of a rerun."""


def _module(name: str, extra: str) -> Any:
    """A module that needs packages which the core does not install."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"this needs {error.name}: pip install 'newsclaims[{extra}]'") from error


class Part(StrEnum):
    """What `evaluate` can measure by itself."""

    CLAIMS = "claims"
    ENTITIES = "entities"
    BODY = "body"
    HELD = "held"
    WHO = "who"
    METADATA = "metadata"
    SPEED = "speed"


@app.command(epilog=example("newsclaims evaluate", "newsclaims evaluate --only claims --config my.toml"))
def evaluate(
    context: typer.Context,
    data: Data = DATA,
    config: ConfigFile = None,
    only: Annotated[
        list[Part] | None, typer.Option("--only", help="Measure this alone; may be repeated.")
    ] = None,
    raise_floors: Annotated[
        bool, typer.Option("--raise-floors", help="Take what was measured as new floors, where higher.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Score the model and the cleaner on gold data.

    Prints tables; the exit code is 1 where a figure is under its floor.
    """
    loudness_of(context, quiet, verbose)
    settings = load_settings(config)
    whole = _module("pipeline.evaluate.whole", "dev")
    if whole.main(settings, data, raise_floors=raise_floors, only=[part.value for part in only or ()]):
        raise typer.Exit(FAILED)


@app.command(epilog=example("newsclaims train --without polnear,gmb", "newsclaims train --tune"))
def train(
    context: typer.Context,
    data: Data = DATA,
    work: Annotated[
        Path | None,
        typer.Option(
            "--work",
            help="Folder for checkpoints, which training goes on from. [default: runs/model or runs/tuned]",
        ),
    ] = None,
    without: Annotated[str, typer.Option(metavar="SETS", help="Data sets to leave out, by commas.")] = "",
    tune: Annotated[
        bool, typer.Option("--tune", help="Train the present model on, with what was added to the data.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Train the embedded model.

    Takes hours on a CPU, under an hour with --tune, and may be stopped: the same command goes on.
    """
    loudness = loudness_of(context, quiet, verbose)
    recipe = _module("pipeline.train.recipe", "train")
    names = [name.strip() for name in without.split(",") if name.strip()]
    if tune:
        folder = recipe.tune(data=data, folder=work or Path("runs/tuned"), without=names)
    else:
        folder = recipe.train(data=data, folder=work or Path("runs/model"), without=names)
    loudness.tell(f"model in {folder}; measure it with `newsclaims evaluate`")


@app.command(epilog=example("newsclaims benchmark", "newsclaims benchmark articles/ --articles 200"))
def benchmark(
    context: typer.Context,
    corpus: Annotated[
        Path, typer.Argument(metavar="CORPUS", help="Articles whose paragraphs are put together anew.")
    ] = Path("corpus"),
    sizes: Annotated[
        list[int] | None, typer.Option("--articles", min=1, help="Articles to measure; may be repeated.")
    ] = None,
    results: Annotated[
        Path, typer.Option("-o", "--outputs", help="Folder to keep the figures in, as JSON.")
    ] = Path("benchmarks"),
    config: ConfigFile = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Measure speed and memory against a reference.

    Runs every stage over articles made for it, over the reference, and again with little or nothing new.
    """
    loudness = loudness_of(context, quiet, verbose)
    settings = load_settings(config)
    report = _module("pipeline.benchmark", "dev").benchmark(
        corpus, config=settings, sizes=sizes or SIZES, tell=loudness.tell
    )
    for line in report.lines():
        typer.echo(line)
    loudness.tell(f"figures in {report.save(results)}")
