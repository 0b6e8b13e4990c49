"""The frame of all commands: the application, options that several share, errors, messages."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from pipeline import __version__

if TYPE_CHECKING:
    from pipeline.config import Config

FAILED, USAGE, REJECTED, INTERRUPTED = 1, 2, 3, 130

ERRORS = {
    "ConfigError": USAGE,
    "MissingExtraError": USAGE,
    "DataError": USAGE,
    "EngineError": USAGE,
    "InputError": USAGE,
    "ModelError": USAGE,
    "ReportError": USAGE,
    "FolderError": FAILED,
    "BusyError": FAILED,
}
"""Errors that say what to do next, by name since most of their modules are imported only when needed."""


class MissingExtraError(Exception):
    """A command needs packages that are not installed; the message says how to get them."""


class Commands(TyperGroup):
    """The commands, with every error that is meant for the user made a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            tell("stopped; the same command goes on where it was")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            code = next(
                (ERRORS[each.__name__] for each in type(error).mro() if each.__name__ in ERRORS), None
            )
            if code is None:
                raise
            tell(f"newsclaims: {error}")
            raise typer.Exit(code) from error


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Who said what, out of scraped news: names and attributed claims as Parquet tables.",
    epilog="\b\nExample:\n  newsclaims extract corpus -o outputs && newsclaims show outputs --anonymous",
)


def example(*lines: str) -> str:
    """What stands at the end of a command's help."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def tell(message: str) -> None:
    """A message, on standard error."""
    typer.echo(message, err=True)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"newsclaims {__version__}")
        raise typer.Exit


Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print no messages but errors.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="Say more, on standard error.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="TOML file of values in place of the default ones."),
]
Inputs = Annotated[list[Path], typer.Argument(metavar="INPUT", help="Files, and folders of files.")]
StepInputs = Annotated[
    list[Path],
    typer.Argument(metavar="INPUT", help="Files and folders, or the folder of an earlier stage's tables."),
]
StepOutputs = Annotated[
    Path | None,
    typer.Option("-o", "--outputs", help="Folder for the stage's tables; without it, print."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]
OutputsArgument = Annotated[Path, typer.Argument(metavar="OUTPUTS", help="Folder of tables.")]


@dataclass(slots=True)
class Loudness:
    """How much is said; set by the options before or after the command."""

    quiet: bool = False
    verbose: bool = False

    def set(self, quiet: bool, verbose: bool) -> None:
        self.quiet |= quiet
        self.verbose |= verbose
        if self.verbose:
            logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s: %(message)s")

    @property
    def shows_progress(self) -> bool:
        """Whether to draw a bar: in a file it would be hundreds of lines."""
        return not self.quiet and (self.verbose or sys.stderr.isatty())

    def tell(self, message: str) -> None:
        if not self.quiet:
            tell(message)


@app.callback()
def begin(
    context: typer.Context,
    quiet: Quiet = False,
    verbose: Verbose = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version
    context.obj = Loudness()
    context.obj.set(quiet, verbose)


def load_settings(path: Path | None) -> Config:
    """The configuration; imported when a command needs it, so that ``--help`` does not wait for it."""
    from pipeline.config import load_config

    return load_config(path)


def loudness_of(context: typer.Context, quiet: bool, verbose: bool) -> Loudness:
    loudness: Loudness = context.obj
    loudness.set(quiet, verbose)
    return loudness
