"""`auricle alerts`: what rings, what rang, and a test of where it is told."""

import time
from typing import Annotated, Any

import typer
from auricle_contracts.alerts import AlertState

from auricle_cli.errors import CliError
from auricle_cli.gateway import Gateway
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

app = typer.Typer(
    no_args_is_help=True, help="What rings: list alerts and rules, take up, close, test where it is told."
)
PATIENCE_S, LOOK_S = 60.0, 0.5


@app.command("list")
def list_alerts(
    state: Annotated[AlertState | None, typer.Option(help="Only those that stand so.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """What rang, the newest first."""
    with open_gateway(url, key) as gateway:
        found = list(gateway.pages("/v1/alerts", {"state": state.value} if state else {}))
    if as_json:
        print_json({"items": found})
        return
    for one in found:
        print(f"{one['id']}  {one['state']:<12}  {one['opened_at'][:16]}  {one['rule']}: {_read(one['last'])}")


@app.command("rules")
def list_rules(url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """What rings, by name, with the state of its alert."""
    with open_gateway(url, key) as gateway:
        found = gateway.call("GET", "/v1/alert-rules")
    if as_json:
        print_json(found)
        return
    for one in found["items"]:
        state = one["alert_state"] or ("quiet" if one["active"] else "off")
        print(f"{one['id']}  {state:<12}  {one['measure']:<18}  {one['name']}")


@app.command("test")
def send_test(
    rule: Annotated[str, typer.Argument(help="A rule's id or name.")],
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Send a marked test to each destination of a rule, and wait for their answers. Ends with 1 where one did not take it."""
    with open_gateway(url, key) as gateway:
        made = gateway.call("POST", f"/v1/alert-rules/{_found(gateway, rule)}/test")["delivery_ids"]
        answers = _answers(gateway, made)
    if as_json:
        print_json({"items": answers})
    else:
        for one in answers:
            print(f"{one['destination']}: {one['state']}, {one['answer'] or 'no answer yet'}")
    if any(one["state"] != "sent" for one in answers):
        raise typer.Exit(1)


@app.command("ack")
def acknowledge(alert: str, url: Url = DEFAULT_URL, key: Key = "") -> None:
    """Say that somebody looks at it."""
    with open_gateway(url, key) as gateway:
        print(gateway.call("POST", f"/v1/alerts/{alert}/acknowledgement")["state"])


@app.command("close")
def close(alert: str, url: Url = DEFAULT_URL, key: Key = "") -> None:
    """Say that it is over."""
    with open_gateway(url, key) as gateway:
        print(gateway.call("POST", f"/v1/alerts/{alert}/closing")["state"])


def _found(gateway: Gateway, rule: str) -> str:
    for one in gateway.call("GET", "/v1/alert-rules")["items"]:
        if rule in (one["id"], one["name"]):
            return str(one["id"])
    raise CliError(f"no rule is called {rule}")


def _answers(gateway: Gateway, deliveries: list[str]) -> list[dict[str, Any]]:
    """Those that keeper has by now; the last look's where it takes longer."""
    if not deliveries:
        raise CliError("the rule names no destination that is there")
    until = time.monotonic() + PATIENCE_S
    while True:
        found: list[dict[str, Any]] = gateway.call("GET", "/v1/alert-deliveries", params={"id": deliveries})["items"]
        if all(one["state"] != "pending" for one in found) or time.monotonic() > until:
            return found
        time.sleep(LOOK_S)


def _read(reading: dict[str, Any]) -> str:
    value = "nothing" if reading["value"] is None else f"{reading['value']:g}"
    return f"{value} (n = {reading['n']})"
