"""`verify`: a second look at each proposed place, which only tries to refute. What it does not let stand is not found.

A claim is held against passages of the knowledge base: the answer names the passage that it contradicts.

no passage shares a word with it, or those that do are silent ─► nobody can tell
a passage says the same                                      ─► refuted
a passage says otherwise                                     ─► stands, with that passage
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auricle_contracts import Channel
from auricle_contracts.knowledge import Citation
from auricle_criteria import ErrorClass, Prompt
from auricle_judging import render
from auricle_judging.rendering import prompt_lines

from auricle_scorer.checklist.detection import Proposal, ProposedPlace
from auricle_scorer.checklist.model_step import Asker
from auricle_scorer.checklist.passages import FILLER, ArticleSearch, fitting, labelled, shown
from auricle_scorer.concurrency import together
from auricle_scorer.llm_step import EMPTY_LINE

REFUTED, SILENT = "no", "silent"
NO_PASSAGES = "no_passages"
PASSAGES_OF_CLAIM = 2


@dataclass(frozen=True)
class Verified:
    """What is left of a proposal: places that stand with their confidence, and why some could not be looked at."""

    error_class: ErrorClass
    places: tuple[ProposedPlace, ...]
    open: str | None
    refuted: int


@dataclass(frozen=True)
class Looked:
    """A place to look at; of a claim with the passages that it is held against."""

    error_class: ErrorClass
    place: ProposedPlace
    passages: tuple[Citation, ...] = ()

    @property
    def key(self) -> tuple[str, int, tuple[str, ...]]:
        """What tells it from all others."""
        return self.error_class.id, self.place.window, self.place.labels


Verdict = ProposedPlace | bool | str
"""The place as it stands, False for a refuted one, or why nobody can tell."""


async def verify(asker: Asker, proposals: Sequence[Proposal], articles: ArticleSearch | None) -> list[Verified]:
    """One for each proposal that has places. Raises ModelUnavailable."""
    items = [await _looked(one.error_class, place, articles) for one in proposals for place in one.places]
    by_window: dict[int, list[Looked]] = defaultdict(list)
    verdicts: dict[tuple[str, int, tuple[str, ...]], Verdict] = {}
    for item in items:
        if item.error_class.by_articles and not item.passages:
            verdicts[item.key] = NO_PASSAGES
        else:
            by_window[item.place.window].append(item)
    most = asker.meter.step.per_call
    calls = [part for group in by_window.values() for part in fitting(group, most, lambda one: one.passages)]
    for answer in await together([_ask(asker, part) for part in calls]):
        verdicts |= answer
    return [_verified(one, verdicts) for one in proposals if one.places]


def question(prompt: Prompt, classes: Sequence[ErrorClass], channel: Channel) -> str:
    """What is asked about these classes with as many passages as one call has room for, around an empty conversation."""
    told = [_told(one, at=("T100", "T100b"), around="T97–T103", passages=("K1",)) for one in classes]
    rendered = render(
        prompt.for_each([one.id for one in classes]), [EMPTY_LINE], channel=channel, shots=0,
        told={"classes": told, "passages": FILLER},
    )  # fmt: skip
    return "\n".join(message["content"] for message in rendered.messages)


async def _looked(one: ErrorClass, place: ProposedPlace, articles: ArticleSearch | None) -> Looked:
    if not one.by_articles or articles is None:
        return Looked(one, place)
    words = " ".join(quote.text for quote in place.quotes)
    return Looked(one, place, tuple(await articles.nearest(words, one.articles or None, most=PASSAGES_OF_CLAIM)))


async def _ask(asker: Asker, items: Sequence[Looked]) -> Mapping[tuple[str, int, tuple[str, ...]], Verdict]:
    named, passages = dict(_named(items)), labelled(one for item in items for one in item.passages)
    told = [
        _told(
            item.error_class, name=name, at=item.place.labels, around=_around(asker, item.place),
            passages=[label for label, one in passages.items() if one in item.passages],
        )
        for name, item in named.items()
    ]  # fmt: skip
    asked = asker.question(list(named), {name for name, item in named.items() if item.passages})
    choices = {"passage": (REFUTED, SILENT, *passages)}
    cases = asker.cases([item.error_class for item in items])
    about = {"classes": told, "passages": shown(passages)}
    rendered = asker.rendered(asked, items[0].place.window, about, choices, cases)
    reply = await asker.ask(asked, rendered, [item.error_class.id for item in items], cases)
    if isinstance(reply, str):
        return dict.fromkeys((item.key for item in items), reply)
    least, answer = asker.meter.step.min_confidence, reply.answer or {}
    return {
        item.key: _verdict(item.place, answer[name], reply.probability(name), least, passages)
        for name, item in named.items()
    }


def _named(items: Sequence[Looked]) -> Iterator[tuple[str, Looked]]:
    """Each under a name of its own: that of the class, and where it stands more than once with a number."""
    seen: Counter[str] = Counter()
    for item in items:
        name = item.error_class.id
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name}.{seen[name]}"), item


def _verdict(
    place: ProposedPlace, said: str, probability: float | None, least: float, passages: Mapping[str, Citation]
) -> Verdict:
    if probability is None:
        return "no_confidence"
    if probability < least:
        return "low_confidence"
    if said == SILENT:
        return NO_PASSAGES
    return False if said == REFUTED else replace(place, confidence=probability, passage=passages.get(said))


def _told(
    one: ErrorClass, *, at: Sequence[str], around: str, passages: Sequence[str], name: str | None = None
) -> Mapping[str, object]:
    """Labels only: words of the conversation never stand outside the fence."""
    return {
        "id": name or one.id, "question": one.definition.ru, "is_not": one.is_not, "at": at, "around": around,
        "passages": passages,
    }  # fmt: skip


def _around(asker: Asker, place: ProposedPlace) -> str:
    """The lines before and behind a place, from label to label."""
    lines = prompt_lines(asker.reading.windows[place.window])
    held = [n for n, line in enumerate(lines) if {clause.label for clause in line.clauses} & set(place.labels)]
    first = max(0, min(held, default=0) - asker.meter.step.around)
    last = min(len(lines) - 1, max(held, default=0) + asker.meter.step.around)
    return f"{lines[first].label}–{lines[last].label}"


def _verified(proposal: Proposal, verdicts: Mapping[tuple[str, int, tuple[str, ...]], Verdict]) -> Verified:
    """A claim that no passage speaks of leaves the class open only where no other claim could be checked."""
    said = [verdicts[Looked(proposal.error_class, place).key] for place in proposal.places]
    stands = tuple(one for one in said if isinstance(one, ProposedPlace))
    reasons = [one for one in said if isinstance(one, str)]
    refuted = sum(one is False for one in said)
    failed = next((one for one in reasons if one != NO_PASSAGES), None)
    silent = NO_PASSAGES if reasons and not refuted else None
    return Verified(proposal.error_class, stands, failed or silent or proposal.open, refuted)
