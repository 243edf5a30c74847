"""POST /v1/compress."""

from auricle_contracts import CompressRequest, Digest, Meaning
from auricle_kit import metrics
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from auricle_compressor.compression import compress, written
from auricle_compressor.wiring import Parts

router = APIRouter()
SECONDS = metrics.histogram(
    "auricle_compress_seconds", "Seconds that one compression takes, token counts left out.", ()
)
TOKENS = metrics.counter("auricle_compress_tokens", "Tokens before and after compression.", ("when",))


@router.post("/v1/compress")
async def compress_transcript(body: CompressRequest, request: Request) -> Digest:
    """The transcript as a digest. `level` left out: the density of each stretch chooses, no deeper than `deepest`.

    `meaning: model` where no model is set gives the extractive digest; its version says which it is.
    """
    parts: Parts = request.app.state.parts
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
