"""Text as it is read behind the door, and the way back to what came."""

import unicodedata

import pytest
from auricle_contracts import Channel, Span
from auricle_languages.normalization import normalized
from hypothesis import given
from hypothesis import strategies as st

PIECES = st.sampled_from(
    ["a", "б", "1", " ", "\n", "\u00a0", "\u200b", "\u00ad", "\u2011", "и\u0306", "е\u0308", "<b>", "</b>", "<br>", "<p>", "</p>", "&amp;",
     "&nbsp;", "\n> ", "\n-- \n", "\r\n", "８", "👨\u200d👩", "<x>", "&", "<", "wrote:", "<blockquote>", "</blockquote>", "\x00"]
)  # fmt: skip


@pytest.mark.parametrize(
    ("came", "text"),
    [
        ("8\u2011926\u2010123\u2212(45)", "8-926-123-(45)"),
        ("\u202a+7 926\u202c", "+7 926"),
        ("8\u200b926\u2060123", "8926123"),
        ("руб\u00adлей", "рублей"),
        ("1\u2009500\u202f₽", "1 500 ₽"),
        ("８９２６", "8926"),
        ("8\ufe0f\u20e39\ufe0f\u20e3", "89"),
        ("Пе\u0308тр, и\u0306од", "Пётр, йод"),
        ("раз\u2028два\r\nтри\rчетыре", "раз\nдва\nтри\nчетыре"),
        ("семья 👨\u200d👩\u200d👧", "семья 👨\u200d👩\u200d👧"),
        ("цена — 5 руб., «да»", "цена — 5 руб., «да»"),
        ("5 < 6 и <тег>", "5 < 6 и <тег>"),
    ],
)
def test_characters_by_their_class(came: str, text: str) -> None:
    assert normalized(came, Channel.CHAT)[0] == text


@pytest.mark.parametrize(
    ("came", "text"),
    [
        ("<p>Звоните: <b>8&nbsp;900</b>&nbsp;111-22-33</p>", "Звоните: 8 900 111-22-33"),
        ("<ul><li>раз</li><li>два &amp; три</li></ul>конец", "- раз\n- два & три\nконец"),
        ("раз<br/>два<br><br>три", "раз\nдва\n\nтри"),
        ("до<script>alert(1)</script><style>p{}</style>сле", "досле"),
        ('<a href="https://x.example">по ссылке</a> <unknown>5</unknown>', "по ссылке <unknown>5</unknown>"),
        ("<table><tr><td>цена</td><td>500&#8381;</td></tr></table>", "цена 500₽"),
        ("Ромашка &amp; Ко,\n  2 &lt; 3", "Ромашка & Ко,\n  2 < 3"),
        ("<div>Ответ</div><blockquote>Вопрос</blockquote>", "Ответ"),
    ],
)
def test_markup_is_read_as_a_page_shows_it(came: str, text: str) -> None:
    assert normalized(came, Channel.CHAT)[0] == text


OUTLOOK = "Да, подходит.\n\n________________________________\nОт: Магазин\nОтправлено: 3 марта\nКому: Я\nТема: Заказ\n\nСтарое письмо"


@pytest.mark.parametrize(
    ("came", "text", "apart"),
    [
        (
            "Спасибо.\n\nпт, 6 марта 2026 г. в 10:15, Магазин <a@shop.example>:\n> Ждём.\n>> Где?",
            "Спасибо.",
            ["quoted"],
        ),
        ("Sure.\n\nOn Mon, Nov 3, 2026 at 10:00 Bob\n<bob@x.example> wrote:\n\n> hello", "Sure.", ["quoted"]),
        ("Да.\n-----Исходное сообщение-----\nОт: А\n\nстарое", "Да.", ["quoted"]),
        (OUTLOOK, "Да, подходит.", ["quoted"]),
        ("Жду.\n\n-- \nИрина\n+7 900 111-22-33", "Жду.", ["signature"]),
        ("Ок\n\nОтправлено с iPhone", "Ок", ["signature"]),
        ("> Какой цвет?\nСиний\n> Какой размер?\nXL", "Синий\nXL", ["quoted", "quoted"]),
        ("> только чужие слова", "> только чужие слова", []),
        ("Ответ: от 5 рублей\nОт: меня\nесть 5 > 3", "Ответ: от 5 рублей\nОт: меня\nесть 5 > 3", []),
    ],
)
def test_quoted_tails_and_signatures_are_set_apart(came: str, text: str, apart: list[str]) -> None:
    normal, source = normalized(came, Channel.EMAIL)
    assert normal == text
    assert [one.kind for one in (source.apart if source else ())] == apart


def test_a_quote_in_a_chat_is_words_of_its_sender() -> None:
    assert normalized("> 5 окон\nда", Channel.CHAT) == ("> 5 окон\nда", None)


def test_a_recogniser_says_no_markup() -> None:
    assert normalized("тег <b> в коде", Channel.CALL) == ("тег <b> в коде", None)


@given(st.lists(PIECES, max_size=30).map("".join), st.sampled_from(list(Channel)), st.data())
def test_every_place_has_its_place_in_what_came(came: str, channel: Channel, data: st.DataObject) -> None:
    text, source = normalized(came, channel)
    assert normalized(text, Channel.CALL) == (text, None)
    if source is None:
        assert text == came
        return
    assert source.text == came
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    span = source.span_of(Span(start=start, end=end))
    assert 0 <= span.start <= span.end <= len(came)
    for place, char in enumerate(text):
        one = source.span_of(Span(start=place, end=place + 1))
        written = came[one.start : one.end]
        if len(written) == 1 and written.isascii():
            assert char == written or written in "\r\n\t <"
        assert all(one.start >= part.span.end or one.end <= part.span.start for part in source.apart)
    assert unicodedata.is_normalized("NFC", text)
