"""`python -m auricle_console`."""

from auricle_kit import process, web

from auricle_console.app import create_app
from auricle_console.settings import ConsoleSettings
from auricle_console.wiring import wire


async def serve(settings: ConsoleSettings) -> None:
    """Serve until a signal."""
    async with wire(settings) as parts:
        app = create_app(parts)
        await web.serve(app, settings.bind_host, settings.port, grace_seconds=settings.drain_seconds)


def main() -> None:
    """Entry."""
    settings = ConsoleSettings()
    process.run("console", settings, serve(settings))


if __name__ == "__main__":
    main()
