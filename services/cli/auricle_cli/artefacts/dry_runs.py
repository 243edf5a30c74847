"""`auricle artefacts dry-run`: start one, wait for it, and tell what the version would change."""

import time
from collections.abc import Callable
from typing import Any

from rich.markup import escape
from rich.table import Table

from auricle_cli.errors import CliError
from auricle_cli.gateway import Gateway

Json = dict[str, Any]
POLL_S = 2.0


def run(
    gateway: Gateway,
    version_id: str,
    wanted: Json,
    told: Callable[[Json], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Json:
    """The report, once nothing more will come of it; `told` sees how far it has come."""
    started: Json = gateway.call("POST", f"/v1/artefacts/{version_id}/dry-runs", json=wanted)
    told(started)
    while True:
        report: Json = gateway.call("GET", f"/v1/dry-runs/{started['id']}")
        told(report)
        if report["state"] == "done":
            return report
        sleep(POLL_S)


def shadow(gateway: Gateway, version_id: str, wanted: Json | None, *, end: bool) -> Json:
    """The report of the version's newest shadow, after `wanted` is started or the open one ended. Raises CliError where there is none."""
    if wanted is not None:
        newest = gateway.call("POST", f"/v1/artefacts/{version_id}/shadows", json=wanted)
    else:
        listed = gateway.call("GET", f"/v1/artefacts/{version_id}/dry-runs")["items"]
        newest = next((one for one in listed if one["shadow"]), None)
    if newest is None:
        raise CliError("this version has judged nothing beside live traffic: --share 10")
    if end:
        gateway.call("POST", f"/v1/dry-runs/{newest['id']}/end")
    report: Json = gateway.call("GET", f"/v1/dry-runs/{newest['id']}")
    return report


def summary(report: Json) -> str:
    """In a few lines: how many, what it cost, and what cannot be told apart."""
    lines = [
        f"{report['judged']} of {report['of']} conversations judged, {report['failed']} failed ({report['method']})",
        f"something differs in {_share(report['changed'])}",
        f"{report['same_recipe']} of {report['compared']} had been judged by what is live now",
    ]
    if report["score"]:
        score = report["score"]
        lines.append(
            f"score {_paired(score['points'])}; passed {score['passed_before']} → {score['passed_after']},"
            f" failed {score['failed_before']} → {score['failed_after']}"
        )
    cost = report["cost"]
    money = f"${cost['amount_usd']}" if cost["amount_usd"] is not None else "no price for the device"
    lines.append(f"{cost['tokens_in']} + {cost['tokens_out']} tokens, {cost['seconds']:.1f} s, {money}")
    return "\n".join(lines)


def estimated(found: Json) -> str:
    """What it would use, by what the same conversations used before."""
    told = f"{found['conversations']} of {found['in_period']} conversations"
    if found["method"] == "stored":
        return f"{told}, counted anew without a model"
    if found["tokens_in"] is None:
        return f"{told}; what they used before is not known"
    money = f"${found['amount_usd']}" if found["amount_usd"] is not None else "no price for the device"
    tokens = f"about {found['tokens_in']} + {found['tokens_out']} tokens, {found['seconds']:.0f} s, {money}"
    return f"{told}, {tokens} (by {found['known']} of them)"


def table(report: Json) -> Table:
    """Classes and criteria that differ anywhere."""
    made = Table(title="What differs", title_justify="left", expand=False)
    for name in ("subject", "before", "after", "differs in"):
        made.add_column(name)
    for one in report["classes"]:
        if one["changed"]["found"]:
            made.add_row(
                escape(one["error_class"]), _share(one["before"]), _share(one["after"]), _share(one["changed"])
            )
    for one in report["criteria"]:
        if one["changed"]["found"]:
            means = one["means"] or {"before": None, "after": None}
            made.add_row(
                escape(one["criterion"]), _number(means["before"]), _number(means["after"]), _share(one["changed"])
            )
    for one in report["groups"]:
        if one["changed"]["found"]:
            points = one["points"]
            made.add_row(
                escape(f"{one['by']} {one['name']}"),
                _number(points["before"]),
                _number(points["after"]),
                _share(one["changed"]),
            )
    return made


def _share(share: Json) -> str:
    if share["share"] is None:
        return f"{share['found']} of {share['looked']}"
    return f"{share['found']} of {share['looked']} ({100 * share['low']:.0f}-{100 * share['high']:.0f} %)"


def _paired(means: Json) -> str:
    if means["change"] is None:
        return "—"
    interval = f" ({means['low']:+.1f} to {means['high']:+.1f})" if means["low"] is not None else ""
    return f"{means['before']:.1f} → {means['after']:.1f}, {means['change']:+.1f}{interval}, n {means['n']}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"
