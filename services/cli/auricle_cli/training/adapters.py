"""A trained adapter as the registry's version and as files where engines read them."""

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from auricle_criteria import documents
from auricle_criteria.adapters import JUDGE, Adapter, AdapterFile
from auricle_records.blobs import open_store
from pydantic import ValidationError

from auricle_cli.errors import CliError

ENGINES = {
    "adapter_model.safetensors": "hf/adapter_model.safetensors",
    "adapter_config.json": "hf/adapter_config.json",
    "adapter.gguf": "adapter.gguf",
}
"""A file of the adapter's folder, and where a run has it. In this order they are laid: what an engine looks for comes last."""
ASKED = {"messages": [{"role": "user", "content": "."}], "max_tokens": 1, "temperature": 0}
PAUSE_S = 2.0


@dataclass(frozen=True)
class Trained:
    """A run's adapter, and what its run says."""

    adapter: Adapter
    run: dict[str, Any]
    served: Path

    @property
    def text(self) -> str:
        """As the registry takes it."""
        return documents.as_yaml(self.adapter)


def read(folder: Path) -> Trained:
    """Of a folder that `auricle train run` filled; the same run is the same version. Raises CliError where a file is not what it wrote."""
    try:
        run = json.loads((folder / "run.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise CliError(f"{folder} holds no finished run: `auricle train run … --out {folder}`") from None
    served, plan = folder / "served", run["plan"]
    for inside in ENGINES.values():
        if not (served / inside).is_file() or _sha256(served / inside) != run["files"].get(inside):
            raise CliError(f"{served / inside} is not the file that the run wrote")
    files = [AdapterFile(path=name, sha256=run["files"][inside]) for name, inside in sorted(ENGINES.items())]
    note = f"{run['examples']} conversations of data set {plan['data']} on {plan['base']}, run {plan['hash']}"
    try:
        adapter = Adapter(
            id=JUDGE, version=1, note=note, base=plan["base"], base_hash=plan["base_hash"], data=plan["data"], rank=plan["rank"],
            prompts=tuple(plan["prompts"]), files=tuple(files),
        )  # fmt: skip
    except ValidationError as error:
        raise CliError(f"{folder / 'run.json'}: {error.error_count()} faults") from None
    return Trained(adapter, run, served)


def lay(trained: Trained, where: str) -> int:
    """Put the files where engines read them: `file:///folder` or `s3://bucket/prefix`; how many bytes. Raises CliError."""
    try:
        return asyncio.run(_lay(trained, where))
    except ValueError as error:
        raise CliError(str(error)) from None


async def _lay(trained: Trained, where: str) -> int:
    store = open_store(where)
    try:
        stored = [
            await store.put_bytes(f"{trained.adapter.served}/{name}", (trained.served / inside).read_bytes())
            for name, inside in ENGINES.items()
        ]
    finally:
        await store.close()
    return sum(one.size for one in stored)


def warm(model_url: str, api_key: str, name: str, patience_s: float, say: Callable[[str], None]) -> None:
    """Ask for one word until the server answers by this name. Raises CliError when it never does."""
    last = time.monotonic() + patience_s
    with httpx.Client(timeout=120, headers={"Authorization": f"Bearer {api_key}"}) as client:
        while True:
            told = _asked(client, model_url, name)
            if told is None:
                return
            if time.monotonic() > last:
                raise CliError(
                    f"the model server does not serve {name} ({told}): are the files where it reads adapters?"
                )
            say(f"waiting for {name}: {told}")
            time.sleep(PAUSE_S)


def _asked(client: httpx.Client, model_url: str, name: str) -> str | None:
    """None once it answered."""
    try:
        reply = client.post(f"{model_url.rstrip('/')}/chat/completions", json=ASKED | {"model": name})
    except httpx.HTTPError as error:
        return type(error).__name__
    return None if reply.is_success else str(reply.status_code)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
