"""Certificates of judges over the wire: computed here, void and expired in time, never of the model that scores, written down."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_contracts import MemberRole
from auricle_criteria.judges import judge_of
from integration.gateway.conftest import Door
from integration.gateway.measured import measurement
from integration.gateway.signed_in import person_of

URL = "/v1/judge-certificates"
JUDGE = judge_of(Path(__file__).parents[3] / "prompts", "same_error")
SCORER = "judge"


def judge(model: str = "big", weights: str | None = "b1", prompt: str = JUDGE.pin) -> dict[str, Any]:
    return {"prompt": prompt, "model": {"name": model, "weights": weights}}


async def bring(door: Door, each: int = 40, days: int = 30, **changed: Any) -> httpx.Response:
    body = {"measurement": measurement(each, **({"judge": judge()} | changed)), "days": days}
    return await door.ours.post(URL, json=body)


async def test_the_figures_are_computed_from_the_grades(door: Door) -> None:
    kept = await bring(door)
    assert kept.status_code == 201, kept.text
    told = kept.json()
    assert (told["state"], told["pairs"], told["runs"], told["stable"]["share"]) == ("valid", 120, 11, 1.0)
    assert [(one["subject"], one["n"], one["state"]) for one in told["subjects"]] == [("blame", 120, "valid")]
    assert (await door.ours.get(f"{URL}/{told['id']}")).json() == told
    assert (await door.ours.get(URL)).json()["items"][0] == told
    audited = (await door.ours.get("/v1/audit", params={"action": "judge_certified"})).json()["items"][0]
    assert (audited["subject"], audited["details"]["state"]) == (told["id"], "valid")


@pytest.mark.parametrize(("each", "right", "state"), [(2, True, "too_few"), (40, False, "refused")])
async def test_what_is_not_valid_is_kept_and_only_reports(door: Door, each: int, right: bool, state: str) -> None:
    body = measurement(each, right=right, judge=judge(f"model-{state}"))
    told = (await door.ours.post(URL, json={"measurement": body})).json()
    assert told["state"] == state
    assert told["why"]


async def test_another_prompt_or_other_weights_make_it_void(door: Door) -> None:
    old = (await bring(door, judge=judge("moved", prompt="same_error@fedcba9876543210"))).json()
    assert (old["state"], old["subjects"][0]["state"]) == ("void", "valid")
    first = (await bring(door, judge=judge("trained"))).json()
    assert first["state"] == "valid"
    assert (await bring(door, judge=judge("trained", "b2"))).json()["state"] == "valid"
    assert (await door.ours.get(f"{URL}/{first['id']}")).json()["state"] == "void"


async def test_a_truth_value_is_no_grade(door: Door) -> None:
    body = measurement(1)
    body["pairs"][0]["paraphrases"] = [False]
    assert (await door.ours.post(URL, json={"measurement": body})).status_code == 422


async def test_nothing_is_measured_ahead_of_time(door: Door) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for ahead in ("9999-12-31T23:59:59Z", tomorrow):
        assert (await bring(door, measured_at=ahead)).status_code == 422
    assert (await bring(door, judge=judge("old"), measured_at="0001-01-01T00:00:00Z")).json()["state"] == "expired"


async def test_it_expires(door: Door) -> None:
    earlier = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    assert (await bring(door, judge=judge("late"), measured_at=earlier)).json()["state"] == "expired"


async def test_a_model_never_judges_itself(door: Door) -> None:
    own = await bring(door, said_by=[{"name": "another name", "weights": "b1"}])
    assert (own.status_code, own.json()["code"]) == (422, "judge_is_scorer")
    scorer = await bring(door, judge=judge(SCORER))
    assert (scorer.status_code, scorer.json()["code"]) == (422, "judge_is_scorer")
    nameless = await bring(door, judge=judge(weights=None))
    assert (nameless.status_code, nameless.json()["code"]) == (422, "weights_unknown")


async def test_a_reviewer_reads_and_brings_none(door: Door) -> None:
    async with await person_of(door.ours, MemberRole.REVIEWER, email="rita@judges.example") as reviewer:
        assert (await reviewer.get(URL)).status_code == 200
        assert (await reviewer.post(URL, json={"measurement": measurement(1)})).status_code == 403
