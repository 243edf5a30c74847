"""What was sent in: containers that are known by their bytes, and a child that knows nothing and does not stay."""

import time

import pytest
from auricle_kit.recordings import container, decoded_by


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"RIFF....WAVE", "wav"),
        (b"OggS", "ogg"),
        (b"\0\0\0\x20ftypM4A", "mov"),
        (b"#EXTM3U", None),
        (b"", None),
        (b"<html>", None),
    ],
)
def test_a_container_is_known_by_its_first_bytes(head: bytes, name: str | None) -> None:
    assert container(head) == name


ONCE = ("-n1", "-r1")


@pytest.mark.parametrize(("name", "well"), [("AURICLE_PLANTED", True), ("LC_ALL", False)])
async def test_the_child_does_not_see_its_parents_environment(
    monkeypatch: pytest.MonkeyPatch, name: str, well: bool
) -> None:
    monkeypatch.setenv("AURICLE_PLANTED", "secret")
    assert await decoded_by("timeit", *ONCE, f"import os; assert {name!r} not in os.environ", seconds=60) is well


async def test_a_child_that_takes_too_long_is_ended() -> None:
    begun = time.monotonic()
    assert not await decoded_by("timeit", *ONCE, "import time; time.sleep(60)", seconds=0.5)
    assert time.monotonic() - begun < 30
