"""A workload's real process with a grace of the test's choice, what a cluster does to it, and requests that are only half there."""

import http.client
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

import httpx
from auricle_cli.stack.processes import Process

START_S = 120.0
SLACK_S = 15.0
"""For the end of an interpreter on a busy machine."""


def until(holds: Callable[[], bool], seconds: float, what: str) -> None:
    """Ask ten times a second until it holds; fails the test when it does not."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.1)


@dataclass
class Subject:
    """A running process and its address."""

    process: Process
    url: str
    _told_s: float = 0.0

    def wait_until_ready(self) -> None:
        """Returns when its health page answers."""
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process.is_running():
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2.0).is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise AssertionError(self.process.last_lines())

    def sigterm(self) -> None:
        """To the container's process 1 alone, as the kubelet does it."""
        assert self.process.pid
        self._told_s = time.monotonic()
        os.kill(self.process.pid, signal.SIGTERM)

    def lose_node(self) -> None:
        """SIGKILL to everything of the pod, without a word before."""
        self.process.signal(signal.SIGKILL)
        self.ended(5.0)

    def ended(self, within_s: float) -> tuple[int, float]:
        """Its exit code and the seconds since it was told; fails the test when it is too late."""
        end = time.monotonic() + within_s
        while (code := self.process.exit_code) is None:
            assert time.monotonic() < end, f"still there after {within_s} s: {self.process.last_lines()}"
            time.sleep(0.05)
        return code, round(time.monotonic() - self._told_s, 1)

    def refuses(self, within_s: float = 10.0) -> bool:
        """Nobody new gets in."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            try:
                httpx.get(f"{self.url}/healthz", timeout=2.0)
            except httpx.ConnectError:
                return True
            time.sleep(0.05)
        return False


@dataclass
class HalfRequest:
    """A POST whose headers and first half have been sent; `rest` sends the other half and gives the answer's status."""

    url: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    _connection: http.client.HTTPConnection = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        self._connection.putrequest("POST", self.path)
        for name, value in {**self.headers, "Content-Length": str(len(self.body))}.items():
            self._connection.putheader(name, value)
        self._connection.endheaders(self.body[: len(self.body) // 2])
        time.sleep(0.3)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._connection.close()

    def rest(self) -> int:
        self._connection.send(self.body[len(self.body) // 2 :])
        return self.answer()

    def answer(self) -> int:
        """Raises http.client.RemoteDisconnected or ConnectionError when it was cut off."""
        with self._connection.getresponse() as response:
            response.read()
            return response.status

    def is_cut(self) -> bool:
        """True when the server hung up without an answer to what it has; an error page (4xx, 5xx) is one too."""
        try:
            return self.answer() >= 400
        except (http.client.HTTPException, OSError):
            return True
