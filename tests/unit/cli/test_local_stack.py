"""The launcher survives a taken port, an earlier crash, and a child that will not end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from auricle_cli.stack import leftovers, ports
from auricle_cli.stack.local_stack import LocalStack, StackFailed
from auricle_cli.stack.plan import SERVICES, Plan
from auricle_cli.stack.processes import Process, wait_gone

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"


def started(tmp_path: Path, code: str, **environment: str) -> Process:
    log = tmp_path / "x.log"
    process = Process("x", [sys.executable, "-c", code], dict(os.environ) | environment, log)
    process.start()
    for _ in range(200):
        if "on" in log.read_text():
            break
        time.sleep(0.02)
    return process


def test_a_taken_port_is_replaced() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((ports.LOOPBACK, ports.USUAL["gateway"]))
        except OSError:  # somebody else has it: that is the case we want
            pass
        else:
            taken.listen()
        with ExitStack() as claims:
            chosen = ports.choose(ports.USUAL, claims)
    assert chosen["gateway"] != ports.USUAL["gateway"]
    assert len(set(chosen.values())) == len(chosen)


def test_two_stacks_that_start_at_once_share_no_port() -> None:
    with ExitStack() as first, ExitStack() as second:
        one, other = ports.choose(ports.USUAL, first), ports.choose(ports.USUAL, second)
        assert not set(one.values()) & set(other.values())


def test_a_port_is_usual_again_when_its_stack_has_closed() -> None:
    with ExitStack() as claims:
        before = ports.choose(ports.USUAL, claims)
    with ExitStack() as claims:
        assert ports.choose(ports.USUAL, claims)["redis"] == before["redis"] or before["redis"] != ports.USUAL["redis"]


def test_processes_that_draw_ports_at_once_never_draw_one_twice() -> None:
    draw = "from auricle_cli.stack.ports import any_free\nfor _ in range(300): print(any_free())"
    drawing = [subprocess.Popen([sys.executable, "-c", draw], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    drawn = [port for one in drawing for port in one.communicate()[0].split()]
    assert len(drawn) == len(set(drawn)) == 900


def test_a_server_may_listen_on_a_drawn_port() -> None:
    with socket.create_server((ports.LOOPBACK, ports.any_free())) as server:
        assert server.getsockname()[1]


def test_a_stubborn_process_is_killed_after_its_grace(tmp_path: Path) -> None:
    process = started(tmp_path, STUBBORN)
    assert process.stop(0.2) == -signal.SIGKILL


def test_what_a_crash_left_is_swept(tmp_path: Path) -> None:
    process = started(tmp_path, STUBBORN, AURICLE_STATE=str(tmp_path))
    assert process.pid
    facts = {"launcher": 2**22 + 1, "pids": {"asr": process.pid, "init": 1}, "facts": {}}
    (tmp_path / leftovers.FILE).write_text(json.dumps(facts))
    assert leftovers.living(tmp_path) is None
    assert leftovers.sweep(tmp_path) == ["asr"]
    process.stop(0)
    assert wait_gone(process.pid, 2)


def test_children_end_with_their_launcher(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from auricle_cli.stack.processes import Process;"
        f"p = Process('x', [sys.executable, '-c', 'import time; time.sleep(60)'], dict(os.environ), Path({str(tmp_path / 'c.log')!r}));"
        "p.start(); print(p.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert wait_gone(int(done.stdout), 5)


def test_a_stack_that_never_started_is_closed_and_has_no_parts(tmp_path: Path) -> None:
    stack = LocalStack(tmp_path, tmp_path, print)
    stack.close()
    with pytest.raises(StackFailed, match="not started"):
        print(stack.plan)


def test_another_judge_brings_its_own_calibration_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plan = Plan(tmp_path, tmp_path, dict.fromkeys((*SERVICES, "redis"), 1), "postgresql://x")
    assert plan.shared()["AURICLE_CALIBRATION"] == str(tmp_path / "models" / "judge" / "calibration.json")
    monkeypatch.setenv("AURICLE_JUDGE_DIR", str(tmp_path))
    assert plan.shared()["AURICLE_JUDGE_DIR"] == str(tmp_path)
    assert "AURICLE_CALIBRATION" not in plan.shared()
    (tmp_path / "calibration.json").touch()
    assert plan.shared()["AURICLE_CALIBRATION"] == str(tmp_path / "calibration.json")
