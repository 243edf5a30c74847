"""What is asked of Prometheus exists: names of metrics in alerts and panels against those that the code makes."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from manifests.checks.registry import check
from manifests.release import ROOT, Manifest, Release, called

MAKING = re.compile(r'\b(counter|gauge|histogram)\(\s*"(auricle_\w+)"')
ENDINGS = {"counter": ("_total", "_created"), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}
OURS = re.compile(r"\bauricle_[a-z0-9_]+\b")
QUOTED = re.compile(r'"[^"]*"')
BY = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")


@cache
def made() -> frozenset[str]:
    """Names on the wire (with `_total`, `_bucket`, …) of every metric that a service or library makes."""
    files = [path for folder in ("libs", "services") for path in (ROOT / folder).glob("*/auricle_*/**/*.py")]
    calls = [call for path in files for call in MAKING.findall(path.read_text(encoding="utf-8"))]
    return frozenset(name + ending for kind, name in calls for ending in ENDINGS[kind])


def asked(expression: str) -> set[str]:
    """Our metrics in a PromQL expression; label values and names are no metrics."""
    return set(OURS.findall(BY.sub("", QUOTED.sub('""', expression))))


def rules_of(release: Release) -> Iterator[tuple[Manifest, Manifest]]:
    """Every alert and recording rule with the object that brings it."""
    for one in release.of("PrometheusRule"):
        for group in one["spec"]["groups"]:
            for rule in group["rules"]:
                yield one, rule


def panels_of(release: Release) -> Iterator[tuple[Manifest, str]]:
    """Every PromQL expression of a dashboard with its config map."""
    for one in release.of("ConfigMap"):
        for name, text in (one.get("data") or {}).items():
            if name.endswith(".json") and "grafana_dashboard" in (one["metadata"].get("labels") or {}):
                yield from ((one, expression) for expression in expressions(json.loads(text)))


def expressions(node: Any) -> Iterator[str]:
    """Every `expr` below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("expr"), str):
            yield node["expr"]
        for value in node.values():
            yield from expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)


@check
def metrics_are_made_by_the_code(release: Release) -> Iterator[str]:
    recorded = {rule["record"] for _, rule in rules_of(release) if "record" in rule}
    asking = [(one, rule["expr"]) for one, rule in rules_of(release)] + list(panels_of(release))
    for one, expression in asking:
        for name in sorted(asked(str(expression)) - made() - recorded):
            yield f"{called(one)}: nothing makes {name}"


@check
def triggers_ask_for_metrics_that_exist(release: Release) -> Iterator[str]:
    for scaled in release.of("ScaledObject"):
        for trigger in scaled["spec"]["triggers"]:
            for name in sorted(asked(trigger["metadata"].get("query", "")) - made()):
                yield f"{called(scaled)}: nothing makes {name}"


@check
def alerts_can_be_acted_on(release: Release) -> Iterator[str]:
    for one, rule in rules_of(release):
        if "alert" not in rule:
            continue
        annotations = rule.get("annotations") or {}
        runbook = str(annotations.get("runbook_url") or annotations.get("runbook") or "")
        if "severity" not in (rule.get("labels") or {}) or "summary" not in annotations or "#" not in runbook:
            yield f"{called(one)}: {rule['alert']} has no severity, summary or runbook"
