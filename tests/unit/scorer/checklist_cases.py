"""Cases for the checklist: classes of the shipped files, put into a state, and small conversations."""

from functools import cache
from pathlib import Path

from auricle_contracts import Channel, Detection, DetectionState, Layer, Quote, Role, Span, Transcript, Turn
from auricle_criteria import ClassState, ErrorClass, read_classes
from auricle_scorer.checklist.routing import Setting

PROMPTS = Path(__file__).parents[3] / "prompts"
ANNA, OLEG = "p2", "p3"


@cache
def shipped() -> dict[str, ErrorClass]:
    """The checklist of the repository."""
    return read_classes(PROMPTS)


def a_class(name: str = "blame", *, state: ClassState = ClassState.LIVE) -> ErrorClass:
    """A shipped class in this state."""
    return shipped()[name].model_copy(update={"state": state})


TALK = (
    ("p1", Role.CUSTOMER, "Интернет не работает."),
    (ANNA, Role.AGENT, "Сами провод выдернули."),
    ("p1", Role.CUSTOMER, "Ничего я не трогал!"),
    (OLEG, Role.AGENT, "Смотреть надо было."),
    (ANNA, Role.AGENT, "Сами виноваты."),
)


def talk(said: tuple[tuple[str, Role, str], ...] = TALK, *, role_confidence: float = 1.0) -> Transcript:
    """A chat of a customer and two agents."""
    turns = tuple(
        Turn(id=number, participant=who, role=role, text=text, role_confidence=role_confidence)
        for number, (who, role, text) in enumerate(said, 1)
    )
    return Transcript(conversation_id="c1", turns=turns, language="ru")


def setting(transcript: Transcript | None = None, *, roles_known: bool = True, line: str | None = None) -> Setting:
    """A chat."""
    return Setting(transcript or talk(), Channel.CHAT, line, roles_known)


def quote(turn: int, of: Transcript | None = None) -> Quote:
    """The first word of a turn."""
    word = (of or talk()).turns[turn - 1].text.split()[0]
    return Quote(turn=turn, span=Span(start=0, end=len(word)), text=word)


def detection(
    name: str = "blame",
    state: DetectionState = DetectionState.FOUND,
    *turns: int,
    why: str | None = None,
    participant: str | None = None,
    detail: str | None = None,
) -> Detection:
    """What a rule says of a class."""
    return Detection(
        error_class=name, version=a_class(name).pin, state=state, why=why, quotes=tuple(map(quote, turns)),
        participant=participant, detail=detail, source=Layer.RULE,
    )  # fmt: skip
