"""Corpus and outputs behind an address: fsspec's file system in memory stands for an object store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import remote, run, tables
from pipeline.read import Input, InputError, find_inputs
from pipeline.run import Summary
from pipeline.schema import TABLES, Reject
from pipeline.tables.mirror import CACHE, fetched, mirrored
from tests.fakes import fake_recipe
from tests.test_run import CONFIG, content

CORPUS, OUT = Path("memory://crawl/news"), Path("memory://results/out")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    system = fsspec.filesystem("memory")
    yield system
    system.rm("/", recursive=True)


def put(store: Any, files: dict[str, str | None]) -> None:
    for name, text in files.items():
        path = f"/crawl/news/{name}"
        if text is None:
            store.rm_file(path)
        else:
            store.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
            store.pipe_file(path, text.encode())


def extract(outputs: Path = OUT, inputs: Path = CORPUS, **options: Any) -> Summary:
    return run.extract([inputs], outputs, config=CONFIG, jobs=1, recipe=fake_recipe(), **options)


def stored(store: Any, name: str) -> pa.Table:
    """A table as a reader of the store finds it."""
    paths = sorted(store.glob(f"/results/out/{name}/*.parquet"))
    return pa.concat_tables([pq.read_table(store.open(path)) for path in paths])


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("s3://bucket/key/a.txt", "s3://bucket/key/a.txt"),
        ("gs://bucket", "gs://bucket"),
        ("/home/ann/x", None),
        ("corpus", None),
        ("C:/news", None),
        ("odd:name/x", None),
    ],
)
def test_addresses_come_through_paths(path: str, address: str | None) -> None:
    assert remote.address(Path(path)) == address


def test_walk_is_that_of_a_disk(store: Any, tmp_path: Path) -> None:
    names = [
        "b.txt",
        "a/z.txt",
        "a/B.md",
        "a.txt",
        "é.txt",
        ".hidden.txt",
        ".git/x.txt",
        "a/c/d.htm",
        "x.pdf",
    ]
    put(store, dict.fromkeys([*names, "old/.newsclaims/lock", "old/documents/part-0.parquet"], "x"))
    for name in names:
        (tmp_path / "disk" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "disk" / name).write_text("x")

    def told(path: Path) -> list[tuple[str | None, str | None]]:
        return [(each.doc_id, each.format if isinstance(each, Input) else each.reason)
                for each in find_inputs([path])]  # fmt: skip

    assert told(CORPUS) == told(tmp_path / "disk")
    (one,) = find_inputs([CORPUS / "a" / "z.txt"])
    assert not isinstance(one, Reject)
    assert (one.shown, one.doc_id, one.n_bytes) == ("memory://crawl/news/a/z.txt", "z.txt", 1)


@pytest.mark.usefixtures("store")
def test_nothing_there_says_so() -> None:
    with pytest.raises(InputError, match="memory://nowhere: nothing there"):
        list(find_inputs([Path("memory://nowhere")]))
    with pytest.raises(InputError, match="xyz://there"):
        list(find_inputs([Path("xyz://there")]))


def test_runs_give_the_tables_of_a_disk_and_do_only_what_is_new(store: Any, tmp_path: Path) -> None:
    put(store, {"b.txt": "Ann said yes.\n", "site/a.txt": "Bo said no.\nHe left.\n"})
    assert extract().n_extracted == 2
    assert extract().n_extracted == 0
    put(store, {"b.txt": "Ann said no.\n", "c.txt": "Cy said so.\n", "site/a.txt": None})
    summary = extract()
    assert (summary.n_new, summary.n_changed, summary.n_removed) == (1, 1, 1)
    extract(tmp_path / "fresh")
    fresh = content(tmp_path / "fresh")
    assert {name: stored(store, name) for name in TABLES} == fresh
    assert content(fetched(OUT)) == fresh
    assert not store.glob("/results/out/.newsclaims/next/**")


def test_another_machine_goes_on(store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, {"b.txt": "Ann said yes.\n", "c.txt": "Cy said so.\n"})
    extract()
    monkeypatch.setenv(CACHE, str(tmp_path / "other"))
    put(store, {"d.txt": "Di said so.\n"})
    assert extract().n_extracted == 1
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    assert extract().n_unchanged == 3


def test_shares_made_on_other_machines(store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, {f"{i}.txt": f"Ann {i} said.\n" for i in range(12)})
    for i in (1, 2):
        monkeypatch.setenv(CACHE, str(tmp_path / f"machine{i}"))
        extract(shard=(i, 2))
    monkeypatch.setenv(CACHE, str(tmp_path / "merging"))
    summary = run.merge(OUT, config=CONFIG, recipe=fake_recipe(), jobs=1)
    assert (summary.n_documents, summary.n_extracted) == (12, 0)
    assert stored(store, "documents").num_rows == 12
    assert not store.exists("/results/out/.newsclaims/shards")


def test_what_a_failed_run_leaves_is_published_by_the_next(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, {"b.txt": "Ann said yes.\n"})

    def fail(*_: object) -> None:
        raise ConnectionError("no network")

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "put_file", fail)
        with pytest.raises(tables.FolderError, match="no network"):
            extract()
    assert not store.exists("/results/out/documents")
    assert extract().n_extracted == 0
    assert stored(store, "documents").num_rows == 1


@pytest.mark.parametrize("n_moves", [0, 1, 5])
def test_moves_that_were_cut_off_are_finished(
    store: Any, monkeypatch: pytest.MonkeyPatch, n_moves: int
) -> None:
    put(store, {"b.txt": "Ann said yes.\n"})
    copy, left = type(store).cp_file, iter(range(n_moves))

    def cut_off(*values: Any) -> None:
        if next(left, None) is None:
            raise ConnectionError("cut off")
        copy(*values)

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "cp_file", cut_off)
        with pytest.raises(tables.FolderError, match="cut off"):
            extract()
    assert extract().n_extracted == 0
    assert {name: stored(store, name).num_rows > 0 for name in ("documents", "claims")} == {
        "documents": True, "claims": True,
    }  # fmt: skip


def test_run_that_another_one_overtook_publishes_nothing(store: Any) -> None:
    put(store, {"b.txt": "Ann said yes.\n"})
    extract()
    with pytest.raises(tables.FolderError, match="meanwhile"), mirrored(OUT) as folder:
        (folder / "manifest.json").write_text(json.dumps({"ours": 1}))
        store.pipe_file("/results/out/manifest.json", b'{"theirs": 1}')
    assert json.loads(store.cat_file("/results/out/manifest.json")) == {"theirs": 1}


def test_damage_behind_the_address_is_made_anew(
    store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, {"b.txt": "Ann said yes.\n"})
    extract()
    store.pipe_file("/results/out/claims/part-00000.parquet", b"PAR1")
    monkeypatch.setenv(CACHE, str(tmp_path / "other"))
    assert extract().n_extracted == 1
    assert stored(store, "claims").num_rows == 1


def test_input_that_goes_meanwhile_is_a_reject(store: Any) -> None:
    put(store, {"b.txt": "Ann said yes.\n"})
    (source,) = find_inputs([CORPUS])
    put(store, {"b.txt": None})
    (found,) = fake_recipe().make_stages(CONFIG).read(source)  # type: ignore[arg-type]
    assert isinstance(found, Reject)
    assert found.reason == "unreadable"
