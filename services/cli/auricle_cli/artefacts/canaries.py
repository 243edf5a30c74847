"""`auricle artefacts canary`: start, change or end a share of live traffic, and tell what differs."""

from typing import Any

from rich.markup import escape
from rich.table import Table

from auricle_cli.errors import CliError
from auricle_cli.gateway import Gateway

Json = dict[str, Any]


def act(gateway: Gateway, version_id: str, *, share: int | None, end: bool, reason: str) -> Json:
    """The report of the version's newest canary, after what was asked is done. Raises CliError where there is none."""
    found = gateway.call("GET", "/v1/canaries", params={"artefact_id": version_id})["items"]
    running = next((one for one in found if one["state"] == "running"), None)
    if share is not None and running is None:
        body = {"share": share, "reason": reason}
        found = [gateway.call("POST", f"/v1/artefacts/{version_id}/canaries", json=body)]
    elif share is not None or end:
        if running is None:
            raise CliError("this version is on no share of live traffic")
        body = {"share": None if end else share, "reason": reason}
        gateway.call("PATCH", f"/v1/canaries/{running['id']}", json=body)
    if not found:
        raise CliError("this version was on no share of live traffic: --share 5 --reason …")
    report: Json = gateway.call("GET", f"/v1/canaries/{found[0]['id']}")
    return report


def summary(report: Json) -> str:
    """What runs on how much, since when, and what people said."""
    over = f": {report['end_reason']}" if report["end_reason"] else ""
    lines = [
        f"{report['kind']}/{report['name']}@{report['hash'][:8]} on {report['share']} %, {report['state']}{over}",
        f"{report['second']} conversations judged by it, {report['first']} by what is live",
    ]
    lines += [
        f"{name}: live {_share(report[name]['first'])}, canary {_share(report[name]['second'])}"
        for name in ("reviewed", "corrected", "appealed")
    ]
    return "\n".join(lines)


def table(report: Json) -> Table:
    """Undetermined answers, then scores, classes, and how often each value of a choice was chosen."""
    made = Table(title="Beside what is live", title_justify="left", expand=False)
    for name in ("subject", "live", "canary", "difference", ""):
        made.add_column(name)
    made.add_row(
        "undetermined, %", _mean(report["broken_first"]), _mean(report["broken_second"]), *_told(report["broken"], 1)
    )
    for one in report["means"]:
        name = escape(one["criterion"] or "score")
        made.add_row(name, _mean(one["first"]), _mean(one["second"]), *_told(one["difference"], 1))
    for one in report["classes"]:
        made.add_row(
            escape(one["error_class"]), _share(one["first"]), _share(one["second"]), *_told(one["difference"], 100)
        )
    for one in report["choices"]:
        name = escape(f"{one['criterion']} = {one['value']}")
        made.add_row(name, _share(one["first"]), _share(one["second"]), *_told(one["difference"], 100))
    return made


def _mean(told: Json) -> str:
    if told["mean"] is None:
        return "—"
    half = f" ± {told['plus_minus']:.1f}" if told["plus_minus"] is not None else ""
    return f"{told['mean']:.1f}{half}, n {told['n']}"


def _share(told: Json) -> str:
    if told["share"] is None:
        return "—"
    return f"{told['found']} of {told['looked']} ({100 * told['low']:.0f}-{100 * told['high']:.0f} %)"


def _told(difference: Json, times: float) -> tuple[str, str]:
    if difference["value"] is None:
        return "—", "too few to tell"
    value = f"{times * difference['value']:+.1f}"
    if difference["low"] is None:
        return value, "too few to tell"
    interval = f" ({times * difference['low']:+.1f} to {times * difference['high']:+.1f})"
    return value + interval, "differs" if difference["is_told"] else "too few to tell"
