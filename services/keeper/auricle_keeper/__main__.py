"""`python -m auricle_keeper`: the jobs, with health and metrics beside them."""

from auricle_kit import process, web
from auricle_kit.drain import Drain

from auricle_keeper.jobs import keep
from auricle_keeper.settings import KeeperSettings
from auricle_keeper.wiring import open_parts

CLOSING_S = 2.0
"""Kept from the drain's time for closing what is open."""


async def serve(settings: KeeperSettings) -> None:
    """Until a signal."""
    drain = Drain().install()
    async with (
        open_parts(settings) as parts,
        web.health_server("keeper", settings.bind_host, settings.port, parts.ready),
    ):
        await keep(parts.jobs, parts.db, drain, finish_s=max(0.0, settings.drain_seconds - CLOSING_S))


def main() -> None:
    """Configure the process from the environment and serve."""
    settings = KeeperSettings()
    process.run("keeper", settings, serve(settings))


if __name__ == "__main__":
    main()
