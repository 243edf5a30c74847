"""The transcript after compression: every line points back to its turns, every dropped turn has its reason."""

from enum import StrEnum

from auricle_contracts.contract import Contract
from auricle_contracts.transcripts import Transcript
from auricle_contracts.vocabulary import Role

COMPRESSION = "compression-2"  # raised when the compressor cuts otherwise; its version is this and the packs'


class Level(StrEnum):
    """How deep a stretch was cut."""

    RAW = "raw"
    LIGHT = "light"
    MEDIUM = "medium"
    HARD = "hard"


class DigestLine(Contract):
    """One line that the model reads. `turns` are the ids it stands for; `text` is verbatim but for removed pieces.

    Behind a sentence that was said again in almost the same words stands how often: "(×3)". A line of role `unknown` in
    brackets was written by a model: it is what the talk of its turns was about, and no quote.
    """

    turns: tuple[int, ...]
    role: Role
    text: str


class DroppedTurn(Contract):
    """A turn that the model does not read. Reasons: `empty`, `filler`, `backchannel`, `hold`, `repeat`, `echo`, `said_again`, `talk`;
    `addresses_judge`: it is said to whoever judges the conversation.
    """

    turn: int
    reason: str


class DigestStretch(Contract):
    """Turns `first` to `last`, the level at which they were cut, and what their density was."""

    first: int
    last: int
    level: Level
    reason: str


class Digest(Contract):
    """`level` is the lightest level of all stretches: what every stretch keeps at least.

    `tokens_before` and `tokens_after` are counted by `token_counter` (a tokenizer's name, or a stated approximation).
    """

    version: str
    level: Level
    level_reason: str
    lines: tuple[DigestLine, ...]
    dropped: tuple[DroppedTurn, ...]
    tokens_before: int
    tokens_after: int
    token_counter: str
    stretches: tuple[DigestStretch, ...] = ()


class Meaning(StrEnum):
    """How what was said in talk is kept: not at all beside facts and repeats, or as a line that a model wrote."""

    EXTRACTIVE = "extractive"
    MODEL = "model"


class CompressionSettings(Contract):
    """A workspace's choice: the deepest level at which its conversations may be cut.

    `raw` cuts nothing, `light` is structure only; at `medium` and `hard` density chooses, down to there.
    """

    deepest: Level = Level.HARD


class CompressRequest(Contract):
    """Body of POST /v1/compress on the compressor. `protect` names what the scorecard's criteria need uncut.

    `level` None: density chooses, no deeper than `deepest`.
    """

    transcript: Transcript
    level: Level | None = None
    deepest: Level = Level.HARD
    protect: tuple[str, ...] = ()
    meaning: Meaning = Meaning.EXTRACTIVE
