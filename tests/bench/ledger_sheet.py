"""An Excel file of many conversations, written and read back with nothing edited: seconds, size, memory."""

import resource
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from auricle_contracts import CriterionKind, Evaluation
from auricle_gateway.exports.excel_file import ExcelFile, Style
from auricle_gateway.exports.tables import Item
from auricle_gateway.labels import answer_cells, import_
from auricle_kit.workbooks import xlsx
from unit.gateway.reports_made import answer, item

CONVERSATIONS = 4_000
"""Five answers each: the sheet of answers is then as long as an import may be."""


def the_sheet(folder: Path) -> dict[str, float]:
    """CONVERSATIONS as an Excel file, and back with nothing edited."""
    answers = (
        answer("politeness", 78), answer("sale_chance", 64), answer("objection_handling", 72), answer("stage", "closing"),
        answer("price_mentions", 2).model_copy(update={"kind": CriterionKind.COUNT}),
    )  # fmt: skip
    template = item(*answers)
    evaluation = template.evaluation
    assert evaluation is not None
    items, evaluations = many(template, evaluation)
    began = time.perf_counter()
    file = ExcelFile(folder / "a.xlsx", Style("ru", "https://auricle.example"))
    for start in range(0, CONVERSATIONS, 200):
        file.add(items[start : start + 200])
    file.close()
    written = time.perf_counter() - began
    raw = (folder / "a.xlsx").read_bytes()
    began = time.perf_counter()
    with xlsx.opened(raw) as book:
        found = answer_cells.read_sheets(book)
    weighed = import_.weigh(found, evaluations, {}, {"stage": ("closing",)})
    read = time.perf_counter() - began
    assert (weighed.read, weighed.refused) == (weighed.unchanged, [])
    return {
        "conversations": CONVERSATIONS, "file_mib": round(len(raw) / 2**20, 2), "export_s": round(written, 2), "import_s": round(read, 2),
        "answers_read": weighed.read, "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }  # fmt: skip


def many(template: Item, evaluation: Evaluation) -> tuple[Sequence[Item], dict[str, Evaluation]]:
    """As many, each with ids of its own."""
    items, evaluations = [], {}
    for number in range(CONVERSATIONS):
        own = evaluation.model_copy(update={"id": f"e{number}", "conversation_id": f"c{number}"})
        view = template.conversation.model_copy(update={"id": f"c{number}", "external_id": str(number)})
        items.append(replace(template, conversation=view, evaluation=own))
        evaluations[own.id] = own
    return items, evaluations
