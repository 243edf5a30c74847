"""The reverse map as it is kept: sealed for its conversation and revision."""

from auricle_contracts.masking import Secrets
from auricle_kit.sealing import Keyring, Owner, Sealed, Unreadable
from pydantic import ValidationError


def seal(keyring: Keyring, secrets: Secrets, workspace: str, conversation_id: str, revision: int) -> Sealed:
    """Encrypt a map under the ring's first key."""
    return keyring.seal(secrets.model_dump_json().encode(), _owner(workspace, conversation_id, revision))


def unseal(keyring: Keyring, sealed: Sealed, workspace: str, conversation_id: str, revision: int) -> Secrets:
    """Decrypt a map. Raises Unreadable, without its words."""
    plain = keyring.open(sealed, _owner(workspace, conversation_id, revision))
    try:
        return Secrets.model_validate_json(plain)
    except ValidationError:
        raise Unreadable("this is no reverse map") from None


def _owner(workspace: str, conversation_id: str, revision: int) -> Owner:
    return Owner(workspace, "reverse map", f"{conversation_id} {revision}")
