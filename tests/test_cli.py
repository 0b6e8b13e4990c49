"""The command line: what it prints where, its exit codes, and that every message says what to do next."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import io
import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from rich.console import Console
from typer.testing import CliRunner

import pipeline
from pipeline import run, tables, terminal
from pipeline.cli import app
from pipeline.config import load_config
from pipeline.corpus_wide import aliases
from pipeline.read import InputError
from pipeline.run import steps, whole
from pipeline.schema import TABLES, Claim, Document, Entity, Name, Range, Reject, Segment, arrow_schema
from tests.fakes import fake_recipe

RUNNER = CliRunner()
COMMANDS = sorted(each.name or each.callback.__name__ for each in app.registered_commands if each.callback)
STORY = "The Herald\nA mayor said so.\nNobody asked.\n"


def call(*arguments: Any) -> Result:
    return RUNNER.invoke(app, [str(each) for each in arguments])


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "story.txt"
    path.parent.mkdir()
    path.write_text(STORY)
    return path


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages without a model: every capitalised word is a claim and a name."""
    monkeypatch.setattr(whole, "Recipe", fake_recipe)
    monkeypatch.setattr(whole, "default_jobs", lambda: 1)
    monkeypatch.setattr(steps, "Step", functools.partial(steps.Step, recipe=fake_recipe()))


# The frame


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert "Example:\n    newsclaims " in result.stdout
    assert f"newsclaims {command}" in result.stdout.partition("Example:")[2]
    assert "-q, --quiet" in result.stdout


def test_commands_of_the_contract_are_there() -> None:
    wanted = "extract clean entities claims show report evaluate train benchmark merge".split()
    assert set(wanted) <= set(COMMANDS)


def test_version_and_no_arguments() -> None:
    assert call("--version").stdout == f"newsclaims {pipeline.__version__}\n"
    assert "Usage: " in call().output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["extract", "nowhere"], 2, "give files or folders of articles"),
        (["extract", "{story}", "--config", "nowhere.toml"], 2, "nowhere.toml: cannot be read"),
        (["extract", "{story}", "--config", "{bad_config}"], 2, "read.max_chars"),
        (["extract", "{story}", "--shard", "3/2"], 2, "give I/N"),
        (["extract", "{story}", "--engine", "spark"], 2, "give local or ray"),
        (["extract", "{story}", "-o", "{story}/sub"], 1, "give another folder"),
        pytest.param(
            ["extract", "{story}", "-o", "{outputs}", "--engine", "ray"],
            2,
            "pip install 'newsclaims[ray]'",
            marks=pytest.mark.skipif(find_spec("ray") is not None, reason="ray is installed"),
        ),
        (["extract", "{story}", "-o", "{outputs}\udce9"], 1, "\\xe9: a name that is no UTF-8"),
        (["clean", "{story}", "-o", "{outputs}\udce9"], 1, "\\xe9: a name that is no UTF-8"),
        (["show", "{outputs}\udce9"], 1, "\\xe9: a name that is no UTF-8"),
        (["merge", "{outputs}"], 1, "newsclaims extract --shard I/N"),
        (["extract"], 2, "Missing argument"),
        (["dance"], 2, "No such command"),
        (["clean", "nowhere"], 2, "give files or folders of articles"),
        (["show", "nowhere"], 1, "newsclaims extract"),
        (["report", "nowhere"], 1, "newsclaims extract"),
        (["show", "{outputs}", "--class", "sing"], 2, "none of say, report"),
        (["show", "{outputs}", "--since", "May"], 2, "give YYYY-MM-DD"),
        (["show", "{outputs}", "--table", "cows"], 2, "none of documents"),
        (["show", "{outputs}", "--table", "names", "--doc", "x"], 2, "no articles to choose by"),
        (["show", "{outputs}", "--table", "names", "--source", "x"], 2, "ask for claims"),
        (["show", "{outputs}", "--json", "--csv"], 2, "not both"),
    ],
)
@pytest.mark.usefixtures("fakes")
def test_what_cannot_be_done_is_said(
    tmp_path: Path, story: Path, outputs: Path, arguments: list[str], code: int, message: str
) -> None:
    bad_config = tmp_path / "bad.toml"
    bad_config.write_text("[read]\nmax_chars = -1\n")
    given = [each.format(story=story, bad_config=bad_config, outputs=outputs) for each in arguments]
    result = call(*given)
    assert result.exit_code == code
    assert message in " ".join(result.stderr.replace("│", " ").split())
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[raed]\nmax_chars = 3", "raed: no such setting; did you mean read?"),
        ("[read]\nmax_char = 3", "read.max_char: no such setting; did you mean max_chars?"),
        ("[read.fields]\nbody = 'x'", "read.fields.body: no such setting; there are text, url, title"),
        ("[read]\nmax_chars = 'x'", "read.max_chars: Input should be a valid integer"),
        ("[read\n", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, story: Path, text: str, message: str) -> None:
    (tmp_path / "my.toml").write_text(text)
    result = call("extract", story, "-o", tmp_path / "out", "--config", tmp_path / "my.toml")
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.usefixtures("fakes")
def test_names_with_spaces_are_quoted_where_they_are_to_be_typed(tmp_path: Path, story: Path) -> None:
    out = tmp_path / "my tables"
    assert "no such folder; give the outputs of `newsclaims extract`" in call("show", out).stderr
    out.mkdir()
    assert f"newsclaims extract INPUT -o '{out}'" in call("show", out).stderr
    assert (
        f"`newsclaims show '{out}'`, `newsclaims report '{out}'`" in call("extract", story, "-o", out).stderr
    )
    assert f"`newsclaims show '{out}'`" in call("show", out, "--grep", "zzz").stderr


def test_our_own_faults_are_not_hidden(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(run, "extract", fail)
    assert isinstance(call("extract", story).exception, RuntimeError)


def test_stopping_says_how_to_go_on(story: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "extract", stop)
    result = call("extract", story)
    assert result.exit_code == 130
    assert "the same command goes on" in result.stderr


# extract


@pytest.mark.usefixtures("fakes")
def test_extract_says_what_it_did(tmp_path: Path, story: Path) -> None:
    outputs = tmp_path / "out"
    result = call("extract", story.parent, "-o", outputs)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "1 new, 0 changed, 0 removed, 0 unchanged" in result.stderr
    assert "claims    4" in result.stderr
    assert "words/s" in result.stderr
    assert f"newsclaims show {outputs}" in result.stderr
    again = call("extract", story.parent, "-o", outputs)
    assert "0 new, 0 changed, 0 removed, 1 unchanged" in again.stderr
    assert call("extract", story.parent, "-o", outputs, "-q").stderr == ""
    assert call("-q", "extract", story.parent, "-o", outputs).stderr == ""
    assert "seconds" in call("extract", story.parent, "-o", outputs, "--force", "-v").stderr


@pytest.mark.usefixtures("fakes")
def test_extract_exits_3_where_inputs_are_rejected(tmp_path: Path, story: Path) -> None:
    outputs = tmp_path / "out"
    (story.parent / "empty.txt").write_text("")
    result = call("extract", story.parent, "-o", outputs)
    assert result.exit_code == 3
    assert "rejects   1 (1 empty)" in result.stderr
    shown = call("show", outputs, "--table", "rejects")
    assert "empty.txt" in shown.stdout
    assert "the file holds no article" in shown.stdout


@pytest.mark.usefixtures("fakes")
@pytest.mark.parametrize("options", [(), ("--shard", "1/2"), ("--force",)])
def test_cyclic_aliases_are_refused_and_nothing_is_written(
    tmp_path: Path, story: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    names_csv = tmp_path / "names.csv"
    names_csv.write_text("alias,name\nBibi,Amir\nAnn,Ann Lee\nAmir,Bibi\n")
    outputs = tmp_path / "out"
    monkeypatch.setattr(aliases, "NAMES_CSV", names_csv)
    result = call("extract", story, "-o", outputs, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        f"newsclaims: {names_csv}: lines 2, 4: these aliases run in a circle; remove one of them\n"
    )
    assert not outputs.exists()
    names_csv.write_text("alias,name\nBibi,Amir\n")
    assert call("extract", story, "-o", outputs, *options).exit_code == 0


@pytest.mark.usefixtures("fakes")
def test_shares_are_merged(tmp_path: Path, story: Path) -> None:
    outputs = tmp_path / "out"
    (story.parent / "b.txt").write_text("Another story.")
    for share in ("1/2", "2/2"):
        result = call("extract", story.parent, "-o", outputs, "--shard", share)
        assert result.exit_code == 0
        assert f"newsclaims merge {outputs}" in result.stderr
    merged = call("merge", outputs)
    assert merged.exit_code == 0
    assert "articles  2" in merged.stderr
    assert [each.doc_id for each in tables.read_records(outputs, "documents", Document)] == [
        "b.txt", "story.txt",
    ]  # fmt: skip


def test_what_needs_an_extra_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in [each for each in sys.modules if each.startswith("pipeline.train")]:
        monkeypatch.delitem(sys.modules, name)
    result = call("train")
    assert result.exit_code == 2
    assert "pip install 'newsclaims[train]'" in result.stderr


# clean, entities, claims


@pytest.mark.usefixtures("fakes")
def test_stages_print_for_people(story: Path) -> None:
    cleaned = call("clean", story)
    assert (cleaned.exit_code, cleaned.stderr) == (0, "")
    assert "  body        A mayor said so." in cleaned.stdout
    explained = call("clean", story, "--explain").stdout.splitlines()
    assert len(explained) == 1 + 3
    assert explained[2].split()[0] == "body"
    assert 0 <= float(explained[2].split()[1]) <= 1
    assert "PERSON      Herald  1×" in call("entities", story).stdout
    assert "(no source) [anonymous]\n      Herald" in call("claims", story).stdout


@pytest.mark.usefixtures("fakes")
def test_stages_say_where_there_is_nothing(tmp_path: Path) -> None:
    (tmp_path / "dull.txt").write_text("nothing was said")
    assert "  no claims\n" in call("claims", tmp_path / "dull.txt").stdout
    assert "  no names, dates or quantities\n" in call("entities", tmp_path / "dull.txt").stdout


@pytest.mark.usefixtures("fakes")
def test_stages_print_json_lines(story: Path) -> None:
    (document,) = map(json.loads, call("clean", story, "--json").stdout.splitlines())
    assert document["text"] == STORY
    assert [each["text"] for each in document["segments"]] == STORY.splitlines()
    entities = [json.loads(line) for line in call("entities", story, "--json").stdout.splitlines()]
    assert list(entities[0]) == arrow_schema(Entity).names
    assert all(STORY[each["start"] : each["end"]] == each["text"] for each in entities)
    claims = [json.loads(line) for line in call("claims", story, "--json").stdout.splitlines()]
    assert list(claims[0]) == arrow_schema(Claim).names
    assert claims[1]["content_spans"] == [{"start": 4, "end": 10}]


@pytest.mark.usefixtures("fakes")
def test_stages_go_on_from_tables(tmp_path: Path, story: Path) -> None:
    (story.parent / "b.txt").write_text("Another. Story\nof two lines")
    (story.parent / "zagain.jsonl").write_text(json.dumps({"text": "Same id.", "id": "story.txt"}))
    cleaned, claimed = tmp_path / "cleaned", tmp_path / "claimed"
    first = call("clean", story.parent, "-o", cleaned)
    assert (first.exit_code, first.stdout) == (3, "")
    assert "2 documents, 5 segments, 1 rejects" in first.stderr
    assert sorted(path.name for path in cleaned.iterdir() if path.name[0] != ".") == [
        "documents", "rejects", "segments",
    ]  # fmt: skip
    assert call("claims", cleaned, "-o", claimed).exit_code == 0
    straight = call("claims", story.parent / "b.txt", story, "--json").stdout
    assert sorted(call("claims", cleaned, "--json").stdout.splitlines()) == sorted(straight.splitlines())
    stored = tables.read_records(claimed, "claims", Claim)
    assert sorted(each.claim_id for each in stored) == sorted(
        json.loads(line)["claim_id"] for line in straight.splitlines()
    )
    assert call("show", claimed, "--doc", "b.txt").stdout.count("[anonymous]") == 2
    assert repr(pipeline.load(claimed)).startswith("Frames(documents: 2 rows, segments: 5 rows")


@pytest.mark.usefixtures("fakes")
def test_text_cleaned_elsewhere(tmp_path: Path) -> None:
    """A documents table made by other means, with any file name and only what is needed."""
    (tmp_path / "mine" / "documents").mkdir(parents=True)
    frame = pd.DataFrame(
        {"doc_id": ["x", "y"], "text": ["One line.\n\n Two lines.", "Three"], "more": [1, 2]}
    )
    frame.to_parquet(tmp_path / "mine" / "documents" / "mine.parquet")
    lines = call("clean", tmp_path / "mine", "--json").stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["body"] for row in rows] == ["One line.\nTwo lines.", "Three"]
    assert [each["start"] for each in rows[0]["segments"]] == [0, 12]
    (tmp_path / "mine" / "segments").mkdir()
    segment = Segment("x", "x#s0", "body", True, 1, 4, "One", None, None, "by hand")
    pq.write_table(tables.to_arrow([segment], Segment), tmp_path / "mine" / "segments" / "s.parquet")
    result = call("clean", tmp_path / "mine", "--json")
    assert result.exit_code == 3
    assert "does not fit documents.text" in result.stderr


@pytest.mark.usefixtures("fakes")
def test_stages_keep_off_a_whole_run(tmp_path: Path, story: Path) -> None:
    outputs = tmp_path / "out"
    assert call("extract", story, "-o", outputs).exit_code == 0
    before = (outputs / "manifest.json").read_bytes()
    result = call("claims", outputs, "-o", outputs)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "give another folder" in result.stderr
    assert (outputs / "manifest.json").read_bytes() == before
    assert call("claims", outputs, "--json").exit_code == 0


@pytest.mark.usefixtures("fakes")
def test_stages_say_what_they_reject(story: Path) -> None:
    for name, text in (("empty.txt", ""), ("bug.txt", "!error"), ("other.txt", "!foreign")):
        (story.parent / name).write_text(text)
    result = call("claims", story.parent)
    assert result.exit_code == 3
    assert "empty.txt: rejected as empty" in result.stderr
    assert "bug.txt: rejected as internal: " in result.stderr
    assert "other.txt: rejected as not_english" in result.stderr
    assert "Herald" in result.stdout


# show


def document(doc_id: str, **values: Any) -> Document:
    given = dict.fromkeys(Document.__slots__) | {
        "doc_id": doc_id, "path": doc_id, "sha256": "", "format": "txt", "text": "x", "body": "x",
        "n_chars": 1, "n_words": 1, "n_claims": 1,
    }  # fmt: skip
    return Document(**(given | values))  # type: ignore[arg-type]


def claim(claim_id: str, **values: Any) -> Claim:
    given = dict.fromkeys(Claim.__slots__) | {
        "claim_id": claim_id, "doc_id": "a.txt", "segment_id": "a.txt#s0", "segment_kind": "body",
        "form": "indirect", "content": f"content of {claim_id}", "content_spans": (Range(0, 1),),
        "cue_class": "say", "negated": False, "source_kind": "person", "anonymous": False, "confidence": 0.9,
    }  # fmt: skip
    return Claim(**(given | values))  # type: ignore[arg-type]


MAY, JUNE = dt.datetime(2021, 5, 2, 23, 59, tzinfo=dt.UTC), dt.datetime(2021, 6, 1, tzinfo=dt.UTC)
ESC = "\x1b]0;owned\x07\x1b[31m"


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    rows: dict[str, list[Any]] = {
        "documents": [
            document("a.txt", title="Bridge closes", site="herald.example", published=MAY),
            document("b.txt", title=f"[bold]{ESC}Title\u202e", published=JUNE),
            document("dir/c.txt"),
        ],
        "claims": [
            claim("c0", parent_claim_id="c2", source="Ann", source_name="Ann Lee", source_name_id="n1"),
            claim("c1", source="one", antecedent="militia commanders", anonymous=True, cue="said"),
            claim("c2", source="he", source_name="Bo Diaz", cue="denied", cue_class="deny", addressee="TASS"),
            claim("c3", doc_id="b.txt", anonymous=True, content=f"“Tücken{ESC}\nof 100 %", said_when="May"),
            claim("c4", doc_id="b.txt", source="a\tman", segment_kind="comment", reported_by="Zed"),
            claim("c5", doc_id="dir/c.txt", cue_class="confirm", supports_claim_id="c2", source="The ÉTAT"),
        ],
        "names": [Name("n1", "Ann Lee", "PERSON", ("Ann", "Lee", "Mayor Lee"), 1, 2, 1, None, None)],
        "segments": [Segment("a.txt", "a.txt#s0", "body", True, 0, 1, "x", None, None, "score 0.9")],
        "entities": [],
        "rejects": [Reject("z.txt", "z.txt", "empty", "no text in it")],
    }
    for name, records in rows.items():
        tables.write(folder, name, records)
    return folder


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ([], ["c0", "c1", "c2", "c3", "c4", "c5"]),
        (["--source", "militia commander"], ["c1"]),
        (["--source", "bo diaz"], ["c2"]),
        (["--source", "mayor lee"], ["c0"]),
        (["--source", "état"], ["c5"]),
        (["--source", "."], []),
        (["--doc", "b.txt"], ["c3", "c4"]),
        (["--grep", "tücken"], ["c3"]),
        (["--grep", "100 %"], ["c3"]),
        (["--anonymous"], ["c1", "c3"]),
        (["--anonymous", "--doc", "a.txt"], ["c1"]),
        (["--class", "deny"], ["c2"]),
        (["--class", "deny", "--class", "confirm"], ["c2", "c5"]),
        (["--since", "2021-06-01"], ["c3", "c4"]),
        (["--since", "2021-05"], ["c0", "c1", "c2", "c3", "c4"]),
        (["--since", "2021", "--until", "2021-05-02"], ["c0", "c1", "c2"]),
        (["--until", "2021-05-01"], []),
        (["--limit", "2"], ["c0", "c1"]),
    ],
)
def test_show_answers(outputs: Path, options: list[str], found: list[str]) -> None:
    printed = call("show", outputs, *options, "--json")
    assert printed.exit_code == 0
    rows = [json.loads(line) for line in printed.stdout.splitlines()]
    assert [row["claim_id"] for row in rows] == found
    in_csv = list(csv.DictReader(io.StringIO(call("show", outputs, *options, "--csv").stdout)))
    assert [row["claim_id"] for row in in_csv] == found
    shown = call("show", outputs, *options)
    assert sorted(line.split()[-1] for line in shown.stdout.splitlines() if " · confidence" in line) == found


def test_show_gives_rows_as_they_are(outputs: Path) -> None:
    rows = [json.loads(line) for line in call("show", outputs, "--json").stdout.splitlines()]
    assert list(rows[0]) == arrow_schema(Claim).names
    assert rows[0]["content_spans"] == [{"start": 0, "end": 1}]
    assert rows[3]["content"] == f"“Tücken{ESC}\nof 100 %"
    assert rows[3]["source"] is None
    in_csv = list(csv.DictReader(io.StringIO(call("show", outputs, "--csv").stdout)))
    assert in_csv[0]["content_spans"] == '[{"start": 0, "end": 1}]'
    (document,) = map(json.loads, call("show", outputs, "--table", "documents", "--doc", "a.txt",
                                       "--json").stdout.splitlines())  # fmt: skip
    assert document["published"] == "2021-05-02T23:59:00+00:00"


def test_show_for_people(outputs: Path) -> None:
    printed = call("show", outputs).stdout
    assert "Bridge closes  herald.example, 2021-05-02, a.txt\n" in printed
    assert "  one = militia commanders said [anonymous]\n      content of c1\n" in printed
    assert "  he = Bo Diaz denied (to TASS)\n      content of c2\n" in printed
    assert "      Ann = Ann Lee\n          content of c0\n" in printed, "nested under c2"
    assert printed.index("content of c2") < printed.index("content of c0")
    assert "in a comment by Zed" in printed
    assert "      content of c5\n      confirms he: content of c2\n" in printed
    assert "      content of c2\n      confirmed by The ÉTAT\n" in printed
    alone = call("show", outputs, "--class", "deny").stdout
    assert "confirmed by The ÉTAT" in alone, "though that claim is not shown"
    assert "May" in printed


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_nothing_scraped_steers_the_terminal(outputs: Path, table: str, options: list[str]) -> None:
    printed = call("show", outputs, "--table", table, *options).stdout
    assert not terminal.UNPRINTABLE.search(printed.replace("\n", ""))
    assert "owned" in printed or table not in ("claims", "documents")


def test_show_says_what_to_try(outputs: Path, tmp_path: Path) -> None:
    assert "there is more; --limit 20 prints" in call("show", outputs, "--limit", 2).stderr
    assert "there are dir/c.txt" in call("show", outputs, "--doc", "c.txt").stderr
    assert "--table documents" in call("show", outputs, "--doc", "nothing").stderr
    assert "take a condition away" in call("show", outputs, "--grep", "nothing").stderr
    tables.write(tmp_path, "documents", [])
    tables.write(tmp_path, "rejects", [])
    assert "the table rejects is empty" in call("show", tmp_path, "--table", "rejects").stderr
    assert call("show", outputs, "--grep", "nothing", "-q").stderr == ""


def test_show_reads_no_more_than_it_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables.write(tmp_path, "documents", [document("a.txt")])
    tables.write(tmp_path, "claims", [claim(f"c{n}") for n in range(2500)])
    monkeypatch.setattr("pipeline.tables.folder.read", None)
    assert call("show", tmp_path, "--limit", 3, "--json").stdout.count("\n") == 3
    assert call("show", tmp_path, "--json").stdout.count("\n") == 2500
    assert call("show", tmp_path, "--limit", 0).stdout.count("content of") == 2500


# Terminals


def rendered(width: int, **options: Any) -> str:
    file = io.StringIO()
    out = Console(
        file=file, width=width, highlight=False, markup=False, emoji=False, soft_wrap=True, **options
    )
    row: list[dict[str, Any]] = [
        {**dict.fromkeys(Claim.__slots__), "claim_id": "c", "source": "a spokesman", "content": "word " * 40,
         "cue": "said", "anonymous": True, "form": "direct", "cue_class": "say", "segment_kind": "body",
         "confidence": 0.5, "negated": False}
    ]  # fmt: skip
    terminal.print_claims(out, row, terminal.heading({"title": "T"}, "d.txt"))
    return file.getvalue()


def test_claims_are_wrapped_and_coloured_on_a_terminal() -> None:
    text = rendered(60, force_terminal=True, color_system="standard")
    assert "\x1b[1ma spokesman" in text
    assert "\x1b[1;33m [anonymous]" in text
    lines = rendered(60).splitlines()
    assert len(lines) > 4
    assert all(len(line) <= 60 and line == line.rstrip() for line in lines)
    assert all(line.startswith("      word") for line in lines[2:6])


@pytest.mark.parametrize("variables", [{}, {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_under_a_pipe(outputs: Path, variables: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pipeline", "show", str(outputs)],
        capture_output=True, env={**os.environ, **variables}, check=True,
    )  # fmt: skip
    assert b"\x1b" not in result.stdout
    assert "“Tücken".encode() in result.stdout


@pytest.mark.parametrize(
    ("cue", "cue_start", "line"),
    [
        ("said", 20, "two pilots said"),
        ("said", 0, "two pilots said"),
        ("was confirmed by", 0, "was confirmed by two pilots"),
        ("according to", 0, "according to two pilots"),
        ("was lied to", 20, "two pilots was lied to"),
        (None, None, "two pilots"),
    ],
)
def test_cue_and_source_stand_in_the_order_that_reads(
    cue: str | None, cue_start: int | None, line: str
) -> None:
    claim = {**dict.fromkeys(Claim.__slots__), "source": "two pilots", "source_start": 10, "cue": cue}
    assert terminal._who({**claim, "cue_start": cue_start}).plain == line


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_on_a_terminal_unless_refused(
    outputs: Path, variables: dict[str, str], coloured: bool
) -> None:
    import pty

    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLORTERM")}
    command = [sys.executable, "-m", "pipeline", "show", str(outputs), "--limit", "1"]
    subprocess.run(command, stdout=theirs, env={**kept, "TERM": "xterm", **variables}, check=True)
    os.close(theirs)
    printed = os.read(ours, 100_000)
    os.close(ours)
    assert b"claims" in printed or b"say" in printed
    assert bool(re.search(rb"\x1b\[[\d;]*3\d", printed)) == coloured


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("sh", ["show"]),
        ("show outputs --cl", ["--class"]),
        ("show outputs --class de", ["deny", "demand", "decline"]),
        ("show outputs --table na", ["names"]),
    ],
)
def test_the_shell_completes(words: str, offered: list[str]) -> None:
    line = f"newsclaims {words}"
    environment = {
        **os.environ,
        "_NEWSCLAIMS_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words.split())),
    }
    command = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert sorted(result.stdout.split()) == sorted(offered), result.stderr


def test_a_closed_pipe_is_no_fault(tmp_path: Path) -> None:
    tables.write(tmp_path, "documents", [document("a.txt")])
    tables.write(tmp_path, "claims", [claim(f"c{n}") for n in range(3000)])
    command = f"'{sys.executable}' -m pipeline show '{tmp_path}' --json | head -n 1"
    result = subprocess.run(command, shell=True, capture_output=True, check=True, text=True)
    assert result.stdout.count("\n") == 1
    assert result.stderr == ""


# In Python


def test_load_gives_frames_of_the_right_types(outputs: Path) -> None:
    found = pipeline.load(str(outputs))
    for name, record in TABLES.items():
        assert list(getattr(found, name).columns) == arrow_schema(record).names
    claims = found.claims
    assert claims["source_start"].dtype == "Int64"
    assert claims["source_start"].isna().all()
    assert claims["anonymous"].sum() == 2
    assert claims.loc[claims["source"].isna(), "claim_id"].tolist() == ["c3"]
    assert isinstance(found.documents["published"].dtype, pd.DatetimeTZDtype)
    assert str(claims["said_date"].dtype).startswith("datetime64")
    assert claims["content_spans"][0] == [{"start": 0, "end": 1}]
    assert found.names["aliases"][0] == ["Ann", "Lee", "Mayor Lee"]
    with pytest.raises(tables.FolderError, match="newsclaims extract"):
        pipeline.load(outputs / "nothing")


def test_importing_the_package_is_light() -> None:
    heavy = "{'numpy', 'pandas', 'pyarrow', 'spacy', 'onnxruntime', 'typer'}"
    code = f"import pipeline, sys; print(sorted({heavy} & set(sys.modules)))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert printed.stdout == "[]\n"


def test_extract_text_refuses_with_a_reason() -> None:
    with pytest.raises(ValueError, match="empty: "):
        pipeline.extract_text("  ")


@pytest.mark.model
def test_extract_text_gives_the_records_of_a_run(tmp_path: Path) -> None:
    text = 'The mayor said that the bridge would close. "We have no choice," she told the Herald on Monday.'
    found = pipeline.extract_text(text, doc_id="story.txt", date="2021-05-03")
    assert found.article.document.text == text
    assert found.claims
    assert all(text[each.source_start : each.source_end] == each.source for each in found.claims)
    path = tmp_path / "story.txt"
    path.write_text(text)
    outputs = tmp_path / "out"
    run.extract([path], outputs, config=load_config(), jobs=1)
    assert [each.claim_id for each in tables.read_records(outputs, "claims", Claim)] == [
        each.claim_id for each in found.claims
    ]


def test_step_of_nothing() -> None:
    with pytest.raises(InputError):
        list(steps.Step("clean", [Path("nowhere")], load_config()).run())
