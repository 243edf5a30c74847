"""`comment` and `summary`: what an agent reads beside the quotes, in the conversation's language. Else the class speaks for itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from auricle_contracts import Detection
from auricle_criteria import ErrorClass
from auricle_judging.clause_quotes import labels_at
from auricle_judging.rendering import prompt_lines

from auricle_scorer.checklist.model_step import Asker, portions
from auricle_scorer.concurrency import together

LANGUAGES = {"ru": "по-русски", "en": "по-английски"}
DEFAULT_LANGUAGE = "ru"
Labelled = tuple[ErrorClass, tuple[str, ...]]


async def comments(asker: Asker, found: Sequence[tuple[ErrorClass, Detection]]) -> dict[str, str]:
    """By class; a class whose call failed has none. Raises ModelUnavailable."""
    by_window: dict[int, list[Labelled]] = defaultdict(list)
    for error_class, detection in found:
        window, labels = _place(asker, detection)
        if labels:
            by_window[window].append((error_class, labels))
    step = asker.meter.step
    calls = [(window, part) for window, items in by_window.items() for part in portions(items, step.per_call)]
    said: dict[str, str] = {}
    for answer in await together([_ask(asker, window, part) for window, part in calls]):
        said |= answer
    return said


async def _ask(asker: Asker, window: int, items: Sequence[Labelled]) -> Mapping[str, str]:
    names, english = [one.id for one, _ in items], language_of(asker) == "en"
    told = [
        {
            "id": one.id, "at": labels, "title": one.title.en if english else one.title.ru, "is": one.is_,
            "tone": one.comment_tone.en if english else one.comment_tone.ru,
        }
        for one, labels in items
    ]  # fmt: skip
    rendered = asker.rendered(names, window, {"classes": told, "language": LANGUAGES[language_of(asker)]})
    reply = await asker.ask(names, rendered)
    if isinstance(reply, str):
        return {}
    return {name: _joined((reply.answer or {})[name]) for name in names}


def _joined(said: Mapping[str, str]) -> str:
    """What, why, how as sentences."""
    parts = (said[name].strip() for name in ("what", "why", "how"))
    return " ".join(part if part.endswith((".", "!", "?", "…")) else f"{part}." for part in parts)


async def summary(asker: Asker, classes: Sequence[ErrorClass]) -> str | None:
    """One paragraph over what was found, from the end of the conversation. Raises ModelUnavailable."""
    english = language_of(asker) == "en"
    titles = [one.title.en if english else one.title.ru for one in classes]
    told = {"titles": titles, "language": LANGUAGES[language_of(asker)]}
    reply = await asker.ask((), asker.rendered((), len(asker.reading.windows) - 1, told))
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
