"""Which classes can occur in a conversation at all. Pure, and before anything is paid for.

another channel, line or length     ─► not looked for
nobody said anything                ─► no_opportunity
nobody of the class's role spoke    ─► no_opportunity; undetermined where roles are not known
what the class needs did not happen ─► no_opportunity (for prompts; a rule knows its own occasions)
else                                ─► possible
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts import Answer, AnswerState, Channel, Detection, DetectionState, Layer, Role, Transcript
from auricle_contracts.transcripts import JUDGED_AS_AGENT
from auricle_criteria import Checklist, ErrorClass, FoundBy, Need, Route


@dataclass(frozen=True)
class Setting:
    """What routing knows of a conversation. `roles_known`: it is known surely enough who the agent is."""

    transcript: Transcript
    channel: Channel
    line: str | None
    roles_known: bool


@dataclass(frozen=True)
class Routed:
    """Classes that are possible here, and those of which it is settled already that nothing is to be found."""

    possible: tuple[ErrorClass, ...]
    settled: tuple[Detection, ...]


def looked_for(classes: Sequence[ErrorClass], checklist: Checklist, setting: Setting) -> tuple[ErrorClass, ...]:
    """The classes that the scorecard chooses for such a conversation."""
    turns = len(setting.transcript.turns)
    return tuple(
        one
        for one in classes
        if setting.channel in one.opportunity.channels
        and checklist.within(one.id).holds(setting.channel, setting.line, turns)
    )


def route(classes: Sequence[ErrorClass], setting: Setting, rules: Sequence[Answer], by: Route) -> Routed:
    """Sort the classes that are looked for into possible and settled ones."""
    answers = {answer.criterion: answer for answer in rules}
    possible, settled = [], []
    for one in classes:
        found = _settled(one, setting, answers, by)
        if found is None:
            possible.append(one)
        else:
            settled.append(found)
    return Routed(tuple(possible), tuple(settled))


def _settled(one: ErrorClass, setting: Setting, answers: Mapping[str, Answer], by: Route) -> Detection | None:
    spoken = [turn.role for turn in setting.transcript.turns if turn.text.strip()]
    if not spoken:
        return settled(one, DetectionState.NO_OPPORTUNITY, "no_words")
    if not setting.roles_known:
        return settled(one, DetectionState.UNDETERMINED, "roles_unknown")
    wanted = JUDGED_AS_AGENT if one.opportunity.needs_role is Role.AGENT else {one.opportunity.needs_role}
    if wanted.isdisjoint(spoken):
        return settled(one, DetectionState.NO_OPPORTUNITY, "nobody_of_role")
    missing = [need for need in one.opportunity.needs if one.found_by is FoundBy.PROMPT and not _met(need, answers, by)]
    return settled(one, DetectionState.NO_OPPORTUNITY, f"no_{missing[0]}") if missing else None


def _met(need: Need, answers: Mapping[str, Answer], by: Route) -> bool:
    """Whether a rule saw it. Where no rule can tell, or those that could are undetermined, it may have been."""
    told = [answers[name] for name in by.met_by.get(need, ()) if name in answers]
    return not told or any(one.state is AnswerState.UNDETERMINED or bool(one.value) for one in told)


def settled(one: ErrorClass, state: DetectionState, why: str) -> Detection:
    """What routing itself says of a class."""
    return Detection(error_class=one.id, version=one.pin, state=state, why=why, source=Layer.RULE, step="route")
