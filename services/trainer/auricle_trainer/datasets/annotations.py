"""How an annotation tool's questions become labels: a question's name is a criterion or an error class, its words are values."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from auricle_contracts import Contract
from auricle_contracts.conversations import Reference
from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenState
from auricle_contracts.vocabulary import Channel, Role
from auricle_quality.golden_lines import Line, faults
from pydantic import Field, ValidationError

NO_OCCASION = "not_applicable"
COMMENT, PLACE = "comment", "place"
_WORDS = {"found": True, "not_found": False, "yes": True, "no": False, "да": True, "нет": False}
_ROLES: dict[str, Role] = {
    "agent": Role.AGENT, "operator": Role.AGENT, "оператор": Role.AGENT, "менеджер": Role.AGENT,
    "customer": Role.CUSTOMER, "client": Role.CUSTOMER, "клиент": Role.CUSTOMER, "bot": Role.BOT, "бот": Role.BOT,
}  # fmt: skip


class AnnotationMap(Contract):
    """`text`: the field of the dialogue. `questions`: a question's name and its criterion, `classes`: a question's name and its error
    class; a question named like its criterion needs neither. `values`: words of answers that mean another. `roles`: who speaks.
    """

    text: str = "dialogue"
    channel: Channel = Channel.CHAT
    language: str | None = None
    questions: Annotated[dict[str, Reference], Field(max_length=500)] = Field(default_factory=dict)
    classes: Annotated[dict[str, Reference], Field(max_length=500)] = Field(default_factory=dict)
    values: Annotated[dict[str, str], Field(max_length=500)] = Field(default_factory=dict)
    roles: Annotated[dict[str, Role], Field(max_length=100)] = Field(default_factory=dict)

    def role(self, name: str) -> Role:
        """Who a speaker's name means."""
        known = _ROLES | {one.casefold(): role for one, role in self.roles.items()}
        return known.get(name.strip().casefold(), Role.UNKNOWN)

    def label(self, question: str, value: Any, more: Mapping[str, Any]) -> dict[str, Any] | None:
        """One person's answer as a golden label; None for a question of a comment or of places."""
        if question.rpartition(".")[2] in (COMMENT, PLACE):
            return None
        told = self.values.get(value, value) if isinstance(value, str) else value
        if question in self.classes:
            found = told if isinstance(told, bool) else _WORDS.get(str(told).casefold())
            state = GoldenState.FOUND if found else GoldenState.NOT_FOUND
            said = {"kind": GoldenKind.ERROR_CLASS, "subject": self.classes[question], "state": state}
            return said | {name: what for name, what in more.items() if found or name != "places"}
        subject = self.questions.get(question, question)
        if told in (None, NO_OCCASION):
            own = {name: what for name, what in more.items() if name != "places"}
            return own | {"kind": GoldenKind.CRITERION, "subject": subject, "state": GoldenState.NOT_APPLICABLE}
        return dict(more) | {
            "kind": GoldenKind.CRITERION, "subject": subject, "state": GoldenState.ANSWERED, "value": told,
        }  # fmt: skip


def turns(text: str, by: AnnotationMap) -> Iterator[dict[str, Any]]:
    """A turn a line, who speaks before a colon; a line that begins with nobody's name goes on with the turn before."""
    role, said = Role.UNKNOWN, ""
    for line in text.splitlines():
        name, colon, after = line.partition(":")
        speaker = by.role(name) if colon else Role.UNKNOWN
        if speaker is Role.UNKNOWN:
            said = f"{said} {line.strip()}".strip()
            continue
        if said:
            yield {"role": role, "text": said}
        role, said = speaker, after.strip()
    if said:
        yield {"role": role, "text": said}


def places(quotes: list[str], spoken: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The turns that say the quotes; a quote that nobody says has none."""
    found = ((number, quote) for quote in quotes for number, one in enumerate(spoken, 1) if quote in one["text"])
    first: dict[str, int] = {}
    for number, quote in found:
        first.setdefault(quote, number)
    return [{"turn": number, "text": quote} for quote, number in first.items()]


def dialogue_line(number: int, told: Mapping[str, Any]) -> Line:
    """A dialogue, or why it is none."""
    try:
        return Line(number, GoldenDialogue.model_validate(told))
    except ValidationError as error:
        return Line(number, None, faults(error))
