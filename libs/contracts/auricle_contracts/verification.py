"""Whether a stored report follows from what is stored beside it."""

from enum import StrEnum
from typing import Literal

from auricle_contracts.contract import Contract


class ReportPart(StrEnum):
    """`recipe`: what is kept of it has the hashes that it pins. `quotes`: they stand in the transcript, word for word. `score`: reckoned
    anew from the stored answers and findings by the recipe's own scorecard.
    """

    RECIPE = "recipe"
    QUOTES = "quotes"
    SCORE = "score"


class VerifiedPart(Contract):
    """`missing`: what it follows from was not kept or is deleted. `differs` names what is not the same, without what was said."""

    part: ReportPart
    state: Literal["same", "differs", "missing"]
    differs: tuple[str, ...] = ()


class ReportVerification(Contract):
    """`same`: all of it follows, byte for byte. `sha256` is of answers, findings, outcomes and score as canonical JSON: whoever kept it can
    tell later whether the report is still the one that was read.
    """

    conversation_id: str
    evaluation_id: str
    recipe: str
    sha256: str
    same: bool
    parts: tuple[VerifiedPart, ...]
