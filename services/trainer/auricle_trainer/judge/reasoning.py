"""The reasoning before an answer: it names every mark that the scores follow from, so that the values can be read off its words."""

import random
from collections.abc import Iterable, Mapping, Sequence

from auricle_samples.dialogues import Mark, Seen
from auricle_samples.dialogues.truth import HANDLING

Phrases = Mapping[Mark, tuple[str, ...]]
REASONING_CHARS = 200

GOOD: Phrases = {
    Mark.GREETING: ("поздоровался", "начал с приветствия"),
    Mark.COURTESY: ("спрашивал учтиво", "был учтив"),
    Mark.EMPATHY: ("посочувствовал", "проявил участие"),
    Mark.APOLOGY: ("извинился", "принёс извинения"),
    Mark.FAREWELL: ("тепло попрощался", "вежливо простился"),
}
BAD: Phrases = {
    Mark.IMPATIENCE: ("торопил", "был нетерпелив"),
    Mark.RUDENESS: ("грубил", "нагрубил"),
    Mark.INTERRUPTION: ("перебивал", "перебил"),
    Mark.BLAME: ("обвинил клиента", "винил клиента"),
    Mark.EMPTY_REFUSAL: ("отказал без помощи", "ничем не помог"),
    Mark.INFORMAL: ("фамильярничал", "говорил запанибрата"),
}
MOVES: Phrases = {
    Mark.ACKNOWLEDGE: ("признал", "понял"),
    Mark.CLARIFY: ("уточнил", "спросил почему"),
    Mark.ARGUMENT: ("привёл довод", "дал довод"),
    Mark.CONCESSION: ("уступил", "предложил уступку"),
    Mark.CHECK: ("проверил", "переспросил"),
    Mark.PRESSURE: ("давил", "нажимал"),
    Mark.DISMISSAL: ("отмахнулся", "отмёл"),
    Mark.IGNORED: ("не заметил", "пропустил"),
    Mark.GAVE_UP: ("сдался", "отступил"),
}
ENDS: Phrases = {
    Mark.BOUGHT: ("Клиент согласился", "Клиент берёт"),
    Mark.NEXT_STEP: ("Назначили следующий шаг", "Условились о встрече"),
    Mark.LOOKS_LATER: ("Клиент просит прислать условия", "Клиент посмотрит условия"),
    Mark.THINKS: ("Клиент думает", "Клиент взял время подумать"),
    Mark.INFORMED: ("Клиент лишь узнал", "Клиенту хватило сведений"),
    Mark.CUT_OFF: ("Разговор прервался", "Клиент не мог говорить"),
    Mark.DECLINED: ("Клиент отказался", "Клиент не хочет"),
    Mark.FORBIDS: ("Клиент запретил звонить", "Клиент порвал отношения"),
}
OUTCOMES = {
    "answer": ("Вопрос решён", "Клиент получил ответ"),
    "registered": ("Заявку приняли", "Вопрос передан, ответ позже"),
    "transferred": ("Клиента отправили в другое место", "Перевели на другую службу"),
    "refusal": ("Клиенту отказали", "Вопрос не решён, отказ"),
    "sorry_only": ("Одни извинения, решения нет", "Извинился формально, не помог"),
}
NOTHING_SOLD = ("ничего не продавали", "продажи не было", "ничего не предлагали")


def reasoning(seen: Sequence[Seen], rng: random.Random, outcome: str | None = None) -> str:
    """A few phrases: manners, objections, how it ended. `outcome`: of a conversation that sold nothing."""
    end = _end(seen, rng) if outcome is None else f"{rng.choice(OUTCOMES[outcome])}, {rng.choice(NOTHING_SOLD)}."
    parts = [_manners(seen, rng), _objections(seen, rng), end]
    while len(" ".join(parts)) > REASONING_CHARS and len(parts) > 1:
        parts.pop(1 if len(parts) > 2 else 0)
    return " ".join(parts)[:REASONING_CHARS]


def _manners(found: Sequence[Seen], rng: random.Random) -> str:
    seen = [item.mark for item in found]
    good = [rng.choice(words) for mark, words in GOOD.items() if mark in seen]
    if seen.count(Mark.COURTESY) > 1:
        good = [f"{word} не раз" if word in GOOD[Mark.COURTESY] else word for word in good]
    bad = [rng.choice(words) for mark, words in BAD.items() if mark in seen]
    if good and bad:
        return f"Агент {_list(good)}, но {_list(bad)}."
    return f"Агент {_list(good or bad or ['говорил сухо'])}."


def _objections(seen: Sequence[Seen], rng: random.Random) -> str:
    replies: list[list[str]] = []
    for mark in (item.mark for item in seen):
        if mark is Mark.OBJECTION:
            replies.append([])
        elif mark in HANDLING and replies:
            replies[-1].append(rng.choice(MOVES[mark]))
    if not replies:
        return rng.choice(("Возражений не было.", "Клиент не возражал."))
    head = "Возражение: " if len(replies) == 1 else "Возражения: "
    return head + "; ".join(_list(reply) or "нет ответа" for reply in replies) + "."


def _end(seen: Sequence[Seen], rng: random.Random) -> str:
    signals = [item.mark for item in seen if item.mark in ENDS]
    return rng.choice(ENDS[signals[-1]]) + "."


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)
