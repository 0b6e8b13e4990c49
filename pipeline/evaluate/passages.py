"""Passages annotated inline, turned into gold rows: offsets are right by construction.

``gold/resolution/README.md`` describes the notation and the conventions of every column.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LABELS = {
    "P": "PERSON", "N": "NORP", "O": "ORG", "G": "GPE", "L": "LOC", "F": "FAC", "E": "EVENT", "R": "PRODUCT",
    "W": "WEAPON", "V": "VEHICLE", "A": "LAW", "K": "WORK_OF_ART", "D": "DATE", "T": "TIME", "M": "MONEY",
    "H": "PERCENT", "Q": "QUANTITY", "C": "CARDINAL", "X": "ORDINAL",
}  # fmt: skip
"""Letters of the notation for the labels of ``entities``."""

ROLES = {"s": "source", "q": "cue", "c": "content", "a": "antecedents", "m": "members", "w": "said_when"}
FORMS = {"d": "direct", "m": "mixed", "i": "indirect"}
KINDS = {
    "per": "person", "org": "organization", "grp": "group", "doc": "document",
    "med": "media", "aut": "author", "unk": "unknown",
}  # fmt: skip
COLUMNS = {
    "name": "source_name", "head": "source_head", "role": "source_role", "nat": "source_nationality",
    "aff": "source_affiliation", "count": "source_count", "to": "addressee", "date": "said_date",
    "parent": "parent", "supports": "supports", "by": "reported_by", "neg": "negated", "anon": "anonymous",
    "lemma": "cue_lemma", "ante": "antecedent", "form": "form", "when": "said_when",
    "members": "source_members", "kind": "source_kind", "class": "cue_class",
}  # fmt: skip
OPEN_CLASSES = {
    "hear": "other report", "agree": "confirm other", "protest": "accuse other", "defend": "say other",
    "find": "report say", "show": "say report", "suggest": "say report believe",
    "estimate": "predict say believe",
    "doubt": "deny believe", "hope": "believe intend", "swear": "say promise", "suspect": "accuse believe",
    "like": "demand intend", "want": "demand intend", "oppose": "other deny", "reveal": "report say",
    "learn": "report other", "rule": "say demand", "propose": "demand say intend", "fear": "believe other",
    "conclude": "say believe report", "argue": "say believe",
    "advise": "demand warn say", "object": "deny other",
    "recall": "say other", "complain": "accuse say other", "criticise": "accuse other",
    "appeal": "ask demand",
    "plan": "intend", "ask": "ask demand", "beg": "ask demand",
    "invite": "ask demand", "urge": "demand", "call": "say other demand",
}  # fmt: skip
"""Lemmas whose cue class the contract leaves open, and the classes that count as right."""

DESCRIPTION = ("source_head", "source_role", "source_nationality", "source_count", "source_affiliation")

Span = tuple[int, int]

_OPEN = re.compile(r"\{([0-9A-Za-z,]+) ")


class PassageError(ValueError):
    """A passage is not well formed; the message names it and the place."""


@dataclass(slots=True)
class Marked:
    """A text without its marks, and what each mark covered."""

    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    roles: dict[str, dict[str, list[Span]]] = field(default_factory=dict)

    def close(self, tags: str, start: int) -> None:
        """Note that every tag of ``tags`` covers the text from ``start`` to here."""
        span = (start, len(self.text))
        for tag in tags.split(","):
            if tag in LABELS:
                self.entities.append({"start": span[0], "end": span[1], "label": LABELS[tag]})
            elif tag[:-1].isdigit() and tag[-1] in ROLES:
                self.roles.setdefault(tag[:-1], {}).setdefault(ROLES[tag[-1]], []).append(span)
            else:
                raise PassageError(f"unknown tag {tag!r} before {self.text[start:][:40]!r}")


def unmark(marked_text: str) -> Marked:
    """``marked_text`` read as text with ``{tags text}`` marks, which may nest.

    Raises:
        PassageError: a mark is not closed, a brace is not part of a mark, or a tag is unknown.
    """
    marked, open_marks, position = Marked(), list[tuple[str, int]](), 0
    while position < len(marked_text):
        opening = _OPEN.match(marked_text, position)
        if opening:
            open_marks.append((opening[1], len(marked.text)))
            position = opening.end()
            continue
        character = marked_text[position]
        if character == "}" and open_marks:
            marked.close(*open_marks.pop())
        elif character in "{}":
            raise PassageError(f"stray {character!r} at {marked_text[position - 20 : position + 20]!r}")
        else:
            marked.text += character
        position += 1
    if open_marks:
        raise PassageError(f"mark {open_marks[-1][0]!r} is not closed")
    marked.entities.sort(key=lambda entity: (entity["start"], entity["end"]))
    return marked


def read_passages(path: Path) -> list[dict[str, Any]]:
    """The gold rows of an annotated file, in its order."""
    blocks = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    rows = []
    for block in blocks:
        try:
            rows.append(parse_passage(block))
        except (PassageError, KeyError, ValueError, IndexError) as error:
            raise PassageError(f"{path.name}: passage {block.split()[0]}: {error}") from error
    return rows


def parse_passage(block: str) -> dict[str, Any]:
    """One row from ``id style | key=value | …``, the marked text, a line ``--`` and one line a claim."""
    header, _, rest = block.partition("\n")
    name, *settings = (part.strip() for part in header.split("|"))
    values = dict(part.split("=", 1) for part in settings)
    body, _, notes = rest.partition("\n--")
    blocks = split_blocks(body.strip("\n"))
    marked = unmark("\n".join(line for block in blocks for line in block[2]))
    passage_id, style = name.split()
    row: dict[str, Any] = {"id": passage_id, "style": style, "text": marked.text}
    row["published"] = values.get("published")
    row |= {key: values[key] for key in ("publisher", "agency", "site") if key in values}
    if "authors" in values:
        row["authors"] = [author.strip() for author in values["authors"].split(",")]
    if any(kind != "body" or author for kind, author, _ in blocks):
        row["segments"] = segments(blocks)
    row["entities"] = marked.entities
    row["claims"] = claims(notes.strip("\n"), marked, values.get("by"))
    return row


def split_blocks(body: str) -> list[tuple[str, str | None, list[str]]]:
    """``(kind, author, lines)`` of each block: a line ``@kind author`` starts one, else all is body."""
    blocks: list[tuple[str, str | None, list[str]]] = []
    for line in body.split("\n"):
        if line.startswith("@"):
            kind, _, author = line[1:].partition(" ")
            blocks.append((kind, author.strip() or None, []))
        else:
            if not blocks:
                blocks.append(("body", None, []))
            blocks[-1][2].append(line)
    return blocks


def segments(blocks: list[tuple[str, str | None, list[str]]]) -> list[dict[str, Any]]:
    """Segment records over the text that the blocks' lines make without their marks."""
    found, start = [], 0
    for kind, author, lines in blocks:
        length = len(re.sub(r"\{[0-9A-Za-z,]+ |\}", "", "\n".join(lines)))
        found.append({"start": start, "end": start + length, "kind": kind, "author": author})
        start += length + 1
    return found


def claims(notes: str, marked: Marked, reported_by: str | None) -> list[dict[str, Any]]:
    """The claims that the lines below a passage describe, in their order."""
    lines = [line for line in notes.split("\n") if line.strip()]
    numbers = [line.split()[0] for line in lines if "." not in line.split()[0]]
    unknown = set(marked.roles) - set(numbers)
    if unknown:
        raise PassageError(f"marks of claims that no line describes: {sorted(unknown)}")
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        number, _, rest = line.partition(" ")
        if "." in number:
            claim_number, _, place = number.partition(".")
            members = found[claim_number].setdefault("source_members", [])
            if len(members) != int(place) - 1:
                raise PassageError(f"member {number} is out of order")
            members.append(member(rest, marked, marked.roles[claim_number]["members"][int(place) - 1]))
        else:
            found[number] = claim(rest, marked, marked.roles[number], numbers, reported_by)
    return _without_inner_forms(list(found.values()))


def _without_inner_forms(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Inside a quotation, whether a claim is itself direct is not scored."""
    quoted = {i for i, each in enumerate(found) if each.get("form") == "direct"}
    for each in found:
        if each.get("parent") in quoted:
            each.pop("form", None)
    return found


def claim(
    line: str, marked: Marked, spans: dict[str, list[Span]], numbers: list[str], reported_by: str | None
) -> dict[str, Any]:
    """One claim from ``form class/lemma kind key=value; …`` and its marks."""
    words, _, settings = line.partition(" ")[2].partition(" ")[2].strip().partition(" ")
    form, cue = line.split()[:2]
    cue_class, _, lemma = cue.partition("/")
    coordinated = "members" in spans
    gold: dict[str, Any] = {
        "source": _only(spans, "source"),
        "cue": _only(spans, "cue"),
        "content": [list(span) for span in spans["content"]],
        "form": FORMS[form],
        "cue_class": cue_class,
        "source_kind": KINDS[words],
        "negated": False,
        "source_name": None,
        "antecedent": [*spans["antecedents"][-1]] if "antecedents" in spans else None,
        "antecedents": [list(span) for span in spans.get("antecedents", [])],
        "addressee": None,
        "said_date": None,
        "parent": None,
        "supports": None,
        "accept": {},
    }
    when = _only(spans, "said_when")
    gold["said_when"] = marked.text[when[0] : when[1]] if when else None
    if cue != cue_class or gold["cue"]:
        gold["cue_lemma"] = lemma or cue_class
    else:
        gold["cue_lemma"] = None
    if not coordinated:
        gold |= dict.fromkeys(DESCRIPTION)
    if reported_by not in (None, "*"):
        gold["reported_by"] = reported_by
    for setting in filter(None, (part.strip() for part in settings.split(";"))):
        _set(gold, setting, numbers)
    classes = OPEN_CLASSES.get(gold.get("cue_lemma") or "", "").split()
    if cue_class in classes:
        gold["accept"].setdefault("cue_class", [cue_class, *(each for each in classes if each != cue_class)])
    if "anonymous" not in gold and "source_name" in gold:
        gold["anonymous"] = gold["source_name"] is None
    if gold.get("anonymous") == "*":
        del gold["anonymous"]
    return gold


def member(line: str, marked: Marked, span: Span) -> dict[str, Any]:
    """One member of a coordinated source from ``kind key=value; …``."""
    kind, _, settings = line.strip().partition(" ")
    found: dict[str, Any] = {"start": span[0], "end": span[1], "text": marked.text[span[0] : span[1]]}
    found |= {"kind": KINDS[kind], "head": None, "role": None, "nationality": None, "count": None}
    for setting in filter(None, (part.strip() for part in settings.split(";"))):
        key, _, value = setting.partition("=")
        name = COLUMNS[key].removeprefix("source_")
        if value == "*":
            found.pop(name, None)
            continue
        accepted = [_value(COLUMNS[key], each.strip(), []) for each in value.split("|")]
        found[name] = accepted[0]
        if len(accepted) > 1:
            found.setdefault("accept", {})[name] = accepted
    return found


def _set(gold: dict[str, Any], setting: str, numbers: list[str]) -> None:
    """Lay one ``key=value`` over a claim: ``*`` leaves the column unscored, ``|`` parts what is accepted."""
    key, _, value = setting.partition("=")
    column = COLUMNS[key]
    if value == "*":
        gold.pop(column, None)
        if column == "source_members":
            gold[column] = None
        if column == "source_name":
            gold.setdefault("anonymous", False)
        if column == "anonymous":
            gold["anonymous"] = "*"
        return
    accepted = [_value(column, each.strip(), numbers) for each in value.split("|")]
    gold[column] = accepted[0]
    if len(accepted) > 1:
        gold["accept"][column] = accepted


def _value(column: str, value: str, numbers: list[str]) -> Any:
    if value == "-":
        return None
    if column == "source_nationality":
        return [part.strip() for part in value.split(",")]
    if column == "source_count":
        return int(value)
    if column in ("parent", "supports"):
        return numbers.index(value)
    if column in ("negated", "anonymous"):
        return {"": True, "yes": True, "no": False}[value]
    return value


def _only(spans: dict[str, list[Span]], role: str) -> list[int] | None:
    found = spans.get(role, [])
    if len(found) > 1:
        raise PassageError(f"{len(found)} spans marked as {role}")
    return list(found[0]) if found else None


def write_rows(rows: list[dict[str, Any]], path: Path) -> None:
    """One row a line, keys in the order of the notation."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def main(folder: Path) -> None:
    """Make ``{half}.jsonl`` from ``{half}.txt`` for both halves of ``folder``."""
    for half in ("dev", "test"):
        write_rows(read_passages(folder / f"{half}.txt"), folder / f"{half}.jsonl")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
