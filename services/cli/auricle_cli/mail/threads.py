"""Letters as threads, and a thread as a conversation: whom each letter is from, in the order of their dates. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from auricle_contracts.conversations import MAX_TURN_CHARS

from auricle_cli.mail.letters import Letter


def threads(letters: Iterable[Letter]) -> list[list[Letter]]:
    """Letters that answer each other, also where one between them is missing; each thread in the order of its dates."""
    found = list({letter.id: letter for letter in letters}.values())
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for letter in found:
        for answered in letter.answers:
            parent[root(letter.id)] = root(answered)
    grouped: dict[str, list[Letter]] = {}
    for letter in found:
        grouped.setdefault(root(letter.id), []).append(letter)
    return [sorted(thread, key=lambda letter: (letter.at or "", len(letter.answers))) for thread in grouped.values()]


def identity(thread: Sequence[Letter]) -> str:
    """The id of the letter that began the thread, also where that letter is not there: it stays as the thread grows."""
    first = thread[0]
    return first.answers[0] if first.answers else first.id


def conversation(thread: Sequence[Letter], source: str, ours: Sequence[str]) -> dict[str, Any]:
    """The JSON of a ConversationIn. `ours` are our addresses or domains; without any, whoever began the thread is the customer."""
    written = [letter for letter in thread if letter.text]
    people: dict[str, dict[str, Any]] = {}
    counts: dict[str, int] = {}
    turns = []
    for letter in written:
        role = "agent" if _is_ours(letter.sender, thread[0].sender, ours) else "customer"
        if letter.sender not in people:
            counts[role] = counts.get(role, 0) + 1
            identity_here = role if counts[role] == 1 else f"{role}-{counts[role]}"
            people[letter.sender] = {"id": identity_here, "role": role, "reference": letter.sender[:256]}
            if letter.sender_name:
                people[letter.sender]["name"] = letter.sender_name[:200]
        turn = {"participant": people[letter.sender]["id"], "text": letter.text[:MAX_TURN_CHARS]}
        turns.append(turn | ({"at": letter.at} if letter.at else {}))
    described = {
        "channel": "email",
        "source": source,
        "external_id": identity(thread)[:256],
        "direction": "outbound" if _is_ours(thread[0].sender, thread[0].sender, ours) else "inbound",
        "participants": list(people.values()),
        "metadata": {"subject": thread[0].subject[:1000], "letters": len(thread)},
        "turns": turns,
    }
    return described | ({"started_at": thread[0].at} if thread[0].at else {})


def _is_ours(address: str, opener: str, ours: Sequence[str]) -> bool:
    if not ours:
        return address != opener
    return any(address == one.lower() or address.endswith(f"@{one.lower().lstrip('@')}") for one in ours)
