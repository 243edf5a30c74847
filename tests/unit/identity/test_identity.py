"""Roles, passwords, one-time codes and tokens, without a store."""

import pyotp
import pytest
from auricle_contracts import MemberRole, Scope
from auricle_identity import passwords, roles, tokens, totp
from auricle_kit.errors import InvalidRequest
from hypothesis import given
from hypothesis import strategies as st

GRANTED = {
    MemberRole.ADMIN: set(Scope),
    MemberRole.QUALITY_MANAGER: {
        "read",
        "label",
        "export",
        "unmask",
        "review",
        "audit",
        "promote",
        "knowledge",
        "train",
    },
    MemberRole.REVIEWER: {"read", "label", "review"},
    MemberRole.ANALYST: {"read", "export", "train"},
    MemberRole.AGENT: {"read", "appeal"},
    MemberRole.OPERATIONS: {"read", "ingest", "operate"},
}


@pytest.mark.parametrize("role", MemberRole)
def test_each_role_grants_what_it_says(role: MemberRole) -> None:
    assert roles.scopes_of([role]) == GRANTED[role]


def test_roles_add_up_and_nobody_has_none() -> None:
    both = roles.scopes_of([MemberRole.AGENT, MemberRole.REVIEWER])
    assert both == {"read", "appeal", "label", "review"}
    assert roles.scopes_of([]) == frozenset()


@pytest.mark.parametrize(
    ("held", "limited"),
    [
        ((), True),
        ((MemberRole.AGENT,), True),
        ((MemberRole.AGENT, MemberRole.REVIEWER), False),
        ((MemberRole.ANALYST,), False),
    ],
)
def test_only_agents_are_limited_to_own_conversations(held: tuple[MemberRole, ...], limited: bool) -> None:
    assert roles.is_limited_to_own(held) is limited


def test_a_password_verifies_against_its_own_hash_only() -> None:
    kept = passwords.hashed("восемь синих трамваев")
    assert kept.startswith("$argon2id$")
    assert passwords.verifies("восемь синих трамваев", kept)
    assert not passwords.verifies("восемь синих трамваев ", kept)
    assert not passwords.verifies("nobody has this password", None)
    assert not passwords.verifies("x", "no hash at all")
    assert not passwords.is_outdated(kept)
    assert passwords.is_outdated(
        "$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHQ$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A"
    )


@pytest.mark.parametrize(
    "weak", ["short", "aaaaaaaaaaaaaaa", "121212121212", "ann.kim@example.com", "Анна Ким", "x" * 257]
)
def test_an_easy_password_is_refused_without_being_repeated(weak: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        passwords.check(weak, email="ann.kim@example.com", name="Анна Ким")
    assert weak not in refused.value.detail


def test_a_long_sentence_is_a_password() -> None:
    passwords.check("восемь синих трамваев", email="ann@example.com", name="Анна")


def test_a_code_is_good_within_a_step_and_never_again() -> None:
    secret, now = totp.new_secret(), 1_800_000_015.0
    codes = pyotp.TOTP(secret)
    current = int(now // totp.STEP_S)
    for shift, step in ((-30, current - 1), (0, current), (30, current + 1)):
        assert totp.step_of(codes.at(int(now) + shift), secret, now=now) == step
    for shift in (-60, 60):
        assert totp.step_of(codes.at(int(now) + shift), secret, now=now) is None
    assert totp.step_of(codes.at(int(now)), secret, after=current, now=now) is None
    assert totp.step_of(codes.at(int(now) + 30), secret, after=current, now=now) == current + 1


@given(st.text(max_size=20))
def test_no_text_is_a_code_by_chance_of_its_form(code: str) -> None:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    right = {pyotp.TOTP(secret).at(1_800_000_000 + 30 * shift) for shift in (-1, 0, 1)}
    found = totp.step_of(code, secret, now=1_800_000_000.0)
    assert (found is not None) == (code.strip().replace(" ", "") in right)


def test_tokens_are_of_a_kind_and_kept_as_digests() -> None:
    first, second = tokens.new(tokens.SESSION), tokens.new(tokens.SESSION)
    assert first != second
    assert tokens.is_of(tokens.SESSION, first)
    assert not tokens.is_of(tokens.RESET, first)
    assert not tokens.is_of(tokens.SESSION, tokens.SESSION + "short")
    assert first.removeprefix(tokens.SESSION) not in tokens.digest(first)
