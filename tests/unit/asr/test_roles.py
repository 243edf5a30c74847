"""Roles by the words. The figures over many calls are in docs/evidence; here is what each part must and must not do."""

import numpy as np
import pytest
from auricle_asr.transcription.cues import PHRASE_WEIGHT, CueBook
from auricle_asr.transcription.roles import Said, of_tracks, of_utterances, posterior
from auricle_asr.wiring import cue_book
from auricle_contracts import Direction, Role, Word
from hypothesis import given
from hypothesis import strategies as st

IN, OUT = Direction.INBOUND, Direction.OUTBOUND

RUSSIAN = [
    ("agent", "Добрый день, компания «Ромашка», меня зовут Анна, чем могу помочь?"),
    ("customer", "Здравствуйте. Я заказывала у вас диван, мне до сих пор не привезли."),
    ("agent", "Назовите, пожалуйста, номер договора."),
    ("customer", "Сорок два десять."),
    ("agent", "Секундочку, сейчас проверю. Спасибо за ожидание, доставка будет завтра."),
    ("customer", "Завтра? Мне обещали вчера, это безобразие."),
    ("agent", "Я вас понимаю, приносим извинения. Могу предложить скидку."),
    ("customer", "Ладно, хорошо."),
    ("agent", "Остались ли у вас вопросы? Всего доброго."),
]
ENGLISH = [
    ("agent", "Thank you for calling Hill Street Auto, this is Jess, how can I help you?"),
    ("customer", "Hi, my car is making a noise and I need to have it looked at."),
    ("agent", "May I have your last name?"),
    ("customer", "Miller."),
    ("agent", "We have Tuesday at nine available, does that work for you?"),
    ("customer", "How much is it going to be?"),
    ("agent", "The inspection is forty dollars. Is there anything else I can help you with?"),
    ("customer", "No, thank you so much."),
]


@pytest.mark.parametrize("call", [RUSSIAN, ENGLISH], ids=["ru", "en"])
def test_a_plain_call_is_told_apart(call: list[tuple[str, str]]) -> None:
    found = of_utterances([Said(text, 600) for _, text in call], cue_book(), IN, 0.75)
    assert all(guess.role in (role, Role.UNKNOWN) for guess, (role, _) in zip(found, call, strict=True))
    assert sum(guess.role == role for guess, (role, _) in zip(found, call, strict=True)) >= len(call) - 1


def test_without_cues_nobody_is_anybody() -> None:
    found = of_utterances([Said(text, 500) for text in ("лямбда кси", "йота", "омикрон пси")], cue_book(), IN, 0.75)
    assert {guess.role for guess in found} == {Role.UNKNOWN}


def test_a_bare_yes_takes_its_side_from_its_neighbours() -> None:
    said = [Said("Чем могу помочь?", 500), Said("Да.", 500), Said("Назовите, пожалуйста, ваше имя", 500)]
    found = of_utterances(said, cue_book(), IN, 0.75)
    assert [guess.role for guess in found] == [Role.AGENT, Role.CUSTOMER, Role.AGENT]
    assert found[1].confidence < found[0].confidence


def test_a_higher_threshold_knows_less() -> None:
    said = [Said(text, 500) for _, text in RUSSIAN]
    loose, strict = (of_utterances(said, cue_book(), IN, threshold) for threshold in (0.6, 0.999))
    assert sum(one.role is Role.UNKNOWN for one in strict) > sum(one.role is Role.UNKNOWN for one in loose)


def test_tracks_that_nobody_named_are_told_by_all_their_words() -> None:
    agent = [text for role, text in RUSSIAN if role == "agent"]
    customer = [text for role, text in RUSSIAN if role == "customer"]
    assert [guess.role for guess in of_tracks([customer, agent], cue_book(), 0.75)] == [Role.CUSTOMER, Role.AGENT]
    assert {guess.role for guess in of_tracks([["да"], ["нет"]], cue_book(), 0.75)} == {Role.UNKNOWN}


def test_a_longer_cue_wins_over_one_inside_it() -> None:
    book = CueBook.of({"agent": {"2": ["номер договора"]}, "customer": {"3": ["номер"]}})
    assert book.evidence("Номер договора?") == PHRASE_WEIGHT * 2.0
    assert book.evidence("мой номер такой") == PHRASE_WEIGHT * -3.0
    assert book.evidence("номера") == 0.0, "words are whole"


def test_a_stem_takes_any_ending() -> None:
    book = CueBook.of({"customer": {"1": ["скидк*"]}})
    assert book.evidence("скидкой") == -PHRASE_WEIGHT


def test_the_shipped_cues_are_on_one_side_only() -> None:
    import tomllib
    from importlib import resources

    tables = tomllib.loads(resources.files("auricle_asr").joinpath("data/role_cues.toml").read_text())
    sides = [{phrase for phrases in tables[side].values() for phrase in phrases} for side in ("agent", "customer")]
    assert not sides[0] & sides[1]
    assert all(len(set(found)) == len(found) for side in tables.values() for found in side.values())


@given(st.lists(st.floats(-4, 4), min_size=1, max_size=50), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_posterior_is_a_probability(evidence: list[float], switch: float, first: float) -> None:
    found = posterior(np.array(evidence), [switch] * len(evidence), first)
    assert np.all((found >= 0) & (found <= 1))


def test_the_posterior_is_that_of_all_paths() -> None:
    """Against the sum over every sequence of speakers, for a chain short enough to write them all."""
    import itertools

    evidence, switch, first = np.array([1.0, -0.5, 2.0, 0.1]), 0.7, 0.6
    weights = np.zeros(4)
    total = 0.0
    for path in itertools.product((True, False), repeat=4):
        likely = first if path[0] else 1 - first
        for agent, value in zip(path, evidence, strict=True):
            likely *= np.exp(value / 2 if agent else -value / 2)
        for one, other in itertools.pairwise(path):
            likely *= switch if one != other else 1 - switch
        weights += likely * np.array(path)
        total += likely
    assert np.allclose(posterior(evidence, [switch] * 4, first), weights / total)


def test_cues_lie_on_the_words_that_carry_them() -> None:
    words = [
        Word(text=text, start_ms=0, end_ms=1, confidence=1.0) for text in ("Ну,", "номер", "договора", "из-за", "чего?")
    ]
    book = CueBook.of({"agent": {"2": ["номер договора"], "1": ["за чего"]}})
    assert (book.sides.by_word(words) / PHRASE_WEIGHT).tolist() == [0.0, 1.0, 1.0, 0.5, 0.5]


def test_one_utterance_carries_no_more_than_the_cap() -> None:
    words = [
        Word(text=text, start_ms=0, end_ms=1, confidence=1.0)
        for text in "добрый день меня зовут чем могу помочь подскажите пожалуйста спасибо за звонок всего доброго".split()
    ]
    assert cue_book().sides.by_word(words).sum() == pytest.approx(4.0)


@pytest.mark.parametrize(
    "text",
    [
        "Ваш звонок очень важен для нас. Оставайтесь на линии.", "Для соединения с оператором нажмите ноль.",
        "Абонент не может ответить. Оставьте сообщение после сигнала.", "Здравствуйте! Я голосовой помощник компании Луч.",
        "Your call may be recorded for quality purposes.", "For billing, press one.", "Please leave a message after the tone.",
    ],
)  # fmt: skip
def test_a_machine_is_told_by_its_words(text: str) -> None:
    assert cue_book().machines.evidence(text) >= 4


@pytest.mark.parametrize("text", [text for _, text in RUSSIAN + ENGLISH])
def test_people_do_not_sound_like_machines(text: str) -> None:
    assert cue_book().machines.evidence(text) < 4


@given(st.text(max_size=200))
def test_no_text_breaks_the_cues(text: str) -> None:
    assert -4.0 <= cue_book().evidence(text) <= 4.0
