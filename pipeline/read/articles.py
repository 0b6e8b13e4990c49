"""One input file to its articles, each checked, and the rejects for the rest."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pipeline.config import Config, ReadConfig
from pipeline.read import stream
from pipeline.read.decode import declared_charset, decode
from pipeline.read.faults import Fault, ReadError
from pipeline.read.items import BYTES_PER_CHAR, Item
from pipeline.read.kinds import Input
from pipeline.read.language import language_of
from pipeline.read.page import read_page
from pipeline.read.records import read_csv, read_jsonl, read_parquet
from pipeline.schema import RawArticle, Reject

Read = RawArticle | Reject
Reader = Callable[[Input, ReadConfig], Iterator[Item | Fault]]

SURROGATES = re.compile("[\ud800-\udfff]")
HOST_NOISE = re.compile(r"^(?:www\d?|m|mobile|amp)\.")
HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,24}")
HTML_START = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def read_articles(source: Input, config: Config, *, sha256: str | None = None) -> Iterator[Read]:
    """The articles of one input in the order they lie in it, and a reject for each that is none.

    An input without a single record is a reject itself (``empty``). Where a file breaks off, the articles
    before the break are given, then one reject. Identifiers are not compared: only a run knows them all.

    Args:
        source: the file, from ``find_inputs``.
        config: settings.
        sha256: ``digest(source.path)``, if the caller has it; otherwise the file is read twice.
    """
    n_records = 0
    try:
        sha256 = sha256 or stream.digest(source.path)
        kind = source.format or _sniff(source, config.read)
        for found in READERS[kind](source, config.read):
            n_records += 1
            yield _checked(found, source, kind, sha256, config.read)
    except ReadError as error:
        yield Reject(source.shown, None if n_records else source.doc_id, error.reason, error.detail)
        return
    except OSError as error:
        yield Reject(source.shown, source.doc_id, "unreadable", error.strerror or str(error))
        return
    if not n_records:
        yield Reject(source.shown, source.doc_id, "empty", "the file holds no article")


def read_text(
    text: str,
    config: Config,
    *,
    doc_id: str = "text",
    url: str | None = None,
    title: str | None = None,
    date_text: str | None = None,
) -> Read:
    """A text that lies in no file, as ``read_articles`` would give it."""
    source = Input(Path(doc_id), doc_id, doc_id, "txt", len(text), 0)
    sha256 = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    item = Item(doc_id, text, url=url, title=title, date_text=date_text)
    return _checked(item, source, "txt", sha256, config.read)


def _read_plain(source: Input, config: ReadConfig) -> Iterator[Item | Fault]:
    with stream.opened(source.path, config.max_bytes) as content:
        data = stream.read_whole(content, BYTES_PER_CHAR * config.max_chars)
    if data:
        decoded = decode(data, config.max_control_share)
        yield Item(source.doc_id, decoded.text, warnings=decoded.warnings)


def _read_html(source: Input, config: ReadConfig) -> Iterator[Item | Fault]:
    with stream.opened(source.path, config.max_bytes) as content:
        data = stream.read_whole(content, BYTES_PER_CHAR * config.max_chars)
    if data:
        decoded = decode(data, config.max_control_share, declared=declared_charset(data))
        page = read_page(decoded.text)
        yield Item(source.doc_id, page.text, decoded.text, page.url, warnings=decoded.warnings)


def _read_archive(source: Input, config: ReadConfig) -> Iterator[Item | Fault]:
    """What reads archives imports a good deal, and most corpora have none."""
    from pipeline.read.archive import read_warc

    yield from read_warc(source, config)


READERS: dict[str, Reader] = {
    "txt": _read_plain,
    "md": _read_plain,
    "html": _read_html,
    "jsonl": read_jsonl,
    "csv": read_csv,
    "parquet": read_parquet,
    "warc": _read_archive,
    "wet": _read_archive,
}


def _sniff(source: Input, config: ReadConfig) -> str:
    """The format of a file whose name does not tell."""
    with stream.opened(source.path, config.max_bytes) as content:
        head = content.peek(4096)[:4096]
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    return "html" if HTML_START.match(head) else "txt"


def _checked(found: Item | Fault, source: Input, kind: str, sha256: str, config: ReadConfig) -> Read:
    if isinstance(found, Fault):
        doc_id = None if found.doc_id is None else _storable(found.doc_id)
        return Reject(source.shown, doc_id, found.reason, _storable(found.detail))
    item = _storable_item(found)
    if not item.text.strip().strip("\ufeff\u200b"):
        return Reject(source.shown, item.doc_id, "empty", "no text in it")
    if len(item.text) > config.max_chars:
        detail = f"{len(item.text):,} characters; at most {config.max_chars:,} (read.max_chars)"
        return Reject(source.shown, item.doc_id, "too_long", detail)
    language = language_of(item.text, config.languages, config.language)
    if language is not None and language not in config.languages:
        detail = f"looks like {language!r}; read.languages has {', '.join(config.languages)}"
        return Reject(source.shown, item.doc_id, "not_english", detail)
    host = host_of(item.url)
    return RawArticle(
        doc_id=item.doc_id,
        path=source.shown,
        sha256=sha256,
        format=kind,
        text=item.text,
        html=item.html,
        url=item.url,
        site=item.site or host,
        title=item.title,
        author=item.author,
        date_text=item.date_text,
        site_key=site_key(host, item.site, source.doc_id),
        language=language,
        warnings=item.warnings,
    )


def host_of(url: str | None) -> str | None:
    """The site in an address: its host without what only tells the device."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return HOST_NOISE.sub("", host) or None if host else None


def site_key(host: str | None, site: str | None, doc_id: str) -> str | None:
    """What articles of one site have in common: host, else site field, else the folder.

    The folder is the first below the input folder that looks like a host, else the first with a letter in
    it (folders of years and days tell nothing).
    """
    if host:
        return host
    if site:
        return host_of(f"//{site.lower()}") if HOST.fullmatch(site.lower()) else site.lower()
    folders = [part.lower() for part in PurePosixPath(doc_id).parent.parts]
    hosts = (HOST_NOISE.sub("", part) for part in folders if HOST.fullmatch(part))
    return next(hosts, next((part for part in folders if any(map(str.isalpha, part))), None))


def _storable(text: str) -> str:
    """``text`` without lone halves of surrogate pairs, which no table can hold; offsets stay."""
    return SURROGATES.sub("\ufffd", text)


def _storable_item(item: Item) -> Item:
    changed = {
        name: _storable(value)
        for name in ("doc_id", "text", "html", "url", "site", "title", "author", "date_text")
        if (value := getattr(item, name)) is not None and SURROGATES.search(value)
    }
    if not changed:
        return item
    return dataclasses.replace(item, **changed, warnings=(*item.warnings, "surrogates_replaced"))
