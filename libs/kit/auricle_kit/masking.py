"""The hook before anything is prompted or exported. Today's masker changes nothing; the real one keeps this door."""

from typing import Protocol


class Masker(Protocol):
    """Replaces what identifies a person, keeping the number of code points of what it leaves."""

    def mask(self, text: str) -> str:
        """The text without personal data."""
        ...


class IdentityMasker:
    """Leaves the text as it is."""

    def mask(self, text: str) -> str:
        """The same text."""
        return text
