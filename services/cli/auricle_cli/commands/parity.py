"""`auricle parity`: people and bots on the same checklist."""

from pathlib import Path
from typing import Annotated, Any

import typer

from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json


def parity(
    since: Annotated[str, typer.Option(help="A day or a moment (ISO 8601).")] = "",
    until: Annotated[str, typer.Option(help="A day, which is included, or a moment, which is not.")] = "",
    channel: Annotated[str, typer.Option(help="call, chat or email.")] = "",
    line: Annotated[str, typer.Option(help="A part of the line's name.")] = "",
    csv: Annotated[Path | None, typer.Option("--csv", help="Write the table there, too.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """How often each error is found of people and of bots, of the conversations where it could be; 92 days unless said otherwise."""
    asked = {"since": since, "until": until, "channel": channel, "line": line}
    query = {name: value for name, value in asked.items() if value}
    with open_gateway(url, key) as gateway:
        found = gateway.call("GET", "/v1/parity", params=query)
        if csv:
            gateway.download("/v1/parity/export", csv, query)
    if as_json:
        print_json(found)
        return
    print(f"{found['people']} conversations with people, {found['bots']} with bots, {found['shared']} with both")
    for one in found["classes"]:
        told = "too few to tell" if one["too_few"] else _difference(one["difference"])
        print(f"{one['error_class']:28}  people {_share(one['people']):24}  bots {_share(one['bots']):24}  {told}")


def _share(one: dict[str, Any]) -> str:
    if one["share"] is None:
        return "none looked at"
    return f"{one['found']} of {one['looked']} ({100 * one['low']:.0f}-{100 * one['high']:.0f} %)"


def _difference(one: dict[str, Any]) -> str:
    mark = "  differs" if one["is_told"] else ""
    return f"{100 * one['value']:+.1f} points ({100 * one['low']:+.1f} to {100 * one['high']:+.1f}){mark}"
