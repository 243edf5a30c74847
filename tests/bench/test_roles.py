"""How many turns of a mono call get their role, on the frozen held-out calls: by words, by words and sound, beside two baselines.

Writes docs/evidence/roles.json. Words and times are the synthesiser's, perfect or with errors put in: this measures the assignment, not
speech recognition. The baselines see true turns, which the assignment does not.
"""

import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from auricle_asr.transcription.cues import CueBook
from auricle_asr.transcription.speakers import Speakers
from auricle_asr.transcription.transcript import TranscriptRules
from auricle_asr.wiring import cue_book
from auricle_contracts import Channel, Role
from auricle_samples.dialogues import Language, generate
from auricle_samples.voice.espeak import Espeak, EspeakMissing
from bench.roles_calls import MonoCall, assigned, held_out_seeds, mono_call, noised, share, speakers_of

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]
EVIDENCE = Path("docs/evidence/roles.json")
ERRORS = 0.15
TRAINING_CALLS = 400
CALLS = int(os.environ.get("AURICLE_ROLES_CALLS", "80"))


def turns_of(call: MonoCall) -> list[str]:
    """The text of the true turn of each word."""
    texts: dict[int, list[str]] = {}
    for owned in call.words:
        texts.setdefault(owned.turn, []).append(owned.word.text)
    return [" ".join(texts[owned.turn]) for owned in call.words]


def by_tf_idf(calls: Sequence[MonoCall]) -> list[list[Role]]:
    """Logistic regression over word pairs of true turns, trained on the training split's calls."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # only the bench has it
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, max_iter=500))
    languages: tuple[Language, ...] = ("ru", "en")
    made = [
        generate(seed, "train", channel=Channel.CALL, language=language)
        for language in languages
        for seed in range(TRAINING_CALLS // len(languages))
    ]
    turns = [turn for dialogue in made for turn in dialogue.turns]
    model.fit([turn.text for turn in turns], [turn.role.value for turn in turns])
    return [[Role(role) for role in model.predict(turns_of(call))] for call in calls]


def rows(calls: Sequence[MonoCall], cues: CueBook, sound: Sequence[Speakers | None]) -> dict[str, dict[str, float]]:
    """Per cent of turns by way of telling. A doubt is `unknown` at the shipped threshold, and a guess at 0.5."""
    shipped, forced = TranscriptRules(), TranscriptRules(role_threshold=0.5)
    ways = {
        "words and sound (shipped)": [assigned(call, cues, told, shipped) for call, told in zip(calls, sound, strict=True)],
        "words and sound, no doubt allowed": [assigned(call, cues, told, forced) for call, told in zip(calls, sound, strict=True)],
        "words alone": [assigned(call, cues, None, shipped) for call in calls],
        "words alone, no doubt allowed": [assigned(call, cues, None, forced) for call in calls],
        "TF-IDF of true turns": by_tf_idf(calls),
        "always agent": [[Role.AGENT for _ in call.words] for call in calls],
        "always customer": [[Role.CUSTOMER for _ in call.words] for call in calls],
    }  # fmt: skip
    return {name: share(calls, said) for name, said in ways.items()}


def assert_sound(name: str, calls: Sequence[MonoCall], table: dict[str, dict[str, float]]) -> None:
    """Every way was asked about every turn, and what knows something is right more often than the best constant."""
    turns = sum(len({(owned.turn, owned.role) for owned in call.words}) for call in calls)
    assert {row["turns"] for row in table.values()} == {turns}, name
    assert all(abs(row["right"] + row["wrong"] + row["unknown"] - 100) < 0.2 for row in table.values()), name
    right = {way: row["right"] for way, row in table.items()}
    constant = max(right["always agent"], right["always customer"])
    assert constant < min(right["words alone, no doubt allowed"], right["TF-IDF of true turns"]), name
    assert right["TF-IDF of true turns"] < right["words and sound (shipped)"], name


def test_roles_of_mono_calls() -> None:
    try:
        espeak = Espeak()
    except EspeakMissing:
        pytest.skip("no espeak-ng")
    cues = cue_book()
    seeds = held_out_seeds()
    perfect = [mono_call(espeak, language, seed, "heldout") for language, seed in seeds[:: len(seeds) // CALLS]]
    began = time.process_time()
    sound = [speakers_of(call, cues) for call in perfect]
    seconds = time.process_time() - began
    broken = [noised(call, ERRORS) for call in perfect]
    broken_sound = [speakers_of(call, cues) for call in broken]
    russian = [place for place, call in enumerate(perfect) if call.language == "ru"]
    measured = {
        "perfect_words": (perfect, sound),
        "perfect_words_russian": ([perfect[n] for n in russian], [sound[n] for n in russian]),
        f"words_with_{ERRORS:.0%}_errors": (broken, broken_sound),
    }
    tables = {name: (calls, rows(calls, cues, told)) for name, (calls, told) in measured.items()}
    figures = {
        "command": f"AURICLE_ROLES_CALLS={CALLS} pytest -m bench tests/bench/test_roles.py",
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores shared with other work, Linux x86-64, Python 3.11",
        "what": f"{len(perfect)} frozen held-out synthetic calls ({len(russian)} Russian) mixed to one track, per cent of true turns",
        "voices_told_apart": sum(told is not None for told in sound),
        "voices_cpu_ms_per_call": round(1000 * seconds / len(perfect)),
        **{name: table for name, (_, table) in tables.items()},
        "goal": "90 % of turns right",
    }
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    EVIDENCE.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")
    assert len(perfect) >= CALLS
    for name, (calls, table) in tables.items():
        assert_sound(name, calls, table)
