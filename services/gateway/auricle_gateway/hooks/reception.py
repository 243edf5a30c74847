"""A vendor's post: the hook, its signature, its events kept; or a recording that is the post itself, taken as at the door."""

import asyncio
import hashlib
from contextlib import AsyncExitStack

from auricle_contracts import ConversationIn
from auricle_kit import tracing
from auricle_kit.errors import NotFound
from auricle_kit.sealing import Unreadable
from auricle_records import hook_events, hooks
from auricle_records.errors import ExternalIdConflict
from auricle_records.hook_events import HookEvent
from auricle_records.hooks import Hook
from fastapi import Request
from starlette.datastructures import UploadFile

from auricle_gateway.errors import BodyMissing, NotReady, SignatureInvalid, UnsupportedMediaType
from auricle_gateway.hooks import mapping, payloads, signatures
from auricle_gateway.hooks.integrations import Integration, Token
from auricle_gateway.hooks.signatures import Post
from auricle_gateway.intake.reception import Posted, accept
from auricle_gateway.intake.sources import Streamed
from auricle_gateway.parts import Parts
from auricle_gateway.rest import bodies

MOST_FIELDS = 64


async def received(parts: Parts, hook_id: str, request: Request) -> tuple[list[HookEvent], str | None]:
    """The events that were kept, and the conversation of a recording that came with the post.

    Raises NotFound, SignatureInvalid, PayloadMismatch, RateLimited.
    """
    address = request.client.host if request.client else ""
    await parts.hooks.refused.check(address)
    hook = await hooks.find(parts.db, hook_id)
    if hook is None:
        await parts.hooks.refused.tried(address)
        raise NotFound("there is no such hook")
    await parts.rates.check(f"hook:{hook.id}")
    integration = parts.hooks.integration(hook.integration)
    kind = bodies.media_type(request)
    try:
        if kind == bodies.MULTIPART or kind.startswith("audio/"):
            return [], await _recording(parts, hook, integration, request, kind)
        return await _events(parts, hook, integration, request), None
    except SignatureInvalid:
        await parts.hooks.refused.tried(address)
        raise


def _secret(parts: Parts, hook: Hook) -> str:
    try:
        return hooks.secret_words(hook, parts.privacy.keyring)
    except Unreadable:
        raise NotReady("the hook's secret cannot be opened here", action="Give the gateway its masking keys.") from None


def _post(parts: Parts, hook: Hook, request: Request, raw: bytes) -> Post:
    query = f"?{request.url.query}" if request.url.query else ""
    below = request.url.path.partition(hook.id)[2]
    is_form = bodies.media_type(request) == "application/x-www-form-urlencoded"
    return Post(
        url=parts.hooks.url(hook.id) + below + query,
        headers=dict(request.headers),
        query=dict(request.query_params),
        body=raw,
        form=tuple(payloads.form_fields(raw)) if is_form else (),
    )


async def _events(parts: Parts, hook: Hook, integration: Integration, request: Request) -> list[HookEvent]:
    async with parts.body_slots.taken(request):
        raw = await bodies.read_bytes(request, parts.limits.json_bytes)
        if not raw:
            raise BodyMissing("the body is empty")
        secret = _secret(parts, hook)
        signatures.check(_post(parts, hook, request, raw), integration, secret, hook.settings)
        made = await asyncio.to_thread(_mapped, integration, hook, raw, secret, dict(request.query_params))
    kept = await hook_events.add(parts.db, hook.workspace, hook.id, made, traceparent=tracing.traceparent())
    parts.hooks.due.set()
    return kept


def _mapped(
    integration: Integration, hook: Hook, raw: bytes, secret: str, query: dict[str, str]
) -> list[hook_events.NewEvent]:
    payload = payloads.payload(raw, integration.unwrap)
    return mapping.events(integration, hook, payload, hashlib.sha256(raw).hexdigest(), secret, query)


async def _recording(parts: Parts, hook: Hook, integration: Integration, request: Request, kind: str) -> str:
    """The recording's conversation, one for each external id. Only a secret that stands beside the body can be checked before it."""
    if not isinstance(integration.signature, Token):
        raise UnsupportedMediaType(f"{integration.title} posts no recordings itself")
    signatures.check(_post(parts, hook, request, b""), integration, _secret(parts, hook), hook.settings)
    async with AsyncExitStack() as cleanup:
        if kind == bodies.MULTIPART:
            streamed, fields = await _part(parts, request, cleanup)
        else:
            whole = bodies.limited(request, parts.limits.recording_bytes)
            streamed, fields = Streamed(whole.stream(), bodies.audio_type(kind)), {}
        fields |= {name: value for name, value in request.query_params.items() if value}
        conversation = mapping.recording(integration, hook, fields)
        return await _taken(parts, hook, conversation, streamed)


async def _taken(parts: Parts, hook: Hook, conversation: ConversationIn, streamed: Streamed) -> str:
    sent = conversation.model_dump_json().encode()
    posted = Posted(hook.workspace, conversation, streamed, sent, streamed=True)
    try:
        return (await accept(parts, posted)).view.id
    except ExternalIdConflict as error:  # it was sent again: the first one is kept
        await streamed.sha256()
        return error.conversation_id


async def _part(parts: Parts, request: Request, cleanup: AsyncExitStack) -> tuple[Streamed, dict[str, str]]:
    whole = bodies.limited(request, parts.limits.recording_bytes + bodies.SMALL_BYTES)
    form = await whole.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=bodies.SMALL_BYTES)
    cleanup.push_async_callback(form.close)
    files = [value for value in form.values() if isinstance(value, UploadFile)]
    if not files:
        raise BodyMissing("no part of the form is a file", action="Send the recording as a file of the form.")
    chunks = bodies.file_chunks(files[0])
    fields = {name: value for name, value in form.items() if isinstance(value, str) and value}
    return Streamed(chunks, await bodies.part_type(files[0])), fields
