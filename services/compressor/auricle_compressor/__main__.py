"""`python -m auricle_compressor`."""

from auricle_kit import process, web

from auricle_compressor.app import create_app
from auricle_compressor.settings import CompressorSettings
from auricle_compressor.wiring import wire


async def serve(settings: CompressorSettings) -> None:
    """Serve until a signal."""
    async with wire(settings) as parts:
        app = create_app(parts)
        await web.serve(app, settings.bind_host, settings.port, grace_seconds=settings.drain_seconds)


def main() -> None:
    """Entry."""
    settings = CompressorSettings()
    process.run("compressor", settings, serve(settings))


if __name__ == "__main__":
    main()
