"""Dialogues said otherwise in what no verdict may rest on: names, gender forms, accents in spelling, e for ё, small talk in another order.

Each change is made of the dialogue alone, so the same at every run; it says None where there is nothing to change.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

import pymorphy3

Turns = tuple[tuple[str, str], ...]
"""Role and words of each turn."""

WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
MALE = ("Рустам", "Ахмед", "Тимур", "Олег", "Армен")
FEMALE = ("Гульнара", "Айгуль", "Зухра", "Ольга", "Нино")
ENGLISH = {
    name: other
    for names, others in (
        ("James John Robert Michael David William Tom Daniel Mark Paul Peter Chris Ben Sam Jack", "Jamal Ahmed Rajesh Wei Kwame"),
        ("Mary Sarah Emily Anna Laura Linda Karen Emma Kate Jane Lucy Alice Olivia Grace Helen", "Fatima Aisha Priya Mei Latoya"),
    )
    for at, name in enumerate(names.split())
    for other in (others.split()[at % 5],)
}  # fmt: skip
YO = {
    "еще": "ещё", "идет": "идёт", "счет": "счёт", "придет": "придёт", "найдет": "найдёт", "дает": "даёт", "ее": "её", "мое": "моё",
    "твое": "твоё", "пришлем": "пришлём", "вернем": "вернём", "учет": "учёт", "отчет": "отчёт", "подойдет": "подойдёт", "зовет": "зовёт",
}  # fmt: skip
RUSSIAN_ACCENT = (("щ", "ш"), ("ы", "и"), ("ться", "тса"), ("тся", "ца"), ("его", "ево"), ("о", "а"))
ENGLISH_ACCENT = (("th", "z"), ("w", "v"), ("ing", "in"), ("v", "w"))
SMALL_TALK = re.compile(
    r"(здравствуйте|добр\w+ (день|утро|вечер)|как (ваши |у вас )?дела|спасибо|всего (доброго|хорошего)|до свидания|пожалуйста"
    r"|hello|hi|good (morning|afternoon|evening)|how are you|thank you|thanks|bye|goodbye|have a (nice|good|great) day|you'?re welcome)",
    re.IGNORECASE,
)
MOST_WORDS = 8


@dataclass(frozen=True)
class Said:
    """A dialogue as it was written, or otherwise."""

    id: str
    language: str
    channel: str
    turns: Turns


def names(said: Said) -> Said | None:
    """First names become names of other origins, in the same gender and case."""
    change = _english_name if said.language == "en" else _russian_name
    return _words(said, change)


def gender(said: Said) -> Said | None:
    """What an agent says of oneself in the past gets the other gender's form: "записала" becomes "записал"."""
    if said.language != "ru":
        return None
    turns = tuple((role, _other_gender(text) if role == "agent" else text) for role, text in said.turns)
    return _changed(said, turns)


def accent(said: Said) -> Said | None:
    """Every third word that can be is spelled as an accent sounds."""
    pairs = ENGLISH_ACCENT if said.language == "en" else RUSSIAN_ACCENT
    return _words(said, lambda word: _accented(word, pairs) if _drawn(said.id, word) else word)


def yo(said: Said) -> Said | None:
    """ё becomes е; where there is none, е becomes the ё that belongs there."""
    if said.language != "ru":
        return None
    if any("ё" in text.lower() for _, text in said.turns):
        return _changed(said, tuple((role, text.replace("ё", "е").replace("Ё", "Е")) for role, text in said.turns))
    return _words(said, lambda word: _cased(YO.get(word.lower(), word), word))


def small_talk(said: Said) -> Said | None:
    """The first two turns beside each other that are nothing but small talk change places."""
    turns = said.turns
    for at in range(len(turns) - 1):
        if all(_is_small_talk(text) for _, text in turns[at : at + 2]) and turns[at] != turns[at + 1]:
            return _changed(said, (*turns[:at], turns[at + 1], turns[at], *turns[at + 2 :]))
    return None


CHANGES: Mapping[str, Callable[[Said], Said | None]] = {
    "names": names,
    "gender": gender,
    "accent": accent,
    "yo": yo,
    "small_talk": small_talk,
}


def _words(said: Said, change: Callable[[str], str]) -> Said | None:
    turns = tuple((role, WORD.sub(lambda found: change(found[0]), text)) for role, text in said.turns)
    return _changed(said, turns)


def _changed(said: Said, turns: Turns) -> Said | None:
    return None if turns == said.turns else replace(said, turns=turns)


@cache
def _morphology() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


def _drawn(*of: str) -> bool:
    return sha256(" ".join(of).encode()).digest()[0] % 3 == 0


def _english_name(word: str) -> str:
    return ENGLISH.get(word, word)


@cache
def _russian_name(word: str) -> str:
    if not word[0].isupper():
        return word
    parse = _morphology().parse(word)[0]
    if "Name" not in parse.tag or "sing" not in parse.tag or parse.tag.gender not in ("masc", "femn"):
        return word
    choices = MALE if parse.tag.gender == "masc" else FEMALE
    other = choices[sum(map(ord, parse.normal_form)) % len(choices)]
    return _inflected(other, parse.tag.case) if parse.normal_form != other.lower() else word


def _inflected(name: str, case: str) -> str:
    parse = next((one for one in _morphology().parse(name) if "Name" in one.tag), None)
    found = parse.inflect({case}) if parse is not None else None
    return (found.word if found is not None else name).capitalize()


def _other_gender(text: str) -> str:
    found = [*WORD.finditer(text)]
    made, last = [], 0
    for at, word in enumerate(found):
        begins = at == 0 or text[found[at - 1].end() : word.start()].strip(" ") in {".", "!", "?", "…"}
        of_oneself = begins or any(one[0].lower() == "я" for one in found[max(0, at - 2) : at])
        made += [text[last : word.start()], _turned(word[0]) if of_oneself else word[0]]
        last = word.end()
    return "".join([*made, text[last:]])


@cache
def _turned(word: str) -> str:
    parse = _morphology().parse(word.lower())[0]
    if not ("past" in parse.tag and "VERB" in parse.tag) and "ADJS" not in parse.tag and "PRTS" not in parse.tag:
        return word
    other = {"masc": "femn", "femn": "masc"}.get(parse.tag.gender or "")
    found = parse.inflect({other}) if other else None
    return _cased(found.word, word) if found is not None else word


def _accented(word: str, pairs: Sequence[tuple[str, str]]) -> str:
    for heard, spelled in pairs:
        if heard in word[1:].lower():
            return word[0] + word[1:].replace(heard, spelled, 1)
    return word


def _cased(word: str, like: str) -> str:
    return word.capitalize() if like[0].isupper() else word


def _is_small_talk(text: str) -> bool:
    return (
        bool(SMALL_TALK.search(text)) and len(WORD.findall(text)) <= MOST_WORDS and "?" not in SMALL_TALK.sub("", text)
    )
