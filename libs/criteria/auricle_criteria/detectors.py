"""A detector as its file says it: when its class can occur, what shows the mistake, what clears of it.

needs    ─ none of these marks: no opportunity
found    ─ each hit is the mistake …            missing ─ … or: none of `of` is the mistake, shown by the agent's first or last turn
void     ─ any of these marks: not found
check    ─ what data cannot say: a function of `checks`, told named `marks`, lists of `words` and its `limits`

Patterns name shared wordings in braces: `{soon}` is any of `prompts/wordings/soon.yaml`.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from auricle_contracts import Channel, Contract, Role
from pydantic import Field, StringConstraints, model_validator

from auricle_criteria.artefact import Artefact

Pattern = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Patterns = tuple[Pattern, ...]
CheckName = Literal[
    "agent_unnamed", "caps", "closed_unasked", "company", "dead_air", "diminutives", "emoji_in_bad_news", "emoji_unfit", "familiar",
    "fillers", "hold_time", "hold_unasked", "interrupting", "name_misspelt", "name_not_adapted", "name_not_used", "name_wrong",
    "placeholder", "recording", "repeated", "slow_reply", "spelling", "templates", "unanswered", "unmarked",
]  # fmt: skip


LIMITS: Mapping[str, frozenset[str]] = {
    "caps": frozenset({"letters"}),
    "dead_air": frozenset({"silence_ms"}),
    "fillers": frozenset({"fewest"}),
    "hold_time": frozenset({"hold_ms"}),
    "interrupting": frozenset({"overlap_ms"}),
    "slow_reply": frozenset({"chat_ms", "email_ms"}),
}
"""The numbers that a check decides by: from how many letters, words, ms on something is the mistake."""


class Mark(Contract):
    """Turns of `who` that say one of `says` (phrase patterns), `matches` (regular expressions) or `lists` (of the language pack).

    Without any of them every turn is a hit; inside quotation marks an agent says nothing. `first`, `last`: only so many turns of
    those. `unless` in the same turn voids a hit, `unless_here` in the same sentence. `before` and `after` are said by the other
    side in its nearest turn, `earlier` in any before, each with its `not_` twin; `not_then` by the same side in this turn or its
    next. `asks`: the turn has a question mark. `ends`: it is the last of all. `channels`: only in these.
    `part`: of a first message that greets, only its opening or what follows it; other messages are whole.
    """

    who: Literal["agent", "customer", "bot", "ivr"] = "agent"
    first: Annotated[int, Field(ge=1)] | None = None
    last: Annotated[int, Field(ge=1)] | None = None
    says: Patterns = ()
    matches: Patterns = ()
    lists: tuple[str, ...] = ()
    unless: Patterns = ()
    unless_here: Patterns = ()
    before: Patterns = ()
    not_before: Patterns = ()
    after: Patterns = ()
    not_after: Patterns = ()
    earlier: Patterns = ()
    not_earlier: Patterns = ()
    not_then: Patterns = ()
    most_words: Annotated[int, Field(ge=1)] | None = None
    asks: bool | None = None
    ends: bool = False
    part: Literal["opening", "closing"] | None = None
    channels: tuple[Channel, ...] = ()

    @property
    def role(self) -> Role:
        """Whose turns are read."""
        return Role(self.who)


class Missing(Contract):
    """The mistake is that no mark of `of` is there; `shown` is the turn of the agent that it is quoted from."""

    of: Annotated[tuple[Mark, ...], Field(min_length=1)]
    shown: Literal["first", "last"]


class Wording(Artefact):
    """One file of `prompts/wordings/`: phrase patterns that several detectors or wordings name."""

    says: Annotated[Patterns, Field(min_length=1)]


class Detector(Artefact):
    """One file of `prompts/detectors/`, named like its class. Exactly one of `found`, `missing`, `check`."""

    needs: tuple[Mark, ...] = ()
    found: tuple[Mark, ...] = ()
    missing: Missing | None = None
    check: CheckName | None = None
    void: tuple[Mark, ...] = ()
    marks: dict[str, tuple[Mark, ...]] = Field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    limits: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(map(bool, (self.found, self.missing, self.check))) != 1:
            raise ValueError("exactly one of `found`, `missing`, `check`")
        return self

    @model_validator(mode="after")
    def _its_own_limits(self) -> Self:
        wanted = LIMITS.get(self.check or "", frozenset())
        if self.limits.keys() != wanted:
            raise ValueError(f"`limits` of this detector are {sorted(wanted)}")
        return self
