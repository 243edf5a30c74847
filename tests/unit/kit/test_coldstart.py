"""A milestone is reached once, and never before it was."""

import pytest
from auricle_kit.coldstart import ColdStart
from prometheus_client import REGISTRY


def seconds(milestone: str) -> float | None:
    return REGISTRY.get_sample_value("auricle_cold_start_seconds", {"step": "test", "milestone": milestone})


def test_only_the_first_time_counts() -> None:
    start = ColdStart("test")
    assert seconds("engine_ready") is None
    start.reached("engine_ready")
    first = seconds("engine_ready")
    assert first is not None
    assert first > 0
    start.reached("engine_ready")
    assert seconds("engine_ready") == first
    assert seconds("first_item") is None


def test_a_milestone_that_nobody_draws_is_refused() -> None:
    with pytest.raises(AssertionError):
        ColdStart("test").reached("coffee")
