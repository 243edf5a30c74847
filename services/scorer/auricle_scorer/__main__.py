"""`python -m auricle_scorer`: the supervisor and, below it, the worker of `evaluate`."""

from auricle_kit import web
from auricle_kit.drain import Drain
from auricle_streams import Leases, supervisor

from auricle_scorer.settings import ScorerSettings


async def work(leases: Leases) -> None:
    """The child's whole life."""
    from auricle_scorer.wiring import wire  # keeps the parent small: it needs no database, no model client

    settings = ScorerSettings()
    drain = Drain().install()
    async with (
        wire(settings, leases, drain) as parts,
        web.health_server("scorer", settings.bind_host, settings.port, parts.readiness.checks),
    ):
        await parts.worker.run()


def main() -> None:
    """Entry."""
    supervisor.run("scorer", ScorerSettings(), work)


if __name__ == "__main__":
    main()
