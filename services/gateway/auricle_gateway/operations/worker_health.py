"""What the workers say of themselves on their own health pages: `ok`, or the word for what they wait for.

A page never waits for a worker: it gets what was known last, and the asking goes on behind it.
"""

import asyncio
import time
from collections.abc import Mapping

import httpx
from auricle_contracts import ConversationView, RunState, Step

FRESH_SECONDS = 2.0
ASK_SECONDS = 1.0
AWAY = "waiting_for_worker"


class Workers:
    """`urls` are the health pages by step; a step without one is never spoken of."""

    def __init__(self, urls: Mapping[Step, str]) -> None:
        self._urls = dict(urls)
        self._http = httpx.AsyncClient(timeout=ASK_SECONDS, trust_env=False)
        self._known: dict[Step, str] = {}
        self._asked_at = 0.0
        self._asking: asyncio.Task[None] | None = None

    def known(self) -> dict[Step, str]:
        """The last answers by step; asks again in the background when they are older than two seconds."""
        is_stale = time.monotonic() - self._asked_at > FRESH_SECONDS
        if self._urls and is_stale and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self.ask())
        return dict(self._known)

    async def ask(self) -> None:
        """Ask all of them now."""
        states = await asyncio.gather(*(self._state(url) for url in self._urls.values()))
        self._known = dict(zip(self._urls, states, strict=True))
        self._asked_at = time.monotonic()

    async def _state(self, url: str) -> str:
        try:
            checks = (await self._http.get(f"{url}/readyz")).json()["checks"]
            return next((str(word) for word in checks.values() if word != "ok"), "ok")
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
            return AWAY

    def explain(self, view: ConversationView) -> ConversationView:
        """The same view, whose waiting runs say what they wait for when it is not just their turn."""
        known = self.known()
        runs = tuple(
            run.model_copy(update={"waiting_for": known[run.step]})
            if run.state is RunState.WAITING and known.get(run.step, "ok") != "ok"
            else run
            for run in view.runs
        )
        return view.model_copy(update={"runs": runs})

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])
        await self._http.aclose()
