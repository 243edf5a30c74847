"""Made-up conversations that whoever begins can look around with: through the gateway's own door, and away again.

The files are those of tests/data. What they say of themselves goes along, but for the source, by which they are known again, and for
when they were held: they count as of now, so that the pages of the last days have something to show.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from auricle_contracts import ConversationView

from auricle_console.gateway import Gateway
from auricle_console.views.uploads import SAMPLES

MOST_LISTED = "200"
RECORDING = ".ogg"
RECORDING_TYPE = "audio/ogg"


@dataclass(frozen=True)
class Sample:
    """What is said of a conversation, turns and all, or beside its recording."""

    about: Mapping[str, Any]
    recording: bytes | None


@cache
def samples() -> tuple[Sample, ...]:
    """By name."""
    folder = files("auricle_console") / "samples"
    found = {one.name: one for one in folder.iterdir() if one.is_file()}
    return tuple(
        Sample(
            _about(found[name].read_text(encoding="utf-8")),
            recording.read_bytes() if (recording := found.get(name.removesuffix(".json") + RECORDING)) else None,
        )
        for name in sorted(found)
        if name.endswith(".json")
    )


def _about(text: str) -> Mapping[str, Any]:
    said = json.loads(text)
    return {name: value for name, value in said.items() if name != "started_at"} | {"source": SAMPLES}


async def load(gateway: Gateway) -> int:
    """How many were handed in now; those that are there already stay as they are. Raises GatewaySaid."""
    there = {view.external_id for view in await _loaded(gateway)}
    missing = [one for one in samples() if one.about["external_id"] not in there]
    for one in missing:
        if one.recording is None:
            await gateway.hand_in_turns(one.about)
        else:
            await gateway.hand_in_recording(one.about, RECORDING_TYPE, one.recording)
    return len(missing)


async def remove(gateway: Gateway) -> int:
    """How many were deleted for good, with all that was made of them. Raises GatewaySaid."""
    there = await _loaded(gateway)
    for view in there:
        await gateway.delete_conversation(view.id)
    return len(there)


async def _loaded(gateway: Gateway) -> Sequence[ConversationView]:
    return (await gateway.conversations({"source": SAMPLES, "limit": MOST_LISTED})).items
