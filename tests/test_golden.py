"""The sample corpus and the claims marked in it by hand."""

import re

import pytest

from pipeline import schema
from pipeline.clean import clean
from pipeline.config import load_config
from pipeline.read import find_inputs, read_articles
from tests.golden_score import match, overlap, read_gold, score

CORPUS = "corpus"

READ_SHARE = 0.98
"""Least share of the expected claims that cleaning must leave to be read; 131 of 133 on 21 November 2026, the
two others being headline and standfirst of the portal page."""


@pytest.fixture(scope="module")
def gold():
    return read_gold()


@pytest.fixture(scope="module")
def articles(pytestconfig):
    config = load_config()
    return [a for i in find_inputs([pytestconfig.rootpath / CORPUS]) for a in read_articles(i, config)]


@pytest.fixture(scope="module")
def texts(articles):
    return {article.doc_id: one_blank(article.text) for article in articles}


def one_blank(text):
    return re.sub(r"\s+", " ", text)


def test_every_article_has_expected_claims(gold, texts):
    assert len(texts) == 10
    assert {claim["doc_id"] for claim in gold} == set(texts)


def test_expected_claims_stand_in_the_corpus(gold, texts):
    for claim in gold:
        spans = [*claim["content"], claim["source"], claim["cue"], claim["addressee"], claim["said_when"]]
        missing = [span for span in spans if span is not None and span not in texts[claim["doc_id"]]]
        assert not missing, (claim["doc_id"], claim["claim"])


def test_cleaning_leaves_the_expected_claims(gold, articles):
    config = load_config()
    read = {a.doc_id: one_blank(schema.read_article(clean(a, config=config)).text) for a in articles}
    lost = [c for c in gold if not all(part in read[c["doc_id"]] for part in c["content"])]
    assert len(lost) <= (1 - READ_SHARE) * len(gold), [(c["doc_id"], c["claim"]) for c in lost]


def test_expected_claims_keep_to_the_contract(gold):
    for claim in gold:
        assert claim["content"]
        assert claim["form"] in schema.FORMS
        assert claim["cue_class"] in schema.CUE_CLASSES
        assert claim["source_kind"] in schema.SOURCE_KINDS
        assert claim["source"] is not None or (claim["source_kind"] == "unknown" and claim["anonymous"])
        assert claim.get("source_name") is None or not claim["anonymous"]


def test_links_lead_to_claims_of_the_same_article(gold):
    by_number = {(claim["doc_id"], claim["claim"]): claim for claim in gold}
    assert len(by_number) == len(gold)
    for claim in gold:
        if claim["parent"] is not None:
            parent = by_number[claim["doc_id"], claim["parent"]]
            assert claim["content"][0] in " ".join(parent["content"])
        if "supports" in claim:
            assert (claim["doc_id"], claim["supports"]) in by_number


def found_claim(claim_id, source, content, cue="said", **columns):
    row = {"doc_id": "a", "claim_id": claim_id, "source": source, "content": content, "cue": cue}
    return row | {"form": "indirect", "cue_class": "say", "source_kind": "person"} | columns


def test_score_counts_each_claim_once():
    marked = {"doc_id": "a", "content": ["the road", "was open"], "source": "She", "cue": "said"}
    found = [
        found_claim("x", "she", "the road … was open"),
        found_claim("y", "she", "the road … was"),
        found_claim("z", "he", "the road … was open"),
    ]
    assert [claim["claim_id"] for _, claim in match([marked], found)] == ["x"]
    figures = score([marked | {"cue_class": "deny", "form": "indirect"}], found)
    assert figures["recall"] == 1
    assert figures["precision"] == pytest.approx(1 / 3)
    assert (figures["form"], figures["cue_class"]) == (1, 0)


@pytest.mark.parametrize(
    ("ours", "theirs", "share"),
    [(None, None, 1), ("she", None, 0), ("“No,” she", "No she", 1), ("an officer", "officer", 0.5)],
)
def test_overlap_of_words(ours, theirs, share):
    assert overlap(ours, theirs) == share
