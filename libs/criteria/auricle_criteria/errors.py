"""What can be wrong with a file in prompts/. The detail names the file and the field, never more than the author wrote.

AuricleError
└── BadArtefact     422   a scorecard or prompt that cannot be used as it stands
    └── UnknownArtefact   a reference to one that does not exist
"""

from auricle_kit.errors import InvalidRequest


class BadArtefact(InvalidRequest):
    """A file that does not say what it must say; the detail lists every fault."""


class UnknownArtefact(BadArtefact):
    """A scorecard names a prompt, or a caller names a scorecard, that is not there."""
