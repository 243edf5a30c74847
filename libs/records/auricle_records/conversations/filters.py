"""What a list of conversations may be narrowed to."""

from dataclasses import dataclass
from datetime import datetime

from auricle_contracts import Channel, Direction, RunState, Step
from sqlalchemy import ColumnElement, case, func, literal, select

from auricle_records.storable import Words
from auricle_records.tables import conversations, runs


def progress_of_run() -> ColumnElement[str]:
    """The word for a run's step and state. Without a run it is `waiting`, a moment that nobody should see."""
    return case(
        (runs.c.state == RunState.DEAD, "dead"),
        ((runs.c.state == RunState.WORKING) & (runs.c.step == Step.TRANSCRIBE), "transcribing"),
        ((runs.c.state == RunState.WORKING) & (runs.c.step == Step.EVALUATE), "evaluating"),
        ((runs.c.state == RunState.DONE) & (runs.c.step == Step.EVALUATE), "done"),
        else_="waiting",
    )


NEWEST_PROGRESS = (
    select(progress_of_run())
    .where(runs.c.conversation_id == conversations.c.id, runs.c.revision == conversations.c.revision)
    .order_by(runs.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
PROGRESS: ColumnElement[str] = case(
    (conversations.c.state == "receiving", "receiving"), else_=func.coalesce(NEWEST_PROGRESS, "waiting")
)


@dataclass(frozen=True, slots=True)
class Filters:
    """All given ones must hold. Times compare `started_at`, or `created_at` where the caller gave none; `until` is excluded.

    `agent` is a participant's reference, or name or id where there is none. `progress` is ConversationView's word: how the newest
    run of the newest revision stands.
    """

    channel: Channel | None = None
    source: str | None = None
    external_id: str | None = None
    direction: Direction | None = None
    line: str | None = None
    agent: str | None = None
    progress: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        columns = conversations.c
        equal = ("channel", "source", "external_id", "direction", "line")
        found: list[ColumnElement[bool]] = [
            columns[name] == getattr(self, name) for name in equal if getattr(self, name) is not None
        ]
        if self.agent is not None:
            found.append(columns.agents.contains([self.agent]))
        if self.progress is not None:
            found.append(literal(self.progress, Words) == PROGRESS)
        if self.since is not None:
            found.append(columns.happened_at >= self.since)
        if self.until is not None:
            found.append(columns.happened_at < self.until)
        return found
