"""What people make of findings: verdicts on those of the model, and errors that they add where it missed one."""

from auricle_records.findings.acknowledgements import acknowledge
from auricle_records.findings.additions import NewFinding, add
from auricle_records.findings.labels import NewFindingLabel, history, put

__all__ = ["NewFinding", "NewFindingLabel", "acknowledge", "add", "history", "put"]
