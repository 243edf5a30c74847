"""What the gateway says and does about alerts."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from auricle_contracts.alerts import Alert, AlertDelivery, AlertRule, AlertSettings, Destination, Reading

from auricle_console.gateway import Gateway, Query
from auricle_console.replies import Reply
from auricle_console.views.appeals import titles_of


class Alerts(Reply):
    """Newest first."""

    items: tuple[Alert, ...]
    next_cursor: str | None


class Rules(Reply):
    """By name."""

    items: tuple[AlertRule, ...]


class Destinations(Reply):
    """By name."""

    items: tuple[Destination, ...]


class NewDestination(Reply):
    """With the secret of a webhook, which is told once."""

    id: str
    secret: str | None


class Deliveries(Reply):
    """Newest first."""

    items: tuple[AlertDelivery, ...]


class Look(Reply):
    """What a rule reads now; `rings` is None where too few tell."""

    reading: Reading
    rings: bool | None


class Tests(Reply):
    """What a test made."""

    delivery_ids: tuple[str, ...]


class AlertBook:
    """The routes of alerts, by the gateway of a session. Each raises GatewaySaid."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def alerts(self, query: Query) -> Alerts:
        """What rang."""
        reply = await self._gateway.ask("GET", "/v1/alerts", params=dict(query) | {"limit": "20"})
        return Alerts.model_validate_json(reply.content)

    async def rules(self) -> Rules:
        """What rings."""
        return Rules.model_validate_json((await self._gateway.ask("GET", "/v1/alert-rules")).content)

    async def rule(self, rule: str) -> AlertRule:
        """One."""
        return AlertRule.model_validate_json((await self._gateway.ask("GET", _rule(rule))).content)

    async def look(self, rule: str) -> Look:
        """What it reads now."""
        return Look.model_validate_json((await self._gateway.ask("GET", f"{_rule(rule)}/reading")).content)

    async def keep_rule(self, rule: str | None, said: Mapping[str, Any]) -> None:
        """A new one, or in place of one."""
        await self._gateway.ask("PUT" if rule else "POST", _rule(rule) if rule else "/v1/alert-rules", json=dict(said))

    async def remove_rule(self, rule: str) -> None:
        """For good."""
        await self._gateway.ask("DELETE", _rule(rule))

    async def test_rule(self, rule: str) -> tuple[str, ...]:
        """The deliveries that it made."""
        return _tests((await self._gateway.ask("POST", f"{_rule(rule)}/test")).content)

    async def destinations(self) -> Destinations:
        """Where alerts are told."""
        return Destinations.model_validate_json((await self._gateway.ask("GET", "/v1/alert-destinations")).content)

    async def add_destination(self, said: Mapping[str, Any]) -> NewDestination:
        """With its secret, once."""
        reply = await self._gateway.ask("POST", "/v1/alert-destinations", json=dict(said))
        return NewDestination.model_validate_json(reply.content)

    async def remove_destination(self, destination: str) -> None:
        """With what waits for it."""
        await self._gateway.ask("DELETE", f"/v1/alert-destinations/{quote(destination, safe='')}")

    async def test_destination(self, destination: str) -> tuple[str, ...]:
        """The delivery that it made."""
        reply = await self._gateway.ask("POST", f"/v1/alert-destinations/{quote(destination, safe='')}/test")
        return _tests(reply.content)

    async def deliveries(self, ids: Sequence[str]) -> tuple[AlertDelivery, ...]:
        """By id, with the answers that came by now."""
        reply = await self._gateway.ask("GET", "/v1/alert-deliveries", params={"id": list(ids)})
        return Deliveries.model_validate_json(reply.content).items

    async def move(self, alert: str, step: str) -> None:
        """`acknowledgement` or `closing`."""
        await self._gateway.ask("POST", f"/v1/alerts/{quote(alert, safe='')}/{step}")

    async def settings(self) -> AlertSettings:
        """Quiet hours."""
        return AlertSettings.model_validate_json((await self._gateway.ask("GET", "/v1/alert-settings")).content)

    async def choose_settings(self, said: Mapping[str, Any]) -> None:
        """From now on."""
        await self._gateway.ask("PUT", "/v1/alert-settings", json=dict(said))

    async def class_titles(self, language: str) -> Mapping[str, str]:
        """Error classes by name, with their titles."""
        return titles_of(await self._gateway.error_classes(), language)


def _rule(rule: str) -> str:
    return f"/v1/alert-rules/{quote(rule, safe='')}"


def _tests(content: bytes) -> tuple[str, ...]:
    return Tests.model_validate_json(content).delivery_ids
