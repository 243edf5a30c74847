"""`auricle demo` on a machine that is not clean: a taken port and the leavings of a demo that crashed."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from auricle_cli.stack import leftovers, ports
from auricle_cli.stack.processes import wait_gone

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.demo, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def crashed() -> int:
    """A child that an earlier launcher left running; its pid."""
    state = ROOT / ".auricle" / "demo-crashed"
    state.mkdir(parents=True, exist_ok=True)
    left = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"],
        env=os.environ | {"AURICLE_STATE": str(state)},
        start_new_session=True,
    )
    facts = {"launcher": 2**22 + 1, "pids": {"asr": left.pid}, "facts": {}}
    (state / leftovers.FILE).write_text(json.dumps(facts))
    return left.pid


@pytest.fixture(scope="module")
def demo(crashed: int) -> subprocess.CompletedProcess[str]:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((ports.LOOPBACK, ports.USUAL["gateway"] if ports.is_free(ports.USUAL["gateway"]) else 0))
        taken.listen()
        command = [sys.executable, "-m", "auricle_cli", "demo"]
        environment = os.environ | {"AURICLE_ROOT": str(ROOT)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=1780)


def test_it_ends_well(demo: subprocess.CompletedProcess[str]) -> None:
    assert demo.returncode == 0, demo.stdout[-3000:] + demo.stderr[-3000:]
    assert "arrived all the same" in demo.stdout
    accepted = re.search(r"(\d+) conversations accepted", demo.stdout)
    assert accepted
    assert f"{int(accepted[1]) - 1} reports" in demo.stdout, (
        "the text that claims to be a recording is refused, the rest is reported"
    )
    assert "not_audio" in demo.stdout


def test_the_weights_that_hear_are_said(demo: subprocess.CompletedProcess[str]) -> None:
    """Real ones where this machine can have them, else the shipped ones with the reason; each with samples that it can hear."""
    told = re.search(r"Speech weights: (.+)", demo.stdout)
    assert told
    are_real = told[1].startswith("whisper-base")
    page = (ROOT / "out" / "report" / "index.html").read_text()  # a table of the terminal cuts long names
    assert ("sample-10-ru-en-parcel" in page) == are_real
    assert ("sample-01-ru-bank-card" in page) != are_real


def test_the_taken_port_is_said(demo: subprocess.CompletedProcess[str]) -> None:
    assert "port 8080 is taken: gateway listens on" in demo.stdout


def test_the_leavings_of_the_crash_are_gone(demo: subprocess.CompletedProcess[str], crashed: int) -> None:
    os.waitpid(crashed, os.WNOHANG)
    assert wait_gone(crashed, 5)
    assert not (ROOT / ".auricle" / "demo-crashed").exists()


def test_the_files_are_there(demo: subprocess.CompletedProcess[str]) -> None:
    page = (ROOT / "out" / "report" / "index.html").read_text()
    assert "data:audio/" in page
    assert "<script src" not in page
    assert (ROOT / "out" / "report.xlsx").read_bytes().startswith(b"PK")
