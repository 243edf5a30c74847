"""`python -m auricle_asr` as it runs in production: supervisor, child, health server, SIGTERM."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
from auricle_cli.stack.ports import any_free
from auricle_records import runs
from auricle_records.blobs import BlobStore
from auricle_records.database import Database
from auricle_streams import Streams
from fixtures import scripted_speech
from fixtures.tenant import Tenant, a_call
from integration.asr.conftest import CALLS, served


async def answers(client: httpx.AsyncClient, path: str, status: int) -> httpx.Response:
    """The page, as soon as it has this status."""
    async with asyncio.timeout(30):
        while True:
            try:
                reply = await client.get(path)
            except httpx.HTTPError:
                reply = None
            if reply is not None and reply.status_code == status:
                return reply
            await asyncio.sleep(0.1)


async def done(tenant: Tenant, workspace: str, run_id: str) -> None:
    """Returns when the run has ended well."""
    async with asyncio.timeout(30):
        while (await runs.get(tenant.db, workspace, run_id)).state != "done":  # noqa: ASYNC110
            await asyncio.sleep(0.1)


async def test_the_process_starts_answers_works_and_drains(
    database: Database, postgres_url: str, redis_url: str, streams: Streams, store: BlobStore, tmp_path: Path
) -> None:
    tenant = await Tenant(database).open()
    received = await tenant.receive(a_call())
    recording = tenant.recording(received)
    await store.put_bytes(recording.blob_key, (CALLS / "07-ru-insurance.mp3").read_bytes())
    run = await tenant.store(received, recording)
    port = any_free()
    async with served(scripted_speech.app()) as url, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        environment = {
            **os.environ, "AURICLE_DATABASE_URL": postgres_url, "AURICLE_REDIS_URL": redis_url,
            "AURICLE_BLOB_URL": f"file://{tmp_path / 'blobs'}", "AURICLE_WORK_DIR": str(tmp_path), "AURICLE_PORT": str(port),
            "AURICLE_SPEECH_ENGINE": "openai", "AURICLE_SPEECH_URL": url, "AURICLE_DRAIN_SECONDS": "5",
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "auricle_asr", env=environment)
        try:
            await answers(client, "/healthz", 200)
            assert (await answers(client, "/readyz", 200)).json()["checks"] == {"engine": "ok"}
            await streams.publish(run.stream, run.message)
            await done(tenant, run.workspace, run.id)
            shown = (await client.get("/metrics")).text
            assert "auricle_asr_windows_total" in shown
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 60) == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def test_a_model_that_is_not_there_is_said_and_takes_no_work(
    postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    environment = {
        **os.environ, "AURICLE_DATABASE_URL": postgres_url, "AURICLE_REDIS_URL": redis_url, "AURICLE_PORT": "0",
        "AURICLE_BLOB_URL": f"file://{tmp_path}", "AURICLE_SPEECH_MODEL": str(tmp_path), "AURICLE_LOG_FORMAT": "json",
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "auricle_asr", env=environment, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr
    try:
        async with asyncio.timeout(30):
            async for line in process.stderr:
                if b"AURICLE_SPEECH_MODEL" in line:
                    return
        raise AssertionError("it ended without naming the setting")
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 60)
