"""A signed upload URL is good for one upload of one workspace, for its time."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest
from auricle_gateway.uploads.signing import Signer

SIGNER = Signer(b"secret", "https://gateway.example/")
SOON = int(time.time()) + 3600


def signature(workspace: str = "w", upload: str = "u", expires: int = SOON) -> str:
    query = parse_qs(urlsplit(SIGNER.url(workspace, upload, expires)).query)
    return query["signature"][0]


def test_what_was_signed_is_valid() -> None:
    assert SIGNER.url("w", "u", SOON).startswith("https://gateway.example/v1/uploads/u?workspace=w&")
    assert SIGNER.is_valid("w", "u", SOON, signature())


@pytest.mark.parametrize(
    ("workspace", "upload", "expires"),
    [("other", "u", SOON), ("w", "other", SOON), ("w", "u", SOON + 1), ("w\nu", "", SOON)],
    ids=["workspace", "upload", "expiry", "joined"],
)
def test_nothing_of_it_can_be_changed(workspace: str, upload: str, expires: int) -> None:
    assert not SIGNER.is_valid(workspace, upload, expires, signature())


@pytest.mark.parametrize("wrong", ["", "0" * 64, "\ud800", "é", "x" * 10_000])
def test_odd_signatures(wrong: str) -> None:
    assert not SIGNER.is_valid("w", "u", SOON, wrong)


def test_its_time_ends_and_another_secret_is_another_signer() -> None:
    past = int(time.time()) - 1
    assert not SIGNER.is_valid("w", "u", past, signature(expires=past))
    assert not Signer(b"other", "").is_valid("w", "u", SOON, signature())
