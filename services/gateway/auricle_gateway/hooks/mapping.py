"""A vendor's payload as events: recognised, cut into items, each mapped by the first rule that holds. Pure.

payload ─► recognised? ─► items ─► rule ─► conversation  described, with turns or the address of its recording
              │                      │     message       turns that wait for the rest of their chat
              │                      │     patch         late data of a conversation that is here or will come
              │                      └──── ignored       the vendor tells more than is asked
              └─ PayloadMismatch
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from auricle_contracts import ConversationIn, ConversationPatch, Role
from auricle_contracts.conversations import MAX_METADATA_KEYS, MAX_METADATA_VALUE_BYTES
from auricle_records.hook_events import NewEvent
from auricle_records.hooks import Hook
from pydantic import ValidationError

from auricle_gateway.errors import InvalidRequest, PayloadMismatch
from auricle_gateway.hooks.expressions import Expression
from auricle_gateway.hooks.integrations import Integration, Rule, Speaker, Turns
from auricle_gateway.hooks.speakers import with_turns
from auricle_gateway.rest import timestamps

MOST_ITEMS = 1000
MAX_METADATA_KEY_CHARS = 64
KEPT_KEYS = MAX_METADATA_KEYS - 1
LINK_DAYS = 7
BESIDE = frozenset({"hook", "query"})
"""What expressions see beside the payload; no metadata."""
_PATCHED = frozenset(ConversationPatch.model_fields)


def events(
    integration: Integration,
    hook: Hook,
    payload: Any,
    post_hash: str,
    secret: str = "",
    query: Mapping[str, str] | None = None,
) -> list[NewEvent]:
    """The events of a post; empty where the vendor tells more than is asked. Raises PayloadMismatch.

    `post_hash` is the key of events to which the vendor gives none, so that a post which is sent again makes nothing new.
    """
    settings = {**hook.settings, "secret": secret, "link_until": str(_link_until())}
    told = {"hook": settings, "query": dict(query or {})}
    found: list[NewEvent] = []
    for number, item in enumerate(_items(integration, payload, told)):
        context = (item if isinstance(item, dict) else {"item": item}) | told
        rule = _rule(integration, integration.rules, context)
        if rule is not None and rule.kind != "ignored":
            found.append(_event(integration, rule, context, f"{post_hash}-{number}"))
    return found


def recording(integration: Integration, hook: Hook, fields: Mapping[str, str]) -> ConversationIn:
    """The description of a recording that comes with the post itself, from what stands beside it. Raises PayloadMismatch."""
    context = {**fields, "hook": dict(hook.settings), "query": dict(fields)}
    rule = _rule(integration, [one for one in integration.rules if one.recording_in_body], context)
    if rule is None:
        raise _mismatch(integration, "no rule of it takes a recording with these fields")
    described = _described(integration, rule, context)
    if not described.get("external_id"):
        raise _mismatch(integration, f"{_words(rule, 'external_id')} is empty")
    return ConversationIn.model_validate(_checked(integration, rule, ConversationIn, described))


def _rule(integration: Integration, rules: Sequence[Rule], context: Mapping[str, Any]) -> Rule | None:
    return next((one for one in rules if _told(integration, one.when, context)), None)


def _link_until() -> int:
    """When a signed link of ours ends, in Unix time; a whole hour, so that a post which is sent again maps to the same link."""
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=LINK_DAYS)
    return int(at.timestamp())


def _items(integration: Integration, payload: Any, told: Mapping[str, Any]) -> list[Any]:
    context = {**payload, **told} if isinstance(payload, dict) else payload
    try:
        if not integration.recognised.of(context):
            raise _mismatch(integration, "it is something else")
        items = integration.items.of(context) if integration.items else [payload]
    except ValueError as error:
        raise _mismatch(integration, str(error)) from None
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise _mismatch(integration, f"it holds no list of at most {MOST_ITEMS} items")
    return items


def _event(integration: Integration, rule: Rule, context: Mapping[str, Any], otherwise: str) -> NewEvent:
    described = _described(integration, rule, context)
    external_id = described.get("external_id")
    if not external_id:
        raise _mismatch(integration, f"{_words(rule, 'external_id')} is empty")
    key = _told(integration, rule.key, context) or otherwise
    payload: dict[str, Any] = {"conversation": described}
    wait_s = 0.0
    if rule.kind == "message":
        payload |= {"said": _turns_of(integration, rule.turns, context) if rule.turns else []}
        payload |= {"closes": bool(_told(integration, rule.closes, context)), "quiet_s": integration.quiet_s}
        wait_s = 0.0 if payload["closes"] else integration.quiet_s
        _checked(integration, rule, ConversationIn, with_turns(described, payload["said"]))
    elif rule.kind == "patch":
        described = {name: value for name, value in described.items() if name in _PATCHED}
        _checked(integration, rule, ConversationPatch, described)
        payload = {"patch": described}
    else:
        _check_conversation(integration, rule, described)
        if user := _told(integration, rule.fetch_user, context):
            payload["fetch_user"] = str(user)
    source = str(described.get("source") or integration.id)
    event_key = hashlib.sha256(f"{rule.name}\n{key}".encode("utf-8", "replace")).hexdigest()
    return NewEvent(event_key, rule.kind, source, str(external_id), payload, wait_s)


def _check_conversation(integration: Integration, rule: Rule, described: Mapping[str, Any]) -> None:
    if not described.get("turns") and not described.get("recording_url"):
        wanted = _words(rule, "recording_url") if "recording_url" in rule.fields else "every text of its turns"
        raise _mismatch(integration, f"{wanted} is empty")
    _checked(integration, rule, ConversationIn, described)


def _described(integration: Integration, rule: Rule, context: Mapping[str, Any]) -> dict[str, Any]:
    described = {name: _told(integration, one, context) for name, one in rule.fields.items()}
    described = {name: value for name, value in described.items() if value is not None}
    for name in ("external_id", "line", "language"):
        if name in described:
            described[name] = str(described[name])
    described.setdefault("source", integration.id)
    described["metadata"] = _metadata(integration, _told(integration, rule.metadata, context))
    if rule.participants:
        described["participants"] = _participants(integration, rule, context)
    if rule.turns is not None and rule.kind == "conversation":
        described = with_turns(described, _turns_of(integration, rule.turns, context))
    return described


def _participants(integration: Integration, rule: Rule, context: Mapping[str, Any]) -> list[dict[str, Any]]:
    people = [{key: _told(integration, one, context) for key, one in person.items()} for person in rule.participants]
    texts = ("id", "role", "reference", "name")
    return [
        {key: str(value) if key in texts else value for key, value in person.items() if value is not None}
        for person in people
    ]


def _turns_of(integration: Integration, turns: Turns, context: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for item in _told(integration, turns.each, context) or ():
        inside = (item if isinstance(item, dict) else {"item": item}) | {"root": context}
        text = _told(integration, turns.text, inside)
        if not isinstance(text, str) or not text.strip():
            continue
        speaker = _speaker(integration, turns.speaker, inside)
        at, key = (_told(integration, one, inside) for one in (turns.at, turns.key))
        found.append({"speaker": speaker, "text": text, "at": at, "key": key})
    return found


def _speaker(integration: Integration, speaker: Speaker, context: Mapping[str, Any]) -> dict[str, Any]:
    word = _told(integration, speaker.role, context)
    role = integration.roles.get(str(word), Role.UNKNOWN)
    return {
        "role": role.value,
        "reference": _told(integration, speaker.reference, context),
        "name": _told(integration, speaker.name, context),
    }


def _told(integration: Integration, expression: Expression | None, context: Any) -> Any:
    if expression is None:
        return None
    try:
        return expression.of(context)
    except ValueError as error:
        raise _mismatch(integration, str(error)) from None


def _metadata(integration: Integration, value: Any) -> dict[str, Any]:
    """Every scalar of the value under its path; what has no room is counted, never dropped without a word."""
    flat: dict[str, Any] = {}
    _flatten(value, "", flat)
    told = {key: _cut(one) for key, one in flat.items() if key not in integration.drop}
    kept = dict(list(told.items())[:KEPT_KEYS])
    return kept | ({"fields_left_out": len(told) - len(kept)} if len(told) > len(kept) else {})


def _flatten(value: Any, path: str, into: dict[str, Any]) -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            if path or key not in BESIDE:
                _flatten(one, f"{path}.{key}" if path else str(key), into)
    elif value not in (None, "", []):
        told = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
        into[path[-MAX_METADATA_KEY_CHARS:]] = told


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value.encode("utf-8", "replace")) > MAX_METADATA_VALUE_BYTES:
        return value.encode("utf-8", "replace")[: MAX_METADATA_VALUE_BYTES - 4].decode("utf-8", "ignore") + "…"
    return value


def _checked(
    integration: Integration, rule: Rule, model: type[ConversationIn | ConversationPatch], described: Mapping[str, Any]
) -> ConversationIn | ConversationPatch:
    """As strictly as the door itself reads it. Raises PayloadMismatch with the field and the expression that gave it."""
    try:
        text = json.dumps(described, ensure_ascii=False).encode("utf-8", "replace")
        found = model.model_validate_json(text, strict=True)
        return timestamps.storable(found) if isinstance(found, ConversationIn) else timestamps.patchable(found)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise _mismatch(integration, f"{_words(rule, place)} gives no {place}: {first['msg']}") from None
    except InvalidRequest as error:
        raise _mismatch(integration, error.detail) from None


def _words(rule: Rule, field: str) -> str:
    """The expression behind a field, for the reader of a problem."""
    name = field.partition(".")[0]
    return rule.fields[name].words if name in rule.fields else f"the rule {rule.name!r}"


def _mismatch(integration: Integration, why: str) -> PayloadMismatch:
    return PayloadMismatch(f"this is not {integration.title}: {why}", action=f"Expected: {integration.expects}")
