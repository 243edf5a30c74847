"""Errors of reading documents.

AuricleError
└── DocumentUnreadable  422  document_broken, document_encrypted, document_without_text, document_too_long
"""

from auricle_contracts import Code
from auricle_kit.errors import AuricleError


class DocumentUnreadable(AuricleError):
    """The document cannot become an article; `code` says why, and the same bytes will never do better."""

    status = 422

    def __init__(self, code: Code, detail: str, *, action: str) -> None:
        super().__init__(detail, action=action)
        self.code = code  # type: ignore[misc]  # an error whose code comes from a child
