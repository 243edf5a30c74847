"""What lists of conversations are narrowed by: names of the page's query, and the same as the gateway takes it.

In an address several values of one filter stand in one, divided by semicolons, so that a list's query is a plain mapping everywhere.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

SEVERAL = ("answer", "error_class", "flag")
SCORES = ("score_from", "score_below", "unsure_below")
NAMES = (
    "text", "channel", "direction", "progress", "line", "team", "agent", "external_id", *SEVERAL, *SCORES, "recipe", "since", "until",
)  # fmt: skip
CONDITION = ("criterion", "sign", "value")
SIGNS = ("<", ">=", "=", "!=", "~", ":undetermined", ":not_applicable")
"""What a condition on an answer may be; those with a colon need no value."""
UNSURE_BELOW = "0.6"
_DIVIDER = ";"


def query(asked: Mapping[str, str]) -> dict[str, str | list[str]]:
    """As GET /v1/conversations and its like take it; other names are left out."""
    return {name: parts(asked[name]) if name in SEVERAL else asked[name] for name in NAMES if name in asked}


def parts(given: str) -> list[str]:
    """The values of one filter."""
    return [part.strip() for part in given.split(_DIVIDER) if part.strip()]


def joined(values: Iterable[str]) -> str:
    """The values of one filter as an address has them."""
    return _DIVIDER.join(values)


def read(query_string: str) -> dict[str, str]:
    """What a list's address narrows it to, with its order and columns."""
    given = dict(parse_qsl(query_string))
    return {name: given[name] for name in (*NAMES, "order", "columns") if given.get(name)}


def days_ago(days: int, zone: ZoneInfo) -> str:
    """The day on which a period of so many days that ends today begins."""
    return (datetime.now(zone).date() - timedelta(days=days - 1)).isoformat()


def without(given: str, part: str) -> str:
    """The values but one."""
    return _DIVIDER.join(one for one in parts(given) if one != part)


def with_condition(asked: Mapping[str, str], condition: Mapping[str, str]) -> dict[str, str] | None:
    """What is asked with a condition on an answer that the form spells in three fields; None where it has none."""
    criterion, sign = condition.get("criterion", ""), condition.get("sign", "")
    value = "" if sign.startswith(":") else condition.get("value", "")
    if not criterion or sign not in SIGNS or not (value or sign.startswith(":")):
        return None
    added = f"{criterion}{sign}{value}".replace(_DIVIDER, ",")
    return {**asked, "answer": _DIVIDER.join([*parts(asked.get("answer", "")), added])}
