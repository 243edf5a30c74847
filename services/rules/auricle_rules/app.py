"""The HTTP surface of the rules: one route, and what every process has."""

from auricle_kit import web
from fastapi import FastAPI

from auricle_rules.routes import router
from auricle_rules.wiring import Parts


def create_app(parts: Parts) -> FastAPI:
    """The app over these parts."""
    app = web.create_app("rules")
    app.state.parts = parts
    app.include_router(router)
    return app
