"""The compressor's HTTP surface: one route, and what every process has."""

from auricle_kit import web
from fastapi import FastAPI

from auricle_compressor import routes
from auricle_compressor.wiring import Parts


def create_app(parts: Parts) -> FastAPI:
    """The app over these parts."""
    app = web.create_app("compressor")
    routes.add(app, parts)
    return app
