"""POST /v1/compress."""

from functools import partial

from auricle_contracts import CompressRequest, Digest, Meaning
from auricle_kit import json_route, metrics
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from auricle_compressor.compression import compress, written
from auricle_compressor.wiring import Parts

SECONDS = metrics.histogram(
    "auricle_compress_seconds", "Seconds that one compression takes, token counts left out.", ()
)
TOKENS = metrics.counter("auricle_compress_tokens", "Tokens before and after compression.", ("when",))


def add(app: FastAPI, parts: Parts) -> None:
    """`compress_transcript` over these parts."""
    json_route.add(app, "/v1/compress", CompressRequest, partial(compress_transcript, parts))


async def compress_transcript(parts: Parts, body: CompressRequest) -> Digest:
    """The transcript as a digest. `level` left out: the density of each stretch chooses, no deeper than `deepest`.

    `meaning: model` where no model is set gives the extractive digest; its version says which it is.
    """
    with SECONDS.time():
        draft = await run_in_threadpool(compress, body, parts.languages)
    if body.meaning is Meaning.MODEL and parts.condenser is not None:
        draft = await parts.condenser.condense(draft, body.transcript)
    count = await parts.counter.count(written(body.transcript.turns), written(draft.lines))
    before, after = count.tokens
    TOKENS.labels("before").inc(before)
    TOKENS.labels("after").inc(after)
    return Digest(
        version=draft.version,
        level=draft.level,
        level_reason=draft.level_reason,
        lines=draft.lines,
        dropped=draft.dropped,
        tokens_before=before,
        tokens_after=after,
        token_counter=count.counter,
        stretches=draft.stretches,
    )
