"""The launcher's masking key: made once, for this user only, and one that opens what it sealed."""

from pathlib import Path

from auricle_cli.stack.keys import FILE, masking_keys
from auricle_cli.stack.plan import Plan
from auricle_cli.stack.ports import USUAL
from auricle_kit.sealing import Keyring, Owner


def test_a_key_is_made_once_and_kept_for_this_user(tmp_path: Path) -> None:
    made = masking_keys(tmp_path)
    assert masking_keys(tmp_path) == made
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    keyring, owner = Keyring.parse(made), Owner("demo", "test", "1")
    assert keyring is not None
    assert keyring.open(keyring.seal(b"words", owner), owner) == b"words"
    other = tmp_path / "other"
    other.mkdir()
    assert masking_keys(other) != made


def test_a_rotated_file_is_taken_as_it_is(tmp_path: Path) -> None:
    made = masking_keys(tmp_path)
    (tmp_path / FILE).write_text(f"b:{'A' * 43}=,{made}\n")
    assert masking_keys(tmp_path).startswith("b:")


def test_every_service_is_given_it_and_the_callers_own_wins(tmp_path: Path) -> None:
    plan = Plan(tmp_path, tmp_path, dict(USUAL), "postgresql+asyncpg://", masking_keys="a:x")
    assert plan.environment("keeper")["AURICLE_MASKING_KEYS"] == "a:x"
    chosen = Plan(tmp_path, tmp_path, dict(USUAL), "", masking_keys="a:x", settings={"AURICLE_MASKING_KEYS": "b:y"})
    assert chosen.environment("scorer")["AURICLE_MASKING_KEYS"] == "b:y"
