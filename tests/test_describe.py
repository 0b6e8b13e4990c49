"""What a source's words say, on Docs typed in by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

from pipeline.claims.describe import describe_source
from pipeline.claims.lexicon import load_lexicon
from pipeline.schema import SOURCE_KINDS
from tests.typed import TAGS, VOCAB, typed_doc

LEXICON = load_lexicon()

# text; kind, head, role, nationality, affiliation, count, anonymous
CASES = [
    ("three/m Iraqi/j militia/n commanders/n", "group commander militia_commander Iraqi - 3 yes"),
    ("an/d Iraqi/j security/n official/n", "person official security_official Iraqi - 1 yes"),
    ("a/d second/j Iraqi/j security/n official/n", "person official security_official Iraqi - 1 yes"),
    (
        "an/d Iraqi/j government/n official/n",
        "person official government_official Iraqi Iraqi_government 1 yes",
    ),
    (
        "one/m of/i the/d pro/j -/u Iran/p militia/n commanders/n",
        "person commander militia_commander pro-Iran - 1 yes",
    ),
    ("Iraqi/j President/p Fuad/p Masum/p", "person - President Iraqi - - no"),
    (
        "General/p Kenneth/p McKenzie/p ,/u head/n of/i US/p Central/p Command/p",
        "person - General - US_Central_Command - no",
    ),
    (
        "James/p Carafano/p ,/u vice/n president/n of/i foreign/j and/c defense/n "
        "policy/n studies/n at/i the/d Heritage/p Foundation/p",
        "person - vice_president - Heritage_Foundation - no",
    ),
    ("he/r", "person - - - - - yes"),
    ("They/r", "group - - - - - yes"),
    ("Another/d", "person - - - - 1 yes"),
    ("one/m", "person - - - - 1 yes"),
    ("Both/d", "group - - - - 2 yes"),
    ("two/m of/i them/r", "group - - - - 2 yes"),
    ("many/j", "group - - - - - yes"),
    ("I/r", "author - - - - - yes"),
    ("Mr./p Dabbagh/p", "person - - - - - no"),
    ("the/d general/n", "person general general - - - yes"),
    ("The/d President/p", "person president President - - - yes"),
    ("Officials/n", "group official official - - - yes"),
    ("several/j senior/j officials/n", "group official senior_official - - - yes"),
    ("a/d number/n of/i candidates/n", "group candidate candidate - - - yes"),
    ("a/d dozen/n economists/n", "group economist economist - - 12 yes"),
    ("Activists/d", "group activist activist - - - yes"),
    ("Advertisers/p", "group advertiser advertiser - - - yes"),
    ("officials/r", "group official official - - - yes"),
    ("a/d note/n taped/n to/i the/d drill/n", "document note - - - 1 yes"),
    ("state/r media/n", "media media - - - - no"),
    ("the/d state/n news/n agency/n", "media agency - - - - no"),
    ("a/d newspaper/n", "media newspaper - - - 1 yes"),
    ("the/d border/n agency/n", "organization agency - - - - no"),
    ("an/d agency/n", "organization agency - - - 1 yes"),
    ("27/m percent/n of/i voters/n", "group voter voter - - - yes"),
    ("the/d Iraqi/j military/n", "organization military - Iraqi - - no"),
    ("police/n", "organization police - - - - no"),
    ("the/d group/n", "organization group - - - - yes"),
    ("a/d statement/n signed/v by/i five/m Iraqi/j factions/n", "document statement - - - 1 yes"),
    ("the/d US/p Department/p of/i State/p", "organization - - US - - no"),
    ("the/d Pentagon/p", "organization - - - - - no"),
    ("the/d TUC/p ,/u which/r met/v", "organization - - - - - no"),
    ("Airlind/p ,/u a/d local/j company/n", "organization - - - - - no"),
    ("Hedge/p fund/n manager/n Carl/p Iden/p", "person - Hedge_fund_manager - - - no"),
    (
        "The/d head/n of/i the/d UN/p 's/t nuclear/j agency/n ,/u Rafael/p Grossi/p",
        "person head head - UN's_nuclear_agency - yes",
    ),
    ("Hospital/n management/n", "group management hospital_management - - - yes"),
    ("Al-Manar/p", "media - - - - - no"),
    ("the/d coast/n guard/n", "organization guard - - - - no"),
    ("a/d senior/j civil/j servant/n", "person servant senior_civil_servant - - 1 yes"),
    ("Almaz/p Bekele/p ,/u 43/j ,/u a/d shopkeeper/n", "person - shopkeeper - - - no"),
    ("a/d person/n familiar/j with/i the/d exchange/n", "person person person - - 1 yes"),
    ("Reuters/p", "media - - - - - no"),
    ("the/d Harbour/p Protection/p Agency/p", "organization - - - - - no"),
    ("Meridian/p News/p Agency/p", "media - - - - - no"),
    ("the/d newspaper/n", "media newspaper - - - - yes"),
    ("a/d WBUR/p poll/n", "document poll - - - 1 yes"),
    ("the/d ministry/n 's/t spokesman/n", "person spokesman spokesman - ministry - yes"),
    ("a/d Hezbollah/p official/n", "person official official - Hezbollah 1 yes"),
    ("a/d captain/n who/r survived/v the/d attack/n", "person captain captain - - 1 yes"),
    ("The/d governor/n ,/u Hadi/p al/p -/u Barrak/p ,/u", "person governor governor - - - no"),
    ("Halima/p ,/u a/d mother/n of/i four/m", "person - mother - - - no"),
    ("officials/n briefed/v on/i the/d talks/n", "group official official - - - yes"),
    (
        "Lucia/p Arenas/p of/i the/d Institute/p for/i Maritime/p Order/p in/i Manila/p",
        "person - - - Institute_for_Maritime_Order - no",
    ),
    ("the/d South/j Korean/j defence/n minister/n", "person minister defence_minister South_Korean - - yes"),
    ("The/d Iranians/p", "group iranian - Iranians - - yes"),
    ("Shia/j leaders/n", "group leader leader Shia - - yes"),
    ("U.S./p officials/n", "group official official U.S. - - yes"),
    ("Republican/p and/c Democratic/j leaders/n", "group leader leader Republican+Democratic - - yes"),
    ("diplomatic/j and/c military/j sources/n", "group source diplomatic_and_military_source - - - yes"),
    ("Mr./p King/p", "person - - - - - no"),
    ("multiple/j sources/n that/r spoke/v to/i us/r", "group source source - - - yes"),
    ("female/j donors/n in/i both/d parties/n", "group donor female_donor - - - yes"),
    ("a/d professor/n of/i government/n", "person professor professor - - 1 yes"),
    ("22/m percent/n", "group - - - - - yes"),
    ("among/i voters/n", "group voter voter - - - yes"),
    ("his/r widow/n", "person widow widow - - - yes"),
]


def shown(value: object) -> str:
    if isinstance(value, tuple):
        value = "+".join(value)
    return "-" if value is None else str(value).replace(" ", "_")


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_description(text: str, expected: str) -> None:
    doc, _ = typed_doc(text)
    found = describe_source(doc[:], LEXICON, by_author=True)
    fields = [found.kind, found.head, found.role, found.nationality, found.affiliation, found.count]
    assert " ".join(map(shown, fields)) + (" yes" if found.anonymous else " no") == expected
    assert found.members == ()


MEMBERS = [
    ("Iraqi/j security/n officials/n ,/u militia/n commanders/n and/c Western/j "
     "diplomatic/j and/c military/j sources/n",
     ["Iraqi security officials", "militia commanders", "Western diplomatic and military sources"]),
    ("a/d second/j Iraqi/j security/n official/n ,/u three/m commanders/n of/i larger/j ,/u "
     "publicly/b active/j pro/j -/u Iranian/j militia/n groups/n ,/u an/d Iraqi/j "
     "government/n official/n ,/u a/d Western/j diplomat/n and/c a/d Western/j military/j "
     "source/n",
     ["a second Iraqi security official",
      "three commanders of larger, publicly active pro-Iranian militia groups",
      "an Iraqi government official", "a Western diplomat", "a Western military source"]),
    ("Iranian/j officials/n and/c representatives/n of/i the/d Iraqi/j government/n ,/u the/d "
     "pro/j -/u Iran/p militia/n and/c the/d US/p military/n",
     ["Iranian officials",
      "representatives of the Iraqi government, the pro-Iran militia and the US military"]),
    ("The/d Iraqi/j security/n officials/n and/c the/d Western/j sources/n",
     ["The Iraqi security officials", "the Western sources"]),
    ("accounts/n by/i Iraqi/j officials/n ,/u militia/n commanders/n and/c Western/j sources/n",
     ["Iraqi officials", "militia commanders", "Western sources"]),
    ("Mr./p Cruz/p and/c two/m aides/n", ["Mr. Cruz", "two aides"]),
    ("Hill/p ,/u a/d doctor/n and/c father/n of/i two/m ,/u", []),
    ("a/d mother/n and/c activist/n", []),
    ("Henry/p Holt/p and/c Company/p", []),
    ("observers/n ,/u including/v the/d union/n and/c the/d bank/n", []),
    ("His/r father/n and/c agent/n ,/u Jorge/p", []),
    ("the/d inspectors/n ,/u a/d firm/n called/v Brandt/p &/c Lowe/p", []),
    ("Neither/d the/d ministry/n nor/c the/d bank/n", ["the ministry", "the bank"]),
    ("officials/n in/i Iran/p and/c Iraq/p", []),
    ("Tracy/p Martin/p ,/u Trayvon/p 's/t father/n ,/u", []),
    ("14/m human/j rights/n and/c environmental/j groups/n", []),
    ("Jo/p Hale/p ,/u Ann/p 's/t brother/n and/c a/d doctor/n", ["Jo Hale", "Ann's brother", "a doctor"]),
]  # fmt: skip


def test_an_apposition_of_two_nouns_is_closed_by_a_comma() -> None:
    doc, _ = typed_doc("Jo/p Hale/p ,/u Ann/p 's/t brother/n and/c a/d doctor/n ,/u said/v")
    assert describe_source(doc[:9], LEXICON, by_author=True).members == ()


@pytest.mark.parametrize(("text", "members"), MEMBERS)
def test_members(text: str, members: list[str]) -> None:
    doc, _ = typed_doc(text)
    found = describe_source(doc[:], LEXICON, by_author=True)
    assert [doc.text[each.start : each.end] for each in found.members] == members


WORDS = (
    "the a of and , at who three both Iraqi officials Council ministry 's Kenneth McKenzie Reuters report "
    "percent chief staff - ( ) [ said second another leading government one none for US one's"
).split()


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(sorted(TAGS))), min_size=1, max_size=14))
def test_any_words_and_tags_give_members_inside_the_source(pairs: list[tuple[str, str]]) -> None:
    words = [word for word, _ in pairs]
    doc = Doc(VOCAB, words=words, pos=[TAGS[tag] for _, tag in pairs])
    found = describe_source(doc[:], LEXICON, by_author=False)
    assert found.kind in SOURCE_KINDS
    assert all(0 <= each.start < each.end <= len(doc.text) for each in found.members)


def test_no_source() -> None:
    found = describe_source(None, LEXICON, by_author=True)
    assert (found.kind, found.anonymous) == ("unknown", True)
