"""A judge's certificate: steady over runs, order, noise and paraphrase, agreeing with people per class. Pure.

Too few to tell is never valid:

part of it ── lower end of its interval at the limit or above ──► valid
           ├─ upper end below the limit ───────────────────────► refused
           └─ else, or it cannot be told ──────────────────────► too few
whole      ── the worst of its steadiness; where that is valid, the best of its classes

An answer that is not in form differs from every other. Kappa: Cohen, A coefficient of agreement for nominal scales (1960), over the three
grades, unweighted; its interval is the percentile bootstrap over pairs (Efron 1979) with a fixed seed.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from auricle_contracts.golden import GoldenKind
from auricle_contracts.judges import (
    CertificateLimits,
    CertificateState,
    JudgeCertificate,
    JudgeIdentity,
    JudgeMeasurement,
    Kappa,
    MeasuredShare,
    MeasuredState,
    PairGrades,
    SubjectAgreement,
)
from auricle_kit.shares import wilson

from auricle_quality.errors import JudgeIsScorer, WeightsUnknown

DAYS = 30
RESAMPLES = 1000
SEED = 20261130
FEWEST_FOR_KAPPA = 10
Graded = tuple[int, int | None]


def certify(
    measured: JudgeMeasurement, *, days: int = DAYS, limits: CertificateLimits | None = None
) -> JudgeCertificate:
    """For so many days from the measurement. Raises JudgeIsScorer, WeightsUnknown."""
    judge, held = measured.judge, limits or CertificateLimits()
    if judge.model.weights is None:
        raise WeightsUnknown(f"nothing tells the weights of {judge.model.name}")
    if any(one.is_same(judge.model) for one in measured.said_by):
        raise JudgeIsScorer(f"{judge.model.name} would grade what it said itself")
    pairs = measured.pairs
    steady = {
        "stable": _share([len(set(one.runs)) == 1 and one.runs[0] is not None for one in pairs]),
        "swapped": _share([_same(one, one.swapped) for one in pairs]),
        "noise": _share([_same(one, one.noise) for one in pairs]),
        "paraphrase": _share([all(_same(one, said) for said in one.paraphrases) for one in pairs]),
    }
    subjects = _subjects(pairs, held)
    state, why = _whole({name: (one, getattr(held, name)) for name, one in steady.items()}, subjects, measured)
    return JudgeCertificate(
        judge=judge,
        said_by=measured.said_by,
        temperature=measured.temperature,
        measured_at=measured.measured_at,
        expires_at=measured.measured_at + timedelta(days=days),
        pairs=len(pairs),
        runs=min(len(one.runs) for one in pairs),
        **steady,
        flips=_share([flip for one in pairs for flip in _flips(one.runs)]),
        unanswered=sum(said is None for one in pairs for said in (*one.runs, one.swapped, one.noise, *one.paraphrases)),
        subjects=subjects,
        limits=held,
        state=state,
        why=why,
    )


def standing(certificate: JudgeCertificate, now: datetime, asked: JudgeIdentity | None = None) -> JudgeCertificate:
    """As it stands now, for the judge that would be asked: expired, or void where prompt or model is another."""
    if asked is not None and not certificate.judge.is_same(asked):
        return _ended(certificate, CertificateState.VOID, "the prompt or the model is another now")
    if asked is not None and asked.model.weights is None:
        return _ended(certificate, CertificateState.VOID, "nothing tells the model's weights now")
    if now >= certificate.expires_at:
        return _ended(certificate, CertificateState.EXPIRED, f"until {certificate.expires_at:%Y-%m-%d}")
    return certificate


def _ended(certificate: JudgeCertificate, state: CertificateState, why: str) -> JudgeCertificate:
    return certificate.model_copy(update={"state": state, "why": (why, *certificate.why)})


def kappa(pairs: Sequence[Graded]) -> float | None:
    """Of people's grade and the judge's; None where chance alone would agree always."""
    n = len(pairs)
    ours, theirs = Counter(people for people, _ in pairs), Counter(said for _, said in pairs)
    chance = sum(ours[grade] * theirs[grade] for grade in ours) / (n * n) if n else 1.0
    if chance >= 1:
        return None
    return (sum(people == said for people, said in pairs) / n - chance) / (1 - chance)


def _kappa(pairs: Sequence[Graded]) -> Kappa:
    """Without an interval below FEWEST_FOR_KAPPA, or where a tenth of the resamples has no kappa."""
    found = kappa(pairs)
    if found is None or len(pairs) < FEWEST_FOR_KAPPA:
        return Kappa(value=_rounded(found), low=None, high=None, n=len(pairs))
    lot = Random(SEED)  # noqa: S311 - a resample is no secret
    drawn = [kappa(lot.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES)]
    known = sorted(one for one in drawn if one is not None)
    if len(known) < 0.9 * RESAMPLES:
        return Kappa(value=_rounded(found), low=None, high=None, n=len(pairs))
    low, high = (known[min(len(known) - 1, int(share * len(known)))] for share in (0.025, 0.975))
    return Kappa(value=_rounded(found), low=_rounded(low), high=_rounded(high), n=len(pairs))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _same(pair: PairGrades, said: int | None) -> bool:
    return said is not None and said == pair.runs[0]


def _flips(runs: Sequence[int | None]) -> list[bool]:
    """Whether each run differs from the most frequent grade; one without an answer in form always does."""
    counted = Counter(one for one in runs if one is not None)
    mode = counted.most_common(1)[0][0] if counted else None
    return [said is None or said != mode for said in runs]


def _share(hits: Sequence[bool]) -> MeasuredShare:
    low, high = wilson(sum(hits), len(hits))
    share = round(sum(hits) / len(hits), 3) if hits else None
    return MeasuredShare(hits=sum(hits), of=len(hits), share=share, low=round(low, 3), high=round(high, 3))


def _subjects(pairs: Sequence[PairGrades], limits: CertificateLimits) -> tuple[SubjectAgreement, ...]:
    by_subject: dict[tuple[GoldenKind, str], list[Graded]] = {}
    for one in pairs:
        by_subject.setdefault((one.kind, one.subject), []).append((one.people, one.runs[0]))
    return tuple(_subject(kind, name, some, limits) for (kind, name), some in sorted(by_subject.items()))


def _subject(kind: GoldenKind, name: str, graded: Sequence[Graded], limits: CertificateLimits) -> SubjectAgreement:
    agreed = _kappa(graded)
    right = _share([said == 2 for people, said in graded if people == 2])
    wrong = _share([said is not None and said < 2 for people, said in graded if people < 2])
    parts = [
        _held("kappa", agreed.low, agreed.high, limits.kappa, agreed.value, agreed.n),
        _held("right found (TPR)", right.low, right.high, limits.right_found, right.share, right.of),
        _held("wrong found (TNR)", wrong.low, wrong.high, limits.wrong_found, wrong.share, wrong.of),
    ]
    state = _worst([one for one, _ in parts])
    why = tuple(told for one, told in parts if one is not CertificateState.VALID)
    return SubjectAgreement(
        kind=kind, subject=name, n=len(graded), kappa=agreed, right_found=right, wrong_found=wrong, state=state, why=why
    )


def _held(
    name: str, low: float | None, high: float | None, limit: float, value: float | None, n: int
) -> tuple[MeasuredState, str]:
    """A part against its limit, and how it is told."""
    if value is None or low is None or high is None:
        return CertificateState.TOO_FEW, f"{name}: not to be told by {n}"
    told = f"{name} {value:.2f} ({low:.2f}-{high:.2f}, n {n}): at least {limit:.2f}"
    if low >= limit:
        return CertificateState.VALID, told
    return (CertificateState.REFUSED, told) if high < limit else (CertificateState.TOO_FEW, f"too few to tell: {told}")


def _whole(
    steady: dict[str, tuple[MeasuredShare, float]], subjects: Sequence[SubjectAgreement], measured: JudgeMeasurement
) -> tuple[MeasuredState, tuple[str, ...]]:
    parts = [_held(name, one.low, one.high, limit, one.share, one.of) for name, (one, limit) in steady.items()]
    if min(len(one.runs) for one in measured.pairs) < 2:
        parts.append((CertificateState.TOO_FEW, "stable: one run tells nothing"))
    state = _worst([one for one, _ in parts])
    why = tuple(told for one, told in parts if one is not CertificateState.VALID)
    if state is not CertificateState.VALID:
        return state, why
    best = min((one.state for one in subjects), key=_BY_SEVERITY.index)
    return best, () if best is CertificateState.VALID else ("no class agrees with people",)


_BY_SEVERITY: Sequence[MeasuredState] = (CertificateState.VALID, CertificateState.TOO_FEW, CertificateState.REFUSED)


def _worst(states: Sequence[MeasuredState]) -> MeasuredState:
    return max(states, key=_BY_SEVERITY.index)
