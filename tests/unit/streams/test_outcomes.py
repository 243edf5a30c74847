"""What is charged, and that nobody's words get into an error's text."""

import pytest
from auricle_contracts import Code
from auricle_kit.errors import AuricleError, DependencyUnavailable
from auricle_streams.answering import answering, no_group
from auricle_streams.errors import QueueUnavailable
from auricle_streams.outcomes import DEPENDENCY_FAULTS, MAX_DETAIL, charge_of
from redis import exceptions


class Refused(AuricleError):
    code = Code.NOT_AUDIO


def test_a_final_error_is_fatal_and_a_retryable_one_is_not() -> None:
    assert charge_of(Refused("no audio")) == (Code.NOT_AUDIO, "no audio", True)
    assert charge_of(DependencyUnavailable("away")) == (Code.DEPENDENCY_UNAVAILABLE, "away", False)


def test_a_foreign_error_gives_its_type_only() -> None:
    assert charge_of(KeyError("words of a customer")) == (Code.INTERNAL, "unexpected KeyError", False)


def test_a_long_detail_is_cut() -> None:
    assert len(charge_of(Refused("x" * 10_000))[1]) == MAX_DETAIL


def test_an_unavailable_queue_is_a_dependencys_fault() -> None:
    assert QueueUnavailable.code in DEPENDENCY_FAULTS


@pytest.mark.parametrize(
    "error",
    [
        exceptions.ConnectionError("gone"),
        exceptions.TimeoutError("slow"),
        exceptions.BusyLoadingError("LOADING"),
        exceptions.ReadOnlyError("READONLY"),
        exceptions.OutOfMemoryError("OOM"),
        exceptions.ResponseError("MISCONF Errors writing to the AOF file"),
        ConnectionResetError(),
    ],
)
async def test_every_way_to_be_away_is_one_error(error: Exception) -> None:
    with pytest.raises(QueueUnavailable), answering():
        raise error


async def test_a_wrong_command_stays_what_it_is() -> None:
    with pytest.raises(exceptions.ResponseError, match="WRONGTYPE"), answering():
        raise exceptions.ResponseError("WRONGTYPE Operation against a key")


def test_a_missing_group_is_recognised() -> None:
    assert no_group(exceptions.ResponseError("NOGROUP No such key"))
    assert not no_group(exceptions.ResponseError("WRONGTYPE"))
