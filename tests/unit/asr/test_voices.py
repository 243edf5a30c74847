"""Who speaks on one track, by sound and words together. Measured on calls in docs/evidence; here on voices of a pitch and a formant."""

import numpy as np
import pytest
from auricle_asr.recordings.recording import RATE_HZ, Samples
from auricle_asr.transcription import chain
from auricle_asr.transcription.speakers import AGENT, CUSTOMER, MACHINE, Machines, Speakers, machines_on_track, tell
from auricle_asr.transcription.voices import (
    AFTER_QUESTION,
    CHANGE_AFTER_LONG,
    INSIDE_SENTENCE,
    changes_between,
    vectors_of,
    whitening,
)
from auricle_asr.wiring import cue_book
from auricle_contracts import Direction, Word

LOW, HIGH, THIRD = (110.0, 600.0), (210.0, 900.0), (160.0, 1500.0)
SAID = {
    AGENT: "чем могу помочь",
    CUSTOMER: "хочу вернуть мой заказ",
    MACHINE: "нажмите один или дождитесь ответа оператора",
}


def buzz(hz: float, formant_hz: float, seconds: float, rng: np.random.Generator) -> Samples:
    """Harmonics of a wandering pitch under one resonance, with breath."""
    count = int(seconds * RATE_HZ)
    pitch = hz * (1 + 0.08 * np.cumsum(rng.normal(0, 0.02, count)).clip(-1, 1))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    vowel = formant_hz * rng.uniform(0.8, 1.25)
    sound = sum(np.sin(n * phase) / (1 + ((n * hz - vowel) / 400) ** 2) for n in range(1, 25))
    level = np.hanning(count) * 4000
    return (sound * level + rng.normal(0, 60, count)).astype(np.int16)


def spoken(turns: list[tuple[tuple[float, float], str]], seed: int = 3) -> tuple[Samples, list[Word], list[int]]:
    """Turns of words by voices of (pitch, formant); the track, its words, and the number of each word's turn."""
    rng = np.random.default_rng(seed)
    pieces, words, whose, at = [np.zeros(0, np.int16)], [], [], 0
    for turn, (voice, text) in enumerate(turns):
        for word in text.split():
            sound = buzz(*voice, rng.uniform(0.2, 0.5), rng)
            words.append(Word(text=word, start_ms=at // 16, end_ms=(at + len(sound)) // 16, confidence=1.0))
            whose.append(turn)
            pieces += [sound, np.zeros(600, np.int16)]
            at += len(sound) + 600
        pieces.append(np.zeros(8000, np.int16))
        at += 8000
    return np.concatenate(pieces), words, whose


def told(turns: list[tuple[tuple[float, float], str]], seed: int = 3) -> tuple[Speakers, list[int]]:
    """Who speaks, and the turn of each word."""
    track, words, whose = spoken(turns, seed)
    vectors, seconds = vectors_of(track, words)
    found = tell(words, vectors, seconds, np.array(changes_between(words)), cue_book(), Direction.INBOUND)
    assert found is not None
    return found, whose


def roles_of(found: Speakers, whose: list[int]) -> list[int]:
    """The likeliest role of each turn."""
    whole = found.roles.argmax(axis=1)
    return [int(np.bincount(whole[np.array(whose) == turn], minlength=3).argmax()) for turn in range(max(whose) + 1)]


SMALL_TALK = ["раз два три четыре", "пять шесть", "семь", "восемь девять десять", "да", "двадцать тридцать сорок"]


@pytest.mark.parametrize("seed", range(5))
def test_one_phrase_of_each_names_every_turn_of_the_same_voice(seed: int) -> None:
    voices = [LOW, HIGH]
    turns = [(LOW, SAID[AGENT]), (HIGH, SAID[CUSTOMER]), *((voices[n % 2], text) for n, text in enumerate(SMALL_TALK))]
    found, whose = told(turns, seed)
    assert roles_of(found, whose) == [AGENT, CUSTOMER] * 4
    assert found.apart > 1
    assert not found.is_bot


def test_a_machine_is_neither_agent_nor_customer() -> None:
    people = [(LOW, SAID[AGENT]), (HIGH, SAID[CUSTOMER]), (LOW, "сорок два три"), (HIGH, "да раз два")]
    found, whose = told([(THIRD, SAID[MACHINE]), *people])
    assert roles_of(found, whose) == [MACHINE, AGENT, CUSTOMER, AGENT, CUSTOMER]
    assert not found.is_bot


def test_a_machine_that_says_it_is_one_and_talks_is_a_bot() -> None:
    people = [(HIGH, SAID[CUSTOMER]), (LOW, SAID[AGENT]), (HIGH, "да раз два")]
    found, whose = told([(THIRD, "я голосовой помощник скажите ваш вопрос"), *people])
    assert roles_of(found, whose)[0] == MACHINE
    assert found.is_bot


def test_a_second_agent_of_another_voice_is_an_agent() -> None:
    first = [
        (LOW, SAID[AGENT]), (HIGH, SAID[CUSTOMER]), (LOW, "раз два три четыре"), (HIGH, "пять шесть семь"),
        (LOW, "соединю вас со специалистом"),
    ]  # fmt: skip
    second = [
        (THIRD, "специалист слушаю вас чем помочь"), (HIGH, "мой заказ не пришел"), (THIRD, "назовите ваш номер договора"),
        (HIGH, "сорок два десять"), (THIRD, "раз два три четыре пять"),
    ]  # fmt: skip
    found, whose = told(first + second)
    assert roles_of(found, whose) == [AGENT, CUSTOMER] * 2 + [AGENT] + [AGENT, CUSTOMER] * 2 + [AGENT]
    assert found.second[-1] > 0.75
    assert found.second[0] < 0.25


def on_a_track(turns: list[tuple[tuple[float, float], str]]) -> tuple[Machines | None, list[int]]:
    """What a machine says on a track that is somebody's, and the turn of each word."""
    track, words, whose = spoken(turns)
    vectors, seconds = vectors_of(track, words)
    return machines_on_track(words, vectors, seconds, np.array(changes_between(words)), cue_book()), whose


def told_of_drawn_voices(turns: list[tuple[float, str]], silence_ms: int) -> tuple[Speakers, list[int]]:
    """Turns of words whose vectors lie around (mean, mean, …) as words of one voice do, with the same silence between all."""
    words, whose, at = [], [], 0
    for turn, (_, text) in enumerate(turns):
        for part in text.split():
            words.append(Word(text=part, start_ms=at, end_ms=at + 300, confidence=1.0))
            whose.append(turn)
            at += 340
        at += silence_ms
    means = np.array([turns[turn][0] for turn in whose])
    vectors = np.random.default_rng(5).normal(means[:, None], 1.0, (len(words), 13))
    changes = np.array(changes_between(words))
    found = tell(words, vectors - vectors.mean(0), np.full(len(words), 0.3), changes, cue_book(), Direction.INBOUND)
    assert found is not None
    return found, whose


@pytest.mark.parametrize("side", [AGENT, CUSTOMER])
def test_one_person_with_silence_in_place_of_the_other_is_one_person(side: int) -> None:
    turns = [(0.0, SAID[side]), *((0.0, text) for text in SMALL_TALK)] * 2
    assert roles_of(*told_of_drawn_voices(turns, 2500)) == [side] * len(turns)


def test_two_people_who_take_their_time_are_two() -> None:
    turns = [(-1.0, SAID[AGENT]), (1.0, SAID[CUSTOMER])] * 4
    assert roles_of(*told_of_drawn_voices(turns, 2500)) == [AGENT, CUSTOMER] * 4


def test_a_machine_on_the_agents_track_is_told_from_the_agent() -> None:
    machine = [(THIRD, "здравствуйте вы дозвонились в банк"), (THIRD, SAID[MACHINE])]
    found, whose = on_a_track([*machine, (LOW, SAID[AGENT]), (LOW, "раз два три четыре пять")])
    assert found is not None
    by_turn = [float(found.chances[np.array(whose) == turn].mean()) for turn in range(4)]
    assert min(by_turn[:2]) > 0.75
    assert max(by_turn[2:]) < 0.25


@pytest.mark.parametrize(
    "text", ["нажмите кнопку на роутере", "разговор записывается меня зовут анна", "оставайтесь на линии"]
)
def test_an_agent_who_talks_like_a_machine_once_is_none(text: str) -> None:
    found, _ = on_a_track([(LOW, text), (LOW, SAID[AGENT])])
    assert found is None or found.chances.max() < 0.75


def test_too_little_and_words_that_speak_for_nobody_tell_nothing() -> None:
    for turns in ([(LOW, SAID[AGENT])], [(LOW, "лямбда кси пси"), (HIGH, "йота омикрон")] * 4):
        track, words, _ = spoken(turns)
        vectors, seconds = vectors_of(track, words)
        assert tell(words, vectors, seconds, np.array(changes_between(words)), cue_book(), Direction.INBOUND) is None


def test_silence_under_the_words_leaves_it_to_the_words() -> None:
    _, words, whose = spoken([(LOW, SAID[AGENT]), (HIGH, SAID[CUSTOMER])] * 2)
    silence = np.zeros(words[-1].end_ms * 16, np.int16)
    vectors, seconds = vectors_of(silence, words)
    assert np.isfinite(vectors).all()
    found = tell(words, vectors, seconds, np.array(changes_between(words)), cue_book(), Direction.INBOUND)
    assert found is not None
    assert roles_of(found, whose) == [AGENT, CUSTOMER] * 2


def test_words_without_length_are_no_evidence_and_no_error() -> None:
    track, words, _ = spoken([(LOW, "раз два три четыре пять"), (HIGH, "шесть семь")])
    empty = [word.model_copy(update={"end_ms": word.start_ms}) for word in words[:5]] + words[5:]
    vectors, seconds = vectors_of(track, empty)
    assert seconds[:5].tolist() == [0.0] * 5
    assert not vectors[:5].any()
    assert np.isfinite(vectors).all()
    assert whitening().shape == (13, 13)


def test_a_recording_longer_than_handovers_are_looked_for_is_told_too() -> None:
    """More words than that are told with one agent; a chain has no length that it cannot take."""
    from auricle_asr.transcription import speakers

    turns = [(LOW, SAID[AGENT]), (HIGH, SAID[CUSTOMER])] * 3
    track, words, whose = spoken(turns)
    vectors, seconds = vectors_of(track, words)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(speakers, "MOST_WORDS", 5)
        found = tell(words, vectors, seconds, np.array(changes_between(words)), cue_book(), Direction.INBOUND)
    assert found is not None
    assert roles_of(found, whose) == [AGENT, CUSTOMER] * 3
    assert not found.second.any()


def test_the_chain_sums_over_all_paths() -> None:
    """Against the sum over every sequence of states, for a chain short enough to write them all."""
    import itertools

    rng = np.random.default_rng(1)
    states, changes = rng.normal(size=(1, 4, 3)), np.array([0.1, 0.5, 0.9])
    following = rng.uniform(size=(1, 3, 3)) * (1 - np.eye(3))
    following /= following.sum(axis=2, keepdims=True)
    starts = np.array([[0.5, 0.3, 0.2]])
    weights, total = np.zeros((4, 3)), 0.0
    for path in itertools.product(range(3), repeat=4):
        likely = starts[0, path[0]] * np.exp(sum(states[0, n, state] for n, state in enumerate(path)))
        for number, (one, other) in enumerate(itertools.pairwise(path)):
            likely *= (1 - changes[number]) * (one == other) + changes[number] * following[0, one, other]
        weights[range(4), path] += likely
        total += likely
    likelihood, posterior = chain.forward_backward(states, changes, following, starts)
    assert np.allclose(posterior[0], weights / total)
    assert np.allclose(likelihood, np.log(total))


def test_voices_change_at_pauses() -> None:
    words = [Word(text="w", start_ms=at, end_ms=at + 100, confidence=1.0) for at in (0, 150, 400, 2000)]
    chances = changes_between(words)
    assert chances == sorted(chances)
    assert chances[0] < 0.05 < chances[2]


def test_whoever_is_asked_answers_without_a_pause() -> None:
    words = [
        Word(text=text, start_ms=at, end_ms=at + 100, confidence=1.0) for text, at in (("готово?", 0), ("да", 150))
    ]
    assert changes_between(words) == [AFTER_QUESTION]


def test_voices_change_at_the_end_of_a_written_sentence_rather_than_inside() -> None:
    texts = ["Спасибо,", "вижу.", "Да.", "Хорошо"]
    words = [Word(text=text, start_ms=n * 1000, end_ms=n * 1000 + 500, confidence=1.0) for n, text in enumerate(texts)]
    assert changes_between(words) == pytest.approx(
        [CHANGE_AFTER_LONG * INSIDE_SENTENCE, CHANGE_AFTER_LONG, CHANGE_AFTER_LONG]
    )
    bare = [word.model_copy(update={"text": word.text.strip(".,").lower()}) for word in words]
    assert changes_between(bare) == [CHANGE_AFTER_LONG] * 3, (
        "an engine that writes no sentences says nothing about them"
    )
