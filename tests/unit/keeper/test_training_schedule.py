"""When a week's schedule was due last."""

from datetime import UTC, datetime, timedelta

import pytest
from auricle_contracts.trainings import TrainingSettings
from auricle_keeper.trainings.rounds import last_slot

SATURDAY = TrainingSettings(base="judge_5m", weekday=5, hour=1)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (datetime(2026, 11, 28, 0, 59, tzinfo=UTC), datetime(2026, 11, 21, 1, tzinfo=UTC)),
        (datetime(2026, 11, 28, 1, 0, tzinfo=UTC), datetime(2026, 11, 28, 1, tzinfo=UTC)),
        (datetime(2026, 12, 1, 12, 0, tzinfo=UTC), datetime(2026, 11, 28, 1, tzinfo=UTC)),
        (datetime(2026, 12, 4, 23, 59, tzinfo=UTC), datetime(2026, 11, 28, 1, tzinfo=UTC)),
    ],
)
def test_it_is_the_newest_one_that_has_come(now: datetime, slot: datetime) -> None:
    assert last_slot(SATURDAY, now) == slot


def test_it_is_never_later_than_now_and_never_a_week_old() -> None:
    for hours in range(24 * 14):
        now = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hours, minutes=17)
        assert timedelta(0) <= now - last_slot(SATURDAY, now) < timedelta(days=7)
