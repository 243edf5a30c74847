"""Facts of a call as exchanges name them, in names of files, rows of a CDR and sidecars, as fields of a conversation. Pure.

FreePBX    in-74951234567-79160000003-20261129-101500-1795947300.17.wav      kind, called, calling, local time, unique id
VICIdial   20261129-101500_79160000005_SALES_petrova-all.mp3                 local time, customer, campaign, agent
Asterisk   1795947300.17.wav                                                 the unique id, which the CDR explains
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from auricle_contracts.conversations import MAX_METADATA_KEYS, MAX_METADATA_VALUE_BYTES

FREEPBX = re.compile(
    r"(?P<kind>in|out|external|internal|exten|q|rg|force)-(?P<called>[^-]+)-(?P<calling>[^-]+)-(?P<day>\d{8})-(?P<clock>\d{6})-(?P<id>\d+\.\d+)"
)
VICIDIAL = re.compile(
    r"(?P<day>\d{8})-(?P<clock>\d{6})_(?P<customer>\d+)(?:_(?P<campaign>[^_]+?))?(?:_(?P<agent>[^_]+?))?(?:-(?:all|in|out))?"
)
UNIQUE_ID = re.compile(r"(?<![\d.])(\d{9,10}\.\d+)(?![\d.])")
ASTERISK_COLUMNS = (
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer", "end",
    "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield",
)  # fmt: skip
"""Of cdr_csv's Master.csv, which has no header."""
OUTBOUND = frozenset({"out", "outbound", "outgoing", "2"})
NAMES: Mapping[str, tuple[str, ...]] = {
    "external_id": ("external_id", "uniqueid", "unique_id", "callid", "call_id", "uuid", "recording_id", "linkedid"),
    "started_at": ("started_at", "start", "start_time", "calldate", "start_stamp", "start_epoch", "call_date"),
    "line": ("line", "queue", "queuename", "cc_queue", "campaign", "campaign_id", "did"),
    "direction": ("direction", "call_direction", "type"),
    "language": ("language", "lang"),
    "customer": ("customer", "phone", "phone_number", "caller", "src", "caller_id_number", "from", "ani"),
    "agent": ("agent", "user", "operator", "extension", "cc_agent", "dst", "destination_number"),
    "agent_name": ("agent_name", "operator_name", "full_name"),
}
"""What a field may be called elsewhere, in lower case, the surest first."""


def of_name(stem: str, zone: tzinfo) -> dict[str, Any]:
    """What the name of a recording says by itself; empty where it is of no known kind."""
    if found := FREEPBX.fullmatch(stem):
        return _freepbx(found, zone)
    if found := VICIDIAL.fullmatch(stem):
        facts = {"customer": found["customer"], "line": found["campaign"], "agent": found["agent"]}
        return _given(facts) | {"external_id": stem, "started_at": _local(found["day"] + found["clock"], zone)}
    if found := UNIQUE_ID.search(stem):
        return {"external_id": found[1]}
    return {}


def _freepbx(found: re.Match[str], zone: tzinfo) -> dict[str, Any]:
    started_at = _local(found["day"] + found["clock"], zone)
    facts = {"external_id": found["id"], "started_at": started_at, "direction": "inbound"}
    called, calling = found["called"], found["calling"]
    if found["kind"] == "out":
        return facts | {"direction": "outbound", "agent": calling, "customer": called}
    whom = "agent" if found["kind"] in ("external", "internal", "exten") else "line"
    return facts | {whom: called, "customer": calling}


def of_row(row: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """A row of a CDR, or a flat sidecar: fields that are known by another name, and everything as metadata."""
    told = {str(key).strip().lower(): value for key, value in row.items() if key and value not in (None, "")}
    facts: dict[str, Any] = {}
    for field, names in NAMES.items():
        value = next((told[name] for name in names if name in told), None)
        if value is not None:
            facts[field] = str(value)
    if "started_at" in facts:
        facts["started_at"] = _moment(facts["started_at"], zone)
    if "direction" in facts:
        facts["direction"] = "outbound" if facts["direction"].lower() in OUTBOUND else "inbound"
    return _given(facts) | {"metadata": _metadata(told)}


def conversation(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as the JSON of a ConversationIn or of a patch."""
    fields = {
        name: facts[name] for name in ("external_id", "started_at", "direction", "line", "language") if name in facts
    }
    if facts.get("metadata"):
        fields["metadata"] = facts["metadata"]
    agent = {"id": "agent", "role": "agent", "reference": facts.get("agent"), "name": facts.get("agent_name")}
    customer = {"id": "customer", "role": "customer", "reference": facts.get("customer")}
    if facts.keys() & {"agent", "agent_name", "customer"}:
        fields["participants"] = [_given(customer), _given(agent)]
    return fields


def together(several: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The later one wins; metadata of all. The first external id stays: it is what the recording was sent under."""
    found: dict[str, Any] = {}
    for facts in several:
        metadata = {**found.get("metadata", {}), **facts.get("metadata", {})}
        external_id = found.get("external_id") or facts.get("external_id")
        found = {**found, **facts}
        found |= _given({"external_id": external_id, "metadata": metadata or None})
    return found


def _metadata(told: Mapping[str, Any]) -> dict[str, Any]:
    flat = {
        key[:64]: value if isinstance(value, int | float | bool) else _cut(str(value)) for key, value in told.items()
    }
    kept = dict(list(flat.items())[: MAX_METADATA_KEYS - 1])
    return kept | ({"fields_left_out": len(flat) - len(kept)} if len(flat) > len(kept) else {})


def _cut(text: str) -> str:
    return text.encode("utf-8", "replace")[:MAX_METADATA_VALUE_BYTES].decode("utf-8", "ignore")


def _given(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if value is not None}


def _local(digits: str, zone: tzinfo) -> str | None:
    try:
        found = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=zone)
    except ValueError:
        return None
    return found.astimezone(UTC).isoformat()


def _moment(text: str, zone: tzinfo) -> str | None:
    """Unix seconds, ISO 8601 or `2026-11-29 10:15:00` as a time with its zone; None for what is none."""
    try:
        if re.fullmatch(r"\d{9,10}(\.\d+)?", text):
            return datetime.fromtimestamp(float(text), UTC).isoformat()
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC).isoformat()
