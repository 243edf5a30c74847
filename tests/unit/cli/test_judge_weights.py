"""Which judge a local stack takes: a named folder, the adapter over a base of the store, or the small one."""

from pathlib import Path

import pytest
from auricle_cli.weights import judge_weights
from auricle_cli.weights.catalogue import Weights
from auricle_cli.weights.store import Store

FILE = "base-q4.gguf"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(judge_weights.VARIABLE, raising=False)
    adapter = tmp_path / "root" / "models" / judge_weights.ADAPTER
    (adapter / "hf").mkdir(parents=True)
    for name in ("serving.yaml", "adapter.gguf", "calibration.json"):
        (adapter / name).write_text(name, "utf-8")
    return tmp_path / "root"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def entries() -> dict[str, Weights]:
    values = {
        "name": judge_weights.BASE, "title": "Base", "task": "judge", "languages": ["multilingual"],
        "licence": {"id": "Gemma", "url": "https://example.com/terms", "accept": True},
        "files": [{"path": FILE, "sha256": "0" * 64}], "sources": {},
    }  # fmt: skip
    return {judge_weights.BASE: Weights.model_validate(values)}


def pull(store: Store) -> None:
    folder = store.folder(entries()[judge_weights.BASE])
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(b"base")


def test_without_the_base_the_small_judge_stays_and_the_reason_names_the_command(root: Path, store: Store) -> None:
    chosen = judge_weights.choose(root, entries(), store)
    assert not chosen.settings
    assert "auricle weights pull gemma-3-270m --accept-licence" in chosen.told


def test_where_the_base_is_in_the_store_the_adapter_is_served_over_it(root: Path, store: Store) -> None:
    pull(store)
    chosen = judge_weights.choose(root, entries(), store)
    folder = Path(chosen.settings[judge_weights.VARIABLE])
    assert (folder / "base.gguf").read_bytes() == b"base"
    assert (folder / "adapter.gguf").read_text("utf-8") == "adapter.gguf"
    assert (folder / "calibration.json").is_file()


def test_what_was_published_beside_the_adapter_survives_the_next_start(root: Path, store: Store) -> None:
    pull(store)
    folder = Path(judge_weights.choose(root, entries(), store).settings[judge_weights.VARIABLE])
    (folder / "adapters" / "judge-1").mkdir(parents=True)
    judge_weights.choose(root, entries(), store)
    assert (folder / "adapters" / "judge-1").is_dir()


def test_a_named_judge_wins(root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pull(store)
    monkeypatch.setenv(judge_weights.VARIABLE, "/elsewhere")
    chosen = judge_weights.choose(root, entries(), store)
    assert not chosen.settings
    assert "/elsewhere" in chosen.told
