"""The HTTP surface of the rules: one route, and what every process has."""

from auricle_kit import web
from fastapi import FastAPI

from auricle_rules import routes
from auricle_rules.wiring import Parts


def create_app(parts: Parts) -> FastAPI:
    """The app over these parts."""
    app = web.create_app("rules")
    routes.add(app, parts)
    return app
