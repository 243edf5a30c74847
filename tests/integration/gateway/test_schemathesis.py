"""The live gateway under its own document: schemathesis derives requests from it, good and bad, and holds the answers against it."""

import asyncio
import sys
from pathlib import Path

import pytest
from integration.gateway.conftest import Door

PATIENCE_SECONDS = 600  # beside three other workers on two slow cores; 60 alone
LEFT_OUT = {
    "positive_data_acceptance": "a valid body may still name a participant that is not there, or an upload that never came",
    "unsupported_method": "TRACE and unknown methods answer 405 before any route is known",
}

CONFIG = """
[checks]
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 409, 413, 415, 422]
"""


@pytest.mark.timeout(PATIENCE_SECONDS + 30)
async def test_the_gateway_keeps_its_document(door: Door, tmp_path: Path) -> None:
    token = door.ours.headers["Authorization"]
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{door.url}/v1/openapi.json", "-H", f"Authorization: {token}",
        "--phases", "examples,coverage,fuzzing", "--max-examples", "8", "--seed", "7", "--generation-deterministic",
        "--exclude-checks", ",".join(LEFT_OUT), "--exclude-path-regex", "/events$", "--max-failures", "20", "--no-color",
    ]  # fmt: skip
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await asyncio.wait_for(process.communicate(), PATIENCE_SECONDS)
    said = output.decode()
    assert process.returncode == 0, said.partition(" FAILURES ")[2][:8000] or said[-8000:]
