"""An edited sheet: what is a label, what says nothing, and what is refused with the address of its cell."""

import io
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from auricle_contracts import Answer, AnswerState, AnswerValue, CriterionKind, Evaluation
from auricle_gateway.exports.excel_file import ExcelFile, Style
from auricle_gateway.exports.i18n import Language
from auricle_gateway.labels import answer_cells, import_
from auricle_gateway.labels.cell_parsing import Unreadable, read
from auricle_gateway.labels.import_ import Import
from auricle_kit.errors import InvalidRequest
from auricle_kit.workbooks import xlsx, xlsx_limits
from auricle_kit.workbooks.xlsx import Odd, Value
from hypothesis import given
from hypothesis import strategies as st
from unit.gateway.reports_made import answer, item

NO_OCCASION, DOUBT, ANSWERED = AnswerState.NOT_APPLICABLE, AnswerState.UNDETERMINED, AnswerState.ANSWERED
STAGES = ("start", "needs", "presentation", "objections", "closing")
CHOICES = {"stage": STAGES}
GREETING = answer("greeting", value=False).model_copy(update={"kind": CriterionKind.YES_NO})
ANSWERS = (
    answer("politeness", 78), answer("sale_chance", None, DOUBT), answer("objection_handling", None, NO_OCCASION),
    answer("price_mentions", 2).model_copy(update={"kind": CriterionKind.COUNT}), answer("stage", "closing"), GREETING,
    answer("language_mix", "ru").model_copy(update={"kind": CriterionKind.TEXT}),
    answer("duration", 3.5).model_copy(update={"kind": CriterionKind.COUNT}),
)  # fmt: skip
Edit = Callable[[openpyxl.Workbook], None]
in_russian = pytest.mark.parametrize("language", ["ru"], indirect=True)
"""Once is enough for what is slow."""


@pytest.fixture(params=["ru", "en"])
def language(request: pytest.FixtureRequest) -> Language:
    return "ru" if request.param == "ru" else "en"


@pytest.fixture
def exported(tmp_path: Path, language: Language) -> bytes:
    """Our own export of one conversation."""
    file = ExcelFile(tmp_path / "a.xlsx", Style(language, "https://auricle.example"))
    file.add([item(*ANSWERS, language=language)])
    file.close()
    return (tmp_path / "a.xlsx").read_bytes()


@pytest.fixture
def names(language: Language) -> tuple[str, str]:
    return ("Отчёт", "Ответы") if language == "ru" else ("Report", "Answers")


def edited(raw: bytes, edit: Edit) -> bytes:
    """Saved again by another program."""
    book = openpyxl.load_workbook(io.BytesIO(raw))
    edit(book)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def imported(raw: bytes, *answers: Answer, evaluation_id: str = "e", conversation_id: str = "0193-a") -> Import:
    found = item(*(answers or ANSWERS)).evaluation
    assert found is not None
    evaluation: Evaluation = found.model_copy(update={"conversation_id": conversation_id})
    with xlsx.opened(raw) as book:
        cells = answer_cells.read_sheets(book)
    return import_.weigh(cells, {evaluation_id: evaluation}, {}, CHOICES)


def said(result: Import) -> dict[str, tuple[str, AnswerValue]]:
    return {one.wanted.criterion: (one.wanted.state.value, one.wanted.value) for one in result.found.values()}


def refused(result: Import) -> dict[str, str]:
    return {one.place: one.why for one in result.refused}


def test_an_untouched_sheet_says_nothing(exported: bytes) -> None:
    result = imported(exported)
    assert (result.read, result.unchanged, result.found, result.refused) == (13, 13, {}, [])


def test_edits_become_labels(exported: bytes, names: tuple[str, str], language: Language) -> None:
    report, answers = names
    yes = "да" if language == "ru" else "yes"

    def edit(book: openpyxl.Workbook) -> None:
        book[report]["B2"], book[report]["C2"], book[report]["D2"] = "—", 40, "65,5"
        book[report]["F2"], book[report]["I2"] = "Презентация", "затянуто"
        book[answers]["F7"] = yes

    result = imported(edited(exported, edit))
    assert said(result) == {
        "politeness": ("not_applicable", None), "sale_chance": ("answered", 40), "objection_handling": ("answered", 65.5),
        "stage": ("answered", "presentation"), "greeting": ("answered", True),
    }  # fmt: skip
    assert result.refused == []
    assert result.found["e", "politeness"].place == f"{report}!B2"
    assert result.found["e", "politeness"].wanted.comment == "затянуто"
    assert result.found["e", "politeness"].answer.value == 78


def test_a_checked_row_agrees_with_what_it_leaves(exported: bytes, names: tuple[str, str], language: Language) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book[names[0]]["H2"] = "да" if language == "ru" else "yes"
        book[names[0]]["B2"] = 10

    assert said(imported(edited(exported, edit))) == {
        "politeness": ("answered", 10), "sale_chance": ("undetermined", None), "objection_handling": ("not_applicable", None),
        "stage": ("answered", "closing"), "price_mentions": ("answered", 2),
    }  # fmt: skip


def test_columns_may_be_moved(exported: bytes, names: tuple[str, str]) -> None:
    """What an analyst does to a sheet: columns away, columns of one's own, another order."""

    def edit(book: openpyxl.Workbook) -> None:
        one = book[names[0]]
        one["B2"] = 12
        one.delete_cols(7)
        one.insert_cols(1, 2)
        one["A1"], one["A2"] = "моё", "=1+1"
        del book[names[1]]

    result = imported(edited(exported, edit))
    assert said(result) == {"politeness": ("answered", 12)}
    assert result.found["e", "politeness"].place == f"{names[0]}!D2"


@pytest.mark.parametrize(
    ("cell", "value", "why"),
    [
        ("B2", "=90+5", "formula"), ("B2", "#REF!", "error"), ("B2", None, "empty"), ("B2", 101, "0 to 100"), ("B2", -1, "0 to 100"),
        ("B2", "хорошо", "0 to 100"), ("B2", True, "0 to 100"), ("B2", "nan", "0 to 100"), ("B2", "1e999", "0 to 100"),
        ("J2", 1.5, "whole number"), ("J2", 10**9, "whole number"), ("F2", "Победа", "expected one of"), ("F2", 5, "expected one of"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_by_its_address(
    exported: bytes, names: tuple[str, str], cell: str, value: Any, why: str
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book[names[0]][cell] = value
        book[names[0]]["C2"] = 55

    result = imported(edited(exported, edit))
    assert list(refused(result)) == [f"{names[0]}!{cell}"]
    assert why in refused(result)[f"{names[0]}!{cell}"]
    assert said(result) == {"sale_chance": ("answered", 55)}, "what can be read is kept"


def test_another_evaluation_is_refused_once_a_row(exported: bytes, names: tuple[str, str]) -> None:
    assert set(refused(imported(exported, evaluation_id="other")).values()) == {"this workspace has no such evaluation"}
    assert len(refused(imported(exported, evaluation_id="other"))) == 1
    (why,) = refused(imported(exported, conversation_id="0193-b")).values()
    assert "another conversation" in why


def test_two_sheets_that_disagree_are_seen(exported: bytes, names: tuple[str, str]) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book[names[0]]["B2"], book[names[1]]["F2"] = 10, 20

    result = imported(edited(exported, edit))
    assert said(result) == {"politeness": ("answered", 10)}
    assert refused(result) == {f"{names[1]}!F2": f"{names[0]}!B2 says something else about the same answer"}


def test_a_change_wins_over_a_mere_confirmation(exported: bytes, names: tuple[str, str]) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book[names[0]]["H2"], book[names[1]]["F2"] = "да", 20

    result = imported(edited(exported, edit))
    assert said(result)["politeness"] == ("answered", 20)
    assert result.refused == []


def test_a_question_that_was_not_asked_is_not_answered(exported: bytes, names: tuple[str, str]) -> None:
    result = imported(exported, answer("politeness", 78))
    assert {place.partition("!")[2] for place in refused(result)} >= {"F2", "J2"}
    assert result.found == {}


@pytest.mark.parametrize("kind", [CriterionKind.SCORE, CriterionKind.COUNT, CriterionKind.YES_NO, CriterionKind.CHOICE])
def test_no_and_no_occasion_and_nobody_knows_are_read_apart(kind: CriterionKind) -> None:
    assert read("—", kind, STAGES) == (NO_OCCASION, None)
    assert read("?", kind, STAGES) == (DOUBT, None)
    assert {read(word, CriterionKind.YES_NO, ()) for word in ("нет", "No", False)} == {(ANSWERED, False)}
    with pytest.raises(Unreadable):
        read("нет", CriterionKind.SCORE, ())


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans()), st.sampled_from(list(CriterionKind)))
def test_reading_a_cell_gives_a_fitting_value_or_says_why_not(cell: Value, kind: CriterionKind) -> None:
    assert not isinstance(cell, Odd)
    try:
        state, value = read(cell, kind, STAGES)
    except Unreadable:
        return
    assert (state is ANSWERED) == (value is not None)
    if kind is CriterionKind.SCORE and value is not None:
        assert not isinstance(value, bool | str)
        assert 0 <= value <= 100


# --- what people and their programs do to a sheet ---


def sums_up(result: Import, cells: int) -> bool:
    return result.read + sum(one.cells for one in (*result.refused, *result.ignored)) == cells


@in_russian
@pytest.mark.parametrize(
    ("cell", "number", "number_format", "criterion", "value"),
    [
        ("B2", 0.57, "0%", "politeness", 57), ("B2", 0.29, "0%", "politeness", 29), ("B2", 0.575, "0.0%", "politeness", 57.5),
        ("C2", 0.07, '[Red]0%;"-"0%', "sale_chance", 7), ("B2", 28.999999999999996, "0", "politeness", 29),
        ("B2", 57, '0"%"', "politeness", 57), ("B2", 57, "0\\%", "politeness", 57), ("B2", 57, '0_%"%"', "politeness", 57),
        ("J2", 0.07, "0%", "price_mentions", 7), ("B2", "57 %", "General", "politeness", 57),
        ("B2", "57,25\u00a0%", "General", "politeness", 57.25),
    ],
)  # fmt: skip
def test_numbers_are_what_a_person_typed(
    exported: bytes, cell: str, number: Any, number_format: str, criterion: str, value: float
) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["Отчёт"][cell].value, book["Отчёт"][cell].number_format = number, number_format

    result = imported(edited(exported, edit))
    assert said(result) == {criterion: ("answered", value)}
    assert result.refused == []


@in_russian
@pytest.mark.parametrize(
    "title",
    [
        "Вежливость (0-100)",
        "Вежливость\n(0–100)",
        "Вежливость\u00a0(0—100)",
        "вежливость (0 – 100) ",
        "Вежли\u00adвость (0−100)",
    ],
)
def test_a_header_is_known_however_it_is_retyped(exported: bytes, title: str) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["Отчёт"]["B1"], book["Отчёт"]["B2"] = title, 11

    result = imported(edited(exported, edit))
    assert said(result) == {"politeness": ("answered", 11)}
    assert result.ignored == []


@in_russian
def test_a_column_or_row_that_is_none_of_ours_is_told(exported: bytes) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        one = book["Отчёт"]
        one["B1"], one["B2"] = "Приветливость", 11
        one["Z1"], one["Z2"] = "моё", "заметка"
        one["AB2"] = "без заголовка"
        one["C3"] = 40

    result = imported(edited(exported, edit))
    assert {(one.place, one.cells) for one in result.ignored} == {
        ("Отчёт!B1", 1), ("Отчёт!Z1", 1), ("Отчёт!AB1", 1), ("Отчёт!X3", 1)
    }  # fmt: skip
    assert "Приветливость" in next(one.why for one in result.ignored if one.place == "Отчёт!B1")
    assert sums_up(result, 13 - 1 + 4)


@in_russian
@pytest.mark.parametrize(
    ("sheet", "cell", "cells"),
    [
        ("Отчёт", "X2", 5),
        ("Отчёт", "W2", 5),
        ("Ответы", "N2", 1),
        ("Ответы", "B2", 1),
        ("Отчёт", "H2", 1),
        ("Отчёт", "I2", 1),
    ],
)
def test_a_formula_is_refused_in_every_cell_that_is_read(exported: bytes, sheet: str, cell: str, cells: int) -> None:
    """In an id, a criterion, a mark and a remark as much as in an answer."""

    def edit(book: openpyxl.Workbook) -> None:
        book[sheet][cell] = "=VLOOKUP(A2,Z:Z,1,0)"

    result = imported(edited(exported, edit))
    (refusal,) = result.refused
    assert (refusal.place, refusal.cells) == (f"{sheet}!{cell}", cells)
    assert "formula" in refusal.why
    assert sums_up(result, 13 if cell not in ("H2", "I2") else 14)


@in_russian
@pytest.mark.parametrize("mark", ["✓", "x", "ok", "проверено", 7])
def test_a_mark_that_is_no_choice_is_refused(exported: bytes, mark: Any) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["Отчёт"]["H2"] = mark

    result = imported(edited(exported, edit))
    assert said(result) == {}
    assert list(refused(result)) == ["Отчёт!H2"]
    assert "no choice" in refused(result)["Отчёт!H2"]
    assert sums_up(result, 14)


@in_russian
def test_a_merged_range_fills_its_cells(exported: bytes) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["Ответы"]["G2"] = "да"
        book["Ответы"].merge_cells("G2:G4")

    result = imported(edited(exported, edit))
    assert set(said(result)) == {"politeness", "sale_chance", "objection_handling"}, (
        "three rows are marked, five are not"
    )


@in_russian
def test_a_merged_range_without_end_is_refused(exported: bytes) -> None:
    for reference in (b"nonsense", b"A:A", b"B2:"):
        merged = b'</sheetData><mergeCells count="1"><mergeCell ref="' + reference + b'"/></mergeCells>'
        body = with_part(exported, "xl/worksheets/sheet1.xml", lambda text: text.replace(b"</sheetData>", merged))  # noqa: B023
        with pytest.raises(InvalidRequest):
            imported(body)


@in_russian
def test_a_remark_that_is_too_long_is_told(exported: bytes) -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book["Отчёт"]["B2"], book["Отчёт"]["I2"] = 11, "д" * 4001

    result = imported(edited(exported, edit))
    assert result.found["e", "politeness"].wanted.comment == "д" * 4000
    assert list(refused(result)) == ["Отчёт!I2"]


# --- files that nobody should trust ---


@contextmanager
def repacked(raw: bytes) -> Iterator[tuple[zipfile.ZipFile, zipfile.ZipFile, io.BytesIO]]:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        yield old, new, kept


def with_part(raw: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    with repacked(raw) as (old, new, kept):
        for part in old.namelist():
            new.writestr(part, change(old.read(part)) if part == name else old.read(part))
    return kept.getvalue()


def bomb(raw: bytes) -> bytes:
    return with_part(raw, "xl/worksheets/sheet1.xml", lambda text: text + b" " * (xlsx.MAX_UNPACKED + 1))


def many_parts(raw: bytes) -> bytes:
    with repacked(raw) as (old, new, kept):
        for number in range(xlsx.MAX_PARTS + 1):
            new.writestr(f"xl/junk{number}.xml", b"<a/>")
        assert old.namelist()
    return kept.getvalue()


def laughs(raw: bytes) -> bytes:
    entities = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return with_part(
        raw, "xl/worksheets/sheet1.xml", lambda text: text.replace(b"<worksheet", entities + b"<worksheet", 1)
    )


def utf16(raw: bytes) -> bytes:
    return with_part(
        raw, "xl/worksheets/sheet1.xml", lambda text: text.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    )


def macros(raw: bytes) -> bytes:
    with repacked(raw) as (old, new, kept):
        for part in old.namelist():
            new.writestr(part, old.read(part))
        new.writestr("xl/vbaProject.bin", b"x")
    return kept.getvalue()


def lying_size(raw: bytes) -> bytes:
    """The directory says that the first sheet unpacks to ten bytes."""
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        size = packed.getinfo("xl/worksheets/sheet1.xml").file_size
    return raw.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))


def wild_string(raw: bytes) -> bytes:
    """Texts by number, as Excel writes them, and a number that no text has."""
    numbered = re.compile(rb't="inlineStr"><is>.*?</is>')
    return with_part(raw, "xl/worksheets/sheet1.xml", lambda text: numbered.sub(b't="s"><v>99999999</v>', text))


def wild_style(raw: bytes) -> bytes:
    return with_part(raw, "xl/worksheets/sheet1.xml", lambda text: re.sub(rb' s="\d+"', b' s="999999"', text))


def at_the_end(raw: bytes, more: bytes) -> bytes:
    return with_part(
        raw, "xl/worksheets/sheet1.xml", lambda text: text.replace(b"</sheetData>", more + b"</sheetData>")
    )


def cells(many: int = xlsx_limits.MAX_HELD) -> bytes:
    return b"<c/>" * many


def wide_row(raw: bytes) -> bytes:
    return at_the_end(raw, b"<row>" + cells() + b"</row>")


def rows_in_a_row(raw: bytes) -> bytes:
    """Each of them short, and none of them freed before the outer one ends."""
    return at_the_end(raw, b"<row>" + (cells(xlsx_limits.MAX_HELD // 3) + b"<row/>") * 4 + b"</row>")


def cells_outside(raw: bytes) -> bytes:
    return at_the_end(raw, (cells(xlsx_limits.MAX_HELD // 3) + b"<row/>") * 4)


def rows_of_strangers(raw: bytes) -> bytes:
    """Rows of another namespace, at whose end the reader frees nothing."""
    return at_the_end(raw, (b'<x:row xmlns:x="x">' + cells(xlsx_limits.MAX_HELD // 3) + b"</x:row>") * 4)


def deep(raw: bytes) -> bytes:
    return at_the_end(raw, b"<a>" * 100 + b"</a>" * 100)


def long_tag(raw: bytes) -> bytes:
    return at_the_end(raw, b"<row " + b" ".join(b'a%d=">"' % number for number in range(100_000)) + b"/>")


def more_rows_than_excel(raw: bytes) -> bytes:
    return at_the_end(raw, b"<row/>" * (xlsx_limits.MAX_ROWS + 1))


def half_a_sheet(raw: bytes) -> bytes:
    return with_part(raw, "xl/worksheets/sheet1.xml", lambda text: text[:-300])


def no_workbook(raw: bytes) -> bytes:
    return with_part(raw, "xl/workbook.xml", lambda text: text[:0] + b"<a/>")


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda raw: raw[:0],
    "noise": lambda raw: raw[:2] + bytes(range(256)),
    "half": lambda raw: raw[: len(raw) // 2],
    "an empty zip": lambda raw: raw[:0] + b"PK\x05\x06" + bytes(18),
    "a bomb": bomb,
    "many parts": many_parts,
    "entities": laughs,
    "utf-16": utf16,
    "macros": macros,
    "a lying size": lying_size,
    "a wide row": wide_row,
    "rows in a row": rows_in_a_row,
    "cells outside of rows": cells_outside,
    "rows of strangers": rows_of_strangers,
    "a deep tree": deep,
    "a long tag": long_tag,
    "more rows than Excel": more_rows_than_excel,
    "half a sheet": half_a_sheet,
    "no workbook": no_workbook,
    "a wild shared string": wild_string,
    "a wild style": wild_style,
}


@in_russian
@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_file_is_refused(exported: bytes, name: str) -> None:
    with pytest.raises(InvalidRequest):
        imported(HOSTILE[name](exported))


def test_the_same_file_before_it_was_spoilt_is_read(exported: bytes) -> None:
    """What the checks above refuse is the spoiling, not the file."""
    assert imported(with_part(exported, "none", bytes)).read == 13


@in_russian
@pytest.mark.timeout(600)
def test_of_a_million_rows_no_more_than_the_bound_are_looked_at(exported: bytes) -> None:
    began = time.process_time()
    with pytest.raises(InvalidRequest, match="more than 20000 rows"):
        imported(at_the_end(exported, b'<row><c t="n"><v>1</v></c></row>' * 1_000_000))
    assert time.process_time() - began < 30


def test_sheets_of_strangers_are_refused(exported: bytes, names: tuple[str, str]) -> None:
    def rename(book: openpyxl.Workbook) -> None:
        for one in book.worksheets:
            one.title = f"x{one.title}"

    def no_ids(book: openpyxl.Workbook) -> None:
        book[names[0]].delete_cols(24)

    def twice(book: openpyxl.Workbook) -> None:
        book[names[0]]["C1"] = book[names[0]]["B1"].value

    for edit, why in ((rename, "none of the sheets"), (no_ids, "lacks columns"), (twice, "two columns")):
        with pytest.raises(InvalidRequest, match=why):
            imported(edited(exported, edit))


@in_russian
def test_rows_far_below_and_too_many_rows(
    exported: bytes, names: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def far(book: openpyxl.Workbook) -> None:
        for number in (1, 22, 23, 24):
            book[names[0]].cell(900_000, number).value = book[names[0]].cell(2, number).value
        book[names[0]].cell(900_000, 2).value = 11

    assert said(imported(edited(exported, far))) == {"politeness": ("answered", 11)}
    monkeypatch.setattr(xlsx, "MAX_ROWS", 1)
    with pytest.raises(InvalidRequest, match="more than 1 rows"):
        imported(edited(exported, far))
