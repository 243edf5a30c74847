"""What the gateway streams, passed on to the browser piece by piece."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import httpx
from auricle_kit.errors import DependencyUnavailable
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from auricle_console.gateway import checked

RANGE_REFUSED = 416


async def passed_on(asked: AbstractAsyncContextManager[httpx.Response], headers: Sequence[str]) -> StreamingResponse:
    """The gateway's answer with only these of its headers; a player is told of a range that is none.

    Raises LoginNeeded, GatewaySaid, DependencyUnavailable.
    """
    async with AsyncExitStack() as stack:
        try:
            reply = await stack.enter_async_context(asked)
            if reply.is_error and reply.status_code != RANGE_REFUSED:
                await reply.aread()
        except httpx.HTTPError as error:
            raise DependencyUnavailable(f"the gateway does not answer ({type(error).__name__})") from None
        if reply.status_code != RANGE_REFUSED:
            checked(reply)
        kept = {name: reply.headers[name] for name in headers if name in reply.headers}
        ended = BackgroundTask(stack.pop_all().aclose)
        return StreamingResponse(reply.aiter_raw(), reply.status_code, kept, background=ended)
