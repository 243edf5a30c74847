"""The commands of an operator who rotates a key: make one, look at both, end the old one."""

import pytest
from auricle_records import __main__ as commands
from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.keys import authenticate
from fixtures.postgres import outside_of_any_loop


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """A command's lines."""
    commands.main(arguments)
    return capsys.readouterr().out.splitlines()


async def is_good(url: str, token: str) -> bool:
    async with Database.connect(url) as db:
        return await authenticate(db, token) is not None


def test_a_key_is_rotated(postgres_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    whose = ("--database-url", postgres_url, "--workspace", "rotating")
    (old,) = run(capsys, "key", *whose, "--name", "old", "--scopes", "read")
    (new,) = run(capsys, "key", *whose, "--name", "new")
    first, second = run(capsys, "keys", *whose)
    assert ("old" in first, "good" in first, "new" in second) == (True, True, True)
    assert old not in first

    run(capsys, "revoke", *whose, first.split()[0])
    assert "revoked" in run(capsys, "keys", *whose)[0]
    assert not outside_of_any_loop(lambda: is_good(postgres_url, old))
    assert outside_of_any_loop(lambda: is_good(postgres_url, new))


def test_a_key_of_nobody_is_not_revoked(postgres_url: str) -> None:
    with pytest.raises(NotFound):
        commands.main(
            [
                "revoke",
                "--database-url",
                postgres_url,
                "--workspace",
                "rotating",
                "00000000-0000-7000-8000-000000000000",
            ]
        )


def test_hosts_are_listed_and_replaced(postgres_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    whose = ("--database-url", postgres_url, "--workspace", "fetching")
    run(capsys, "key", *whose)
    assert run(capsys, "hosts", *whose) == [""]
    listed = ["pbx.example.com", "s3://calls/drop?endpoint=http://minio:9000"]
    assert run(capsys, "hosts", *whose, *listed) == listed
    assert run(capsys, "hosts", *whose) == listed
