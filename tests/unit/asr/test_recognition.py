"""The driver between windows and an engine: one batch, retries of what failed, silence and inventions dropped."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from auricle_asr.recordings.recording import RATE_HZ
from auricle_asr.speech.engine import EngineFacts, Hypothesis, RecognisedWord, Sound
from auricle_asr.speech.recognised import Recognised, TrackWords
from auricle_asr.speech.recognition import Recogniser, RecognitionRules
from auricle_asr.speech.windows import Clip
from auricle_asr.wiring import known_inventions

Script = Callable[[Sound, float], Hypothesis]


class ScriptedEngine:
    """Says what a function of the sound and the temperature says; remembers what it was asked."""

    facts = EngineFacts("scripted", "cpu", languages=frozenset({"ru", "en"}))

    def __init__(self, script: Script) -> None:
        self.script = script
        self.batches: list[tuple[int, float, tuple[str, ...]]] = []
        self.detections = 0
        self.told: list[tuple[str, ...]] = []

    async def is_up(self) -> bool:
        return True

    async def close(self) -> None: ...

    async def detect_language(self, sound: Sound) -> str:
        self.detections += 1
        return "en" if sound.max() > 0.5 else "ru"

    async def decode(
        self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float, hot_words: Sequence[str] = ()
    ) -> list[Hypothesis]:
        self.told.append(tuple(hot_words))
        self.batches.append((len(sounds), temperature, tuple(languages)))
        return [self.script(sound, temperature) for sound in sounds]


def said(text: str, logprob: float = -0.2, no_speech: float = 0.1) -> Hypothesis:
    words = tuple(RecognisedWord(word, n * 0.3, n * 0.3 + 0.2, 0.9) for n, word in enumerate(text.split()))
    return Hypothesis(words, "ru", logprob, no_speech)


QUIET, LOUD = np.full(100 * RATE_HZ, 3000, np.int16), np.full(100 * RATE_HZ, 30000, np.int16)
TWENTY = [Clip(n * 25 * RATE_HZ, n * 25 * RATE_HZ + 20 * RATE_HZ) for n in range(4)]


async def recognise(
    script: Script, *, language: str | None = "ru", **rules: object
) -> tuple[Recognised, ScriptedEngine]:
    """Scripted words stand at the beginning of a window only: the rest of it is not decoded again."""
    engine = ScriptedEngine(script)
    recogniser = Recogniser(engine, RecognitionRules(gap_rounds=0, **rules), known_inventions())  # type: ignore[arg-type]
    return await recogniser.recognise([QUIET, LOUD], [TWENTY, TWENTY[:1]], language), engine


async def test_both_tracks_go_in_one_batch() -> None:
    found, engine = await recognise(lambda *_: said("раз два три"))
    assert engine.batches == [(5, 0.0, ("ru",) * 5)]
    assert [len(track.words) for track in found.tracks] == [12, 3]
    assert [word.start_ms for word in found.tracks[0].words][::3] == [0, 25_000, 50_000, 75_000]
    assert (found.windows, found.retried, found.speech_seconds) == (5, 0, 100.0)


async def test_batches_are_bounded() -> None:
    _, engine = await recognise(lambda *_: said("раз"), batch_windows=2)
    assert [size for size, _, _ in engine.batches] == [2, 2, 1]


async def test_each_track_has_its_language() -> None:
    found, engine = await recognise(lambda *_: said("раз"), language=None)
    assert [track.language for track in found.tracks] == ["ru", "en"]
    assert engine.detections == 2
    assert engine.batches[0][2] == ("ru", "ru", "ru", "ru", "en")


async def test_a_language_that_the_weights_do_not_know_is_found_by_ear() -> None:
    found, engine = await recognise(lambda *_: said("раз"), language="xx")
    assert [track.language for track in found.tracks] == ["ru", "en"]
    assert engine.detections == 2


async def test_a_silent_track_asks_for_no_language() -> None:
    engine = ScriptedEngine(lambda *_: said("раз"))
    found = await Recogniser(engine, RecognitionRules(gap_rounds=0), known_inventions()).recognise(
        [QUIET, LOUD], [[], TWENTY[:1]], None
    )
    assert engine.detections == 1
    assert found.tracks[0] == type(found.tracks[0])(None, ())


async def test_only_failed_windows_are_decoded_again_until_they_are_good() -> None:
    def script(sound: Sound, temperature: float) -> Hypothesis:
        return said("плохо", logprob=-2) if sound.max() > 0.5 and temperature < 0.4 else said("хорошо")

    found, engine = await recognise(script)
    assert [(size, temperature) for size, temperature, _ in engine.batches] == [(5, 0.0), (1, 0.2), (1, 0.4)]
    assert [word.text for word in found.tracks[1].words] == ["хорошо"]
    assert (found.retried, found.failed) == (2, 0)
    assert found.verdicts == {"good": 4, "unsure": 1}


async def test_when_all_fail_the_likeliest_stays_and_is_counted() -> None:
    def script(_: Sound, temperature: float) -> Hypothesis:
        return said(f"слово{temperature}", logprob=-2 + 0.5 * (temperature == 0.6))

    found, _ = await recognise(script, temperatures=(0.2, 0.6, 1.0))
    assert {word.text for word in found.tracks[0].words} == {"слово0.6"}
    assert found.failed == 5


async def test_an_unsure_window_that_gets_no_surer_is_given_up() -> None:
    found, engine = await recognise(lambda _, heat: said("шум", logprob=-1.5 - heat))
    assert sorted({temperature for _, temperature, _ in engine.batches}) == [0.0, 0.2, 0.4]
    assert (found.retried, found.failed) == (10, 5)


async def test_a_loop_that_never_breaks_is_said_once() -> None:
    found, _ = await recognise(lambda *_: said("и так " * 10), temperatures=(0.4,))
    assert [word.text for word in found.tracks[1].words] == ["и", "так"]


@pytest.mark.parametrize(
    "hypothesis",
    [said("да да", logprob=-1.5, no_speech=0.9), said("Субтитры сделал DimaTorzok"), said("спасибо", no_speech=0.5)],
)
async def test_silence_and_inventions_leave_no_word_and_are_counted(hypothesis: Hypothesis) -> None:
    found, _ = await recognise(lambda *_: hypothesis)
    assert [track.words for track in found.tracks] == [(), ()]
    assert sum(found.dropped.values()) == 5


COUNTED = np.repeat(np.arange(60, dtype=np.int16) * 100, RATE_HZ)
"""A track on which each second says its number."""


def counting(most_seconds: int, *, logprob: float = -0.2, deaf: range = range(0)) -> Script:
    """Hears a word a second, for so long in each window, and none in the seconds to which it is deaf."""

    def script(sound: Sound, _: float) -> Hypothesis:
        numbers = [round(float(sound[at]) * 327.68) for at in range(RATE_HZ // 2, len(sound), RATE_HZ)][:most_seconds]
        words = [RecognisedWord(f"{n}", at + 0.2, at + 0.8, 0.9) for at, n in enumerate(numbers) if n not in deaf]
        return Hypothesis(tuple(words), "ru", logprob, 0.0)

    return script


async def of_counted(script: Script) -> tuple[TrackWords, Recognised]:
    recogniser = Recogniser(ScriptedEngine(script), RecognitionRules(), known_inventions())
    found = await recogniser.recognise([COUNTED], [[Clip(0, 20 * RATE_HZ), Clip(30 * RATE_HZ, 36 * RATE_HZ)]], "ru")
    return found.tracks[0], found


async def test_a_window_that_ends_early_is_decoded_on_from_there() -> None:
    track, found = await of_counted(counting(15))
    assert [word.text for word in track.words] == [str(second) for second in (*range(20), *range(30, 36))]
    assert all(word.start_ms // 1000 == int(word.text) for word in track.words)
    assert (found.recovered, track.speech_s, track.missing_s) == (11, 26.0, 0.0)


async def test_speech_in_which_nothing_is_heard_is_told() -> None:
    track, found = await of_counted(counting(30, deaf=range(8, 14)))
    assert len(track.words) == 20
    assert found.recovered == 0
    assert track.missing_s == pytest.approx(6, abs=1)


async def test_a_gap_is_not_filled_with_what_is_unlikely() -> None:
    def script(sound: Sound, heat: float) -> Hypothesis:
        whole = counting(15)(sound, heat)
        return whole if len(sound) > 25 * RATE_HZ else replace(whole, avg_logprob=-0.9)

    track, found = await of_counted(script)
    assert (len(track.words), found.recovered) == (15, 0)
    assert track.missing_s > 10


class TwoLanguages(ScriptedEngine):
    """Writes Russian down surely for fifteen seconds; what follows is English, and unlikely in any other language."""

    async def detect_language(self, sound: Sound) -> str:
        return "ru" if len(sound) > 25 * RATE_HZ else "en"

    async def decode(
        self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float, hot_words: Sequence[str] = ()
    ) -> list[Hypothesis]:
        heard = await super().decode(sounds, languages, temperature, hot_words)
        sure = [len(sound) > 25 * RATE_HZ or spoken == "en" for sound, spoken in zip(sounds, languages, strict=True)]
        return [
            replace(one, avg_logprob=-0.2 if likely else -0.93, language=spoken)
            for one, likely, spoken in zip(heard, sure, languages, strict=True)
        ]


async def test_a_gap_in_another_language_is_decoded_in_it() -> None:
    recogniser = Recogniser(TwoLanguages(counting(15)), RecognitionRules(), known_inventions())
    clips = [Clip(0, 20 * RATE_HZ), Clip(30 * RATE_HZ, 36 * RATE_HZ)]
    found = await recogniser.recognise([COUNTED], [clips], "ru")
    (track,) = found.tracks
    assert [word.text for word in track.words] == [str(second) for second in (*range(20), *range(30, 36))]
    assert (track.language, found.recovered, track.missing_s) == ("ru", 11, 0.0)
    assert [track.language_of([word]) for word in track.words] == ["ru"] * 15 + ["en"] * 11


async def test_silence_that_was_seen_through_is_not_missing_speech() -> None:
    track, _ = await of_counted(lambda *_: said("Субтитры сделал DimaTorzok"))
    assert (track.words, track.missing_s) == ((), 0.0)
