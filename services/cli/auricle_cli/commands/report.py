"""`auricle report`: whether a stored report still follows from what is stored beside it."""

from typing import Annotated

import typer

from auricle_cli.errors import CliError
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

app = typer.Typer(no_args_is_help=True, help="Stored reports.")


@app.callback()
def group() -> None:
    """Stored reports."""


@app.command("verify")
def verify(
    conversation: Annotated[str, typer.Argument(help="The conversation's id.")],
    expect: Annotated[str, typer.Option(help="The sha256 that it had when it was read.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Make a report again from its recipe and stored inputs: the same bytes, or what differs (exit code 1)."""
    with open_gateway(url, key) as gateway:
        found = gateway.call("GET", f"/v1/conversations/{conversation}/verification")
    if as_json:
        print_json(found)
    else:
        print(f"evaluation {found['evaluation_id']}, recipe {found['recipe']}, sha256 {found['sha256']}")
        for one in found["parts"]:
            print(f"{one['part']:<8} {one['state']}  {', '.join(one['differs'])}".rstrip())
        print("same bytes" if found["same"] else "not the same")
    if expect and expect != found["sha256"]:
        raise CliError(f"the report is another one: {found['sha256']}, not {expect}")
    if not found["same"]:
        raise CliError("the report does not follow from what is stored")
