"""A Doc with its claims, drawn by displaCy: for notebooks and for a quick look.

``displacy.render(doc, style="ent")`` shows the names of any Doc; what this adds is the claims, whose sources,
cues and contents stand in three span groups and overlap.
"""

from __future__ import annotations

from typing import Any

from spacy import displacy
from spacy.tokens import Doc, Span

COLOURS = {"source": "#9fc9ea", "cue": "#f3b58f", "content": "#ffe07a"}
NAME_COLOUR = "#bcd9b0"


def render(doc: Doc, *, names: bool = False, page: bool = False) -> str:
    """The HTML of a Doc with source, cue and content of each claim underlined and numbered.

    In a notebook: ``IPython.display.HTML(render(doc))``.

    Args:
        doc: what the component ``newsclaims_attribution`` has read.
        names: show the entities as well.
        page: a whole HTML page, to be written to a file, instead of a piece of one.
    """
    spans = claim_spans(doc, names=names)
    labels = {span["label"] for span in spans["spans"]}
    colours = {label: COLOURS.get(label.rpartition(" ")[0], NAME_COLOUR) for label in labels}
    markup = displacy.render(
        spans, style="span", manual=True, page=page, jupyter=False, options={"colors": colours}
    )
    return str(markup)


def claim_spans(doc: Doc, *, names: bool = False) -> dict[str, Any]:
    """The claims as displaCy takes them by hand (``style="span", manual=True``), in the order of the text.

    A span is labelled by its role and its claim's number, counted from 1 in the order of the claims' ids.
    """
    ids = {span.id_ for role in COLOURS for span in doc.spans.get(role, ())}
    numbers = {each: number for number, each in enumerate(sorted(ids, key=_place), 1)}
    marked = [(span, f"{role} {numbers[span.id_]}") for role in COLOURS for span in doc.spans.get(role, ())]
    marked += [(span, span.label_) for span in doc.ents] if names else []
    marked.sort(key=lambda each: (each[0].start, -each[0].end, each[1]))
    return {
        "text": doc.text,
        "tokens": [token.text for token in doc],
        "spans": [_span(span, label) for span, label in marked],
    }


def _place(span_id: str) -> tuple[int, str]:
    """Claims are called c0, c1, …: by number, not by letter."""
    number = span_id.removeprefix("c")
    return (int(number) if number.isdecimal() else 0, span_id)


def _span(span: Span, label: str) -> dict[str, Any]:
    return {
        "start": span.start_char,
        "end": span.end_char,
        "start_token": span.start,
        "end_token": span.end,
        "label": label,
    }
