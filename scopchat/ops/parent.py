"""A supervised process ends when its supervisor does, even if that one was killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

VARIABLE = "SCOPCHAT_PARENT_PID"
PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Has this process told to stop (SIGTERM) as soon as the supervisor named in the environment is gone.

    Without a supervisor it does nothing. Linux does it in the kernel; elsewhere a thread looks once a second.
    """
    expected = int(os.environ.pop(VARIABLE, "0"))
    if not expected:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    else:
        threading.Thread(target=_watch, args=(expected,), daemon=True).start()
    # It may have died before we asked.
    if os.getppid() != expected:
        sys.exit(1)


def _watch(expected: int) -> None:
    while os.getppid() == expected:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
