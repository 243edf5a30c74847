"""Days of the page's zone as moments that the gateway compares."""

import pytest
from auricle_console.routes.callers import within
from auricle_console.settings import ConsoleSettings
from auricle_console.wording import wording
from pydantic import ValidationError


def test_a_day_is_whole_in_the_pages_zone() -> None:
    asked = {"since": "2026-11-29", "until": "2026-11-29", "agent": "Светл"}
    assert within(asked, wording("ru", "Europe/Moscow")) == {
        "since": "2026-11-29T00:00:00+03:00",
        "until": "2026-11-30T00:00:00+03:00",
        "agent": "Светл",
    }
    assert within({"until": "2026-12-31"}, wording("en"))["until"] == "2027-01-01T00:00:00+00:00"


def test_a_day_of_a_changed_clock_has_its_own_length() -> None:
    found = within({"since": "2026-10-25", "until": "2026-10-25"}, wording("en", "Europe/Berlin"))
    assert (found["since"], found["until"]) == ("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00")


@pytest.mark.parametrize("given", ["never", "2026-13-01", "9999-12-31", "2026-11-29T10:00:00Z"])
def test_what_is_no_day_goes_on_as_it_is(given: str) -> None:
    assert within({"until": given}, wording("en")) == {"until": given}


def test_a_zone_that_nobody_knows_is_refused_at_the_start() -> None:
    assert ConsoleSettings(console_timezone="Asia/Almaty").console_timezone == "Asia/Almaty"
    for name in ("Moscow/Europe", "../etc/passwd", ""):
        with pytest.raises(ValidationError):
            ConsoleSettings(console_timezone=name)
