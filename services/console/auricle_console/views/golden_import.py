"""An analysts' workbook on its way into the golden set: which column holds what, guessed from titles and chosen in a form. Pure.

Fields of COLUMNS hold a column's title; fields of WORDS hold a line for each word of the cells, `word = meaning`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from auricle_contracts.golden import GoldenState
from auricle_contracts.vocabulary import Channel
from auricle_kit.workbooks import xlsx

COLUMNS = (
    "dialogue",
    "text",
    "channel",
    "subject",
    "verdict",
    "quote",
    "comment",
    "grade",
    "decided_by",
    "agent",
    "started_at",
)
NEEDED = ("dialogue", "text", "channel")
WORDS = ("subjects", "verdicts", "channels", "roles", "criteria", "quotes", "values")
FIELDS = ("sheet", "language", *COLUMNS, *WORDS)
MOST_WORDS = 200
_TITLES: Mapping[str, tuple[str, ...]] = {
    "dialogue": ("диалог", "№ диалога", "номер диалога", "id диалога", "id", "№", "dialogue", "dialog", "conversation"),
    "text": ("текст", "расшифровка", "текст диалога", "text", "transcript"),
    "channel": ("канал", "channel"),
    "subject": ("ошибка", "класс", "класс ошибки", "error", "error class", "class"),
    "verdict": ("есть?", "есть", "вердикт", "verdict", "found"),
    "quote": ("фрагмент", "цитата", "quote"),
    "comment": ("комментарий", "comment"),
    "grade": ("оценка", "grade"),
    "decided_by": ("аналитик", "кто решил", "эксперт", "analyst", "decided by"),
    "agent": ("фио", "оператор", "агент", "сотрудник", "agent"),
    "started_at": ("дата", "начало", "date", "started"),
}
_VERDICTS = {
    "да": GoldenState.FOUND, "есть": GoldenState.FOUND, "yes": GoldenState.FOUND, "1": GoldenState.FOUND, "true": GoldenState.FOUND,
    "нет": GoldenState.NOT_FOUND, "no": GoldenState.NOT_FOUND, "0": GoldenState.NOT_FOUND, "false": GoldenState.NOT_FOUND,
}  # fmt: skip
_CHANNELS = {
    "звонок": Channel.CALL, "телефон": Channel.CALL, "call": Channel.CALL, "чат": Channel.CHAT, "chat": Channel.CHAT,
    "почта": Channel.EMAIL, "письмо": Channel.EMAIL, "email": Channel.EMAIL, "e-mail": Channel.EMAIL,
}  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: titles of its columns, and of each column the different words, as far as they are few."""

    names: tuple[str, ...]
    name: str
    titles: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]


def read_sheet(raw: bytes, named: str = "") -> Sheet:
    """The named sheet, else the first. Raises InvalidRequest for what is no workbook or too large."""
    with xlsx.opened(raw) as book:
        name = named if named in book.sheets else book.sheets[0]
        lines = book.lines(name)
        head = next(lines, None)
        titles = [str(cell) if cell is not None else "" for cell in head.cells] if head else []
        seen: list[dict[str, None]] = [{} for _ in titles]
        for line in lines:
            for column, cell in zip(seen, line.cells, strict=False):
                if cell is not None and not isinstance(cell, xlsx.Odd) and len(column) <= MOST_WORDS:
                    column[str(cell).strip()] = None
    words = {title: tuple(column) for title, column in zip(titles, seen, strict=True) if len(column) <= MOST_WORDS}
    return Sheet(book.sheets, name, tuple(one for one in titles if one), words)


@dataclass(frozen=True)
class Draft:
    """A file that is looked at: its bytes in base64, and of a workbook its sheet, the form, and the fields that it still needs."""

    name: str = ""
    body: str = ""
    sheet: Sheet | None = None
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Fields without which nothing of a workbook can be read."""
        return tuple(one for one in NEEDED if not self.form.get(one)) if self.sheet else ()


def guessed(sheet: Sheet, classes: Mapping[str, str]) -> dict[str, str]:
    """A form that says what the titles say themselves. `classes`: ids of error classes by title and by id."""
    by_title = {one.strip().casefold(): one for one in reversed(sheet.titles)}
    form = {name: next((by_title[one] for one in known if one in by_title), "") for name, known in _TITLES.items()}
    form |= {"sheet": sheet.name, "language": "", "channel": form["channel"] or Channel.CALL.value}
    form["subjects"] = _lines(sheet, form["subject"], {title.casefold(): name for title, name in classes.items()})
    form["verdicts"] = _lines(sheet, form["verdict"], {word: one.value for word, one in _VERDICTS.items()})
    form["channels"] = _lines(sheet, form["channel"], {word: one.value for word, one in _CHANNELS.items()})
    return {name: form.get(name, "") for name in FIELDS}


def columns_of(form: Mapping[str, str]) -> str:
    """What the gateway takes as `columns`."""
    told: dict[str, object] = {name: form[name] for name in ("sheet", "language", *COLUMNS) if form.get(name)}
    told |= {name: pairs for name in WORDS if (pairs := _pairs(form.get(name, "")))}
    return json.dumps(told, ensure_ascii=False)


def _lines(sheet: Sheet, title: str, known: Mapping[str, str]) -> str:
    """A line for each word of the column; of one that nobody knows the meaning is left to be written."""
    return "\n".join(
        f"{word} = {known.get(word.casefold(), '')}".rstrip() for word in sheet.words.get(title, ()) if word
    )


def _pairs(text: str) -> dict[str, str]:
    """Lines of `word = meaning`; a line without a meaning says nothing."""
    cut = (line.rpartition("=") for line in text.splitlines())
    return {word.strip(): meaning.strip() for word, _, meaning in cut if word.strip() and meaning.strip()}
