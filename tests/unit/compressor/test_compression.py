"""What compression drops, what it never drops, and that it says why."""

import re
from itertools import chain
from pathlib import Path

import pytest
from auricle_compressor.compression import Draft, compress
from auricle_contracts import CompressRequest, Level, Role, Transcript, Turn, Word
from auricle_kit.errors import InvalidRequest
from auricle_languages import Languages, tokenize
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.compressor.conversations import conversation

LANGUAGES = Languages.load(Path("prompts"))
LEVELS = (Level.LIGHT, Level.MEDIUM, Level.HARD)
COUNT = re.compile(r" \(×\d+\)")


def cut(script: str, level: Level = Level.LIGHT, protect: tuple[str, ...] = ()) -> Draft:
    return compress(CompressRequest(transcript=conversation(script), level=level, protect=protect), LANGUAGES)


def texts(draft: Draft) -> list[str]:
    return [line.text for line in draft.lines]


def reasons(draft: Draft) -> dict[int, str]:
    return {one.turn: one.reason for one in draft.dropped}


def test_a_listeners_sound_is_dropped_and_an_answer_is_not() -> None:
    draft = cut(
        """A: Доставка идёт три дня.
        C: Угу.
        A: Вам удобно завтра?
        C: Да.
        A: Понятно."""
    )
    assert reasons(draft) == {2: "backchannel", 5: "backchannel"}
    assert "Да." in texts(draft)


def test_a_hold_does_not_answer_and_the_answer_after_it_stays() -> None:
    draft = cut(
        """A: Продиктуете номер?
        C: Секундочку.
        C: Да."""
    )
    assert reasons(draft) == {2: "hold"}


def test_consent_to_an_offer_stays() -> None:
    draft = cut(
        """A: Тогда оформляю на завтра.
        C: Хорошо."""
    )
    assert reasons(draft) == {}


def test_repeats_fold_into_one_line_that_stands_for_them() -> None:
    draft = cut(
        """A: Алло, меня слышно.
        A: Алло, меня слышно.
        C: Слышу вас отлично."""
    )
    assert draft.lines[0].turns == (1, 2)
    assert reasons(draft) == {2: "repeat"}


def test_an_echo_is_dropped_unless_it_answers() -> None:
    draft = cut(
        """A: Курьер приедет на улицу Ленина завтра.
        C: Завтра на Ленина.
        A: На Ленина или на Мира?
        C: На Ленина."""
    )
    assert reasons(draft) == {2: "echo"}


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Ну, я, э, я хотел узнать про доставку.", "я хотел узнать про доставку."),
        ("Я хотел бы я хотел бы вернуть товар.", "хотел бы вернуть товар."),
        ("Мне нужно вер- вернуть товар.", "Мне нужно вернуть товар."),
        ("Да-да-да, записывайте.", "да, записывайте."),
        ("Нет нет нет, не надо.", "нет, не надо."),
        ("Телефон пять пять пять ноль ноль.", "Телефон пять пять пять ноль ноль."),
        ("Это значит, что доставка завтра.", "Это значит, что доставка завтра."),
        ("Рада вас, это самое, слышать!", "Рада вас, слышать!"),
        ("Um, well, I I want to return it.", "I want to return it."),
    ],
)
def test_inside_a_turn(said: str, left: str) -> None:
    draft = cut(f"C: {said}")
    assert texts(draft)[0].lower().endswith(left.lower())
    assert len(texts(draft)[0]) <= len(said)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    "said",
    [
        "Нет.",
        "Спасибо.",
        "Здравствуйте.",
        "Извините.",
        "До свидания.",
        "Не надо.",
        "Дорого.",
        "Перезвоню.",
        "Пять тысяч.",
        "Обман.",
    ],
)
def test_what_is_protected_stays_at_every_level(said: str, level: Level) -> None:
    assert said.strip(".") in " ".join(texts(cut(f"A: Мы привезём стол завтра.\nC: {said}", level)))


def test_medium_cuts_empty_fragments_and_keeps_the_customers_consent() -> None:
    draft = cut(
        """A: Угу, сейчас, минутку, доставка стоит триста рублей.
        C: Хорошо, запишите меня.""",
        Level.MEDIUM,
    )
    assert texts(draft) == ["доставка стоит триста рублей.", "Хорошо, запишите меня."]


def test_nothing_is_left_of_a_phrase_but_whole_phrases() -> None:
    script = (
        "C: Мне это дорого.\nA: Понимаю вас. Давайте сделаю скидку.\nC: Пришлите расчёт.\nA: Понимаю вас, отправлю."
    )
    for level in LEVELS:
        assert not [text for text in texts(cut(script, level)) if re.search(r"(^|[.!?] )вас\b", text)]


TERMS = """A: Рассрочка у нас простая: двенадцать месяцев без переплаты, договор оформляем на месте.
    C: Угу.
    A: То есть по рассрочке двенадцать месяцев, оформляем на месте, без переплаты.
    C: Так.
    A: Ещё раз, рассрочка двенадцать месяцев, договор оформляем на месте, переплаты нет."""


def test_what_is_said_three_times_is_one_line_with_the_count() -> None:
    for level in (Level.MEDIUM, Level.HARD):
        draft = cut(TERMS, level)
        assert len(draft.lines) == 1 or "переплаты нет" in texts(draft)[-1]
        assert "двенадцать месяцев" in texts(draft)[0]
        assert "(×2)" in texts(draft)[0] or "(×3)" in texts(draft)[0]
        assert reasons(draft)[3] == "said_again"
        assert 3 in draft.lines[0].turns
    assert "×" not in "".join(texts(cut(TERMS, Level.LIGHT)))
    assert "×" not in "".join(texts(cut(TERMS, Level.MEDIUM, protect=("repeats",))))


@pytest.mark.parametrize(
    "again",
    [
        "Рассрочка на шесть месяцев, договор оформляем на месте.",
        "Рассрочка на двенадцать месяцев, договор не оформляем на месте.",
        "Рассрочка на двенадцать месяцев, договор оформляем на месте?",
    ],
)
def test_other_numbers_a_denial_and_a_question_are_not_said_again(again: str) -> None:
    draft = cut(f"A: Рассрочка на двенадцать месяцев, договор оформляем на месте.\nC: Так.\nA: {again}", Level.MEDIUM)
    assert "said_again" not in reasons(draft).values()


def test_hard_keeps_what_is_asked_answered_wanted_and_denied() -> None:
    draft = cut(
        """A: Добрый день, меня зовут Софья, хочу предупредить, что разговоры у нас пишутся для качества.
        C: Здравствуйте, хочу заказать кухню.
        A: Фасады хотите глянцевые или матовые?
        C: Матовые, глянец весь в пятнах.
        A: Смотрите, всё зависит от разных обстоятельств, каждый случай особенный.
        A: Замерщик приезжает сам, инструмент у него с собой, работает аккуратно.
        C: В пятницу не могу, смена.
        A: Стоимость выходит сорок тысяч рублей, это вместе с работой.
        C: Дороговато как-то.
        A: Понимаю вас. Кухня служит долго, мастера опытные.""",
        Level.HARD,
    )
    said = " ".join(texts(draft))
    for kept in (
        "Софья",
        "хочу заказать кухню",
        "матовые?",
        "Матовые",
        "не могу",
        "сорок тысяч рублей",
        "Дороговато",
        "мастера",
    ):
        assert kept in said
    for gone in ("каждый случай", "инструмент", "вместе с работой"):
        assert gone not in said
    assert set(reasons(draft).values()) == {"talk"}
    assert (
        "каждый случай" in " ".join(texts(cut("A: Каждый случай особенный, всё зависит от вас.", Level.LIGHT))).lower()
    )


def test_patience_asked_for_is_no_answer() -> None:
    draft = cut(
        "C: Когда привезёте?\nA: Секунду, я ищу вашу карточку, компьютер медленный.\nA: Завтра утром.", Level.HARD
    )
    assert [line.turns for line in draft.lines] == [(1,), (3,)]


def test_what_was_masked_goes_whole_or_stays_whole() -> None:
    script = (
        "A: Скажите телефон?\nC: Ну, мой номер, ну, [ТЕЛЕФОН_1], погода хорошая. «Ромашка» это, [ИМЯ_1] меня зовут."
    )
    for level in LEVELS:
        text = " ".join(texts(cut(script, level)))
        assert text.count("[ТЕЛЕФОН_1]") == text.count("[ИМЯ_1]") == 1
        assert text.count("«") == text.count("»")


def test_neighbours_at_hard_are_one_line() -> None:
    draft = cut("A: Итого пять тысяч.\nC: Мгм.\nA: Ждать три дня", Level.HARD)
    assert (draft.lines[0].turns, texts(draft)) == ((1, 3), ["Итого пять тысяч. Ждать три дня"])


def test_a_pause_ends_a_clause_where_nobody_wrote_a_comma() -> None:
    said = "итого пять тысяч рублей погода сегодня хорошая"
    words = said.split()
    starts = [0, 400, 800, 1200, 3000, 3400, 3800]
    timed = tuple(
        Word(text=word, start_ms=at, end_ms=at + 300, confidence=1.0) for word, at in zip(words, starts, strict=True)
    )
    first = Turn(id=1, participant="c", role=Role.CUSTOMER, text="хочу купить большой стол")
    second = Turn(id=2, participant="a", role=Role.AGENT, text=said, words=timed)
    request = CompressRequest(transcript=Transcript(conversation_id="c", turns=(first, second)), level=Level.HARD)
    assert texts(compress(request, LANGUAGES))[1] == "итого пять тысяч рублей"


def test_a_scorecard_can_protect_what_would_go() -> None:
    script = "A: Доставка завтра.\nC: Угу.\nA: Ну, вот, едем."
    assert reasons(cut(script, protect=("backchannels",))) == {}
    assert "Ну, вот, едем." in texts(cut(script, protect=("fillers",)))
    with pytest.raises(InvalidRequest, match="bakchannels"):
        cut(script, protect=("bakchannels",))


def test_density_chooses_by_stretch_and_says_why() -> None:
    plain = "A: Доставка стоит триста рублей по городу, везём аккуратно.\n" * 20
    heated = (
        "C: Это обман, верните деньги, я буду жаловаться, мне надоело!\nA: Не кричите на меня, сами виноваты.\n" * 10
    )
    draft = compress(CompressRequest(transcript=conversation(plain + heated)), LANGUAGES)
    assert draft.stretches[0].level is Level.HARD
    assert draft.stretches[-1].level is Level.LIGHT
    assert all("per 100 words" in stretch.reason for stretch in draft.stretches)
    assert draft.level is Level.LIGHT, "the lightest: what every stretch keeps at least"
    assert draft.stretches[0].first == 1
    assert draft.stretches[-1].last == 40


@pytest.mark.parametrize("deepest", list(Level))
def test_density_goes_no_deeper_than_the_workspace_lets_it(deepest: Level) -> None:
    plain = "A: Доставка стоит триста рублей по городу, везём аккуратно, ну, в общем, тут красиво.\n" * 20
    heated = "C: Это обман, верните деньги, я буду жаловаться!\nA: Не кричите на меня, сами виноваты.\n" * 10
    transcript = conversation(plain + heated)
    by_density = compress(CompressRequest(transcript=transcript), LANGUAGES)
    draft = compress(CompressRequest(transcript=transcript, deepest=deepest), LANGUAGES)
    assert by_density.stretches[0].level is Level.HARD
    assert by_density.stretches[-1].level is Level.LIGHT
    assert draft.stretches[0].level is deepest
    assert draft.stretches[-1].level is (Level.RAW if deepest is Level.RAW else Level.LIGHT)
    said = [text for text in (draft.level_reason, draft.stretches[0].reason) if "the workspace's choice" in text]
    assert len(said) == (0 if deepest is Level.HARD else 2)
    if deepest is Level.RAW:
        assert texts(draft) == [turn.text for turn in transcript.turns]
        assert not draft.dropped


def test_a_short_conversation_is_left_whole_where_nothing_may_be_cut() -> None:
    draft = compress(
        CompressRequest(transcript=conversation("A: Ну, э, да-да.\nC: Угу."), deepest=Level.RAW), LANGUAGES
    )
    assert (draft.level, texts(draft)) == (Level.RAW, ["Ну, э, да-да.", "Угу."])


def test_one_angry_word_is_no_conflict() -> None:
    calm = "A: Тут красиво, лес рядом, речка, воздух свежий, тихо, соседи приличные, дорога чищена.\n" * 4
    draft = compress(CompressRequest(transcript=conversation(f"C: Пробки ужас какие.\n{calm}")), LANGUAGES)
    assert draft.level is Level.HARD


def test_raw_changes_nothing() -> None:
    draft = cut("A: Ну, э, да-да.\nC: Угу.\nA: ...", Level.RAW)
    assert texts(draft) == ["Ну, э, да-да.", "Угу.", "..."]
    assert reasons(draft) == {}


def test_unknown_roles_keep_answers() -> None:
    assert reasons(cut("?: Вам удобно завтра?\n?: Да.")) == {}


WORDS = ("ну", "да", "нет", "угу", "спасибо", "сколько стоит?", "пять", "5", "тысяч", "рублей", "не надо", "я", "хочу")
PIECES = st.sampled_from((*WORDS, "-", ",", ". ", "<b>", "секунду", "\u202e"))
TURNS = st.lists(st.tuples(st.sampled_from(list(Role)), st.lists(PIECES, max_size=12).map(" ".join)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(TURNS, st.sampled_from(LEVELS))
def test_every_turn_is_accounted_for_and_every_line_is_verbatim(said: list[tuple[Role, str]], level: Level) -> None:
    turns = tuple(Turn(id=i, participant=role, role=role, text=text) for i, (role, text) in enumerate(said, start=1))
    request = CompressRequest(transcript=Transcript(conversation_id="c", turns=turns), level=level)
    draft = compress(request, LANGUAGES)
    assert draft == compress(request, LANGUAGES)
    seen = {*chain.from_iterable(line.turns for line in draft.lines), *(one.turn for one in draft.dropped)}
    assert seen == {turn.id for turn in turns}
    for line in draft.lines:
        own = line.turns if level is Level.HARD else line.turns[:1]
        original = [token.norm for number in own for token in tokenize(turns[number - 1].text)]
        text = [token.norm for token in tokenize(COUNT.sub("", line.text))]
        kept = iter(original)
        assert all(word in kept for word in text), "a line is its turns with pieces removed"
        assert original.count("не") == 0 or "не" in text
