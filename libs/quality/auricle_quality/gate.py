"""The gate: per class or criterion and side, whether a candidate may become live. "Too few to tell" is never a pass.

shares of 2, 1, 0 ── all intervals within the limits ──────► passed
                  ├─ an interval wholly outside its limit ─► refused
                  └─ else ─────────────────────────────────► too_few
share of 2 below the interval of what is live, on the same items ► refused

A class has two sides, items with the error and items without it, and passes by both: "never found" is right about most items.
An item counts once, by the median of its runs' grades; one whose runs differ is flaky. How what is found is said is a side of its own,
`comments`, by a judge's grades: it decides only in the classes of a valid certificate, and is reported otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from statistics import median_low
from typing import Annotated

from auricle_contracts import Contract
from auricle_contracts.evaluations import Grade
from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenLabel, GoldenState
from auricle_kit.shares import wilson
from pydantic import Field

from auricle_quality.grading import grade
from auricle_quality.predictions import Prediction

MOST_KEPT = 20
COMMENTS = "comments"
Share = Annotated[float, Field(ge=0, le=1)]


class Verdict(StrEnum):
    """How a gate ends; of several parts the worst counts, and `refused` is worse than `too_few`."""

    PASSED = "passed"
    TOO_FEW = "too_few"
    REFUSED = "refused"


class Limits(Contract):
    """Shares of items: at least so many right, at most so many doubtful and wrong."""

    right: Share = 0.70
    doubtful: Share = 0.20
    wrong: Share = 0.10


class Case(Contract):
    """One golden item and one label of it: the grades of each run, the candidate's and those of what is live."""

    item: int
    id: str | None = None
    reference: str | None
    channel: str
    language: str | None
    label: GoldenLabel
    candidate: tuple[Grade, ...]
    live: tuple[Grade, ...]
    candidate_said: tuple[str, ...] = ()
    live_said: tuple[str, ...] = ()

    @property
    def grade(self) -> Grade:
        """The candidate's, by the median of its runs."""
        return median_low(self.candidate)

    @property
    def live_grade(self) -> Grade:
        """What is live, by the same rule."""
        return median_low(self.live)

    @property
    def flaky(self) -> bool:
        """Whether the candidate's runs differ."""
        return len(set(self.candidate)) > 1

    @property
    def spread(self) -> int:
        """Between the best and the worst grade of its runs, of the candidate or of what is live."""
        return max(max(one) - min(one) for one in (self.candidate, self.live))


class JudgedComments(Contract):
    """A judge's grades of what the candidate and what is live say, by subject and item; each has a grade a run that said it in words.

    `judge` tells which one it is and what its certificate says; `decides`: subjects in which it may pass or fail.
    """

    judge: str
    candidate: Mapping[tuple[GoldenKind, str], Mapping[int, tuple[Grade, ...]]]
    live: Mapping[tuple[GoldenKind, str], Mapping[int, tuple[Grade, ...]]]
    decides: frozenset[tuple[GoldenKind, str]] = frozenset()


class ShareFigures(Contract):
    """So many of so many items, with Wilson's 95 % interval."""

    count: int
    share: float | None
    low: float
    high: float


class SideFigures(Contract):
    """Items with the error (`found`), without it (`not_found`), all answers of a criterion (`answers`), or graded by a judge (`comments`).

    One that does not decide is only reported.

    `stable` items are right in every run (pass^k). `broken`: right as things are live, not right by the candidate; `mended` the other way.
    `worst_group`: the channel or language in which the share of right items fell most, and by how much.
    """

    side: str
    items: int
    right: ShareFigures
    doubtful: ShareFigures
    wrong: ShareFigures
    live_right: ShareFigures
    stable: ShareFigures
    flaky: int
    broken: tuple[int, ...]
    mended: tuple[int, ...]
    worst_group: tuple[str, float] | None
    verdict: Verdict
    why: tuple[str, ...]
    decides: bool = True


class SubjectFigures(Contract):
    """One error class or criterion."""

    kind: GoldenKind
    subject: str
    verdict: Verdict
    sides: tuple[SideFigures, ...]


class GateRun(Contract):
    """A candidate held against what is live, on the same golden items. Empty `subjects`: there was nothing to tell by."""

    verdict: Verdict
    items: int
    runs: int
    limits: Limits
    subjects: tuple[SubjectFigures, ...]
    cases: tuple[Case, ...]
    comments: tuple[Case, ...] = ()
    judge: str | None = None

    def short(self) -> dict[str, object]:
        """What is kept as a version's figures: of the items only the first that speak against it."""
        told = self.model_dump(mode="json", include={"verdict", "items", "runs", "limits", "judge"})
        against = [_against(case) for case in self.against()[:MOST_KEPT]]
        flaky = [_flaky(case) for case in self.flaky()[:MOST_KEPT]]
        return told | {"subjects": [_short(one) for one in self.subjects], "against": against, "flaky": flaky}

    def flaky(self) -> list[Case]:
        """Cases whose runs differ, the candidate's or those of what is live: the widest spread first."""
        found = [one for one in self.cases if one.flaky or len(set(one.live)) > 1]
        return sorted(found, key=lambda one: (-one.spread, one.item))

    def against(self) -> list[Case]:
        """Cases that are not right by the candidate: what is right as things are live first, then the worse ones."""
        return sorted(
            (one for one in self.cases if one.grade < 2), key=lambda one: (one.live_grade < 2, one.grade, one.item)
        )


def gate(
    dialogues: Sequence[GoldenDialogue],
    subjects: Iterable[tuple[GoldenKind, str]],
    candidate: Iterable[Prediction],
    live: Iterable[Prediction],
    limits: Limits,
    judged: JudgedComments | None = None,
) -> GateRun:
    """`subjects` are what the candidate serves; one without a golden label is `too_few`."""
    ours, theirs = _by_item(candidate), _by_item(live)
    figures, cases, comments = [], list[Case](), list[Case]()
    for kind, subject in subjects:
        own = list(_cases(dialogues, kind, subject, ours, theirs))
        cases += own
        sides = [_side(name, some, limits) for name, some in _sides(kind, own).items()]
        if judged is not None:
            said = _comments(own, judged)
            comments += said
            decides = (kind, subject) in judged.decides
            sides.append(_side(COMMENTS, said, limits).model_copy(update={"decides": decides}))
        verdict = _worst(one.verdict for one in sides if one.decides)
        figures.append(SubjectFigures(kind=kind, subject=subject, verdict=verdict, sides=tuple(sides)))
    return GateRun(
        verdict=_worst(one.verdict for one in figures),
        items=len({one.item for one in cases}),
        runs=max((len(runs) for runs in ours.values()), default=0),
        limits=limits,
        subjects=tuple(figures),
        cases=tuple(cases),
        comments=tuple(comments),
        judge=judged.judge if judged else None,
    )


def _comments(cases: Sequence[Case], judged: JudgedComments) -> list[Case]:
    """Items whose candidate said it in words in some run; where what is live never did, it is not right."""
    found = []
    for case in cases:
        subject = (case.label.kind, case.label.subject)
        ours, theirs = (of.get(subject, {}).get(case.item, ()) for of in (judged.candidate, judged.live))
        if ours:
            said = {"candidate_said": tuple(map(str, ours)), "live_said": tuple(map(str, theirs)) or ("nothing",)}
            found.append(case.model_copy(update={"candidate": ours, "live": theirs or (0,)} | said))
    return found


_BY_SEVERITY = (Verdict.PASSED, Verdict.TOO_FEW, Verdict.REFUSED)


def _worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Of nothing it is `too_few`."""
    return max(verdicts, key=_BY_SEVERITY.index, default=Verdict.TOO_FEW)


def _by_item(predictions: Iterable[Prediction]) -> dict[int, list[Prediction]]:
    found: dict[int, list[Prediction]] = {}
    for one in sorted(predictions, key=lambda one: (one.item, one.run)):
        found.setdefault(one.item, []).append(one)
    return found


def _cases(
    dialogues: Sequence[GoldenDialogue],
    kind: GoldenKind,
    subject: str,
    candidate: Mapping[int, Sequence[Prediction]],
    live: Mapping[int, Sequence[Prediction]],
) -> Iterable[Case]:
    for item, dialogue in enumerate(dialogues):
        label = next((one for one in dialogue.labels if (one.kind, one.subject) == (kind, subject)), None)
        if label is None:
            continue
        ours, theirs = _graded(label, candidate[item]), _graded(label, live[item])
        yield Case(
            item=item,
            id=dialogue.id,
            reference=dialogue.reference,
            channel=dialogue.channel.value,
            language=dialogue.language,
            label=label,
            candidate=tuple(found for found, _ in ours),
            live=tuple(found for found, _ in theirs),
            candidate_said=tuple(said for _, said in ours),
            live_said=tuple(said for _, said in theirs),
        )


def _graded(label: GoldenLabel, predictions: Sequence[Prediction]) -> list[tuple[Grade, str]]:
    found = []
    for one in predictions:
        said = next((one for one in one.outcomes if (one.kind, one.subject) == (label.kind, label.subject)), None)
        words = "not looked for" if said is None else said.state.value if said.value is None else str(said.value)
        turns = f" in turn {', '.join(map(str, said.turns))}" if said is not None and said.turns else ""
        found.append((grade(label, said), words + turns))
    return found


def _sides(kind: GoldenKind, cases: Sequence[Case]) -> dict[str, list[Case]]:
    if kind is GoldenKind.CRITERION:
        return {"answers": list(cases)}
    return {
        state.value: [one for one in cases if one.label.state is state]
        for state in (GoldenState.FOUND, GoldenState.NOT_FOUND)
    }


def _side(name: str, cases: Sequence[Case], limits: Limits) -> SideFigures:
    right, doubtful, wrong = (_share([one.grade == wanted for one in cases]) for wanted in (2, 1, 0))
    live = _share([one.live_grade == 2 for one in cases])
    why, verdict = _judged(right, doubtful, wrong, live, limits)
    return SideFigures(
        side=name,
        items=len(cases),
        right=right,
        doubtful=doubtful,
        wrong=wrong,
        live_right=live,
        stable=_share([set(one.candidate) == {2} for one in cases]),
        flaky=sum(one.flaky for one in cases),
        broken=tuple(one.item for one in cases if one.live_grade == 2 and one.grade < 2),
        mended=tuple(one.item for one in cases if one.live_grade < 2 and one.grade == 2),
        worst_group=_worst_group(cases),
        verdict=verdict,
        why=why,
    )


def _judged(
    right: ShareFigures, doubtful: ShareFigures, wrong: ShareFigures, live: ShareFigures, limits: Limits
) -> tuple[tuple[str, ...], Verdict]:
    refused = [
        f"right {_told(right)}: at least {limits.right:.0%}" if right.high < limits.right else "",
        f"doubtful {_told(doubtful)}: at most {limits.doubtful:.0%}" if doubtful.low > limits.doubtful else "",
        f"wrong {_told(wrong)}: at most {limits.wrong:.0%}" if wrong.low > limits.wrong else "",
        f"right {_told(right)}: live is {_told(live)}" if right.share is not None and right.share < live.low else "",
    ]
    why = tuple(one for one in refused if one)
    if why:
        return why, Verdict.REFUSED
    open_ = [
        f"right {_told(right)}: at least {limits.right:.0%}" if right.low < limits.right else "",
        f"doubtful {_told(doubtful)}: at most {limits.doubtful:.0%}" if doubtful.high > limits.doubtful else "",
        f"wrong {_told(wrong)}: at most {limits.wrong:.0%}" if wrong.high > limits.wrong else "",
    ]
    why = tuple(f"too few to tell: {one}" for one in open_ if one)
    return why, Verdict.TOO_FEW if why else Verdict.PASSED


def _share(hits: Sequence[bool]) -> ShareFigures:
    low, high = wilson(sum(hits), len(hits))
    share = round(sum(hits) / len(hits), 3) if hits else None
    return ShareFigures(count=sum(hits), share=share, low=round(low, 3), high=round(high, 3))


def _told(one: ShareFigures) -> str:
    return f"{one.share:.0%} ({one.low:.0%}-{one.high:.0%})" if one.share is not None else "of no item"


def _worst_group(cases: Sequence[Case]) -> tuple[str, float] | None:
    groups: dict[str, list[Case]] = {}
    for one in cases:
        for group in (f"channel {one.channel}", f"language {one.language or '?'}"):
            groups.setdefault(group, []).append(one)
    falls = {
        name: (sum(one.live_grade == 2 for one in some) - sum(one.grade == 2 for one in some)) / len(some)
        for name, some in groups.items()
    }
    name = max(falls, key=lambda one: falls[one], default=None)
    return (name, round(falls[name], 3)) if name is not None and falls[name] > 0 else None


def _against(case: Case) -> dict[str, object]:
    told = (case.label.state.value if case.label.value is None else str(case.label.value))[:60]
    turns = ", ".join(str(place.turn) for place in case.label.places[:5])
    return {
        "id": case.id, "reference": case.reference and case.reference[:60], "subject": case.label.subject,
        "right": f"{told} ({turns})" if turns else told,
        "candidate": " / ".join(dict.fromkeys(case.candidate_said))[:120], "live": " / ".join(dict.fromkeys(case.live_said))[:120],
    }  # fmt: skip


def _flaky(case: Case) -> dict[str, object]:
    """An item with what each run came to: the grades, and what was said."""
    return {
        "id": case.id, "reference": case.reference and case.reference[:60], "subject": case.label.subject,
        "candidate": list(case.candidate), "live": list(case.live),
        "candidate_said": list(dict.fromkeys(case.candidate_said))[:5], "live_said": list(dict.fromkeys(case.live_said))[:5],
    }  # fmt: skip


def _short(one: SubjectFigures) -> dict[str, object]:
    sides = {
        side.side: {
            "items": side.items, "right": side.right.share, "doubtful": side.doubtful.share, "wrong": side.wrong.share,
            "live_right": side.live_right.share, "stable": side.stable.share, "flaky": side.flaky, "broken": len(side.broken),
            "verdict": side.verdict.value,
        } | ({} if side.decides else {"decides": False})
        for side in one.sides
    }  # fmt: skip
    return {"kind": one.kind.value, "subject": one.subject, "verdict": one.verdict.value, "sides": sides}
