"""Certificates over made-up grades: steady, agreeing, too few, expired, void, and never of a judge's own words."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from auricle_contracts.golden import GoldenKind
from auricle_contracts.judges import (
    CertificateState,
    ComparedPair,
    JudgeIdentity,
    JudgeMeasurement,
    ModelIdentity,
    PairGrades,
    Saying,
)
from auricle_quality import certificate_reports
from auricle_quality.certificates import certify, kappa, standing
from auricle_quality.errors import JudgeIsScorer, WeightsUnknown
from auricle_quality.pairs import JudgeReplies, JudgeReply, Variant, measurement, noisy, questions

NOW = datetime(2026, 11, 30, tzinfo=UTC)
JUDGE = JudgeIdentity(prompt="same_error@0123456789abcdef", model=ModelIdentity(name="big", weights="b1"))
SCORER = ModelIdentity(name="judge", weights="a1")
EACH = 40


def graded(people: int, judge: int | None, **changed: Any) -> PairGrades:
    """A pair on which the judge is steady."""
    told = {"kind": "error_class", "subject": "rudeness", "people": people, "runs": [judge] * 11, "swapped": judge}
    return PairGrades.model_validate(told | {"noise": judge, "paraphrases": [judge, judge]} | changed)


def measured(pairs: Sequence[PairGrades], **changed: Any) -> JudgeMeasurement:
    told = {"judge": JUDGE, "temperature": 0.0, "said_by": (SCORER,), "measured_at": NOW, "pairs": tuple(pairs)}
    return JudgeMeasurement.model_validate(told | changed)


GOOD = [graded(2, 2)] * EACH + [graded(1, 1)] * EACH + [graded(0, 0)] * EACH


def test_a_steady_judge_that_agrees_is_valid_for_its_days() -> None:
    found = certify(measured(GOOD), days=30)
    assert found.state is CertificateState.VALID, found.why
    assert found.decides == {(GoldenKind.ERROR_CLASS, "rudeness")}
    assert (found.stable.share, found.flips.share, found.runs, found.pairs) == (1.0, 0.0, 11, 120)
    assert found.expires_at == NOW + timedelta(days=30)
    assert standing(found, NOW + timedelta(days=29), JUDGE).state is CertificateState.VALID
    late = standing(found, NOW + timedelta(days=30), JUDGE)
    assert late.state is CertificateState.EXPIRED
    assert not late.decides


@pytest.mark.parametrize(
    "other",
    [
        JUDGE.model_copy(update={"prompt": "same_error@fedcba9876543210"}),
        JUDGE.model_copy(update={"model": ModelIdentity(name="big", weights="b2")}),
        JUDGE.model_copy(update={"model": ModelIdentity(name="big")}),
    ],
)
def test_another_prompt_or_model_makes_it_void(other: JudgeIdentity) -> None:
    found = standing(certify(measured(GOOD)), NOW, other)
    assert found.state is CertificateState.VOID
    assert not found.decides


@pytest.mark.parametrize("few", [1, 5, 12])
def test_few_pairs_are_never_valid(few: int) -> None:
    found = certify(measured([graded(2, 2)] * few + [graded(0, 0)] * few))
    assert found.state is CertificateState.TOO_FEW
    assert not found.decides


def test_one_grade_of_people_tells_no_agreement() -> None:
    found = certify(measured([graded(2, 2)] * 200))
    assert found.state is CertificateState.TOO_FEW
    (subject,) = found.subjects
    assert subject.kappa.value is None
    assert subject.wrong_found.of == 0


def test_one_run_is_too_few_to_be_called_steady() -> None:
    assert certify(measured([graded(2, 2, runs=[2])] * 80 + GOOD)).state is CertificateState.TOO_FEW


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("stable", {"runs": [2] * 10 + [1]}),
        ("swapped", {"swapped": 0}),
        ("noise", {"noise": None}),
        ("paraphrase", {"paraphrases": [2, 1]}),
    ],
)
def test_an_unsteady_judge_is_refused_and_the_report_says_why(name: str, changed: dict[str, Any]) -> None:
    found = certify(measured([graded(2, 2, **changed)] * EACH + [graded(0, 0)] * EACH))
    assert found.state is CertificateState.REFUSED
    assert [why for why in found.why if why.startswith(name)]
    assert name in certificate_reports.markdown(found)


def test_a_lenient_judge_agrees_where_people_are_content_and_is_refused_for_the_rest() -> None:
    found = certify(measured([graded(2, 2)] * EACH + [graded(0, 2)] * EACH))
    assert found.state is CertificateState.REFUSED
    (subject,) = found.subjects
    assert (subject.right_found.share, subject.wrong_found.share) == (1.0, 0.0)
    assert subject.kappa.value == 0.0


def test_a_class_decides_alone_while_another_is_refused() -> None:
    other = [graded(people, 2, subject="blame") for people in (0, 2) for _ in range(EACH)]
    found = certify(measured([*GOOD, *other]))
    assert found.state is CertificateState.VALID
    assert {name for _, name in found.decides} == {"rudeness"}


def test_flips_are_told_apart_from_steadiness() -> None:
    found = certify(measured([*GOOD, graded(2, 2, runs=[2] * 10 + [None])]))
    assert (found.flips.hits, found.flips.of, found.unanswered) == (1, 121 * 11, 1)
    assert found.state is CertificateState.VALID


def test_kappa_is_cohens() -> None:
    """Of 50 pairs 35 agree, 25 by chance: (35 - 25) / (50 - 25)."""
    pairs = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    found = kappa(pairs)
    assert found is not None
    assert round(found, 3) == 0.4
    assert kappa([(2, 2)] * 9) is None


def test_a_judge_never_grades_its_own_words() -> None:
    own = measured(GOOD, said_by=(JUDGE.model,))
    with pytest.raises(JudgeIsScorer):
        certify(own)
    renamed = measured(GOOD, said_by=(ModelIdentity(name="another", weights="b1"),))
    with pytest.raises(JudgeIsScorer):
        certify(renamed)
    unknown = measured(GOOD, said_by=(ModelIdentity(name="big"),))
    with pytest.raises(JudgeIsScorer):
        certify(unknown)


def test_without_the_weights_hash_there_is_no_certificate() -> None:
    nameless = JUDGE.model_copy(update={"model": ModelIdentity(name="big")})
    with pytest.raises(WeightsUnknown):
        certify(measured(GOOD, judge=nameless))


def pair(**changed: Any) -> ComparedPair:
    told: dict[str, Any] = {"kind": "error_class", "subject": "rudeness", "asked": "Грубость", "grade": 2}
    told |= {"golden": {"comment": "Грубо ответил."}, "said": {"words": ["Достали уже"]}, "said_by": SCORER}
    return ComparedPair.model_validate(told | changed)


def test_replies_become_a_measurement_of_pairs_that_people_graded() -> None:
    pairs = [pair(), pair(grade=None), pair(subject="blame", grade=0)]
    replies = tuple(
        JudgeReply(**asked.model_dump(), grade=1 if asked.variant is Variant.SWAPPED else 2)
        for asked in questions(3, 3, 2, measure=True)
    )
    said = JudgeReplies(prompt=JUDGE.prompt, model=JUDGE.model, temperature=0.0, asked_at=NOW, replies=replies)
    found = measurement(pairs, said)
    assert [(one.subject, one.people, one.runs, one.swapped, one.paraphrases) for one in found.pairs] == [
        ("rudeness", 2, (2, 2, 2), 1, (2, 2)),
        ("blame", 0, (2, 2, 2), 1, (2, 2)),
    ]
    assert found.said_by == (SCORER,)
    with pytest.raises(JudgeIsScorer):
        measurement([pair(said_by=JUDGE.model)], said)


def test_noise_changes_letters_and_not_the_meaning() -> None:
    saying = Saying(words=("Достали уже звонить",), comment="Оператор раздражён и говорит грубость клиенту.")
    noise = noisy(saying)
    assert noise != saying
    assert noise == noisy(saying)
    assert sorted((noise.comment or "").replace(".", "")) == sorted((saying.comment or "").replace(".", ""))
    assert len((noise.comment or "").split()) == len((saying.comment or "").split())
