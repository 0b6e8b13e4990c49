"""Our scorers: their definitions on small cases, and the same figures as the reference scorers."""

from __future__ import annotations

import importlib.util
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.cli import making
from pipeline.config import load_config, read_lexicon
from pipeline.evaluate import whole
from pipeline.evaluate.calibration import calibrate, calibration
from pipeline.evaluate.claims import by_group, publisher_of, score_claims
from pipeline.evaluate.emptied import without_gazetteers
from pipeline.evaluate.entities import Options, confidences, score_entities, trim
from pipeline.evaluate.figures import Figure, bootstrap, figure
from pipeline.evaluate.matching import letters, overlap, pair, quoted_letters
from pipeline.evaluate.measured import Measured, Part, scored, values_of
from pipeline.evaluate.patterns import PATTERNS, find_patterns
from pipeline.evaluate.speed import time_texts

SHARED = Path(__file__).resolve().parents[2] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared data folder is not here")

Row = dict[str, Any]


def reference(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SHARED / "eval" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows_of(path: Path, n: int | None = None) -> list[Row]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[:n]]


# ------------------------------------------------------------------------------------------- figures


def test_figure_counts_and_shares() -> None:
    both = figure(3, 4, 6) + Figure(n_right=0, n_predicted=2, n_found=0, n_gold=0)
    assert both == Figure(3, 6, 3, 6)
    assert (both.precision, both.recall, both.f1) == (0.5, 0.5, 0.5)
    assert (figure(0, 0, 0).precision, figure(0, 0, 0).recall, figure(0, 0, 0).f1) == (0.0, 0.0, 0.0)


def test_bootstrap_holds_the_mean_and_repeats() -> None:
    values = [0.0] * 30 + [1.0] * 70
    low, high = bootstrap(values, lambda sample: sum(sample) / len(sample), n_samples=200)
    assert low < 0.7 < high
    assert (low, high) == bootstrap(values, lambda sample: sum(sample) / len(sample), n_samples=200)
    assert high - low < 0.25


def test_pair_is_one_to_one_and_best_first() -> None:
    text = "abcdefghij"
    gold = [letters(text, [(0, 4)]), letters(text, [(4, 8)])]
    ours = [letters(text, [(2, 8)]), letters(text, [(0, 3)])]
    assert pair(gold, ours, overlap) == [(0, 1), (1, 0)]
    assert overlap(frozenset(), frozenset()) == 1.0


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('He said "no way" twice', "noway"),
        ("“Open\nand shut”", "Open"),
        ('left "open to the end\nnot here', "opentotheend"),
        ("«Oui» and „ja” x", "Ouija"),
        ("it's 'no' quotation", ""),
    ],
)
def test_quoted_letters(text: str, inside: str) -> None:
    found = quoted_letters(text)
    assert "".join(text[i] for i in sorted(found) if text[i].isalnum()) == inside


# ------------------------------------------------------------------------------------------- entities


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("the United Nations", "United Nations"),
        ("Iran's", "Iran"),
        ("“Meridian Post”,", "Meridian Post"),
        ("the", "the"),
        ("The 's", "The 's"),
        ("theatre", "theatre"),
    ],
)
def test_trim(text: str, left: str) -> None:
    start, end = trim(text, 0, len(text))
    assert text[start:end].strip() == left


TEXT = "The United Nations said Tarsia's army hit Mirov on Monday with a Foo rifle."
GOLD_ROW: Row = {
    "set": "x",
    "doc_id": "1",
    "text": TEXT,
    "ents": [[4, 18, "ORG"], [24, 30, "GPE"], [42, 47, "GPE"], [51, 57, "DATE"]],
    "labels_known": ["ORG", "GPE", "PERSON", "DATE", "MONEY"],
    "rule_labels": ["MONEY"],
    "mask": [[65, 68, "?"]],
}


def test_entities_counts_only_what_the_set_annotates() -> None:
    predicted = {
        "1": [
            [0, 18, "ORG"],  # trimmed to the gold span
            [24, 32, "GPE"],  # "Tarsia's"
            [42, 47, "LOC"],  # a label the set does not annotate: dropped
            [48, 57, "DATE"],  # "on Monday": overlaps only
            [65, 68, "ORG"],  # masked: dropped
            [33, 37, "ORG"],  # wrong
        ]
    }
    score = score_entities([GOLD_ROW], predicted)
    assert score.figures["exact"] == figure(2, 4, 4)
    assert score.figures["relaxed"] == figure(3, 4, 4)
    assert score.figures["boundary"] == figure(2, 4, 4)
    assert score.labels["ORG"] == figure(1, 2, 1)
    raw = score_entities([GOLD_ROW], predicted, options=Options(raw_boundaries=True))
    assert raw.figures["exact"] == figure(0, 4, 4)


def test_entities_coarse_places_and_missing_documents() -> None:
    row = GOLD_ROW | {"coarse_places": True, "labels_known": ["ORG", "GPE", "LOC", "FAC"]}
    score = score_entities([row], {"1": [[42, 47, "LOC"]]})
    assert score.figures["exact"] == figure(1, 1, 3)
    assert score.labels["PLACE"] == figure(1, 1, 2)
    assert score_entities([row], {}).n_missing == 1


@pytest.mark.parametrize(
    ("gold", "predicted", "message"),
    [
        ([GOLD_ROW, GOLD_ROW], {}, "twice"),
        ([GOLD_ROW], {"2": []}, "not gold"),
        ([GOLD_ROW], {"1": [[0, 999, "ORG"]]}, "no span"),
    ],
)
def test_entities_refuses(gold: list[Row], predicted: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        score_entities(gold, predicted)


def perturbed_entities(row: Row, lot: random.Random) -> list[list[Any]]:
    """Gold mentions with some dropped, moved by a character or two, or given another label."""
    found = []
    for start, end, label in row["ents"]:
        if lot.random() < 0.15:
            continue
        if lot.random() < 0.2:
            start = max(0, start - lot.choice((1, 4)))
        if lot.random() < 0.2:
            end = min(len(row["text"]), end + lot.choice((1, 2, 6)))
        found.append([start, end, lot.choice(("PERSON", "ORG", "GPE", "LOC", label, label, label))])
    for _ in range(3):
        start = lot.randrange(max(1, len(row["text"]) - 8))
        found.append([start, min(len(row["text"]), start + 8), "ORG"])
    return found


@needs_shared
@pytest.mark.shared
@pytest.mark.parametrize("data_set", ["gmb-dev", "crossner-politics-dev", "re3d-dev", "wikigold-dev"])
def test_entities_equal_the_reference(data_set: str) -> None:
    lot = random.Random(7)
    gold = rows_of(SHARED / "data" / "entities" / f"{data_set}.jsonl", 60)
    predicted = {row["doc_id"]: perturbed_entities(row, lot) for row in gold[1:]}
    theirs = reference("entity_scorer").score(
        gold, [{"doc_id": key, "ents": value} for key, value in predicted.items()], bootstrap=20
    )
    ours = score_entities(gold, predicted, n_samples=20)
    assert ours.n_missing == theirs["missing"] == 1
    for name in ("exact", "relaxed", "boundary"):
        check_entity_figure(ours.figures[name], theirs[name])
    assert set(ours.labels) == set(theirs["per_label"])
    for label, value in ours.labels.items():
        check_entity_figure(value, theirs["per_label"][label])
    assert 0 < ours.figures["exact"].f1 < 1
    for name in ("exact", "relaxed"):
        assert ours.intervals[name] == pytest.approx(theirs["ci95"][name], abs=1e-4)


def check_entity_figure(ours: Figure, theirs: dict[str, Any]) -> None:
    assert (ours.n_right, ours.n_predicted, ours.n_gold) == (theirs["tp"], theirs["pred"], theirs["gold"])
    assert (ours.precision, ours.recall, ours.f1) == pytest.approx(
        (theirs["p"], theirs["r"], theirs["f1"]), abs=1e-4
    )


# --------------------------------------------------------------------------------------------- claims

STORY = (
    'Vera Lund said the dam was safe. "It will hold. We checked," she added. '
    "The report's claim was denied by him."
)


def spans(*texts: str) -> list[list[int]]:
    return [[STORY.index(each), STORY.index(each) + len(each)] for each in texts]


SAFE: Row = {"source": spans("Vera Lund"), "cue": spans("said"), "content": spans("the dam was safe")}
HOLD: Row = {"source": spans("she"), "cue": spans("added"), "content": spans('"It will hold. We checked,"')}
CLAIMS: Row = {"doc_id": "ledger_1", "text": STORY, "claims": [SAFE, HOLD]}


def test_claims_counts() -> None:
    predicted = [
        SAFE | {"content": spans("the dam was safe.")},  # a full stop more is no mistake
        HOLD | {"source": spans("Vera Lund")},  # another's words
        {"source": [], "cue": spans("denied"), "content": []},  # no content: no claim
    ]
    score = score_claims([CLAIMS], {"ledger_1": predicted})
    assert score.figures["claim"] == figure(1, 2, 2)
    assert score.figures["claim.exact"] == figure(1, 2, 2)
    assert score.figures["claim.quoted"] == Figure(0, 1, 0, 1)
    assert score.figures["claim.unquoted"] == Figure(1, 1, 1, 1)
    assert score.figures["exact.content"] == figure(2, 2, 2)
    assert score.figures["span.source"] == figure(1, 2, 2)
    assert score.figures["pattern.several_sentences"] == Figure(0, 1, 0, 1)
    assert score_claims([CLAIMS], {}).n_missing == 1
    assert by_group([CLAIMS], {"ledger_1": [SAFE]}, publisher_of) == {"ledger": figure(1, 1, 2)}


@pytest.mark.parametrize(
    ("claim", "shown", "not_shown"),
    [
        (SAFE, set(), {"several_sentences", "inverted", "no_source", "long_cue", "far_source"}),
        (HOLD, {"several_sentences"}, {"mixed_quote", "inverted", "phrase_content"}),
        (HOLD | {"source": []}, {"no_source"}, {"far_source", "inverted"}),
        (SAFE | {"content": spans('safe. "It will hold')}, {"mixed_quote", "several_sentences"}, {"parts"}),
        (SAFE | {"cue": []}, {"no_cue"}, {"long_cue", "passive"}),
        (
            {"source": spans("him"), "cue": spans("was denied"), "content": spans("The report's claim")},
            {"passive", "inverted", "source_after", "phrase_content"},
            {"long_cue", "noun_cue"},
        ),
        (
            {"source": spans("The report"), "cue": spans("claim"), "content": spans("the dam was safe")},
            {"noun_cue"},
            {"inverted"},
        ),
        (
            {"source": spans("Vera Lund"), "cue": spans("was denied by"), "content": spans("We checked")},
            {"far_source", "long_cue"},
            set(),
        ),
    ],
)
def test_patterns(claim: Row, shown: set[str], not_shown: set[str]) -> None:
    found = find_patterns(STORY, claim, quoted_letters(STORY))
    assert shown <= found
    assert not found & not_shown
    assert found <= set(PATTERNS)


def test_abbreviations_end_no_sentence() -> None:
    text = "Reports say Mr. Lund and Gen. Ek met."
    claim = {"source": [], "cue": [[8, 11]], "content": [[12, len(text)]]}
    assert "several_sentences" not in find_patterns(text, claim, frozenset())


def test_calibration() -> None:
    certain = calibration([(1.0, True)] * 8 + [(0.05, False)] * 2)
    assert certain.error == pytest.approx(0.01)
    assert certain.n_claims == 10
    assert [n for n, _, _ in certain.bins] == [2, 8]
    assert calibration([(0.95, False)] * 4).error == pytest.approx(0.95)
    assert calibration([]).error == 0.0
    predicted = [SAFE | {"confidence": 0.8}, HOLD | {"source": [], "confidence": 0.4}, HOLD]
    found = calibrate([CLAIMS], {"ledger_1": predicted})
    assert found.n_claims == 2
    assert found.error == pytest.approx((0.2 + 0.4) / 2)


def test_confidences_of_entities() -> None:
    row = entity_row("The U.N. met in Oslo.", [(4, 8, "ORG"), (16, 20, "GPE")], labels_known=["ORG", "GPE"])
    predicted = [(0, 8, "ORG", 0.9), (16, 20, "ORG", 0.6), (9, 12, "PERSON", 0.5)]
    assert confidences(row, predicted) == [(0.9, True), (0.6, False)]


def entity_row(text: str, ents: list[tuple[int, int, str]], *, labels_known: list[str]) -> Row:
    return {"doc_id": "a", "set": "s", "text": text, "ents": ents, "labels_known": labels_known}


def test_faults_are_counted_where_a_claim_is_found() -> None:
    text = "Ann said it rained on Sunday, after Bo left."
    gold = {"source": [[0, 3]], "cue": [[4, 8]], "content": [[9, 18]]}
    long = gold | {"content": [[9, 43]]}
    other = gold | {"source": [[36, 38]]}
    row = {"doc_id": "a", "text": text, "claims": [gold]}
    for predicted, length, speaker in (
        ([gold], (1, 1), (1, 1)),
        ([long], (0, 1), (0, 0)),
        ([other], (1, 1), (0, 1)),
        ([], (0, 0), (0, 0)),
    ):
        figures = score_claims([row], {"a": predicted}).figures
        for name, expected in (("content_too_long", length), ("wrong_speaker", speaker)):
            figure = figures[f"fault.{name}"]
            assert (figure.n_right, figure.n_gold) == expected, (name, predicted)


# ------------------------------------------------------------------------------------------- the tables


def test_lines_of_a_part() -> None:
    rows = (
        scored("claim", figure(1, 2, 4), (0.2, 0.45)),
        Measured("calibration", 0.96),
        Measured("speed", 4321.0, None, None, 7),
    )
    assert list(Part("claims", "00", rows).lines()) == [
        f"{'claims':44}      F1       P       R    gold  95 %",
        f"{'claim':44}   0.333   0.500   0.250       4  0.200–0.450",
        f"{'calibration':44}   0.960",
        f"{'speed':44}    4321                       7",
    ]


def test_values_of_parts_leave_out_what_has_none() -> None:
    parts = [Part("a", "0f", (Measured("x", 0.5), Measured("y", None, 2.0)))]
    assert values_of(parts) == {"a: x": ("0f", 0.5)}


def test_reliability_part() -> None:
    part = whole.reliability_part("sure", "00", calibration([(0.95, True)] * 3 + [(0.25, False)]))
    assert part.columns == ("right", "mean", "off", "n")
    assert [(row.name, row.value, row.n_gold) for row in part.rows] == [
        ("about 0.25", 0.0, 1),
        ("about 0.95", 1.0, 3),
    ]


def test_parts_can_be_measured_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def part(name: str) -> Callable[..., Iterator[Part]]:
        return lambda config, data: iter([Part(name, "00", ())])  # noqa: ARG005

    monkeypatch.setattr(whole, "PARTS", {name: part(name) for name in whole.PARTS})

    def titles(data: Path, *only: str) -> list[str]:
        return [each.title for each in whole.measure(load_config(), data, only)]

    assert titles(tmp_path) == ["claims", "entities", "body", "held", "who", "metadata", "speed"]
    assert titles(tmp_path, "who", "claims") == ["claims", "who"]
    assert titles(tmp_path / "none") == ["held", "who", "metadata", "speed"]
    assert titles(tmp_path / "none", "claims") == []
    assert whole.main(load_config(), tmp_path / "none", only=["claims"]) == 1


def test_the_command_line_knows_the_parts() -> None:
    assert [part.value for part in making.Part] == list(whole.PARTS)


def n_rows(*names: str) -> list[int]:
    return [len(read_lexicon(name)) for name in names]


def test_without_gazetteers() -> None:
    names = ("aliases", "outlets", "cues")
    aliases, outlets, cues = n_rows(*names)
    assert min(aliases, outlets, cues) > 0
    assert without_gazetteers(n_rows, *names) == [0, 0, cues]
    assert n_rows(*names) == [aliases, outlets, cues]


@pytest.mark.model
def test_entities_are_found_without_gazetteers(tmp_path: Path) -> None:
    row = entity_row("Ann Lee met Mr. Roy of the United Nations in Oslo.", [], labels_known=[])
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps(row))
    found = without_gazetteers(whole.predict_sets, load_config(), {"one": path})
    assert {(start, label) for start, _, label, _ in found["one"]["a"]} >= {(0, "PERSON"), (45, "GPE")}


@pytest.mark.model
def test_speed_is_measured() -> None:
    model, everything, loading = time_texts(["Ann said that it rained.\n"] * 3, load_config())
    assert model.n_gold == everything.n_gold == 15
    assert model.value is not None
    assert everything.value is not None
    assert model.value > everything.value > 0
    assert loading.value is None


def perturbed_claims(row: Row, lot: random.Random) -> list[Row]:
    """Gold claims with some dropped, spans cut or lengthened, sources lost or taken from the next claim."""
    found = []
    claims = row["claims"]
    for i, claim in enumerate(claims):
        if lot.random() < 0.2:
            continue
        moved = {
            role: [
                [max(0, start - lot.choice((0, 0, 9))), min(len(row["text"]), end + lot.choice((0, 0, 25)))]
                for start, end in claim[role]
            ]
            for role in ("source", "cue", "content")
        }
        if lot.random() < 0.2:
            moved["source"] = claims[(i + 1) % len(claims)]["source"]
        if lot.random() < 0.1:
            moved["source"] = []
        found.append(moved)
    return found


@needs_shared
@pytest.mark.shared
def test_claims_equal_the_reference() -> None:
    lot = random.Random(11)
    gold = rows_of(SHARED / "data" / "attribution" / "polnear-dev.jsonl", 30)
    predicted = {row["doc_id"]: perturbed_claims(row, lot) for row in gold[1:]}
    theirs = reference("claim_scorer").score_documents(
        gold, [{"doc_id": key, "claims": value} for key, value in predicted.items()]
    )
    ours = score_claims(gold, predicted)
    assert set(theirs) == {name for name in ours.figures if not name.startswith(("pattern.", "fault."))}
    for name, value in theirs.items():
        mine = ours.figures[name]
        assert (mine.n_gold, mine.n_predicted) == (value["gold"], value["pred"]), name
        assert (mine.precision, mine.recall, mine.f1) == pytest.approx(
            (value["p"], value["r"], value["f1"])
        ), name
    assert 0.2 < ours.figures["claim"].f1 < 0.95
