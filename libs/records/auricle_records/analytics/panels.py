"""What Quality and Economics ask of Postgres, under row security: fixed questions, never SQL from outside.

Each query takes `:since` and `:until`, moments, and those of Economics `:prices`, the price files as JSON rows
`{dated, device, usd_per_hour}`. Grafana gets the same text with its own macros in their place (charts/dashboards).

A conversation's score is the mean of its scores that were judged (layer `model`, kind `score`) as they count: a person's verdict before
the model's. Percentages that rules measure, silence and talk, are never among them. A mean over conversations says how many were judged
and `plus_minus`, half of its two-sided 95 % interval by Student's t (null for one conversation).
"""

# ruff: noqa: S608 (the texts are put together here, from constants only)
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from auricle_contracts.panels import ARTICLE_USD, Panel, Shape
from sqlalchemy import text

from auricle_records.database import Database
from auricle_records.worker_uptime import SILENT_S

MAX_ROWS = 1000

_ANSWERS = """
FROM effective_answers a JOIN conversations c ON c.id = a.conversation_id
WHERE a.current AND c.happened_at BETWEEN :since AND :until"""
_NUMBER = "CASE WHEN a.state = 'answered' AND jsonb_typeof(a.value) = 'number' THEN (a.value #>> '{}')::float END"
_JUDGED = "a.layer = 'model' AND a.kind = 'score'"
_CONVERSATIONS = f"""
WITH judged AS (
  SELECT c.id, a.evaluation_id, c.line, c.channel, c.agents, c.happened_at,
         avg({_NUMBER}) FILTER (WHERE {_JUDGED}) AS score, count({_NUMBER}) FILTER (WHERE {_JUDGED}) AS scores,
         count(*) FILTER (WHERE a.state = 'undetermined') AS undetermined{_ANSWERS}
  GROUP BY c.id, a.evaluation_id
)
"""
_MEAN = (
    "avg(score) AS mean_score, count(score) AS judged,"
    " auricle_half_width(stddev_samp(score), count(score)) AS plus_minus"
)
_SPENT = """
WITH prices AS (
  SELECT p.dated, lower(p.device) AS device, p.usd_per_hour
  FROM jsonb_to_recordset(CAST(:prices AS jsonb)) AS p(dated date, device text, usd_per_hour numeric)
), spent AS (
  SELECT l.*, CASE WHEN l.step = 'transcribe' THEN 'speech' ELSE 'language' END AS share, (
    SELECT p.usd_per_hour FROM prices p
    WHERE p.dated = (SELECT coalesce(max(dated) FILTER (WHERE dated <= l.created_at::date), min(dated)) FROM prices)
      AND (lower(l.device) = p.device OR starts_with(lower(l.device), p.device || ' ')
           OR starts_with(lower(l.device), p.device || '-'))
    ORDER BY length(p.device) DESC LIMIT 1) AS usd_per_hour
  FROM {table} l WHERE {when} BETWEEN :since AND :until
)
"""
_LEDGER = _SPENT.format(table="ledger", when="l.created_at")
_SHIFTS = _SPENT.replace("l.step = 'transcribe'", "l.service = 'asr'").format(
    table="(SELECT *, started_at AS created_at FROM shifts)", when="l.seen_at"
)
_USD = "sum(seconds * usd_per_hour / 3600)"

QUALITY = (
    Panel(
        "scores", "Mean scores by day",
        f"SELECT date_trunc('day', c.happened_at) AS time, a.criterion, avg({_NUMBER}) AS mean"
        f"{_ANSWERS} AND {_JUDGED} GROUP BY 1, 2 HAVING count({_NUMBER}) > 0 ORDER BY 1, 2",
    ),
    Panel(
        "criteria", "Criteria: answered, not applicable, undetermined",
        "SELECT a.criterion, min(a.title) AS title, a.kind, a.layer,"
        " count(*) FILTER (WHERE a.state = 'answered') AS answered,"
        " count(*) FILTER (WHERE a.state = 'not_applicable') AS not_applicable,"
        f" count(*) FILTER (WHERE a.state = 'undetermined') AS undetermined, avg({_NUMBER}) AS mean,"
        f" auricle_half_width(stddev_samp({_NUMBER}), count({_NUMBER})) AS plus_minus"
        f"{_ANSWERS} GROUP BY a.criterion, a.kind, a.layer ORDER BY 1",
        Shape.TABLE,
    ),
    Panel(
        "classes", "Errors found, by class",
        "SELECT f.error_class, f.severity, count(*) AS findings, count(DISTINCT f.conversation_id) AS conversations"
        " FROM effective_findings f JOIN conversations c ON c.id = f.conversation_id"
        " WHERE f.current AND f.counts AND c.happened_at BETWEEN :since AND :until GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
        Shape.TABLE,
    ),
    Panel(
        "agents", "Agents",
        f"{_CONVERSATIONS}SELECT agent, count(*) AS conversations, {_MEAN}, sum(undetermined)::bigint AS undetermined"
        " FROM judged CROSS JOIN unnest(agents) AS agent GROUP BY agent ORDER BY mean_score NULLS LAST, agent",
        Shape.TABLE,
    ),
    Panel(
        "lines", "Lines and channels",
        f"{_CONVERSATIONS}SELECT coalesce(line, '') AS line, channel, count(*) AS conversations, {_MEAN}"
        " FROM judged GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
        Shape.TABLE,
    ),
    Panel(
        "lowest", "The lowest conversations",
        f"{_CONVERSATIONS}SELECT id AS conversation, happened_at, channel, array_to_string(agents, ', ') AS agents,"
        " score AS mean_score, scores AS judged,"
        " (SELECT count(*) FROM effective_findings f WHERE f.evaluation_id = judged.evaluation_id AND f.counts) AS findings"
        " FROM judged WHERE score IS NOT NULL ORDER BY score, id LIMIT 50",
        Shape.TABLE,
    ),
)  # fmt: skip
ECONOMICS = (
    Panel(
        "per_conversation", "A conversation's cost: speech and language",
        f"{_LEDGER}SELECT share, count(DISTINCT conversation_id) AS conversations, sum(seconds) AS seconds,"
        f" {_USD} AS usd, {_USD} / nullif(count(DISTINCT conversation_id) FILTER (WHERE usd_per_hour IS NOT NULL), 0)"
        " AS usd_per_conversation FROM spent GROUP BY 1 ORDER BY 1",
        Shape.TABLE, about="A device without a price (a laptop's cpu) has seconds and no money.",
    ),
    Panel(
        "article", "Language against the article's line",
        f"{_LEDGER}SELECT {_USD} / nullif(count(DISTINCT conversation_id) FILTER (WHERE usd_per_hour IS NOT NULL), 0)"
        f" AS language_usd, {ARTICLE_USD} AS article_usd FROM spent WHERE share = 'language'",
        Shape.STAT, "currencyUSD", about="The article's $0.0003 is the language model's share only; so is this number.",
    ),
    Panel(
        "daily", "Money by day",
        f"{_LEDGER}SELECT date_trunc('day', created_at) AS time, share, {_USD} AS usd"
        " FROM spent WHERE usd_per_hour IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2",
        unit="currencyUSD",
    ),
    Panel(
        "devices", "Devices: seconds, tokens, money",
        f"{_LEDGER}SELECT share, part, device, sum(seconds) AS seconds, sum(audio_seconds) AS audio_seconds,"
        f" sum(tokens_in)::bigint AS tokens_in, sum(tokens_out)::bigint AS tokens_out, {_USD} AS usd"
        " FROM spent GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        Shape.TABLE,
    ),
    Panel(
        "idle", "Workers: attributed, wasted, idle",
        f"{_SHIFTS}SELECT service, device, count(*) AS shifts, sum(attributed_ns) / 1e9 AS attributed_seconds,"
        " sum(wasted_ns + CASE WHEN over THEN open_ns ELSE 0 END) / 1e9 AS wasted_seconds, sum(idle_ns) / 1e9 AS idle_seconds,"
        " sum(idle_ns * usd_per_hour) / 3600e9 AS idle_usd"
        f" FROM (SELECT *, ended OR seen_at < now() - interval '{SILENT_S:.0f} seconds' AS over FROM spent) AS s"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        Shape.TABLE, about="Workers serve all workspaces: these rows are of the workspace `platform`, and only its readers see them.",
    ),
)  # fmt: skip
DASHBOARDS: Mapping[str, tuple[Panel, ...]] = {"quality": QUALITY, "economics": ECONOMICS}


@dataclass(frozen=True, slots=True)
class Rows:
    """What a panel's query gave, at most MAX_ROWS."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


Price = tuple[date, str, Decimal]
"""Dated, device, dollars an hour."""


def price_rows(prices: Iterable[Price]) -> str:
    """Prices as the queries take them."""
    names = ("dated", "device", "usd_per_hour")
    return json.dumps([dict(zip(names, map(str, price), strict=True)) for price in prices])


async def ask(
    db: Database, workspace: str, panel: Panel, *, since: datetime, until: datetime, prices: str = "[]"
) -> Rows:
    """One panel over one workspace. Raises StoreUnavailable."""
    given = {"since": since, "until": until} | ({"prices": prices} if ":prices" in panel.query else {})
    async with db.transaction(workspace) as connection:
        found = await connection.execute(text(panel.query), given)
        return Rows(tuple(found.keys()), tuple(tuple(row) for row in found.fetchmany(MAX_ROWS)))
