"""Preprocessing of a decoded recording: how its tracks relate (separate, copies, one empty, echoes) and where speech is on each (VAD).

Runs ahead with decoding, while the engine works on another call: on a GPU the VAD of a call would otherwise cost a tenth of it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auricle_contracts import Participant

from auricle_asr.recordings.mixing import mix
from auricle_asr.recordings.recording import DecodedRecording, Samples, is_silent
from auricle_asr.speech.voice import VoiceSettings, find_speech
from auricle_asr.speech.windows import Clip
from auricle_asr.transcription import tracks
from auricle_asr.transcription.tracks import Relation, TrackRelation

SILENT, TRACKS_ALIKE, ONE_TRACK_EMPTY, ECHO_MASKED = "silent", "tracks_alike", "one_track_empty", "echo_masked"
ALONE = TrackRelation(Relation.ONE, (0,))


@dataclass(frozen=True)
class PreparedAudio:
    """The tracks to listen to, where speech is on each, and what was noticed on the way."""

    tracks: tuple[Samples, ...]
    speech: tuple[tuple[Clip, ...], ...]
    duration_ms: int
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Preprocessor:
    """`agent_track` as in the settings: where it is set, an empty track is the other side's silence."""

    voice: VoiceSettings
    agent_track: int | None = None

    async def prepare(
        self, recording: DecodedRecording, participants: Sequence[Participant], folder: Path
    ) -> PreparedAudio:
        """Busy for about 1 % of the call's length, in threads. `folder` takes a mixed track where the two are one."""
        relation = await self._relation(recording, participants)
        heard = await asyncio.to_thread(_heard_tracks, recording.tracks, relation, folder)
        found = await asyncio.gather(*(asyncio.to_thread(find_speech, track, self.voice) for track in heard))
        speech = tuple(tuple(clips) for clips in found)
        if relation.relation is Relation.SEPARATE:
            masked = zip(speech, relation.echoes, strict=True)
            speech = tuple(tracks.without_echoes(clips, echoes) for clips, echoes in masked)
        flags = (*recording.flags, *_flags(recording, relation, speech))
        return PreparedAudio(tuple(heard), speech, recording.duration_ms, flags)

    async def _relation(self, recording: DecodedRecording, participants: Sequence[Participant]) -> TrackRelation:
        if len(recording.tracks) == 1:
            return ALONE
        found = await asyncio.to_thread(tracks.relate, *recording.tracks)
        named = self.agent_track is not None or any(one.track is not None for one in participants)
        return TrackRelation(Relation.SEPARATE, (0, 1)) if found.relation is Relation.ONE and named else found


def _heard_tracks(recorded: Sequence[Samples], relation: TrackRelation, folder: Path) -> list[Samples]:
    if relation.relation is Relation.SAME:
        return [mix(recorded, folder / "mixed.s16")]
    return [recorded[number] for number in relation.kept]


def _flags(recording: DecodedRecording, relation: TrackRelation, speech: Sequence[Sequence[Clip]]) -> list[str]:
    noticed = {
        SILENT: not any(speech) and is_silent(recording.tracks),
        TRACKS_ALIKE: relation.relation is Relation.SAME,
        ONE_TRACK_EMPTY: relation.relation is Relation.ONE and len(recording.tracks) > 1,
        ECHO_MASKED: any(relation.echoes),
    }
    return [flag for flag, seen in noticed.items() if seen]
