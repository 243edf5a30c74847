"""On synthetic dialogues of the samples: every number, negation, refusal, courtesy, price and piece of evidence survives."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from auricle_compressor.compression import Draft, compress
from auricle_compressor.compression.acts import promised
from auricle_compressor.compression.protection import PROTECTED_LISTS
from auricle_contracts import Channel, CompressRequest, Level, Transcript
from auricle_languages import AnalysedTurn, Languages, analyse_turns, tokenize
from auricle_samples.dialogues import generate

LANGUAGES = Languages.load(Path("prompts"))
SEEDS = range(60)
FOLDED = {"repeat", "echo"}  # what is said in them stands in another turn
LISTS = {
    Level.LIGHT: PROTECTED_LISTS,
    Level.MEDIUM: tuple(set(PROTECTED_LISTS) - {"empathy", "promises"}),
    Level.HARD: tuple(set(PROTECTED_LISTS) - {"empathy", "promises", "politeness"}),
}


def precious(read: AnalysedTurn, level: Level) -> set[str]:
    """Norms of tokens that carry a number or stand in a protected phrase; not fillers, nor the "one" of "one second"."""
    values = read.language.number_values
    numbers = {n for n, one in enumerate(read.analyses) if read.tokens[n].kind == "number" or one.lemma in values}
    listed = read.covered_by(*LISTS[level]) | (promised(read) if level is not Level.LIGHT else set())
    kept = (numbers - read.covered_by("holds")) | (listed & set(read.fluent))
    return {read.tokens[number].norm for number in kept}


def lost(transcript: Transcript, draft: Draft, level: Level) -> dict[int, set[str]]:
    """What each turn had and no line that stands for it has."""
    lines: dict[int, set[str]] = {}
    for line in draft.lines:
        for turn in line.turns:
            lines.setdefault(turn, set()).update(token.norm for token in tokenize(line.text))
    folded = {one.turn for one in draft.dropped if one.reason in FOLDED}
    reads = [read for read in analyse_turns(transcript, LANGUAGES) if read.turn.id not in folded]
    missing = {read.turn.id: precious(read, level) - lines.get(read.turn.id, set()) for read in reads}
    return {turn: words for turn, words in missing.items() if words}


@pytest.mark.parametrize("level", list(LISTS))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_nothing_precious_is_lost(language: Literal["ru", "en"], level: Level) -> None:
    for seed in SEEDS:
        turns = generate(seed, "train", channel=Channel.CALL, language=language).turns
        transcript = Transcript(conversation_id="c", language=language, turns=turns)
        draft = compress(CompressRequest(transcript=transcript, level=level), LANGUAGES)
        assert lost(transcript, draft, level) == {}, f"seed {seed}"


def test_the_check_of_facts_bites() -> None:
    turns = generate(1, "train", channel=Channel.CALL, language="ru").turns
    transcript = Transcript(conversation_id="c", language="ru", turns=turns)
    draft = compress(CompressRequest(transcript=transcript, level=Level.LIGHT), LANGUAGES)
    robbed = replace(draft, lines=draft.lines[1:])
    assert lost(transcript, robbed, Level.LIGHT)
