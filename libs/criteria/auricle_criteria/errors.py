"""What can be wrong with a scorecard, a prompt, a flow or a class. The detail names file and field, never more than the author wrote.

AuricleError
└── BadArtefact     422   one that cannot be used as it stands
    ├── UnknownArtefact   a reference to one that does not exist
    └── UnfitArtefact     one that does not go together with what else is live
"""

from auricle_contracts import Code
from auricle_kit.errors import InvalidRequest


class BadArtefact(InvalidRequest):
    """A document that does not say what it must say; the detail lists every fault."""

    code = Code.ARTEFACT_INVALID


class UnknownArtefact(BadArtefact):
    """A scorecard names a prompt, or a caller names a scorecard, that is not there."""


class UnfitArtefact(BadArtefact):
    """Well-formed, and of no use beside what else is live."""

    code = Code.ARTEFACT_UNFIT
