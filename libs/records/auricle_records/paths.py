"""Where a conversation's blobs lie. Everything of one conversation is under one prefix, so that forgetting it is one deletion.

ws/<workspace>/<conversation>/recording             as received
                             /peaks.json            for the waveform
                             /redacted/<hash>.wav   with tones over personal data; the hash is of what is hidden
                             /seekable/<hash>.wav   as received, in a form that players find places in
                             /r<revision>/turns.json            a chat, an e-mail thread, a ready transcript
                             /r<revision>/transcript-<token>.json
                             /r<revision>/digest-<run>-<token>.json
ws/<workspace>/uploads/<upload>                     waits for its conversation

What workers write carries a token: two workers of one run (a lost lease) never write the same key, so the row that won
names exactly the bytes it was committed with. The loser deletes its own.
"""

import secrets


def workspace_prefix(workspace: str) -> str:
    """The prefix of everything of a workspace; ends in a slash."""
    return f"ws/{workspace}/"


def prefix(workspace: str, conversation_id: str) -> str:
    """The prefix of everything of a conversation; ends in a slash."""
    return f"ws/{workspace}/{conversation_id}/"


def revision_prefix(workspace: str, conversation_id: str, revision: int) -> str:
    """The prefix of one revision's text and results; ends in a slash."""
    return f"{prefix(workspace, conversation_id)}r{revision}/"


def recording(workspace: str, conversation_id: str) -> str:
    """The audio as received."""
    return f"{prefix(workspace, conversation_id)}recording"


def upload(workspace: str, upload_id: str) -> str:
    """An uploaded recording that no conversation has claimed yet."""
    return f"ws/{workspace}/uploads/{upload_id}"


def turns(workspace: str, conversation_id: str, revision: int) -> str:
    """The turns of a text channel as received, as a `Transcript` in JSON."""
    return f"{revision_prefix(workspace, conversation_id, revision)}turns.json"


def transcript(workspace: str, conversation_id: str, revision: int) -> str:
    """A fresh key for what the asr step heard; each call gives another."""
    return f"{revision_prefix(workspace, conversation_id, revision)}transcript-{_token()}.json"


def peaks(workspace: str, conversation_id: str) -> str:
    """The waveform's peaks; a function of the recording alone, so a second writer writes the same."""
    return f"{prefix(workspace, conversation_id)}peaks.json"


def redacted_prefix(workspace: str, conversation_id: str) -> str:
    """The prefix of a recording's redactions; ends in a slash."""
    return f"{prefix(workspace, conversation_id)}redacted/"


def redacted(workspace: str, conversation_id: str, digest_of_spans: str) -> str:
    """The recording with tones; the same spans are the same key."""
    return f"{redacted_prefix(workspace, conversation_id)}{digest_of_spans}.wav"


def seekable(workspace: str, conversation_id: str, digest_of_recording: str) -> str:
    """The whole recording as WAV."""
    return f"{prefix(workspace, conversation_id)}seekable/{digest_of_recording}.wav"


def digest(workspace: str, conversation_id: str, revision: int, run_id: str) -> str:
    """A fresh key for the digest of an evaluation; each call gives another."""
    return f"{revision_prefix(workspace, conversation_id, revision)}digest-{run_id}-{_token()}.json"


def _token() -> str:
    return secrets.token_hex(4)
