"""A gate run as people and CI read it: Markdown with the items behind each refusal, and JUnit with a test a class and side."""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from auricle_quality.gate import COMMENTS, Case, GateRun, ShareFigures, SideFigures, SubjectFigures, Verdict

MOST_ITEMS = 20
_HEAD = (
    "| class or criterion | side | n | right | doubtful | wrong | live right | all runs right | flaky | verdict |\n"
    "|---|---|---|---|---|---|---|---|---|---|\n"
)


def markdown(run: GateRun, candidate: str, live: str) -> str:
    """The table, then of each side that did not pass why, and the items that speak against it."""
    limits = run.limits
    head = (
        f"# Gate: {run.verdict.value}\n\n{candidate} beside {live}, {run.items} golden items, {run.runs} runs of each.\n"
        f"At least {limits.right:.0%} right, at most {limits.doubtful:.0%} doubtful and {limits.wrong:.0%} wrong, by 95 % intervals.\n\n"
    )
    head += f"Comments by {run.judge}.\n\n" if run.judge else ""
    rows = "".join(_row(one, side) for one in run.subjects for side in one.sides)
    return head + _HEAD + rows + "".join(_told(run, one) for one in run.subjects) + _flaky(run)


def junit(run: GateRun, candidate: str) -> str:
    """A test a class and side. Whatever is no pass is a failure, since too few to tell is none."""
    sides = [(one, side) for one in run.subjects for side in one.sides if side.decides]
    failed = sum(side.verdict is not Verdict.PASSED for _, side in sides)
    suite = Element("testsuite", name=f"gate {candidate}", tests=str(len(sides)), failures=str(failed))
    for one, side in sides:
        case = SubElement(suite, "testcase", classname=f"{one.kind.value}.{one.subject}", name=side.side)
        if side.verdict is not Verdict.PASSED:
            failure = SubElement(case, "failure", type=side.verdict.value, message="; ".join(side.why))
            failure.text = "\n".join(_lines(run, one, side))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(suite, encoding="unicode") + "\n"


def _row(one: SubjectFigures, side: SideFigures) -> str:
    shares = (side.right, side.doubtful, side.wrong, side.live_right, side.stable)
    cells = (one.subject, side.side, str(side.items), *map(_share, shares), str(side.flaky), _verdict(side))
    return f"| {' | '.join(cells)} |\n"


def _verdict(side: SideFigures) -> str:
    return side.verdict.value if side.decides else f"only reported ({side.verdict.value})"


def _flaky(run: GateRun) -> str:
    """The register of items whose runs differ, with the grades of each run."""
    found = run.flaky()
    if not found:
        return ""
    rows = "".join(
        f"| {one.item + 1}{f' ({one.reference})' if one.reference else ''} | {one.label.subject} | {_grades(one.candidate)} "
        f"| {_said(one.candidate_said)} | {_grades(one.live)} | {_said(one.live_said)} |\n"
        for one in found[:MOST_ITEMS]
    )
    more = f"\nand {len(found) - MOST_ITEMS} more\n" if len(found) > MOST_ITEMS else ""
    return (
        f"\n## Flaky items: {len(found)}\n\n| item | class or criterion | candidate's runs | said | live's runs | said |\n"
        f"|---|---|---|---|---|---|\n{rows}{more}"
    )


def _grades(runs: Sequence[int]) -> str:
    return " ".join(map(str, runs))


def _share(one: ShareFigures) -> str:
    return "–" if one.share is None else f"{one.share:.0%} ({one.low:.0%}-{one.high:.0%})"


def _told(run: GateRun, one: SubjectFigures) -> str:
    sides = [side for side in one.sides if side.verdict is not Verdict.PASSED]
    return "".join(
        f"\n## {one.subject}, {side.side}: {_verdict(side)}\n\n"
        + "".join(f"- {why}\n" for why in side.why)
        + "".join(f"  - {line}\n" for line in _lines(run, one, side))
        for side in sides
    )


def _lines(run: GateRun, one: SubjectFigures, side: SideFigures) -> Iterator[str]:
    """What broke first, then what is wrong by both, then what is doubtful."""
    cases, all_of_them = (run.comments, True) if side.side == COMMENTS else (run.cases, side.side == "answers")
    own = [case for case in cases if (case.label.kind, case.label.subject) == (one.kind, one.subject)]
    own = [case for case in own if (all_of_them or side.side == case.label.state.value) and case.grade < 2]
    own.sort(key=lambda case: (case.item not in side.broken, case.grade, case.item))
    if side.worst_group is not None:
        yield f"fell most in {side.worst_group[0]}: by {side.worst_group[1]:.0%}"
    for case in own[:MOST_ITEMS]:
        yield _line(case)
    if len(own) > MOST_ITEMS:
        yield f"and {len(own) - MOST_ITEMS} more"


def _line(case: Case) -> str:
    label = case.label
    turns = f" in turn {', '.join(str(place.turn) for place in label.places)}" if label.places else ""
    wanted = f"{label.state.value if label.value is None else label.value}{turns}"
    name = f"item {case.item + 1}" + (f" ({case.reference})" if case.reference else "")
    return f"{name}: right is {wanted}; candidate {_said(case.candidate_said)}; live {_said(case.live_said)}"


def _said(runs: Sequence[str]) -> str:
    """Each answer once, with how often it came where they differ."""
    kinds = list(dict.fromkeys(runs))
    return kinds[0] if len(kinds) == 1 else ", ".join(f"{one} ({runs.count(one)} of {len(runs)})" for one in kinds)
