"""Windows of the browser that are signed in: by the form once a process and place, after that by the cookies that it left."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fixtures.recorded_gateway import KEY

DESK = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"}
LOOKS = {"desk": (1440, "light"), "phone": (390, "dark")}
"""The width and colours in which every page is held to axe-core's rules."""


class SignIns:
    """Cookies by page and person. Signing in takes a second, and the gateway counts tries."""

    def __init__(self, chromium: Any) -> None:
        self._chromium = chromium
        self._kept: dict[tuple[str, str], Any] = {}

    def by_key(self, address: str) -> Any:
        """Of the recorded gateway's key."""
        return self._of(address, "", lambda window: enter_key(window, address))

    def by_password(self, address: str, email: str, password: str) -> Any:
        """Of this person."""
        return self._of(address, email, lambda window: enter_password(window, address, email, password))

    @contextmanager
    def window(self, state: Any, **look: Any) -> Iterator[Any]:
        """A window with these cookies, as large as a desk's unless said otherwise; an error in a script of ours fails."""
        context = self._chromium.new_context(**DESK | {"storage_state": state} | look)
        window = context.new_page()
        errors: list[str] = []
        window.on("pageerror", lambda error: errors.append(str(error)))
        try:
            yield window
        finally:
            context.close()
        assert errors == []

    def _of(self, address: str, who: str, enter: Callable[[Any], None]) -> Any:
        if (address, who) not in self._kept:
            context = self._chromium.new_context(**DESK)
            enter(context.new_page())
            self._kept[address, who] = context.storage_state()
            context.close()
        return self._kept[address, who]


def seen_as(look: str) -> dict[str, Any]:
    """One of LOOKS, in which axe may run: the page's own policy would forbid it."""
    width, scheme = LOOKS[look]
    return {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}


def enter_key(window: Any, address: str) -> None:
    """With the recorded gateway's key, by the form."""
    window.goto(f"{address}/login")
    window.click(".by-key summary")
    window.fill("#key", KEY)
    window.click(".by-key button.main")
    window.wait_for_url(f"{address}/conversations")


def enter_password(window: Any, address: str, email: str, password: str) -> None:
    """By the form; lands on the list."""
    window.goto(f"{address}/login")
    window.fill("#email", email)
    window.fill("#password", password)
    window.keyboard.press("Enter")
    window.wait_for_url(f"{address}/conversations")
