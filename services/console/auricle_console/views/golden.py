"""Golden items as a person reads them: what was decided of which subject, by whom, where, and whether it stands beside a question. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts.golden import (
    GoldenItem,
    GoldenKind,
    GoldenLabel,
    GoldenPlace,
    GoldenSplit,
    GoldenState,
    GoldenStatus,
    GoldenTurn,
    StoredGoldenLabel,
)

from auricle_console.formatting import number
from auricle_console.golden_set import Quota
from auricle_console.replies import ArtefactText, NamedGoldenItem
from auricle_console.wording import Wording

TITLE_CHARS = 90
MOST_NAMED = 4
WITH_IT = (GoldenState.FOUND, GoldenState.ANSWERED)


@dataclass(frozen=True)
class LabelShown:
    """A label: its `verdict` in words, who decided and who settled it. `others` are the ids of what contradicts it."""

    label: StoredGoldenLabel
    verdict: str
    is_found: bool
    decided_by: str
    settled_by: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class SubjectShown:
    """What stands about one error class or criterion. `is_beside`: it may be shown as an example beside a question."""

    title: str
    contested: bool
    is_beside: bool
    standing: tuple[LabelShown, ...]
    withdrawn: tuple[LabelShown, ...]


@dataclass(frozen=True)
class TurnShown:
    """A turn by its number from 1; `pieces` are its words, those that a label rests on apart."""

    number: int
    turn: GoldenTurn
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class ItemShown:
    """`beside` is a key: why the item stands beside questions or does not. `proposals` wait to be settled."""

    item: NamedGoldenItem
    title: str
    turns: tuple[TurnShown, ...]
    subjects: tuple[SubjectShown, ...]
    beside: str
    proposals: int
    added_by: str


@dataclass(frozen=True)
class RowShown:
    """An item of the list: the first subjects with their verdicts, how many more, and how many labels are proposed."""

    item: GoldenItem
    title: str
    named: tuple[tuple[str, str, bool], ...]
    more: int
    proposals: int


def rows(found: Iterable[GoldenItem], words: Wording) -> tuple[RowShown, ...]:
    """As they come."""
    return tuple(_row(one, words) for one in found)


def item_shown(item: NamedGoldenItem, words: Wording, *, consent: bool | None) -> ItemShown:
    """`consent` None: whoever looks may not know."""
    by_subject: dict[tuple[GoldenKind, str], list[StoredGoldenLabel]] = {}
    for one in item.labels:
        by_subject.setdefault((one.kind, one.subject), []).append(one)
    shown = [_subject(item, labels, words) for labels in by_subject.values()]
    return ItemShown(
        item=item,
        title=_title(item),
        turns=tuple(_turn(at, one, item.labels) for at, one in enumerate(item.dialogue.turns, 1)),
        subjects=tuple(sorted(shown, key=lambda one: (not one.contested, not one.standing, one.title))),
        beside=_beside(item, shown, consent=consent),
        proposals=_proposals(item),
        added_by=_who(item.added_by, item.names, words),
    )


def examples_of(flows: Iterable[ArtefactText], language: str) -> tuple[tuple[str, int], ...]:
    """Flows that show golden cases, each with how many at most."""
    found = ((one.called(language), one.body.get("examples")) for one in flows)
    return tuple((name, _count(given)) for name, given in found if isinstance(given, Mapping))


def quota_rows(found: Iterable[Quota], words: Wording) -> tuple[tuple[str, Quota], ...]:
    """By title and channel: error classes first."""
    named = [(subject_title(one.kind, one.subject, words), one) for one in found]
    return tuple(sorted(named, key=lambda one: (one[1].kind is GoldenKind.CRITERION, one[0], one[1].channel)))


def subject_title(kind: GoldenKind | str, subject: str, words: Wording) -> str:
    """In the page's language; what nobody named by its id."""
    return words.known(f"{GoldenKind(kind).value}.{subject}", subject)


def verdict_told(label: GoldenLabel, words: Wording) -> str:
    """What is right: there or not, a value, or no occasion."""
    if label.state is not GoldenState.ANSWERED:
        return words(f"golden_state.{label.state}")
    if isinstance(label.value, bool):
        return words("value.yes" if label.value else "value.no")
    if isinstance(label.value, int | float):
        return number(label.value, words.language)
    return words.known(f"choice.{label.value}", str(label.value))


def _row(item: GoldenItem, words: Wording) -> RowShown:
    standing = [one for one in item.labels if one.status is not GoldenStatus.WITHDRAWN]
    newest = {(one.kind, one.subject): one for one in standing}
    told = sorted(
        newest.values(), key=lambda one: (one.subject not in item.contested, one.state not in WITH_IT, one.subject)
    )
    named = tuple(
        (
            subject_title(one.kind, one.subject, words),
            words("golden.said_differently") if one.subject in item.contested else verdict_told(one, words),
            one.state is GoldenState.FOUND and one.subject not in item.contested,
        )
        for one in told[:MOST_NAMED]
    )
    return RowShown(item, _title(item), named, max(0, len(told) - MOST_NAMED), _proposals(item))


def _proposals(item: GoldenItem) -> int:
    return sum(one.status is GoldenStatus.PROPOSED for one in item.labels)


def _title(item: GoldenItem) -> str:
    """The caller's own name of it, else how it begins."""
    first = item.dialogue.reference or item.dialogue.turns[0].text
    return first if len(first) <= TITLE_CHARS else first[: TITLE_CHARS - 1].rstrip() + "…"


def _subject(item: NamedGoldenItem, labels: Sequence[StoredGoldenLabel], words: Wording) -> SubjectShown:
    first = labels[0]
    golden = [one for one in labels if one.status is GoldenStatus.GOLDEN]
    contested = first.subject in item.contested and len({(one.state, one.value) for one in golden}) > 1
    counts = bool(golden) and not contested and first.kind is GoldenKind.ERROR_CLASS
    shown = [_label(one, golden if contested else (), item.names, words) for one in reversed(labels)]
    return SubjectShown(
        title=subject_title(first.kind, first.subject, words),
        contested=contested,
        is_beside=counts and item.split is GoldenSplit.TRAIN,
        standing=tuple(one for one in shown if one.label.status is not GoldenStatus.WITHDRAWN),
        withdrawn=tuple(one for one in shown if one.label.status is GoldenStatus.WITHDRAWN),
    )


def _label(
    one: StoredGoldenLabel, contesting: Sequence[StoredGoldenLabel], names: Mapping[str, str], words: Wording
) -> LabelShown:
    others = tuple(other.id for other in contesting if (other.state, other.value) != (one.state, one.value))
    return LabelShown(
        label=one,
        verdict=verdict_told(one, words),
        is_found=one.state is GoldenState.FOUND,
        decided_by=_who(one.decided_by, names, words),
        settled_by=_who(one.settled_by, names, words) if one.settled_by else "",
        others=others if one.status is GoldenStatus.GOLDEN else (),
    )


def _who(by: str | None, names: Mapping[str, str], words: Wording) -> str:
    """A person's name; a name that an import brought; of an API key the beginning of its id."""
    if not by:
        return "—"
    is_id = len(by) == 36 and by.count("-") == 4
    return names.get(by) or (words("label.key", id=by[:8]) if is_id else by)


def _beside(item: GoldenItem, shown: Iterable[SubjectShown], *, consent: bool | None) -> str:
    if item.split is not GoldenSplit.TRAIN:
        return "other_split"
    if consent is False:
        return "no_consent"
    return "may" if any(one.is_beside for one in shown) else "no_label"


def _count(given: Mapping[str, object]) -> int:
    most = given.get("count")
    return most if isinstance(most, int) else 0


def _turn(at: int, turn: GoldenTurn, labels: Iterable[StoredGoldenLabel]) -> TurnShown:
    places = (
        place for one in labels if one.status is not GoldenStatus.WITHDRAWN for place in one.places if place.turn == at
    )
    return TurnShown(at, turn, _pieces(turn.text, places))


def _pieces(text: str, places: Iterable[GoldenPlace]) -> tuple[tuple[str, bool], ...]:
    """The text cut where words that a label rests on begin and end."""
    marked = [False] * len(text)
    for one in places:
        start = text.find(one.text) if one.text else -1
        if start >= 0:
            marked[start : start + len(one.text)] = [True] * len(one.text)
    pieces: list[tuple[str, bool]] = []
    begun = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or marked[at] != marked[begun]:
            pieces.append((text[begun:at], marked[begun]))
            begun = at
    return tuple(pieces)
