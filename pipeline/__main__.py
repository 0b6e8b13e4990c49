"""``python -m pipeline`` is ``newsclaims``."""

from pipeline.cli import main

main()
