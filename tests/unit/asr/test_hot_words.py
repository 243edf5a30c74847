"""Hot words: as many from the front as fit, and a model that only reads them out is heard again without them."""

from collections.abc import Sequence

import numpy as np
import pytest
from auricle_asr.recordings.recording import RATE_HZ
from auricle_asr.speech.engine import EngineFacts, Hypothesis, RecognisedWord, Sound
from auricle_asr.speech.hot_words import fitting, is_echo
from auricle_asr.speech.recognition import Recogniser, RecognitionRules
from auricle_asr.speech.windows import Clip
from auricle_asr.wiring import known_inventions

TERMS = ("Аурикл", "ОСАГО Плюс", "SberPay", "Тагир")


def said(text: str) -> Hypothesis:
    return Hypothesis(tuple(RecognisedWord(word, 0.1, 0.2, 0.9) for word in text.split()), "ru", -0.2)


def test_terms_fit_whole_or_not_at_all() -> None:
    assert fitting(TERMS, 16, len) == ["Аурикл", "ОСАГО Плюс"]
    assert fitting(TERMS, 15, len) == ["Аурикл"]
    assert fitting((), 15, len) == []


@pytest.mark.parametrize(
    ("text", "echoed"),
    [
        ("Аурикл, ОСАГО Плюс, SberPay.", True),
        ("осаго плюс sberpay тагир", True),
        ("Аурикл, ОСАГО Плюс", False),
        ("Аурикл, ОСАГО Плюс, SberPay и Тагир", False),
        ("Здравствуйте, это Аурикл, ОСАГО Плюс, SberPay", False),
        ("SberPay, Аурикл, Тагир", False),
        ("Аурикл ОСАГО Плюс SberPayments", False),
        ("", False),
    ],
)
def test_what_is_an_echo(text: str, echoed: bool) -> None:
    assert is_echo(said(text), TERMS) is echoed


class ToldEngine:
    """Reads its hint out where a window is quiet; remembers what it was told."""

    facts = EngineFacts("told", "cpu", languages=frozenset({"ru"}), is_told=True)

    def __init__(self) -> None:
        self.told: list[tuple[int, tuple[str, ...], float]] = []

    async def is_up(self) -> bool:
        return True

    async def close(self) -> None: ...

    async def detect_language(self, sound: Sound) -> str:  # noqa: ARG002
        return "ru"

    async def decode(
        self, sounds: Sequence[Sound], languages: Sequence[str], temperature: float, hot_words: Sequence[str] = ()
    ) -> list[Hypothesis]:
        assert set(languages) == {"ru"}
        self.told.append((len(sounds), tuple(hot_words), temperature))
        return [
            said(" ".join(hot_words) if sound.max() < 0.5 and hot_words else "спасибо за звонок") for sound in sounds
        ]


async def test_a_window_that_reads_out_its_hint_is_heard_without_it() -> None:
    engine = ToldEngine()
    recogniser = Recogniser(engine, RecognitionRules(gap_rounds=0), known_inventions())
    tracks = [np.full(10 * RATE_HZ, level, np.int16) for level in (3000, 30_000)]
    clips = [Clip(0, 5 * RATE_HZ)]
    found = await recogniser.recognise(tracks, [clips, clips], "ru", TERMS)
    assert [" ".join(word.text for word in track.words) for track in found.tracks] == ["спасибо за звонок"] * 2
    assert engine.told == [(2, TERMS, 0.0), (1, (), 0.0)]


async def test_gaps_are_asked_for_without_a_hint() -> None:
    engine = ToldEngine()
    recogniser = Recogniser(engine, RecognitionRules(), known_inventions())
    await recogniser.recognise([np.full(20 * RATE_HZ, 30_000, np.int16)], [[Clip(0, 20 * RATE_HZ)]], "ru", TERMS)
    assert engine.told[0][1] == TERMS
    assert {told for _, told, _ in engine.told[1:]} == {()}
