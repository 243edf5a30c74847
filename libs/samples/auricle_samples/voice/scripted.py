"""Sample calls read from scripts by voices that a real recogniser understands: recordings, what telephony says of them, and the truth.

A script (scripts/*.toml) is `turns` of [part, text, {options}]: `gap_s` before the turn (below 0: over the other side), `hold` music
after it, a `tone` after it (an answering machine's, a pressed key's), `language` where it is another than the call's, `speaker` another
voice. `{written|spoken}` where a synthesiser cannot read what is written. Every text is our own.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from auricle_contracts import Channel, ConversationIn, Direction, Participant
from pydantic import BaseModel, ConfigDict, Field, model_validator

from auricle_samples.voice.calls import write_damaged
from auricle_samples.voice.cast import ROLES, SPEAKERS, TRACKS, Part
from auricle_samples.voice.festival import RATE_HZ, Speaker, spoken
from auricle_samples.voice.files import FORMATS, write
from auricle_samples.voice.line import TELEPHONE_HZ, Line, Samples, resampled
from auricle_samples.voice.recording import (
    AGENT,
    HOLD_S,
    TONE_S,
    Call,
    SpokenTurn,
    good_line,
    hold_music,
    mixed,
    tone,
    usual_gap_s,
)
from auricle_samples.voice.timed import TimedWord, Utterance

SCRIPTS = Path(__file__).parent / "scripts"
HELD_OUT_SCRIPTS = SCRIPTS / "heldout"
HELD_OUT_FIRST = 101
SECOND_HELD_OUT_SCRIPTS = SCRIPTS / "heldout_second"
SECOND_HELD_OUT_FIRST = 201
DEVELOPMENT_SCRIPTS = SCRIPTS / "development"
DEVELOPMENT_FIRST = 301
THIRD_HELD_OUT_SCRIPTS = SCRIPTS / "heldout_third"
THIRD_HELD_OUT_FIRST = 401
LEAK_DELAY_S = 0.02
FIRST_DAY = datetime(2026, 4, 6, 8, 30, tzinfo=UTC)
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_TWO_FORMS = re.compile(r"\{([^|}]+)\|([^|}]+)\}")

Say = Callable[[Sequence[str], Speaker], list[Utterance]]


class Options(BaseModel):
    """How one turn differs from the usual."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gap_s: float | None = None
    hold: bool = False
    tone: bool = False
    language: Literal["ru", "en"] | None = None
    speaker: str | None = None


class Script(BaseModel):
    """One call as it is to be read. `declared`: telephony names its language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str
    language: Literal["ru", "en"]
    line: str
    agent_name: str | None = None
    second_agent_name: str | None = None
    direction: Direction = Direction.INBOUND
    cast: dict[Part, str]
    turns: Annotated[tuple[tuple[Part, str, Options], ...], Field(min_length=2)]
    tracks: Literal[1, 2] = 2
    leak_db: float | None = None
    declared: bool = True
    speakers: dict[str, Speaker] = SPEAKERS

    @model_validator(mode="after")
    def _voices_are_known(self) -> Self:
        named = {*self.cast.values(), *(options.speaker for *_, options in self.turns if options.speaker)}
        if unknown := sorted(named - set(self.speakers)):
            raise ValueError(f"no speaker is called {', '.join(unknown)}")
        if {part for part, *_ in self.turns} != set(self.cast):
            raise ValueError("cast names other parts than those that speak")
        return self

    def speaker(self, number: int) -> Speaker:
        """Who reads turn `number`."""
        who, _, options = self.turns[number]
        return self.speakers[options.speaker or self.cast[who]]


def read(path: Path) -> Script:
    """Raises pydantic's ValidationError."""
    values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    values["turns"] = [(*turn, {})[:3] for turn in values["turns"]]
    return Script.model_validate(values)


def sentences(text: str) -> list[str]:
    """What a synthesiser is asked for at once."""
    return _SENTENCE_END.split(text)


def written(text: str) -> str:
    """The text for readers."""
    return _TWO_FORMS.sub(r"\1", text)


def recorded(
    script: Script, seed: int, say: Say = spoken, draw: Callable[[np.random.Generator], Line] = good_line
) -> Call:
    """The turns one after another with pauses, on the tracks of a telephone call; a track never talks over itself."""
    rng = np.random.default_rng(seed)
    said = _utterances(script, say)
    pieces: list[tuple[int, float, Samples]] = []
    turns: list[SpokenTurn] = []
    now = float(rng.uniform(0.4, 1.0))
    ends = dict.fromkeys(TRACKS.values(), 0.0)
    for number, (who, _, options) in enumerate(script.turns):
        if number:
            now = max(ends[TRACKS[who]], now + (usual_gap_s(rng) if options.gap_s is None else options.gap_s))
        words: list[TimedWord] = []
        for utterance in said[number]:
            pieces.append((TRACKS[who], now, utterance.samples))
            words += [TimedWord(word.text, now + word.start_s, now + word.end_s) for word in utterance.words]
            ends[TRACKS[who]] = now + utterance.length_s
            now += utterance.length_s + float(rng.uniform(0.15, 0.4))
        turns.append(SpokenTurn(number + 1, ROLES[who], TRACKS[who], tuple(words)))
        if options.tone:
            pieces.append((TRACKS[who], now, resampled(tone(), TELEPHONE_HZ, RATE_HZ)))
            now += TONE_S
        if options.hold:
            pieces.append((AGENT, now, resampled(hold_music(rng), TELEPHONE_HZ, RATE_HZ)))
            now += HOLD_S
    tracks = mixed(pieces, now + 0.6, RATE_HZ, rng, draw)
    return Call(_leaked(tracks, script.leak_db) if script.leak_db is not None else tracks, tuple(turns))


def _utterances(script: Script, say: Say) -> list[list[Utterance]]:
    """The sentences of each turn, spoken; each speaker is asked once."""
    parts = [(number, part) for number, (_, text, _) in enumerate(script.turns) for part in sentences(text)]
    said: list[list[Utterance]] = [[] for _ in script.turns]
    for speaker in dict.fromkeys(script.speaker(number) for number, _ in parts):
        mine = [(number, part) for number, part in parts if script.speaker(number) == speaker]
        for (number, part), utterance in zip(
            mine, say([_TWO_FORMS.sub(r"\2", part) for _, part in mine], speaker), strict=True
        ):
            said[number].append(_as_written(utterance, written(part)))
    return said


def _as_written(utterance: Utterance, text: str) -> Utterance:
    words = text.split()
    if len(words) != len(utterance.words):
        return utterance
    named = [TimedWord(word, one.start_s, one.end_s) for word, one in zip(words, utterance.words, strict=True)]
    return Utterance(utterance.samples, utterance.rate_hz, tuple(named), utterance.phonemes)


def _leaked(tracks: Samples, level_db: float) -> Samples:
    """Each side faintly on the other's track, a little later."""
    late = np.roll(tracks[::-1], int(LEAK_DELAY_S * TELEPHONE_HZ), axis=1)
    return np.asarray(np.clip(tracks + late * 10 ** (level_db / 20), -1, 1), np.float32)


def make(folder: Path, say: Say = spoken) -> None:
    """Write the recording, the description and the truth of every script, and a damaged recording."""
    _make(folder, SCRIPTS, 1, say)
    write_damaged(folder)


def make_held_out(folder: Path, say: Say = spoken) -> None:
    """The same of the held-out scripts, which nothing may be tuned on, with other pauses; no damaged recording."""
    _make(folder, HELD_OUT_SCRIPTS, HELD_OUT_FIRST, say)


def make_second_held_out(folder: Path, say: Say = spoken) -> None:
    """The same of the second held-out scripts: one track each, for roles, written after the first were measured."""
    _make(folder, SECOND_HELD_OUT_SCRIPTS, SECOND_HELD_OUT_FIRST, say)


def make_third_held_out(folder: Path, say: Say = spoken) -> None:
    """The same of the third held-out scripts: one track each, for roles; their speakers are their own."""
    _make(folder, THIRD_HELD_OUT_SCRIPTS, THIRD_HELD_OUT_FIRST, say)


def make_development(folder: Path, say: Say = spoken) -> None:
    """The same of the scripts that roles may be developed on: one track each, one or both sides."""
    _make(folder, DEVELOPMENT_SCRIPTS, DEVELOPMENT_FIRST, say)


def _make(folder: Path, scripts: Path, first: int, say: Say) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(sorted(scripts.glob("*.toml")), first):
        script = read(path)
        call = recorded(script, number, say)
        form = FORMATS[script.form]
        tracks = call.tracks if script.tracks == 2 else call.tracks.mean(axis=0, keepdims=True)
        write(folder / f"{path.stem}.{form.suffix}", tracks, form)
        about = _about(path.stem, number, script).model_dump_json(indent=2, exclude_none=True)
        (folder / f"{path.stem}.json").write_text(about + "\n")
        (folder / f"{path.stem}.truth.json").write_text(
            json.dumps(truth(script, call), ensure_ascii=False, indent=1) + "\n"
        )


def _about(name: str, number: int, script: Script) -> ConversationIn:
    """What a telephone exchange knows of the call; a mono recording does not say who speaks."""
    phone = f"+7999100{number:04d}"
    references = {"agent": f"operator-{200 + number}", "second_agent": f"operator-{500 + number}", "customer": phone}
    names = {"agent": script.agent_name, "second_agent": script.second_agent_name}
    return ConversationIn(
        channel=Channel.CALL, source="samples", external_id=f"sample-{name}", line=script.line, direction=script.direction,
        language=script.language if script.declared else None, started_at=FIRST_DAY + timedelta(hours=5 * number),
        participants=tuple(
            Participant(
                id=part, role=ROLES[part], reference=references.get(part), name=names.get(part),
                track=TRACKS[part] if script.tracks == 2 else None,
            )
            for part in script.cast
        ),
        metadata={"synthetic": True, "customer_phone": phone},
    )  # fmt: skip


def truth(script: Script, call: Call) -> dict[str, object]:
    """The words with their times, turn by turn; `participant` where it is not the one whose id is the role."""
    turns = [
        {
            "turn": one.turn, "role": one.role.value, "track": one.track, "written": written(script.turns[one.turn - 1][1]),
            "start_ms": round(one.words[0].start_s * 1000), "end_ms": round(one.words[-1].end_s * 1000),
            "words": [[word.text, round(word.start_s * 1000), round(word.end_s * 1000)] for word in one.words],
            **({} if script.turns[one.turn - 1][0] == one.role else {"participant": script.turns[one.turn - 1][0]}),
        }
        for one in call.turns
    ]  # fmt: skip
    return {"language": script.language, "duration_ms": round(call.length_s * 1000), "synthetic": True, "turns": turns}
