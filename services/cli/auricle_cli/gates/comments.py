"""What a candidate and what is live say of golden items, graded by a judge; whether it decides is its certificate's to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from auricle_contracts.evaluations import Grade
from auricle_contracts.golden import GoldenDialogue
from auricle_contracts.judges import JudgeCertificate, JudgeIdentity
from auricle_quality import JudgedComments, Prediction
from auricle_quality.certificates import standing
from auricle_quality.pairing import pairs_of
from pydantic import ValidationError

from auricle_cli.errors import CliError
from auricle_cli.gates import running
from auricle_cli.gates.candidates import Subject
from auricle_cli.gateway import Gateway

DOUBTFUL: Grade = 1


@dataclass(frozen=True)
class Judge:
    """Which judge is asked, and where its certificate is: a file, else the workspace."""

    prompt: str
    settings: Mapping[str, str]
    certificate: Path | None = None


def judged(
    judge: Judge,
    dialogues: Sequence[GoldenDialogue],
    asked: Mapping[Subject, str],
    ours: Sequence[Prediction],
    theirs: Sequence[Prediction],
    gateway: Gateway | None,
) -> JudgedComments | None:
    """None where nobody says anything in words. `asked`: what each subject means. Raises CliError."""
    pairs = [list(pairs_of(dialogues, some, asked)) for some in (ours, theirs)]
    flat = [pair for some in pairs for _, pair in some]
    if not flat:
        return None
    said = running.judged(judge.prompt, flat, 1, judge.settings)
    grades = [DOUBTFUL if one.grade is None else one.grade for one in said.replies]
    by_side: list[dict[Subject, dict[int, tuple[Grade, ...]]]] = [{}, {}]
    sides = [(side, prediction, pair) for side, some in enumerate(pairs) for prediction, pair in some]
    for (side, prediction, pair), grade in zip(sides, grades, strict=True):
        of = by_side[side].setdefault((pair.kind, pair.subject), {})
        of[prediction.item] = (*of.get(prediction.item, ()), grade)
    identity = JudgeIdentity(prompt=said.prompt, model=said.model)
    found = _certificate(judge, identity, gateway)
    told = f"{identity.prompt} asked of {identity.model.name}, {_told(found)}"
    decides = found.decides if found else frozenset()
    return JudgedComments(judge=told, candidate=by_side[0], live=by_side[1], decides=decides)


def _told(found: JudgeCertificate | None) -> str:
    if found is None:
        return "which has no certificate: only reported"
    return f"whose certificate is {found.state.value} (until {found.expires_at:%Y-%m-%d})"


def _certificate(judge: Judge, identity: JudgeIdentity, gateway: Gateway | None) -> JudgeCertificate | None:
    """As it stands now for this judge; of several the newest that is valid, else the newest."""
    if judge.certificate is not None:
        try:
            known = [JudgeCertificate.model_validate_json(judge.certificate.read_text("utf-8"))]
        except (OSError, ValidationError) as error:
            raise CliError(f"{judge.certificate} is no certificate: {type(error).__name__}") from None
    elif gateway is not None:
        shown = gateway.pages("/v1/judge-certificates", {})
        fields = JudgeCertificate.model_fields
        known = [JudgeCertificate.model_validate({name: one[name] for name in fields}) for one in shown]
    else:
        known = []
    now = datetime.now(UTC)
    standings = [standing(one, now, identity) for one in known if judge.certificate or one.judge.is_same(identity)]
    return next((one for one in standings if one.decides), standings[0] if standings else None)
