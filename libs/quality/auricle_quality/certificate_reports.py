"""A judge's certificate as people read it: Markdown."""

from auricle_contracts.judges import JudgeCertificate, Kappa, MeasuredShare, SubjectAgreement

_STEADY = ("stable", "swapped", "noise", "paraphrase")
_MEANING = {
    "stable": "all runs of a pair say the same",
    "swapped": "the golden one behind the new one",
    "noise": "typos and marks",
    "paraphrase": "the instruction in other words",
}


def markdown(one: JudgeCertificate) -> str:
    """What it is about, how it stands and why, how steady the judge is, and its agreement with people by class."""
    judge, limits = one.judge, one.limits
    head = (
        f"# Judge {judge.prompt.partition('@')[0]}: {one.state.value}\n\n"
        f"`{judge.prompt}` asked of {judge.model.name} (weights {judge.model.weights}), temperature {one.temperature:g}, "
        f"{one.pairs} pairs graded by people, {one.runs} runs.\n"
        f"Measured {one.measured_at:%Y-%m-%d}, until {one.expires_at:%Y-%m-%d}. What is said of: "
        f"{', '.join(said.name for said in one.said_by) or 'nobody tells by whom'}.\n"
    )
    why = "".join(f"- {told}\n" for told in one.why)
    rows = "".join(
        f"| {name}: {_MEANING[name]} | {_share(getattr(one, name))} | ≥ {getattr(limits, name):.0%} |\n"
        for name in _STEADY
    )
    goal = "reached" if one.flips.share is not None and one.flips.share <= limits.flips else "not reached"
    rows += f"| flips of runs | {_share(one.flips)} | goal ≤ {limits.flips:.0%}: {goal} |\n"
    return (
        f"{head}\n{why}\n| steadiness | share (95 %), n | limit |\n|---|---|---|\n{rows}"
        f"| questions without an answer in form | {one.unanswered} | |\n\n"
        "| class or criterion | n | kappa | right found (TPR) | wrong found (TNR) | state |\n|---|---|---|---|---|---|\n"
        + "".join(map(_row, one.subjects))
        + "".join(f"\n{of.subject}: {told}\n" for of in one.subjects for told in of.why)
    )


def _row(one: SubjectAgreement) -> str:
    cells = (
        one.subject,
        str(one.n),
        _kappa(one.kappa),
        _share(one.right_found),
        _share(one.wrong_found),
        one.state.value,
    )
    return f"| {' | '.join(cells)} |\n"


def _kappa(one: Kappa) -> str:
    if one.value is None:
        return "–"
    return (
        f"{one.value:.2f} ({one.low:.2f}-{one.high:.2f})"
        if one.low is not None and one.high is not None
        else f"{one.value:.2f}"
    )


def _share(one: MeasuredShare) -> str:
    return "–" if one.share is None else f"{one.share:.1%} ({one.low:.1%}-{one.high:.1%}), {one.of}"
