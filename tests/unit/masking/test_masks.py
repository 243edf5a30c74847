"""Placeholders, the way back, quotes, words with times, and what is heard while a tone should sound."""

from auricle_contracts import Quote, Role, Span, Transcript, Turn, Word
from auricle_contracts.masking import PersonalKind
from auricle_masking import Detector, Mask, MaskedText, hidden_ms, mask
from hypothesis import given
from hypothesis import strategies as st


def turn(number: int, role: Role, text: str) -> Turn:
    words, at = [], 0
    for word in text.split():
        words.append(Word(text=word, start_ms=at, end_ms=at + 300, confidence=0.9))
        at += 400
    return Turn(id=number, participant=role.value, role=role, text=text, start_ms=0, end_ms=at, words=tuple(words))


def masked(detector: Detector, *said: tuple[Role, str]) -> Mask:
    turns = tuple(turn(number, role, text) for number, (role, text) in enumerate(said, start=1))
    return mask(Transcript(conversation_id="c", language="ru", turns=turns), detector)


A, C = Role.AGENT, Role.CUSTOMER


def test_the_same_thing_has_the_same_placeholder(detector: Detector) -> None:
    done = masked(
        detector,
        (C, "мой номер восемь девятьсот двенадцать триста сорок пять шестьдесят семь восемьдесят девять"),
        (A, "повторю плюс семь 912 345-67-89 верно"),
        (C, "второй 8 916 111 22 33"),
    )
    texts = [one.text for one in done.transcript.turns]
    assert texts == ["мой номер [ТЕЛЕФОН_1]", "повторю [ТЕЛЕФОН_1] верно", "второй [ТЕЛЕФОН_2]"]


def test_a_person_keeps_the_placeholder_in_every_case(detector: Detector) -> None:
    done = masked(
        detector, (C, "меня зовут ольга викторовна"), (A, "ольга адрес подскажите"), (A, "запишем на ольгу викторовну")
    )
    assert [one.text.count("[ИМЯ_1]") for one in done.transcript.turns] == [1, 1, 1]


def test_english_placeholders(detector: Detector) -> None:
    said = Turn(id=1, participant="c", role=C, text="my name is john smith, call 415-555-0132")
    done = mask(Transcript(conversation_id="c", turns=(said,)), detector)
    assert done.transcript.turns[0].text == "my name is [NAME_1], call [PHONE_1]"


def test_the_agents_own_name_stays_and_the_customers_does_not(detector: Detector) -> None:
    done = masked(detector, (A, "здравствуйте меня зовут анна компания окна"), (C, "анна это ирина"), (A, "да ирина"))
    assert [one.text for one in done.transcript.turns] == [
        "здравствуйте меня зовут анна компания окна", "анна это [ИМЯ_1]", "да [ИМЯ_1]",
    ]  # fmt: skip
    assert done.secrets.kept == ("анна",)


def test_a_customer_of_the_same_name_is_masked(detector: Detector) -> None:
    done = masked(detector, (A, "меня зовут анна"), (C, "и меня зовут анна"))
    assert "анна" not in done.transcript.turns[1].text


def test_a_number_dictated_over_turns_is_one(detector: Detector) -> None:
    done = masked(detector, (C, "записывайте 8 912"), (A, "да"), (C, "345 67 89"))
    assert [one.text for one in done.transcript.turns] == ["записывайте [ТЕЛЕФОН_1]", "да", "[ТЕЛЕФОН_1]"]
    assert done.secrets.secrets[0].words == "8 912 345 67 89"


def test_a_quote_comes_back_with_its_words_and_times(detector: Detector) -> None:
    done = masked(detector, (C, "запишите мой номер 8 912 345 67 89 и перезвоните завтра"))
    shown = done.transcript.turns[0]
    assert shown.text == "запишите мой номер [ТЕЛЕФОН_1] и перезвоните завтра"
    quote = Quote(turn=1, span=Span(start=9, end=32), text=shown.text[9:32], start_ms=400, end_ms=2700)
    back = done.restored(quote)
    assert back.text == "мой номер 8 912 345 67 89 и"
    assert done.shown(back).text == "мой номер [ТЕЛЕФОН_1] и"


def test_hidden_words_become_one_with_the_whole_time(detector: Detector) -> None:
    done = masked(detector, (C, "номер 8 912 345 67 89 вот"))
    words = done.transcript.turns[0].words
    assert [(word.text, word.start_ms, word.end_ms) for word in words] == [
        ("номер", 0, 300),
        ("[ТЕЛЕФОН_1]", 400, 2300),
        ("вот", 2400, 2700),
    ]
    assert hidden_ms(done) == (Span(start=400, end=2300),)
    assert hidden_ms(done, pad_ms=100) == (Span(start=300, end=2400),)


def test_free_words_are_hidden_with_the_same_placeholders(detector: Detector) -> None:
    done = masked(detector, (C, "мой номер 8 912 345 67 89, меня зовут ирина"))
    assert done.words("Клиент Ирина продиктовала +7 (912) 345-67-89.") == "Клиент [ИМЯ_1] продиктовала [ТЕЛЕФОН_1]."
    assert done.words("сказала 345 67 89 и всё") == "сказала [ТЕЛЕФОН_1] и всё"
    assert done.words("[ИМЯ_1] довольна, цена 45 000") == "[ИМЯ_1] довольна, цена 45 000"
    assert done.revealed("[ИМЯ_1] ждёт, [ИМЯ_9] нет") == "ирина ждёт, [ИМЯ_9] нет"


def test_pieces_of_what_is_known_are_hidden_too(detector: Detector) -> None:
    done = masked(
        detector,
        (C, "меня зовут вера номер 8 912 345 67 89"),
        (A, "вера проверим шестьдесят семь восемьдесят девять"),
        (A, "доставка 6789 рублей"),
    )
    assert [one.text for one in done.transcript.turns[1:]] == ["[ИМЯ_1] проверим [ТЕЛЕФОН_1]", "доставка 6789 рублей"]
    alone = mask(Transcript(conversation_id="c", turns=()), detector, seed=done.secrets)
    assert alone.words("вера назвала триста сорок пять шестьдесят семь") == "[ИМЯ_1] назвала [ТЕЛЕФОН_1]"


def test_a_seed_keeps_its_placeholders(detector: Detector) -> None:
    first = masked(detector, (C, "номер 8 912 345 67 89 и 8 916 111 22 33"))
    later = mask(first.original.model_copy(update={"turns": first.original.turns[:1]}), detector, seed=first.secrets)
    assert later.transcript.turns == first.transcript.turns
    assert first.words("8 916 111 22 33") == "[ТЕЛЕФОН_2]"


def test_off_kinds_stay(detector: Detector) -> None:
    said = Turn(id=1, participant="c", role=C, text="меня зовут ирина, 8 912 345 67 89")
    done = mask(Transcript(conversation_id="c", turns=(said,)), detector, kinds=[PersonalKind.PHONE])
    assert done.transcript.turns[0].text == "меня зовут ирина, [ТЕЛЕФОН_1]"
    assert done.words("ирина") == "ирина"


@given(st.data())
def test_every_place_outside_the_pieces_goes_there_and_back(data: st.DataObject) -> None:
    text = data.draw(st.text(min_size=1, max_size=60))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=8)))
    spans = [(a, b, f"[X_{a}]") for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    done = MaskedText.of(text, spans)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown = done.shown(Span(start=start, end=end))
    back = done.original(shown)
    assert 0 <= shown.start <= shown.end <= len(done.text)
    assert back.start <= start
    assert back.end >= end or start == end
    whole = done.original(Span(start=0, end=len(done.text)))
    assert (whole.start, whole.end) == (0, len(text))
