"""Signing, judging an answer, the schedule of retries."""

from datetime import UTC, datetime, timedelta

import pytest
from auricle_contracts.webhooks import WebhookSecret
from auricle_keeper.webhook import JITTER, LONGEST_ASKED_S, RETRY_AFTER_S, Attempt, Verdict, judged, retry_at, signed
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from standardwebhooks.webhooks import Webhook

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_the_signature_is_the_specifications_own_example() -> None:
    """https://github.com/standard-webhooks/standard-webhooks, spec: the vector of the reference libraries' tests."""
    headers = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        '{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_" + "A" * 33, "whsec_" + "A" * 31, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
)
def test_what_is_no_secret_signs_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        signed(secret, "evt_1", NOW, "{}")


@given(st.text("AZaz09+/=", max_size=96))
def test_what_the_door_takes_signs_and_verifies(text: str) -> None:
    """One parser for both: no endpoint is registered whose events can never be signed."""
    secret = f"whsec_{text}"
    try:
        taken = TypeAdapter(WebhookSecret).validate_python(secret)
    except ValidationError:
        return
    headers = signed(taken, "evt_1", datetime.now(UTC), "{}")
    Webhook(secret).verify("{}", headers)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [(200, Verdict.SENT), (204, Verdict.SENT), (301, Verdict.RETRY), (410, Verdict.GONE), (429, Verdict.RETRY)],
)
def test_an_answer_is_judged_by_its_status(status: int, verdict: Verdict) -> None:
    assert judged(status, "").verdict is verdict


@given(st.text(max_size=30))
def test_no_retry_after_breaks_us(header: str) -> None:
    assert 0 <= judged(503, header).asked_s <= LONGEST_ASKED_S


def test_a_receiver_may_ask_for_patience() -> None:
    assert judged(429, "120") == Attempt(Verdict.RETRY, "status 429", 120.0)
    again = retry_at(NOW, 0, 120.0)
    assert again == NOW + timedelta(seconds=120)


def test_the_waits_grow_and_end() -> None:
    for failed_before, wait_s in enumerate(RETRY_AFTER_S):
        again = retry_at(NOW, failed_before, 0.0)
        assert again is not None
        assert (1 - JITTER) * wait_s <= (again - NOW).total_seconds() <= (1 + JITTER) * wait_s
    assert retry_at(NOW, len(RETRY_AFTER_S), 0.0) is None
