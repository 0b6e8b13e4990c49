"""The frame of every page: templates, escaping, links."""

from __future__ import annotations

import datetime as dt
import html
import re
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

import jinja2

HERE = Path(__file__).resolve().parent

_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_WEB = frozenset({"http", "https"})
_HOLE = "\x00"

environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def esc(text: str) -> str:
    """``text`` as it may stand in HTML, inside quoted attributes too; control characters shown as ``�``."""
    return html.escape(visible(text), quote=True)


def visible(text: str) -> str:
    """``text`` with ``�`` for characters that no page and no SVG file may hold."""
    return _INVISIBLE.sub("\ufffd", text) if _INVISIBLE.search(text) else text


def web_link(address: str | None) -> str | None:
    """The address where it is one a reader may follow: only ``http`` and ``https``, with a host."""
    if address is None:
        return None
    try:
        parts = urllib.parse.urlsplit(address.strip())
    except ValueError:
        return None
    return address.strip() if parts.scheme.lower() in _WEB and parts.hostname else None


def day(value: dt.date | dt.datetime | None) -> str:
    """The date as year-month-day, or nothing."""
    return "" if value is None else value.strftime("%Y-%m-%d")


def count(n: int, one: str, many: str | None = None) -> str:
    """``1 claim``, ``2 claims``, ``12 345 claims`` with thin spaces."""
    return f"{n:,}".replace(",", "\u202f") + " " + (one if n == 1 else many or one + "s")


environment.filters["day"] = day
environment.filters["visible"] = visible


@dataclass(frozen=True, slots=True)
class Frame:
    """A page without title and content: rendered once, filled a thousand times."""

    before_title: str
    before_main: str
    after: str

    def fill(self, title: str, main: str) -> str:
        """The page; ``title`` is text, ``main`` is HTML."""
        return f"{self.before_title}{esc(title)}{self.before_main}{main}{self.after}"


def frame(section: str, *, depth: int, scripts: tuple[str, ...] = ()) -> Frame:
    """The frame of the pages of a section.

    Args:
        section: the entry of the navigation that is marked as current.
        depth: how many folders below the report's folder the page lies.
        scripts: files of ``assets`` that it loads.
    """
    page = environment.get_template("frame.html.jinja").render(
        section=section,
        root="../" * depth,
        scripts=scripts,
        title=_HOLE,
        main=_HOLE,
    )
    return Frame(*page.split(_HOLE))
