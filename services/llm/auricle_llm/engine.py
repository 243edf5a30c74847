"""The only place that knows xllamacpp: llama.cpp's own HTTP server, in threads of this process, on a private port."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xllamacpp

from auricle_llm.errors import WeightsMissing
from auricle_llm.serving import Serving
from auricle_llm.settings import Settings


@contextmanager
def running(folder: Path, serving: Serving, settings: Settings) -> Iterator[str]:
    """The engine with every adapter loaded and off; yields its address. Loading blocks; requests turn adapters on."""
    try:
        server = xllamacpp.Server(_params(folder, serving, settings))
    except (RuntimeError, ValueError) as error:
        raise WeightsMissing(f"llama.cpp does not load {serving.base}: {error}") from None
    try:
        yield str(server.listening_address)
    finally:
        del server


def grammar_of(schema: Mapping[str, Any]) -> str:
    """The schema as a grammar of llguidance, which this build of llama.cpp speaks, without any free whitespace.

    llama.cpp's own `response_format` lets a small model write spaces until its tokens run out, and then its chat parser
    answers 500 instead of the cut text.
    """
    compact = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}
    return "%llguidance {}\nstart: %json " + json.dumps({**schema, "x-guidance": compact}, ensure_ascii=False)


def _params(folder: Path, serving: Serving, settings: Settings) -> xllamacpp.CommonParams:
    params = xllamacpp.CommonParams()
    params.model.path = str(folder / serving.base)
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(folder / name), 0.0) for name in serving.adapters]
    if serving.chat_template:
        params.chat_template = (folder / serving.chat_template).read_text("utf-8")
    params.n_parallel = settings.llm_slots
    params.n_ctx = settings.llm_context * settings.llm_slots
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.verbosity = 0
    params.cache_ram_mib = 0
    if settings.llm_threads:
        params.cpuparams.n_threads = settings.llm_threads
        params.cpuparams_batch.n_threads = settings.llm_threads
    return params
