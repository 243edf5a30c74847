"""docker-compose.yml's services started from the image by buildah: compose's commands and settings, on loopback addresses."""

import re
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import yaml
from images.building import ROOT, Builder

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
START_SECONDS = 240.0


@dataclass(frozen=True)
class Composed:
    """The services in one container of the image; `settings` stand above compose's, `volumes` are written `here:there`."""

    builder: Builder
    container: str
    volumes: Sequence[str]
    settings: Mapping[str, str]
    ports: Mapping[str, int]

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    def line(self, service: str, command: Sequence[str] = ()) -> list[str]:
        """The command line of a service, or of another command with its settings."""
        environment = COMPOSE[service].get("environment", {}) | self.settings
        if service in self.ports:
            environment |= {"AURICLE_PORT": str(self.ports[service])}
        given = [part for name, value in environment.items() for part in ("--env", f"{name}={self._here(value)}")]
        mounted = [part for volume in self.volumes for part in ("--volume", volume)]
        options = ["--isolation", "chroot", *mounted, *given]
        return self.builder.command("run", *options, self.container, "--", *(command or COMPOSE[service]["command"]))

    def _here(self, value: str) -> str:
        """Without compose's `${NAME:-default}`, and each service's address as it is here."""
        plain = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        return re.sub(r"http://(\w+):\d+", lambda at: self.url(at[1]) if at[1] in self.ports else at[0], plain)

    @contextmanager
    def running(self, services: Sequence[str]) -> Iterator[dict[str, float]]:
        """All of them at once; name → seconds until `/healthz` said ok. AssertionError with its last words when one does not."""
        began, after = time.monotonic(), dict[str, float]()
        with ExitStack() as started:
            logs = {service: self.builder.folder / f"{service}.log" for service in services}
            running = {one: started.enter_context(_process(self.line(one), log)) for one, log in logs.items()}
            for service, process in running.items():
                answer = _first_answer(f"{self.url(service)}/healthz", process, logs[service])
                assert answer["status"] == "ok", f"{service}: {answer}"
                after[service] = round(time.monotonic() - began, 1)
            yield after


@contextmanager
def _process(line: Sequence[str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Killed at the end. buildah gives the service a session of its own, so its descendants are killed one by one."""
    with log.open("wb") as said, subprocess.Popen(line, stdout=said, stderr=said) as process:
        try:
            yield process
        finally:
            with suppress(psutil.NoSuchProcess):
                for one in reversed(psutil.Process(process.pid).children(recursive=True)):
                    one.kill()
            process.kill()


def _first_answer(url: str, process: "subprocess.Popen[bytes]", log: Path) -> dict[str, str]:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            answer: dict[str, str] = httpx.get(url, timeout=2.0, trust_env=False).json()
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return answer
    raise AssertionError(f"{url} does not answer: {log.read_text(errors='replace')[-3000:]}")
