"""Parts of a claim and its form, on plain text with the content in square brackets."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.claims.spans import content_form, content_parts, content_text, quoted_offsets
from pipeline.schema import Block, Range, Reading


def reading_of(text: str) -> Reading:
    """A reading with one segment a line, copied from 10 characters further on."""
    blocks, start = [], 0
    for n, line in enumerate(text.split("\n")):
        blocks.append(Block(f"d#s{n}", "body", start, start + 10, len(line)))
        start += len(line) + 1
    return Reading(text, tuple(blocks))


def bracketed(text: str) -> tuple[Reading, list[tuple[int, int]]]:
    parts, plain = [], ""
    for piece in re.split(r"(⟦.*?⟧)", text, flags=re.DOTALL):
        if piece.startswith("⟦"):
            parts.append((len(plain), len(plain) + len(piece) - 2))
            piece = piece[1:-1]
        plain += piece
    return reading_of(plain), parts


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('⟦"It rained,"⟧ he said. ⟦"A lot."⟧', "direct"),
        ('"⟦It rained⟧," he said. "⟦A lot⟧."', "direct"),
        ("⟦“It rained,”⟧ he said.", "direct"),
        ("“⟦It rained⟧,” he said.", "direct"),
        ("He said ⟦it rained⟧.", "indirect"),
        ('He said ⟦the "diplomats" had left⟧.', "indirect"),
        ('He said ⟦Iran had made "significant achievements" from its investment⟧.', "mixed"),
        ('He said ⟦its drills were "defensive"⟧.', "mixed"),
        ('He said ⟦their "green energy" had cost them dear⟧.', "indirect"),
        ('He said ⟦the so-called "peace of the brave" was dead⟧.', "indirect"),
        ('He called ⟦that "psychological warfare"⟧.', "mixed"),
        ('He said ⟦the plan was "dead before anyone had read it" and bad⟧.', "mixed"),
        ('He called it ⟦a "witch hunt"⟧.', "mixed"),
        ('He called it ⟦"a witch hunt"⟧.', "direct"),
        ('He said ⟦that "it is raining in Rome today."⟧', "mixed"),
        # A mark left open runs to the end of the paragraph, not further.
        ('⟦"It rained all day.⟧', "direct"),
        ('He said "no.\n⟦It rained all day.⟧', "indirect"),
        ("⟦It rained all day,” he said.⟧", "mixed"),
        ("⟦It rained all day,”⟧ he said.", "direct"),
        ('He said ⟦it rained" all day⟧.', "indirect"),
        ("⟦«It rained»⟧, he said.", "direct"),
        ("⟦„It rained“⟧, he said.", "direct"),
        ("⟦''It rained,''⟧ he said.", "direct"),
        ("⟦``It rained,''⟧ he said.", "direct"),
        # Single quotation marks count where no double ones stand; apostrophes are none.
        ("⟦‘It’s raining,’⟧ he said.", "direct"),
        ("⟦'It's raining in the teachers' yard,'⟧ he said.", "direct"),
        ("He said ⟦the soldiers’ wives and the teachers’ sons were safe⟧.", "indirect"),
        ("⟦\"He told me 'go home' and left,\"⟧ she said.", "direct"),
        # Nothing but punctuation.
        ("He said ⟦...⟧", "indirect"),
    ],
)
def test_form(text: str, form: str) -> None:
    reading, parts = bracketed(text)
    assert content_form(reading, parts) == form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("He called ⟦the remark “regrettable”⟧.", "mixed"),
        ("He called ⟦it “a hoax”⟧.", "mixed"),
        ("He condemned ⟦the army, the police and the “diplomats”⟧.", "indirect"),
        ("He called ⟦the “peace” talks dead⟧.", "indirect"),
    ],
)
def test_form_after_a_cue_that_names(text: str, form: str) -> None:
    reading, parts = bracketed(text)
    assert content_form(reading, parts, naming=True) == form


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ('⟦"It rained,"⟧ he said. ⟦"A lot."⟧', '"It rained," … "A lot."'),
        ('"⟦It rained⟧," he said.', '"It rained,"'),
        ("⟦It rained, ⟧he said⟦, for days⟧.", "It rained … for days"),
        ("He said ⟦it rained⟧ ⟦all day⟧.", "it rained all day"),
        ("He said ⟦it rained⟧, ⟦it poured⟧.", "it rained, it poured"),
        ("He said ⟦it rained.\nIt poured.⟧", "it rained. … It poured."),
        ("He said ⟦it rained\n\nIt poured⟧", "it rained … It poured"),
        ("He said⟦ , ⟧", ""),
        ('⟦"It rained,"⟧ SANA quoted ⟦Ann Hale as saying⟧.', '"It rained,"'),
        ("It quoted ⟦Ann Hale as saying⟧.", "Ann Hale as saying"),
        ("⟦MIROV, Aron — It rained⟧, he said.", "It rained"),
        ("⟦MIROV (AP) - It rained⟧, he said.", "It rained"),
        ("It poured.\n⟦MIROV, Aron — It rained⟧, he said.", "It rained"),
        ("It poured.\n⟦NATO — the alliance — knew⟧, he said.", "NATO — the alliance — knew"),
    ],
)
def test_content(text: str, content: str) -> None:
    reading, parts = bracketed(text)
    found = content_parts(reading, parts)
    assert content_text(reading.text, [Range(*part) for part in found]) == content


@settings(deadline=None)
@given(st.text(alphabet="ab \n\"“”'‘’,.«»„"), st.data())
def test_any_marks_give_parts_inside_the_text(text: str, data: st.DataObject) -> None:
    reading = reading_of(text)
    start = data.draw(st.integers(0, len(text)))
    parts = [(start, data.draw(st.integers(start, len(text))))]
    found = content_parts(reading, parts)
    assert all(0 <= a < b <= len(text) and "\n" not in text[a:b] for a, b in found)
    assert content_form(reading, found) in ("direct", "mixed", "indirect")


@pytest.mark.parametrize(
    ("line", "quoted"),
    [('a "b c" d', "b c"), ("a “b” c “d", "b d"), ('5" and 6" pipes', ""), ("a ” b", "a"), ("", "")],
)
def test_quoted_letters(line: str, quoted: str) -> None:
    inside = quoted_offsets(line)
    assert (
        " ".join(re.findall(r"\w+", "".join(c if i in inside else " " for i, c in enumerate(line)))) == quoted
    )
