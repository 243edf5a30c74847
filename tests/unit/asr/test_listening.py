"""The driver between windows and an engine: one batch, retries of what failed, silence and inventions dropped."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from auricle_asr.recordings.recording import RATE_HZ
from auricle_asr.speech.engine import EngineFacts, HeardWord, Hearing, Sound
from auricle_asr.speech.listening import Listened, Listener, ListeningRules
from auricle_asr.speech.windows import Clip
from auricle_asr.wiring import known_inventions

Script = Callable[[Sound, float], Hearing]


class ScriptedEngine:
    """Says what a function of the sound and the temperature says; remembers what it was asked."""

    facts = EngineFacts("scripted", "cpu")

    def __init__(self, script: Script) -> None:
        self.script = script
        self.batches: list[tuple[int, float, tuple[str, ...]]] = []
        self.detections = 0

    async def is_up(self) -> bool:
        return True

    async def close(self) -> None: ...

    async def detect_language(self, sound: Sound) -> str:
        self.detections += 1
        return "en" if sound.max() > 0.5 else "ru"

    async def decode(self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float) -> list[Hearing]:
        self.batches.append((len(sounds), temperature, tuple(languages)))
        return [self.script(sound, temperature) for sound in sounds]


def said(text: str, logprob: float = -0.2, no_speech: float = 0.1) -> Hearing:
    words = tuple(HeardWord(word, n * 0.3, n * 0.3 + 0.2, 0.9) for n, word in enumerate(text.split()))
    return Hearing(words, "ru", logprob, no_speech)


QUIET, LOUD = np.full(100 * RATE_HZ, 3000, np.int16), np.full(100 * RATE_HZ, 30000, np.int16)
TWENTY = [Clip(n * 25 * RATE_HZ, n * 25 * RATE_HZ + 20 * RATE_HZ) for n in range(4)]


async def listen(script: Script, *, language: str | None = "ru", **rules: object) -> tuple[Listened, ScriptedEngine]:
    engine = ScriptedEngine(script)
    listener = Listener(engine, ListeningRules(**rules), known_inventions())  # type: ignore[arg-type]
    return await listener.listen([QUIET, LOUD], [TWENTY, TWENTY[:1]], language), engine


async def test_both_tracks_go_in_one_batch() -> None:
    found, engine = await listen(lambda *_: said("раз два три"))
    assert engine.batches == [(5, 0.0, ("ru",) * 5)]
    assert [len(track.words) for track in found.tracks] == [12, 3]
    assert [word.start_ms for word in found.tracks[0].words][::3] == [0, 25_000, 50_000, 75_000]
    assert (found.windows, found.retried, found.speech_seconds) == (5, 0, 100.0)


async def test_batches_are_bounded() -> None:
    _, engine = await listen(lambda *_: said("раз"), batch_windows=2)
    assert [size for size, _, _ in engine.batches] == [2, 2, 1]


async def test_each_track_has_its_language() -> None:
    found, engine = await listen(lambda *_: said("раз"), language=None)
    assert [track.language for track in found.tracks] == ["ru", "en"]
    assert engine.detections == 2
    assert engine.batches[0][2] == ("ru", "ru", "ru", "ru", "en")


async def test_a_silent_track_asks_for_no_language() -> None:
    engine = ScriptedEngine(lambda *_: said("раз"))
    found = await Listener(engine, ListeningRules(), known_inventions()).listen([QUIET, LOUD], [[], TWENTY[:1]], None)
    assert engine.detections == 1
    assert found.tracks[0] == type(found.tracks[0])(None, ())


async def test_only_failed_windows_are_decoded_again_until_they_are_good() -> None:
    def script(sound: Sound, temperature: float) -> Hearing:
        return said("плохо", logprob=-2) if sound.max() > 0.5 and temperature < 0.4 else said("хорошо")

    found, engine = await listen(script)
    assert [(size, temperature) for size, temperature, _ in engine.batches] == [(5, 0.0), (1, 0.2), (1, 0.4)]
    assert [word.text for word in found.tracks[1].words] == ["хорошо"]
    assert (found.retried, found.failed) == (2, 0)
    assert found.verdicts == {"good": 4, "unsure": 1}


async def test_when_all_fail_the_likeliest_stays_and_is_counted() -> None:
    def script(_: Sound, temperature: float) -> Hearing:
        return said(f"слово{temperature}", logprob=-2 + 0.5 * (temperature == 0.6))

    found, _ = await listen(script, temperatures=(0.2, 0.6, 1.0))
    assert {word.text for word in found.tracks[0].words} == {"слово0.6"}
    assert found.failed == 5


async def test_an_unsure_window_that_gets_no_surer_is_given_up() -> None:
    found, engine = await listen(lambda _, heat: said("шум", logprob=-1.5 - heat))
    assert sorted({temperature for _, temperature, _ in engine.batches}) == [0.0, 0.2, 0.4]
    assert (found.retried, found.failed) == (10, 5)


async def test_a_loop_that_never_breaks_is_said_once() -> None:
    found, _ = await listen(lambda *_: said("и так " * 10), temperatures=(0.4,))
    assert [word.text for word in found.tracks[1].words] == ["и", "так"]


@pytest.mark.parametrize(
    "hearing",
    [said("да да", logprob=-1.5, no_speech=0.9), said("Субтитры сделал DimaTorzok"), said("спасибо", no_speech=0.5)],
)
async def test_silence_and_inventions_leave_no_word(hearing: Hearing) -> None:
    found, _ = await listen(lambda *_: hearing)
    assert [track.words for track in found.tracks] == [(), ()]
    assert found.dropped == 5
