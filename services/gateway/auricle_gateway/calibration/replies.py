"""Replies of the calibration routes."""

from auricle_contracts import Contract
from auricle_contracts.calibration import BlindConversation, Calibration


class CalibrationPageView(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[Calibration, ...]
    next_cursor: str | None


class BlindConversations(Contract):
    """What the caller judges in a session."""

    items: tuple[BlindConversation, ...]
