"""Examples of request bodies, for OpenAPI: what a client's author copies first. A test posts each of them."""

from typing import Any

CHAT: dict[str, Any] = {
    "channel": "chat",
    "source": "helpdesk",
    "external_id": "chat-1042",
    "language": "ru",
    "line": "sales",
    "started_at": "2026-11-02T09:15:00+03:00",
    "participants": [
        {"id": "agent", "role": "agent", "reference": "84213", "name": "Ольга"},
        {"id": "customer", "role": "customer"},
    ],
    "metadata": {"campaign": "autumn"},
    "turns": [
        {"participant": "customer", "text": "Здравствуйте, сколько стоит доставка?"},
        {"participant": "agent", "text": "Добрый день! Триста рублей, привезём завтра."},
    ],
}
BY_URL: dict[str, Any] = {
    "channel": "call",
    "source": "telephony",
    "external_id": "call-77",
    "participants": [{"id": "agent", "role": "agent", "track": 0}, {"id": "customer", "role": "customer", "track": 1}],
    "recording_url": "https://pbx.example.com/records/77.wav",
}
GROWN: dict[str, Any] = {
    "expected_revision": 1,
    "turns": [*CHAT["turns"], {"participant": "customer", "text": "Спасибо, оформляйте."}],
}
_BINARY = {"type": "string", "format": "binary"}
INTAKE: dict[str, Any] = {
    "parameters": [
        {
            "name": "Auricle-Metadata",
            "in": "header",
            "required": False,
            "description": "For a raw recording: a ConversationIn in JSON, with ASCII escapes, without a body of its own.",
            "schema": {"type": "string", "maxLength": 32768},
            "example": '{"source": "telephony", "external_id": "call-77"}',
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/ConversationIn"},
                "examples": {"chat": {"value": CHAT}, "recording_url": {"value": BY_URL}},
            },
            "audio/wav": {"schema": _BINARY},
            "message/rfc822": {"schema": {"type": "string", "description": "An e-mail with its headers (`.eml`)."}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["recording"],
                    "properties": {
                        "recording": _BINARY,
                        "conversation": {"type": "string", "description": "A ConversationIn in JSON."},
                    },
                },
                "encoding": {"recording": {"contentType": "audio/*"}},
            },
        },
    },
}
