"""Streams of bytes."""

from collections.abc import AsyncIterator


async def batches(chunks: AsyncIterator[bytes], size: int) -> AsyncIterator[bytes]:
    """Join small chunks, so that a trip to a thread or over the network is worth it; each batch but the last has `size` bytes or more."""
    held: list[bytes] = []
    count = 0
    async for chunk in chunks:
        held.append(chunk)
        count += len(chunk)
        if count >= size:
            yield b"".join(held)
            held, count = [], 0
    if held:
        yield b"".join(held)


async def read_all(chunks: AsyncIterator[bytes]) -> bytes:
    """Join a stream that is known to be small."""
    return b"".join([chunk async for chunk in chunks])
