"""The judge's confidence against how often it is right: curves by isotonic regression, and whether they hold on other dialogues.

Curves come from dialogues of the held-out generator with seeds of their own and from the hand-written ones that training held back;
the figures from the committed held-out set. Right is the same choice, or a score within ten points.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from auricle_contracts import AnswerState
from auricle_judging import ModelAnswer, ModelClient, ask_prompt
from auricle_judging.calibration import Calibration, Curve
from rich.progress import track
from sklearn.isotonic import IsotonicRegression

from auricle_trainer.judge.documents import Asking
from auricle_trainer.judge.labelled import SCORES, Labelled

NEAR_POINTS = 10
BINS = 10
Seen = dict[str, list[tuple[float, bool]]]  # criterion → (confidence, right)


@dataclass(frozen=True)
class Calibrated:
    """The curves, and the reliability on dialogues that they did not see: before and after."""

    calibration: Calibration
    reliability: dict[str, Any]


def calibrate(address: str, asking: Asking, fitting: Sequence[Labelled], testing: Sequence[Labelled]) -> Calibrated:
    """Ask about both sets, fit on the first, measure on the second."""
    learnt = asyncio.run(_answers(address, asking, fitting))
    curves = {name: _curve(seen) for name, seen in learnt.items() if len({right for _, right in seen}) > 1}
    pins = (asking.evaluate.pin, asking.intent.pin)
    made = Calibration(model="judge", demo_weights=True, prompts=pins, curves=curves)
    raw = asyncio.run(_answers(address, asking, testing))
    after = {
        name: [(made.curves[name].at(p), right) for p, right in seen] for name, seen in raw.items() if name in curves
    }
    return Calibrated(made, {"before": reliability(raw), "after": reliability(after)})


def reliability(seen: Mapping[str, Iterable[tuple[float, bool]]]) -> dict[str, Any]:
    """Over all criteria: expected calibration error, Brier score, and for each tenth (mean confidence, share right, n)."""
    pairs = np.array([(p, right) for answers in seen.values() for p, right in answers], float)
    places = np.minimum((pairs[:, 0] * BINS).astype(int), BINS - 1)
    tenths = [pairs[places == place] for place in range(BINS)]
    bins = [(float(part[:, 0].mean()), float(part[:, 1].mean()), len(part)) for part in tenths if len(part)]
    error = sum(n * abs(confidence - right) for confidence, right, n in bins) / len(pairs)
    return {
        "expected_calibration_error": round(error, 4),
        "brier": round(float(np.mean((pairs[:, 0] - pairs[:, 1]) ** 2)), 4),
        "n": len(pairs),
        "bins": [[round(confidence, 3), round(right, 3), n] for confidence, right, n in bins],
    }


async def _answers(address: str, asking: Asking, dialogues: Sequence[Labelled]) -> Seen:
    seen: Seen = {}
    async with ModelClient(address, "judge", timeout_s=600) as client:
        for dialogue in track(dialogues, description="asking"):
            for prompt in (asking.evaluate, asking.intent):
                reply = await ask_prompt(prompt, asking.rendered(prompt, dialogue), dialogue.transcript(), client)
                for name, answer in reply.answers.items():
                    if answer.confidence is not None:
                        seen.setdefault(name, []).append((answer.confidence, right(name, answer, dialogue)))
    return seen


def right(criterion: str, answer: ModelAnswer, dialogue: Labelled) -> bool:
    """Whether an answer agrees with the truth; no occasion is right where there was none."""
    truth = dialogue.labels[criterion]
    if truth is None or answer.state is AnswerState.NOT_APPLICABLE:
        return truth is None and answer.state is AnswerState.NOT_APPLICABLE
    if criterion in SCORES:
        return isinstance(answer.value, int) and abs(answer.value - int(truth.value)) <= NEAR_POINTS
    return bool(answer.value == truth.value)


def _curve(seen: Sequence[tuple[float, bool]]) -> Curve:
    places, rights = np.array([p for p, _ in seen]), np.array([right for _, right in seen], float)
    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(places, rights)
    knots = {
        round(float(x), 4): round(float(y), 4) for x, y in zip(fitted.X_thresholds_, fitted.y_thresholds_, strict=True)
    }
    return Curve(knots=tuple(sorted(knots.items())), n=len(seen))
