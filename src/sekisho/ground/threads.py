"""Names of threads as the kernel shows them: `top -H` and the bench tell mail from serving."""

import sys
import threading
from contextlib import suppress
from pathlib import Path

_LONGEST = 15  # signs; Linux cuts longer ones (TASK_COMM_LEN)


def tell_name() -> None:
    """Tell the kernel how this thread is called, where it can be told (Linux)."""
    if sys.platform != "linux":
        return
    comm = Path(f"/proc/self/task/{threading.get_native_id()}/comm")
    with suppress(OSError):  # a container may hide /proc; the name is for people only
        comm.write_text(threading.current_thread().name[:_LONGEST])
