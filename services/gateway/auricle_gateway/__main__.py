"""`python -m auricle_gateway` serves; `python -m auricle_gateway openapi` prints the document that docs/openapi.json must equal."""

import json
import sys

from auricle_kit import process, web

from auricle_gateway.app import create_app
from auricle_gateway.settings import GatewaySettings


def main() -> None:
    """Serve until a signal."""
    if sys.argv[1:] == ["openapi"]:
        print(json.dumps(create_app().openapi(), indent=2, ensure_ascii=False, sort_keys=True))
        return
    settings = GatewaySettings()
    serving = web.serve(
        create_app(settings),
        settings.bind_host,
        settings.port,
        grace_seconds=settings.drain_seconds,
        trusted_proxies=list(map(str, settings.trusted_proxies)),
    )
    process.run("gateway", settings, serving)


if __name__ == "__main__":
    main()
