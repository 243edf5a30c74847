"""The reverse map as it is kept: sealed for its conversation and revision."""

from auricle_contracts.masking import Secrets
from auricle_kit import log
from auricle_kit.sealing import Keyring, Owner, Sealed, Unreadable
from pydantic import ValidationError

logger = log.get("masking.sealing")


def seal(keyring: Keyring, secrets: Secrets, workspace: str, conversation_id: str, revision: int) -> Sealed:
    """Encrypt a map under the ring's first key."""
    return keyring.seal(secrets.model_dump_json().encode(), Owner.of_reverse_map(workspace, conversation_id, revision))


def unseal(keyring: Keyring, sealed: Sealed, workspace: str, conversation_id: str, revision: int) -> Secrets:
    """Decrypt a map. Raises Unreadable, without its words."""
    plain = keyring.open(sealed, Owner.of_reverse_map(workspace, conversation_id, revision))
    try:
        return Secrets.model_validate_json(plain)
    except ValidationError:
        raise Unreadable("this is no reverse map") from None


def unsealed(keyring: Keyring, sealed: Sealed, workspace: str, conversation_id: str, revision: int) -> Secrets | None:
    """The same; None, and a line in the log, for a map that cannot be read."""
    try:
        return unseal(keyring, sealed, workspace, conversation_id, revision)
    except Unreadable:
        logger.warning("reverse_map_unreadable", conversation=conversation_id, key=sealed.key_id)
        return None
