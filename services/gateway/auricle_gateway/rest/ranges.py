"""One byte range of RFC 9110, which is all that an audio player asks for. Pure."""

import re
from dataclasses import dataclass

from auricle_records.errors import RangeNotSatisfiable

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True)
class ByteRange:
    """Half-open: bytes from `start` up to, not including, `end`."""

    start: int
    end: int

    def content_range(self, size: int) -> str:
        """The header of a 206."""
        return f"bytes {self.start}-{self.end - 1}/{size}"


def parse(header: str | None, size: int) -> ByteRange | None:
    """None where the whole is to be sent: no header, several ranges, or one that is not understood (RFC 9110 14.2).

    Raises RangeNotSatisfiable for a range behind the end.
    """
    match = _ONE.fullmatch(header or "")
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if first == "":
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        raise RangeNotSatisfiable(
            "the range starts behind the end of the recording", headers={"Content-Range": f"bytes */{size}"}
        )
    return ByteRange(start, end)
