"""What the product is for, walked by clicks and keys: contested, decided, calibrated, published, searched, uploaded.

The walks share one workplace. Each takes a conversation or an artefact of its own, and counts nothing that another changes.
"""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browser.workplace import ADMIN, AGENT, ANALYST, MANAGER, REVIEWER, SECOND, THIRD, Workplace, wait_until
from pyarrow import parquet

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
CALL = Path(__file__).parents[1] / "data/calls/02-ru-delivery.wav"
CONTESTED = "chat 06"
STOP_WORDS = "Stop words"
CORRECTED = 85


def sheet_of(window: Any, name: str) -> bytes:
    """A download of what the list shows."""
    if not window.locator("#download").is_visible():
        window.get_by_role("button", name="Download").click()
    with window.expect_download() as begun:
        window.locator("#download").get_by_role("link", name=name, exact=True).first.click()
    return Path(begun.value.path()).read_bytes()


def politeness_in_files(window: Any, title: str) -> set[float]:
    """What Excel and Parquet say of a conversation."""
    book = openpyxl.load_workbook(io.BytesIO(sheet_of(window, "Excel")), read_only=True)
    header, row = [list(row) for row in book.worksheets[0].iter_rows(max_row=2, values_only=True)]
    assert title in row
    said = {float(value) for name, value in zip(header, row, strict=True) if str(name).startswith("Politeness")}
    table = parquet.read_table(io.BytesIO(sheet_of(window, "Parquet"))).to_pylist()
    (line,) = table
    return said | {float(line["politeness"])}


def own_mean(window: Any, workplace: Workplace) -> float:
    """The agent's mean politeness, as the own page tells it."""
    window.goto(f"{workplace.url}/me")
    return float(window.locator(".trend", has_text="Politeness").locator(".value").first.inner_text())


def test_a_contested_answer_changes_the_list_the_mean_and_the_files(workplace: Workplace) -> None:
    """Olga appeals on the card of the answer, Quinn decides it: 85 in place of 40, wherever it is looked at."""
    with workplace.window(AGENT) as agent, workplace.window(MANAGER) as manager:
        manager.goto(f"{workplace.url}/conversations?external_id={CONTESTED}")
        assert politeness_in_files(manager, CONTESTED) == {40}
        before = own_mean(agent, workplace)
        agent.click(".rail a[href='/conversations']")
        agent.get_by_role("link", name=CONTESTED, exact=True).click()
        card = agent.locator("#c-politeness")
        card.locator(".appeal-form summary").click()
        card.locator(".appeal-form textarea").fill("The customer shouted first.")
        with agent.expect_navigation():
            card.locator(".appeal-form button").click()
        manager.click(".rail a[href='/appeals']")
        item = manager.locator(".appeal-item", has_text="The customer shouted first.")
        item.locator("summary").click()
        item.get_by_label("partly accepted").check()
        item.locator("input[name=value]").fill(str(CORRECTED))
        item.locator("textarea[name=reason]").fill("Both shouted.")
        with manager.expect_navigation():
            item.get_by_role("button", name="Decide").click()
        manager.goto(f"{workplace.url}/conversations?external_id={CONTESTED}")
        row = manager.locator("tr[data-conversation]").inner_text()
        assert "85" in row
        assert "Квинн" in row, "the list says who judged it"
        assert politeness_in_files(manager, CONTESTED) == {CORRECTED}
        assert own_mean(agent, workplace) == pytest.approx(before + (CORRECTED - 40) / 12, abs=1)
        assert "Both shouted." in agent.locator(".agent-appeal").first.inner_text()


def test_an_agent_reads_what_the_own_appeal_changed(workplace: Workplace) -> None:
    """Accepted, answered by a version of the class that is made live, and told to the agent."""
    with workplace.window(AGENT) as agent, workplace.window(MANAGER) as manager:
        agent.goto(f"{workplace.url}/conversations?external_id=chat 12")
        agent.get_by_role("link", name="chat 12", exact=True).click()
        card = agent.locator(".finding", has_text=STOP_WORDS)
        card.locator(".appeal-form summary").click()
        card.locator(".appeal-form textarea").fill("It was the other department's matter.")
        with agent.expect_navigation():
            card.locator(".appeal-form button").click()
        manager.goto(f"{workplace.url}/appeals")
        item = manager.locator(".appeal-item", has_text="It was the other department's matter.")
        item.locator("summary").click()
        item.get_by_label("accepted", exact=True).check()
        item.locator("textarea[name=reason]").fill("Naming another department is no refusal.")
        with manager.expect_navigation():
            item.get_by_role("button", name="Decide").click()
        manager.click(".rail a[href^='/settings']")
        manager.get_by_role("link", name="Error classes").click()
        manager.fill("#search-artefacts", "stop_words")
        manager.keyboard.press("Enter")
        manager.get_by_role("link", name=STOP_WORDS).first.click()
        manager.get_by_role("link", name="New version").click()
        keep_as_candidate(manager, "Naming another department is no refusal.")
        manager.click("[popovertarget=promote]")
        manager.locator("#promote input[name=appeals]").check()
        make_live(manager, "An appeal was right.")
        agent.click(".rail a[href='/me']")
        told = agent.locator(".agent-appeal", has_text=STOP_WORDS).locator(".led-to").inner_text()
        assert told.startswith("This appeal changed the rule of this error: version ")
        assert "in force since" in told


def keep_as_candidate(window: Any, note: str) -> None:
    """The form in fields, checked and kept."""
    window.locator("textarea[name='note:text']").fill(note)
    with window.expect_navigation():
        window.locator(".heading").get_by_role("button", name="Check").click()
    assert window.locator("#faults.note").count() == 1, window.locator("#faults").inner_text()
    with window.expect_navigation():
        window.get_by_role("button", name="Keep as a candidate").click()


def make_live(window: Any, reason: str) -> None:
    """By the popover that stands open."""
    window.locator("#promote textarea[name=reason]").fill(reason)
    with window.expect_navigation():
        window.locator("#promote button.main").click()


def test_a_scorecard_is_edited_tried_published_and_taken_back(workplace: Workplace) -> None:
    """In fields: a lower mark to pass. Tried on past conversations without a model, made live, and taken back."""
    with workplace.window(MANAGER) as window:
        window.click(".rail a[href^='/settings']")
        window.get_by_role("link", name="Sales", exact=True).click()
        shipped = window.url
        window.get_by_role("link", name="New version").click()
        window.locator("input[name='pass_mark:number']").fill("20")
        keep_as_candidate(window, "Stop words alone fail nobody.")
        assert "pass_mark" in window.locator("#diff").inner_text()
        window.locator("#dry-runs input[name=conversations]").fill("20")
        window.get_by_role("button", name="Try it").click()
        window.wait_for_url("**/dry-runs/*")
        told = window.locator("main").inner_text()
        assert "20 of 20 judged" in told
        assert "without a model" in told
        window.get_by_role("link", name="To the version").click()
        window.click("[popovertarget=promote]")
        make_live(window, "Tried on twenty.")
        assert "· live ·" in window.locator("main").inner_text()
        window.click("[popovertarget=rollback]")
        window.locator("#rollback textarea[name=reason]").fill("Too many passed.")
        with window.expect_navigation():
            window.locator("#rollback button.main").click()
        window.goto(shipped)
        assert "· live ·" in window.locator("main").inner_text()
        assert "Too many passed." in window.locator("main").inner_text()


def test_three_people_are_calibrated_blind(workplace: Workplace) -> None:
    """Three answer two conversations without the model's answers; the comparison names each of them and the model."""
    with workplace.window(MANAGER) as manager:
        manager.click(".rail a[href='/calibrations']")
        manager.fill("input[name=title]", "December")
        manager.fill("input[name=sample]", "2")
        for name in ("Вера", "Рита", "Егор"):
            manager.get_by_label(name, exact=True).check()
        with manager.expect_navigation():
            manager.get_by_role("button", name="Begin").click()
        manager.wait_for_url("**/calibrations/*")
        session = manager.url
        for number, email in enumerate((REVIEWER, SECOND, THIRD)):
            with workplace.window(email) as window:
                judge_blind(window, session, 80 + 5 * number)
        manager.goto(session)
        with manager.expect_navigation():
            manager.get_by_role("button", name="Close and compare").click()
        told = manager.locator("main").inner_text()
        assert "Reviewers among themselves (ceiling)" in told
        politeness = manager.locator("tr", has_text="Politeness").last.inner_text()
        assert [value in politeness for value in ("80", "85", "90")] == [True] * 3


def judge_blind(window: Any, session: str, politeness: int) -> None:
    """Both conversations, one question of each; what the model answered is not there."""
    window.goto(session)
    window.locator("td.first a").first.click()
    for _ in range(2):
        field = window.get_by_label("Politeness", exact=True)
        assert field.input_value() == ""
        field.fill(str(politeness))
        with window.expect_navigation():
            window.get_by_role("button", name="Save, next").click()


def test_what_was_said_is_found_drilled_down_to_and_kept_as_a_view(workplace: Workplace) -> None:
    """Words, a chart's row, the list behind it, the quote; what narrows the list becomes a view that opens it again."""
    with workplace.window(MANAGER) as window:
        window.keyboard.press("/")
        window.locator("#search").fill("холодильники")
        with window.expect_navigation():
            window.keyboard.press("Enter")
        assert window.locator("tr.found mark").first.inner_text() == "холодильника", "any form of a word is found"
        window.click(".rail a[href='/dashboards/quality']")
        window.get_by_role("link", name="Breakdown").click()
        window.locator("table").get_by_role("link", name=STOP_WORDS).first.click()
        window.wait_for_url("**/conversations?*error_class=stop_words*")
        count = window.locator("tr[data-conversation]").count()
        window.get_by_role("button", name="Views").click()
        window.locator("#views input[name=name]").fill("Stop words")
        with window.expect_navigation():
            window.locator("#views button.main").click()
        window.locator("tr[data-conversation] a.stretch").first.click()
        quote = window.locator(".finding .quote").first
        quote.click()
        assert quote.inner_text().split("\n")[-1].strip() in window.locator("#c-t2 .said").inner_text()
        window.goto(f"{workplace.url}/conversations")
        window.get_by_role("button", name="Views").click()
        window.locator("#views").get_by_role("link", name="Stop words").click()
        window.wait_for_url("**error_class=stop_words*")
        assert window.locator("tr[data-conversation]").count() == count


def test_a_call_and_a_sheet_are_uploaded(workplace: Workplace, tmp_path: Path) -> None:
    """A recording is heard and judged; a corrected sheet is looked at, then written."""
    with workplace.window(ADMIN) as window:
        window.get_by_role("link", name="Upload").click()
        window.set_input_files("#files", CALL)
        with window.expect_navigation():
            window.get_by_role("button", name="Send").click()
        window.get_by_role("link", name="Accepted: open the conversation").click()
        conversation = window.url.rpartition("/")[2]
        wait_until(lambda: workplace.api.get(f"/v1/conversations/{conversation}").json()["progress"] == "done")
        window.reload()
        assert window.locator(".turn").count() > 0
        window.goto(f"{workplace.url}/conversations?external_id=chat 20")
        window.get_by_role("button", name="Download").click()
        with window.expect_download() as begun:
            window.get_by_role("link", name="Excel: all pages").click()
        sheet = tmp_path / "corrected.xlsx"
        corrected(Path(begun.value.path()), sheet, 15)
        window.get_by_role("link", name="Upload").click()
        window.set_input_files("#files", sheet)
        with window.expect_navigation():
            window.get_by_role("button", name="Look at the sheet first").click()
        assert "Labels that would be written: 1." in window.locator(".sent").inner_text()
        with window.expect_navigation():
            window.get_by_role("button", name="Write the labels").click()
        assert "Labels: 1 new" in window.locator(".sent").inner_text()
        window.goto(f"{workplace.url}/conversations?external_id=chat 20")
        assert "15" in window.locator("tr[data-conversation] .lead").inner_text()


def corrected(given: Path, kept: Path, politeness: int) -> None:
    """As an analyst would: another number into the column of the only row."""
    book = openpyxl.load_workbook(io.BytesIO(given.read_bytes()))
    report = book.worksheets[0]
    (column,) = [cell.column for cell in report[1] if str(cell.value).startswith("Politeness")]
    report.cell(2, column).value = politeness
    book.save(kept)


def test_a_look_at_what_is_hidden_is_in_the_log(workplace: Workplace) -> None:
    with workplace.window(MANAGER) as window:
        window.get_by_role("link", name="chat 02", exact=True).click()
        assert "345-67-89" not in window.locator("#c-t1").inner_text()
        conversation = window.url.rpartition("/")[2].partition("?")[0]
        window.click("[popovertarget=masking]")
        with window.expect_navigation():
            window.get_by_role("button", name="Show personal data").click()
        assert "345-67-89" in window.locator("#c-t1").inner_text()
        window.click(".rail a[href^='/settings']")
        window.get_by_role("link", name="Audit log").click()
        line = window.locator("tbody tr", has_text="hidden data shown").first.inner_text()
        assert "Квинн" in line
        assert conversation in line


def test_labels_are_brought_what_contradicts_is_settled_and_an_analyst_sees_it(
    workplace: Workplace, tmp_path: Path
) -> None:
    """A sheet is looked at, written, sent again with another verdict, and the contradiction settled; the test split stays shut."""
    sheets = [tmp_path / f"{name}.xlsx" for name in ("anna", "boris")]
    for sheet, by, verdict in zip(sheets, ("Анна", "Борис"), ("да", "нет"), strict=True):
        labelled(sheet, by, verdict)
    with workplace.window(MANAGER) as window:
        window.click(".rail a[href='/golden']")
        window.get_by_role("link", name="Quotas").click()
        window.get_by_label("Keep copies of dialogues as golden items").check()
        with window.expect_navigation():
            window.get_by_role("button", name="Save").click()
        for sheet in sheets:
            window.get_by_role("link", name="Bring labels").click()
            window.set_input_files("#file", sheet)
            with window.expect_navigation():
                window.get_by_role("button", name="Look at it").click()
            assert "Dialogues read: 1, of these refused: 0" in window.locator("#result").inner_text()
            with window.expect_navigation():
                window.get_by_role("button", name="Write dialogues: 1").click()
        assert "Contradict earlier decisions now" in window.locator("#result").inner_text()
        window.click(".rail a[href='/golden']")
        window.get_by_role("link", name="Contradictions: 1").click()
        window.get_by_role("link", name="17", exact=True).click()
        assert window.locator("#dialogue mark").inner_text() == "Отстаньте"
        with window.expect_navigation():
            window.locator(".golden-label", has_text="Decided by Анна").get_by_role(
                "button", name="This is right"
            ).click()
        assert window.locator("#labels").get_by_role("button", name="This is right").count() == 0
        item = window.url
    with workplace.window(ANALYST) as window:
        window.click(".rail a[href='/golden']")
        split = workplace.api.get(f"/v1/golden-items/{item.rpartition('/')[2]}").json()["split"]
        assert window.get_by_role("link", name="17", exact=True).count() == (0 if split == "test" else 1)
        assert window.locator("select[name=split] option[value=test]").count() == 0
        assert window.get_by_role("link", name="Bring labels").count() == 0
    manager = workplace.client(MANAGER)
    manager.delete(f"/v1/golden-items/{item.rpartition('/')[2]}").raise_for_status()
    manager.put("/v1/golden-settings", json={"consent": False}).raise_for_status()


def labelled(sheet: Path, by: str, verdict: str) -> None:
    """One dialogue with one verdict, as an analyst keeps them."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["№", "Текст", "Канал", "Ошибка", "Есть?", "Фрагмент", "Аналитик"])
    said = "Клиент: Где мой заказ?\nОператор: Отстаньте, ваш заказ в пути."
    quote = "Отстаньте" if verdict == "да" else None
    book.active.append([17, said, "чат", "Грубость", verdict, quote, by])
    book.save(sheet)
