"""Fields of a template that nobody filled in: {ИМЯ}, [CUSTOMER NAME], %name%, ____, "undefined"."""

import re
from collections.abc import Iterator

from auricle_rules.detection.patterns import Place

_LETTERS = r"[^\W\d]"
_WORDS = "фио_?клиента|имя_?клиента|f_?name|l_?name|firstname|lastname|first_name|last_name|customer_name|client_name|user_name"
_CAPITAL = "[А-ЯЁA-Z]"
_FIELD_NAME = (
    "(?:ИМЯ|ФИО|ФАМИЛИЯ|ДАТА|СУММА|НОМЕР|АДРЕС|ВРЕМЯ|СРОК|ТОВАР|ССЫЛКА|ТЕКСТ)"
    "[ _](?:КЛИЕНТА|ЗАКАЗА|ДОСТАВКИ|ЗАЯВКИ|ОПЛАТЫ|ОПЕРАТОРА|ДОГОВОРА|СЮДА)"
    "|ИМЯ|(?<=здравствуйте, )ФИО|(?<=уважаемый )ФИО|(?<=уважаемая )ФИО|(?<=день, )ФИО|(?<=вечер, )ФИО"
    "|(?:CLIENT|CUSTOMER|FIRST|LAST|USER|ORDER|AGENT|TICKET|YOUR|PRODUCT|DELIVERY)[ _](?:NAME|NUMBER|ID|DATE|AMOUNT|SUM|ADDRESS)"
)
_FIELD = re.compile(
    "|".join((
        r"\{\{[^{}\n]{1,60}\}\}",
        r"\{%[^{}\n]{1,60}%\}",
        r"(?<![\w./])\$?\{[\w .|-]{1,40}\}(?![\w.])",
        r"<<?/?[^\W\d][\w ]{1,40}>>?",
        r"(?<![\w./])\[[^\[\]\n]{2,40}\](?!\.?[\w(])",
        rf"(?<![\w%])%{_LETTERS}[\w.]{{1,30}}%(?!\w)",
        rf"(?<![\w#])#{_LETTERS}[\w ]{{1,30}}#(?!\w)",
        r"(?<![\w$])\$[a-z][a-z_.]{2,30}(?!\w)",
        r"(?<![\w/._])(?<!^)_{2,}(?![\w/._])(?!$)|^_{2,}(?=[,!. ])|(?<=[:№] )_{2,}",
        r"(?<![\w/])(?:[ДдDd]{2}[./-][МмMm]{2}[./-][ГгYy]{2,4}|[ДдDd]{2}[./-][МмMm]{2}(?![\w./-])|[ЧчHh]{2}:[МмMm]{2})(?![\w/])",
        rf"(?<![\w#/])#(?-i:{_CAPITAL}{{2,}}(?:_{_CAPITAL}+)*)(?!\w)",
        rf"(?<!\w)(?-i:{_FIELD_NAME})(?!\w)",
        rf"(?<![\w/.])(?-i:{_CAPITAL}{{3,}}(?:_{_CAPITAL}{{2,}})+_?)(?!\w)",
        r"(?<=в течение )(?-i:N)(?= )|(?<=within )(?-i:N)(?= )|(?<=через )(?-i:N)(?= )|(?<=№ )(?-i:N)(?!\w)",
        r"(?:\(|\[)\s*(?:вставить|указать|подставить|вписать|дописать|insert|fill in|add|todo|tbd)\b[^()\[\]\n]{0,40}(?:\)|\])",
        r"(?<![\w./-])(?:TBD|TODO|(?-i:INSERT [A-Z]+(?: [A-Z]+)*)|lorem ipsum)(?![\w-])",
        r"(?<![\w./-])(?:undefined|null|NaN|N/A)(?![\w-])",
        r"(?<![\w.])(?:[XxХх]{3,}|[XxХх]{2}(?:[.:][XxХх]{2,})+)(?![\w.])",
        r"(?<=уважаемый )(?:\.{3}|…)|(?<=уважаемая )(?:\.{3}|…)|(?<=dear )(?:\.{3}|…)",
        rf"(?<![\w/.])@?(?:{_WORDS})(?!\w)|(?<![\w/.])@(?:клиент|имя|client|customer|name)(?!\w)",
        r"\(\s*(?:имя|фио|дата|сумма|номер|name|date|amount)\s*\)",
        r"(?<=\w )(?:\([ _]+\)|\[[ _]*\]|\{[ _]*\})(?= \w|[.,!?]|$)",
        r"(?<![\w/])_{1,4}(?:[./-]_{1,4}){1,2}(?![\w/])",
    )),
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_ATTACHED = re.compile(
    r"\[(?:фото|файл|вложени|ссылк|скриншот|снимок|стикер|голосов|видео|документ|photo|image|file|attach|link|voice|video|sticker|screenshot)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"«[^»\n]*»|\"[^\"\n]*\"|“[^”\n]*”|`[^`\n]*`")
_FOR_CUSTOMER = re.compile(
    r"\b(?:образц\w+|шаблон\w*|бланк\w*|пример\w*|форм[уеы]\b|sample|template|example|впиш\w+|укаж\w+|заполн\w+|введ\w+|постав\w+|подстав\w+|вместо|замен\w+|скопир\w+|ответьте|нажм\w+|кнопк\w+|выбер\w+|строк\w+|файл\w*|пометк\w*|метк\w*|тег\w*"
    r"|вставьте|подпиш\w+|подпис\w+|пол[еяю]\b|код\w*|артикул\w*|промокод\w*|модел\w*|купон\w*|code|sku|coupon|voucher|model|type|fill|write|enter|replace|copy|reply|press|click|tap|select|choose"
    r"|button|file|field|instead|form says|put)\b",
    re.IGNORECASE,
)
_OWN_PLACE = re.compile(
    r"\b(?:впиш|заполн|замен|подстав|встав|fill|replace|put|write)\w*[^.!?\n]{0,60}\b(?:скоб\w+|bracket\w*)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?\n]\s")


def placeholders(text: str) -> Iterator[Place]:
    """Places of unfilled fields; not those that the customer is told to fill in, nor parts of file names and codes."""
    apart = [match.span() for match in _QUOTED.finditer(text)]
    if _OWN_PLACE.search(text):
        return
    for match in _FIELD.finditer(text):
        start, end = match.span()
        if any(first <= start < last for first, last in apart) and _FOR_CUSTOMER.search(text):
            continue
        if _ATTACHED.match(text, start):
            continue
        if not (_FOR_CUSTOMER.search(_sentence_before(text, start)) or _is_form(text, start)):
            yield start, end


def _is_form(text: str, place: int) -> bool:
    """Whether the lines up to here are a form that the customer was told to fill in: "впишите своё:" and then the lines."""
    head, _, lines = text[:place].rpartition(":\n")
    return bool(head) and "\n\n\n" not in lines and _FOR_CUSTOMER.search(_sentence_before(head, len(head))) is not None


def is_of_template(text: str) -> bool:
    """Whether the text tells the customer of fields that he fills in, or that a program of his does."""
    return any(_FOR_CUSTOMER.search(_sentence_before(text, match.start())) for match in _FIELD.finditer(text))


def _sentence_before(text: str, place: int) -> str:
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, place)]
    return text[ends[-1] if ends else 0 : place]
