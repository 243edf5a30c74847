"""The committed sample calls: complete, readable, small, and true to their description."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest
from auricle_contracts import ConversationIn

CALLS = Path(__file__).parents[2] / "data" / "calls"
NAMES = sorted(path.name.removesuffix(".truth.json") for path in CALLS.glob("*.truth.json"))


def recording(name: str) -> Path:
    return next(path for path in CALLS.glob(f"{name}.*") if path.suffix != ".json")


def test_there_are_enough_of_every_kind() -> None:
    assert len(NAMES) >= 8
    assert {recording(name).suffix for name in NAMES} == {".wav", ".mp3", ".ogg", ".flac", ".m4a"}
    assert sum(path.stat().st_size for path in CALLS.iterdir()) < 6_500_000


@pytest.mark.parametrize("name", NAMES)
def test_a_call_is_what_its_files_say(name: str) -> None:
    metadata = ConversationIn.model_validate_json((CALLS / f"{name}.json").read_bytes())
    truth = json.loads((CALLS / f"{name}.truth.json").read_bytes())
    with av.open(str(recording(name))) as container:
        stream = container.streams.audio[0]
        seconds = sum(frame.samples for frame in container.decode(stream)) / stream.rate
        tracks = stream.channels
    assert seconds * 1000 == pytest.approx(truth["duration_ms"], abs=300)
    assert (tracks == 2) == (metadata.participants[0].track is not None)
    assert metadata.language == truth["language"]
    assert {turn["role"] for turn in truth["turns"]} == {"agent", "customer"}


@pytest.mark.parametrize("name", NAMES)
def test_words_are_in_order_and_inside_the_call(name: str) -> None:
    truth = json.loads((CALLS / f"{name}.truth.json").read_bytes())
    for turn in truth["turns"]:
        starts = [start for _, start, _ in turn["words"]]
        assert starts == sorted(starts)
        assert 0 <= turn["start_ms"] < turn["end_ms"] <= truth["duration_ms"]


def test_the_broken_ones_are_broken() -> None:
    with pytest.raises(av.FFmpegError), av.open(str(CALLS / "92-not-audio.wav")) as container:
        next(container.decode(audio=0))
    with av.open(str(CALLS / "90-silent.wav")) as container:
        assert max(abs(frame.to_ndarray().astype(int)).max() for frame in container.decode(audio=0)) <= 8
    whole, damaged = min(CALLS.glob("*.mp3")).read_bytes(), (CALLS / "91-damaged.mp3").read_bytes()
    assert len(whole) == len(damaged)
    assert whole != damaged
