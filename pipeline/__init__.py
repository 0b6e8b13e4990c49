"""newsclaims: who said what, out of scraped news.

In Python: ``load`` gives the tables of an outputs folder as pandas frames, ``extract_text`` everything found
in one text, ``render`` the HTML of a Doc with its claims marked. None imports anything heavy until it is
called.
"""

from __future__ import annotations

import os
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from pipeline.config import Config
    from pipeline.run.stages import Extracted
    from pipeline.tables.frames import Frames

# onnxruntime (from 1.29 on) and Ray report their use to their makers, unless this is set before the import
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

__version__ = "0.1.0"
__all__ = ["__version__", "extract_text", "load", "render"]


def load(outputs: str | PathLike[str]) -> Frames:
    """The tables of ``newsclaims extract``, as pandas frames with null where a value is absent.

    >>> tables = load("outputs")
    >>> named = tables.claims[~tables.claims["anonymous"]]
    >>> most_quoted = named.groupby("source_name").size().sort_values(ascending=False)

    Raises:
        pipeline.tables.FolderError: there are no tables in ``outputs``.
    """
    from pipeline.tables.frames import load_frames

    return load_frames(Path(outputs))


def extract_text(
    text: str,
    *,
    url: str | None = None,
    title: str | None = None,
    date: str | None = None,
    doc_id: str = "text",
    config: Config | None = None,
) -> Extracted:
    """Everything found in one text: the same records that ``newsclaims extract`` writes of a file.

    >>> found = extract_text("The mayor said the bridge would close.")
    >>> found.claims[0].source, found.claims[0].content
    ('The mayor', 'the bridge would close')

    Args:
        text: the article, with or without what a scraper takes along.
        url: its address, which names its site.
        title: its headline.
        date: when it was published, as written.
        doc_id: what to call it in the records.
        config: settings; the defaults if there are none.

    Raises:
        ValueError: the text is empty, too long or in another language.
    """
    from pipeline.config import load_config
    from pipeline.read import read_text
    from pipeline.run import process
    from pipeline.schema import Reject

    config = config or load_config()
    raw = read_text(text, config, doc_id=doc_id, url=url, title=title, date_text=date)
    found = raw if isinstance(raw, Reject) else process(raw, config=config)
    if isinstance(found, Reject):
        raise ValueError(f"{found.reason}: {found.detail}")
    return found


def render(doc: Doc, *, names: bool = False, page: bool = False) -> str:
    """The HTML of a spaCy Doc with each claim's source, cue and content underlined, drawn by displaCy.

    >>> import spacy
    >>> nlp = spacy.blank("en")
    >>> attribution = nlp.add_pipe("newsclaims_attribution")
    >>> html = render(nlp("The mayor said the bridge would close."))
    >>> "source 1" in html, "cue 1" in html, "content 1" in html
    (True, True, True)

    In a notebook, show it with ``IPython.display.HTML(html)``.

    Args:
        doc: what the component ``newsclaims_attribution`` has read.
        names: show the entities as well.
        page: a whole HTML page, to be written to a file, instead of a piece of one.
    """
    from pipeline.display import render as draw

    return draw(doc, names=names, page=page)
