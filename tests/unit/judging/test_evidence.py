"""A quote counts when it is found again: where it was said, in the transcript's own words, with the ms that play it."""

from typing import Literal
from unicodedata import normalize

import pytest
from auricle_contracts import DigestLine, Quote, Role, Span, Transcript
from auricle_judging import PromptLine, find_quote, heard_confidence, render
from auricle_judging.polarity import Polarity, polarity_of
from auricle_judging.rendering import fold
from hypothesis import given
from hypothesis import strategies as st
from unit.judging.examples import evaluate, lines, transcript, turn


def shown(of: Transcript) -> dict[str, PromptLine]:
    """The lines as the model saw them, by label."""
    return dict(render(evaluate(), lines(of)).lines)


def find(text: str, label: str, of: Transcript | None = None) -> Quote | None:
    """The quote in the usual conversation."""
    where = of or transcript()
    return find_quote(text, label, shown(where), where)


@pytest.mark.parametrize(
    ("said", "label", "text"),
    [
        ("скидка десять процентов", "T5", "скидка десять процентов"),
        ("ПОНИМАЮ ВАС", "T5", "Понимаю вас"),
        ("еще есть  скидка", "T5", "Ещё есть скидка"),
        ("«Ладно, давайте»", "T6", "Ладно, давайте"),
        ("восемнадцать тысяч рублей с установкой", "T3", "Восемнадцать тысяч рублей, ну, э-э, с установкой"),
        ("записываете на замер", "T6", "записывайте на замер"),
        ("Дороговато у соседий дешевле", "T4", "Дороговато, у соседей дешевле"),
    ],
    ids=["exact", "case", "yo", "punctuation", "gap", "near", "misspelt"],
)
def test_found_in_the_named_turn(said: str, label: str, text: str) -> None:
    quote = find(said, label)
    assert quote is not None
    assert quote.text == text
    assert f"T{quote.turn}" == label
    assert transcript().turns[quote.turn - 1].text[quote.span.start : quote.span.end] == text


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("said", "turn_text", "found"),
    [
        ("мой ёжик", "А вот мой ёжик.", "мой ёжик"),
        (
            "закрыт дверной замок",
            "Говорю, закры\u0301т дверно\u0301й замо\u0301к!",
            "закры\u0301т дверно\u0301й замо\u0301к",
        ),
        ("йод-йота", "Где йод-йота?", "йод-йота"),
    ],
    ids=["letters", "stress", "hyphen"],
)
def test_a_decomposed_text_and_a_stress_mark_are_the_same_words(
    said: str, turn_text: str, found: str, form: Literal["NFC", "NFD"]
) -> None:
    quote = find(said, "T1", transcript((Role.CUSTOMER, normalize(form, turn_text))))
    assert quote is not None
    assert quote.text == normalize(form, found)


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("этого никто не говорил", "T5"),
        ("", "T5"),
        ("...!?", "T5"),
        ("скидка двадцать рублей сегодня", "T5"),
        ("процентов десять скидка есть", "T5"),
        ("Восемнадцать с соседей дешевле установкой", "T3"),
        ("скид", "T5"),
        ("ладно", "T5"),
    ],
    ids=[
        "invented",
        "empty",
        "no words",
        "other facts",
        "other order",
        "from two turns",
        "part of a word",
        "short, other turn",
    ],
)
def test_not_found(said: str, label: str) -> None:
    assert find(said, label) is None


def test_a_long_quote_with_the_wrong_turn_is_put_right() -> None:
    quote = find("записывайте на замер", "T2")
    assert quote is not None
    assert quote.turn == 6


def test_a_turn_that_was_not_shown_gives_no_evidence() -> None:
    whole = transcript()
    first = dict(render(evaluate(), lines(whole)[:2]).lines)
    assert find_quote("записывайте на замер", "T2", first, whole) is None


def test_a_digest_line_leads_to_every_turn_that_it_stands_for() -> None:
    whole = transcript()
    line = DigestLine(turns=(4, 6), role=Role.CUSTOMER, text="дороговато, ладно, давайте")
    quote = find_quote("ладно давайте", "T4", render(evaluate(), [line]).lines, whole)
    assert quote is not None
    assert quote.turn == 6


def test_the_ms_are_those_of_the_words() -> None:
    quote = find("скидка десять", "T5")
    assert quote is not None
    assert (quote.start_ms, quote.end_ms) == (5400, 5590)


def test_without_word_times_the_turn_plays_and_without_any_nothing_does() -> None:
    bare = turn(1, Role.AGENT, "Добрый день").model_copy(update={"words": ()})
    quote = find("добрый день", "T1", Transcript(conversation_id="c", turns=(bare,)))
    assert quote is not None
    assert (quote.start_ms, quote.end_ms) == (1000, 1900)
    quote = find("добрый день", "T1", transcript((Role.AGENT, "Добрый день"), timed=False))
    assert quote is not None
    assert (quote.start_ms, quote.end_ms) == (None, None)


def test_how_surely_the_words_were_heard() -> None:
    said = turn(1, Role.AGENT, "раз два три")
    words = tuple(w.model_copy(update={"confidence": c}) for w, c in zip(said.words, (0.9, 0.2, 0.4), strict=True))
    assert heard_confidence(said.model_copy(update={"words": words}), Span(start=4, end=11)) == pytest.approx(0.3)
    assert heard_confidence(said.model_copy(update={"words": ()}), Span(start=0, end=3)) is None


def test_words_that_the_text_does_not_hold_do_not_shift_the_others() -> None:
    said = turn(1, Role.AGENT, "дом лес сад")
    odd = said.words[1].model_copy(update={"text": "чужое"})
    said = said.model_copy(update={"words": (said.words[0], odd, said.words[2])})
    quote = find("сад", "T1", Transcript(conversation_id="c", turns=(said,)))
    assert quote is not None
    assert quote.start_ms == 1200


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_found_stands_in_the_transcript(said: str, quote_text: str) -> None:
    whole = transcript((Role.CUSTOMER, said))
    quote = find(quote_text, "T1", whole)
    if quote is not None:
        assert said[quote.span.start : quote.span.end] == quote.text != ""


@given(st.text(alphabet="абвгд ё-э", min_size=1, max_size=60), st.data())
def test_every_run_of_words_is_found_again(said: str, data: st.DataObject) -> None:
    words = said.split()
    if not any(char.isalnum() for char in said):
        return
    first = data.draw(st.integers(0, len(words) - 1))
    piece = " ".join(words[first : first + data.draw(st.integers(1, 5))])
    if any(char.isalnum() for char in piece):
        assert find(piece, "T1", transcript((Role.CUSTOMER, said))) is not None


def test_a_quote_over_the_border_of_two_turns_is_found_by_its_larger_part() -> None:
    of = transcript()
    line = PromptLine("T3", Role.AGENT, "Восемнадцать тысяч рублей с установкой (×2). Скидка десять процентов", (3, 5))
    both = find_quote("рублей с установкой (×2). Скидка", "T3", {"T3": line}, of)
    assert both is not None
    assert (both.turn, both.text) == (3, "рублей, ну, э-э, с установкой")
    assert find_quote("выдумано тут всё до слова. Скидка", "T3", {"T3": line}, of) is None


CONTRADICTED = [
    ("мы вам вернём эти деньги", "Мы вам не вернём эти деньги, извините."),
    ("Я могу гарантировать скидку", "Я не могу гарантировать скидку."),
    ("We will now refund the money for this order", "We will not refund the money for this order."),
    ("возврат возможен", "К сожалению, возврат невозможен."),
    ("вернём деньги сегодня", "Деньги? Нет, не вернём деньги сегодня."),
    ("вернуть деньги", "Вернуть деньги нельзя."),
    ("пять тысяч рублей", "Это стоит двадцать пять тысяч рублей."),
    ("стоит двадцать пять", "Это стоит двадцать пять тысяч рублей."),
    ("скидка 10 процентов на всё", "Скидка 70 процентов на всё."),
    ("это стоит восемь тысяч рублей", "Это стоит семь тысяч рублей."),
    ("привезём заказ завтра", "Должны привезём заказ завтра."),
    ("you pay for the delivery", "You should pay for the delivery."),
    ("гарантируем доставку", "Вряд ли гарантируем доставку."),
    ("мы согласны на ваши условия", "Мы несогласны на ваши условия."),
    ("we can send it today", "We can hardly send it today."),
]


@pytest.mark.parametrize(("said", "turn_text"), CONTRADICTED)
def test_a_quote_that_says_something_else_is_no_evidence(said: str, turn_text: str) -> None:
    """Whichever of the two is the model's: what was added is as false as what was left out."""
    assert find(said, "T1", transcript((Role.AGENT, turn_text))) is None


PLAIN = st.sampled_from(
    "мы вам деньги заказ привезём сегодня скидка магазин клиент спасибо refund order today money".split()
)
POLAR = st.sampled_from(
    "не ни нет без нельзя вряд едва отказываем never not no without hardly can't можем должны надо обязаны can must will would "
    "should пять 10 двадцать тысяч сто five hundred".split()
)
PLAIN_RUN = st.lists(PLAIN, min_size=2, max_size=9)


@given(PLAIN_RUN, POLAR, st.data(), st.booleans())
def test_one_negation_number_or_modal_more_or_less_and_nothing_is_found(
    plain: list[str], polar: str, data: st.DataObject, in_quote: bool
) -> None:
    at = data.draw(st.integers(1, len(plain) - 1))
    said, other = " ".join(plain), " ".join((*plain[:at], polar, *plain[at:]))
    quote, turn_text = (other, said) if in_quote else (said, other)
    assert find(quote, "T1", transcript((Role.AGENT, quote))) is not None
    assert find(quote, "T1", transcript((Role.AGENT, turn_text))) is None


@given(PLAIN_RUN, POLAR.filter(lambda word: polarity_of(word) is not Polarity.NUMBER), st.booleans())
def test_a_negation_or_modal_is_not_cut_off_at_an_edge(plain: list[str], polar: str, before: bool) -> None:
    said = " ".join(plain)
    assert find(said, "T1", transcript((Role.AGENT, f"{polar} {said}" if before else f"{said} {polar}"))) is None
    assert find(said, "T1", transcript((Role.AGENT, f"{polar}. {said}" if before else f"{said}, {polar}"))) is not None


def test_a_compressor_may_leave_out_plain_words() -> None:
    said = transcript((Role.AGENT, "Мы вам, ну, как бы вернём в общем деньги."))
    assert find("мы вам вернём деньги", "T1", said) is not None


@pytest.mark.parametrize(
    "invisible", ["\u00ad", "\u200b", "\u2060", "\ufeff"], ids=["soft hyphen", "space", "joiner", "bom"]
)
def test_characters_that_nobody_sees_do_not_hide_a_quote(invisible: str) -> None:
    said = f"Это пятьсот руб{invisible}лей за метр."
    quote = find("пятьсот рублей за метр", "T1", transcript((Role.AGENT, said)))
    assert quote is not None
    assert quote.text == f"пятьсот руб{invisible}лей за метр"


@pytest.mark.parametrize("emoji", ["👍", "😡😡😡", "👨\u200d👩\u200d👧", "❤\ufe0f"])
def test_a_turn_of_emoji_can_be_quoted_and_only_by_its_own(emoji: str) -> None:
    of = transcript((Role.CUSTOMER, f" {emoji} "))
    quote = find(fold(emoji), "T1", of)
    assert quote is not None
    assert quote.text.startswith(emoji[0])
    assert find("👎", "T1", of) is None
