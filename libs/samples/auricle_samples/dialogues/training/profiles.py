"""How agents of the training scenarios behave, and the moods they meet: probabilities, nothing else."""

from dataclasses import dataclass, field

from auricle_contracts import SaleStage

from auricle_samples.dialogues.truth import Mark

Moves = tuple[Mark, ...]

FULL: Moves = (Mark.ACKNOWLEDGE, Mark.CLARIFY, Mark.ARGUMENT, Mark.CHECK)
WARM_DEAL: Moves = (Mark.ACKNOWLEDGE, Mark.CONCESSION, Mark.CHECK)
GENEROUS: Moves = (Mark.ACKNOWLEDGE, Mark.ARGUMENT, Mark.CONCESSION)
SOLID: Moves = (Mark.ACKNOWLEDGE, Mark.ARGUMENT)
PROBING: Moves = (Mark.CLARIFY, Mark.ARGUMENT)
ASKING: Moves = (Mark.CLARIFY,)
SOFT: Moves = (Mark.ACKNOWLEDGE,)
BARE: Moves = (Mark.ARGUMENT,)
DEAL: Moves = (Mark.CONCESSION,)
PUSHY: Moves = (Mark.ARGUMENT, Mark.PRESSURE)
PRESSING: Moves = (Mark.PRESSURE,)
WAVED_AWAY: Moves = (Mark.DISMISSAL,)
SURRENDER: Moves = (Mark.GAVE_UP,)
DEAF: Moves = (Mark.IGNORED,)


@dataclass(frozen=True)
class Style:
    """Chances of each act where it has a place, and weights of the ways to meet an objection."""

    greeting: float
    courtesy: float
    empathy: float
    apology: float
    farewell: float
    bad: dict[Mark, float]
    replies: dict[Moves, int]
    slips: dict[str, float] = field(default_factory=dict)


STYLES: dict[str, Style] = {
    "warm": Style(
        0.97, 0.75, 0.75, 0.5, 0.95, {Mark.INFORMAL: 0.02, Mark.EMPTY_REFUSAL: 0.03},
        {FULL: 4, WARM_DEAL: 4, GENEROUS: 3, SOLID: 3, PROBING: 2, ASKING: 1, SOFT: 2, SURRENDER: 1},
        {"diminutive": 0.12, "unfounded_promise": 0.08},
    ),
    "businesslike": Style(
        0.9, 0.4, 0.2, 0.25, 0.7, {Mark.IMPATIENCE: 0.05, Mark.INTERRUPTION: 0.05, Mark.EMPTY_REFUSAL: 0.05},
        {FULL: 2, SOLID: 3, PROBING: 3, BARE: 4, DEAL: 3, GENEROUS: 2, SURRENDER: 2, ASKING: 1},
        {"asks_secret_data": 0.03},
    ),
    "scripted": Style(
        0.95, 0.6, 0.3, 0.3, 0.85, {Mark.EMPTY_REFUSAL: 0.12, Mark.INTERRUPTION: 0.06},
        {BARE: 4, DEAF: 4, SOFT: 3, SOLID: 2, PUSHY: 2, SURRENDER: 1, DEAL: 1},
        {"diminutive": 0.1, "asks_secret_data": 0.05, "unfounded_promise": 0.08},
    ),
    "tired": Style(
        0.5, 0.2, 0.06, 0.12, 0.35, {Mark.IMPATIENCE: 0.35, Mark.EMPTY_REFUSAL: 0.2, Mark.BLAME: 0.12, Mark.INFORMAL: 0.08},
        {SURRENDER: 4, DEAF: 3, WAVED_AWAY: 3, BARE: 3, SOFT: 1, PUSHY: 1},
        {"asks_secret_data": 0.05},
    ),
    "rude": Style(
        0.25, 0.05, 0.0, 0.03, 0.15,
        {Mark.RUDENESS: 0.55, Mark.IMPATIENCE: 0.45, Mark.INTERRUPTION: 0.35, Mark.BLAME: 0.3, Mark.INFORMAL: 0.2},
        {WAVED_AWAY: 4, PRESSING: 4, PUSHY: 3, DEAF: 2, SURRENDER: 2, BARE: 1},
        {"unfounded_promise": 0.1},
    ),
}  # fmt: skip
STYLE_WEIGHTS = {"warm": 25, "businesslike": 25, "scripted": 18, "tired": 17, "rude": 15}

MOODS = {"calm": 40, "irritated": 20, "hurried": 15, "doubting": 25}

STAGE_WEIGHTS = {
    SaleStage.START: 14, SaleStage.NEEDS: 18, SaleStage.PRESENTATION: 20, SaleStage.OBJECTIONS: 24, SaleStage.CLOSING: 24,
}  # fmt: skip

# How a dialogue that stopped at a stage may end. Objections met well or badly end differently.
ENDS: dict[str, dict[Mark, int]] = {
    "start": {Mark.CUT_OFF: 60, Mark.DECLINED: 20, Mark.FORBIDS: 20},
    "needs": {Mark.CUT_OFF: 30, Mark.INFORMED: 30, Mark.DECLINED: 25, Mark.FORBIDS: 15},
    "presentation": {Mark.INFORMED: 30, Mark.LOOKS_LATER: 30, Mark.THINKS: 25, Mark.CUT_OFF: 5, Mark.DECLINED: 10},
    "objections well": {Mark.THINKS: 40, Mark.LOOKS_LATER: 40, Mark.DECLINED: 20},
    "objections badly": {Mark.THINKS: 15, Mark.DECLINED: 50, Mark.FORBIDS: 35},
    "closing": {Mark.BOUGHT: 60, Mark.NEXT_STEP: 40},
}
