"""One of Auricle's services as a process of its own, for as long as it is needed."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import httpx

START_TIMEOUT_S = 120


@contextmanager
def service(module: str, settings: Mapping[str, str], health: str) -> Iterator[str]:
    """The address of `python -m module` on a free port, once `health` answers. Raises RuntimeError when it does not."""
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {"AURICLE_PORT": str(port), "AURICLE_LOG_LEVEL": "WARNING"} | dict(settings)
    process = subprocess.Popen([sys.executable, "-m", module], env=environment)  # noqa: S603 (our own modules)
    try:
        _await_health(address + health, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_health(url: str, process: "subprocess.Popen[bytes]") -> None:
    last = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < last:
        if process.poll() is not None:
            raise RuntimeError(f"the service ended with {process.returncode}")
        with suppress(httpx.HTTPError):
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return
        time.sleep(0.2)
    raise RuntimeError("the service did not start")
