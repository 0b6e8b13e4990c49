"""Where the report shows a row: one page an article, an anchor for every row of the tables.

An address depends on the row's ids alone, so that links made today hold after the next run.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_SLUG_CHARS = 40
_DIGEST_CHARS = 8
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_NOT_ANCHOR = re.compile(r"[^\w.:-]+", re.ASCII)
_OTHER_ANCHOR = re.compile(r"(?:[sea]\d+|row-.*|main|text|claims|)\Z", re.DOTALL)


def slug(text: str) -> str:
    """``text`` as part of a file name: lower-case letters, digits and hyphens, never empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_SLUG.sub("-", plain).strip("-")[:_SLUG_CHARS].strip("-") or "x"


def digest(text: str) -> str:
    """Eight hexadecimal digits that tell texts with one slug apart."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARS]


def article_page(doc_id: str) -> str:
    """The article's page, relative to the report's folder."""
    mark = digest(doc_id)
    return f"articles/{mark[:2]}/{slug(doc_id.rpartition('/')[2])}-{mark}.html"


def source_page(key: str, part: int = 0) -> str:
    """A source's page, relative to the report's folder; ``part`` counts the pages of a long one from 0."""
    mark = digest(key)
    more = f"-{part + 1}" if part else ""
    return f"sources/{mark[:2]}/{slug(key)}-{mark}{more}.html"


def row_anchor(doc_id: str, row_id: str) -> str:
    """The anchor of a segment, entity or claim on its article's page.

    Segments and entities are numbered within the article (``doc_id#s3``, ``doc_id#e5``) and their anchor is
    what follows ``#``; a claim's is its id. Characters that an address would have to escape become hyphens.
    """
    own = row_id.removeprefix(f"{doc_id}#")
    plain = _NOT_ANCHOR.sub("-", own)
    return f"claim-{plain}" if own == row_id and _OTHER_ANCHOR.match(plain) else plain


def row_address(doc_id: str, row_id: str) -> str:
    """Where a row of ``segments``, ``entities`` or ``claims`` is shown, relative to the report's folder."""
    return f"{article_page(doc_id)}#{row_anchor(doc_id, row_id)}"
