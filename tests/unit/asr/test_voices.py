"""Two voices on one track, by sound alone. Measured on calls in docs/evidence; here on voices made of a pitch and a formant."""

import numpy as np
import pytest
from auricle_asr.recordings.recording import RATE_HZ, Samples
from auricle_asr.transcription.roles import of_voices
from auricle_asr.transcription.voices import INSIDE_SENTENCE, changes_between, tell_apart, vectors_of
from auricle_asr.wiring import cue_book
from auricle_contracts import Direction, Role, Word


def buzz(hz: float, formant_hz: float, seconds: float, rng: np.random.Generator) -> Samples:
    """Harmonics of a wandering pitch under one resonance, with breath."""
    count = int(seconds * RATE_HZ)
    pitch = hz * (1 + 0.08 * np.cumsum(rng.normal(0, 0.02, count)).clip(-1, 1))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    vowel = formant_hz * rng.uniform(0.8, 1.25)
    sound = sum(np.sin(n * phase) / (1 + ((n * hz - vowel) / 400) ** 2) for n in range(1, 25))
    level = np.hanning(count) * 4000
    return (sound * level + rng.normal(0, 60, count)).astype(np.int16)


def spoken(voices: list[tuple[float, float]], turns: int = 10, seed: int = 3) -> tuple[Samples, list[Word], list[int]]:
    """Turns of one to six words in which the voices alternate; the track, its words, and whose each word is."""
    rng = np.random.default_rng(seed)
    pieces, words, whose, at = [np.zeros(0, np.int16)], [], [], 0
    for turn in range(turns):
        who = turn % len(voices)
        for _ in range(rng.integers(1, 7)):
            sound = buzz(*voices[who], rng.uniform(0.2, 0.5), rng)
            words.append(Word(text="w", start_ms=at // 16, end_ms=(at + len(sound)) // 16, confidence=1.0))
            whose.append(who)
            pieces += [sound, np.zeros(600, np.int16)]
            at += len(sound) + 600
        pieces.append(np.zeros(4000, np.int16))
        at += 4000
    return np.concatenate(pieces), words, whose


@pytest.mark.parametrize("seed", range(5))
def test_two_voices_are_told_apart(seed: int) -> None:
    track, words, whose = spoken([(110, 600), (210, 900)], seed=seed)
    found = tell_apart(track, words)
    assert found is not None
    right = np.mean((found.first > 0.5) == (np.array(whose) == whose[0]))
    assert max(right, 1 - right) > 0.95


def test_too_few_words_tell_nothing() -> None:
    track, words, _ = spoken([(110, 600), (210, 900)], turns=2)
    assert tell_apart(track, words[:8]) is None


def test_silence_under_the_words_tells_nothing() -> None:
    _, words, _ = spoken([(110, 600)])
    found = tell_apart(np.zeros(words[-1].end_ms * 16, np.int16), words)
    assert found is None


def test_words_without_length_are_no_evidence_and_no_error() -> None:
    track, words, _ = spoken([(110, 600), (210, 900)])
    empty = [word.model_copy(update={"end_ms": word.start_ms}) for word in words[:5]] + words[5:]
    vectors, weights = vectors_of(track, empty)
    assert weights[:5].tolist() == [0.0] * 5
    assert not vectors[:5].any()
    assert np.isfinite(vectors).all()


def test_voices_change_at_pauses() -> None:
    words = [Word(text="w", start_ms=at, end_ms=at + 100, confidence=1.0) for at in (0, 150, 400, 2000)]
    chances = changes_between(words)
    assert chances == sorted(chances)
    assert chances[0] < 0.05 < chances[2]


def test_one_introduction_names_every_yes_of_the_same_voice() -> None:
    texts = ["чем могу помочь", "да", "хочу отменить заказ", "угу", "да"]
    found = of_voices(texts, [0.95, 0.9, 0.05, 0.1, 0.9], cue_book(), Direction.INBOUND, 0.75)
    assert [guess.role for guess in found] == [Role.AGENT, Role.AGENT, Role.CUSTOMER, Role.CUSTOMER, Role.AGENT]
    assert all(guess.confidence < 1 for guess in found)


def test_voices_without_cues_stay_unknown() -> None:
    found = of_voices(["раз", "два"], [0.99, 0.01], cue_book(), Direction.INBOUND, 0.75)
    assert {guess.role for guess in found} == {Role.UNKNOWN}


def test_voices_change_at_the_end_of_a_written_sentence_rather_than_inside() -> None:
    texts = ["Спасибо,", "вижу.", "Да.", "Хорошо"]
    words = [Word(text=text, start_ms=n * 1000, end_ms=n * 1000 + 500, confidence=1.0) for n, text in enumerate(texts)]
    assert changes_between(words) == pytest.approx([0.5 * INSIDE_SENTENCE, 0.5, 0.5])
    bare = [word.model_copy(update={"text": word.text.strip(".,").lower()}) for word in words]
    assert changes_between(bare) == [0.5, 0.5, 0.5], "an engine that writes no sentences says nothing about them"
