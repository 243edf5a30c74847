"""The shipped workbook: 300 synthetic conversations in analysts' columns. Generated text only, labels by the generators' own tables.

A second analyst is a rule too: he reads some conversations again, and is off by a step or two. So the ceiling of this workbook shows how
it is told, and nothing about people.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, islice
from pathlib import Path

from auricle_contracts import Channel, Role

from auricle_trainer.judge.labelled import SCORES, Label, Labelled
from auricle_trainer.judge.sources import Source

COUNT, FIRST_SEED, READ_AGAIN = 300, 47_000_000, 45
AGENTS = tuple(str(number) for number in range(211, 225))
FIRST_DAY, DAYS = datetime(2026, 3, 2, 9), 180  # a Monday
HEAD = (
    "№ диалога", "Дата", "Оператор", "Канал", "Текст", "Вежливость", "Вежливость: цитата", "Возражения", "Возражения: цитата",
    "Продажа", "Продажа: цитата", "Этап", "Этап: цитата", "Тема", "Тема: цитата", "Комментарий", "Аналитик",
)  # fmt: skip
CHANNELS = {Channel.CALL: "звонок", Channel.CHAT: "чат", Channel.EMAIL: "почта"}
SPEAKERS = {Role.AGENT: "Оператор", Role.CUSTOMER: "Клиент", Role.BOT: "Бот"}
STAGES = {
    "start": "контакт", "needs": "потребности", "presentation": "презентация", "objections": "возражения",
    "closing": "завершение",
}  # fmt: skip
INTENTS = {
    "order": "заказ", "change": "изменение", "cancel": "отмена", "status": "статус", "question": "вопрос",
    "problem": "неполадка", "money": "деньги", "complaint": "жалоба", "other": "другое",
}  # fmt: skip
CRITERIA = ("politeness", "objection_handling", "sale_chance", "stage", "intent")
OFF = (-10, -5, -5, 0, 0, 0, 5, 5, 10)
Row = tuple[str | int, ...]


def rows() -> Iterator[Row]:
    """The same every time."""
    source, seeds = Source(), count(FIRST_SEED)
    russian = (one for one in map(source.generated, seeds) if one.language == "ru")
    for number, dialogue in enumerate(islice(russian, COUNT)):
        dice = random.Random(f"workbook {number}")
        day = FIRST_DAY + timedelta(days=dice.randrange(DAYS), minutes=dice.randrange(9 * 60))
        known = (f"D-{number + 1:03d}", day.strftime("%Y-%m-%d %H:%M"), dice.choice(AGENTS), CHANNELS[dialogue.channel])
        yield (*known, _text(dialogue), *_answers(dialogue), _plain(dialogue.reasoning), "Первый")
        if number < READ_AGAIN:
            yield (*known, _text(dialogue), *_answers(_read_again(dialogue, dice)), "", "Второй")


def write(path: Path) -> None:
    """An .xlsx with a header."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Разметка")
    sheet.append(HEAD)
    for row in rows():
        sheet.append(row)
    book.save(path)


def _text(dialogue: Labelled) -> str:
    return "\n".join(f"{SPEAKERS.get(role, 'Бот')}: {_plain(text)}" for _, role, text in dialogue.turns)


def _answers(dialogue: Labelled) -> Iterator[str | int]:
    """A value and its quotes, a line each; a dash without an occasion."""
    for name in CRITERIA:
        label = dialogue.labels[name]
        yield "—" if label is None else _shown(label)
        yield "" if label is None else "\n".join(dict.fromkeys(_plain(one.text) for one in label.at))


def _shown(label: Label) -> str | int:
    return {**STAGES, **INTENTS}[label.value] if isinstance(label.value, str) else label.value


def _read_again(dialogue: Labelled, dice: random.Random) -> Labelled:
    """By somebody who is a step or two stricter or milder; one in ten stages is another."""
    labels = dict(dialogue.labels)
    for name in SCORES:
        label = labels[name]
        if label is not None and isinstance(label.value, int):
            labels[name] = Label(min(100, max(0, label.value + dice.choice(OFF))), label.at)
    stage = labels["stage"]
    if stage is not None and dice.random() < 0.1:
        labels["stage"] = Label(dice.choice(tuple(STAGES)), stage.at)
    return Labelled(dialogue.id, dialogue.channel, dialogue.language, dialogue.turns, "", labels)


def _plain(text: str) -> str:
    return " ".join(text.split())
