"""What the gateway streams, passed on to the browser piece by piece."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import httpx
from auricle_kit.errors import DependencyUnavailable
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse


async def passed_on(asked: AbstractAsyncContextManager[httpx.Response], headers: Sequence[str]) -> StreamingResponse:
    """The gateway's answer with only these of its headers. Raises DependencyUnavailable."""
    stack = AsyncExitStack()
    try:
        reply = await stack.enter_async_context(asked)
    except httpx.HTTPError as error:
        await stack.aclose()
        raise DependencyUnavailable(f"the gateway does not answer ({type(error).__name__})") from None
    kept = {name: reply.headers[name] for name in headers if name in reply.headers}
    return StreamingResponse(reply.aiter_raw(), reply.status_code, kept, background=BackgroundTask(stack.aclose))
