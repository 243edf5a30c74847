"""`auricle fairness`, `auricle drift`: the machine's errors by group and over time, beside people's verdicts."""

from pathlib import Path
from typing import Annotated, Any

import typer
from auricle_contracts.fairness import FairnessBy
from rich.markup import escape
from rich.table import Table

from auricle_cli import showing
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

TOLD = {"too_few": "too few to tell", "not_told": "no difference told", "more": "MORE", "less": "LESS"}


def fairness(
    by: Annotated[FairnessBy, typer.Option(help="What groups the conversations.")] = FairnessBy.LINE,
    since: Annotated[str, typer.Option(help="A day or a moment (ISO 8601); 92 days back by default.")] = "",
    until: Annotated[str, typer.Option(help="A day, which is included, or a moment, which is not.")] = "",
    audited: Annotated[bool, typer.Option("--audited", help="Only what was drawn at random.")] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write it there, a line for each group and measure.")
    ] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Where people correct the machine more than elsewhere: by agent, line, language, length or quality of the line."""
    query = {"by": by.value, "since": since, "until": until, "audited": "true" if audited else ""}
    query = {name: value for name, value in query.items() if value}
    with open_gateway(url, key) as gateway:
        if csv is not None:
            gateway.download("/v1/fairness/export", csv, query | {"language": "en"})
        found = gateway.call("GET", "/v1/fairness", params=query)
    if as_json:
        print_json(found)
        return
    console = showing.console(as_json=False)
    console.print(f"{found['reviewed']} reviewed conversations, {found['tests']} tests, corrected by Holm")
    console.print(_table(found))


def _table(found: dict[str, Any]) -> Table:
    made = Table(expand=False)
    for name in ("group", "measure", "share", "of the rest", "difference", "p", ""):
        made.add_column(name)
    for group in found["groups"]:
        for one in group["figures"]:
            p = "" if one["p"] is None else f"{one['p']:.3f}"
            made.add_row(
                escape(group["name"]) or "—", one["measure"], _share(one["share"]), _share(one["rest"]),
                _difference(one["difference"]), p, TOLD[one["verdict"]],
            )  # fmt: skip
    return made


def _share(one: dict[str, Any]) -> str:
    if one["share"] is None:
        return "—"
    return f"{one['found']} of {one['looked']} ({100 * one['low']:.0f}-{100 * one['high']:.0f} %)"


def _difference(one: dict[str, Any]) -> str:
    if one["value"] is None:
        return "—"
    return f"{100 * one['value']:+.0f} ({100 * one['low']:+.0f} to {100 * one['high']:+.0f})"


def drift(
    days: Annotated[int, typer.Option(min=7, max=92, help="How many days are now, for what comes in.")] = 28,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Whether people agree with the machine less than before, and whether what comes in is still what it was."""
    with open_gateway(url, key) as gateway:
        found = gateway.call("GET", "/v1/drift", params={"days": str(days)})
    if as_json:
        print_json(found)
        return
    watch = found["watch"]
    usual = "" if watch["usual"] is None else f", usual are up to {100 * watch['usual']:.0f} % changed"
    print(f"agreement: {watch['state']} over {watch['n']} audited reviews{usual}")
    for one in found["weeks"]:
        print(f"  {one['week']}  changed {_share(one['changed'])}")
    for one in found["inputs"]:
        index = "—" if one["psi"] is None else f"{one['psi']:.3f} (chance up to {one['noise']:.3f})"
        print(f"{one['input']:<11} {one['state']:<8} {index}")
