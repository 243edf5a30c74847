"""Tone compares a voice with itself: rises are found on drawn tones, and nothing is said where there is too little to compare."""

import numpy as np
import pytest
from auricle_asr import tone
from auricle_asr.recordings.recording import RATE_HZ, SAMPLES_PER_MS, Samples
from auricle_asr.settings import AsrSettings
from auricle_asr.transcriber import Transcriber
from auricle_contracts import Role, Turn, Word

TURN_MS, GAP_MS = 1500, 300


def turns(count: int, speaker: str = "agent", first: int = 1) -> list[Turn]:
    """Turns of one word of four vowels, one after another."""
    made = []
    for number in range(first, first + count):
        start = number * (TURN_MS + GAP_MS)
        word = Word(text="аоуэ", start_ms=start, end_ms=start + TURN_MS, confidence=1.0)
        made.append(
            Turn(
                id=number, participant=speaker, role=Role(speaker), text=word.text, start_ms=start, end_ms=word.end_ms,
                words=(word,),
            )
        )  # fmt: skip
    return made


def track(said: list[Turn], hz: dict[int, float] | None = None, gain: dict[int, float] | None = None) -> Samples:
    """A buzz (a tone and its overtones) under each turn."""
    samples = np.zeros((max(turn.end_ms or 0 for turn in said) + 500) * SAMPLES_PER_MS)
    for turn in said:
        at = np.arange(TURN_MS * SAMPLES_PER_MS) / RATE_HZ
        pitch = (hz or {}).get(turn.id, 120.0)
        buzz = sum(np.sin(2 * np.pi * pitch * overtone * at) / overtone for overtone in range(1, 12))
        start = (turn.start_ms or 0) * SAMPLES_PER_MS
        samples[start : start + at.size] += 3000 * (gain or {}).get(turn.id, 1.0) * buzz / 2
    return np.asarray(np.clip(samples, -32768, 32767), np.int16)


def test_a_louder_and_higher_turn_is_tense_and_the_others_are_not() -> None:
    said = turns(8)
    found = tone.of_turns(said, [track(said, hz={5: 170.0}, gain={5: 2.5})])
    assert [one.turn for one in found if one.tense] == [5]
    (rise,) = (one for one in found if one.tense)
    assert rise.loudness_db == pytest.approx(8, abs=0.5)
    assert rise.pitch_semitones == pytest.approx(12 * np.log2(170 / 120), abs=0.5)


def test_a_voice_that_is_always_loud_is_not_tense() -> None:
    said = turns(8)
    assert not any(one.tense for one in tone.of_turns(said, [track(said, gain=dict.fromkeys(range(1, 9), 5.0))]))


def test_each_speaker_is_measured_against_themselves_on_their_own_track() -> None:
    agent, customer = turns(5), turns(5, "customer", first=10)
    tracks = [
        np.pad(track(agent), (0, 10 * RATE_HZ * 3))[: track(customer).size],
        track(customer, gain=dict.fromkeys(range(10, 15), 4.0)),
    ]
    found = tone.of_turns([*agent, *customer], tracks)
    assert len(found) == 10
    assert not any(one.tense for one in found)


def test_a_transcriber_measures_customers_only_unless_it_is_told_otherwise() -> None:
    agent, customer = turns(5), turns(5, "customer", first=10)
    tracks = [track([*agent, *customer])]
    found = tone.of_turns([*agent, *customer], tracks, tone.CUSTOMERS)
    assert {one.turn for one in found} == {turn.id for turn in customer}
    assert Transcriber.__dataclass_fields__["toned"].default == tone.CUSTOMERS
    assert not AsrSettings().agent_tone


def test_too_few_turns_have_no_usual() -> None:
    said = turns(3)
    assert tone.of_turns(said, [track(said)]) == ()


@pytest.mark.parametrize(
    "samples", [np.zeros(RATE_HZ * 20, np.int16), np.full(RATE_HZ * 20, 32767, np.int16), np.zeros(0, np.int16)]
)
def test_silence_clipping_and_a_track_that_ends_too_soon_say_nothing(samples: Samples) -> None:
    assert not any(one.tense for one in tone.of_turns(turns(6), [samples]))


def test_turns_of_a_chat_have_no_tone() -> None:
    written = [turn.model_copy(update={"start_ms": None, "end_ms": None, "words": ()}) for turn in turns(6)]
    assert tone.of_turns(written, [np.zeros(100, np.int16)]) == ()
