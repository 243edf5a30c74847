"""Long conversations are never an error: what does not fit into the context at once is read in windows.

Counting line by line would be a request a line, so the whole is counted once and its density is applied to each line.
"""

from collections.abc import Awaitable, Callable, Sequence

from auricle_contracts import DigestLine

from auricle_judging.rendering import prompt_lines

Count = Callable[[str], Awaitable[int]]
TEMPLATE_TOKENS = 64
LABEL_CHARS = 16
SAFETY = 0.9


def room(context: int, rubric_tokens: int, max_tokens: int) -> int:
    """Tokens that are left for the lines beside the rubric, the chat template's own marks, and the answer. At least 64."""
    return max(64, int((context - rubric_tokens - max_tokens - TEMPLATE_TOKENS) * SAFETY))


async def windows(lines: Sequence[DigestLine], budget: int, count: Count) -> list[tuple[DigestLine, ...]]:
    """The lines in order, cut into as few stretches as the budget (tokens) allows; a line that is too long is cut too."""
    tokens = await count("\n".join(f"{one.label} {one.role}: {one.marked}" for one in prompt_lines(lines)))
    if tokens <= budget:
        return [tuple(lines)]
    written = sum(len(line.text) + LABEL_CHARS for line in lines)
    room_chars = max(LABEL_CHARS * 2, int(budget * written / tokens))
    pieces = [piece for line in lines for piece in _pieces(line, room_chars - LABEL_CHARS)]
    return _packed(pieces, room_chars)


def ends(found: Sequence[tuple[DigestLine, ...]], limit: int) -> list[tuple[DigestLine, ...]]:
    """At most `limit` windows: how it began and how it ended, since that is what a report asks about."""
    if len(found) <= limit:
        return list(found)
    head = limit // 2
    return [*found[:head], *found[len(found) - (limit - head) :]]


def overlapped(found: Sequence[tuple[DigestLine, ...]], lines: int) -> list[tuple[DigestLine, ...]]:
    """Each window but the first begins with the last lines of the one before it: what stands at a border is read whole once."""
    before = [(), *(window[-lines:] if lines else () for window in found[:-1])]
    return [(*shared, *window) for shared, window in zip(before, found, strict=True)]


def _pieces(line: DigestLine, room_chars: int) -> list[DigestLine]:
    starts = range(0, max(1, len(line.text)), room_chars)
    return [line.model_copy(update={"text": line.text[start : start + room_chars]}) for start in starts]


def _packed(pieces: Sequence[DigestLine], room_chars: int) -> list[tuple[DigestLine, ...]]:
    packed: list[list[DigestLine]] = [[]]
    used = 0
    for piece in pieces:
        size = len(piece.text) + LABEL_CHARS
        if packed[-1] and used + size > room_chars:
            packed.append([])
            used = 0
        packed[-1].append(piece)
        used += size
    return [tuple(window) for window in packed]
