"""A list of people: every row is a person or a reason."""

import pytest
from auricle_contracts import MemberRole
from auricle_identity import sheets
from auricle_kit.errors import InvalidRequest
from hypothesis import given
from hypothesis import strategies as st

PLAIN = st.characters(exclude_characters='\r\n\0";,\t', exclude_categories=["Cs"])
CELL = st.text(alphabet=PLAIN, max_size=9)
HEADER = "email;name;roles;team;references\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_row_is_read_whatever_parts_its_cells(delimiter: str) -> None:
    cells = ["email", "name", "roles", "references"], ["Ann@x.org", "Анна", "agent|reviewer", "A-7|101"]
    text = "\n".join(delimiter.join(row) for row in cells)
    (person,), refused = sheets.read(b"\xef\xbb\xbf" + text.encode())
    assert refused == []
    assert (person.row, person.email, person.name, person.team) == (2, "ann@x.org", "Анна", None)
    assert (person.roles, person.references) == ((MemberRole.AGENT, MemberRole.REVIEWER), ("A-7", "101"))


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("no address;Анна;;;", "no e-mail address"),
        ("a@x.org;Анна;chief;;", "the roles are"),
        ("a@x.org;Анна;;;;more", "more cells"),
        (f"a@x.org;{'я' * 201};;;", "longer than 200"),
        (f"a@x.org;Анна;;;{','.join(map(str, range(21)))}", "more than 20 references"),
    ],
)
def test_a_row_that_is_nobody_says_why(row: str, why: str) -> None:
    people, (refused,) = sheets.read(f"{HEADER}b@x.org;Б;;;\n\n{row}\n".encode())
    assert ([one.email for one in people], refused.row) == (["b@x.org"], 4)
    assert why in refused.why


@pytest.mark.parametrize("raw", [b"", b"\n \n", b"\xff", b"name\nx\n", b"email,other\n", b'email\n"open'])
def test_what_is_no_list_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidRequest):
        sheets.read(raw)


@given(st.lists(st.lists(CELL, min_size=1, max_size=7), max_size=9))
def test_every_row_is_accounted_for(rows: list[list[str]]) -> None:
    text = HEADER + "\n".join(";".join(row) for row in rows)
    filled = sum(any(cell.strip() for cell in row) for row in rows)
    people, refused = sheets.read(text.encode())
    assert len(people) + len(refused) == filled
