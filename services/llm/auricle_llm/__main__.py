"""`python -m auricle_llm`: serve the judge on an OpenAI-compatible port until a signal."""

from auricle_kit import log, process, web
from auricle_kit.coldstart import ColdStart
from auricle_kit.drain import Drain

from auricle_llm.app import create
from auricle_llm.errors import WeightsMissing
from auricle_llm.settings import Settings
from auricle_llm.wiring import wire


async def main(settings: Settings) -> None:
    """Load first, then listen: whoever can connect gets answers."""
    drain = Drain().install()
    async with wire(settings) as parts:
        ColdStart("llm").reached("engine_ready")
        await web.serve(
            create(parts), settings.bind_host, settings.port, drain=drain, grace_seconds=settings.drain_seconds
        )


def run() -> None:
    """Entry. Weights that cannot be served end the process with one line instead of a traceback."""
    settings = Settings()
    try:
        process.run("llm", settings, main(settings))
    except WeightsMissing as error:
        log.get("llm").error("cannot_serve", detail=error.detail, action=error.action)
        raise SystemExit(1) from None


if __name__ == "__main__":
    run()
