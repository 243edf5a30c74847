"""Drawn mono calls as recordings with their truth. Festival speaks each text once, WORLD makes the speakers of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from auricle_contracts import Channel, ConversationIn

from auricle_samples.mono import plan as plans
from auricle_samples.mono import written
from auricle_samples.mono.plan import Drawn, Plan, Split
from auricle_samples.mono.voices import cast
from auricle_samples.voice import festival, scripted
from auricle_samples.voice.cast import SPEAKERS
from auricle_samples.voice.festival import RATE_HZ, Speaker
from auricle_samples.voice.files import FORMATS, write
from auricle_samples.voice.line import Line
from auricle_samples.voice.scripted import Options, Script
from auricle_samples.voice.timed import TimedWord, Utterance

FORMS = ("alaw", "mulaw", "mp3", "opus", "alaw")
LOWEST_SNR_DB = 10.0


def make(folder: Path, split: Split, calls: int) -> None:
    """Write the recordings, descriptions and truths of a split's first calls. What is there is not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [plan for plan in plans_of(split, calls) if not (folder / f"{name_of(plan)}.truth.json").exists()]
    bank = spoken_once(wanted)
    for plan in wanted:
        _write(folder, plan, bank)


def name_of(plan: Plan) -> str:
    """Of the files of a call."""
    return f"{plan.split}-{plan.seed:03d}-{plan.language}-{plan.kind}".replace("_", "-")


Bank = Mapping[tuple[str, str], Utterance]


def spoken_once(drawn: Sequence[Plan]) -> Bank:
    """Each sentence of these plans by each voice that reads it, as festival has it: (voice, sentence) → utterance."""
    wanted: dict[str, dict[str, None]] = {}
    for plan in drawn:
        speakers = cast(plan)
        for said in plan.turns:
            for sentence in scripted.sentences(said.text):
                wanted.setdefault(speakers[said.who, said.language].voice, {})[sentence] = None
    return {
        (voice, text): utterance
        for voice, texts in wanted.items()
        for text, utterance in zip(texts, festival.spoken(list(texts), Speaker(voice)), strict=True)
    }


def _write(folder: Path, plan: Plan, bank: Bank) -> None:
    script, name = _script(plan), name_of(plan)
    rng = np.random.default_rng([plan.seed, len(plan.split)])

    def say(sentences: Sequence[str], speaker: Speaker) -> list[Utterance]:
        return [_varied(bank[speaker.voice, text], speaker, rng) for text in sentences]

    call = scripted.recorded(script, plan.seed, say, _line)
    form = FORMATS[FORMS[plan.seed % len(FORMS)]]
    write(folder / f"{name}.{form.suffix}", call.tracks.mean(axis=0, keepdims=True), form)
    about = ConversationIn(
        channel=Channel.CALL, source="samples", external_id=name, direction=plan.direction,
        language=None if plan.kind == "languages" else plan.language, started_at=scripted.FIRST_DAY,
    )  # fmt: skip
    (folder / f"{name}.json").write_text(about.model_dump_json(indent=1, exclude_none=True) + "\n")
    truth = scripted.truth(script, call) | {"kind": plan.kind}
    (folder / f"{name}.truth.json").write_text(json.dumps(truth, ensure_ascii=False) + "\n")


def _script(plan: Plan) -> Script:
    speakers = {f"{part}-{language}": speaker for (part, language), speaker in cast(plan).items()}
    return Script(
        form="alaw", language=plan.language, line="drawn", direction=plan.direction, tracks=1, speakers=SPEAKERS | speakers,
        cast={said.who: f"{said.who}-{said.language}" for said in plan.turns},
        turns=tuple(
            (said.who, said.text, Options(gap_s=said.gap_s, hold=said.hold, tone=said.tone, speaker=f"{said.who}-{said.language}"))
            for said in plan.turns
        ),
    )  # fmt: skip


def _varied(base: Utterance, speaker: Speaker, rng: np.random.Generator) -> Utterance:
    """The sentence by this speaker, no two alike: people are a few per cent higher, faster and louder from one sentence to the next."""
    pitch, speed = (float(np.exp(rng.normal(0, deviation))) for deviation in (0.05, 0.04))
    mine = Speaker(speaker.voice, speaker.pitch * pitch, speaker.formants, speaker.speed * speed)
    heard = festival.shifted(base.samples, mine, quick=True) * np.float32(10 ** (rng.normal(0, 1.5) / 20))
    ratio = heard.size / base.samples.size
    words = tuple(TimedWord(word.text, word.start_s * ratio, word.end_s * ratio) for word in base.words)
    return Utterance(np.clip(heard, -1, 1), RATE_HZ, words, ())


def _line(rng: np.random.Generator) -> Line:
    """As contact centres meet them, but no noise that drowns the words."""
    line = Line.drawn(rng)
    return line if line.snr_db >= LOWEST_SNR_DB else _line(rng)


def plans_of(split: Split, count: int) -> list[Plan]:
    """The first plans of a split; of those that are written there is an end."""
    if split == "written":
        return written.plans()[:count]
    return [plans.drawn(split, seed) for seed in seeds_of(count, split)]


def seeds_of(count: int, split: Drawn) -> list[int]:
    """The seeds of a drawn split: those of the two never meet, whatever is asked for."""
    first = 0 if split == "tune" else 500
    return [first + number for number in range(count)]
