"""An HTML page to its visible text, one block a line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

BLOCKS = frozenset(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav "
    "ol optgroup option p pre search section summary table tbody td tfoot th thead tr ul".split()
)
"""Elements that a browser sets on lines of their own; a table's cell is one, since layout tables are."""

UNSEEN = frozenset(
    "applet area audio base basefont canvas datalist embed frame frames head iframe img input link map meta "
    "noembed noframes noscript object param picture rp script select source style svg template title track "
    "video".split()
)
"""Elements whose content no browser with scripts prints as text of the page."""

HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

INVISIBLE = {0xAD: None, 0x200B: None, 0xFEFF: None, 0: 0xFFFD}
"""Hyphenation hints and zero-width marks, which print nothing; NUL as HTML prints it."""

C1 = {
    code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)
}  # what `&#146;` means in HTML: https://html.spec.whatwg.org/#numeric-character-reference-end-state


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows, and the address it gives for itself."""

    text: str
    url: str | None


def read_page(html: str) -> Page:
    """The page's visible text, one block a line, white space as a browser would print it.

    Character references are decoded; scripts, styles and hidden elements are left out (where nothing
    else is there, what is hidden counts: pages that a script uncovers). Every offset of an HTML article
    counts in this text, so nothing here has to be undone later.
    """
    tree = _parse(html)
    if tree is None:
        return Page("", None)
    text = _Lines().read(tree, hidden_counts=False) or _Lines().read(tree, hidden_counts=True)
    return Page(text, _address(tree))


def _parse(html: str) -> Any:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    data = html.replace("\0", "\ufffd").encode("utf-8", "replace")
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:  # no element at all
        return None


def _address(tree: Any) -> str | None:
    for path in ("//link[@rel='canonical']/@href", "//meta[@property='og:url']/@content"):
        for value in tree.xpath(path):
            url = str(value).strip()
            if url.startswith(("http://", "https://")) and _host(url):
                return url
    return None


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


@dataclass(slots=True)
class _Lines:
    """The lines printed so far, the pieces of the current one, and where in the page the reader is."""

    lines: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    n_pre: int = 0
    after_link: bool = False
    after_time: bool = False

    def read(self, tree: Any, *, hidden_counts: bool) -> str:
        events = etree.iterwalk(tree, events=("start", "end"))
        skipped = None
        for event, element in events:
            if event == "start":
                if element.tag in UNSEEN or (not hidden_counts and _is_hidden(element)):
                    events.skip_subtree()
                    skipped = element
                else:
                    self._open(element)
            else:
                if element is not skipped:
                    self._close(element)
                skipped = None
                self._add(element.tail)
        self._break()
        return "\n".join(self.lines)

    def _open(self, element: Any) -> None:
        tag = element.tag
        if tag in BLOCKS or tag == "br":
            self._break()
        elif tag == "q":
            self.pieces.append("“")
        elif tag == "a" and self.after_link:
            self.pieces.append(" ")  # two links of a menu: only the style sheet keeps them apart
        elif tag == "time" and self.pieces and self.pieces[-1][-1:].isalnum():
            self.pieces.append(" ")  # a name and its time
        self.n_pre += tag == "pre"
        self._add(element.text)

    def _close(self, element: Any) -> None:
        tag = element.tag
        if tag in BLOCKS:
            self._break()
        elif tag == "q":
            self.pieces.append("”")
        self.n_pre -= tag == "pre"
        self.after_link = tag == "a"
        self.after_time |= tag == "time"

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if self.after_time and text[0].isalnum():
            self.pieces.append(" ")
        self.after_link = self.after_time = False
        if not self.n_pre:
            self.pieces.append(text)
            return
        first, *rest = text.splitlines() or [""]
        self.pieces.append(first)
        for line in rest:
            self._break()
            self.pieces.append(line)

    def _break(self) -> None:
        line = " ".join("".join(self.pieces).translate(INVISIBLE).translate(C1).split())
        if line:
            self.lines.append(line)
        self.pieces.clear()
        self.after_link = self.after_time = False


def _is_hidden(element: Any) -> bool:
    if element.tag in ("html", "body"):  # hidden until a script runs
        return False
    attributes = element.attrib
    if element.tag == "dialog" and "open" not in attributes:
        return True
    if "hidden" in attributes and attributes["hidden"].lower() != "until-found":
        return True
    style = attributes.get("style")
    return style is not None and HIDDEN_STYLE.search(style) is not None
