"""`comment` and `summary`: what an agent reads beside the quotes, in the conversation's language. Else the class speaks for itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts import Channel, Detection
from auricle_contracts.knowledge import Citation
from auricle_criteria import ErrorClass, Prompt
from auricle_judging import render
from auricle_judging.clause_quotes import labels_at
from auricle_judging.rendering import prompt_lines

from auricle_scorer.checklist.model_step import Asker
from auricle_scorer.checklist.passages import FILLER, fitting, labelled, shown
from auricle_scorer.concurrency import together
from auricle_scorer.llm_step import EMPTY_LINE

LANGUAGES = {"ru": "по-русски", "en": "по-английски"}
DEFAULT_LANGUAGE = "ru"


@dataclass(frozen=True)
class Commented:
    """A class that was found: where, by its labels, and the passage that the comment is to rest on."""

    error_class: ErrorClass
    at: tuple[str, ...]
    passage: Citation | None

    @property
    def passages(self) -> tuple[Citation, ...]:
        """The passage, if there is one."""
        return (self.passage,) if self.passage else ()


async def comments(
    asker: Asker, found: Sequence[tuple[ErrorClass, Detection]], citations: Mapping[str, Citation]
) -> dict[str, str]:
    """By class; a class whose call failed has none. `citations`: the passage by class. Raises ModelUnavailable."""
    by_window: dict[int, list[Commented]] = defaultdict(list)
    for error_class, detection in found:
        window, labels = _place(asker, detection)
        if labels:
            by_window[window].append(Commented(error_class, labels, citations.get(error_class.id)))
    most = asker.meter.step.per_call
    calls = [
        (window, part) for window, items in by_window.items() for part in fitting(items, most, lambda one: one.passages)
    ]
    said: dict[str, str] = {}
    for answer in await together([_ask(asker, window, part) for window, part in calls]):
        said |= answer
    return said


async def _ask(asker: Asker, window: int, items: Sequence[Commented]) -> Mapping[str, str]:
    names, language = [one.error_class.id for one in items], language_of(asker)
    passages = labelled(one.passage for one in items if one.passage)
    told = [_told(one.error_class, language, at=one.at, passage=_label(one, passages)) for one in items]
    about = {"classes": told, "language": LANGUAGES[language], "passages": shown(passages)}
    asked = asker.question(names)
    reply = await asker.ask(asked, asker.rendered(asked, window, about), names)
    if isinstance(reply, str):
        return {}
    return {name: _joined((reply.answer or {})[name]) for name in names}


def _label(item: Commented, passages: Mapping[str, Citation]) -> str | None:
    return next((label for label, passage in passages.items() if passage == item.passage), None)


def question(prompt: Prompt, classes: Sequence[ErrorClass], channel: Channel) -> str:
    """What is asked about these classes with as many passages as one call has room for, around an empty conversation."""
    told = [_told(one, DEFAULT_LANGUAGE, at=("T100", "T100b"), passage="K1") for one in classes]
    about = {"classes": told, "language": LANGUAGES[DEFAULT_LANGUAGE], "passages": FILLER}
    asked = prompt.for_each([one.id for one in classes])
    rendered = render(asked, [EMPTY_LINE], channel=channel, shots=0, told=about)
    return "\n".join(message["content"] for message in rendered.messages)


def _told(one: ErrorClass, language: str, *, at: Sequence[str], passage: str | None) -> Mapping[str, object]:
    english = language == "en"
    return {
        "id": one.id, "at": at, "title": one.title.en if english else one.title.ru, "is": one.is_,
        "tone": one.comment_tone.en if english else one.comment_tone.ru, "passage": passage,
    }  # fmt: skip


def _joined(said: Mapping[str, str]) -> str:
    """What, why, how as sentences."""
    parts = (said[name].strip() for name in ("what", "why", "how"))
    return " ".join(part if part.endswith((".", "!", "?", "…")) else f"{part}." for part in parts)


async def summary(asker: Asker, classes: Sequence[ErrorClass]) -> str | None:
    """One paragraph over what was found, from the end of the conversation. Raises ModelUnavailable."""
    english = language_of(asker) == "en"
    titles = [one.title.en if english else one.title.ru for one in classes]
    told = {"titles": titles, "language": LANGUAGES[language_of(asker)]}
    asked = asker.question()
    reply = await asker.ask(asked, asker.rendered(asked, len(asker.reading.windows) - 1, told))
    return None if isinstance(reply, str) else str((reply.answer or {})["summary"])


def language_of(asker: Asker) -> str:
    """The conversation's language where comments can be written in it, else Russian."""
    own = asker.reading.shown.language or DEFAULT_LANGUAGE
    return own if own in LANGUAGES else DEFAULT_LANGUAGE


def _place(asker: Asker, detection: Detection) -> tuple[int, tuple[str, ...]]:
    """The first window that holds words of the detection, and their labels in it. The quotes are those of the transcript as it came."""
    mask = asker.reading.mask
    quotes = [mask.shown(quote) if mask else quote for quote in detection.quotes]
    for window, lines in enumerate(asker.reading.windows):
        clauses = {clause.label: clause for line in prompt_lines(lines) for clause in line.clauses}
        for quote in quotes:
            labels = labels_at(clauses, asker.reading.shown, quote.turn, quote.span)
            if labels:
                return window, labels
    return 0, ()
