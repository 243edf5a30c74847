"""A child of the sandbox knows nothing of its parent's, opens nothing once sealed, and does not stay."""

import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from auricle_contracts import Code
from auricle_kit.audio import child
from auricle_kit.audio.child import Undecodable

CHILD = """
import os, resource, time
from pathlib import Path
from auricle_kit.audio import sandbox

LIMITS = sandbox.Limits(memory_bytes=160 << 20, cpu_seconds=1, output_bytes=1000)

def work(order):
    sandbox.confine(LIMITS)
    sandbox.warm_up()
    if order["do"] == "open":
        sandbox.seal()
        return {"text": Path(order["path"]).read_text()}
    if order["do"] == "write":
        Path(order["path"]).write_bytes(bytes(5000))
    if order["do"] == "burn":
        while True:
            pass
    if order["do"] == "swell":
        return {"size": len(bytearray(400 << 20))}
    if order["do"] == "sleep":
        time.sleep(60)
    return {"environment": dict(os.environ), "core": resource.getrlimit(resource.RLIMIT_CORE)}

if __name__ == "__main__":
    sandbox.main(work)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The program above as a module that an isolated interpreter finds."""
    (tmp_path / "planted_child.py").write_text(CHILD)
    script = tmp_path / "python"
    script.write_text(
        f'#!/bin/sh\nshift 3\nexec {sys.executable} -I -c "import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); '
        f"runpy.run_module({'planted_child'!r}, run_name='__main__')\"\n"
    )
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    return "planted_child"


async def obey(module: str, **order: Any) -> dict[str, Any]:
    return await child.run(module, order, seconds=20)


async def test_it_does_not_see_its_parents_environment(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AURICLE_PLANTED", "secret")
    reply = await obey(module, do="nothing")
    assert "AURICLE_PLANTED" not in reply["environment"]
    assert reply["core"] == [0, 0]


async def test_sealed_it_opens_nothing(module: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    for path in (tmp_path / "secret", Path(f"/proc/{os.getpid()}/environ")):
        with pytest.raises(Undecodable):
            await obey(module, do="open", path=str(path))


@pytest.mark.parametrize(
    ("do", "code"),
    [("burn", Code.DECODER_LIMIT), ("swell", Code.DECODER_LIMIT), ("write", Code.AUDIO_TOO_LONG)],
)
async def test_its_limits_end_it_with_a_reason(module: str, tmp_path: Path, do: str, code: Code) -> None:
    with pytest.raises(Undecodable) as told:
        await obey(module, do=do, path=str(tmp_path / "output"))
    assert told.value.code is code


async def test_a_child_that_takes_too_long_is_ended(module: str) -> None:
    begun = time.monotonic()
    with pytest.raises(Undecodable) as told:
        await child.run(module, {"do": "sleep"}, seconds=0.7)
    assert told.value.code is Code.DECODER_LIMIT
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("body", [b"", b"#EXTM3U", b"<html>", b"RIFF\x00\x00\x00\x00AVI LIST"])
def test_what_is_no_audio_is_called_so(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "recording").write_bytes(body)
    with pytest.raises(Undecodable) as told:
        child.format_of(tmp_path / "recording")
    assert told.value.code is Code.NOT_AUDIO
