"""People who sign in through the real door."""

import httpx
from integration.gateway.conftest import Door

PASSWORD = "восемь синих трамваев"


async def signed_in(admin: httpx.AsyncClient, person_id: str, password: str = PASSWORD) -> httpx.AsyncClient:
    """A client with the session of this person, whose password is set by a one-time link. Its id is in the header `session`."""
    email = (await admin.get(f"/v1/people/{person_id}")).json()["email"]
    token = (await admin.post(f"/v1/people/{person_id}/link")).json()["token"]
    async with httpx.AsyncClient(base_url=admin.base_url, timeout=30) as anybody:
        done = await anybody.post("/v1/passwords", json={"token": token, "password": password})
        assert done.status_code == 204, done.text
        begun = await anybody.post("/v1/sessions", json={"email": email, "password": password})
    assert begun.status_code == 201, begun.text
    headers = {"Authorization": f"Bearer {begun.json()['token']}", "session": begun.json()["id"]}
    return httpx.AsyncClient(base_url=admin.base_url, headers=headers, timeout=30)


async def person_of(
    admin: httpx.AsyncClient, *roles: str, email: str, references: tuple[str, ...] = ()
) -> httpx.AsyncClient:
    """A client of a new person with these roles."""
    described = {"email": email, "name": email.partition("@")[0], "roles": roles, "references": references}
    made = await admin.post("/v1/people", json=described)
    assert made.status_code == 201, made.text
    return await signed_in(admin, made.json()["id"])


async def post(door: Door, path: str, **body: object) -> httpx.Response:
    """The answer to somebody who is not signed in."""
    async with httpx.AsyncClient(base_url=door.url, timeout=30) as anybody:
        return await anybody.post(path, json=body)
