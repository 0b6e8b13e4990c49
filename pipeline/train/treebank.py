"""Documents of a CoNLL-U file with their text, trees, and units of rhetorical structure, as GUM has them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Word:
    """``start`` and ``end`` are code points of the document, ``head`` one of its words (None at the root)."""

    start: int
    end: int
    form: str
    lemma: str
    tag: str
    relation: str
    head: int | None
    sentence: int


@dataclass(frozen=True, slots=True)
class Unit:
    """Elementary unit of the words ``first`` to ``last`` (excluded), attached to ``head`` at ``height``."""

    first: int
    last: int
    relation: str
    head: int
    height: int
    cue_words: tuple[int, ...]


@dataclass(slots=True)
class Document:
    """Words, half-open word ranges of sentences, and units by number."""

    doc_id: str
    text: str = ""
    words: list[Word] = field(default_factory=list)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    units: dict[int, Unit] = field(default_factory=dict)

    def children(self, word: int) -> list[int]:
        first, last = self.sentences[self.words[word].sentence]
        return [i for i in range(first, last) if self.words[i].head == word]

    def subtree(self, word: int, *, without: Iterable[int] = ()) -> list[int]:
        """The word and what depends on it, in text order, without some of the branches."""
        skip = set(without)
        out = [word]
        for child in self.children(word):
            if child not in skip:
                out.extend(self.subtree(child, without=skip))
        return sorted(out)


def read_documents(path: Path) -> Iterator[Document]:
    """Documents of a CoNLL-U file; sentences joined by a space, paragraphs by a blank line."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        document, misc, lines, gap = None, list[str](), list[list[str]](), ""
        for line in file:
            if name := re.match(r"# newdoc id = (\S+)", line):
                if document:
                    yield _with_units(document, misc)
                document, misc, gap = Document(name[1]), [], ""
            elif line.startswith("# newpar") and document and document.text:
                gap = "\n\n"
            elif line[:1].isdigit():
                lines.append(line.rstrip("\n").split("\t"))
            elif not line.strip() and document and lines:
                _add_sentence(document, misc, lines, gap)
                lines, gap = [], " "
        if document:
            if lines:
                _add_sentence(document, misc, lines, gap)
            yield _with_units(document, misc)


def _add_sentence(document: Document, misc: list[str], lines: list[list[str]], gap: str) -> None:
    n_before, offset = len(document.words), len(document.text) + len(gap)
    text, placed = _spelt(lines)
    for cells, start, end in placed:
        head = int(cells[6])
        document.words.append(
            Word(
                start + offset,
                end + offset,
                cells[1],
                cells[2].lower(),
                cells[3],
                cells[7],
                n_before + head - 1 if head else None,
                len(document.sentences),
            )
        )
        misc.append(cells[9])
    document.text += gap + text
    document.sentences.append((n_before, len(document.words)))


def _spelt(lines: Sequence[list[str]]) -> tuple[str, list[tuple[list[str], int, int]]]:
    """A sentence's text, and where its words stand.

    The words of a contraction share its letters as they spell it ("do" + "n't"); one that does not spell them
    has none of them, but for the last, which has what is left.
    """
    text, space, last_part, at = "", "", "", 0
    placed = []
    for cells in lines:
        number, form = cells[0], cells[1]
        if "." in number:
            continue
        if last_part and "-" not in number:
            end = min(at + len(form), len(text)) if text.startswith(form, at) else at
            end = len(text) if number == last_part else end
            placed.append((cells, at, end))
            at, last_part = end, "" if number == last_part else last_part
            continue
        text += space
        at, space = len(text), "" if "SpaceAfter=No" in cells[9] else " "
        text += form
        if "-" in number:
            last_part = number.partition("-")[2]
        else:
            placed.append((cells, at, len(text)))
    return text, placed


def _with_units(document: Document, misc: Sequence[str]) -> Document:
    found = [(i, m) for i, cell in enumerate(misc) if (m := _UNIT.search(cell))]
    ends = [i for i, _ in found[1:]] + [len(misc)]
    for (first, match), last in zip(found, ends, strict=False):  # one end too many where there are no units
        signals = "+".join(re.findall(r"lex-ind(?:wd|ph)-([\d,-]+)-", match["signals"]))
        document.units[int(match["number"])] = Unit(
            first,
            last,
            match["relation"],
            int(match["head"] or 0),
            int(match["height"] or 0),
            tuple(sorted({n - 1 for n in _numbers(signals)})),
        )
    return document


_UNIT = re.compile(
    r"(?:^|\|)Discourse=(?P<relation>[^:|]+):(?P<number>\d+)(?:->(?P<head>\d+):(?P<height>\d+))?(?P<signals>[^;|]*)"
)


def _numbers(ranges: str) -> Iterator[int]:
    """Counts out ``3-5,8``."""
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", ranges):
        yield from range(int(first), int(last or first) + 1)
