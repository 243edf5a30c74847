"""What reaches a person by mail, and what of it the person wants."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from auricle_contracts.contract import Contract


class NoticeKind(StrEnum):
    """What a mail tells of."""

    APPEAL_OPENED = "appeal_opened"
    APPEAL_DUE = "appeal_due"
    APPEAL_DECIDED = "appeal_decided"
    FINDINGS = "findings"
    COACHING_GIVEN = "coaching_given"
    COACHING_DUE = "coaching_due"
    REVIEW_ASSIGNED = "review_assigned"
    QUIZ_GIVEN = "quiz_given"
    QUIZ_DUE = "quiz_due"
    QUIZ_ANSWERED = "quiz_answered"
    CALIBRATION_INVITED = "calibration_invited"
    GATE_REFUSED = "gate_refused"
    CANARY_STOPPED = "canary_stopped"
    TRAINING_PROPOSED = "training_proposed"
    TRAINING_ENDED = "training_ended"
    SIGN_IN_RESET = "sign_in_reset"


ALWAYS_SENT = frozenset({NoticeKind.SIGN_IN_RESET})
"""Kinds that nobody may switch off: they tell that somebody else changed how one signs in."""
MailLanguage = Literal["ru", "en"]


def _may_be_muted(kinds: tuple[NoticeKind, ...]) -> tuple[NoticeKind, ...]:
    if always := ALWAYS_SENT.intersection(kinds):
        raise ValueError(f"{', '.join(sorted(always))} cannot be switched off")
    return tuple(dict.fromkeys(kinds))


class NoticeSettings(Contract):
    """`muted` kinds are not sent to the person; `language` is that of the mails, null: that of the installation."""

    language: MailLanguage | None = None
    muted: Annotated[tuple[NoticeKind, ...], Field(max_length=len(NoticeKind)), AfterValidator(_may_be_muted)] = ()
