"""Reading: every input kind, every way an input can be bad, and text that is exactly what was read."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import sys
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.config import Config, load_config
from pipeline.read import Input, InputError, digest, find_inputs, read_articles, read_text
from pipeline.read.articles import site_key
from pipeline.read.decode import declared_charset, decode
from pipeline.read.kinds import SUFFIXES
from pipeline.read.language import language_of
from pipeline.read.page import read_page
from pipeline.schema import REJECT_REASONS, RawArticle, Reject

CONFIG = load_config()
ENGLISH = "The minister said on Monday that the bridge over the river would be closed for repairs until June."
GERMAN = "Der Minister sagte am Montag, die Brücke über den Fluss bleibe wegen Bauarbeiten bis Juni gesperrt."
RUSSIAN = "Министр заявил в понедельник, что мост через реку будет закрыт на ремонт до июня этого года."


def with_limits(**limits: Any) -> Config:
    return CONFIG.model_copy(update={"read": CONFIG.read.model_copy(update=limits)})


def read(path: Path, config: Config = CONFIG) -> list[RawArticle | Reject]:
    return list(_read(find_inputs([path]), config))


def _read(sources: Iterable[Input | Reject], config: Config) -> Iterator[RawArticle | Reject]:
    for source in sources:
        if isinstance(source, Reject):
            yield source
        else:
            yield from read_articles(source, config)


def article(path: Path, config: Config = CONFIG) -> RawArticle:
    (one,) = read(path, config)
    assert isinstance(one, RawArticle), one
    return one


def told(found: Iterable[RawArticle | Reject]) -> list[tuple[str | None, str]]:
    """Identifiers, each with the text or the reason."""
    return [(each.doc_id, each.reason if isinstance(each, Reject) else each.text) for each in found]


def reasons(found: Iterable[RawArticle | Reject]) -> list[str]:
    return [each.reason if isinstance(each, Reject) else "article" for each in found]


# Files of one article


@pytest.mark.parametrize(
    ("data", "text", "warnings"),
    [
        (b"One.\r\nTwo.\rThree.\n", "One.\r\nTwo.\rThree.\n", ()),
        (b"\xef\xbb\xbfOne. \xe2\x80\x9cTwo\xe2\x80\x9d", "One. “Two”", ()),
        ("Größe “x”".encode("utf-16"), "Größe “x”", ()),
        (b"\xfe\xff" + "Größe “x”".encode("utf-16-be"), "Größe “x”", ()),
        ("Größe “x”".encode("utf-32"), "Größe “x”", ()),
        ("Plain words, no mark".encode("utf-16-le"), "Plain words, no mark", ()),
        ("“Yes,” the café’s owner said — twice.".encode("cp1252"), "“Yes,” the café’s owner said — twice.",
         ("encoding_guessed_cp1252",)),
        ("“Yes,” the café’s owner said — twice.".encode() + b"\xe2\x80",
         "“Yes,” the café’s owner said — twice.\ufffd", ("bytes_replaced",)),
        ("Премьер-министр заявил, что страна готова.".encode("cp1251"),
         "Премьер-министр заявил, что страна готова.", ("encoding_guessed_cp1251",)),
        (b"ends in a mark \xef\xbb\xbf", "ends in a mark \ufeff", ()),
        ("an emoji \U0001f600 and a tab\t\x0c".encode(), "an emoji \U0001f600 and a tab\t\x0c", ()),
    ],
)  # fmt: skip
def test_text_is_the_decoded_file(tmp_path: Path, data: bytes, text: str, warnings: tuple[str, ...]) -> None:
    for name, content in (("a.txt", data), ("b.md", data), ("c.txt.gz", gzip.compress(data))):
        path = tmp_path / name
        path.write_bytes(content)
        one = article(path)
        assert (one.text, one.warnings, one.doc_id) == (text, warnings, name)
        assert one.sha256 == digest(path)
        assert one.path == str(path)


def test_gzip_is_told_by_content(tmp_path: Path) -> None:
    (tmp_path / "packed.txt").write_bytes(gzip.compress(ENGLISH.encode()))
    (tmp_path / "plain.txt.gz").write_text(ENGLISH)
    two_members = gzip.compress(b"The minister ") + gzip.compress(b"spoke.")
    (tmp_path / "two.txt.gz").write_bytes(two_members)
    assert told(read(tmp_path)) == [
        ("packed.txt", ENGLISH),
        ("plain.txt.gz", ENGLISH),
        ("two.txt.gz", "The minister spoke."),
    ]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \r\n\t\xe2\x80\x8b\xef\xbb\xbf", "empty"),
        ("a.txt.gz", gzip.compress(b""), "empty"),
        ("a.txt", bytes(range(256)) * 4, "not_text"),
        ("a.txt", b"%PDF-1.4\nwords words", "not_text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "not_text"),
        ("a.txt", b"zeros\x00\x00\x00\x00", "not_text"),
        ("a.txt", b"\xff\xfe\x00\xd8\x00\xd8\x00\xd8", "undecodable"),
        ("a.txt.gz", gzip.compress(ENGLISH.encode())[:-9], "unreadable"),
        ("a.txt.gz", b"\x1f\x8bnot really packed", "unreadable"),
        ("a.html", b"<html><script>only()</script></html>", "empty"),
        ("a.html", b"", "empty"),
        ("a.jsonl", b"", "empty"),
        ("a.jsonl", b"\n \n", "empty"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"text,id\n", "empty"),
        ("a.csv", b"body,id\nx,y\n", "bad_record"),
        ("a.parquet", b"PAR1 and then nothing", "unreadable"),
        ("a.parquet", b"", "unreadable"),
        ("a.warc", b"no archive at all\n", "unreadable"),
        ("a.warc.gz", gzip.compress(b"WARC/1.0\r\nWARC-Type: resp"), "empty"),
        ("a.wet", b"", "empty"),
        ("a.txt", GERMAN.encode(), "not_english"),
        ("a.txt", RUSSIAN.encode(), "not_english"),
        ("a.jpg", b"\xff\xd8\xff\xe0", "not_text"),
    ],
)
def test_bad_file_is_one_reject(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (one,) = read(tmp_path)
    assert isinstance(one, Reject)
    assert (one.reason, one.path, one.doc_id) == (reason, str(path), name)
    assert one.detail
    assert one.reason in REJECT_REASONS


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("long.txt", {"max_chars": 50}),
        ("long.txt", {"max_chars": 10}),
        ("bomb.txt.gz", {}),
        ("bomb.jsonl.gz", {"max_bytes": 10_000_000}),
        ("bomb.csv.gz", {"max_bytes": 1_000_000}),
        ("line.jsonl", {"max_chars": 4}),
    ],
)
def test_too_long_is_refused_in_little_memory(tmp_path: Path, name: str, limits: dict[str, int]) -> None:
    content = {
        "long.txt": ENGLISH.encode(),
        "bomb.txt.gz": gzip.compress(b"a" * 60_000_000),
        "bomb.jsonl.gz": gzip.compress(b"a" * 60_000_000),
        "bomb.csv.gz": gzip.compress(b"text\n" + b"\n" * 12_000_000),
        "line.jsonl": json.dumps({"text": ENGLISH}).encode(),
    }
    (tmp_path / name).write_bytes(content[name])
    tracemalloc.start()
    assert reasons(read(tmp_path / name, with_limits(**limits))) == ["too_long"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50_000_000


# Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        ("Yes.", None),
        ("Der Minister trat zurück.", None),
        ("Sadr, Maliki, Karbala, Najaf, Mashad, Basra, Mosul, Kirkuk, Erbil, Tikrit, Samarra, Amara.", "en"),
        ("https://news.example/a/b?c=d " * 12, "en"),
        (f"{ENGLISH}\n" + "Menü\nStartseite\nWirtschaft\nKultur\nSport\nWetter\n" * 30, "en"),
        (f"{GERMAN}\n{ENGLISH} {ENGLISH} {ENGLISH}", "en"),
    ],
)  # fmt: skip
def test_language_of_the_prose(text: str, language: str | None) -> None:
    one = read_text(text, CONFIG)
    assert isinstance(one, RawArticle), one
    assert one.language == language


def test_plain_english_needs_no_closer_look(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{ENGLISH} {ENGLISH} {ENGLISH}\n{GERMAN}"
    limits = CONFIG.read.language
    closer = limits.model_copy(update={"plain_words": 10_000})
    assert language_of(text, ("en",), closer) == "en"
    monkeypatch.setitem(sys.modules, "py3langid", None)
    assert language_of(text, ("en",), limits) == "en"
    with pytest.raises(ImportError):
        language_of(text, ("en",), closer)
    with pytest.raises(ImportError):
        language_of(GERMAN, ("en",), limits)
    with pytest.raises(ImportError):
        language_of(text, ("de",), limits)


def test_other_languages_can_be_let_in() -> None:
    assert isinstance(read_text(GERMAN, with_limits(languages=("en", "de"))), RawArticle)
    assert isinstance(read_text(RUSSIAN, with_limits(languages=())), RawArticle)


# HTML


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One <b>t</b>wo.</p><p>Three</p>", "One two.\nThree"),
        ("<p>A\n  line&nbsp;broken<br>here<br/>and here", "A line broken\nhere\nand here"),
        ("AT&amp;T &lt;b&gt; &#8220;x&#8221; &#146;s &eacute;", "AT&T <b> “x” ’s é"),
        ("a<script>b</script><style>c</style><noscript>d</noscript><template>e</template>f", "af"),
        ("<p>a</p><p hidden>b</p><p style='color:red; DISPLAY : none'>c</p><dialog>d</dialog>e", "a\ne"),
        ("a<span style='visibility:hidden'>b</span>c <i hidden>d</i> e", "ac e"),
        ("<body style='display:none'><p>shown by a script</p></body>", "shown by a script"),
        ("<div style='display:none'><p>all there is</p></div>", "all there is"),
        ("<ul><li>a<li>b</ul><table><tr><td>c<td>d</table><h1>e</h1>f", "a\nb\nc\nd\ne\nf"),
        ("<title>not on the page</title><p>on it</p>", "on it"),
        ("<nav><a>Home</a><a>News</a> <a>Sport</a></nav>", "Home News Sport"),
        ("<p>Ann<time>3 May</time><span>5 likes</span></p>", "Ann 3 May 5 likes"),
        ("<p>On <time>3 May</time>, he (<time>4 May</time>) left", "On 3 May, he (4 May) left"),
        ("re<wbr>open&shy;ed and zero\u200bwidth", "reopened and zerowidth"),
        ("<p>He said <q>no</q>.</p>", "He said “no”."),
        ("<pre>x  y\n  z</pre>", "x y\nz"),
        ("<p>a<!-- b --><?c d?>e</p>", "ae"),
        ("<textarea>x</textarea><select><option>y</select><button>z</button>", "x\nz"),
        ("<p>unclosed <div>mess</p></i> rest", "unclosed\nmess rest"),
        ("<?xml version='1.0' encoding='latin-1'?><html><body>é</body></html>", "é"),
        ("no markup at all", "no markup at all"),
        ("nul\0byte", "nul\ufffdbyte"),
        ("", ""),
    ],
)
def test_visible_text_of_a_page(html: str, text: str) -> None:
    assert read_page(html).text == text


def test_deep_pages_are_read() -> None:
    assert read_page("<div>" * 1500 + "deep" + "</div>" * 1500 + "<p>after").text == "deep\nafter"


@pytest.mark.parametrize(
    ("html", "encoding", "warnings"),
    [
        ('<meta charset="windows-1251"><p>Заявил “x” {}</p>', "cp1251", ()),
        ('<meta http-equiv="x" content="text/html; charset=iso-8859-1"><p>“x” – {}</p>', "cp1252", ()),
        ("<meta charset='shift_jis'><p>首相 {}</p>", "shift_jis", ()),
        ('<meta charset="utf-8"><p>“x” – café {}</p>', "cp1252", ("encoding_guessed_cp1252",)),
        ('<meta charset="nonsense"><p>“x” {}</p>', "utf-8", ()),
    ],
)  # fmt: skip
def test_declared_encoding_of_a_page(
    tmp_path: Path, html: str, encoding: str, warnings: tuple[str, ...]
) -> None:
    page = html.format(ENGLISH)
    path = tmp_path / "a.htm"
    path.write_bytes(page.encode(encoding))
    one = article(path)
    assert one.html == page
    assert one.text == read_page(page).text
    assert one.warnings == warnings
    assert one.format == "html"


def test_page_gives_its_address(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(f'<link rel="canonical" href="https://www.Herald.example/x?y=1"><p>{ENGLISH}')
    one = article(path)
    assert (one.url, one.site, one.site_key) == (
        "https://www.Herald.example/x?y=1", "herald.example", "herald.example",
    )  # fmt: skip


# Files of records


RECORDS = [
    {
        "text": ENGLISH,
        "id": "a1",
        "url": "https://m.herald.example/1",
        "title": "Bridge",
        "author": "Ann",
    },
    {"text": "Two — “x”.\nLine", "date": "2020-01-09", "site": "The Herald"},
    {"text": 3},
    {"id": 7, "title": "no text"},
    {"text": "", "id": 8},
    {"text": " x", "id": 9, "site": "www.Post.example"},
]


def as_jsonl(records: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(each) + "\n" for each in records).encode()


def as_csv(records: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(
        file, ["id", "text", "url", "title", "author", "date", "site"], delimiter=delimiter
    )
    writer.writeheader()
    writer.writerows(records)
    return file.getvalue().encode()


def as_parquet(records: list[dict[str, Any]]) -> bytes:
    names = ("id", "text", "url", "title", "author", "date", "site")
    columns = {
        name: [None if each.get(name) is None else str(each[name]) for each in records] for name in names
    }
    file = io.BytesIO()
    pq.write_table(pa.table(columns | {"other": list(range(len(records)))}), file)
    return file.getvalue()


def test_records_of_every_format(tmp_path: Path) -> None:
    records = [each for each in RECORDS if not isinstance(each.get("text"), int)]
    for name, data in (
        ("a.jsonl", as_jsonl(records)), ("a.csv", as_csv(records)), ("a.parquet", as_parquet(records)),
        ("b.csv", as_csv(records, ";")), ("c.csv", b"\xef\xbb\xbf" + as_csv(records, "\t")),
        ("d.jsonl", as_jsonl(records).decode().encode("utf-16")),
    ):  # fmt: skip
        for path, content in ((tmp_path / name, data), (tmp_path / f"{name}.gz", gzip.compress(data))):
            path.write_bytes(content)
            found = read(path)
            assert [reason for reason in reasons(found) if reason != "article"] in (
                ["bad_record", "empty"],
                ["bad_record", "bad_record"],
            )  # fmt: skip  (CSV does not tell "" from nothing)
            ids = [each.doc_id for each in found]
            assert ids[0] == "a1"
            assert ids[2:] == ["7", "8", "9"]
            first, second, last = (each for each in found if isinstance(each, RawArticle))
            assert second.doc_id.startswith(f"{path.name}#")
            assert (first.text, first.url, first.title, first.author, first.site, first.site_key) == (
                ENGLISH, "https://m.herald.example/1", "Bridge", "Ann", "herald.example", "herald.example",
            )  # fmt: skip
            assert (second.text, second.date_text, second.site, second.site_key) == (
                "Two — “x”.\nLine", "2020-01-09", "The Herald", "the herald",
            )  # fmt: skip
            assert (last.text, last.site, last.site_key) == (" x", "www.Post.example", "post.example")
            assert first.sha256 == digest(path)


@pytest.mark.parametrize(
    ("line", "told_of"),
    [
        (b'{"text": "x"}', ("a.jsonl#2", "x")),
        (b'{"text": 3}', ("a.jsonl#2", "bad_record")),
        (b'{"text": null, "id": "i"}', ("i", "bad_record")),
        (b'{"text": ""}', ("a.jsonl#2", "empty")),
        (b'{"body": "x"}', ("a.jsonl#2", "bad_record")),
        (b'{"text": "x"', ("a.jsonl#2", "bad_record")),
        (b"[1]", ("a.jsonl#2", "bad_record")),
        (b"null", ("a.jsonl#2", "bad_record")),
        (b"[" * 100_000, ("a.jsonl#2", "bad_record")),
        (b'{"text": "x", "n": ' + b"9" * 5000 + b"}", ("a.jsonl#2", "bad_record")),
        (b'{"text": "a\\ud800b", "id": "\\udc00"}', ("\ufffd", "a\ufffdb")),
        (b'{"text": "\\ud83d\\ude00"}', ("a.jsonl#2", "\U0001f600")),
        (b'{"text": "nul \\u0000 inside"}', ("a.jsonl#2", "nul \0 inside")),
        (b'{"text": "caf\xe9"}', ("a.jsonl#2", "café")),
        (b'{"text": "x", "id": 12}', ("12", "x")),
        (b'{"text": "x", "id": 1.5}', ("1.5", "x")),
        (b'{"text": "x", "id": ""}', ("a.jsonl#2", "x")),
        (b'{"text": "x", "id": NaN}', ("a.jsonl#2", "x")),
        (b'{"text": "x", "id": {"$oid": 1}}', ("a.jsonl#2", "x")),
        (b'{"text": "x", "id": "../../etc/x\\n\\u202e"}', ("../../etc/x\n\u202e", "x")),
    ],
)
def test_a_line_of_json(tmp_path: Path, line: bytes, told_of: tuple[str, str]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n" + line + b'\n{"text": "after", "id": "z"}')
    assert told(read(path)) == [told_of, ("z", "after")]


def test_field_names_are_configurable(tmp_path: Path) -> None:
    fields = CONFIG.read.fields.model_copy(update={"text": "raw", "url": "meta.link", "author": "by"})
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"raw": "x", "meta": {"link": "https://a.example/b"}, "by": ["Ann", "Bo"]}))
    one = article(path, with_limits(fields=fields))
    assert (one.text, one.url, one.author) == ("x", "https://a.example/b", "Ann, Bo")
    pq.write_table(
        pa.table({"raw": ["x"], "meta": [{"link": "https://a.example/b"}]}), tmp_path / "a.parquet"
    )
    assert article(tmp_path / "a.parquet", with_limits(fields=fields)).url == "https://a.example/b"


def test_csv_goes_on_after_a_bad_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'id,text\n1,"open\nquote"\n2\n3,a,b,c\n4,' + b"x" * 900 + b'\n5,"end')
    found = read(path, with_limits(max_chars=100))
    assert told(found) == [
        ("1", "open\nquote"), ("2", "bad_record"), ("3", "a"), ("a.csv#6", "bad_record"), ("5", "end"),
    ]  # fmt: skip


def test_broken_gzip_keeps_what_comes_before(tmp_path: Path) -> None:
    lines = as_jsonl([{"text": os.urandom(2000).hex(), "id": str(n)} for n in range(2000)])
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines)[:-500_000])
    *before, last = read(path, with_limits(languages=()))
    assert len(before) > 1000
    assert reasons(before) == ["article"] * len(before)
    assert isinstance(last, Reject)
    assert (last.reason, last.doc_id) == ("unreadable", None)


def test_large_files_are_streamed(tmp_path: Path) -> None:
    text = " ".join([ENGLISH] * 100)
    (tmp_path / "a.jsonl").write_bytes(as_jsonl([{"text": text, "id": str(n)} for n in range(6000)]))
    with (tmp_path / "b.warc").open("wb") as file:
        write_warc(file, [("response", "text/html", f"<p>{text}")] * 1500)
    assert (tmp_path / "a.jsonl").stat().st_size > 50_000_000
    tracemalloc.start()
    n_articles = sum(1 for _ in _read(find_inputs([tmp_path]), with_limits(languages=())))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert n_articles == 7500
    assert peak < 20_000_000


# Archives


def write_warc(file: Any, records: Iterable[tuple[str, str, str]], *, packed: bool = False) -> None:
    """Records given by type, content type and payload; responses get a status line of 200, or the one given
    after the content type."""
    writer = WARCWriter(file, gzip=packed)
    for number, (kind, content_type, payload) in enumerate(records):
        content_type, _, status = content_type.partition(" ")
        headers = [("Content-Type", content_type)]
        http = StatusAndHeaders(status or "200 OK", headers, "HTTP/1.1") if kind == "response" else None
        record = writer.create_warc_record(
            f"https://www.herald.example/{number}",
            kind,
            payload=io.BytesIO(payload.encode("utf-8")),
            http_headers=http,
            warc_content_type="" if http else content_type,
            warc_headers_dict={"WARC-Record-ID": f"<urn:uuid:{number}>"},
        )
        writer.write_record(record)


@pytest.mark.parametrize(("name", "packed"), [("a.warc", False), ("a.warc.gz", True)])
def test_pages_of_an_archive(tmp_path: Path, name: str, packed: bool) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        write_warc(
            file,
            [
                ("warcinfo", "application/warc-fields", "software: x"),
                ("response", "text/html;charset=utf-8", f"<p>“One” {ENGLISH}"),
                ("response", "image/png", "no page"),
                ("response", "text/html 404 Not Found", "<p>Nothing here"),
                ("request", "application/http", "GET / HTTP/1.1"),
                ("response", "text/html", "<script>empty()</script>"),
                ("response", "text/html", f"<p>{GERMAN}"),
                ("resource", "text/html", "<p>Two"),
            ],
            packed=packed,
        )
    found = read(path)
    assert told(found) == [
        ("urn:uuid:1", f"“One” {ENGLISH}"), ("urn:uuid:5", "empty"), ("urn:uuid:6", "not_english"),
        ("urn:uuid:7", "Two"),
    ]  # fmt: skip
    first = found[0]
    assert isinstance(first, RawArticle)
    assert (first.url, first.site_key, first.format) == (
        "https://www.herald.example/1", "herald.example", "warc",
    )  # fmt: skip
    assert first.html == f"<p>“One” {ENGLISH}"


@pytest.mark.parametrize("name", ["a.warc.wet", "a.warc.wet.gz"])
def test_texts_of_a_wet_archive(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        write_warc(
            file,
            [
                ("warcinfo", "application/warc-fields", "x"),
                ("conversion", "text/plain", f"Menu\n{ENGLISH}\n"),
            ],
            packed=name.endswith("gz"),
        )
    one = article(path)
    assert (one.doc_id, one.text, one.format) == ("urn:uuid:1", f"Menu\n{ENGLISH}\n", "wet")
    assert one.html is None


def test_archive_packed_as_one_member(tmp_path: Path) -> None:
    file = io.BytesIO()
    write_warc(file, [("response", "text/html", "<p>One"), ("response", "text/html", "<p>Two")])
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(file.getvalue()))
    (tmp_path / "b.warc").write_bytes(file.getvalue()[:-30])
    assert [text for _, text in told(read(tmp_path))][:3] == ["One", "Two", "One"]


def test_a_record_longer_than_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = io.BytesIO()
    write_warc(file, [("conversion", "text/plain", ENGLISH), ("conversion", "text/plain", "Two")])
    size = f"Content-Length: {len(ENGLISH.encode())}"
    (tmp_path / "a.warc").write_bytes(
        file.getvalue().replace(size.encode(), f"Content-Length: {len(ENGLISH.encode()) - 9}".encode())
    )
    found = read(tmp_path)
    assert told(found) == [("urn:uuid:0", ENGLISH[:-9]), ("urn:uuid:1", "Two")]
    assert [each.warnings for each in found if isinstance(each, RawArticle)] == [("record_cut",), ()]
    assert not capsys.readouterr().err


# Walking


def test_walk_is_sorted_and_names_are_relative(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/B.md", "a.txt", "é.txt", ".hidden.txt", ".git/x.txt", "a/c/d.htm"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<p>{name}")
    names = ["a/B.md", "a/c/d.htm", "a/z.txt", "a.txt", "b.txt", "é.txt"]
    assert [each.doc_id for each in find_inputs([tmp_path])] == names
    both = list(find_inputs([tmp_path / "b.txt", tmp_path, tmp_path / "a"]))
    assert sorted({each.path for each in both}, key=str) == sorted(
        (tmp_path / each for each in names), key=str
    )
    assert len(both) == len(names)
    assert both == list(find_inputs([tmp_path / "a", tmp_path / "b.txt", tmp_path]))


def test_links(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "in" / "a.txt").write_text("a")
    (tmp_path / "out" / "o.txt").write_text("o")
    (tmp_path / "in" / "deep" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "again").symlink_to(tmp_path / "in" / "deep")
    (tmp_path / "in" / "l1").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "l2").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "in" / "a.txt")
    (tmp_path / "in" / "none.txt").symlink_to(tmp_path / "nothing")
    (tmp_path / "in" / "self.txt").symlink_to(tmp_path / "in" / "self.txt")
    (tmp_path / "out" / "back").symlink_to(tmp_path / "out")
    told = [
        (os.path.relpath(getattr(each, "shown", None) or each.path, tmp_path), getattr(each, "reason", ""))
        for each in find_inputs([tmp_path / "in"])
    ]
    assert told == [
        ("in/a.txt", ""), ("in/deep/loop", "unreadable"), ("in/l1/back", "unreadable"), ("in/l1/o.txt", ""),
        ("in/link.txt", ""), ("in/none.txt", "unreadable"), ("in/self.txt", "unreadable"),
    ]  # fmt: skip


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").write_text("x")
    sources = list(find_inputs([tmp_path]))
    (tmp_path / "gone.txt").unlink()
    assert told(_read(sources, CONFIG)) == [("gone.txt", "unreadable"), ("pipe.txt", "unreadable")]
    with pytest.raises(InputError, match="no such file"):
        find_inputs([tmp_path / "nothing"])


def test_tables_among_the_inputs_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "outputs" / ".newsclaims").mkdir(parents=True)
    (tmp_path / "outputs" / "documents").mkdir()
    (tmp_path / "outputs" / "documents" / "part-00000.parquet").write_bytes(as_parquet(RECORDS[:1]))
    (tmp_path / "a.txt").write_text("x")
    assert told(read(tmp_path)) == [("a.txt", "x")]
    with pytest.raises(InputError, match="give the folder of the articles"):
        find_inputs([tmp_path / "outputs"])


def test_names_that_are_no_text(tmp_path: Path) -> None:
    names = [b"\xff.txt", b"new\nline.txt", "bidi\u202e.txt".encode()]
    try:
        for name in names:
            Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    except OSError:
        pytest.skip("this file system takes no such names")
    found = told(read(tmp_path))
    assert found == [("bidi\u202e.txt", "x"), ("new\nline.txt", "x"), ("\\xff.txt", "x")]
    "".join(doc_id or "" for doc_id, _ in found).encode()


def test_a_named_file_of_any_ending_is_tried(tmp_path: Path) -> None:
    page, plain = tmp_path / "page", tmp_path / "story.text"
    page.write_text(f"<!DOCTYPE html><p>{ENGLISH}")
    plain.write_text(ENGLISH)
    assert [article(page).format, article(plain).format] == ["html", "txt"]
    assert told(read(tmp_path)) == [("page", "not_text"), ("story.text", "not_text")]


@pytest.mark.parametrize(
    ("host", "site", "doc_id", "key"),
    [
        ("herald.example", "The Herald", "a/b.txt", "herald.example"),
        (None, "The Herald", "a/b.txt", "the herald"),
        (None, None, "www.herald.example/2020/b.txt", "herald.example"),
        (None, None, "crawl/herald.example/b.txt", "herald.example"),
        (None, None, "Herald/2020/b.txt", "herald"),
        (None, None, "2020/01/b.txt", None),
        (None, None, "b.txt", None),
    ],
)
def test_site_key(host: str | None, site: str | None, doc_id: str, key: str | None) -> None:
    assert site_key(host, site, doc_id) == key


# Anything at all


def check(found: list[RawArticle | Reject]) -> None:
    """What holds of every reading."""
    assert found
    for each in found:
        if isinstance(each, Reject):
            assert each.reason in REJECT_REASONS
            assert each.detail
        else:
            assert each.text.strip()
        repr(each).encode()
        for value in (each.doc_id, each.path, getattr(each, "text", ""), getattr(each, "title", None) or ""):
            (value or "").encode()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from(sorted(SUFFIXES)),
    data=st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    | st.lists(st.sampled_from(b'<p> </p> {"text": " "} , \n \x00 & WARC/1.0 \r\n PAR1 \x1f\x8b'.split(b" ")))
    .map(b"".join),
    packed=st.booleans(),
    cut=st.integers(0, 30),
)  # fmt: skip
def test_no_bytes_raise(tmp_path: Path, suffix: str, data: bytes, packed: bool, cut: int) -> None:
    path = tmp_path / f"a{suffix}"
    data = gzip.compress(data) if packed else data
    path.write_bytes(data[: len(data) - cut] if cut else data)
    found = read(path)
    check(found)
    assert found == read(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2000), value=st.integers(0, 255), cut=st.integers(0, 2000))
def test_no_damage_to_an_archive_or_a_table_raises(tmp_path: Path, place: int, value: int, cut: int) -> None:
    file = io.BytesIO()
    write_warc(file, [("response", "text/html", "<p>One"), ("conversion", "text/plain", "Two")])
    for name, whole in (("a.warc", file.getvalue()), ("a.parquet", as_parquet(RECORDS[:2]))):
        data = bytearray(whole)
        data[place % len(data)] = value
        (tmp_path / name).write_bytes(data[: max(1, len(data) - cut // 2 * (cut % 2))])
        check(read(tmp_path / name))


@given(st.text())
def test_any_page_gives_text_of_lines_without_markup(text: str) -> None:
    page = read_page(f"<p>{text}</p>")
    page.text.encode()
    assert all(line == " ".join(line.split()) != "" for line in page.text.splitlines())


@given(st.text(min_size=1), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_any_marked_text_comes_back(text: str, encoding: str) -> None:
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        return
    if encoding == "utf-16" and text[0] == "\0":
        return  # its bytes begin with the mark of utf-32
    if encoding == "utf-8":
        text = text.removeprefix("\ufeff")
    if text.count("\ufffd") * 100 <= len(text):
        assert decode(data, 1.0).text == text


def test_charset_in_a_page_head() -> None:
    assert declared_charset(b'<html><meta name=x><META Charset = "UTF-8">') == "UTF-8"
    assert declared_charset(b"<p>charset=latin-1") is None
