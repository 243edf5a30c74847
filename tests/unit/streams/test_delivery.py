"""The fields of an entry, the names that carry a reason, the length of a lease."""

import pytest
from auricle_contracts import Message
from auricle_streams import LeasePolicy, Why
from auricle_streams.delivery import MAX_FIELD_BYTES, Delivery, decode, encode, reclaimed, reserved
from hypothesis import given
from hypothesis import strategies as st

RUN_IDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=40)
MESSAGE = Message(run_id="r1")


@given(RUN_IDS, st.text(st.characters(codec="ascii"), max_size=60))
def test_what_is_encoded_is_decoded(run_id: str, traceparent: str) -> None:
    message = Message(run_id=run_id, traceparent=traceparent)
    flat = [part.encode() for part in encode(message)]
    assert decode(dict(zip(flat[::2], flat[1::2], strict=True))) == message


@given(st.dictionaries(st.binary(max_size=20), st.binary(max_size=20), max_size=4))
def test_no_foreign_entry_raises(fields: dict[bytes, bytes]) -> None:
    message = decode(fields)
    assert message is None or message.run_id


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {b"run_id": b""},
        {b"run_id": b"r", b"traceparent": b"x" * (MAX_FIELD_BYTES + 1)},
        {b"run_id": b"r", b"other": b"1"},
        {b"run_id": b"a\nb"},
        {b"run_id": "a\u202eb".encode()},
    ],
)
def test_what_cannot_be_a_run_is_unreadable(fields: dict[bytes, bytes]) -> None:
    assert decode(fields) is None


@pytest.mark.parametrize("why", list(Why))
def test_a_reserved_name_says_why(why: Why) -> None:
    delivery = reclaimed("s", "1-1", MESSAGE, 2, reserved(why, "SIGKILL"))
    assert not delivery.lost_lease
    assert (delivery.crash is not None) is (why is Why.CRASHED)
    assert delivery.suspect is (why in (Why.CRASHED, Why.SUSPECT))


def test_a_workers_name_is_a_lost_lease() -> None:
    assert reclaimed("s", "1-1", MESSAGE, 2, "asr-host-17-ab12") == Delivery("s", "1-1", MESSAGE, 2, lost_lease=True)


def test_a_lease_is_three_renewals_long() -> None:
    assert LeasePolicy(renew_ms=700).lease_ms == 2100


def test_age_is_never_negative() -> None:
    assert Delivery("s", "99999999999999-0", MESSAGE).age_seconds() == 0.0
    assert Delivery("s", "0-1", MESSAGE).age_seconds() > 1e9
