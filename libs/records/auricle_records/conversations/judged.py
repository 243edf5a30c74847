"""Conditions on how a conversation was judged: its answers as they count, its score, its findings that count, its flags."""

import re
from dataclasses import dataclass

from auricle_contracts import AnswerState, Layer
from auricle_kit.errors import InvalidRequest
from sqlalchemy import (
    ColumnElement,
    Double,
    FromClause,
    TableClause,
    and_,
    any_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from auricle_records.storable import Words
from auricle_records.tables import (
    agent_references,
    conversations,
    effective_answers,
    effective_findings,
    evaluations,
    people,
    teams,
    transcripts,
)

_GIVEN = re.compile(r"(?P<criterion>[^<>=!:~\s]{1,64})\s*(?P<sign><=|>=|!=|<|>|=|:|~)\s*(?P<value>\S.{0,200})")
_STATES = frozenset(state.value for state in AnswerState)
_VALUE = effective_answers.c.value
_WORD = _VALUE.op("#>>", return_type=Words())(literal_column("'{}'"))
_NUMBER = case((func.jsonb_typeof(_VALUE) == "number", cast(_WORD, Double)))
_ANSWERED = effective_answers.c.state == AnswerState.ANSWERED


@dataclass(frozen=True, slots=True)
class AnswerCondition:
    """What one criterion's answer is to be: `sign` compares its value, `:` its state, `~` says that its confidence is below."""

    criterion: str
    sign: str
    value: str

    @classmethod
    def read(cls, given: str) -> "AnswerCondition":
        """Of `politeness<50`, `stage=closing`, `greeting=false`, `politeness:undetermined`, `politeness~0.6`. Raises InvalidRequest."""
        found = _GIVEN.fullmatch(given.strip())
        if found is None:
            raise InvalidRequest(
                f"{given[:80]!r} is no condition on an answer",
                action="Write criterion and value: politeness<50, stage=closing, politeness:undetermined, politeness~0.6.",
            )
        read = cls(*found.groups())
        if read.sign == ":" and read.value not in _STATES:
            raise InvalidRequest(f"no answer has the state {read.value[:80]!r}", action=f"One of {sorted(_STATES)}.")
        if read.sign in ("<", "<=", ">", ">=", "~") and _number(read.value) is None:
            raise InvalidRequest(f"{read.value[:80]!r} is no number", action="Compare with a number.")
        return read

    def holds(self) -> ColumnElement[bool]:
        """Of a row of effective_answers."""
        return and_(effective_answers.c.criterion == literal(self.criterion, Words), self._of_value())

    def _of_value(self) -> ColumnElement[bool]:
        if self.sign == ":":
            return effective_answers.c.state == literal(self.value, Words)
        number = _number(self.value)
        if self.sign == "~":
            return and_(_ANSWERED, effective_answers.c.label_id.is_(None), effective_answers.c.confidence < number)
        if self.sign in ("=", "!="):
            same = _NUMBER.bool_op("=") if number is not None else _WORD.bool_op("=")
            wanted = literal(number, Double) if number is not None else literal(self.value, Words)
            return and_(_ANSWERED, same(wanted) if self.sign == "=" else not_(same(wanted)))
        return and_(_ANSWERED, _NUMBER.op(self.sign)(literal(number, Double)))


def _number(given: str) -> float | None:
    try:
        number = float(given.replace(",", "."))
    except ValueError:
        return None
    return number if abs(number) < 1e15 else None


def _is_there(table: FromClause, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of the conversation of the query outside, whatever else that one reads."""
    return exists().select_from(table).where(*conditions).correlate(conversations)


def _of_current(table: TableClause) -> ColumnElement[bool]:
    """Rows of the conversation's current evaluation."""
    return and_(table.c.conversation_id == conversations.c.id, table.c.current)


def answered(condition: AnswerCondition) -> ColumnElement[bool]:
    """Whether some answer is like this."""
    return _is_there(effective_answers, _of_current(effective_answers), condition.holds())


def unsure(below: float) -> ColumnElement[bool]:
    """Whether the model was less sure than that of an answer that nobody has looked at."""
    columns = effective_answers.c
    doubtful = and_(_ANSWERED, columns.layer == Layer.MODEL, columns.label_id.is_(None), columns.confidence < below)
    return _is_there(effective_answers, _of_current(effective_answers), doubtful)


_SCORE = (
    select(func.avg(_NUMBER))
    .select_from(effective_answers)
    .where(_of_current(effective_answers), _ANSWERED)
    .where(effective_answers.c.layer == Layer.MODEL, effective_answers.c.kind == "score")
    .correlate(conversations)
    .scalar_subquery()
)
"""A conversation's score, as analytics count it: the mean of its judged scores as they count; null where nothing was judged."""


def scored(at_least: float | None, below: float | None) -> list[ColumnElement[bool]]:
    """Whether the score lies in [at_least, below)."""
    found = [] if at_least is None else [at_least <= _SCORE]
    return found if below is None else [*found, below > _SCORE]


def has_error(error_class: str) -> ColumnElement[bool]:
    """Whether a finding of this class counts."""
    table = effective_findings
    such = and_(table.c.counts, table.c.error_class == literal(error_class, Words))
    return _is_there(table, _of_current(table), such)


def flagged(flag: str) -> ColumnElement[bool]:
    """Whether its recording, its transcript or its current evaluation has this flag."""
    word = literal(flag, Words)
    judged = _is_there(
        evaluations,
        evaluations.c.conversation_id == conversations.c.id,
        evaluations.c.current,
        word == any_(evaluations.c.flags),
    )
    heard = _is_there(
        transcripts,
        transcripts.c.conversation_id == conversations.c.id,
        transcripts.c.revision == conversations.c.revision,
        word == any_(transcripts.c.flags),
    )
    return or_(judged, heard)


def judged_under(recipe: str) -> ColumnElement[bool]:
    """Whether the current evaluation was made under a recipe whose hash begins so."""
    begun = func.starts_with(evaluations.c.recipe, literal(recipe, Words))
    return _is_there(evaluations, evaluations.c.conversation_id == conversations.c.id, evaluations.c.current, begun)


def of_team(team: str) -> ColumnElement[bool]:
    """Whether an agent takes part whose person is in this team, by its id or name."""
    word = literal(team, Words)
    references = (
        select(func.array_agg(agent_references.c.reference))
        .join(people, people.c.id == agent_references.c.person_id)
        .join(teams, teams.c.id == people.c.team_id)
        .where(or_(teams.c.id == word, func.lower(teams.c.name) == func.lower(word)))
        .scalar_subquery()
    )
    return func.coalesce(conversations.c.agents.op("&&")(references), ~true())
