"""Eighty phrases in forty long texts: the rules' automaton beside the article's loop over `re`, compiled or not, and one alternation.

The loop finds word forms, the rules find lemmas; each is timed on the same texts and the phrases are the same. The search alone is what a
further phrase costs, since a conversation is read once for all rules; the figure with reading is beside it.
"""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from auricle_contracts import Role, Transcript, Turn
from auricle_languages import Language, Languages, PhraseBook, analyse_turns
from auricle_samples.planted import DENSITIES, planted_call

TEXTS, WORDS, PHRASES = 40, 1500, 80
LISTS = ("objections", "refusals", "conflict", "promises", "farewells", "politeness")
ROUNDS = 2


def texts() -> list[tuple[Turn, ...]]:
    """Planted calls, one after another, cut to about 1,500 words each."""
    found = []
    for seed in range(TEXTS):
        turns: list[Turn] = []
        words = 0
        while words < WORDS:
            for density in DENSITIES:
                for turn in planted_call(1000 + seed + len(turns), "test", density).turns:
                    if words < WORDS:
                        turns.append(turn.model_copy(update={"id": len(turns) + 1}))
                        words += len(turn.text.split())
        found.append(tuple(turns))
    return found


def phrases(russian: Language) -> list[str]:
    """The first eighty of the Russian pack's own lists."""
    own = [phrase for name in LISTS for phrase in getattr(russian.pack, name)]
    return list(dict.fromkeys(own))[:PHRASES]


def table() -> dict[str, float]:
    """Milliseconds of CPU a text, the best of two rounds over all texts, by engine."""
    languages = Languages.load(Path("prompts"))
    wanted = phrases(languages["ru"])
    calls = [Transcript(conversation_id="c", language="ru", turns=turns) for turns in texts()]
    whole = ["\n".join(turn.text.lower() for turn in call.turns) for call in calls]
    book = PhraseBook({phrase: languages["ru"].phrases([phrase]) for phrase in wanted})
    lemmas = [[read.lemmas for read in analyse_turns(call, languages)] for call in calls]
    bounded = [rf"\b{re.escape(phrase)}\b" for phrase in wanted]
    compiled, alternation = [re.compile(one) for one in bounded], re.compile("|".join(bounded))
    engines: dict[str, Callable[[], object]] = {
        "article: re.search for each phrase": lambda: [[re.search(one, text) for one in bounded] for text in whole],
        "compiled re in a loop": lambda: [[one.search(text) for one in compiled] for text in whole],
        "one re alternation": lambda: [alternation.findall(text) for text in whole],
        "rules: search": lambda: [book.find_all(turns) for turns in lemmas],
        "rules: reading and search": lambda: [
            book.find_all([read.lemmas for read in analyse_turns(call, languages)]) for call in calls
        ],
    }
    return {name: round(1000 * min(_seconds(engine)) / TEXTS, 3) for name, engine in engines.items()}


def _seconds(engine: Callable[[], object]) -> Iterator[float]:
    for _ in range(ROUNDS):
        began = time.process_time()
        engine()
        yield time.process_time() - began


def only(text: str) -> Transcript:
    """One turn of an agent."""
    return Transcript(
        conversation_id="c", turns=(Turn(id=1, participant="a", role=Role.AGENT, text=text),), duration_ms=60_000
    )
