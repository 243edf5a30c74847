"""Options that several commands have, what they open, and how they print for machines."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from auricle_cli.gateway import Gateway
from auricle_cli.stack import leftovers

Url = Annotated[str, typer.Option("--url", envvar="AURICLE_GATEWAY_URL", help="Where the gateway answers.")]
Key = Annotated[
    str, typer.Option("--key", envvar="AURICLE_API_KEY", help="API key; by default the one of a running `auricle up`.")
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output on standard output.")]
DEFAULT_URL = ""
ModelUrl = Annotated[
    str, typer.Option(envvar="AURICLE_MODEL_URL", help="Model server, OpenAI-compatible, ending in /v1.")
]
RulesUrl = Annotated[str, typer.Option(envvar="AURICLE_RULES_URL", help="The rules service.")]
CompressorUrl = Annotated[str, typer.Option(envvar="AURICLE_COMPRESSOR_URL", help="The compressor.")]
MODEL_URL = "http://127.0.0.1:8083/v1"
RULES_URL = "http://127.0.0.1:8082"
COMPRESSOR_URL = "http://127.0.0.1:8081"


def root() -> Path:
    """The repository: where prompts/, models/ and the samples are."""
    return Path(os.environ.get("AURICLE_ROOT", ".")).resolve()


def open_gateway(url: str, key: str) -> Gateway:
    """What was given, else what a running `auricle up` wrote down."""
    facts = leftovers.living(root() / ".auricle" / "up") or {}
    return Gateway(url or facts.get("gateway", "http://127.0.0.1:8080"), key or facts.get("key", ""))


def print_json(value: Any) -> None:
    """The value on standard output as JSON, contracts as they are sent."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    print(json.dumps(value, ensure_ascii=False, indent=2, default=lambda one: one.model_dump(mode="json")))
