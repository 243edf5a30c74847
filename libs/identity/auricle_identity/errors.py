"""Errors of identity.

AuricleError
├── SignInRefused          401  e-mail, password, code or the provider's word does not open anything; the same words for all
├── SecondFactorRequired   401  the password is right, and a code of the authenticator app is missing
└── ProviderUnavailable    503  the identity provider does not answer (retryable)
"""

from auricle_contracts import Code
from auricle_kit.errors import AuricleError


class SignInRefused(AuricleError):
    """Nobody learns which part was wrong, nor whether there is such a person."""

    code = Code.SIGN_IN_REFUSED
    status = 401

    def __init__(self) -> None:
        super().__init__(
            "nobody can be signed in with this",
            action="Check e-mail, password and code, or ask an admin for a new link.",
        )


class SecondFactorRequired(AuricleError):
    """Told to those only who know the password."""

    code = Code.SECOND_FACTOR_REQUIRED
    status = 401

    def __init__(self) -> None:
        super().__init__("a code of the authenticator app is missing", action="Send the code as well.")


class ProviderUnavailable(AuricleError):
    """The identity provider is away, or says something that is no OpenID Connect."""

    code = Code.DEPENDENCY_UNAVAILABLE
    status = 503
    retryable = True

    def __init__(self) -> None:
        super().__init__("the identity provider does not answer", action="Try again in a moment, or use a password.")
