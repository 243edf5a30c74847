"""Speakers of a chat as participants: each person, bot and system once, with a local id that stays as the chat grows. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from auricle_contracts import Role
from auricle_contracts.conversations import MAX_TURN_CHARS


class Speakers:
    """Participants in the order in which they first speak."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], dict[str, Any]] = {}
        self._counts: dict[str, int] = {}

    def id_of(self, speaker: Mapping[str, Any]) -> str:
        """The local id of who says a turn: `agent`, then `agent-2` for the second one."""
        role = str(speaker.get("role") or Role.UNKNOWN)
        reference, name = speaker.get("reference"), speaker.get("name")
        who = (role, str(reference or name or ""))
        if who not in self._found:
            number = self._counts[role] = self._counts.get(role, 0) + 1
            told = {"id": role if number == 1 else f"{role}-{number}", "role": role}
            told |= {key: str(value) for key, value in (("reference", reference), ("name", name)) if value is not None}
            self._found[who] = told
        return str(self._found[who]["id"])

    @property
    def participants(self) -> list[dict[str, Any]]:
        return list(self._found.values())


def _once(said: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each turn of the vendor's own id once, as it came first."""
    seen: dict[Any, Mapping[str, Any]] = {}
    for number, one in enumerate(said):
        seen.setdefault(one.get("key") or ("no key", number), one)
    return list(seen.values())


def with_turns(conversation: Mapping[str, Any], said: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The description with turns and participants; where each turn has a time, in its order. A text that is too long is cut into turns."""
    speakers, turns = Speakers(), []
    ordered = _once(said)
    if all(one.get("at") for one in ordered):
        ordered.sort(key=lambda one: str(one["at"]))
    for one in ordered:
        participant, text = speakers.id_of(one["speaker"]), str(one["text"])
        at = {"at": one["at"]} if one.get("at") else {}
        pieces = (text[start : start + MAX_TURN_CHARS] for start in range(0, len(text), MAX_TURN_CHARS))
        turns += [{"participant": participant, "text": piece, **at} for piece in pieces]
    began = {"started_at": ordered[0]["at"]} if ordered and ordered[0].get("at") else {}
    return began | dict(conversation) | {"participants": speakers.participants, "turns": turns}
