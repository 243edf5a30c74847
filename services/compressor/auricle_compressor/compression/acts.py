"""What a turn does to the one who listens: asks, offers, promises, asks for patience."""

from auricle_contracts import Role
from auricle_languages import AnalysedTurn

from auricle_compressor.compression.protection import PROTECTED_LISTS

ADDRESS_TAIL = 4
PATIENCE_START = 1
CLOSERS = (".", "!", "…")


def promised(read: AnalysedTurn) -> set[int]:
    """Tokens of promises: of the list, unless they report, and verbs in the first person of the future.

    An agent's "записала" is the promise kept; a customer's "решил" is a story.
    """
    listed = {n for hit in read.of("promises") for n in range(hit.first, hit.last + 1)}
    story = read.turn.role is not Role.AGENT
    told = {n for n, one in enumerate(read.analyses) if one.tells or (story and one.past)}
    said = {n for n, one in enumerate(read.analyses) if one.commits} - read.covered_by("announcements", "holds")
    return (listed - (told - read.covered_by("affirmations", "decisions"))) | said


def offers(read: AnalysedTurn, *, answers: bool) -> bool:
    """Whether a "хорошо" after this turn is consent: it names money or promises something, and is no customer's answer."""
    if read.turn.role is Role.CUSTOMER:
        return bool(read.amounts) and not answers
    return bool(read.amounts) or bool(promised(read))


def puts_off(read: AnalysedTurn) -> bool:
    """Whether the turn only asks for patience ("секунду, я ищу вашу карточку"): the question before it stays open."""
    waits = any(hit.first <= PATIENCE_START for hit in read.of("holds"))
    return waits and not asks(read) and not read.of(*PROTECTED_LISTS) and not read.amounts


def asks(read: AnalysedTurn) -> bool:
    """Whether the turn asks; speech engines lose question marks, so an unclosed turn is asked about its words."""
    text = read.turn.text.rstrip()
    if "?" in text:
        return True
    questions = read.of("questions")
    if text.endswith(CLOSERS):
        start = _last_sentence(read, text)
        return any(_begins(read, start, hit.first) for hit in questions)
    ends_on_tag = any(hit.last == len(read.tokens) - 1 for hit in read.of("question_tags"))
    return bool(questions) or ends_on_tag or any(one.addresses for one in read.analyses[-ADDRESS_TAIL:])


def _begins(read: AnalysedTurn, start: int, number: int) -> bool:
    """Whether nothing but a conjunction or a particle stands before the token: "а сколько", not "напомню, что"."""
    return start <= number and all(read.analyses[n].links or n not in read.fluent for n in range(start, number))


def _last_sentence(read: AnalysedTurn, text: str) -> int:
    """Number of the first token after the last inner full stop."""
    inner = max(text.rstrip(".!…").rfind(closer) for closer in CLOSERS)
    return next((number for number, token in enumerate(read.tokens) if token.start > inner), 0)
