"""Depth: which clauses of a turn stay when a stretch is cut below its structure.

medium   whole sentences that hold something precious
hard     clauses that hold something precious, without the conjunctions and particles around it
precious a number, a day, a name, a negation, a courtesy, a promise, an objection… ; what is asked, and the first words that answer;
         what the customer wants and decides; the two sentences that meet an objection
"""

from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts import Level, Role
from auricle_languages import AnalysedTurn

from auricle_compressor.compression import figures
from auricle_compressor.compression.acts import promised, puts_off
from auricle_compressor.compression.clauses import Clause, clauses

PRECIOUS_LISTS = (
    "negations", "greetings", "farewells", "thanks", "apologies", "refusals", "objections", "conflict",
    "rudeness", "offers", "moments",
)  # fmt: skip
OF_CUSTOMER = ("requests", "decisions")
OPENING_CONTENT = 3
MEETING_SENTENCES = 2
ANSWERING_CLAUSES = 2  # of an answer's first sentence, those that carry content


@dataclass(frozen=True)
class TurnContext:
    """Where a turn stands: it answers something, it is the first thing that its speaker has to say, it meets an objection."""

    answers: bool = False
    opens: bool = False
    meets: bool = False


def unneeded(read: AnalysedTurn, removed: set[int], level: Level, place: TurnContext) -> set[int]:
    """Tokens of the clauses that need not stay, beside those that are `removed` already."""
    if level not in (Level.MEDIUM, Level.HARD):
        return set()
    found = clauses(read, removed)
    questions = read.covered_by("questions")
    precious = _precious_tokens(read, place) - removed
    kept = {n for n, clause in enumerate(found) if _stays(read, clause, precious, questions)}
    kept |= _answering(read, found, place)
    whole = {found[n].sentence for n in kept} if level is Level.MEDIUM else set()
    if place.meets:
        whole |= set(range(MEETING_SENTENCES))
    kept |= {n for n, clause in enumerate(found) if clause.sentence in whole}
    kept |= _courtesies(read, found, kept, level)
    gone = {number for n, clause in enumerate(found) if n not in kept for number in clause.tokens}
    if level is Level.HARD:
        gone |= {number for n in kept for number in _edges(read, found[n], precious)}
    return gone


def opens(read: AnalysedTurn, removed: set[int]) -> bool:
    """Whether a turn says something beside courtesies: the first such turn of a customer, or of all, is why they talk."""
    if puts_off(read):
        return False
    courtesies = read.covered_by("greetings", "farewells", "thanks", "backchannels", "holds", "affirmations")
    left = {n for n, analysis in enumerate(read.analyses) if analysis.content and not analysis.name} - removed
    return len(left - courtesies) >= OPENING_CONTENT


def heats(read: AnalysedTurn) -> bool:
    """Whether the other side has something to meet: an objection, a refusal, a reproach."""
    return bool(read.of("objections", "refusals", "conflict", "rudeness"))


def _precious_tokens(read: AnalysedTurn, place: TurnContext) -> set[int]:
    lists = (
        PRECIOUS_LISTS + (() if read.turn.role is Role.AGENT else OF_CUSTOMER) + (("empathy",) if place.meets else ())
    )
    spoken = {n for n in range(len(read.tokens)) if figures.is_figure(read, n) or _is_name(read, n)}
    return (spoken - read.covered_by("holds")) | promised(read) | set(read.covered_by(*lists))


def _is_name(read: AnalysedTurn, number: int) -> bool:
    """A name of the dictionary, with its capital where the text has any; or a capital inside a sentence, as companies have."""
    token, analysis = read.tokens[number], read.analyses[number]
    capital = token.kind == "word" and token.text[0].isupper() and len(token.text) > 1
    if analysis.name:
        return capital or read.turn.text.islower()
    if not capital:
        return False
    inside = number > 0 and not any(mark in read.gaps[number] for mark in ".!?…\n")
    english_i = token.norm.startswith("i'")
    return inside and analysis.content and not english_i and not read.turn.text.isupper()


def _stays(read: AnalysedTurn, clause: Clause, precious: set[int], questions: frozenset[int]) -> bool:
    if not precious.isdisjoint(clause.tokens):
        return True
    last_asked = clause.asks and "?" in read.gaps[clause.tokens[-1] + 1]
    return last_asked or (clause.asks and not questions.isdisjoint(clause.tokens))


def _answering(read: AnalysedTurn, found: Sequence[Clause], place: TurnContext) -> set[int]:
    """The first sentence with content: of an opening all of it, of an answer two clauses; a bare "да" is an answer's content."""
    if not (place.answers or place.opens):
        return set()
    agreed = read.covered_by("affirmations") if place.answers else frozenset()
    sounds = read.covered_by("backchannels", "holds", "greetings") - agreed
    said = [n for n, clause in enumerate(found) if _says(read, clause, sounds, agreed)]
    if not said:
        return set()
    end = len(found) if place.opens else said[0] + ANSWERING_CLAUSES
    return {n for n in said if found[n].sentence == found[said[0]].sentence and n < end}


def _says(read: AnalysedTurn, clause: Clause, sounds: frozenset[int], agreed: frozenset[int]) -> bool:
    return any(n in agreed or (read.analyses[n].content and n not in sounds) for n in clause.tokens)


def _courtesies(read: AnalysedTurn, found: Sequence[Clause], kept: set[int], level: Level) -> set[int]:
    """What stands beside a kept clause of its sentence ("будьте добры"); at medium every one."""
    polite = read.covered_by("politeness")
    sentences = {found[n].sentence for n in kept}
    return {
        n
        for n, clause in enumerate(found)
        if not polite.isdisjoint(clause.tokens) and (level is Level.MEDIUM or clause.sentence in sentences)
    }


def _edges(read: AnalysedTurn, clause: Clause, precious: set[int]) -> set[int]:
    """Conjunctions and particles before and after everything else in the clause; in a question they may ask ("чем")."""
    if clause.asks:
        return set()
    light = {n for n in clause.tokens if read.analyses[n].links and n not in precious}
    edges: set[int] = set()
    for side in (clause.tokens, clause.tokens[::-1]):
        for number in side:
            if number not in light:
                break
            edges.add(number)
    return edges if len(edges) < len(clause.tokens) else set()
