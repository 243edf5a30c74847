"""Conversations for the scorer's tests. Synthetic."""

from auricle_contracts import Channel, Direction, Role, Transcript, Turn, Word
from auricle_scorer.scoring import Subject

SALE = (
    (Role.AGENT, "Добрый день, магазин окон, меня зовут Анна, чем могу помочь?"),
    (Role.CUSTOMER, "Здравствуйте, сколько стоит окно на кухню?"),
    (Role.AGENT, "Подскажите, пожалуйста, размер, и я посчитаю."),
    (Role.CUSTOMER, "Метр на полтора."),
    (Role.AGENT, "Восемнадцать тысяч рублей с установкой и доставкой."),
    (Role.CUSTOMER, "Дороговато, у соседей дешевле."),
    (Role.AGENT, "Понимаю вас. У нас гарантия пять лет, и сегодня скидка десять процентов."),
    (Role.CUSTOMER, "Ладно, давайте, записывайте на замер."),
    (Role.AGENT, "Спасибо, записала на среду. До свидания!"),
)
Said = tuple[tuple[Role, str], ...]


def transcript(said: Said = SALE, *, flags: tuple[str, ...] = (), role_confidence: float = 1.0) -> Transcript:
    """The utterances as a call: each turn three seconds, words evenly inside it."""
    turns = tuple(_turn(number, role, text, role_confidence) for number, (role, text) in enumerate(said, 1))
    return Transcript(conversation_id="c1", language="ru", turns=turns, duration_ms=3000 * len(said), flags=flags)


def subject(of: Transcript | None = None, channel: Channel = Channel.CALL) -> Subject:
    """The conversation around a transcript."""
    return Subject(of or transcript(), channel, Direction.INBOUND, "sales", {"campaign": "spring"})


def _turn(number: int, role: Role, text: str, role_confidence: float) -> Turn:
    begin = 3000 * (number - 1)
    spoken = text.split()
    words = tuple(
        Word(
            text=word,
            start_ms=begin + 2700 * n // len(spoken),
            end_ms=begin + 2700 * (n + 1) // len(spoken),
            confidence=0.9,
        )
        for n, word in enumerate(spoken)
    )
    return Turn(
        id=number, participant=role.value, role=role, text=text, start_ms=begin, end_ms=begin + 2800, words=words,
        confidence=0.9, role_confidence=role_confidence,
    )  # fmt: skip
