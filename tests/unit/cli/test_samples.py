"""What the CLI takes as a submission, and what it refuses with a sentence."""

import json
from pathlib import Path

import httpx
import pytest
from auricle_cli import app, samples
from auricle_cli.errors import CliError, NotAllSubmitted
from auricle_cli.samples import Skipped, Submission
from typer.testing import CliRunner


def test_a_recording_takes_its_metadata_from_beside_it(tmp_path: Path) -> None:
    (tmp_path / "call.wav").write_bytes(b"RIFF")
    (tmp_path / "call.json").write_text(json.dumps({"channel": "call", "external_id": "77", "line": "sales"}))
    (tmp_path / "call.truth.json").write_text("{}")
    (found,) = samples.find([tmp_path])
    assert isinstance(found, Submission)
    assert found.about.external_id == "77"
    assert found.recording == tmp_path / "call.wav"


def test_a_recording_alone_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "call.mp3").write_bytes(b"ID3")
    (found,) = samples.find([tmp_path / "call.mp3"])
    assert isinstance(found, Submission)
    assert found.about.external_id == "call.mp3"


def test_turns_are_a_submission(tmp_path: Path) -> None:
    body = {
        "channel": "chat",
        "participants": [{"id": "c", "role": "customer"}],
        "turns": [{"participant": "c", "text": "да"}],
    }
    (tmp_path / "chat.json").write_text(json.dumps(body))
    (found,) = samples.find([tmp_path])
    assert isinstance(found, Submission)
    assert found.recording is None


@pytest.mark.parametrize("body", ["{", "[]", '{"channel": "fax"}', '{"turns": "' + "я" * 10 + '"}'])
def test_a_wrong_description_is_said_and_stops_no_other(tmp_path: Path, body: str) -> None:
    (tmp_path / "a.json").write_text(body)
    (tmp_path / "b.wav").write_bytes(b"RIFF")
    bad, good = samples.find([tmp_path])
    assert isinstance(bad, Skipped)
    assert (bad.path, bad.is_fault) == (tmp_path / "a.json", True)
    assert "does not describe" in bad.why
    assert isinstance(good, Submission)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="no file"):
        list(samples.find([tmp_path / "nowhere.wav"]))


def test_case_and_byte_order_mark_are_no_matter(tmp_path: Path) -> None:
    about = json.dumps({"external_id": "up-7", "line": "sales"})
    (tmp_path / "CALL7.WAV").write_bytes(b"RIFF")
    (tmp_path / "call7.Json").write_bytes(b"\xef\xbb\xbf" + about.encode())
    for paths in ([tmp_path], [tmp_path / "CALL7.WAV"]):
        (found,) = samples.find(paths)
        assert isinstance(found, Submission)
        assert (found.recording, found.about.external_id, found.about.line) == (tmp_path / "CALL7.WAV", "up-7", "sales")


@pytest.mark.parametrize("name", ["a.mp4", "a.3GP", "a.amr", "a.opus", "a.oga", "a.M4A", "a.wave", "a.mov"])
def test_whatever_can_be_transcribed_is_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\0\0\0\x20ftypisom")
    (found,) = samples.find([tmp_path])
    assert isinstance(found, Submission)
    assert found.recording == tmp_path / name


def test_a_recording_without_a_telling_name_is_known_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "1732.dat").write_bytes(b"RIFF\0\0\0\0WAVEfmt ")
    (tmp_path / "notes.txt").write_text("позвонить")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    recording, other = samples.find([tmp_path])
    assert isinstance(recording, Submission)
    assert isinstance(other, Skipped)
    assert (other.path.name, other.is_fault) == ("notes.txt", False)


def test_files_that_fail_are_named_and_the_rest_is_submitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.wav").write_bytes(b"RIFF1")
    (tmp_path / "c.wav").write_bytes(b"RIFF2")
    (tmp_path / "d.txt").write_text("x")

    def answer(request: httpx.Request) -> httpx.Response:
        if request.content == b"RIFF1":
            return httpx.Response(422, json={"code": "invalid_request", "detail": "no"})
        return httpx.Response(202, json=VIEW)

    client = httpx.Client
    transport = httpx.MockTransport(answer)
    monkeypatch.setattr(httpx, "Client", lambda **kwargs: client(**kwargs, transport=transport))
    shown = CliRunner().invoke(app.app, ["submit", "--no-wait", str(tmp_path)], terminal_width=200)
    assert isinstance(shown.exception, NotAllSubmitted), shown.output
    assert str(shown.exception) == "2 of 3 were not submitted"
    said = "".join(shown.output.split("\n"))
    for words in ("not submitted", "a.json", "invalid_request: no", "c → 0193-c", "skipped", "d.txt"):
        assert words in said


VIEW: dict[str, object] = {
    "id": "0193-c", "workspace": "w", "channel": "call", "source": "cli", "external_id": "c.wav", "direction": "inbound", "line": None,
    "language": None, "state": "stored", "revision": 1, "participants": [], "metadata": {}, "progress": "waiting", "started_at": None,
    "created_at": "2026-11-29T00:00:00Z", "updated_at": "2026-11-29T00:00:00Z",
}  # fmt: skip
