"""Tables for the tests of the report: articles written in a small markup, many of them, and hostile ones.

Markup: ``{c1:…}`` content, ``{s1:…}`` source, ``{q1:…}`` cue of claim 1, ``{a1:…}`` its antecedent,
``{PERSON:…}`` a name. Marks nest. A paragraph may begin with its segment's kind: ``comment by Ann: …``.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.schema import BODY_KINDS, TABLES, Claim, Document, Entity, Name, Range, Reject, Segment
from pipeline.tables.folder import write

MARK = re.compile(r"\{(\w+):|\}")
KIND = re.compile(
    r"(title|subtitle|byline|dateline|caption|heading|quote|update|comment|tags|related|promo|navigation|footer)"
    r"(?: by ([^:]+))?: "
)


Span = tuple[int, int, int]
"""Start, end and number of the segment."""

FULL = {"Varga": "Ilse Varga"}
"""The full form of names that the articles also use in short."""


@dataclass
class Marked:
    """A text without its markup, and the ranges of the marks."""

    text: str = ""
    marks: list[tuple[str, int, int]] = field(default_factory=list)


def markup(name: str) -> str:
    """An article of ``report_articles``."""
    return (Path(__file__).parent / "report_articles" / f"{name}.txt").read_text(encoding="utf-8")


def parse(line: str) -> Marked:
    """Take the markup of a paragraph apart."""
    marked, opened, at = Marked(), [], 0
    for match in MARK.finditer(line):
        marked.text += line[at : match.start()]
        at = match.end()
        if match[1]:
            opened.append((match[1], len(marked.text)))
        else:
            tag, start = opened.pop()
            marked.marks.append((tag, start, len(marked.text)))
    marked.text += line[at:]
    return marked


@dataclass
class Tables:
    """The rows of an outputs folder."""

    documents: list[Document] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def write(self, outputs: Path) -> Path:
        """Write all tables into the folder."""
        outputs.mkdir(parents=True, exist_ok=True)
        self.name_everybody()
        for name in TABLES:
            write(outputs, name, getattr(self, name))
        return outputs

    def name_everybody(self) -> None:
        """Make ``names`` from what entities and claims say."""
        forms: dict[str, set[str]] = defaultdict(set)
        labels: dict[str, str] = {}
        for entity in self.entities:
            if entity.name_id is not None:
                forms[entity.name_id] |= {entity.text, entity.name or entity.text}
                labels[entity.name_id] = entity.label
        for claim in self.claims:
            if claim.source_name_id is not None:
                forms[claim.source_name_id].add(claim.source_name or "")
        self.names = [
            Name(
                name_id,
                max(every, key=len),
                labels.get(name_id, "PERSON"),
                tuple(sorted(every)),
                1,
                1,
                1,
                None,
                None,
            )
            for name_id, every in forms.items()
        ]

    def add(self, doc_id: str, article: str, claims: dict[int, dict[str, Any]], **given: Any) -> None:
        """Add an article: a paragraph a line of the markup; columns of claim ``n`` in ``claims[n]``."""
        written = Written(doc_id, article)
        self.segments += written.segments
        self.entities += written.entities()
        self.claims += [written.claim(number, columns) for number, columns in claims.items()]
        kept = [segment.text for segment in written.segments if segment.kept]
        row: dict[str, Any] = dict.fromkeys(Document.__slots__) | {
            "doc_id": doc_id,
            "path": f"corpus/{doc_id}",
        }
        row |= {"sha256": "0" * 64, "format": "txt", "text": written.text, "body": "\n".join(kept)}
        row |= {"n_chars": len(written.text), "n_words": len(" ".join(kept).split()), "n_claims": len(claims)}
        self.documents.append(Document(**(row | {"language": "en"} | given)))


class Written:
    """An article out of its markup."""

    def __init__(self, doc_id: str, article: str) -> None:
        self.doc_id, self.text = doc_id, ""
        self.segments: list[Segment] = []
        self.marks: dict[str, list[Span]] = defaultdict(list)
        for line in article.strip().split("\n"):
            if line.strip():
                self._add_line(line.strip())

    def _add_line(self, line: str) -> None:
        match = KIND.match(line)
        marked = parse(line[match.end() :] if match else line)
        kind, author = (match[1], match[2]) if match else ("body", None)
        start, number = len(self.text), len(self.segments)
        self.segments.append(
            Segment(
                doc_id=self.doc_id,
                segment_id=f"{self.doc_id}#s{number}",
                kind=kind,
                kept=kind in BODY_KINDS,
                start=start,
                end=start + len(marked.text),
                text=marked.text,
                author=author,
                posted=dt.datetime(2031, 5, 3, tzinfo=dt.UTC) if kind == "comment" else None,
                reason=f"fixture:{kind}",
            )
        )
        for tag, a, b in marked.marks:
            self.marks[tag].append((start + a, start + b, number))
        self.text += marked.text + "\n"

    def entities(self) -> list[Entity]:
        """The names marked, in text order."""
        found = sorted((*span, tag) for tag, spans in self.marks.items() if tag.isupper() for span in spans)
        return [self._entity(number, *each) for number, each in enumerate(found)]

    def _entity(self, number: int, start: int, end: int, segment: int, label: str) -> Entity:
        words = self.text[start:end]
        name = None if label in ("DATE", "CARDINAL") else FULL.get(words, words)
        name_id = None if name is None else f"{label}:{name.casefold()}"
        place = self.segments[segment].segment_id
        mention = f"{self.doc_id}#e{number}"
        return Entity(mention, self.doc_id, place, start, end, words, label, name, name_id, 0.9)

    def claim(self, number: int, columns: dict[str, Any]) -> Claim:
        """The claim of that number, with ``columns`` over what the marks say."""
        parts = sorted(self.marks[f"c{number}"])
        row: dict[str, Any] = dict.fromkeys(Claim.__slots__)
        for role, letter in (("source", "s"), ("cue", "q"), ("antecedent", "a")):
            for a, b, _ in self.marks[f"{letter}{number}"][:1]:
                row |= {role: self.text[a:b], f"{role}_start": a, f"{role}_end": b}
        segment = self.segments[parts[0][2]]
        row |= {"claim_id": claim_id(self.doc_id, number), "doc_id": self.doc_id}
        row |= {"segment_id": segment.segment_id, "segment_kind": segment.kind, "form": "indirect"}
        row |= {"content": " … ".join(self.text[a:b] for a, b, _ in parts)}
        row |= {"content_spans": tuple(Range(a, b) for a, b, _ in parts), "cue_lemma": "say"}
        row |= {"cue_class": "say", "negated": False, "source_kind": "person", "confidence": 0.87}
        row |= {"anonymous": "source_name" not in columns, **columns}
        for link in ("parent_claim_id", "supports_claim_id"):
            if isinstance(row[link], int):
                row[link] = claim_id(self.doc_id, row[link])
        return Claim(**row)


def claim_id(doc_id: str, number: int) -> str:
    """An id that depends on the claim alone, the same in every run."""
    return f"{random.Random(f'{doc_id} {number}').getrandbits(64):016x}"


def named(name: str, **columns: Any) -> dict[str, Any]:
    """Columns of a claim whose source the article names."""
    return {"source_name": name, "source_name_id": f"PERSON:{name.casefold()}"} | columns


WIRE_CLAIMS: dict[int, dict[str, Any]] = {
    1: {
        "source_head": "official",
        "source_role": "security official",
        "source_nationality": ("Calden",),
        "source_count": 1,
        "said_when": "on Monday",
        "said_date": dt.date(2031, 5, 2),
    },
    2: named("Ilse Varga", form="direct", addressee="Northwire", source_role="Commodore"),
    3: named("Ilse Varga", cue_lemma="add"),
    4: {
        "source_head": "commander",
        "source_role": "militia commander",
        "source_count": 2,
        "cue_class": "deny",
        "source_kind": "group",
        "supports_claim_id": 1,
    },
    5: {"form": "direct", "source_kind": "person"},
    6: named("Tomas Reke", form="mixed", source_role="spokesman"),
    7: {
        "cue_class": "believe",
        "parent_claim_id": 6,
        "form": "direct",
        "source_kind": "unknown",
        "confidence": 0.41,
    },
    8: {"cue_class": "confirm", "supports_claim_id": 1, "source_kind": "group", "source_count": 2},
    9: {"source_name": "Calden navy", "source_kind": "organization", "negated": True, "cue_class": "decline"},
    10: {"source_kind": "unknown", "cue_class": "report"},
}

BLOG_CLAIMS: dict[int, dict[str, Any]] = {
    1: {
        "source_head": "commander",
        "source_role": "militia commander",
        "source_nationality": ("Calden",),
        "reported_by": "Harbour Post",
        "cue_class": "accuse",
    },
    2: {
        "source_head": "source",
        "source_role": "military source",
        "source_nationality": ("Western",),
        "cue_class": "confirm",
        "supports_claim_id": 1,
        "reported_by": "Harbour Post",
    },
    3: named("Ada Finch", source_kind="author", cue_class="believe"),
    4: named("Tomas Reke", cue_class="demand"),
    5: named("Ilse Varga", cue_class="promise", reported_by="Old Salt"),
    6: {"source_head": "مسؤول", "reported_by": "قارئ من الميناء"},
}


def two_articles() -> Tables:
    """A wire story and a blog post: every feature of the report once."""
    tables = Tables()
    add_wire(tables, "harbour/001.txt")
    add_blog(tables, "river/002.txt")
    tables.rejects.append(Reject("corpus/empty.txt", None, "empty", None))
    return tables


def add_wire(tables: Tables, doc_id: str, **given: Any) -> None:
    """Add the wire story."""
    columns: dict[str, Any] = {
        "title": "Drones struck the Merrow naval yard, officials say",
        "publisher": "Harbour Post",
        "agency": "NORTHWIRE",
        "url": "https://harbour.example/2031/05/03/drones",
        "subtitle": "Two officials and a commander describe a night of explosions that nobody admits.",
        "published": dt.datetime(2031, 5, 3, 9, 30, tzinfo=dt.UTC),
    }
    tables.add(doc_id, markup("wire"), WIRE_CLAIMS, **(columns | given))


def add_blog(tables: Tables, doc_id: str, **given: Any) -> None:
    """Add the blog post."""
    columns: dict[str, Any] = {
        "title": "Somebody is lying about the Merrow drones",
        "site": "river-notes.example",
        "authors": ("Ada Finch",),
        "published": dt.datetime(2031, 5, 4, 18, 0, tzinfo=dt.UTC),
    }
    tables.add(doc_id, markup("blog"), BLOG_CLAIMS, **(columns | given))


EVIL = '<script>window.pwned=1</script><img src=x onerror="window.pwned=1">\'"&{{7*7}}\u2028\u202e'


def hostile() -> Tables:
    """Articles that try to run as code wherever the report shows a string."""
    tables = Tables()
    bad: dict[str, Any] = {
        "source_name": f"{EVIL}who",
        "source_name_id": f"{EVIL}id",
        "source_role": EVIL,
        "addressee": EVIL,
        "source_nationality": (EVIL,),
        "said_when": EVIL,
        "reported_by": EVIL,
        "source_affiliation": EVIL,
        "quotation_id": EVIL,
        "antecedent": EVIL,
        "antecedent_start": 0,
        "antecedent_end": 4,
    }
    evil = EVIL.replace("{{7*7}}", "").replace("\u2028", " ")
    article = (
        f"title: {evil}\n{{s1:{evil}}} {{q1:{evil}}} {{c1:=HYPERLINK(1) {evil}}}\n"
        f"comment by Eve: {evil} {{c2:x}}\nnavigation: {evil}"
    )
    for doc_id, url in (
        (f"{EVIL}/1.txt", "javascript:window.pwned=1"),
        ("a/../../b?#x.txt", 'https://e.example/"><script>'),
    ):
        tables.add(
            doc_id,
            article,
            {1: bad, 2: {"source_name": "\x00$\\frac{1}{2}$", "cue_class": "deny", "supports_claim_id": 1}},
            title=EVIL,
            subtitle=EVIL,
            publisher=EVIL,
            authors=(EVIL,),
            agency=EVIL,
            url=url,
            warnings=(EVIL,),
            published=dt.datetime(2031, 5, 4, tzinfo=dt.UTC),
        )
    tables.segments = [replace(each, author=EVIL) if each.author else each for each in tables.segments]
    return tables


FIRST = "Ilse Tomas Mira Jonas Petra Hanno Edda Rufus Selma Arvid".split()
LAST = "Varga Reke Dolan Ostrow Kimball Thorne Ashe Quill Marlow Voss Harte Lund".split()
WHAT = (
    "the bridge would reopen in autumn|the harbour dues were too high|nobody had been paid since March|"
    "the convoy left before dawn|the minister knew of the letter|the tests had been stopped|"
    "two ships were held at anchor|the talks would go on in Merrow|prices would fall by a tenth"
).split("|")
ROLES = "security official|militia commander|diplomat|military source|government official|engineer".split("|")
NATIONS = "Calden|Western|Sorvian|Northern".split("|")
CLASSES = (
    "say say say say report confirm deny accuse warn promise demand predict believe intend decline".split()
)
OUTLETS = "Harbour Post|River Notes|Northwire|The Calden Courier|Estuary Radio|Inland Times".split("|")


def many(n_articles: int, claims_per_article: int = 24, seed: int = 7) -> Tables:
    """Many articles with long-tailed sources, for size and speed; the first two are ``two_articles``."""
    rng = random.Random(seed)
    tables = two_articles()
    for number in range(2, n_articles):
        lines, claims = [f"title: Story number {number}"], {}
        for each in range(1, claims_per_article + 1):
            claims[each] = _some_claim(rng, each, number)
            source = claims[each].pop("words")
            cue = claims[each]["cue_class"]
            said = f"{rng.choice(WHAT)}, {rng.choice(WHAT)}"
            lines.append(f"{{s{each}:{source}}} {{q{each}:{cue}}} {{DATE:today}} that {{c{each}:{said}}}.")
        published = dt.datetime(2031, 1, 1, tzinfo=dt.UTC) + dt.timedelta(
            days=min(rng.randrange(600), rng.randrange(600))
        )
        tables.add(
            f"many/{number:05}.txt",
            "\n".join(lines),
            claims,
            title=f"Story number {number}",
            publisher=rng.choices(OUTLETS, (9, 6, 5, 3, 2, 1))[0],
            published=published,
        )
    return tables


def _some_claim(rng: random.Random, each: int, number: int) -> dict[str, Any]:
    cue_class = rng.choice(CLASSES)
    columns: dict[str, Any] = {
        "cue_class": cue_class,
        "form": rng.choice(("direct", "mixed", "indirect", "indirect")),
        "confidence": round(rng.uniform(0.3, 0.99), 3),
    }
    if cue_class in ("confirm", "deny") and each > 1:
        columns["supports_claim_id"] = rng.randrange(1, each)
    if rng.random() < 0.35:
        nation, role = rng.choice(NATIONS), rng.choice(ROLES)
        return columns | {
            "source_role": role,
            "source_head": role.split()[-1],
            "source_nationality": (nation,),
            "words": f"a {nation} {role}",
        }
    if rng.random() < 0.4:
        name = f"{rng.choice(FIRST)} Number{number}x{each}"
    else:
        name = f"{rng.choice(FIRST)} {LAST[min(int(rng.expovariate(0.4)), len(LAST) - 1)]}"
    return columns | named(name, words=name)
