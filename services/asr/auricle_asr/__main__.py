"""`python -m auricle_asr`: the supervisor and, below it, the worker of `transcribe`."""

import asyncio
import os

from auricle_kit import web
from auricle_kit.drain import Drain
from auricle_streams import Leases, supervisor

from auricle_asr.settings import AsrSettings


async def work(leases: Leases) -> None:
    """The child's whole life. An engine that cannot be loaded ends it; the supervisor tries again."""
    from auricle_asr.wiring import wire  # keeps the parent small: it needs no engine

    settings = AsrSettings()
    drain = Drain().install()
    async with (
        wire(settings, leases, drain) as parts,
        web.health_server("asr", settings.bind_host, settings.port, parts.engine_loader.checks),
        asyncio.TaskGroup() as tasks,
    ):
        watching = tasks.create_task(parts.engine_loader.watch())
        await parts.worker.run()
        watching.cancel()


def main() -> None:
    """Entry.

    numpy's OpenBLAS keeps a pool of threads and takes it down in every fork. uvloop forks for each decoder, and a fork while the
    engine multiplies matrices hung the engine for good (seen 2026-11-21, in FeatureExtractor). One thread has no pool to lose, and
    the mel product is a few ms; CTranslate2 has threads of its own.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    supervisor.run("asr", AsrSettings(), work)


if __name__ == "__main__":
    main()
