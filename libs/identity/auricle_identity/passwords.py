"""Passwords: argon2id hashes, and what may be a password. Hashing takes tens of milliseconds and 19 MiB: call it in a thread."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from auricle_kit.errors import InvalidRequest

SHORTEST, LONGEST = 12, 256
_HASHER = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1
)  # argon2id; OWASP's parameters for a server of many
_OF_NOBODY = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """The hash that is kept, with its own salt and parameters."""
    return _HASHER.hash(password)


def verifies(password: str, kept: str | None) -> bool:
    """Whether it is the password; without a kept hash the answer is no, after the same time."""
    try:
        _HASHER.verify(kept or _OF_NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker parameters than today's, so that the next sign-in should replace it."""
    return _HASHER.check_needs_rehash(kept)


def check(password: str, *, email: str, name: str) -> None:
    """Length before variety, as NIST SP 800-63B advises. Raises InvalidRequest, never with the password in its words."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidRequest(f"a password has {SHORTEST} to {LONGEST} characters", action="Choose a longer sentence.")
    lowered = password.casefold()
    own = {email.casefold(), email.partition("@")[0].casefold(), name.casefold()}
    if len(set(lowered)) < 5 or any(part and lowered.replace(part, "").strip() == "" for part in own):
        raise InvalidRequest(
            "this password is easy to guess", action="Choose a sentence that has nothing of your name."
        )
