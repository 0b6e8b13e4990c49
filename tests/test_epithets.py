"""Epithets: "the translator", "the 48-year-old", "the Swede" stand for somebody named just before."""

from __future__ import annotations

import pytest

from tests.test_resolve import HALE, resolved

DORN = "Laura Dorn/PERSON "


@pytest.mark.parametrize(
    ("text", "ents", "source", "name"),
    [
        ("Laura Dorn left. The translator said it rained.", DORN, "The translator", "Laura Dorn"),
        ("Laura Dorn left. The former minister said it rained.", DORN, "The former minister", "Laura Dorn"),
        ("Laura Dorn left. The mother of two said it rained.", DORN, "The mother of two", "Laura Dorn"),
        ("Laura Dorn left. The 48-year-old governor said it rained.", DORN, "The 48-year-old governor",
         "Laura Dorn"),
        # an age that was said
        ("Laura Dorn, 48, met Kenneth Hale, 51. The 48-year-old said it rained.", HALE + DORN,
         "The 48-year-old", "Laura Dorn"),
        ("Laura Dorn, 48, left. The 51-year-old said it rained.", DORN, "The 51-year-old", None),
        # offices, parts in an event, kin and company bring in somebody new
        ("Laura Dorn left. The minister said it rained.", DORN, "The minister", None),
        ("Laura Dorn left. The driver said it rained.", DORN, "The driver", None),
        ("Laura Dorn left. The mother said it rained.", DORN, "The mother", None),
        ("Laura Dorn left. The jury said it rained.", DORN, "The jury", None),
        # what follows tells who is meant
        ("Laura Dorn left. The translator of the book said it rained.", DORN, "The translator of the book",
         None),
        ("Kenneth Hale left. The man from the council said it rained.", HALE, "The man from the council",
         None),
        # another trade, or the other gender
        ("Laura Dorn, a baker, left. The plumber said it rained.", DORN, "The plumber", None),
        ("Laura Dorn left. The actor said it rained.", DORN, "The actor", None),
        # too far back
        ("Laura Dorn left. It rained. It snowed. The translator said it froze.", DORN, "The translator",
         None),
        # who acts goes before who is only named
        ("Kenneth Hale left without Laura Dorn. The translator said it rained.", HALE + DORN,
         "The translator", "Kenneth Hale"),
        # bodies
        ("Dorn Electric left. The Dutch company said it rained.", "Dorn Electric/ORG Dutch/NORP",
         "The Dutch company", "Dorn Electric"),
        ("Dorn Electric left. The utility said it rained.", "Dorn Electric/ORG", "The utility",
         "Dorn Electric"),
        ("Dorn College left. The museum said it rained.", "Dorn College/ORG", "The museum", None),
    ],
)  # fmt: skip
def test_whom_an_epithet_stands_for(text: str, ents: str, source: str, name: str | None) -> None:
    said = "it froze" if "froze" in text else "it rained"
    kind = "organization" if "/ORG" in ents else "person"
    (claim,) = resolved(text, ents, (source, said, {"source_kind": kind}))
    assert claim.source_name == name
    assert claim.anonymous == (name is None)


def test_of_two_who_act_the_one_who_spoke_last_is_meant() -> None:
    text = "Kenneth Hale left. Laura Dorn said it rained. The translator said it snowed."
    claims = resolved(text, HALE + DORN, ("Laura Dorn", "it rained"), ("The translator", "it snowed"))
    assert [claim.source_name for claim in claims] == ["Laura Dorn", "Laura Dorn"]
