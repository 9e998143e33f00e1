"""Trying again. In: a rename. Out: what it gives, after as many pauses as a virus scanner needs."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 3.2)
"""Pauses between attempts, some ten seconds in all: a virus scanner or a synchronised folder holds a file that long."""
PASSING = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.EAGAIN, errno.ETXTBSY, errno.EINTR})
"""Errors of a rename that may be over in a moment."""


def patiently(rename: Callable[[], Result], on_first_failure: Callable[[], None] = lambda: None) -> Result:
    """Do something that another program may be in the way of for some seconds.

    Raises:
        OSError: What it raises when the last attempt fails too, or at once when waiting does not help.
    """
    for attempt, pause in enumerate(PAUSES_S):
        try:
            return rename()
        except OSError as error:
            if error.errno not in PASSING:
                raise
            if attempt == 0:
                on_first_failure()
        time.sleep(pause)
    return rename()
