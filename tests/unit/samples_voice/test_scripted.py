"""Calls read from scripts: the scripts hold, their composition is exact, and the committed ones are what their files say."""

import json
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from auricle_contracts import ConversationIn
from auricle_samples.voice import festival, scripted
from auricle_samples.voice.festival import RATE_HZ, Speaker
from auricle_samples.voice.line import TELEPHONE_HZ
from auricle_samples.voice.scripted import Script
from auricle_samples.voice.timed import TimedWord, Utterance
from pydantic import ValidationError

FOLDER = Path(__file__).parents[2] / "data" / "spoken"
NAMES = sorted(path.stem for path in scripted.SCRIPTS.glob("*.toml"))
TURNS: list[list[object]] = [
    ["agent", "Добрый день! Слушаю вас."],
    ["customer", "Мне {iPhone|айфон}.", {"gap_s": -0.5}],
    ["agent", "Минуту.", {"hold": True}],
]


def a_script(**changes: object) -> Script:
    values = {
        "form": "alaw", "language": "ru", "line": "shop", "agent_name": "Анна", "cast": {"agent": "anna", "customer": "oleg"},
        "turns": [(*turn, {})[:3] for turn in TURNS],
    }  # fmt: skip
    return Script.model_validate(values | changes)


def tones(sentences: Sequence[str], speaker: Speaker) -> list[Utterance]:
    """A synthesiser of one tone a word, 0.2 s each; higher for a higher voice."""
    made = []
    for text in sentences:
        words = text.split()
        time = np.arange(int(0.2 * len(words) * RATE_HZ)) / RATE_HZ
        sound = (0.5 * np.sin(2 * np.pi * 500 * speaker.pitch * time)).astype(np.float32)
        made.append(
            Utterance(sound, RATE_HZ, tuple(TimedWord(w, 0.2 * n, 0.2 * n + 0.2) for n, w in enumerate(words)), ())
        )
    return made


def level_of(track: np.ndarray, start_ms: float, end_ms: float) -> float:
    piece = track[int(start_ms * 8) : int(end_ms * 8)]
    return float(np.sqrt(np.mean(np.square(piece))))


def test_words_lie_where_their_sound_is_and_are_named_as_written() -> None:
    call = scripted.recorded(a_script(), 1, tones)
    first, second, third = call.turns
    assert [word.text for word in second.words] == ["Мне", "iPhone."]
    assert second.words[0].start_s < first.words[-1].end_s + 0.4, "it begins over the other side"
    for turn in call.turns:
        start, end = turn.words[0].start_s * 1000, turn.words[-1].end_s * 1000
        assert level_of(call.tracks[turn.track], start, end) > 5 * level_of(call.tracks[turn.track], 0, 300)
    assert call.length_s > third.words[-1].end_s + 6, "music follows a hold"


def test_a_leak_is_heard_on_the_other_track() -> None:
    dry, leaked = (scripted.recorded(a_script(leak_db=level), 1, tones) for level in (None, -12.0))
    end = dry.turns[0].words[1].end_s * 1000
    heard = [level_of(call.tracks[1], call.turns[0].words[0].start_s * 1000, end) for call in (dry, leaked)]
    assert heard[1] > 3 * heard[0]


@pytest.mark.parametrize(
    "turns", [[("agent", "Да.", {})], [("bot", "Да.", {})] * 2, [("agent", "Да.", {"pause": 1})] * 2]
)
def test_a_wrong_script_is_refused(turns: object) -> None:
    with pytest.raises(ValidationError):
        a_script(turns=turns)


@pytest.mark.parametrize("name", NAMES)
def test_every_voice_of_a_script_is_known(name: str) -> None:
    script = scripted.read(scripted.SCRIPTS / f"{name}.toml")
    assert all(script.speaker(number) for number in range(len(script.turns)))


def test_they_are_of_every_kind_and_small() -> None:
    scripts = [scripted.read(scripted.SCRIPTS / f"{name}.toml") for name in NAMES]
    assert {one.tracks for one in scripts} == {1, 2}
    assert any(one.leak_db for one in scripts)
    assert any({*(turn[2].language for turn in one.turns)} >= {None, "ru"} for one in scripts), "one in two languages"
    assert any(turn[2].hold for one in scripts for turn in one.turns)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 4_500_000


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_call_is_what_its_files_say(name: str) -> None:
    script = scripted.read(scripted.SCRIPTS / f"{name}.toml")
    about = ConversationIn.model_validate_json((FOLDER / f"{name}.json").read_bytes())
    truth = json.loads((FOLDER / f"{name}.truth.json").read_bytes())
    (recording,) = (path for path in FOLDER.glob(f"{name}.*") if path.suffix != ".json")
    with av.open(str(recording)) as container:
        stream = container.streams.audio[0]
        seconds = sum(frame.samples for frame in container.decode(stream)) / stream.rate
        assert stream.channels == script.tracks
    assert seconds * 1000 == pytest.approx(truth["duration_ms"], abs=300)
    assert (about.participants[0].track is not None) == (script.tracks == 2)
    assert [turn["written"] for turn in truth["turns"]] == [scripted.written(text) for _, text, _ in script.turns]
    for turn in truth["turns"]:
        starts = [start for _, start, _ in turn["words"]]
        assert starts == sorted(starts)
        assert all(start < end for _, start, end in turn["words"])
        assert 0 <= turn["start_ms"] < turn["end_ms"] <= truth["duration_ms"]


def test_festival_orders_are_one_a_sentence_and_cannot_end_their_string() -> None:
    orders = festival.orders(['Скажите "да"\\ и всё.', "Два."], "/tmp/x")
    assert len(orders) == 4
    assert orders[0].count('"') == 2
    times = festival.times_of("0 0.1 0.4\n0 0.4 0.9\nnoise\n1 0.0 0.3\n", 2)
    assert times == [[(0.1, 0.4), (0.4, 0.9)], [(0.0, 0.3)]]


def test_the_length_of_a_call_is_that_of_its_tracks() -> None:
    call = scripted.recorded(a_script(), 3, tones)
    assert call.length_s == call.tracks.shape[1] / TELEPHONE_HZ
