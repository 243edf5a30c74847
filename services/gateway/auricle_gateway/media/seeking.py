"""Whether browsers find a place by its time in a recording as it was received: they do by an index or by a constant rate, else they guess.

Measured in Chromium 2026-11-30 with 60 minutes of two-track 8 kHz MP3 of a variable rate: by the hundred places of its table 0.1 to more
than 19 seconds off, without the table an hour is taken for three; in WAV 5 ms (tests/browser/test_drift.py).
"""

import io

from auricle_kit.audio import riff
from auricle_kit.audio.sniffing import HEAD_BYTES, AudioFormat, sniff
from auricle_records.blobs import BlobStore

INDEXED = frozenset({AudioFormat.OGG, AudioFormat.FLAC, AudioFormat.MP4})


async def is_exact(store: BlobStore, key: str, size_bytes: int) -> bool:
    """By its first bytes. Formats that browsers do not play at all (AMR, GSM in WAV) are not."""
    head = b"".join([chunk async for chunk in store.read(key, 0, min(size_bytes, HEAD_BYTES))])
    found = sniff(head)
    if found is not AudioFormat.WAV:
        return found in INDEXED
    header = riff.read_header(io.BytesIO(head))
    return head[:4] == b"RIFF" and header is not None and header.codec in riff.LINEAR_CODECS
