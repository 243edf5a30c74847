"""The list: one row a conversation, the criteria that its reports answer as columns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts import (
    AnswerSummary,
    Code,
    ConversationView,
    CriterionKind,
    Layer,
    ListedConversation,
    Participant,
    Role,
    TextMatch,
)

from auricle_console import narrowing
from auricle_console.formatting import NOTHING, moment
from auricle_console.views.uploads import SAMPLES
from auricle_console.views.values import Shown, show
from auricle_console.wording import Wording

HOPELESS = frozenset({Code.NOT_AUDIO, Code.AUDIO_BROKEN, Code.AUDIO_EMPTY, Code.DELETED_MEANWHILE})
FINAL = frozenset({"done", "dead", "deleted"})
COLUMNS = 5
NUMERIC = frozenset({CriterionKind.SCORE, CriterionKind.COUNT})
ALSO = ("price_mentions",)  # the fact that the analysts' sheet has beside the judged columns


@dataclass(frozen=True)
class FoundTurn:
    """A turn with words that were searched for; `pieces` are its text, each with whether it is one of them."""

    turn: int
    role: Role
    start_ms: int | None
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Row:
    """A conversation; `cells` follow the columns. `reason` is `code: detail` of the run that died; `found_more` turns
    beside those `found` have words that were searched for.
    """

    view: ConversationView
    title: str
    agent: str
    customer: str
    duration_ms: int | None
    cells: tuple[Shown, ...]
    findings: int
    reason: str
    state: str
    live: bool
    waiting_for: str
    demo_weights: bool
    found: tuple[FoundTurn, ...] = ()
    found_more: int = 0

    @property
    def lead(self) -> Shown | None:
        """What stands for the row where there is room for one value; None where nothing was judged."""
        return next((one for one in self.cells if one.text != NOTHING), None)


@dataclass(frozen=True)
class Column:
    """A criterion that the list shows; numbers stand to the right."""

    criterion: str
    title: str
    numeric: bool


@dataclass(frozen=True)
class Listing:
    """`live` while some row will still change; `criteria` are all that its answers are to, as (criterion, title)."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    live: bool
    criteria: tuple[tuple[str, str], ...] = ()

    @property
    def demo_weights(self) -> bool:
        """Whether some row was judged by demo weights."""
        return any(row.demo_weights for row in self.rows)

    @property
    def has_samples(self) -> bool:
        """Whether some row is one of the made-up conversations that the first screen loads."""
        return any(row.view.source == SAMPLES for row in self.rows)

    def beside(self, conversation: str) -> tuple[str, str]:
        """Ids of the rows before and after one; "" at an end, and where the row is not of this page."""
        ids = [row.view.id for row in self.rows]
        if conversation not in ids:
            return "", ""
        at = ids.index(conversation)
        return ids[at - 1] if at else "", ids[at + 1] if at + 1 < len(ids) else ""


def listing(views: Sequence[ListedConversation], words: Wording, columns: Sequence[str] = ()) -> Listing:
    """The rows of one page, with columns for what its conversations were judged by, or with those that are given."""
    answers = [answer for view in views if view.summary for answer in view.summary.answers]
    return _listing(views, _given(columns, answers, words) if columns else _columns(answers, words), words)


def _listing(views: Sequence[ListedConversation], columns: tuple[Column, ...], words: Wording) -> Listing:
    rows = tuple(row(view, columns, words) for view in views)
    return Listing(columns, rows, any(view.progress not in FINAL for view in views), criteria(views, words))


def row(view: ListedConversation, columns: Sequence[Column], words: Wording) -> Row:
    """One conversation."""
    summary = view.summary
    matches = view.matches
    answers = {one.criterion: one for one in reversed(summary.answers)} if summary else {}
    return Row(
        view=view,
        title=title_of(view, words),
        agent=person(view, Role.AGENT),
        customer=person(view, Role.CUSTOMER),
        duration_ms=view.recording.duration_ms if view.recording else None,
        cells=tuple(show(answers.get(column.criterion), words) for column in columns),
        findings=sum(summary.findings.values()) if summary else 0,
        reason=dead_reason(view),
        state=state_of(view),
        live=view.progress not in FINAL,
        waiting_for=waiting_for(view),
        demo_weights=bool(summary and summary.demo_weights),
        found=tuple(map(found_turn, matches.turns)) if matches else (),
        found_more=matches.total - len(matches.turns) if matches else 0,
    )


def found_turn(match: TextMatch) -> FoundTurn:
    """Its text in pieces."""
    pieces, at = [], 0
    for mark in match.marks:
        pieces += [(match.text[at : mark.start], False), (match.text[mark.start : mark.end], True)]
        at = mark.end
    pieces.append((match.text[at:], False))
    return FoundTurn(match.turn, match.role, match.start_ms, tuple(piece for piece in pieces if piece[0]))


def title_of(view: ConversationView, words: Wording) -> str:
    """What the caller calls it, else what it is and when it was."""
    when = moment(view.started_at or view.created_at, words, zone=False)
    return view.external_id or words("page.untitled", channel=words(f"channel.{view.channel}"), at=when)


def person(view: ConversationView, role: Role) -> str:
    """The first participant of the role: name, else reference; "" where nobody is known."""
    found: Participant | None = next((one for one in view.participants if one.role is role), None)
    return (found.name or found.reference or "") if found else ""


def may_succeed(reason: str) -> bool:
    """Whether sending a run again can help, by its `code: detail`: what is wrong with the recording itself stays wrong."""
    return reason.partition(":")[0] not in HOPELESS


def dead_reason(view: ConversationView) -> str:
    """`code: detail` of the last run that died; "" while none has."""
    return next((run.last_error for run in reversed(view.runs) if run.last_error and run.state == "dead"), "")


def state_of(view: ConversationView) -> str:
    """What a page that follows compares: the progress, and what is waited for."""
    return f"{view.progress} {waiting_for(view)}".strip()


def waiting_for(view: ConversationView) -> str:
    """The word for what a waiting run waits for, beyond its turn; "" when it only waits for that."""
    return next((run.waiting_for for run in view.runs if run.waiting_for), "")


def _columns(answers: Sequence[AnswerSummary], words: Wording) -> tuple[Column, ...]:
    judged = {one.criterion: one for one in reversed(answers) if one.layer is Layer.MODEL}
    order = dict.fromkeys(one.criterion for one in answers)
    chosen = [judged[name] for name in order if name in judged][:COLUMNS]
    chosen += [one for one in {one.criterion: one for one in answers}.values() if one.criterion in ALSO]
    return tuple(_column(one, words) for one in chosen)


def _given(names: Sequence[str], answers: Sequence[AnswerSummary], words: Wording) -> tuple[Column, ...]:
    """Columns of a page of which these answers are a part, which need not have an answer to each."""
    found = {one.criterion: one for one in answers}
    return tuple(
        _column(found[name], words) if name in found else Column(name, words.known(f"column.{name}", name), True)
        for name in names
    )


def _column(one: AnswerSummary, words: Wording) -> Column:
    return Column(one.criterion, words.known(f"column.{one.criterion}", one.title), one.kind in NUMERIC)


@dataclass(frozen=True)
class Filter:
    """One thing that a list is narrowed by, in words, and the query without it."""

    text: str
    without: dict[str, str]


WORDED = {
    "channel": "channel",
    "direction": "direction",
    "progress": "progress",
    "flag": "flag",
    "error_class": "error_class",
}
"""Filters whose values have words of their own, and where these stand."""
TITLED = {
    "text": "list.text", "line": "list.line", "agent": "list.agent", "team": "list.team", "external_id": "list.search",
    "recipe": "list.recipe", "score_from": "list.score_from", "score_below": "list.score_below", "unsure_below": "list.unsure_below",
}  # fmt: skip


def filters(chosen: Mapping[str, str], words: Wording) -> tuple[Filter, ...]:
    """What narrows the list beside its days and its order."""
    return tuple(
        Filter(_filter_text(name, part, words), _without(chosen, name, part))
        for name, value in chosen.items()
        if name in WORDED or name in TITLED or name in narrowing.SEVERAL
        for part in (narrowing.parts(value) if name in narrowing.SEVERAL else [value])
    )


def _without(chosen: Mapping[str, str], name: str, part: str) -> dict[str, str]:
    left = {one: given for one, given in chosen.items() if one != name}
    rest = narrowing.without(chosen[name], part) if name in narrowing.SEVERAL else ""
    return {**left, name: rest} if rest else left


def _filter_text(name: str, value: str, words: Wording) -> str:
    if name in WORDED:
        return words.known(f"{WORDED[name]}.{value}", value)
    if name == "answer":
        return condition_told(value, words)
    return f"{words(TITLED[name])}: {value}"


_CONDITION = re.compile(r"([^<>=!:~]+)(<=|>=|!=|<|>|=|:|~)(.*)")
_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠", ":": ":"}


def condition_told(given: str, words: Wording) -> str:
    """A condition on an answer as people read it."""
    found = _CONDITION.fullmatch(given)
    if found is None:
        return given
    criterion, sign, value = found.groups()
    name = words.known(f"column.{criterion}", words.known(f"criterion.{criterion}", criterion))
    if sign == "~":
        return words("list.less_sure", criterion=name, share=value)
    told = words.known(f"state.{value}", words.known(f"{criterion}.{value}", value))
    return f"{name}: {told}" if sign == ":" else f"{name} {_SIGNS.get(sign, sign)} {told}"


def criteria(views: Sequence[ListedConversation], words: Wording) -> tuple[tuple[str, str], ...]:
    """What the answers of a page are to, as (criterion, title), by title."""
    titles = {
        one.criterion: words.known(f"column.{one.criterion}", one.title)
        for view in views
        if view.summary
        for one in view.summary.answers
    }
    return tuple(sorted(titles.items(), key=lambda one: one[1].casefold()))
