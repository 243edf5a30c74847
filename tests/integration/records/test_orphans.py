"""Tests that are killed leave no server running."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from auricle_cli.stack.processes import wait_gone

TESTS = Path(__file__).parents[2]
HOLD = """
import signal, sys
from pathlib import Path
from fixtures.postgres import running
from fixtures.redis import RedisServer

server = {server}(Path(sys.argv[1]))
server.{start}()
print(server._process.pid, flush=True)
signal.pause()
"""


@pytest.mark.parametrize(
    ("server", "start"), [("running", "__enter__"), ("RedisServer", "start")], ids=["postgres", "redis"]
)
def test_a_killed_launcher_takes_its_server_with_it(server: str, start: str) -> None:
    code = HOLD.format(server=server, start=start)
    environment = os.environ | {"PYTHONPATH": str(TESTS)}
    with TemporaryDirectory(prefix="auricle-orphan-", ignore_cleanup_errors=True) as folder:
        command = [sys.executable, "-c", code, folder]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as launcher:
            assert launcher.stdout
            pid = int(launcher.stdout.readline())
            assert Path(f"/proc/{pid}").exists()
            launcher.kill()
        assert wait_gone(pid, 10)
