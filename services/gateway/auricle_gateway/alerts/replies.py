"""Replies of the alerts routes."""

from auricle_contracts import Contract
from auricle_contracts.alerts import Alert, AlertDelivery, AlertRule, Destination, Reading


class AlertRuleList(Contract):
    """By name."""

    items: tuple[AlertRule, ...]


class DestinationList(Contract):
    """By name, without secrets."""

    items: tuple[Destination, ...]


class NewDestination(Destination):
    """The only answer that holds a webhook's secret; null for other kinds."""

    secret: str | None


class AlertList(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[Alert, ...]
    next_cursor: str | None


class AlertDeliveryList(Contract):
    """Newest first, a hundred at most."""

    items: tuple[AlertDelivery, ...]


class AlertLook(Contract):
    """What a rule reads now, and whether it would ring; null where too few conversations tell."""

    reading: Reading
    rings: bool | None


class AlertTest(Contract):
    """The deliveries that a test made: their answers come with GET /v1/alert-deliveries."""

    delivery_ids: tuple[str, ...]
