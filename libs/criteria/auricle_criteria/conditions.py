"""What a rule can look for. Words come by language, lemmatised when the rules are read; `lists` name lists of a language pack.

amounts   money, percentages or instalments               → count, or the share that `who` said
phrases   lemma phrases, near or side by side             → yes_no or count
pairs     two groups of key words close to each other     → yes_no
order     steps of a script                               → yes_no
mentions  dates, phones, numbers of orders                → count
pattern   a regular expression (re2)                      → count
sentiment turns whose words are negative or positive      → count, share, or what changed by the end
measure   something a clock or a counter says             → what the measure says
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from auricle_contracts import Contract, CriterionKind
from pydantic import Field, StringConstraints

PhraseText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
LanguageName = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Texts = dict[LanguageName, tuple[PhraseText, ...]]
MeasureName = Literal[
    "duration", "language_mix", "talk_share", "silence_share", "longest_monologue", "interruptions", "response_time", "first_response",
    "speech_rate", "overlap", "holds", "hold_time", "longest_silence", "repeated_messages", "mixed_turns",
    "repeated_templates",
]  # fmt: skip


class Amounts(Contract):
    """Counts amounts. `instalments` are one of several payments, or a sum paid every month where a loan is talked of.

    `share` answers with the per cent of all amounts of these units that `who` said.
    """

    kind: Literal["amounts"]
    units: Literal["money", "percent", "instalments"]
    answer: Literal["count", "share"] = "count"


class Group(Contract):
    """Phrases of one meaning."""

    phrases: Texts = Field(default_factory=dict)
    lists: tuple[str, ...] = ()


class Phrases(Group):
    """Whether one of the phrases was said, or how often. A hit inside `unless` does not count.

    `distance` is how many other words may stand between two words of a phrase. `metadata` is a key under which the caller tells
    phrases of this conversation (";" between them), such as its company's names; without it the rule is not applicable.
    """

    kind: Literal["phrases"]
    unless: Texts = Field(default_factory=dict)
    distance: Annotated[int, Field(ge=0, le=20)] = 0
    metadata: str | None = None
    answer: Literal["yes_no", "count"] = "yes_no"


class Pair(Contract):
    """Both groups in one turn with at most `within` words between them; `ordered`: the first one first."""

    first: Group
    second: Group
    within: Annotated[int, Field(ge=0, le=100)] = 10
    ordered: bool = False


class Pairs(Contract):
    """Whether one of the pairs was said: "примеры кейсов" by its key words."""

    kind: Literal["pairs"]
    pairs: Annotated[tuple[Pair, ...], Field(min_length=1)]


class Order(Contract):
    """Whether those steps that were taken came in this order. Fewer than two: not applicable."""

    kind: Literal["order"]
    steps: Annotated[tuple[Group, ...], Field(min_length=2)]


class Mentions(Contract):
    """Counts what has a shape of its own."""

    kind: Literal["mentions"]
    of: Literal["dates", "phones", "references"]


class Pattern(Contract):
    """Counts matches of a linear-time regular expression."""

    kind: Literal["pattern"]
    pattern: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class SentimentTurns(Contract):
    """Turns whose words have this polarity: their `count`, their `share` in per cent, or the `shift` of that share in points.

    A shift is the last third of the turns against the first, and needs two turns in each.
    """

    kind: Literal["sentiment"]
    polarity: Literal["negative", "positive"]
    answer: Literal["count", "share", "shift"] = "count"


class Measure(Contract):
    """A figure from times and counts."""

    kind: Literal["measure"]
    measure: MeasureName


LookFor = Annotated[
    Amounts | Phrases | Pairs | Order | Mentions | Pattern | SentimentTurns | Measure, Field(discriminator="kind")
]  # fmt: skip

_MEASURE_KINDS: Mapping[MeasureName, CriterionKind] = {
    "language_mix": CriterionKind.TEXT,
    "talk_share": CriterionKind.SCORE,
    "silence_share": CriterionKind.SCORE,
}


def answer_kind(look_for: LookFor) -> CriterionKind:
    """The shape of the answer's value."""
    if isinstance(look_for, Measure):
        return _MEASURE_KINDS.get(look_for.measure, CriterionKind.COUNT)
    if isinstance(look_for, Pairs | Order):
        return CriterionKind.YES_NO
    if isinstance(look_for, Amounts | SentimentTurns) and look_for.answer == "share":
        return CriterionKind.SCORE
    counts = not isinstance(look_for, Phrases) or look_for.answer == "count"
    return CriterionKind.COUNT if counts else CriterionKind.YES_NO
