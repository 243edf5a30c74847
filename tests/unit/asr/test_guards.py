"""What is believed of an engine's output. Each guard has a text that it must stop and one that it must let through."""

import pytest
from auricle_asr.speech.engine import Hypothesis, RecognisedWord
from auricle_asr.speech.guards import (
    Thresholds,
    Verdict,
    better,
    compression_ratio,
    find_loop,
    verdict,
    without_loops,
)
from auricle_asr.speech.phrases import KnownInventions, normalised
from auricle_asr.wiring import known_inventions
from hypothesis import given
from hypothesis import strategies as st

T = Thresholds()
SPEECH = "добрый день компания ромашка меня зовут анна чем могу вам помочь сегодня"


def heard(text: str, *, logprob: float = -0.2, no_speech: float = 0.1) -> Hypothesis:
    words = tuple(RecognisedWord(word, n * 0.3, n * 0.3 + 0.25, 0.9) for n, word in enumerate(text.split()))
    return Hypothesis(words, "ru", logprob, no_speech)


@pytest.mark.parametrize(
    ("hypothesis", "expected"),
    [
        (heard(SPEECH), Verdict.GOOD),
        (heard(""), Verdict.SILENCE),
        (heard(SPEECH, logprob=-1.3, no_speech=0.8), Verdict.SILENCE),
        (heard(SPEECH, logprob=-0.4, no_speech=0.8), Verdict.GOOD),
        (heard(SPEECH, logprob=-1.3), Verdict.UNSURE),
        (heard("давайте я проверю и вам перезвоню " * 12), Verdict.REPETITIVE),
        (heard("да " * 6), Verdict.LOOP),
        (heard("это так это так это так это так"), Verdict.LOOP),
        (heard("да да да да да хорошо"), Verdict.GOOD),
        (heard("два два два ноль ноль один"), Verdict.GOOD),
    ],
)
def test_verdicts(hypothesis: Hypothesis, expected: Verdict) -> None:
    assert verdict(hypothesis, 30.0, T) is expected


def test_more_words_than_a_mouth_can_say() -> None:
    assert verdict(heard(SPEECH), 1.0, T) is Verdict.TOO_FAST
    assert verdict(heard(SPEECH), 4.0, T) is Verdict.GOOD


def test_a_loop_is_said_once_when_nothing_helps() -> None:
    looping = heard("начало раз два три раз два три раз два три раз два три конец")
    assert without_loops(looping, T).text == "начало раз два три конец"
    assert without_loops(heard(SPEECH), T).text == SPEECH


@given(st.lists(st.sampled_from("абв"), max_size=60))
def test_loops_always_end(words: list[str]) -> None:
    left = without_loops(heard(" ".join(words)), T)
    assert find_loop([word.text for word in left.words], T) is None


def test_of_two_failures_the_one_that_does_not_repeat_itself_wins() -> None:
    looping, unsure = heard("одно и то же " * 20, logprob=-0.1), heard(SPEECH, logprob=-1.5)
    assert compression_ratio(looping.text) > T.compression_ratio
    assert better(looping, unsure, T) is unsure
    assert better(unsure, heard(SPEECH, logprob=-1.2), T).avg_logprob == -1.2


@pytest.mark.parametrize(
    "text",
    [
        "Субтитры сделал DimaTorzok",
        "Редактор субтитров А.Семкин Корректор А.Егорова",
        "Субтитры сделал DimaTorzok. Субтитры сделал DimaTorzok.",
        "Subtitles by the Amara.org community",
    ],
)
def test_credits_of_subtitles_are_dropped(text: str) -> None:
    assert known_inventions().invented(heard(text, logprob=-0.05, no_speech=0.0))


@pytest.mark.parametrize(
    "text", ["Продолжение следует...", "Thanks for watching!", "Спасибо за просмотр. Играет музыка."]
)
def test_what_can_be_said_stands_where_it_is_surely_heard(text: str) -> None:
    assert known_inventions().invented(heard(text, logprob=-0.4, no_speech=0.1))
    assert not known_inventions().invented(heard(text, logprob=-0.1, no_speech=0.01))


@pytest.mark.parametrize(
    "text",
    [
        "Играет музыка, а мне так никто и не ответил за полчаса",
        "Спасибо за просмотр договора, замечаний у нас нет",
        "Спокойная музыка на линии лучше, чем реклама",
        "Thanks for watching over the delivery",
        "Редактор субтитров у нас не работает, вы ошиблись номером",
    ],
)
def test_speech_that_begins_like_an_invention_stands(text: str) -> None:
    assert not known_inventions().invented(heard(text, logprob=-0.9, no_speech=0.5))


def test_what_people_do_say_needs_a_second_sign() -> None:
    assert not known_inventions().invented(heard("Спасибо.", logprob=-0.1, no_speech=0.05))
    assert known_inventions().invented(heard("Спасибо.", logprob=-0.9, no_speech=0.05))
    assert known_inventions().invented(heard("Thank you.", no_speech=0.5))


def test_an_invention_inside_a_sentence_is_left_alone() -> None:
    book = KnownInventions.of(["продолжение следует"])
    assert not book.invented(heard("я думаю продолжение следует завтра"))


def test_normalising_forgets_case_yo_and_punctuation() -> None:
    assert normalised("Ещё — ВСЁ, да?") == "еще все да"
