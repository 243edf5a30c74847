"""Trainings on the page, over a gateway that answers as ours does: estimate, button, progress, proposal, and who may what."""

import re

import httpx
import pytest
from auricle_console.views.trainings import training_page
from auricle_console.wording import wording
from auricle_contracts.trainings import TrainingState
from fixtures.recorded_gateway import READER
from fixtures.recorded_trainings import training
from integration.console.browsing import OWN
from integration.console.test_pages import browser, form_token, log_in, recorded, stranger

LIST = "/settings/trainings"
__all__ = ["browser", "recorded", "stranger"]  # fixtures of the pages' own tests


async def test_the_button_stands_beside_what_it_would_take(browser: httpx.AsyncClient) -> None:
    html = (await browser.get(LIST)).text
    assert "412, at least 100 are needed" in html
    assert "3 GiB" in html
    assert "2.8 hours" in html
    assert "Start the training" in html
    assert 'name="schedule" value="weekly" checked' in html
    assert all(f'href="{LIST}/{state}"' in html for state in ("running", "proposed", "failed"))
    assert "40 %" in html
    assert "Memory is too small" in html


async def test_it_is_asked_for_by_a_form_of_this_session_and_then_followed(browser: httpx.AsyncClient) -> None:
    html = (await browser.get(LIST)).text
    said = {"base": "gemma_3_270m", "passes": "2.0", "most": "0"}
    assert (await browser.post(LIST, data=said, headers=OWN)).status_code == 403
    asked = await browser.post(LIST, data=said | {"form_token": form_token(html)}, headers=OWN)
    assert (asked.status_code, asked.headers["location"]) == (303, f"{LIST}/running")


async def test_a_training_that_runs_is_live_and_can_be_stopped(browser: httpx.AsyncClient) -> None:
    html = (await browser.get(f"{LIST}/running")).text
    assert 'data-hx-trigger="every 3s"' in html
    assert "step 120 of 300" in html
    assert "loss 0.72" in html
    assert f'action="{LIST}/running/stop"' in html
    assert "Make it live" not in html


async def test_a_proposal_shows_its_gate_and_is_decided_by_a_person(browser: httpx.AsyncClient) -> None:
    html = (await browser.get(f"{LIST}/proposed")).text
    assert "data-hx-get" not in html, "it moves no more"
    assert "judge@3f2a9c01d5e7b812" in html
    assert re.search(r'data-label="Right">90 %', html)
    assert f'action="{LIST}/proposed/promote"' in html
    assert f'action="{LIST}/proposed/refuse"' in html
    assert 'href="/settings/artefacts/own#gate"' in html
    assert "0.61" in html
    assert html.count("<li>") >= 5, "its states"


async def test_whoever_may_not_promote_sees_and_has_no_buttons(stranger: httpx.AsyncClient) -> None:
    await log_in(stranger, READER)
    html = (await stranger.get(LIST)).text
    assert "Start the training" not in html
    assert f'href="{LIST}/proposed"' in html
    shown = (await stranger.get(f"{LIST}/proposed")).text
    assert "/promote" not in shown
    assert "/stop" not in (await stranger.get(f"{LIST}/running")).text


async def test_it_is_reached_from_settings(browser: httpx.AsyncClient) -> None:
    assert f'href="{LIST}"' in (await browser.get("/settings")).text


@pytest.mark.parametrize(("language", "left", "unit"), [("ru", "1,7 ч", "ГиБ"), ("en", "1.7 hours", "GiB")])
def test_what_is_left_is_told_in_both_languages(language: str, left: str, unit: str) -> None:
    shown = training_page(training(TrainingState.RUNNING), wording(language))
    assert (shown.share, shown.is_under_way, shown.is_open) == (40, True, False)
    assert shown.left is not None
    assert shown.left.replace("\u202f", " ") in {left, "102 minutes", "102 минуты"}
    assert shown.memory is not None
    assert unit in shown.memory


def test_the_curve_has_a_point_a_checkpoint_and_its_lowest_is_the_best() -> None:
    shown = training_page(training(TrainingState.PROPOSED), wording("en"))
    points = [tuple(map(float, one.split(","))) for one in shown.losses.split()]
    assert len(points) == 6
    assert max(points, key=lambda one: one[1])[0] == 80.0, "the fifth, lowest on the picture"
    assert (shown.lowest, shown.is_open) == ("0.61", True)
