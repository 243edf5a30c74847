"""An engine for each language: who hears what, in which order results come, and what is said of who heard."""

from collections.abc import Sequence

import numpy as np
import pytest
from auricle_asr.speech.engine import EngineFacts, Hypothesis, RecognisedWord, Sound
from auricle_asr.speech.recognition import Recogniser, RecognitionRules
from auricle_asr.speech.routed_engine import RoutedEngine
from auricle_asr.speech.windows import Clip
from auricle_asr.wiring import known_inventions

SECOND = np.zeros(16_000, np.float32)


class NamedEngine:
    """Says its own name, and remembers what it was asked."""

    def __init__(self, name: str, *, samples: bool = True, window_s: float = 30.0, languages: str = "") -> None:
        self.facts = EngineFacts(
            name, "cpu", window_seconds=window_s, languages=frozenset(languages.split()), samples=samples
        )
        self.asked: list[tuple[int, float]] = []
        self.up, self.closed = True, False
        self.told: list[tuple[str, ...]] = []

    async def is_up(self) -> bool:
        return self.up

    async def close(self) -> None:
        self.closed = True

    async def detect_language(self, sound: Sound) -> str:
        return "ru" if sound.max() > 0.5 else "en"

    async def decode(
        self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float, hot_words: Sequence[str] = ()
    ) -> list[Hypothesis]:
        self.told.append(tuple(hot_words))
        self.asked.append((len(sounds), temperature))
        word = RecognisedWord(self.facts.name, 0.1, 0.5, 0.9)
        return [Hypothesis((word,), language, avg_logprob=-2.0) for language in languages]


async def test_each_window_goes_to_the_engine_of_its_language_and_comes_back_in_its_place() -> None:
    whisper, gigaam = NamedEngine("whisper"), NamedEngine("gigaam")
    engine = RoutedEngine(whisper, {"ru": gigaam})
    found = await engine.decode([SECOND] * 4, ["en", "ru", "", "ru"], 0.0)
    assert [heard.text for heard in found] == ["whisper", "gigaam", "whisper", "gigaam"]
    assert (whisper.asked, gigaam.asked) == ([(2, 0.0)], [(2, 0.0)])


async def test_each_engine_is_told_the_hot_words() -> None:
    whisper, gigaam = NamedEngine("whisper"), NamedEngine("gigaam")
    await RoutedEngine(whisper, {"ru": gigaam}).decode([SECOND] * 2, ["en", "ru"], 0.0, ["Аурикл"])
    assert (whisper.told, gigaam.told) == ([("Аурикл",)], [("Аурикл",)])


async def test_it_is_up_when_all_are_and_closes_all() -> None:
    whisper, gigaam = NamedEngine("whisper"), NamedEngine("gigaam")
    engine = RoutedEngine(whisper, {"ru": gigaam})
    assert await engine.is_up()
    gigaam.up = False
    assert not await engine.is_up()
    await engine.close()
    assert whisper.closed
    assert gigaam.closed


def test_facts_are_those_of_the_rest_with_the_shortest_window() -> None:
    known = RoutedEngine(NamedEngine("whisper", languages="en de"), {"ru": NamedEngine("gigaam", window_s=20)}).facts
    assert (known.name, known.window_seconds, known.languages) == ("whisper", 20, frozenset({"en", "de", "ru"}))
    assert (known.of("ru").name, known.of("en").name, known.of(None).name) == ("gigaam", "whisper", "whisper")
    assert RoutedEngine(NamedEngine("server"), {"ru": NamedEngine("gigaam")}).facts.languages == frozenset()


@pytest.mark.parametrize(
    ("declared", "heard_by"), [("ru", ["gigaam"]), (None, ["whisper", "gigaam"]), ("en", ["whisper"])]
)
async def test_a_call_of_two_languages_names_both_engines(declared: str | None, heard_by: list[str]) -> None:
    quiet, loud = np.full(160_000, 3000, np.int16), np.full(160_000, 30_000, np.int16)
    long, short = [Clip(0, 60_000), Clip(70_000, 120_000)], [Clip(0, 30_000)]
    engine = RoutedEngine(NamedEngine("whisper", window_s=5), {"ru": NamedEngine("gigaam", samples=False)})
    recogniser = Recogniser(engine, RecognitionRules(gap_rounds=0), known_inventions())
    found = await recogniser.recognise([quiet, loud], [long, short], declared)
    assert [facts.name for facts in found.heard_by] == heard_by


async def test_an_engine_that_does_not_sample_is_not_asked_twice() -> None:
    gigaam = NamedEngine("gigaam", samples=False)
    recogniser = Recogniser(gigaam, RecognitionRules(gap_rounds=0), known_inventions())
    found = await recogniser.recognise([np.full(160_000, 3000, np.int16)], [[Clip(0, 60_000)]], "ru")
    assert (found.retried, found.failed, gigaam.asked) == (0, 1, [(1, 0.0)])
