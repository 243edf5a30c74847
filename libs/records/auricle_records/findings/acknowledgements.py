"""That an agent read a finding about oneself. Writes the table `acknowledgements`, a row a class, participant and revision, never changed.

acknowledge ── not about this person ──► NotFound, NotOwnConversation
           ├── read before ────────────► that one, nothing is written
           └── else ───────────────────► a new row
"""

from auricle_contracts.agent_pages import Acknowledgement
from sqlalchemy import column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import conversations
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound, NotOwnConversation
from auricle_records.findings.labels import find
from auricle_records.labels import Author
from auricle_records.tables import acknowledgements, agent_references
from auricle_records.tables import conversations as conversation_rows

_PEOPLE = (
    func.jsonb_array_elements(conversation_rows.c.participants)
    .table_valued(column("person", JSONB), name="p")
    .render_derived()
)


async def acknowledge(
    db: Database, workspace: str, conversation_id: str, finding_id: str, by: Author
) -> tuple[Acknowledgement, bool]:
    """As it is kept, and whether this is the first time. Raises NotFound, Gone, NotOwnConversation."""
    await conversations.get(db, workspace, conversation_id)
    async with db.transaction(workspace) as connection:
        own = await own_participants(connection, conversation_id, by.id)
        if not own:
            raise NotOwnConversation
        finding = await find(connection, conversation_id, finding_id)
        if finding is None or finding.participant not in {None, *own}:
            raise NotFound("the conversation has no such finding about this person")
        about = {
            "conversation_id": conversation_id,
            "revision": finding.revision,
            "error_class": finding.error_class,
            "participant": finding.participant or own[0],
        }
        given = about | {"finding_id": finding.id, "person_id": by.id, "person_name": by.name}
        added = insert(acknowledgements).values(workspace_id=workspace, id=new_id(), **given).on_conflict_do_nothing()
        is_first = (await connection.execute(added)).rowcount == 1
        kept = select(acknowledgements).where(*(acknowledgements.c[name] == value for name, value in about.items()))
        row = (await connection.execute(kept)).one()
    return Acknowledgement(finding_id=finding.id, by=row.person_name, at=row.created_at), is_first


async def own_participants(connection: AsyncConnection, conversation_id: str, person_id: str) -> list[str]:
    """The ids under which the person is an agent of the conversation."""
    references = select(agent_references.c.reference).where(agent_references.c.person_id == person_id)
    person = _PEOPLE.c.person
    known_as = func.coalesce(
        func.nullif(person["reference"].astext, ""), func.nullif(person["name"].astext, ""), person["id"].astext
    )
    chosen = (
        select(person["id"].astext)
        .select_from(conversation_rows.join(_PEOPLE, true()))
        .where(conversation_rows.c.id == conversation_id, person["role"].astext == "agent", known_as.in_(references))
    )
    return list((await connection.scalars(chosen)).all())
