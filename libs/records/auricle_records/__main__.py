"""Commands for launchers and operators.

python -m auricle_records migrate --admin-url postgresql+asyncpg://owner@host/auricle --app-password …
python -m auricle_records key --workspace demo --scopes ingest,read   (prints the token, once)
python -m auricle_records keys --workspace demo                       (one a line, without tokens)
python -m auricle_records revoke --workspace demo ID
python -m auricle_records hosts --workspace demo [HOST ...]           (what recordings may be fetched from; without HOST the list)
"""

import argparse
import asyncio
import os
from collections.abc import Sequence

from auricle_contracts import Scope

from auricle_records import keys, workspaces
from auricle_records.database import Database
from auricle_records.migrate import migrate


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse and run; an error of the arguments exits with 2."""
    options = _parser().parse_args(arguments)
    if options.command == "migrate":
        asyncio.run(migrate(options.admin_url, app_password=options.app_password or None))
    elif options.command == "key":
        print(asyncio.run(make_key(options.database_url, options.workspace, options.name, options.scopes)))
    elif options.command == "keys":
        print("\n".join(map(_shown, asyncio.run(list_keys(options.database_url, options.workspace)))))
    elif options.command == "hosts":
        print("\n".join(asyncio.run(allowed_hosts(options.database_url, options.workspace, options.host))))
    else:
        asyncio.run(revoke(options.database_url, options.workspace, options.id))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m auricle_records", description="Make the database, make keys.")
    commands = parser.add_subparsers(dest="command", required=True)
    upgrade = commands.add_parser("migrate", help="bring the database to the newest revision")
    upgrade.add_argument("--admin-url", required=True, help="the owner's address; the application's role is made by it")
    upgrade.add_argument(
        "--app-password", default=os.environ.get("AURICLE_APP_PASSWORD", ""), help="or AURICLE_APP_PASSWORD"
    )
    key = commands.add_parser("key", help="make an API key, and its workspace if there is none")
    listing = commands.add_parser("keys", help="the keys of a workspace, revoked ones too")
    end = commands.add_parser("revoke", help="end a key, at once and for good")
    hosts = commands.add_parser("hosts", help="the hosts and buckets that recordings may be fetched from")
    for one in (key, listing, end, hosts):
        one.add_argument(
            "--database-url", default=os.environ.get("AURICLE_DATABASE_URL"), help="or AURICLE_DATABASE_URL"
        )
        one.add_argument("--workspace", required=True)
    key.add_argument("--name", default="made by command")
    key.add_argument("--scopes", type=_scopes, default=list(Scope), help="comma-separated; all by default")
    end.add_argument("id", help="as `keys` shows it")
    hosts.add_argument(
        "host", nargs="*", help="host, host:port (trusted, may be private) or s3://bucket/prefix?endpoint=…"
    )
    return parser


def _scopes(listed: str) -> list[Scope]:
    return [Scope(scope.strip()) for scope in listed.split(",")]


async def make_key(database_url: str, workspace: str, name: str, scopes: Sequence[Scope]) -> str:
    """The token of a new key."""
    async with Database.connect(database_url) as db:
        await workspaces.ensure(db, workspace)
        return (await keys.create_key(db, workspace, name=name, scopes=scopes)).token


async def list_keys(database_url: str, workspace: str) -> list[keys.KeyRow]:
    """Oldest first."""
    async with Database.connect(database_url) as db:
        return await keys.list_keys(db, workspace)


async def revoke(database_url: str, workspace: str, key_id: str) -> None:
    """Raises NotFound."""
    async with Database.connect(database_url) as db:
        await keys.revoke(db, workspace, key_id)


async def allowed_hosts(database_url: str, workspace: str, hosts: Sequence[str]) -> tuple[str, ...]:
    """The workspace's list, replaced by `hosts` where there are any. Raises NotFound."""
    async with Database.connect(database_url) as db:
        if hosts:
            return (await workspaces.allow(db, workspace, tuple(hosts))).allowed_hosts
        return (await workspaces.get(db, workspace)).allowed_hosts


def _shown(row: keys.KeyRow) -> str:
    ended = f"revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at else "good"
    return f"{row.id}  {row.prefix}  {row.created_at:%Y-%m-%d}  {ended}  {row.name}  {','.join(sorted(row.scopes))}"


if __name__ == "__main__":
    main()
