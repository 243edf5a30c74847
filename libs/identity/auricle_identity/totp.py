"""The second factor: time-based one-time codes (RFC 6238), each good once."""

import hmac
import time

import pyotp

ISSUER = "Auricle"
STEP_S = 30
WINDOW = 1  # a clock may be one step off


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def uri(secret: str, email: str) -> str:
    """What an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(code: str, secret: str, *, after: int | None = None, now: float | None = None) -> int | None:
    """The time step whose code this is; None for a wrong one, and for a step that is not later than `after`: a code read over
    somebody's shoulder opens nothing again.
    """
    totp = pyotp.TOTP(secret)
    current = int((time.time() if now is None else now) // STEP_S)
    given = code.strip().replace(" ", "").encode()
    for step in range(current - WINDOW, current + WINDOW + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given) and (after is None or step > after):
            return step
    return None
