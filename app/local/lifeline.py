"""A server or process that we start must not outlive us, however we end.

On Linux the kernel tells a child when its parent has died
(https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html). "Parent" is the thread that started it, so only a
thread that lasts may; and whoever becomes another user asks afterwards. Elsewhere a child that was left behind goes on,
holds the lock of the data, and the next start says so.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# found before the fork: little may be done between it and the new program
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def ends_with_us(told: signal.Signals) -> Callable[[], None] | None:
    """What `subprocess` is to call in the child, so that it gets this signal when we die; None where nothing can."""
    parent, libc = os.getpid(), _LIBC
    if libc is None:
        return None

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(told))
        # it may have died before the question
        if os.getppid() != parent:
            os._exit(0)

    return ask
