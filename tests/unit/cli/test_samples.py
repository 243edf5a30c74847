"""What the CLI takes as a submission, and what it refuses with a sentence."""

import json
from pathlib import Path

import pytest
from auricle_cli import samples
from auricle_cli.errors import CliError


def test_a_recording_takes_its_metadata_from_beside_it(tmp_path: Path) -> None:
    (tmp_path / "call.wav").write_bytes(b"RIFF")
    (tmp_path / "call.json").write_text(json.dumps({"channel": "call", "external_id": "77", "line": "sales"}))
    (tmp_path / "call.truth.json").write_text("{}")
    (found,) = samples.find([tmp_path])
    assert found.about.external_id == "77"
    assert found.recording == tmp_path / "call.wav"


def test_a_recording_alone_is_named_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "call.mp3").write_bytes(b"ID3")
    (found,) = samples.find([tmp_path / "call.mp3"])
    assert found.about.external_id == "call.mp3"


def test_turns_are_a_submission(tmp_path: Path) -> None:
    body = {
        "channel": "chat",
        "participants": [{"id": "c", "role": "customer"}],
        "turns": [{"participant": "c", "text": "да"}],
    }
    (tmp_path / "chat.json").write_text(json.dumps(body))
    (found,) = samples.find([tmp_path])
    assert found.recording is None


@pytest.mark.parametrize("body", ["{", "[]", '{"channel": "fax"}', '{"turns": "' + "я" * 10 + '"}'])
def test_a_wrong_description_is_said(tmp_path: Path, body: str) -> None:
    (tmp_path / "x.json").write_text(body)
    with pytest.raises(CliError, match="does not describe"):
        list(samples.find([tmp_path]))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(CliError, match="no file"):
        list(samples.find([tmp_path / "nowhere.wav"]))
