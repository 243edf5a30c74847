"""`python -m auricle_rules`."""

from auricle_kit import process, web

from auricle_rules.app import create_app
from auricle_rules.settings import RulesSettings
from auricle_rules.wiring import wire


async def serve(settings: RulesSettings) -> None:
    """Serve until a signal."""
    async with wire(settings) as parts:
        app = create_app(parts)
        await web.serve(app, settings.bind_host, settings.port, grace_seconds=settings.drain_seconds)


def main() -> None:
    """Entry."""
    settings = RulesSettings()
    process.run("rules", settings, serve(settings))


if __name__ == "__main__":
    main()
