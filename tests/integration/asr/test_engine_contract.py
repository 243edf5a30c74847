"""What every engine keeps to, whatever it hears with: Whisper's demo weights here and behind a server, ONNX models of random numbers."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from auricle_asr.recordings.recording import RATE_HZ
from auricle_asr.speech.engine import Sound, SpeechEngine
from auricle_asr.speech.faster_whisper_engine import FasterWhisperEngine
from auricle_asr.speech.onnx_engine import OnnxOptions, OnnxSpeechEngine
from auricle_asr.speech.recognition import Recogniser, RecognitionRules
from auricle_asr.speech.routed_engine import RoutedEngine
from auricle_asr.speech.windows import Clip
from auricle_asr.wiring import known_inventions
from fixtures.onnx_weights import MAKERS
from integration.asr.conftest import WEIGHTS, opened
from integration.asr.sounds import sound_of

pytestmark = pytest.mark.skipif(not (WEIGHTS / "model.bin").exists(), reason="models/speech has no weights")
SPOKEN = "02-ru-delivery.wav"


@pytest.fixture(params=["local", "server", *MAKERS, "routed"])
async def engine(
    request: pytest.FixtureRequest, local: FasterWhisperEngine, tmp_path: Path
) -> AsyncIterator[SpeechEngine]:
    """Each engine in turn; `routed` is one for Russian beside one for the rest."""
    if request.param in ("local", "server"):
        async with opened(request.param, local) as found:
            yield found
        return
    model = onnx_engine(tmp_path, "t-one" if request.param == "routed" else request.param)
    yield RoutedEngine(local, {"ru": model}) if request.param == "routed" else model


def onnx_engine(folder: Path, name: str) -> OnnxSpeechEngine:
    MAKERS[name](folder)
    return OnnxSpeechEngine(OnnxOptions(folder, device="cpu", batch_size=2))


async def test_it_is_up_and_says_what_it_is(engine: SpeechEngine) -> None:
    assert await engine.is_up()
    assert "/" in engine.facts.name
    assert engine.facts.device
    assert 1 <= engine.facts.window_seconds <= 30
    assert "ru" in engine.facts.languages or not engine.facts.languages


async def test_windows_come_back_in_order_with_timed_words(engine: SpeechEngine) -> None:
    sounds = [sound_of(SPOKEN, track, 0, seconds) for track, seconds in ((0, 12), (1, 20), (0, 6))]
    found = await engine.decode(sounds, ["ru"] * 3, 0.0)
    assert len(found) == 3
    assert any(heard.words for heard in found)
    for heard, sound in zip(found, sounds, strict=True):
        starts = [word.start_s for word in heard.words]
        assert starts == sorted(starts)
        assert all(0 <= word.start_s <= word.end_s <= len(sound) / RATE_HZ + 0.5 for word in heard.words)
        assert all(0 <= word.probability <= 1 for word in heard.words)
        assert all(word.text == word.text.strip() != "" for word in heard.words)
        assert heard.language == "ru"
        assert heard.avg_logprob <= 0


async def test_a_batch_says_what_its_windows_say_alone(engine: SpeechEngine) -> None:
    sounds = [sound_of(SPOKEN, track, 0, 10) for track in (0, 1)]
    together = await engine.decode(sounds, ["ru", "ru"], 0.0)
    alone = [(await engine.decode([sound], ["ru"], 0.0))[0] for sound in sounds]
    assert [heard.text for heard in together] == [heard.text for heard in alone]


async def test_a_second_try_has_its_temperature_and_samples_only_where_it_says_so(engine: SpeechEngine) -> None:
    sound = sound_of(SPOKEN, 0, 0, 10)
    (heard,) = await engine.decode([sound], ["ru"], 0.6)
    assert heard.temperature == 0.6
    if not engine.facts.of("ru").samples:
        (first,) = await engine.decode([sound], ["ru"], 0.0)
        assert heard.words == first.words


async def test_the_shortest_clip_that_vad_makes_is_no_error(engine: SpeechEngine) -> None:
    (heard,) = await engine.decode([np.zeros(RATE_HZ // 10, np.float32)], ["ru"], 0.0)
    assert all(word.end_s <= 0.6 for word in heard.words)


async def test_hot_words_are_taken_or_left(engine: SpeechEngine) -> None:
    """More than any engine can hold: what does not fit is left off, and a window still has words with their times."""
    sound = sound_of(SPOKEN, 0, 0, 10)
    terms = [f"название номер {number}" for number in range(100)]
    (heard,) = await engine.decode([sound], ["ru"], 0.0, terms)
    assert all(0 <= word.start_s <= word.end_s <= 10.5 for word in heard.words)
    if not engine.facts.of("ru").is_told:
        assert heard == (await engine.decode([sound], ["ru"], 0.0))[0]


async def test_no_sounds_are_no_words(engine: SpeechEngine) -> None:
    assert await engine.decode([], [], 0.0) == []


async def test_speech_without_a_word_is_asked_for_again_and_told(engine: SpeechEngine) -> None:
    """The coverage guard stands before every engine: what is not covered by words is in `missing_s`, and none of it is lost to a retry."""
    sound: Sound = sound_of(SPOKEN, 0, 0, 20)
    track = (sound * 32767).astype(np.int16)
    speech = [Clip(0, len(track) // 2), Clip(len(track) // 2 + RATE_HZ, len(track))]
    rules = RecognitionRules(temperatures=(0.4,))
    found = await Recogniser(engine, rules, known_inventions()).recognise([track], [speech], "ru")
    assert 0 <= found.tracks[0].missing_s <= found.tracks[0].speech_s == pytest.approx(19)
    assert found.heard_by[0].name == engine.facts.of("ru").name
    if not engine.facts.of("ru").samples:
        assert found.retried == 0
