"""Wilson's interval is the published one."""

import pytest
from auricle_kit.shares import wilson


def test_wilson_is_the_known_interval() -> None:
    """Newcombe 1998: 81 of 263."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)
