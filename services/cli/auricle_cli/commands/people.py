"""`auricle people`: who may sign in."""

from pathlib import Path
from typing import Annotated, Any

import typer
from auricle_contracts import MemberRole

from auricle_cli.errors import CliError
from auricle_cli.options import DEFAULT_URL, Json, Key, Url, open_gateway, print_json

app = typer.Typer(no_args_is_help=True, help="Who may sign in: add a person, bring a list, make a one-time link.")


@app.command("add")
def add_person(
    email: str,
    name: Annotated[str, typer.Option(help="As others see it; by default the e-mail.")] = "",
    role: Annotated[list[MemberRole] | None, typer.Option(help="Given again for each role.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="The same as --role admin.")] = False,
    reference: Annotated[list[str] | None, typer.Option(help="What telephony calls this agent.")] = None,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Add a person, and show the one-time link that sets the password."""
    roles = {*(role or ()), *((MemberRole.ADMIN,) if admin else ())}
    described = {"email": email, "name": name or email, "roles": sorted(roles), "references": reference or []}
    with open_gateway(url, key) as gateway:
        person = gateway.add_person(described)
        _show_link(gateway.password_link(person["id"]), person, as_json=as_json)


@app.command("link")
def make_link(email: str, url: Url = DEFAULT_URL, key: Key = "", as_json: Json = False) -> None:
    """Make a new one-time link for a person who is there."""
    with open_gateway(url, key) as gateway:
        found = [one for one in gateway.people({"search": email}) if one["email"] == email.strip().casefold()]
        if not found:
            raise CliError(f"nobody has the e-mail {email}")
        _show_link(gateway.password_link(found[0]["id"]), found[0], as_json=as_json)


def _show_link(link: dict[str, Any], person: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json({"person": person, "link": link})
        return
    print(f"{person['id']}  {person['email']}  {', '.join(person['roles']) or 'no role'}")
    print(f"Sets the password once, until {link['expires_at']}: {link['url'] or link['token']}")


@app.command("import")
def import_list(
    sheet: Annotated[Path, typer.Argument(help="CSV: email, name, roles, team, references.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come of it, and change nothing.")] = False,
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Bring a list of people; every row is accounted for, nobody is removed."""
    with open_gateway(url, key) as gateway:
        came = gateway.import_people(sheet, dry_run=dry_run)
    if as_json:
        print_json(came)
        return
    print(f"{came['rows']} rows: {came['added']} added, {came['changed']} changed, {came['same']} as they were")
    for refused in came["refused"]:
        print(f"row {refused['row']}: {refused['why']}")


@app.command("list")
def list_people(
    search: Annotated[str, typer.Option(help="A part of a name, an e-mail or a reference.")] = "",
    url: Url = DEFAULT_URL,
    key: Key = "",
    as_json: Json = False,
) -> None:
    """Who may sign in."""
    with open_gateway(url, key) as gateway:
        found = list(gateway.people({"search": search} if search else {}))
    if as_json:
        print_json(found)
        return
    for one in found:
        state = "active" if one["active"] else "inactive"
        print(f"{one['id']}  {one['email']}  {one['name']}  {', '.join(one['roles']) or 'no role'}  {state}")
