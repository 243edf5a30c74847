"""Names and products of a workspace that speech engines are told before they listen."""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from auricle_contracts.contract import Contract

MOST_TERMS, LONGEST_TERM = 100, 60


def _speakable(term: str) -> str:
    """A term that somebody can say. Raises ValueError."""
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in term):
        raise ValueError("holds a control character: write one line of plain text")
    if not any(sign.isalnum() for sign in term):
        raise ValueError("has no letter and no digit: write the word as it is spelt")
    return unicodedata.normalize("NFC", term)


Term = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=LONGEST_TERM),
    AfterValidator(_speakable),
]


def version_of(terms: Sequence[str]) -> str | None:
    """First 16 hex digits of the SHA-256 of the terms in their order; None where there are none."""
    body = json.dumps(list(terms), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()[:16] if terms else None


class Vocabulary(Contract):
    """Terms as they are to be spelt, the most important first: an engine takes as many from the front as it can hold."""

    terms: tuple[Term, ...] = Field((), max_length=MOST_TERMS)

    @field_validator("terms")
    @classmethod
    def _said_once(cls, terms: tuple[str, ...]) -> tuple[str, ...]:
        folded = [term.casefold() for term in terms]
        twice = next((term for term in terms if folded.count(term.casefold()) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice!r} stands twice: leave one of them out")
        return terms


class VocabularyView(Vocabulary):
    """The terms, the version that recipes pin, who chose them, and when; null where nobody did."""

    version: str | None = None
    chosen_by: str | None = None
    chosen_at: datetime | None = None
