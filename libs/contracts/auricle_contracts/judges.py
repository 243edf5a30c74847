"""Judges: models that grade another's finding or comment beside a golden one, what was measured of them, and their certificates."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Moment, Reference
from auricle_contracts.evaluations import Grade
from auricle_contracts.golden import GoldenKind, GoldenWords
from auricle_contracts.languages import Language
from auricle_contracts.vocabulary import Channel

MOST_PAIRS = 5_000
MOST_RUNS = 50
Share = Annotated[float, Field(ge=0, le=1)]
Pin = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}@[0-9a-f]{16}$")]


class Reasoning(StrEnum):
    """Whether a model writes why before it answers: as shortly as the prompt's schema says, or not at all."""

    SHORT = "short"
    NONE = "none"


class ModelIdentity(Contract):
    """A model as its server calls it; `weights` a content hash of it, None where nobody tells one."""

    name: Reference
    weights: Reference | None = None

    def is_same(self, other: "ModelIdentity") -> bool:
        """Whether it is the same version: by weights where both are known, else by name."""
        if self.weights is not None and other.weights is not None:
            return self.weights == other.weights
        return self.name == other.name


class JudgeIdentity(Contract):
    """What a certificate is about: a prompt by its pin (`id@hash`), and the model that is asked. Another of either is another judge."""

    prompt: Pin
    model: ModelIdentity

    def is_same(self, other: "JudgeIdentity") -> bool:
        """Both prompt and model."""
        return self.prompt == other.prompt and self.model.is_same(other.model)


class Saying(Contract):
    """What is said of an error: the words that show it, and the comment for the agent. At least one of both."""

    words: Annotated[tuple[GoldenWords, ...], Field(max_length=50)] = ()
    comment: GoldenWords | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.words and not self.comment:
            raise ValueError("`words` or `comment` says something")
        return self


class ComparedPair(Contract):
    """A golden saying and a new one about the same class or criterion: a line of the JSONL that a judge grades.

    `asked`: what the class means, in words. `grade`: what people say of the new one (2 says the same and says it well, 1 doubtful,
    0 wrong); None where nobody was asked. `said_by`: the model that said it.
    """

    item: Reference | None = None
    kind: GoldenKind
    subject: Reference
    channel: Channel | None = None
    language: Language | None = None
    asked: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    golden: Saying
    said: Saying
    said_by: ModelIdentity | None = None
    grade: Grade | None = None
    graded_by: Reference | None = None


class PairGrades(Contract):
    """What people and a judge say of one pair, without its words. None: the model never answered in form.

    `runs`: the same question again and again, at least once. `swapped`: the golden one shown behind the new one. `noise`: with typos and
    marks that change nothing. `paraphrases`: the instruction in other words.
    """

    kind: GoldenKind
    subject: Reference
    people: Grade
    runs: Annotated[tuple[Grade | None, ...], Field(min_length=1, max_length=MOST_RUNS)]
    swapped: Grade | None
    noise: Grade | None
    paraphrases: Annotated[tuple[Grade | None, ...], Field(min_length=1, max_length=10)]


class JudgeMeasurement(Contract):
    """A judge over pairs that people have graded. `said_by`: the models whose sayings those were; the judge is none of them."""

    judge: JudgeIdentity
    temperature: Annotated[float, Field(ge=0, le=2)]
    said_by: Annotated[tuple[ModelIdentity, ...], Field(max_length=50)] = ()
    measured_at: Moment
    pairs: Annotated[tuple[PairGrades, ...], Field(min_length=1, max_length=MOST_PAIRS)]


class CertificateState(StrEnum):
    """Only `valid` grades may decide. `void`: the prompt or the model is another now."""

    VALID = "valid"
    TOO_FEW = "too_few"
    REFUSED = "refused"
    EXPIRED = "expired"
    VOID = "void"


class CertificateLimits(Contract):
    """Each at least, held by the lower end of its 95 % interval; `flips` at most, a goal that is told and decides nothing."""

    stable: Share = 0.90
    swapped: Share = 0.90
    noise: Share = 0.90
    paraphrase: Share = 0.95
    kappa: Share = 0.60
    right_found: Share = 0.80
    wrong_found: Share = 0.80
    flips: Share = 0.02


class MeasuredShare(Contract):
    """So many of so many, with Wilson's 95 % interval; of nothing the interval is everything."""

    hits: int
    of: int
    share: float | None
    low: float
    high: float


class Kappa(Contract):
    """Cohen's kappa over three grades, unweighted, with a 95 % bootstrap interval. None where it cannot be told."""

    value: float | None
    low: float | None
    high: float | None
    n: int


MeasuredState = Literal[CertificateState.VALID, CertificateState.TOO_FEW, CertificateState.REFUSED]


class SubjectAgreement(Contract):
    """A judge beside people in one class or criterion.

    `right_found` (TPR): of what people call right (2), what the judge does too. `wrong_found` (TNR): of the rest, what the judge calls
    less than right.
    """

    kind: GoldenKind
    subject: str
    n: int
    kappa: Kappa
    right_found: MeasuredShare
    wrong_found: MeasuredShare
    state: MeasuredState
    why: tuple[str, ...]


class JudgeCertificate(Contract):
    """How steady a judge is and how far it agrees with people, and until when that is believed.

    A pair counts once. `stable`: all its runs say the same; `swapped`, `noise`, `paraphrase`: what is changed there changes no grade.
    `flips`: the share of runs that differ from the most frequent grade of their pair. `unanswered`: questions without an answer in form.
    `subjects` whose own state is `valid` may decide in a gate, while the certificate is `valid`.
    """

    judge: JudgeIdentity
    said_by: tuple[ModelIdentity, ...]
    temperature: float
    measured_at: datetime
    expires_at: datetime
    pairs: int
    runs: int
    stable: MeasuredShare
    swapped: MeasuredShare
    noise: MeasuredShare
    paraphrase: MeasuredShare
    flips: MeasuredShare
    unanswered: int
    subjects: tuple[SubjectAgreement, ...]
    limits: CertificateLimits
    state: CertificateState
    why: tuple[str, ...]

    @property
    def decides(self) -> frozenset[tuple[GoldenKind, str]]:
        """Classes and criteria in which its grades may pass or fail a gate; none unless it is valid."""
        valid = CertificateState.VALID
        return frozenset((one.kind, one.subject) for one in self.subjects if self.state is one.state is valid)
