"""Places where the fault test can end or delay a process: the seams between two writes.

Off unless AURICLE_FAILPOINTS names a folder. There, a file `<seam>` that holds `kill` or `sleep <seconds>` is taken (removed)
by the first process that passes the seam, which then does what the file says. So each planted fault happens exactly once.
"""

import os
import signal
import time
from pathlib import Path

_FOLDER = os.environ.get("AURICLE_FAILPOINTS")
SEAMS = (
    "after_row",  # the door: the `receiving` row is there, the blob is not
    "after_blob",  # the door: the blob is there, the row is not yet `stored`
    "after_store",  # the door: `stored` and the run are committed, the XADD has not happened
    "during_work",  # a worker: the run is `working`
    "after_result",  # a worker: the result is committed, the script on the stream has not run
)


def passed(seam: str) -> None:
    """Do what a file of this name says, once."""
    if _FOLDER is None:
        return
    try:
        planted = Path(_FOLDER, seam)
        order = planted.read_text().split()
        planted.rename(planted.with_suffix(f".taken-{os.getpid()}"))
    except OSError:  # nothing planted, or another process took it first
        return
    if order[0] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(float(order[1]))
