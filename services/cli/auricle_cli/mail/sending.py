"""Threads and the recordings in them, sent once each: a thread that has grown is the next revision of its conversation."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from auricle_contracts import ConversationIn, ConversationView
from pydantic import ValidationError

from auricle_cli.errors import Refused
from auricle_cli.gateway import Gateway
from auricle_cli.mail.letters import Letter
from auricle_cli.mail.threads import conversation, identity, threads

KNOWN_ALREADY = frozenset({"external_id_conflict", "idempotency_conflict"})


@dataclass
class Sent:
    """Conversations by id with their name, and how many were refused."""

    names: dict[str, str] = field(default_factory=dict)
    refused: int = 0


def send(
    gateway: Gateway, letters: Iterable[Letter], source: str, ours: Sequence[str], say: Callable[[str], None]
) -> Sent:
    """Everything of these letters. A thread that is refused is told and stops no other."""
    done = Sent()
    for thread in threads(letters):
        try:
            _send_thread(gateway, thread, source, ours, done)
        except (Refused, ValidationError) as error:
            why = str(error) if isinstance(error, Refused) else f"{error.error_count()} fields are wrong"
            say(f"not sent: {identity(thread)}: {why}")
            done.refused += 1
    for conversation_id, name in done.names.items():
        say(f"{name} → {conversation_id}")
    return done


def _send_thread(gateway: Gateway, thread: Sequence[Letter], source: str, ours: Sequence[str], done: Sent) -> None:
    for letter in thread:
        for number, sound in enumerate(letter.sounds):
            about = ConversationIn(
                source=source,
                external_id=f"{letter.id}/{number}"[:256],
                metadata={
                    "subject": letter.subject[:1000],
                    "from": letter.sender,
                    "file": sound.name,
                    "message_id": letter.id,
                },
            )
            done.names[_sound(gateway, about, sound.media_type, sound.body)] = sound.name
    if any(letter.text for letter in thread):
        about = ConversationIn.model_validate_json(json.dumps(conversation(thread, source, ours)))
        done.names[_thread(gateway, about, len(thread))] = identity(thread)


def _sound(gateway: Gateway, about: ConversationIn, media_type: str, body: bytes) -> str:
    try:
        return gateway.submit_sound(body, media_type, about, _key(about, hashlib.sha256(body).hexdigest())).id
    except Refused as error:
        return _known(gateway, about, error).id


def _thread(gateway: Gateway, about: ConversationIn, count: int) -> str:
    """A thread is grown by what it has more; one of which older letters were not read would lose them, and is left as it is."""
    key = _key(about, about.model_dump_json())
    try:
        return gateway.submit_turns(about, key).id
    except Refused as error:
        known = _known(gateway, about, error)
    before = known.metadata.get("letters")
    if isinstance(before, int) and count <= before:
        return known.id
    return gateway.grow(known.id, about, f"{key[:60]}-grown").id


def _known(gateway: Gateway, about: ConversationIn, error: Refused) -> ConversationView:
    found = gateway.find(about.source, about.external_id or "") if error.code in KNOWN_ALREADY else None
    if found is None:
        raise error
    return found


def _key(about: ConversationIn, body: str) -> str:
    return hashlib.sha256(f"{about.source}\0{about.external_id}\0{body}".encode()).hexdigest()
