"""The compressor's HTTP surface: one route, and what every process has."""

from auricle_kit import web
from fastapi import FastAPI

from auricle_compressor.routes import router
from auricle_compressor.wiring import Parts


def create_app(parts: Parts) -> FastAPI:
    """The app over these parts."""
    app = web.create_app("compressor")
    app.state.parts = parts
    app.include_router(router)
    return app
