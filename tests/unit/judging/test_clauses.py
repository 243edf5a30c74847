"""Clauses tile their line, and a label leads to the very words of the transcript: whatever was cut, joined or said."""

import pytest
from auricle_contracts import DigestLine, Role, Span, Transcript
from auricle_judging.clause_quotes import labels_at, quotes_at, spans_of
from auricle_judging.clauses import MOST_CLAUSES, MOST_WORDS, Clause, clauses_of, cuts, suffix
from auricle_judging.quoting import words_of
from auricle_judging.rendering import fold, prompt_lines
from hypothesis import example, given
from hypothesis import strategies as st
from unit.judging.examples import transcript


def clauses(text: str) -> list[str]:
    """The clauses of a line as the model reads them."""
    return [one.text for one in clauses_of(DigestLine(turns=(7,), role=Role.AGENT, text=text), text)]


def shown(*lines: DigestLine) -> dict[str, Clause]:
    """By label, of several lines."""
    return {clause.label: clause for line in prompt_lines(lines) for clause in line.clauses}


def line(text: str, *turns: int) -> DigestLine:
    """A digest line."""
    return DigestLine(turns=turns or (1,), role=Role.AGENT, text=text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Добрый день, магазин окон. Меня зовут Анна.", ["Добрый день, магазин окон.", "Меня зовут Анна."]),
        ("Понимаю вас. У нас гарантия пять лет.", ["Понимаю вас. У нас гарантия пять лет."]),
        ("Это стоит 1.5 млн руб. с доставкой на ул. Ленина.", ["Это стоит 1.5 млн руб. с доставкой на ул. Ленина."]),
        (
            "Вас ждёт А. С. Попов в офисе. Приходите к нам завтра!",
            ["Вас ждёт А. С. Попов в офисе.", "Приходите к нам завтра!"],
        ),
        (
            "Хорошо? Да, конечно, подождите минуту… Вот ваш заказ.",
            ["Хорошо? Да, конечно, подождите минуту…", "Вот ваш заказ."],
        ),
        ("Да. Нет. Угу.", ["Да. Нет. Угу."]),
        ("«Всё будет хорошо.» Так он сказал вчера.", ["«Всё будет хорошо.»", "Так он сказал вчера."]),
        ("", [""]),
        ("👍", ["👍"]),
    ],
)
def test_a_line_is_cut_at_the_ends_of_sentences(text: str, parts: list[str]) -> None:
    assert clauses(text) == parts


def test_a_long_sentence_is_cut_at_the_soft_border_nearest_to_its_middle() -> None:
    text = (
        "мы можем предложить вам скидку на этот заказ, если вы оплатите его сегодня, потому что завтра "
        "акция закончится и цена снова будет прежней"
    )
    found = clauses(text)
    assert found == [
        "мы можем предложить вам скидку на этот заказ, если вы оплатите его сегодня,",
        "потому что завтра акция закончится и цена снова будет прежней",
    ]


def test_a_border_neither_parts_a_number_nor_leaves_a_negation_behind() -> None:
    words = [f"слово{'абвгдежзик'[n % 10]}" for n in range(40)]
    for number, kept in (("двадцать пять", "двадцать пять"), ("не верну", "не верну")):
        text = " ".join((*words[:17], *number.split(), *words[19:]))
        assert any(kept in one for one in clauses(text))


def test_a_line_has_at_most_26_clauses_and_the_last_holds_the_rest() -> None:
    found = clauses(" ".join(f"Это предложение номер {n}." for n in range(100)))
    assert len(found) == MOST_CLAUSES
    assert found[-1].endswith("номер 99.")
    assert [suffix(n) for n in (0, 1, 25, 26, 27, 52)] == ["", "b", "z", "ba", "bb", "ca"]


TEXTS = st.text(alphabet=st.sampled_from("абвг не 5.,!?…—-«»:; \n|<👍\u00ad\u0301A"), max_size=400)
WORDS = "мы не вернём деньги, если вы. но скидка 10% до 5. июня! А. Б. ну Да? — и потому".split()
SENTENCES = st.lists(st.sampled_from(WORDS), max_size=120)


@given(TEXTS | SENTENCES.map(" ".join) | st.text(max_size=200))
def test_clauses_tile_the_line(raw: str) -> None:
    text = fold(raw)
    places = cuts(text)
    assert places[0] == 0
    assert places[-1] == len(text)
    assert places == sorted(set(places)) or not text
    parts = clauses(text)
    assert " ".join(parts) == text
    assert parts == clauses(text)
    if len(parts) > 1:
        sizes = [sum(any(char.isalnum() or char == "_" for char in word) for word in part.split()) for part in parts]
        assert min(sizes[:-1]) >= 3 or len(parts) == MOST_CLAUSES
        assert max(sizes[:-1]) <= MOST_WORDS + 4


@given(TEXTS | SENTENCES.map(" ".join))
@example("A\u00ad\u0301")
def test_an_uncut_turn_is_its_clauses_spans(raw: str) -> None:
    of = transcript((Role.AGENT, raw))
    words = [token.start for token in words_of(raw)]
    held = []
    for clause in shown(line(raw)).values():
        for turn, span in spans_of(clause, of):
            assert turn.text[span.start : span.end].strip() == turn.text[span.start : span.end] != ""
            held += [start for start in words if span.start <= start < span.end]
    assert held == words


@given(
    st.lists(st.sampled_from("мы вам не вернём деньги ну скидка, 10% да. Мы заказ!".split()), min_size=1, max_size=60),
    st.data(),
)
def test_whatever_compression_left_out_a_span_holds_the_words_of_its_clause_in_order(
    words: list[str], data: st.DataObject
) -> None:
    kept = [word for word in words if data.draw(st.booleans())] or words
    border = data.draw(st.integers(0, len(words)))
    said = (" ".join(words[:border]) or "эх", " ".join(words[border:]) or "эх")
    of = transcript((Role.AGENT, said[0]), (Role.AGENT, said[1]))
    for clause in shown(line(" ".join(kept), 1, 2)).values():
        found = " ".join(turn.text[span.start : span.end] for turn, span in spans_of(clause, of))
        rest = iter(token.text for token in words_of(found))
        assert all(token.text in rest for token in words_of(clause.text))


def test_a_label_is_the_transcripts_own_words_with_the_ms_that_play_them() -> None:
    of = transcript()
    by_label = shown(*(line(turn.text, turn.id) for turn in of.turns))
    (quote,) = quotes_at(["T3"], by_label, of)
    assert (quote.turn, quote.text) == (3, "Восемнадцать тысяч рублей, ну, э-э, с установкой.")
    assert (quote.start_ms, quote.end_ms) == (3000, 3690)


def test_what_compression_removed_is_in_the_quote_again() -> None:
    (quote,) = quotes_at(["T3"], shown(line("тысяч рублей с установкой", 3)), transcript())
    assert quote.text == "тысяч рублей, ну, э-э, с установкой."


def test_a_line_of_several_turns_gives_a_quote_in_each_and_none_in_a_repeat() -> None:
    of = transcript(
        (Role.AGENT, "Рассрочка без переплаты."),
        (Role.CUSTOMER, "Ага."),
        (Role.AGENT, "Рассрочка без переплаты."),
        (Role.AGENT, "Доставим завтра бесплатно."),
    )
    by_label = shown(line("Рассрочка без переплаты (×2). Доставим завтра бесплатно.", 1, 3, 4))
    assert [(quote.turn, quote.text) for quote in quotes_at(["T1", "T1b"], by_label, of)] == [
        (1, "Рассрочка без переплаты."), (4, "Доставим завтра бесплатно."),
    ]  # fmt: skip


def test_neighbours_of_one_turn_are_one_quote_and_labels_that_are_not_there_none() -> None:
    text = "Это будет стоить дорого. Но мы дадим вам скидку. Подумайте до завтра."
    of = transcript((Role.AGENT, text))
    by_label = shown(line(text))
    assert [quote.text for quote in quotes_at(["T1b", "T1", "T1b"], by_label, of)] == [
        "Это будет стоить дорого. Но мы дадим вам скидку."
    ]
    assert [quote.text for quote in quotes_at(["T1", "T1c"], by_label, of)] == [
        "Это будет стоить дорого.",
        "Подумайте до завтра.",
    ]
    assert quotes_at(["T9", "T1z"], by_label, of) == ()


@pytest.mark.parametrize("emoji", ["👍", "❤\ufe0f", " 👨\u200d👩\u200d👧 "])
def test_a_turn_of_emoji_can_be_pointed_to(emoji: str) -> None:
    of = transcript((Role.CUSTOMER, emoji))
    (quote,) = quotes_at(["T1"], shown(line(emoji)), of)
    assert quote.text == emoji.strip()


def test_signs_that_are_written_on_a_word_are_quoted_with_it() -> None:
    of = transcript((Role.AGENT, "Дадим скидку «10%» на заказ №5, это точно."))
    (quote,) = quotes_at(["T1"], shown(line("скидку 10 на заказ 5")), of)
    assert quote.text == "скидку «10%» на заказ №5,"


def test_words_that_a_model_wrote_have_no_place() -> None:
    of = transcript((Role.AGENT, "Сначала замер, потом проект."))
    clause = next(iter(shown(line("пересказ чужими словами целиком")).values()))
    assert spans_of(clause, of) == ()


def test_a_place_of_the_transcript_has_its_labels() -> None:
    text = "Это будет стоить дорого. Но мы дадим вам скидку. Подумайте до завтра."
    of = transcript((Role.AGENT, text))
    by_label = shown(line(text))

    def at(words: str) -> tuple[str, ...]:
        start = text.index(words)
        return labels_at(by_label, of, 1, Span(start=start, end=start + len(words)))

    assert at("дадим вам скидку") == ("T1b",)
    assert at("дорого. Но мы") == ("T1", "T1b")
    assert at(text) == ("T1", "T1b")
    assert labels_at(by_label, of, 2, Span(start=0, end=5)) == ()


def test_an_endless_turn_is_no_trouble() -> None:
    text = " ".join(f"слово{n} стоит {n} рублей" for n in range(1400))
    of = Transcript(conversation_id="c", turns=transcript((Role.AGENT, text), timed=False).turns)
    by_label = shown(line(text))
    assert len(by_label) == MOST_CLAUSES
    assert "".join(quote.text for quote in quotes_at(by_label, by_label, of)) == text


def test_a_turn_of_twenty_thousand_words_without_a_mark_is_cut() -> None:
    text = " ".join(["слово"] * 20_000)
    found = cuts(text)
    assert (found[0], found[-1]) == (0, len(text))
    assert all(text[at:].startswith("слово") for at in found[:-1])
