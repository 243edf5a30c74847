"""The sheets: the article's layout, three words that are not "no", and nothing that a spreadsheet would compute."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from auricle_contracts import AnswerState, CriterionKind, Label, Layer
from auricle_gateway.exports import agents, excel_file, parquet_file, tables
from auricle_gateway.exports.columns import Kind
from auricle_gateway.exports.csv_file import CsvFormat
from auricle_gateway.exports.excel_file import ExcelFile, Style
from auricle_gateway.exports.formatting import MAX_CHARS, defused
from auricle_gateway.exports.i18n import SHEETS, Language
from auricle_gateway.exports.legend import About
from auricle_gateway.exports.parquet_file import DailyParquet, ParquetFile
from auricle_gateway.exports.tables import ANSWERS, REPORT, TABLES, Item
from auricle_records.analytics import AgentCriterion, AgentSummary
from unit.gateway.reports_made import NOON, answer, item

ARTICLE_HEADER = [
    "ID звонка", "Вежливость (0–100)", "Вероятность продажи (%)", "Возражения (0–100)", "Цены упомянуты", "Этап сделки", "Комментарий",
]  # fmt: skip
FORMULAS = ["=1+1", "+7 900", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1", "\ufeff=cmd|' /C calc'!A0"]


PAGE = "https://auricle.example"
LABEL = Label(
    id="l", conversation_id="0193-a", evaluation_id="e", criterion="politeness", kind=CriterionKind.SCORE,
    state=AnswerState.NOT_APPLICABLE, value=None, old_state=AnswerState.ANSWERED, old_value=78, comment="=1", author="ann",
    source="sheet", created_at=NOON, updated_at=NOON,
)  # fmt: skip


def excel(path: Path, *items: Item, language: Language = "ru") -> openpyxl.Workbook:
    file = ExcelFile(path / "a.xlsx", Style(language, PAGE))
    file.add(items)
    file.add_agents(agents.columns_of([]), [])
    file.add_legend(About(NOON, "line = sales"))
    file.close()
    return openpyxl.load_workbook(path / "a.xlsx")


def lines(*items: Item, language: Language = "ru") -> list[list[str]]:
    raw = CsvFormat(language).header(REPORT.columns)
    for one in items:
        raw += CsvFormat(language).lines(tables.report_rows(one))
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


def test_the_report_begins_like_the_analysts_sheet(tmp_path: Path) -> None:
    sheet = excel(tmp_path, item())["Отчёт"]
    rows = list(sheet.iter_rows(values_only=True))
    assert list(rows[0][:7]) == ARTICLE_HEADER
    assert list(rows[1][:7]) == ["84213", 78, 64, 72, "да", "Закрытие", "Много «воды», мало конкретики"]
    assert lines(item())[1][:7] == ["84213", "78", "64", "72", "да", "Закрытие", "Много «воды», мало конкретики"]


def test_the_workbook_has_its_sheets_filters_and_frozen_headers(tmp_path: Path) -> None:
    book = excel(tmp_path, item())
    assert book.sheetnames == [
        "Отчёт",
        "Ответы",
        "Ошибки",
        "Разметка",
        "Стоимость",
        "Стоимость по критериям",
        "Операторы",
        "Легенда",
    ]
    for sheet in book.worksheets[:-1]:
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet["A1"].font.bold
    assert excel(tmp_path, language="en").sheetnames[0] == "Report"


@pytest.mark.parametrize(("language", "no"), [("ru", "нет"), ("en", "no")])
def test_no_and_no_occasion_and_undetermined_are_three_things(tmp_path: Path, language: Language, no: str) -> None:
    one = item(
        answer("politeness", None, AnswerState.UNDETERMINED),
        answer("objection_handling", None, AnswerState.NOT_APPLICABLE),
        answer("price_mentions", 0),
        language=language,
    )
    row = lines(one, language=language)[1]
    assert row[1:5] == ["?", "", "—", no], "the second was not asked, and is empty"
    sheet = excel(tmp_path, one, language=language)[SHEETS["report"][language]]
    assert [sheet.cell(2, column).value for column in (2, 3, 4, 5)] == ["?", None, "—", no]
    legend = excel(tmp_path, one, language=language)[SHEETS["legend"][language]]
    assert {"?", "—", no} <= {legend.cell(row, 1).value for row in range(1, 6)}


def test_a_call_leads_to_its_page_and_nothing_else_is_a_link(tmp_path: Path) -> None:
    sheet = excel(tmp_path, item(summary="https://evil.example"))["Отчёт"]
    assert sheet["A2"].hyperlink.target == f"{PAGE}/conversations/0193-a"
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.hyperlink] == ["A2"]


def test_a_book_has_so_many_links_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is held in memory until the end; the ids behind the last one are plain text."""
    monkeypatch.setattr(excel_file, "MOST_LINKS", 3)
    sheet = excel(tmp_path, *[item()] * 4)["Отчёт"]
    links = [sheet.cell(row, 1).hyperlink is not None for row in range(2, 6)]
    assert links == sorted(links, reverse=True)
    assert 1 <= sum(links) <= 3
    assert {sheet.cell(row, 1).value for row in range(2, 6)} == {"84213"}


def test_a_hostile_call_id_is_the_text_of_its_link_only(tmp_path: Path) -> None:
    one = item()
    hostile = one.conversation.model_copy(update={"external_id": "=cmd|x", "id": "../../login?next=//evil"})
    sheet = excel(tmp_path, replace(one, conversation=hostile))["Отчёт"]
    assert sheet["A2"].value == "'=cmd|x"
    assert sheet["A2"].hyperlink.target == f"{PAGE}/conversations/..%2F..%2Flogin%3Fnext%3D%2F%2Fevil"


def test_cells_that_come_back_are_checked_by_excel_itself(tmp_path: Path) -> None:
    sheet = excel(tmp_path, item())["Отчёт"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["B2"].formula1 == 'OR(B2="—",B2="?",IF(ISNUMBER(B2),AND(B2>=0,B2<=100),FALSE))'
    assert rules["J2"].formula1 == 'OR(J2="—",J2="?",IF(ISNUMBER(J2),AND(J2>=0,J2=INT(J2)),FALSE))'
    assert rules["F2"].formula1.strip('"').split(",")[-3:] == ["Закрытие", "—", "?"]
    assert rules["H2"].formula1 == '"да,нет"'
    assert set(rules) == {"B2", "C2", "D2", "F2", "H2", "I2", "J2"}


def test_scores_signs_and_severities_have_colours(tmp_path: Path) -> None:
    book = excel(tmp_path, item())
    coloured = {str(found.sqref) for found in book["Отчёт"].conditional_formatting}
    assert {"B2", "C2", "D2", "E2", "F2"} <= coloured
    assert [str(found.sqref) for found in book["Ошибки"].conditional_formatting] == ["C2"]
    assert book["Отчёт"]["B1"].fill.fgColor.rgb != book["Отчёт"]["A1"].fill.fgColor.rgb, "what may be edited is seen"


def test_labels_have_a_sheet(tmp_path: Path) -> None:
    row = next(excel(tmp_path, replace(item(), labels=(LABEL,)))["Разметка"].iter_rows(min_row=2, values_only=True))
    assert row[1:7] == ("politeness", 78, "—", "'=1", "ann", "sheet")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_begins_a_formula(tmp_path: Path, text: str) -> None:
    hostile = item(answer("stage", text, said=text), summary=text)
    sheet = excel(tmp_path, hostile)["Отчёт"]
    assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    for cell in (sheet["F2"].value, sheet["G2"].value, lines(hostile)[1][5], lines(hostile)[1][6]):
        assert cell.startswith("'")


def test_the_defusing_would_be_missed(tmp_path: Path) -> None:
    """The check above can fail: without the apostrophe openpyxl reads a plain csv's cell as it is."""
    assert not "=1+1".startswith("'")
    assert defused("Добрый день") == "Добрый день"
    assert defused("5 - 3") == "5 - 3"


def test_numbers_stay_numbers(tmp_path: Path) -> None:
    sheet = excel(tmp_path, item(answer("politeness", -5)))["Отчёт"]
    assert sheet["B2"].value == -5


def test_odd_text_is_kept_and_cut(tmp_path: Path) -> None:
    odd = item(answer("politeness", 1), summary="a\x00b\x0b\ud800 <b>&amp;</b> 👩‍👩‍👧 " + "я" * 40_000)
    value = excel(tmp_path, odd)["Отчёт"]["G2"].value
    assert "<b>&amp;</b>" in value
    assert len(value) <= MAX_CHARS + 64  # control characters are spelt out by the format
    assert lines(odd)[1][6].endswith("…")


def test_parquet_keeps_types_and_states(tmp_path: Path) -> None:
    file = ParquetFile(tmp_path / "a.parquet", REPORT.columns)
    file.add([item(), item(answer("politeness", None, AnswerState.UNDETERMINED))], REPORT)
    file.add([], REPORT)
    file.close()
    rows = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert [(row["politeness"], row["politeness_state"]) for row in rows] == [
        (78.0, "answered"),
        (None, "undetermined"),
    ]
    assert (rows[0]["prices_mentioned"], rows[1]["prices_mentioned"], rows[1]["prices_mentioned_state"]) == (
        True,
        None,
        None,
    )
    assert rows[0]["started_at"].tzinfo is not None
    assert str(rows[0]["cost_usd"]) == "0.00033533"


def test_parquet_has_few_row_groups_however_many_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The footer grows with every row group, and is held in memory."""
    monkeypatch.setattr(parquet_file, "ROW_GROUP", 100)
    file = ParquetFile(tmp_path / "a.parquet", REPORT.columns)
    for _ in range(25):
        file.add([item()] * 10, REPORT)
    file.close()
    kept = pq.ParquetFile(tmp_path / "a.parquet")
    assert (kept.metadata.num_rows, kept.num_row_groups) == (250, 3)


def test_parquet_says_its_units(tmp_path: Path) -> None:
    ParquetFile(tmp_path / "a.parquet", REPORT.columns).close()
    fields = {field.name: field.metadata or {} for field in pq.read_schema(tmp_path / "a.parquet")}
    assert (fields["duration_s"][b"unit"], fields["cost_usd"][b"unit"]) == (b"s", b"USD")
    numbers = [
        column for table in TABLES.values() for column in table.columns if column.kind in (Kind.NUMBER, Kind.MONEY)
    ]
    assert [column.key for column in numbers if not column.unit] == []


def test_parquet_by_day_reads_as_one_partitioned_table(tmp_path: Path) -> None:
    late = datetime(2026, 11, 3, 1, tzinfo=timezone(timedelta(hours=3)))  # still the second of November in UTC
    moments = [NOON + timedelta(days=1), late, NOON, NOON - timedelta(days=40)]
    items = [replace(item(), conversation=item().conversation.model_copy(update={"started_at": at})) for at in moments]
    file = DailyParquet(tmp_path / "a.zip", REPORT)
    file.add(items[:3])
    file.add(items[3:])
    file.close()
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        packed.extractall(tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "report", partitioning="hive").to_pylist()
    assert sorted(row["day"] for row in rows) == ["2026-09-23", "2026-11-02", "2026-11-02", "2026-11-03"]
    assert list(tmp_path.glob("*.part")) == []


def test_no_rows_are_an_empty_zip(tmp_path: Path) -> None:
    DailyParquet(tmp_path / "a.zip", REPORT).close()
    assert zipfile.ZipFile(tmp_path / "a.zip").namelist() == []


@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_fits_its_columns_in_every_format(tmp_path: Path, name: str) -> None:
    table = TABLES[name]
    rows = list(table.rows(replace(item(), labels=(LABEL,))))
    assert rows
    assert {len(row) for row in rows} == {len(table.columns)}
    file = ParquetFile(tmp_path / "a.parquet", table.columns)
    file.add_rows(rows)
    file.close()
    assert pq.read_table(tmp_path / "a.parquet").num_rows == len(rows)
    assert CsvFormat("en").lines(rows)


def test_a_quote_is_beside_its_answer() -> None:
    rows = CsvFormat("ru").lines(ANSWERS.rows(item())).decode()
    assert "«Договорились»" in rows


def test_agents_have_a_column_for_each_measured_criterion() -> None:
    politeness = AgentCriterion("Вежливость", Layer.MODEL, CriterionKind.SCORE, 3, 1, 1, 81.5, labelled=4, agreed=0.5)
    count = AgentCriterion("Цены", Layer.RULE, CriterionKind.COUNT, 3, 0, 0, 2.0, labelled=6, agreed=1.0)
    found = [
        AgentSummary("7", "Ольга", 5, 4, 90_000, {"politeness": politeness, "price_mentions": count}, {"major": 2}),
        AgentSummary("8", None, 1, 0, 0, {}, {}),
    ]
    columns = agents.columns_of(found)
    assert [column.key for column in columns[len(agents.FIXED) :]] == ["politeness"]
    assert agents.rows_of(found, columns) == [
        ("7", "Ольга", 5, 4, 1.5, 0, 2, 0, 10, 80.0, 81.5),
        ("8", None, 1, 0, 0.0, 0, 0, 0, 0, None, None),
    ]


def test_semicolons_come_with_decimal_commas() -> None:
    """As Excel of a Russian locale reads them."""
    form = CsvFormat("ru", "semicolon")
    (header, row) = (
        (form.header(ANSWERS.columns) + form.lines(ANSWERS.rows(item(answer("politeness", 57.5)))))
        .decode()
        .split("\r\n")[:2]
    )
    assert header.startswith("\ufeffID звонка;Критерий;")
    assert "57,5" in row.split(";")
    assert "57.5" not in row
    commas = CsvFormat("ru").lines(ANSWERS.rows(item(answer("politeness", 57.5)))).decode()
    assert "57.5" in commas.split(",")
