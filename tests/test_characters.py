"""Damaged characters: what is seen in their place, and offsets that lead back to what is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.characters import as_seen
from pipeline.clean import clean
from pipeline.config import load_config
from pipeline.schema import RawArticle, read_article


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("the min\u00adis\u00adter", "the minister"),
        ("Abd\u200bul\u200cKarim", "AbdulKarim"),
        ("\u202bKarim\u202c said\ufeff", "Karim said"),
        ("Johnson &amp; Johnson", "Johnson & Johnson"),
        ("&quot;No,&quot; he said", '"No," he said'),
        ("it&#8217;s &#x2019;70s", "it’s ’70s"),
        ("ten&nbsp;men", "ten men"),
        ("mini&shy;ster", "minister"),
        ("itâ€™s â€œoverâ€\u009d", "it’s “over”"),
        ("SÃ£o Paulo, MÃ¼nchen", "São Paulo, München"),
        # what is no damage stays
        ("São Paulo, Â£5, naïve café", "São Paulo, £5, naïve café"),
        ("AT&T; R&D; fish & chips", "AT&T; R&D; fish & chips"),
        ("&unknown; &#0; &#1234567;", "&unknown; &#0; &#1234567;"),
        ("château, Ålesund, Âge", "château, Ålesund, Âge"),
        ("It’s “over” – no…", "It’s “over” – no…"),
        ("plain", "plain"),
    ],
)
def test_what_is_seen(written: str, seen: str) -> None:
    assert as_seen(written)[0] == seen


PROSE = (
    "The min\u00adister of Johnson &amp; Sons told reporters that the bridge itâ€™s about would stay closed, "
    "and Abd\u200bullah said so too on Mon\u00adday.\n"
    "\u200b&quot;We will wait,&quot; the engineer told the council of SÃ£o Rio, "
    "which had asked on Tuesday&quot;\u00ad\n"
    "Nobody else who lives on the river bank has been told about it yet, the clerk said on Friday."
)


@pytest.mark.parametrize(
    ("seen", "written"),
    [
        ("minister", "min\u00adister"),
        ("Johnson & Sons", "Johnson &amp; Sons"),
        ("Abdullah", "Abd\u200bullah"),
        ("it’s", "itâ€™s"),
        ('"We will wait,"', "&quot;We will wait,&quot;"),
        ("São Rio", "SÃ£o Rio"),
        ('on Tuesday"', "on Tuesday&quot;"),
        ("Nobody else", "Nobody else"),
    ],
)
def test_offsets_lead_back(seen: str, written: str) -> None:
    raw = RawArticle(doc_id="a", path="a.txt", sha256="0" * 64, format="txt", text=PROSE)
    article = clean(raw, config=load_config())
    reading = read_article(article)
    start = reading.text.index(seen)
    where = reading.raw(start, start + len(seen))
    assert article.document.text[where.start : where.end] == written
    assert reading.position(where.start) == start


@given(
    st.lists(st.sampled_from(["a", " b", "&amp;", "\u00ad", "â€™", "é", "\u200b\u200b", "&lt;"]), max_size=30)
)
def test_anchors_are_in_order(pieces: list[str]) -> None:
    written = "".join(pieces)
    seen, anchors = as_seen(written)
    assert list(anchors) == sorted(anchors, key=lambda anchor: (anchor.at, anchor.written))
    assert all(0 <= a.at <= len(seen) and a.at <= a.written <= len(written) for a in anchors)
    assert (anchors == ()) == (seen == written)
