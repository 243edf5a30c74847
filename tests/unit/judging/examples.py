"""Small conversations for the tests of judging."""

from functools import lru_cache
from pathlib import Path

from auricle_contracts import DigestLine, Role, Transcript, Turn, Word
from auricle_criteria import Library, Prompt

PROMPTS = Path(__file__).parents[3] / "prompts"
SAID = (
    (Role.AGENT, "Добрый день, магазин окон, меня зовут Анна."),
    (Role.CUSTOMER, "Здравствуйте! Сколько стоит окно на кухню?"),
    (Role.AGENT, "Восемнадцать тысяч рублей, ну, э-э, с установкой."),
    (Role.CUSTOMER, "Дороговато, у соседей дешевле."),
    (Role.AGENT, "Понимаю вас. Ещё есть скидка десять процентов."),
    (Role.CUSTOMER, "Ладно, давайте, записывайте на замер."),
)


def evaluate() -> Prompt:
    """The shipped prompt."""
    return shipped().prompts["evaluate"]


@lru_cache
def shipped() -> Library:
    """The shipped prompts and scorecards."""
    return Library.read(PROMPTS)


def turn(number: int, role: Role, text: str, *, timed: bool = True) -> Turn:
    """A turn that begins at its number in seconds; each word takes 100 ms."""
    begin = number * 1000
    words = tuple(
        Word(text=word, start_ms=begin + 100 * n, end_ms=begin + 100 * n + 90, confidence=0.9)
        for n, word in enumerate(text.split())
    )
    times = {"start_ms": begin, "end_ms": begin + 900} if timed else {}
    return Turn(id=number, participant=role.value, role=role, text=text, words=words if timed else (), **times)


def transcript(*said: tuple[Role, str], timed: bool = True) -> Transcript:
    """A transcript of these utterances, or of the usual ones."""
    turns = tuple(turn(n, role, text, timed=timed) for n, (role, text) in enumerate(said or SAID, 1))
    return Transcript(conversation_id="c1", turns=turns)


def lines(of: Transcript) -> list[DigestLine]:
    """A digest that cut nothing."""
    return [DigestLine(turns=(t.id,), role=t.role, text=t.text) for t in of.turns]
