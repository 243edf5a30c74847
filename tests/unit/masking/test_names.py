"""Names by the kinds in which they are said: called, answered, signed, together, spelt; and what is only like a name."""

import pytest
from auricle_contracts import Role, Turn
from auricle_contracts.masking import PersonalKind
from auricle_masking import Detector


def names(detector: Detector, text: str, role: Role = Role.CUSTOMER, asked: str | None = None) -> list[str]:
    """The words of each name of the last turn."""
    other = Role.AGENT if role is Role.CUSTOMER else Role.CUSTOMER
    before = [Turn(id=1, participant=other.value, role=other, text=asked)] if asked else []
    turns = (*before, Turn(id=2, participant=role.value, role=role, text=text))
    declared = "ru" if any("а" <= char <= "я" for char in text.lower()) else "en"
    hits = detector.find(turns, kinds=[PersonalKind.NAME], declared=declared).hits
    return [text[place.start : place.end] for hit in hits for place in hit.places if place.line == len(turns) - 1]


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Роман, ваш кран готов", ["Роман"]), ("Лев, накладная в кабинете", ["Лев"]), ("Добрый день, Вера!", ["Вера"]),
        ("алло герман подскажите этаж", ["герман"]), ("алло павел петрович здравствуйте", ["павел петрович"]),
        ("Инна, Пётр, здравствуйте! Столик готов.", ["Инна", "Пётр"]), ("Инна и Олег, добрый день!", ["Инна", "Олег"]),
        ("Роза, 7 штук, белые", []), ("роза завяла за ночь", []), ("Will, it will be ready by noon", ["Will"]),
        ("Hi Grace! The desk is here.", ["Grace"]), ("Dear Tom and Siobhan, the flat is yours.", ["Tom", "Siobhan"]),
        ("okay denise um one second", ["denise"]), ("The grace period ends soon", []), ("we drive from Paris to Florence", []),
    ],
)  # fmt: skip
def test_who_is_called_is_hidden(detector: Detector, text: str, called: list[str]) -> None:
    assert names(detector, text, Role.AGENT) == called


@pytest.mark.parametrize(
    "text",
    [
        "здравствуйте магазин берёзка тимофей у аппарата", "Здравствуйте, автосервис «Гайка», Макар.",
        "Добрый день, это Родион, по вашей заявке", "С уважением,\nЭмма Лунина", "Здравствуйте! Администратор Нелли.",
        "окна плюс наталья здравствуйте", "Good morning, Oakfield Dental, Priscilla here.",
    ],
)  # fmt: skip
def test_an_agent_who_introduces_oneself_stays(detector: Detector, text: str) -> None:
    assert not names(detector, text, Role.AGENT)


@pytest.mark.parametrize(
    ("asked", "text", "name"),
    [
        ("Имя гостя?", "Ван Ден Берг Йохан, с детьми", "Ван Ден Берг Йохан"),
        ("Как вас записать?", "Tran Thi Lan, латиницей", "Tran Thi Lan"),
        ("Ваша фамилия?", "Заяц", "Заяц"), ("Какой цвет?", "Белый, большой", None),
    ],
)  # fmt: skip
def test_an_answer_is_a_name_up_to_its_comma(detector: Detector, asked: str, text: str, name: str | None) -> None:
    assert names(detector, text, asked=asked) == ([name] if name else [])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kind regards,\nMaeve O'Brien\nOffice Manager", "Maeve O'Brien"),
        ("Best,\nQuentin Ashby-Shaw\n4 Mill Lane, Leeds", "Quentin Ashby-Shaw"),
        ("держатель PETRENKO RAISA", "PETRENKO RAISA"), ("Горбенко-Ли Маргарита получатель", "Горбенко-Ли Маргарита"),
        ("O'Hara Sinead, виза нужна", "O'Hara Sinead"), ("here is name on the booking is Ximena Duarte-Ruiz", "Ximena Duarte-Ruiz"),
        ("получатель ринат воробей телефон тот же", "ринат воробей"), ("жена заяц анна подъедет", "заяц анна"),
        ("Записан Ибн-Сауд Пётр на пять часов", "Ибн-Сауд Пётр"), ("Виктор Павлович Заяц, адрес прежний", "Виктор Павлович Заяц"),
        ("Emma McDonald, order 4411", "Emma McDonald"), ("I spoke to Will Price yesterday", "Will Price"),
        ("это олег зимин я вчера звонил", "олег зимин"), ("это Света с пятого этажа", "Света"),
        ("эм а эр ка о вэ марков", "эм а эр ка о вэ марков"), ("m as in mike o r r i s", "m as in mike o r r i s"),
    ],
)  # fmt: skip
def test_a_name_is_hidden_whole(detector: Detector, text: str, name: str) -> None:
    assert names(detector, text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "в кафе «У Палыча» был торт", "Гоголь-моголь есть?", "плюшевый миша с браком", "смотрели «Анну Каренину»",
        "куртка Calvin Klein", "do you sell Ralph Lauren", "the Victoria plum jam", "эта роза последняя в этом цвете", "у нас АИС висит",
        "it's valid till Monday", "is the price good for long?", "Уважаемый(ая) клиент", "имя латиницей", "так велит закон",
        "теплоход Михаил Шолохов",
        "пицца Маргарита без лука", "диван Виктория в ткани", "такси Максим приехало", "духи Нина Риччи", "улица Анны Ахматовой где",
    ],
)  # fmt: skip
def test_a_thing_that_has_a_name_stays(detector: Detector, text: str) -> None:
    assert not names(detector, text)
