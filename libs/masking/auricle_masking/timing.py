"""Where each timed word of a turn stands in its text, which is how a hidden span becomes milliseconds."""

from auricle_contracts import Turn

MOST_BETWEEN = 64


def places_of(turn: Turn) -> list[tuple[int, int]]:
    """`[start, end)` of each word; a word that is not in the text takes no room."""
    found: list[tuple[int, int]] = []
    position = 0
    for word in turn.words:
        text = word.text.strip()
        start = turn.text.find(text, position, position + len(text) + MOST_BETWEEN) if text else -1
        if start < 0:
            found.append((position, position))
            continue
        position = start + len(text)
        found.append((start, position))
    return found
