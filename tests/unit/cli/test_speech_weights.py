"""Which speech weights a local stack takes: named ones, real ones where they can be had, the shipped ones with the reason."""

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import yaml
from auricle_cli.errors import CliError
from auricle_cli.weights import catalogue, pulling, speech_weights
from auricle_cli.weights.catalogue import Weights
from auricle_cli.weights.store import Store
from moto.server import ThreadedMotoServer
from rich.console import Console

ROOT = Path(__file__).parents[3]
SHIPPED = str(ROOT / "models" / "speech")
DATA = b"real weights"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPEECH_MODEL", "SPEECH_MODELS", "SPEECH_COMPUTE_TYPE", "OFFLINE", "WEIGHTS_FOLDER"):
        monkeypatch.delenv(f"AURICLE_{name}", raising=False)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "cache")


def entries(**sources: object) -> dict[str, Weights]:
    values = {
        "name": speech_weights.REAL, "title": "Real", "task": "speech", "languages": ["ru"],
        "licence": {"id": "MIT", "url": "https://licence.example"}, "files": [{"path": "model.bin", "size": len(DATA)}],
        "sources": sources,
    }  # fmt: skip
    return {speech_weights.REAL: Weights.model_validate(values)}


@pytest.fixture
def share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of weights that this machine has."""
    folder = tmp_path / "share"
    (folder / speech_weights.REAL).mkdir(parents=True)
    (folder / speech_weights.REAL / "model.bin").write_bytes(DATA)
    monkeypatch.setenv("AURICLE_WEIGHTS_FOLDER", str(folder))
    return folder


def test_real_weights_are_fetched_once_with_their_size_said(
    store: Store, share: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = speech_weights.choose(ROOT, entries(), store, Console(width=200))
    folder = str(store.root / "named" / "whisper-base")
    assert not first.are_shipped
    assert first.settings == {"AURICLE_SPEECH_MODEL": folder, "AURICLE_SPEECH_COMPUTE_TYPE": "auto"}
    assert "12 bytes" in capsys.readouterr().out
    assert "fetched in" in first.told
    (share / speech_weights.REAL / "model.bin").unlink()
    second = speech_weights.choose(ROOT, entries(), store, Console(width=200))
    assert (second.model, second.told) == (first.model, "whisper-base, from the store")
    assert "bytes" not in capsys.readouterr().out


def test_where_they_cannot_be_had_the_shipped_ones_hear_and_the_reason_is_said(store: Store) -> None:
    found = speech_weights.choose(ROOT, entries(), store, Console(quiet=True))
    assert (found.are_shipped, found.model) == (True, SHIPPED)
    assert found.settings["AURICLE_SPEECH_COMPUTE_TYPE"] == "default"
    assert "whisper-base/model.bin is not to be had" in found.told


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [("AURICLE_SPEECH_MODEL", "demo", "AURICLE_SPEECH_MODEL=demo"), ("AURICLE_OFFLINE", "1", "offline is set")],
)
def test_the_shipped_ones_can_be_forced(
    store: Store, share: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    assert share.is_dir()
    monkeypatch.setenv(variable, value)
    found = speech_weights.choose(ROOT, entries(), store, Console(quiet=True))
    assert (found.are_shipped, found.model) == (True, SHIPPED)
    assert said in found.told
    assert not store.root.exists(), "nothing was fetched"


def test_weights_that_were_asked_for_are_never_replaced(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AURICLE_SPEECH_MODEL", speech_weights.REAL)
    with pytest.raises(CliError, match="not to be had"):
        speech_weights.choose(ROOT, entries(), store, Console(quiet=True))


@pytest.mark.parametrize(("named", "are_shipped"), [("large-v3", False), (SHIPPED, True)])
def test_a_folder_or_an_engines_own_name_is_taken_as_it_is(
    store: Store, monkeypatch: pytest.MonkeyPatch, named: str, are_shipped: bool
) -> None:
    monkeypatch.setenv("AURICLE_SPEECH_MODEL", named)
    found = speech_weights.choose(ROOT, entries(), store, Console(quiet=True))
    assert (found.model, found.are_shipped) == (named, are_shipped)


def russian(name: str) -> dict[str, Weights]:
    """The real ones, and others that know Russian."""
    entry = entries()[speech_weights.REAL].model_copy(update={"name": name})
    return entries() | {name: entry}


def test_better_weights_of_the_store_hear_their_language(store: Store, share: Path) -> None:
    found = russian("t-one")
    assert speech_weights.choose(ROOT, found, store, Console(quiet=True)).routes == {}, "nothing is fetched for it"
    (share / "t-one").mkdir()
    (share / "t-one" / "model.bin").write_bytes(DATA)
    folder = str(pulling.pull(found["t-one"], store, Console(quiet=True)))
    chosen = speech_weights.choose(ROOT, found, store, Console(quiet=True))
    assert json.loads(chosen.settings["AURICLE_SPEECH_MODELS"]) == {"ru": folder}
    assert chosen.told == "whisper-base, from the store; ru by t-one"


@pytest.mark.parametrize("named", ["large-v3", "demo"])
def test_weights_that_were_asked_for_hear_every_language(
    store: Store, share: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    (share / "t-one").mkdir()
    (share / "t-one" / "model.bin").write_bytes(DATA)
    pulling.pull(russian("t-one")["t-one"], store, Console(quiet=True))
    monkeypatch.setenv("AURICLE_SPEECH_MODEL", named)
    assert speech_weights.choose(ROOT, russian("t-one"), store, Console(quiet=True)).routes == {}


def test_a_language_can_be_given_weights_by_name_or_folder(
    store: Store, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (share / "t-one").mkdir()
    (share / "t-one" / "model.bin").write_bytes(DATA)
    monkeypatch.setenv("AURICLE_SPEECH_MODELS", '{"ru": "t-one", "en": "/weights/parakeet"}')
    chosen = speech_weights.choose(ROOT, russian("t-one"), store, Console(quiet=True))
    assert chosen.routes == {"ru": str(store.root / "named" / "t-one"), "en": "/weights/parakeet"}


@pytest.mark.parametrize("said", ["ru=t-one", '["ru"]', '{"ru": 1}'])
def test_routes_that_cannot_be_read_are_told(
    store: Store, share: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    assert share.is_dir()
    monkeypatch.setenv("AURICLE_SPEECH_MODELS", said)
    with pytest.raises(CliError, match="AURICLE_SPEECH_MODELS is"):
        speech_weights.choose(ROOT, russian("t-one"), store, Console(quiet=True))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a bucket that holds the weights under a prefix."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "moto")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "moto")
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1")
    client.create_bucket(Bucket="weights")
    client.put_object(Bucket="weights", Key="models/whisper-base/model.bin", Body=DATA)
    yield f"s3://weights/models?endpoint=http://{host}:{port}&region=us-east-1"
    server.stop()


def test_a_bucket_is_a_source(store: Store, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AURICLE_WEIGHTS_FOLDER", bucket)
    entry = entries()[speech_weights.REAL]
    assert (pulling.pull(entry, store, Console(quiet=True)) / "model.bin").read_bytes() == DATA
    other = entry.model_copy(update={"name": "other"})
    with pytest.raises(CliError, match=r"other/model\.bin is not there"):
        pulling.pull(other, store, Console(quiet=True))


def test_the_charts_name_weights_of_the_catalogue() -> None:
    known = {*catalogue.load(ROOT / "models" / "catalogue.yaml"), "speech"}
    charts = [yaml.safe_load(path.read_text()) for path in sorted((ROOT / "charts" / "auricle").glob("values*.yaml"))]
    named = [chart.get("settings", {}).get("AURICLE_SPEECH_MODEL") for chart in charts]
    copied = [chart.get("services", {}).get("asr", {}).get("weights") for chart in charts]
    names = {Path(one).name for one in (*named, *copied) if one}
    assert len(names) > 1
    assert names <= known
