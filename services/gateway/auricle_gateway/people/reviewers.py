"""People who may review, by the id that a request names."""

from auricle_contracts import Scope
from auricle_identity.roles import scopes_of
from auricle_kit.errors import InvalidRequest, NotFound
from auricle_records.callers import Actor
from auricle_records.people import directory

from auricle_gateway.parts import Parts


async def reviewer(parts: Parts, workspace: str, person_id: str) -> Actor:
    """An active person with the scope `review`. Raises InvalidRequest for whoever does not review, or is nobody."""
    try:
        person = await directory.get(parts.db, workspace, person_id)
    except NotFound:
        person = None
    if person is None or not person.active or Scope.REVIEW not in scopes_of(person.roles):
        raise InvalidRequest("this person does not review", action="Choose an active person with the scope review.")
    return Actor("person", person.id, person.name)
