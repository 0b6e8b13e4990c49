"""The command line: arguments to one call each, and its outcome to an exit code.

Data goes to standard output, messages to standard error. Exit codes: 0 all done; 1 the run could not be
done; 2 wrong usage or configuration; 3 done, but some inputs were rejected. ``app`` is the frame; the other
modules hold the commands, in the order of ``--help``.
"""

from pipeline.cli import corpus, making, stages, tables
from pipeline.cli.app import app

__all__ = ["app", "corpus", "main", "making", "stages", "tables"]


def main() -> None:
    """The command ``newsclaims``."""
    app(prog_name="newsclaims")
