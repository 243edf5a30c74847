"""Bodies that the tests post."""

import io
import json
import uuid
import wave
from typing import Any

import httpx

PEOPLE = [
    {"id": "agent", "role": "agent", "reference": "84213", "name": "Ольга"},
    {"id": "customer", "role": "customer"},
]


def wav(seconds: float = 0.5) -> bytes:
    """Silence, mono, 8 kHz."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(8000 * seconds) * 2))
    return buffer.getvalue()


def chat(**fields: Any) -> dict[str, Any]:
    """A chat with a fresh external id."""
    turns = [
        {"participant": "customer", "text": "Сколько стоит?"},
        {"participant": "agent", "text": "Доставка стоит триста рублей"},
    ]
    return {
        "channel": "chat",
        "source": "test",
        "external_id": fresh(),
        "participants": PEOPLE,
        "turns": turns,
    } | fields


def fresh() -> str:
    """A word that nobody used before."""
    return uuid.uuid4().hex


async def post_chat(client: httpx.AsyncClient, **fields: Any) -> str:
    response = await client.post("/v1/conversations", json=chat(**fields))
    assert response.status_code == 202, response.text
    return str(response.json()["id"])


async def post_call(client: httpx.AsyncClient, body: bytes | None = None, **fields: Any) -> str:
    about = {"source": "pbx", "external_id": fresh(), "participants": PEOPLE} | fields
    headers = {"Content-Type": "audio/wav", "Auricle-Metadata": json.dumps(about)}
    response = await client.post("/v1/conversations", content=wav() if body is None else body, headers=headers)
    assert response.status_code == 202, response.text
    return str(response.json()["id"])
