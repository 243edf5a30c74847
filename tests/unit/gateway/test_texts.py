"""Turns as they come become a transcript in order, or a clear refusal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from auricle_contracts import Channel, ConversationIn, Role
from auricle_gateway.errors import BodyMissing, InvalidRequest
from auricle_gateway.intake.transcripts import transcript_of

HOUR_MS = 3_600_000
PEOPLE = [{"id": "a", "role": "agent"}, {"id": "c", "role": "customer"}]
NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)


def conversation(*turns: dict[str, Any], **fields: Any) -> ConversationIn:
    return ConversationIn.model_validate({"channel": "chat", "participants": PEOPLE, "turns": turns} | fields)


def test_turns_get_numbers_and_roles() -> None:
    made = transcript_of(
        conversation({"participant": "c", "text": "Да?"}, {"participant": "a", "text": "Добрый день"}), "id", 2, HOUR_MS
    )
    assert [(turn.id, turn.role, turn.start_ms) for turn in made.turns] == [
        (1, Role.CUSTOMER, None),
        (2, Role.AGENT, None),
    ]
    assert (made.revision, made.engine, made.duration_ms) == (2, "", None)


def test_turns_with_times_are_put_in_order() -> None:
    made = transcript_of(
        conversation(
            {"participant": "a", "text": "2", "start_ms": 900, "end_ms": 1500}, {"participant": "c", "text": "1", "start_ms": 0}
        ),
        "id", 1, HOUR_MS,
    )  # fmt: skip
    assert [turn.text for turn in made.turns] == ["1", "2"]
    assert made.duration_ms == 1500


def test_moments_count_from_the_start_with_and_without_zones() -> None:
    later = (NINE + timedelta(seconds=90)).isoformat()
    made = transcript_of(
        conversation(
            {"participant": "c", "text": "1", "at": "2026-11-02T09:00:00"}, {"participant": "a", "text": "2", "at": later}
        ),
        "id", 1, HOUR_MS,
    )  # fmt: skip
    assert [turn.start_ms for turn in made.turns] == [0, 90_000]


def test_a_thread_of_mails_may_last_weeks() -> None:
    turns = [{"participant": "c", "text": "x", "at": (NINE + timedelta(days=day)).isoformat()} for day in (0, 30)]
    made = transcript_of(conversation(*turns, channel=Channel.EMAIL), "id", 1, HOUR_MS)
    assert made.turns[1].start_ms == 30 * 24 * HOUR_MS


@pytest.mark.parametrize("turns", [[], [{"participant": "a", "text": ""}], [{"participant": "a", "text": " \n\u00a0"}]])
def test_nothing_said_is_nothing_to_judge(turns: list[dict[str, Any]]) -> None:
    with pytest.raises(BodyMissing):
        transcript_of(conversation(*turns), "id", 1, HOUR_MS)


@pytest.mark.parametrize(
    "turn",
    [{"start_ms": 10, "end_ms": 5}, {"start_ms": HOUR_MS + 1}, {"start_ms": 0, "end_ms": 10**15}, {"at": "0001-01-01T00:00:00+14:00"},
     {"at": "9999-12-31T23:59:59-14:00"}],
)  # fmt: skip
def test_times_that_cannot_be(turn: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        transcript_of(conversation({"participant": "a", "text": "x"} | turn), "id", 1, HOUR_MS)
