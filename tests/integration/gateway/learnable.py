"""Golden items that a training can learn from, through the real door."""

import json

import httpx

JSONL = {"Content-Type": "application/x-ndjson"}
INTENTS = ("order", "status", "complaint", "question")


def dialogue(number: int, **more: object) -> dict[str, object]:
    """One that has the whole answer of the prompt `intent`, with its place; each of another agent, so that all splits have some."""
    said = f"Здравствуйте, где мой заказ на столик {'абвгдежзиклмнопрстуфхцчшщэюя'[number % 28] * (2 + number // 28)}?"
    label = {
        "kind": "criterion", "subject": "intent", "state": "answered", "value": INTENTS[number % len(INTENTS)],
        "places": [{"turn": 1, "text": "где мой заказ"}], "decided_by": "ann",
    }  # fmt: skip
    turns = [{"role": "customer", "text": said}, {"role": "agent", "text": "Сейчас посмотрю."}]
    return {"channel": "chat", "agent": f"agent {number}", "turns": turns, "labels": [label], **more}


async def examples(client: httpx.AsyncClient, count: int, *, fewest: int) -> None:
    """So many golden items, consented to; `fewest` examples are enough for a training."""
    assert (await client.put("/v1/golden-settings", json={"consent": True})).status_code == 200
    lines = "".join(json.dumps(dialogue(number), ensure_ascii=False) + "\n" for number in range(count))
    imported = await client.post("/v1/golden-imports", headers=JSONL, content=lines.encode())
    assert imported.status_code == 200, imported.text
    assert (await client.put("/v1/training-settings", json={"fewest": fewest})).status_code == 200
