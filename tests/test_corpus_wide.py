"""Names across articles, near-duplicates, shared quotations: on rows typed by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipeline.config import ConfigError
from pipeline.corpus_wide import CorpusWide, learn
from pipeline.corpus_wide.aliases import Aliases, read_aliases
from pipeline.corpus_wide.duplicates import Sketched, find_duplicates, sketch
from pipeline.corpus_wide.link import link_people, sound
from pipeline.corpus_wide.quotations import Quote, find_quotations
from pipeline.schema import arrow_schema
from pipeline.tables.folder import RECORDS


def scanner(tables: dict[str, list[dict[str, object]]], n_pieces: int = 2):
    def scan(name: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        schema = arrow_schema(RECORDS[name])
        rows = [{each.name: None for each in schema} | row for row in tables.get(name, [])]
        docs = sorted({row["doc_id"] for row in rows})
        for n in range(n_pieces):
            piece = [row for row in rows if docs.index(row["doc_id"]) % n_pieces == n]
            loose = pa.schema([field.with_nullable(True) for field in schema])
            yield pa.Table.from_pylist(piece, schema=loose).select(list(columns))

    return scan


def mentions(*rows: tuple[str, str, str, str]) -> dict[str, list[dict[str, object]]]:
    """Entities from (article, label, fullest form, text)."""
    return {
        "entities": [
            {"doc_id": doc_id, "mention_id": f"{doc_id}#e{n}", "label": label, "name": name, "text": text}
            for n, (doc_id, label, name, text) in enumerate(rows)
        ]
    }


def people(*names: str) -> dict[str, list[dict[str, object]]]:
    """One article for each name; ``|`` parts names of one article."""
    return mentions(
        *((f"d{n}", "PERSON", name, name) for n, each in enumerate(names) for name in each.split("|"))
    )


def ids_of(wide: CorpusWide, tables: dict[str, list[dict[str, object]]]) -> dict[str, str]:
    (rows,) = scanner(tables, 1)("entities", ["doc_id", "mention_id", "label", "name", "name_id"])
    done = wide.finish("entities", rows)
    return dict(zip(done["name"].to_pylist(), done["name_id"].to_pylist(), strict=True))


@pytest.mark.parametrize(
    ("names", "n_people"),
    [
        (["Qassem Amiri", "Qasem Amiri", "Qassim Amiri"], 1),
        (["Kenneth F. Hale", "Kenneth Hale", "Hale"], 1),
        (["George W. Pell", "George H. W. Pell", "George Pell"], 3),
        (["John Smith", "Jane Smith", "Smith"], 3),
        (["K. Hale", "Kenneth Hale"], 1),
        (["K. Hale", "Kenneth Hale", "Karen Hale"], 3),
        (["Ali al-Tamir", "Ali Tamir", "al-Tamir"], 1),
        (["Hassan Nouri", "Hussein Nouri"], 2),
        (["Maria Corti", "Mario Corti"], 2),
        (["Mohammed Sadri", "Muhammad Sadri"], 1),
        (["Mohammed Sadri|Muhammad Sadri", "Mohammed Sadri"], 2),
        (["Jon Barker", "Jan Barker"], 2),
        (["Gen. Ann Hale", "Ann Hale"], 1),
    ],
)
def test_people(names: list[str], n_people: int) -> None:
    tables = people(*names)
    assert len(set(ids_of(learn(scanner(tables), Aliases()), tables).values())) == n_people


@pytest.mark.parametrize(
    ("rows", "n_names"),
    [
        ([("a", "ORG", "United Nations", "UN"), ("b", "ORG", "U.N.", "U.N.")], 1),
        ([("a", "ORG", "National Grain Board", "NGB"), ("b", "ORG", "NGB", "NGB")], 1),
        (
            [
                ("a", "ORG", "National Grain Board", "NGB"),
                ("b", "ORG", "New Gas Bank", "NGB"),
                ("c", "ORG", "NGB", "NGB"),
            ],
            3,
        ),
        ([("a", "ORG", "Dorn Inc.", "Dorn Inc."), ("b", "ORG", "Dorn", "Dorn")], 1),
        ([("a", "PERSON", "Jordan", "Jordan"), ("b", "GPE", "Jordan", "Jordan")], 2),
        ([("a", "GPE", "the Netherlands", "Netherlands"), ("b", "GPE", "Netherlands", "Netherlands")], 1),
    ],
)
def test_bodies_and_places(rows: list[tuple[str, str, str, str]], n_names: int) -> None:
    tables = mentions(*rows)
    assert learn(scanner(tables), Aliases()).names.num_rows == n_names


def test_rows_of_names() -> None:
    tables = mentions(
        ("a", "PERSON", "Ann Hale", "Ann Hale"),
        ("a", "PERSON", "Ann Hale", "Hale"),
        ("b", "PERSON", "Hale", "Hale"),
    )
    tables["documents"] = [
        {"doc_id": "a", "body": "x", "published": dt.datetime(2020, 1, 2, tzinfo=dt.UTC)},
        {"doc_id": "b", "body": "x", "published": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
    ]
    tables["claims"] = [
        {
            "doc_id": "a",
            "claim_id": "c",
            "form": "indirect",
            "source_kind": "person",
            "source_name": "Ann Hale",
        }
    ]
    (row,) = learn(scanner(tables), Aliases()).names.to_pylist()
    assert row == {
        "name_id": "person/ann-hale", "name": "Ann Hale", "label": "PERSON", "aliases": ["Ann Hale", "Hale"],
        "n_documents": 2, "n_mentions": 3, "n_claims": 1,
        "first_seen": dt.datetime(2020, 1, 1, tzinfo=dt.UTC), "last_seen": dt.datetime(2020, 1, 2,
        tzinfo=dt.UTC),
    }  # fmt: skip


def test_order_does_not_matter() -> None:
    given = ["Qassem", "Qasem", "Qassim", "Ali", "A.", "Karim"]
    names = [f"{first} {last}" for first in given for last in ("Amiri", "Tamir", "Sulayman")] + [
        "Amiri",
        "Tamir",
    ]
    tables = people(*names)
    expected = ids_of(learn(scanner(tables), Aliases()), tables)
    for seed in range(5):
        random.Random(seed).shuffle(tables["entities"])
        assert ids_of(learn(scanner(tables, seed + 1), Aliases()), tables) == expected


def test_aliases_of_the_user_go_first(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("alias,name,wikidata\nBibi,Benny Amir,\nBenny Amir,Benjamin Amir,Q42\n", encoding="utf-8")
    tables = people("Bibi", "Benny Amir", "Benjamin Amir", "Ann Amir")
    found = ids_of(learn(scanner(tables), read_aliases(path)), tables)
    assert found == {
        "Bibi": "Q42",
        "Benny Amir": "Q42",
        "Benjamin Amir": "Q42",
        "Ann Amir": "person/ann-amir",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("alias,name\na,b\nx,y\nb,c\nc,a\n", r"lines 2, 4, 5: these aliases run in a circle"),
        ("alias,name\nx,a\na,b\nb,a\n", r": lines 3, 4: these aliases run in a circle"),
        ("alias,name\n\na,B\n\nb,A\n", r": lines 3, 5: these aliases run in a circle"),
        ("alias,name,wikidata\nAnn Hale,Hale,Q1\nHALE,ann hale,Q2\n", r": lines 2, 3: these aliases run"),
        ("alias,name\na,b\na,c\n", r"lines 2 and 3: 'a' is given two names"),
        ("alias,name\na,\n", r"line 2: alias and name must both"),
        ("from,to\na,b\n", r"line 1: the columns must be"),
    ],
)
def test_bad_aliases_are_refused_with_their_lines(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "names.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        read_aliases(path)


def test_no_file_and_own_name_are_no_error(tmp_path: Path) -> None:
    assert read_aliases(tmp_path / "none.csv") == Aliases()
    path = tmp_path / "names.csv"
    path.write_text("alias,name\nDorn,Dorn\n", encoding="utf-8")
    assert read_aliases(path).names == {"dorn": "Dorn"}


@pytest.mark.parametrize(
    ("one", "other"), [("qassem", "kasim"), ("soleimani", "suleymani"), ("khaled", "halid")]
)
def test_sounds(one: str, other: str) -> None:
    assert sound(one) == sound(other)


STORY = " ".join(f"word{n} told{n % 7} the court{n % 11} that{n % 3} rain{n % 13}" for n in range(60))


def body(doc_id: str, text: str, day: int | None) -> Sketched:
    return Sketched(doc_id, day, sketch(text) or b"")


def test_copies_point_to_the_earliest() -> None:
    bodies = [
        body("later", STORY + " Additional reporting by a colleague.", 3),
        body("first", STORY, 1),
        body("undated", STORY.upper(), None),
        body("other", " ".join(reversed(STORY.split())), 0),
    ]
    expected = {"later": "first", "undated": "first"}
    for seed in range(4):
        random.Random(seed).shuffle(bodies)
        assert find_duplicates(bodies) == expected


def test_likeness_of_sketches_is_that_of_the_runs_of_words() -> None:
    words = [f"w{n}" for n in range(400)]
    for n_changed, likeness in ((0, 1.0), (40, (396 - 44) / (396 + 44)), (200, (396 - 204) / (396 + 204))):
        other = [*words[n_changed:], *(f"x{n}" for n in range(n_changed))]
        one, two = (np.frombuffer(sketch(" ".join(each)) or b"", "<u4") for each in (words, other))
        assert abs(float(np.mean(one == two)) - likeness) < 0.12


def test_short_bodies_have_no_sketch_and_long_ones_one_of_512_bytes() -> None:
    assert sketch("No comment. " * 5) is None
    assert len(sketch("No comment, he said. " * 100_000) or b"") == 512


@pytest.mark.parametrize(
    ("contents", "n_ids"),
    [
        (["“We will rebuild every bridge in this town,”", '"We will rebuild every bridge in this town."'], 1),
        (
            [
                "“We will rebuild every bridge in this town by spring.”",
                "“We will rebuild every bridge in this town.”",
            ],
            1,
        ),
        (
            ["“We will rebuild every bridge in this town.”", "“They never rebuilt one bridge in that town.”"],
            0,
        ),
        (["“No comment.”", "“No comment.”"], 0),
        (
            [
                "he said the plan was “a slow and costly way to go nowhere”",
                "“A slow and costly way to go nowhere.”",
            ],
            1,
        ),
    ],
)
def test_quotations(contents: list[str], n_ids: int) -> None:
    found = list(find_quotations(Quote(f"d{n}", "c", content) for n, content in enumerate(contents)))
    assert len({identity for _, _, identity in found}) == n_ids
    assert len(found) == n_ids * len(contents)


def test_a_quotation_of_one_article_has_no_id() -> None:
    same = "“We will rebuild every bridge in this town.”"
    assert not list(find_quotations([Quote("d", "c1", same), Quote("d", "c2", same)]))


def test_columns_are_filled_and_nothing_else() -> None:
    quote = "“We will rebuild every bridge in this town.”"
    claim = {"form": "direct", "content": quote, "source_kind": "person", "source_name": "Ann Hale"}
    tables = people("Ann Hale", "Ann Hale")
    tables["claims"] = [claim | {"doc_id": "d0", "claim_id": "a"}, claim | {"doc_id": "d1", "claim_id": "a"}]
    tables["documents"] = [
        {"doc_id": "d0", "body": STORY, "published": None}, {"doc_id": "d1", "body": STORY, "published": None}
    ]  # fmt: skip
    tables["sketches"] = [{"doc_id": doc_id, "hashes": sketch(STORY)} for doc_id in ("d0", "d1")]
    wide = learn(scanner(tables), Aliases())
    (claims,) = scanner(tables, 1)("claims", arrow_schema(RECORDS["claims"]).names)
    done = wide.finish("claims", claims)
    assert done["source_name_id"].to_pylist() == ["person/ann-hale"] * 2
    assert len(set(done["quotation_id"].to_pylist())) == 1 and done["quotation_id"].null_count == 0
    untouched = [name for name in done.column_names if name not in {"source_name_id", "quotation_id"}]
    assert done.select(untouched).equals(claims.select(untouched))
    (documents,) = scanner(tables, 1)("documents", ["doc_id", "duplicate_of"])
    assert wide.finish("documents", documents)["duplicate_of"].to_pylist() == [None, "d0"]


def test_no_rows_at_all() -> None:
    assert learn(scanner({}), Aliases()).names.num_rows == 0


def test_many_names_take_near_linear_time() -> None:
    def seconds(n: int) -> float:
        forms = [
            (f"{chr(97 + k % 26)}{chr(97 + k // 26 % 26)}n{chr(97 + k // 676)}n", "smith") for k in range(n)
        ]
        forms += [(each[0][0], "smith") for each in forms[:26]] + [("smith",)]
        begun = time.process_time()
        link_people(forms, lambda _: set())
        return time.process_time() - begun

    seconds(100)
    assert seconds(5_000) < 40 * seconds(500)


def test_documents_have_what_is_read_of_them() -> None:
    columns = {field.name for field in dataclasses.fields(RECORDS["documents"])}
    assert {"doc_id", "body", "published", "duplicate_of"} <= columns
