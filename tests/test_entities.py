"""Entities by rule and the fullest form of names, on Docs typed by hand."""

from __future__ import annotations

import time

import pytest
from spacy.lang.en import English
from spacy.tokens import Doc, Span

from pipeline.config import read_lexicon
from pipeline.entities import CONFIDENCE_KEY, find_entities, materiel
from pipeline.schema import Article, Document, Entity, Segment, read_article

NLP = English()


def article_of(*lines: str) -> Article:
    text = "\n".join(lines)
    segments, start = [], 0
    for n, line in enumerate(lines):
        segments.append(
            Segment("d", f"d#s{n}", "body", True, start, start + len(line), line, None, None, "test")
        )
        start += len(line) + 1
    document = Document(
        doc_id="d", path="d.txt", sha256="0", format="txt", url=None, site=None, publisher=None, title=None,
        subtitle=None, authors=None, agency=None, published=None, published_text=None, updated=None,
        language="en",
        text=text, body=text, n_chars=len(text), n_words=len(text.split()), n_claims=0, duplicate_of=None,
        warnings=None,
    )  # fmt: skip
    return Article(document, tuple(segments))


def test_phrases_are_cut_as_the_tokenizer_cuts() -> None:
    phrases = [phrase for _, row in read_lexicon("materiel") for phrase in row.split(";")]
    assert {"rocket-propelled grenade", "F/A-18"} <= set(phrases)
    for phrase in phrases:
        assert materiel._split(phrase) == [token.text for token in NLP.tokenizer(phrase.casefold())]


def entities_of(text: str, *ents: tuple[str, str], numerals: str = "") -> list[Entity]:
    """Entities of one-line ``text``; ``ents`` are the model's, by their words in order of occurrence."""
    article = article_of(*text.split("\n"))
    reading = read_article(article)
    doc = NLP.make_doc(reading.text)
    for token in doc:
        token.pos_ = "NUM" if token.like_num or token.text in numerals.split() else "NOUN"
        if token.text == "said":
            token.pos_ = "VERB"
        if token.text in {"first", "second", "third"}:
            token.pos_ = "ADJ"
    doc.ents = list(_spans(doc, ents))
    return find_entities(doc, reading, article)


def _spans(doc: Doc, ents: tuple[tuple[str, str], ...]):
    at = 0
    for words, label in ents:
        at = doc.text.index(words, at)
        span = doc.char_span(at, at + len(words), label=label, alignment_mode="expand")
        assert span is not None
        yield span
        at = span.end_char


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It cost $1.5 billion.", [("$1.5 billion", "MONEY")]),
        ("They paid seven million dollars for it.", [("seven million dollars", "MONEY")]),
        ("N150 million or KSh3m", [("N150 million", "MONEY"), ("KSh3m", "MONEY")]),
        ("worth AED 310 million or Tk 1.5 lakh", [("AED 310 million", "MONEY"), ("Tk 1.5 lakh", "MONEY")]),
        ("for 11 billion crowns", [("11 billion crowns", "MONEY")]),
        ("fined 40,000 Kenyan shillings", [("40,000 Kenyan shillings", "MONEY")]),
        ("on the R4 highway", []),
        ("about 15 to 20 percent of it", [("15 to 20 percent", "PERCENT")]),
        ("some 80 km (50 miles) north", [("80 km", "QUANTITY"), ("50 miles", "QUANTITY")]),
        ("It began at 8:11 pm there.", [("8:11 pm", "TIME")]),
        ("the 2,500 troops", [("2,500", "CARDINAL")]),
        ("in 2014 there", []),
        ("one said so", []),
        ("a second strike", [("second", "ORDINAL")]),
        ("hundreds of fighters", [("hundreds", "CARDINAL")]),
        ("eight Katyusha rockets fell", [("eight", "CARDINAL"), ("Katyusha rockets", "WEAPON")]),
        ("a rocket-propelled grenade", [("rocket-propelled grenade", "WEAPON")]),
        ("armed drones", [("armed drones", "VEHICLE")]),
        ("in Tank street", []),
    ],
)
def test_rules(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.text, each.label) for each in entities_of(text)] == expected


def test_rule_entities_have_no_name() -> None:
    assert [each.name for each in entities_of("$5 million for 3 rockets")] == [None, None, None]


def test_model_goes_before_rules_but_amounts_take_their_numbers() -> None:
    found = entities_of(
        "It paid $40 million to Katyusha Holdings.", ("40", "CARDINAL"), ("Katyusha Holdings", "ORG")
    )
    assert [(each.text, each.label) for each in found] == [
        ("$40 million", "MONEY"),
        ("Katyusha Holdings", "ORG"),
    ]


def test_edges_are_trimmed() -> None:
    (found,) = entities_of("He left the Heritage Foundation's office", ("the Heritage Foundation's", "ORG"))
    assert found.text == "Heritage Foundation"


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("She works at the School of", ("the School of", "ORG"), ["School"]),
        ("He left the House of Lords", ("the House of Lords", "ORG"), ["House of Lords"]),
        ("The Who and the what", ("The Who and the", "ORG"), ["Who"]),
        ("He told Mr. Hale so", ("Mr.", "PERSON"), []),
        ("The Secretary of State left", ("State", "PERSON"), []),
        ("It rained, Ann Hale, R-Ky., said", ("Ann Hale, R-Ky.", "PERSON"), ["Ann Hale"]),
        ("He told Mr. Hale so", ("Mr. Hale", "PERSON"), ["Mr. Hale"]),
        ("Write to a.hale@herald.example today", ("a.hale@herald.example", "PERSON"), []),
        ("She writes for Salon.com today", ("Salon.com", "ORG"), ["Salon.com"]),
    ],
)
def test_what_is_no_name_is_left_out(text: str, found: tuple[str, str], expected: list[str]) -> None:
    assert [each.text for each in entities_of(text, found)] == expected


def test_no_name_goes_on_below() -> None:
    for between, expected in (
        ("\n\n", ["Jo Hale", "Dorn"]),
        ("\n", ["Jo Hale\nDorn"]),
        ("  ", ["Jo Hale  Dorn"]),
    ):
        article = article_of(f"Liked by Jo Hale{between}Dorn has a point")
        reading = read_article(article)
        doc = NLP.make_doc(reading.text)
        doc.ents = [doc.char_span(9, 20 + len(between), label="PERSON")]
        assert [each.text for each in find_entities(doc, reading, article)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Greens' Ann Hale", "Ann Hale"), ("NPR’s Ivo Dorn", "Ivo Dorn"), ("Siobhan O'Hale", "Siobhan O'Hale")],
)
def test_a_person_is_not_whose_they_are(text: str, expected: str) -> None:
    assert [each.text for each in entities_of(f"The {text} left", (text, "PERSON"))] == [expected]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("the minister, Said bin Hale, left", "bin Hale", "Said bin Hale"),
        ("Prince Al-Amir bin Hale left", "bin Hale", "Al-Amir bin Hale"),
        ("it said bin Hale left", "bin Hale", "bin Hale"),
        ("Today Hale left", "Hale", "Hale"),
    ],
)
def test_a_name_begins_before_bin(text: str, found: str, expected: str) -> None:
    assert [each.text for each in entities_of(text, (found, "PERSON"))] == [expected]


def test_a_title_before_its_person_is_no_name() -> None:
    found = entities_of(
        "The Ayatollah Ali Hale met Ayatollah Dorn", ("Ayatollah", "PERSON"), ("Ali Hale", "PERSON")
    )
    assert [each.text for each in found] == ["Ali Hale"]


def test_an_initial_is_no_article() -> None:
    (found,) = entities_of("A M Khan said so", ("A M Khan", "PERSON"))
    assert found.name == "A M Khan"


def test_confidence_comes_from_the_model() -> None:
    article = article_of("Paris burns")
    reading = read_article(article)
    doc = NLP.make_doc(reading.text)
    doc.ents = [doc.char_span(0, 5, label="GPE")]
    doc.user_data[CONFIDENCE_KEY] = {(0, 5): 0.5}
    assert find_entities(doc, reading, article)[0].confidence == 0.5
    assert find_entities(doc, reading, article, least=0.6) == []


PEOPLE = "PERSON"


@pytest.mark.parametrize(
    ("text", "ents", "names"),
    [
        ("Kenneth Hale spoke. General Hale left.", [("Kenneth Hale", PEOPLE), ("Hale", PEOPLE)],
        ["Kenneth Hale"] * 2),
        ("Mr. Dorn spoke. Then Ivo Dorn left.", [("Dorn", PEOPLE), ("Ivo Dorn", PEOPLE)], ["Ivo Dorn"] * 2),
        (
            "George Pell and Laura Pell came. Mrs. Pell spoke. Mr. Pell slept. Pell woke.",
            [("George Pell", PEOPLE), ("Laura Pell", PEOPLE), ("Pell", PEOPLE), ("Pell", PEOPLE), ("Pell",
            PEOPLE)],
            ["George Pell", "Laura Pell", "Laura Pell", "George Pell", "George Pell"],
        ),
        (
            "Qassem Amiri met Qasem Amiri. Amiri left.",
            [("Qassem Amiri", PEOPLE), ("Qasem Amiri", PEOPLE), ("Amiri", PEOPLE)],
            ["Qassem Amiri"] * 3,
        ),
        (
            "Ali al-Tamir came. Mr. Tamir and al-Tamir left.",
            [("Ali al-Tamir", PEOPLE), ("Tamir", PEOPLE), ("al-Tamir", PEOPLE)],
            ["Ali al-Tamir"] * 3,
        ),
        ("[Spokesman Ali al-]Tamir said", [("Tamir", PEOPLE)], ["Ali al-Tamir"]),
        ("Kim Yo-han spoke. Kim left.", [("Kim Yo-han", PEOPLE), ("Kim", PEOPLE)], ["Kim Yo-han"] * 2),
        (
            "the National Grain Board (NGB) said. NGB denied.",
            [("National Grain Board", "ORG"), ("NGB", "ORG"), ("NGB", "ORG")],
            ["National Grain Board"] * 3,
        ),
        (
            "Popular Grain Front left. The PGF stayed.",
            [("Popular Grain Front", "ORG"), ("PGF", "ORG")],
            ["Popular Grain Front"] * 2,
        ),
        ("the United States and the U.S.", [("United States", "GPE"), ("U.S.", "GPE")],
        ["United States"] * 2),
        ("the U.S. and the U.S. and America", [("U.S.", "GPE"), ("U.S.", "GPE"), ("America", "GPE")],
        ["U.S."] * 3),
        ("America and the U.S.", [("America", "GPE"), ("U.S.", "GPE")], ["America"] * 2),
        ("America, the U.S., the U.S., the United States",
         [("America", "GPE"), ("U.S.", "GPE"), ("U.S.", "GPE"), ("United States", "GPE")],
         ["United States"] * 4),
        ("Jordan and Ann Jordan", [("Jordan", "GPE"), ("Ann Jordan", PEOPLE)], ["Jordan", "Ann Jordan"]),
        ("J. Smith, John Smith, Jane Smith", [("J. Smith", PEOPLE), ("John Smith", PEOPLE), ("Jane Smith",
        PEOPLE)],
         ["J. Smith", "John Smith", "Jane Smith"]),
    ],
)  # fmt: skip
def test_names_are_the_fullest_form(text: str, ents: list[tuple[str, str]], names: list[str]) -> None:
    assert [each.name for each in entities_of(text, *ents)] == names


def cut(text: str, *ents: tuple[int, int, str]) -> list[tuple[str, str | None]]:
    """Text and name of the entities, where the model's are given by their code points."""
    article = article_of(text)
    doc = Doc(NLP.vocab, words=[*text], spaces=[False] * len(text))  # a token a letter: cuts fall anywhere
    doc.ents = [Span(doc, start, end, label=label) for start, end, label in ents]
    found = find_entities(doc, read_article(article), article)
    assert all(text[each.start : each.end] == each.text for each in found)
    return [(each.text, each.name) for each in found]


@pytest.mark.parametrize(
    ("text", "ents", "expected"),
    [
        ("[Spokesman Ali al-]Tamir said. Mr. Tamir left.", [("Ali al-", PEOPLE), ("Tamir", PEOPLE)],
         [("Ali al-]Tamir", "Ali al-Tamir"), ("Tamir", "Ali al-Tamir")]),
        ("[Ali al-]Tamir’s army", [("Ali al-", PEOPLE)], [("Ali al-]Tamir", "Ali al-Tamir")]),
        ("[Ivo] Dorn said", [("Ivo", PEOPLE), (" Dorn", PEOPLE)], [("Ivo] Dorn", "Ivo Dorn")]),
        ("[Ann Mc]Pell said", [("Ann Mc", PEOPLE)], [("Ann Mc]Pell", "Ann McPell")]),
        ("M[ark] Reyes left. Reyes said", [("M[ark] Reyes", PEOPLE), ("Reyes", PEOPLE)],
         [("M[ark] Reyes", "Mark Reyes"), ("Reyes", "Mark Reyes")]),
        ("Mark Reyes left. Mark [Reyes] said", [("Mark Reyes", PEOPLE), ("Mark [Reyes", PEOPLE)],
         [("Mark Reyes", "Mark Reyes"), ("Mark [Reyes", "Mark Reyes")]),
        ("Ivo Amari left. [A]mari said", [("Ivo Amari", PEOPLE), ("A]mari", PEOPLE)],
         [("Ivo Amari", "Ivo Amari"), ("A]mari", "Ivo Amari")]),
        # a title that an editor wrote out is no body
        ("Gen[eral] Mark Reyes said", [("Gen[eral", "ORG"), ("Mark Reyes", PEOPLE)],
         [("Mark Reyes", "Mark Reyes")]),
        ("Gen[eral] Motors said", [("Gen[eral] Motors", "ORG")], [("Gen[eral] Motors", "General Motors")]),
        # what must not change
        ("[Ivo Dorn] Yesterday it rained", [("Ivo Dorn", PEOPLE)], [("Ivo Dorn", "Ivo Dorn")]),
        ("[Ivo Dorn] Dorn Chemical left", [("Ivo Dorn", PEOPLE), (" Dorn Chemical", "ORG")],
         [("Ivo Dorn", "Ivo Dorn"), (" Dorn Chemical", "Dorn Chemical")]),
        ("he [Ali al-]said", [("Ali al-", PEOPLE)], [("Ali al-", "Ali al-")]),
        ("Ali al-] Tamir said", [("Ali al-", PEOPLE)], [("Ali al-", "Ali al-")]),
        ("[Ali al-", [("Ali al-", PEOPLE)], [("Ali al-", "Ali al-")]),
    ],
)  # fmt: skip
def test_a_name_cut_at_an_editors_bracket(
    text: str, ents: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    spans, at = [], 0
    for words, label in ents:
        begin = text.rindex(words) if at else text.index(words)
        at = begin + len(words)
        spans.append((at - len(words.strip()), at, label))
    assert cut(text, *spans) == [(each.strip(), name) for each, name in expected]


def test_offsets_count_in_the_text_across_segments() -> None:
    article = article_of("One two", "Paris", "Rome")
    found = entities_of("One two\nParis\nRome", ("Paris", "GPE"), ("Rome", "GPE"))
    for each in found:
        assert article.document.text[each.start : each.end] == each.text
    assert [each.segment_id for each in found] == ["d#s1", "d#s2"]


def seconds_for_names(n: int) -> float:
    text = ", ".join(
        f"{chr(65 + k % 26)}{chr(97 + k // 26 % 26)}{chr(97 + k // 676)}x Smith" for k in range(n)
    )
    article = article_of(text)
    reading = read_article(article)
    doc = NLP.make_doc(text)
    doc.ents = [Span(doc, 3 * k, 3 * k + 2, label="PERSON") for k in range(n)]
    begun = time.perf_counter()
    assert len(find_entities(doc, reading, article)) == n
    return time.perf_counter() - begun


def test_ten_thousand_names_of_one_family_take_near_linear_time() -> None:
    seconds_for_names(100)
    assert seconds_for_names(10_000) < 40 * seconds_for_names(1_000)
