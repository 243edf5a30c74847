"""Cookies that cannot be read, forged, or moved; redirects that stay here."""

import pytest
from auricle_console.report.document import asset, policy
from auricle_console.routes.login import local
from auricle_console.sessions import Sessions
from auricle_contracts import Scope

SESSIONS = Sessions(b"secret", 60)


def test_a_cookie_opens_only_with_its_secret_and_hides_its_key() -> None:
    session = SESSIONS.begin("auricle_key", "demo", (Scope.READ,))
    cookie = SESSIONS.seal(session)
    assert SESSIONS.open(cookie) == session
    assert "auricle_key" not in cookie
    assert Sessions(b"other", 60).open(cookie) is None
    assert Sessions(b"secret", -1).open(cookie) is None


@pytest.mark.parametrize("cookie", [None, "", "x", "gAAAA", "\x00", "а" * 50])
def test_a_forged_cookie_is_nobody(cookie: str | None) -> None:
    assert SESSIONS.open(cookie) is None


def test_a_form_token_is_of_one_login() -> None:
    one, two = (SESSIONS.begin("k", "demo", ()) for _ in range(2))
    assert SESSIONS.is_form_token(one, SESSIONS.form_token(one))
    assert not SESSIONS.is_form_token(one, SESSIONS.form_token(two))
    assert not SESSIONS.is_form_token(one, "")
    assert not SESSIONS.is_form_token(one, "я")


@pytest.mark.parametrize(
    "path", ["https://evil", "//evil", "/\\evil", "\\evil", "", "javascript:alert(1)", "/a\r\nSet-Cookie: x"]
)
def test_a_redirect_stays_here(path: str) -> None:
    assert local(path) == "/"


def test_a_path_of_ours_is_kept() -> None:
    assert local("/conversations/a?b=c") == "/conversations/a?b=c"


def test_the_policy_allows_exactly_our_own_text() -> None:
    style, script = asset(("tokens.css",)), asset(("player.js",))
    assert style.hash in policy(style, script)
    assert "unsafe" not in policy(style, script)
    assert asset(("player.js", "report.js")).hash != script.hash
