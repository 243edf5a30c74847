"""What a destination is told of an alert: a signed event, JSON as Slack takes it, or a mail. Pure; figures and names, no conversation."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from html import escape
from typing import Any

from auricle_contracts.alerts import COUNTS, AlertEvent, Measure
from auricle_contracts.webhooks import signing_key
from auricle_records.alerts.deliveries import DueAlert
from standardwebhooks.webhooks import Webhook

from auricle_keeper.letters import message, texts

_SHARES = frozenset(Measure) - COUNTS - {Measure.MEAN_SCORE}


def event_body(due: DueAlert, page_url: str) -> str:
    """The body of a webhook: type, time, and facts with figures."""
    data = dict(due.data) | {
        "workspace": due.workspace,
        "url": f"{page_url}/alerts",
        "test": due.event is AlertEvent.TEST,
    }
    said = {"type": due.event.value, "timestamp": due.created_at.isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False)


def signed_headers(secret: str, due: DueAlert, body: str) -> dict[str, str]:
    """As Standard Webhooks has it; the id is that of the delivery over all retries. Raises ValueError on a secret that is none."""
    at = datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": due.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(signing_key(secret)).sign(due.id, at, body),
    }


def slack_body(due: DueAlert, page_url: str) -> str:
    """Text and blocks of an incoming webhook."""
    title, line = told(due)
    link = f"<{page_url}/alerts|{texts(due.language)['alert']['link']}>"
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": title[:150]}},
        {"type": "section", "text": {"type": "mrkdwn", "text": f"{_slack(line)}\n{link}"}},
    ]
    return json.dumps({"text": _slack(f"{title}: {line}"), "blocks": blocks}, ensure_ascii=False)


def mail(due: DueAlert, to: str, *, sender: str, page_url: str) -> EmailMessage:
    """One person's mail. Raises ValueError for an address that is none."""
    title, line = told(due)
    link = f"{page_url}/alerts"
    made = message(to, sender=sender, subject=f"Auricle: {title}", key=f"{due.id}|{to}")
    made.set_content(f"{title}\n\n{line}\n\n{link}\n")
    made.add_alternative(
        f'<html><body><h3>{escape(title)}</h3><p>{escape(line)}</p><p><a href="{escape(link)}">{escape(link)}</a></p></body></html>',
        subtype="html",
    )
    return made


def told(due: DueAlert) -> tuple[str, str]:
    """Title and line in the destination's language."""
    words = texts(due.language)["alert"]
    name = " ".join(str(due.data.get("rule", "")).split())
    title = words[due.event.value.partition(".")[2]].format(rule=name)
    if "measure" not in due.data:
        return title, words["test_line"]
    return title, _line(due.data, words)


def _line(data: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    measure = Measure(data["measure"])
    what = words["measure"][measure.value].format(
        subject=data.get("error_class") or data.get("criterion") or words["whole"]
    )
    figure = _figure(measure, data.get("value"), words)
    parts = [f"{what}: {figure}", f"n = {data.get('n', 0)}"]
    if data.get("low") is not None and data.get("high") is not None:
        low, high = (_figure(measure, data[name], words) for name in ("low", "high"))
        parts.append(words["interval"].format(low=low, high=high))
    if data.get("compared") == "previous":
        parts.append(words["before"].format(value=_figure(measure, data.get("before"), words)))
    else:
        parts.append(words["threshold"].format(value=_figure(measure, data["threshold"], words)))
    narrowed = [str(data[name]) for name in ("team", "line", "channel") if data.get(name)]
    return "; ".join([*parts, *narrowed])


def _figure(measure: Measure, value: float | None, words: Mapping[str, Any]) -> str:
    if value is None:
        return str(words["nothing"])
    if measure in _SHARES:
        return f"{value * 100:.1f} %"
    return f"{value:.0f}" if measure in COUNTS else f"{value:.1f}"


def _slack(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
