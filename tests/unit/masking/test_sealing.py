"""The reverse map opens with its own key, for its own row, and not otherwise."""

import base64

import pytest
from auricle_contracts.masking import PersonalKind, Secret, Secrets
from auricle_kit.sealing import Keyring, Sealed, Unreadable
from auricle_masking import seal, unseal

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
OWNER = ("demo", "c1", 1)
SECRETS = Secrets(
    language="ru",
    secrets=(Secret(placeholder="[ТЕЛЕФОН_1]", kind=PersonalKind.PHONE, value="9123456789", words="8 912 345 67 89"),),
)


def ring(setting: str) -> Keyring:
    found = Keyring.parse(setting)
    assert found is not None
    return found


def test_it_opens_again_and_hides_the_words() -> None:
    sealed = seal(ring(f"a:{OLD}"), SECRETS, *OWNER)
    assert b"912" not in sealed.body
    assert unseal(ring(f"a:{OLD}"), sealed, *OWNER) == SECRETS


def test_a_rotated_key_still_opens_and_the_new_one_seals() -> None:
    sealed = seal(ring(f"a:{OLD}"), SECRETS, *OWNER)
    rotated = ring(f"b:{NEW}, a:{OLD}")
    assert unseal(rotated, sealed, *OWNER) == SECRETS
    assert seal(rotated, SECRETS, *OWNER).key_id == "b"


@pytest.mark.parametrize("owner", [("other", "c1", 1), ("demo", "c2", 1), ("demo", "c1", 2)])
def test_another_row_cannot_open_it(owner: tuple[str, str, int]) -> None:
    sealed = seal(ring(f"a:{OLD}"), SECRETS, *OWNER)
    with pytest.raises(Unreadable):
        unseal(ring(f"a:{OLD}"), sealed, *owner)


@pytest.mark.parametrize("body", [b"", b"short", b"\0" * 100])
def test_damage_and_missing_keys_are_told_without_the_words(body: bytes) -> None:
    with pytest.raises(Unreadable):
        unseal(ring(f"a:{OLD}"), Sealed("a", body), *OWNER)
    with pytest.raises(Unreadable, match="no masking key 'gone'"):
        unseal(ring(f"a:{OLD}"), Sealed("gone", body), *OWNER)


@pytest.mark.parametrize(
    "setting", ["a:short", f"{OLD}", f":{OLD}", "a:!!!!", "a:" + base64.b64encode(b"x" * 16).decode()]
)
def test_a_bad_setting_is_refused_without_showing_the_key(setting: str) -> None:
    with pytest.raises(ValueError, match="masking key") as error:
        Keyring.parse(setting)
    assert OLD not in str(error.value)


def test_no_setting_is_no_keyring() -> None:
    assert Keyring.parse("") is None
