"""Whether the engine is up. A large model loads for a minute: until then the worker is healthy, takes nothing, reclaims nothing."""

import asyncio
from collections.abc import Callable

from auricle_contracts import Step
from auricle_kit import log
from auricle_kit.coldstart import ColdStart

from auricle_asr.errors import SpeechEngineFailed
from auricle_asr.speech.engine import SpeechEngine

logger = log.get("asr.engine")
LOOK_EVERY_S = 2.0
LOADING, UNREACHABLE = "loading_model", "waiting_for_model"


class EngineLoader:
    """Loads the engine in the background, then asks it now and then whether it is there."""

    def __init__(self, load: Callable[[], SpeechEngine]) -> None:
        self._load = load
        self._engine: SpeechEngine | None = None
        self.waiting_for: str | None = LOADING

    @property
    def engine(self) -> SpeechEngine:
        """Only asked for by work, which is not taken before the engine is there."""
        assert self._engine is not None
        return self._engine

    @property
    def is_loaded(self) -> bool:
        """There is an engine, whether it answers or not."""
        return self._engine is not None

    def ready(self) -> str | None:
        """None: take work."""
        return self.waiting_for

    async def checks(self) -> dict[str, str]:
        """For `/readyz`."""
        return {"engine": self.waiting_for or "ok"}

    async def load(self) -> None:
        """Raises SpeechEngineFailed when it cannot be loaded; the process then ends and its supervisor tries again."""
        try:
            self._engine = await asyncio.to_thread(self._load)
        except SpeechEngineFailed as error:
            logger.error("engine_not_loaded", detail=error.detail, action=error.action)  # noqa: TRY400 (no traceback needed)
            raise
        ColdStart(Step.TRANSCRIBE).reached("weights_loaded")
        facts = self._engine.facts
        logger.info("engine_loaded", engine=facts.named, device=facts.device, demo_weights=facts.demo_weights)
        await self.look()

    async def watch(self) -> None:
        """Load, then look again and again until cancelled."""
        await self.load()
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Ask the engine once."""
        before, self.waiting_for = self.waiting_for, None if await self.engine.is_up() else UNREACHABLE
        if before != self.waiting_for:
            logger.info("readiness", waiting_for=self.waiting_for or "nothing")

    async def close(self) -> None:
        """Let go of the engine."""
        if self._engine is not None:
            await self._engine.close()
