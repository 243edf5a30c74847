"""What the judge should answer: the truth of a dialogue as the JSON that the prompt `evaluate` asks for.

The reasoning names every mark that the scores follow from, so that the values can be read off the words before them.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from auricle_contracts import Channel, DigestLine
from auricle_samples.dialogues import Dialogue, Evidence, Mark
from auricle_samples.dialogues.noise import plain
from auricle_samples.dialogues.truth import HANDLING

Phrases = Mapping[Mark, tuple[str, ...]]
SCORES = ("politeness", "objection_handling", "sale_chance")
STEP = 5
REASONING_CHARS = 300

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


class EvidenceCut(ValueError):
    """The words that an answer rests on are not among the lines that are shown."""


def answer(
    dialogue: Dialogue, rng: random.Random, *, heard: bool = False, lines: Sequence[DigestLine] | None = None
) -> dict[str, Any]:
    """The JSON for a dialogue; `heard` when its turns were put through `plain` or noise, so that quotes match them.

    `lines`: what is shown instead of the whole turns. Raises EvidenceCut.
    """
    truth = dialogue.truth
    place = Place(digest_lines(dialogue) if lines is None else lines, heard)
    objection = (
        {"occasion": False}
        if truth.objection_evidence is None or truth.objection_handling is None
        else {"occasion": True} | place.of(truth.objection_evidence) | {"value": by_fives(truth.objection_handling)}
    )
    return {
        "reasoning": reasoning(dialogue, rng),
        "politeness": place.of(truth.politeness_evidence) | {"value": by_fives(truth.politeness)},
        "objection_handling": objection,
        "sale_chance": place.of(truth.sale_evidence) | {"value": by_fives(truth.sale_chance)},
        "stage": place.of(truth.stage_evidence) | {"value": truth.stage.value},
    }


def reasoning(dialogue: Dialogue, rng: random.Random) -> str:
    """One or two phrases: manners, objections, how it ended."""
    seen = [item.mark for item in dialogue.truth.seen]
    return f"{_manners(seen, rng)} {_objections(seen, rng)} {_end(seen, rng)}"[:REASONING_CHARS]


def by_fives(value: int) -> int:
    """The prompt's scale: 0, 5, …, 100."""
    return STEP * round(value / STEP)


def _manners(seen: list[Mark], rng: random.Random) -> str:
    good = [rng.choice(words) for mark, words in GOOD.items() if mark in seen]
    if seen.count(Mark.COURTESY) > 1:
        good = [f"{word} не раз" if word in GOOD[Mark.COURTESY] else word for word in good]
    bad = [rng.choice(words) for mark, words in BAD.items() if mark in seen]
    if good and bad:
        return f"Агент {_list(good)}, но {_list(bad)}."
    return f"Агент {_list(good or bad or ['говорил сухо'])}."


def _objections(seen: list[Mark], rng: random.Random) -> str:
    replies: list[list[str]] = []
    for mark in seen:
        if mark is Mark.OBJECTION:
            replies.append([])
        elif mark in HANDLING and replies:
            replies[-1].append(rng.choice(MOVES[mark]))
    if not replies:
        return rng.choice(("Возражений не было.", "Клиент не возражал."))
    head = "Возражение: " if len(replies) == 1 else "Возражения: "
    return head + "; ".join(_list(reply) or "нет ответа" for reply in replies) + "."


def _end(seen: list[Mark], rng: random.Random) -> str:
    signals = [mark for mark in seen if mark in ENDS]
    return rng.choice(ENDS[signals[-1]]) + "."


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)


class Place:
    """Evidence as the prompt writes it: the line's label and the words, verbatim in the text that is shown."""

    def __init__(self, lines: Sequence[DigestLine], heard: bool) -> None:
        self._lines, self._heard = {turn: line for line in lines for turn in line.turns}, heard

    def of(self, evidence: Evidence) -> dict[str, str]:
        if evidence.turn not in self._lines:
            raise EvidenceCut(f"turn {evidence.turn} is not shown")
        line = self._lines[evidence.turn]
        text = line.text
        quote = plain(evidence.quote) if self._heard else " ".join(evidence.quote.split())
        if self._heard or quote not in " ".join(text.split()):
            quote = nearest(quote, text)
        return {"turn": f"T{line.turns[0]}", "quote": quote}


def digest_lines(dialogue: Dialogue) -> tuple[DigestLine, ...]:
    """The uncut transcript, a line a turn."""
    return tuple(DigestLine(turns=(turn.id,), role=turn.role, text=turn.text) for turn in dialogue.turns)


def nearest(quote: str, text: str) -> str:
    """The stretch of `text` as long as `quote` (in words) that shares most words with it: noise may have changed some."""
    wanted, words = quote.split(), text.split()
    starts = range(max(1, len(words) - len(wanted) + 1))
    start = max(starts, key=lambda at: len(set(wanted) & set(words[at : at + len(wanted)])))
    return " ".join(words[start : start + len(wanted)])


def is_call(dialogue: Dialogue) -> bool:
    """Only calls are heard through a recogniser."""
    return dialogue.channel is Channel.CALL
