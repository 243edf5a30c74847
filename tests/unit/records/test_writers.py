"""Each table is written by one module of records, the one that its comment names; found in the code, not believed."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import auricle_records
import pytest
from auricle_records.tables import METADATA

ROOT = Path(auricle_records.__file__).parent
# The function accepts a text in one trip: it also makes the rows that `conversations` and the first that `runs` writes.
WRITING_FUNCTIONS = {"auricle_accept": "bodies"}
WRITES = {"insert", "update", "delete"}
NAMED = re.compile(r"(?:`(\w+)` )?by auricle_records\.(\w+)")


def modules() -> Iterator[tuple[str, str]]:
    """The noun that a file belongs to (a folder is one noun), and the file's source."""
    for path in sorted(ROOT.rglob("*.py")):
        inside = path.relative_to(ROOT)
        if inside.parts[0] not in {"tables", "migrations"}:
            yield inside.parts[0].removesuffix(".py"), path.read_text()


def tables_written(source: str) -> set[str]:
    """Tables given to insert, update, delete or from_json, or named by SQL in a text. Imports under other names are followed.

    A call on a name that is no table counts under that name.
    """
    tree = ast.parse(source)
    tables, functions = (
        imported(tree, "auricle_records.tables"),
        imported(tree, "sqlalchemy") | imported(tree, "auricle_records.database"),
    )
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= written_by_sql(node.value)
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and functions.get(node.func.id) in WRITES | {"from_json"}:
            name = ast.unparse(node.args[0])
            found.add(tables.get(name, name))
        if isinstance(node.func, ast.Attribute) and node.func.attr in WRITES and ast.unparse(node.func.value) in tables:
            found.add(tables[ast.unparse(node.func.value)])
    return found


def imported(tree: ast.AST, package: str) -> dict[str, str]:
    """Names in this file, and what they are called in the package or below it."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").split(".")[: package.count(".") + 1] == package.split(".")
        for alias in node.names
    }


def written_by_sql(sql: str) -> set[str]:
    words = sql.replace("(", " ").split()
    starts = {("INSERT", "INTO"), ("DELETE", "FROM")}
    pairs = zip(words, words[1:], words[2:], strict=False)
    found = {third for first, second, third in pairs if (first, second) in starts}
    found |= {table for function, table in WRITING_FUNCTIONS.items() if function in words}
    return found | {second for first, second in pairwise(words) if first == "UPDATE" and second in METADATA.tables}


def writers() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for noun, source in modules():
        for table in tables_written(source):
            found.setdefault(table, set()).add(noun)
    return found


def test_each_table_has_the_writer_that_its_comment_names() -> None:
    """One module; a second one only where the comment names the column that is its own."""
    found = writers()
    assert found.pop("table") == {"database"}, (
        "`from_json` is handed its table; its callers are found by their own call"
    )
    named = {name: NAMED.findall(table.comment or "") for name, table in METADATA.tables.items()}
    assert found == {name: {module for _, module in writers} for name, writers in named.items()}
    for name, (_, *others) in named.items():
        assert all(column in METADATA.tables[name].columns for column, _ in others), name


@pytest.mark.parametrize(
    "planted",
    [
        "from sqlalchemy import update\nupdate(runs).values(state='done')",
        "from sqlalchemy.dialects.postgresql import insert\ninsert(runs)",
        "from sqlalchemy import delete as remove\nremove(runs)",
        "from auricle_records.database import from_json\nfrom_json(runs)",
        "runs.update().values(state='done')",
        "from auricle_records.tables import runs as rows\nfrom sqlalchemy import insert\ninsert(rows)",
        "from auricle_records.tables import runs as rows\nrows.delete()",
        "text('UPDATE runs SET state = 1')",
        "text('''\n INSERT INTO runs (id) VALUES (1)''')",
        "text('DELETE FROM runs')",
    ],
)
def test_a_planted_second_writer_is_found(planted: str) -> None:
    assert tables_written(f"from auricle_records.tables import runs\n{planted}") == {"runs"}


def test_reading_is_not_writing() -> None:
    assert (
        tables_written("from auricle_records.tables import runs\nselect(runs)\ntext('SELECT * FROM runs FOR UPDATE')")
        == set()
    )
