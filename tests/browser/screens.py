"""The main pages as pictures for docs/screens: `python -m browser.screens FOLDER` (make screens), over the recorded gateway."""

import sys
from pathlib import Path

from auricle_cli.stack.ports import any_free
from auricle_console.settings import ConsoleSettings
from browser.conftest import CHROMIUM, Wired, served
from fixtures.recorded_gateway import KEY, create
from playwright.sync_api import sync_playwright

PAGES = {
    "conversations": "/conversations", "review": "/conversations/02-ru-delivery", "upload": "/upload", "analytics": "/analytics",
    "comparison": "/analytics/comparison?other_since=2026-10-01", "registry": "/settings/artefacts", "appeals": "/appeals",
}  # fmt: skip
LOOKS = {"": (1440, 900), "-phone": (390, 844)}
QUALITY = 68
CALLS = 9
SETTLED_MS = 600


def main(folder: Path) -> None:
    """A picture a page and width, in English and in light."""
    gateway, console = any_free(), any_free()
    settings = ConsoleSettings(gateway_url=f"http://127.0.0.1:{gateway}")
    address = f"http://127.0.0.1:{console}"
    recorded = create(CALLS)
    del recorded.state.shelf.views["hostile"]
    with (
        served(recorded, gateway),
        served(Wired(settings), console, lifespan="on"),
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        window = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="light")
        window.goto(f"{address}/login")
        window.click(".by-key summary")
        window.fill("#key", KEY)
        window.click(".by-key button.main")
        for name, path in PAGES.items():
            window.goto(address + path)
            for suffix, (width, height) in LOOKS.items():
                window.set_viewport_size({"width": width, "height": height})
                window.wait_for_timeout(SETTLED_MS)
                window.screenshot(path=folder / f"{name}{suffix}.jpg", type="jpeg", quality=QUALITY)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
