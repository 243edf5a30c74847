"""Seeded damage to recordings: what disks, networks, recorders and enemies do to files."""

from collections.abc import Callable
from functools import cache

import numpy as np
from unit.asr.audio_files import ENCODED, encoded, noise, wav, wav_gsm, wav_s24, wav_u8

Rng = np.random.Generator
SECONDS = 6.0


@cache
def originals() -> dict[str, bytes]:
    """One recording of 6 s in every format."""
    sounds = [noise(SECONDS), noise(SECONDS, seed=2)]
    plain = {"s16": wav(sounds), "u8": wav_u8(sounds), "s24": wav_s24(sounds), "gsm": wav_gsm(SECONDS)}
    return plain | {name: encoded(name, sounds[: 1 if name == "amr" else 2]) for name in ENCODED}


def truncated(body: bytes, rng: Rng) -> bytes:
    return body[: rng.integers(0, len(body))]


def flipped(body: bytes, rng: Rng) -> bytes:
    """One bit in a thousand bytes."""
    damaged = np.frombuffer(body, np.uint8).copy()
    places = rng.integers(0, len(body), max(1, len(body) // 1000))
    damaged[places] ^= (1 << rng.integers(0, 8, len(places))).astype(np.uint8)
    return damaged.tobytes()


def bad_header(body: bytes, rng: Rng) -> bytes:
    """Eight random bytes among the first 64, behind the magic."""
    damaged = bytearray(body)
    for place in rng.integers(4, min(64, len(body)), 8):
        damaged[place] = int(rng.integers(0, 256))
    return bytes(damaged)


def huge_sizes(body: bytes, rng: Rng) -> bytes:
    """A field of the header says "all there is"."""
    damaged, place = bytearray(body), int(rng.integers(4, min(200, len(body) - 4)))
    damaged[place : place + 4] = rng.choice([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4)])
    return bytes(damaged)


def hole(body: bytes, rng: Rng) -> bytes:
    """A tenth of the file is missing."""
    start = int(rng.integers(0, len(body)))
    return body[:start] + body[start + len(body) // 10 :]


def overwritten(body: bytes, rng: Rng) -> bytes:
    """A tenth is replaced by random bytes."""
    start = int(rng.integers(0, len(body)))
    return (body[:start] + rng.bytes(len(body) // 10) + body[start + len(body) // 10 :])[: len(body)]


def spliced(body: bytes, rng: Rng) -> bytes:
    """Goes on as another format."""
    other = originals()[str(rng.choice(sorted(originals())))]
    return body[: len(body) // 2] + other[len(other) // 3 :]


def prefixed(body: bytes, rng: Rng) -> bytes:
    """The right magic in front of anything."""
    return body[:16] + rng.bytes(3000)


def tagged(body: bytes, rng: Rng) -> bytes:
    """An ID3 tag that lies about its length."""
    return b"ID3\x04\x00\x00" + rng.bytes(4) + body


DAMAGES: tuple[Callable[[bytes, Rng], bytes], ...] = (
    truncated, flipped, bad_header, huge_sizes, hole, overwritten, spliced, prefixed, tagged,
)  # fmt: skip


def damaged(number: int) -> tuple[str, bytes]:
    """The recording of this number, always the same: a name that says what was done, and the bytes."""
    rng = np.random.default_rng(number)
    formats = sorted(originals())
    name = formats[number % len(formats)]
    damage = DAMAGES[number // len(formats) % len(DAMAGES)]
    return f"{number}-{name}-{damage.__name__}", damage(originals()[name], rng)
