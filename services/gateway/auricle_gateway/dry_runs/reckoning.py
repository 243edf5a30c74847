"""A scorecard that only counts otherwise needs no model: its score follows from answers that are stored. Pure."""

from collections.abc import Mapping

from auricle_contracts import Evaluation, Finding
from auricle_criteria import Bundle, Criterion, Results, first_answers, overall
from auricle_records.dry_runs import Past

from auricle_gateway.results.effective import outcomes

ASKED = frozenset(Criterion.model_fields) - {"title"}


def only_counts(live: Bundle, candidate: Bundle) -> bool:
    """Whether the candidate asks nothing that live does not ask in the same words, and looks for nothing more or elsewhere."""
    same_flow = (live.flow and live.flow.pin) == (candidate.flow and candidate.flow.pin)
    return same_flow and _asks_no_more(live, candidate) and _looks_for_no_more(live, candidate)


def _asks_no_more(live: Bundle, candidate: Bundle) -> bool:
    known = {one.id: one.model_dump(include=set(ASKED)) for one in live.scorecard.criteria}
    prompts = {one.pin for one in live.prompts}
    return all(one.model_dump(include=set(ASKED)) == known.get(one.id) for one in candidate.scorecard.criteria) and all(
        one.pin in prompts for one in candidate.prompts
    )


def _looks_for_no_more(live: Bundle, candidate: Bundle) -> bool:
    return all(_where(live).get(name) == where for name, where in _where(candidate).items())


def _where(bundle: Bundle) -> Mapping[str, tuple[str, object]]:
    checklist = bundle.scorecard.checklist
    return {one.id: (one.pin, checklist.within(one.id)) for one in bundle.classes} if checklist else {}


def counts_turns(bundle: Bundle) -> bool:
    """Whether some item of the scorecard depends on how long a conversation is."""
    items = [item.within for section in bundle.scorecard.sections for item in section.items]
    return any(one.min_turns or one.max_turns is not None for one in items)


def counted_anew(past: Past, candidate: Bundle, turns: int) -> Evaluation:
    """The same answers, outcomes and findings as far as the candidate asks for them, with its score."""
    asked, looked_for = {one.id for one in candidate.scorecard.criteria}, {one.id for one in candidate.classes}
    answers = tuple(one for one in past.evaluation.answers if one.criterion in asked)
    made = tuple(one for one in past.evaluation.outcomes if one.error_class in looked_for)
    findings = tuple(_held(one, candidate) for one in past.evaluation.findings if one.error_class in looked_for)
    results = Results(
        answers=first_answers(answers),
        outcomes=outcomes(made, findings),
        findings=findings,
        counted=candidate.live_classes,
        channel=past.channel,
        line=past.line,
        turns=turns,
    )
    told = {
        "answers": answers,
        "outcomes": made,
        "findings": findings,
        "overall": overall(candidate.scorecard, results),
    }
    return past.evaluation.model_copy(update=told)


def _held(finding: Finding, candidate: Bundle) -> Finding:
    """As fatal as the candidate's scorecard holds it, or the class itself."""
    own = {one.id: one.fatal for one in candidate.classes}
    fatal = own[finding.error_class] or finding.error_class in candidate.fatal_classes
    return finding.model_copy(update={"fatal": fatal})
