"""A console over a recorded gateway, each a real server, and Debian's Chromium to look at it."""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from auricle_cli.stack.ports import any_free
from auricle_console.app import create_app
from auricle_console.settings import ConsoleSettings
from auricle_console.wiring import wire
from browser import workplace as workplaces
from browser.windows import DESK, SignIns
from fastapi import FastAPI
from fixtures.recorded_gateway import create
from xdist.scheduler import LoadFileScheduling

SHARING = ("test_walks.py", "test_roles.py")
FIRST = (*SHARING, "test_drift.py")
"""What takes longest is begun first, so that no process is left alone with it at the end."""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Scopes(LoadFileScheduling):  # type: ignore[misc]
    """One process a file, and one for all files that share the workplace, which is started once."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "workplace" if Path(file).name in SHARING else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scopes | None:
    """Instead of what `--dist loadfile` does."""
    return Scopes(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """FIRST first."""
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))


@contextmanager
def served(app: Any, port: int, **options: Any) -> Iterator[None]:
    """The app on a port of its own, in a thread, until the end."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", **options))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


class Wired:
    """The console as an app whose parts are made in the server's own loop."""

    def __init__(self, settings: ConsoleSettings) -> None:
        self.settings = settings
        self.app: FastAPI | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            async with wire(self.settings) as parts:
                self.app = create_app(parts)
                await send({"type": "lifespan.startup.complete"})
                await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        assert self.app is not None
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def recorded() -> FastAPI:
    return create(2)


@pytest.fixture(scope="session")
def address(recorded: FastAPI) -> Iterator[str]:
    """Where the console answers."""
    gateway, console = any_free(), any_free()
    settings = ConsoleSettings(gateway_url=f"http://127.0.0.1:{gateway}")
    with served(recorded, gateway), served(Wired(settings), console, lifespan="on"):
        yield f"http://127.0.0.1:{console}"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser. Sound needs no gesture here, since a click by a test is one that Chromium may not count."""
    from playwright.sync_api import sync_playwright

    if CHROMIUM is None:
        pytest.fail("there is no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A fresh browser window; an error in a script of ours fails the test."""
    yield from _watched(chromium, None)


@pytest.fixture(scope="session")
def sign_ins(chromium: Any) -> SignIns:
    """Who signed in already, by this process's browser."""
    return SignIns(chromium)


@pytest.fixture
def inside(chromium: Any, sign_ins: SignIns, address: str) -> Iterator[Any]:
    """The same, signed in by the key and on the list."""
    for window in _watched(chromium, sign_ins.by_key(address)):
        window.goto(f"{address}/conversations")
        yield window


def _watched(chromium: Any, state: Any) -> Iterator[Any]:
    context = chromium.new_context(**DESK, storage_state=state)
    window = context.new_page()
    errors: list[str] = []
    window.on("pageerror", lambda error: errors.append(str(error)))
    window.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield window
    context.close()
    assert [error for error in errors if "Failed to load resource" not in error] == []


@pytest.fixture(scope="session")
def workplace(chromium: Any) -> Iterator[workplaces.Workplace]:
    """The whole stack with people and a month of chats, shared by all walks: each leaves what others count on as it was."""
    with workplaces.workplace(chromium) as made:
        yield made
