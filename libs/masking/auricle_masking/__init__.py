"""Personal data found in a conversation, replaced by placeholders, and found again. docs/masking.md says what, where and how well."""

from auricle_masking.detection import Detector, Found
from auricle_masking.hits import Hit, LineSpan
from auricle_masking.masks import Mask, hidden_ms, mask, revealed
from auricle_masking.offsets import MaskedText, Piece
from auricle_masking.people import masked_participants
from auricle_masking.sealing import seal, unseal, unsealed

__all__ = [
    "Detector",
    "Found",
    "Hit",
    "LineSpan",
    "Mask",
    "MaskedText",
    "Piece",
    "hidden_ms",
    "mask",
    "masked_participants",
    "revealed",
    "seal",
    "unseal",
    "unsealed",
]
