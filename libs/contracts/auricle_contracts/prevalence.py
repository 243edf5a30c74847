"""How often an error class occurs, and how that is known."""

from datetime import datetime
from typing import Literal

from auricle_contracts.breakdowns import ShareOf
from auricle_contracts.contract import Contract

PrevalenceMethod = Literal["corrected", "audited", "machine", "none"]


class ClassPrevalence(Contract):
    """Of conversations from `since` to `until` in which the class was looked for; `share` (0-1) with its 95 % interval, null of nothing.

    `method`: `corrected`: the machine's share, with what people found right and wrong of it in the random share (`audited`); `audited`:
    what people left in the random share alone, where it has too few of either side to correct by; `machine`: nobody looked at enough of
    them, the machine's share as it is; `none`: it was not looked for. `machine` and `audited` are told whatever the method.
    """

    error_class: str
    since: datetime
    until: datetime
    method: PrevalenceMethod
    share: float | None
    low: float | None
    high: float | None
    machine: ShareOf
    audited: ShareOf
