"""Numbers as words, with the Russian plural: a synthesiser reads words, a chat shows digits.

Home-made because num2words is LGPL. Nominative (and so most accusatives) from 0 to 999,999.
"""

_RU_ONES = (
    "ноль один два три четыре пять шесть семь восемь девять десять "
    "одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать"
).split()
_RU_TENS = "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
_RU_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот".split()
_RU_FEMALE = {"один": "одна", "два": "две"}
_EN_ONES = (
    "zero one two three four five six seven eight nine ten "
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()

UNITS: dict[str, tuple[str, str, str]] = {
    "рубль": ("рубль", "рубля", "рублей"),
    "день": ("день", "дня", "дней"),
    "месяц": ("месяц", "месяца", "месяцев"),
    "час": ("час", "часа", "часов"),
    "минута": ("минута", "минуты", "минут"),
    "процент": ("процент", "процента", "процентов"),
    "год": ("год", "года", "лет"),
    "ночь": ("ночь", "ночи", "ночей"),
    "гигабайт": ("гигабайт", "гигабайта", "гигабайт"),
    "мегабит": ("мегабит", "мегабита", "мегабит"),
    "километр": ("километр", "километра", "километров"),
    "занятие": ("занятие", "занятия", "занятий"),
    "килограмм": ("килограмм", "килограмма", "килограммов"),
}
_FEMALE_UNITS = {"минута", "ночь", "тысяча"}


def amount(number: int, unit: str, *, spoken: bool) -> str:
    """`3500, "рубль"` → "3 500 рублей" or "три тысячи пятьсот рублей"; an English unit is given in the plural."""
    if unit in UNITS:
        figure = ru_words(number, female=unit in _FEMALE_UNITS) if spoken else _grouped(number)
        return f"{figure} {ru_plural(number, UNITS[unit])}"
    figure = en_words(number) if spoken else f"{number:,}"
    return f"{figure} {unit}".strip()


def ru_plural(number: int, forms: tuple[str, str, str]) -> str:
    """The form that goes with `number`: (1 день, 2 дня, 5 дней)."""
    if number % 100 in range(11, 15):
        return forms[2]
    return {1: forms[0], 2: forms[1], 3: forms[1], 4: forms[1]}.get(number % 10, forms[2])


def ru_words(number: int, *, female: bool = False) -> str:
    """`1200` → "одна тысяча двести". Raises ValueError outside 0..999999."""
    if not 0 <= number <= 999_999:
        raise ValueError(f"{number} is outside 0..999999")
    if number < 1000:
        return _ru_below_thousand(number, female)
    thousands, rest = divmod(number, 1000)
    head = f"{_ru_below_thousand(thousands, True)} {ru_plural(thousands, ('тысяча', 'тысячи', 'тысяч'))}"
    return f"{head} {_ru_below_thousand(rest, female)}" if rest else head


def en_words(number: int) -> str:
    """`1200` → "one thousand two hundred". Raises ValueError outside 0..999999."""
    if not 0 <= number <= 999_999:
        raise ValueError(f"{number} is outside 0..999999")
    for size, name in ((1000, "thousand"), (100, "hundred")):
        if number >= size:
            head = f"{en_words(number // size)} {name}"
            return f"{head} {en_words(number % size)}" if number % size else head
    if number < 20:
        return _EN_ONES[number]
    tens, ones = divmod(number, 10)
    return f"{_EN_TENS[tens - 2]} {_EN_ONES[ones]}" if ones else _EN_TENS[tens - 2]


def _ru_below_thousand(number: int, female: bool) -> str:
    words = []
    if number >= 100:
        words.append(_RU_HUNDREDS[number // 100 - 1])
    rest = number % 100
    if rest >= 20:
        words.append(_RU_TENS[rest // 10 - 2])
        rest %= 10
    if rest or not words:
        words.append(_RU_FEMALE.get(_RU_ONES[rest], _RU_ONES[rest]) if female else _RU_ONES[rest])
    return " ".join(words)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ") if number >= 10_000 else str(number)
