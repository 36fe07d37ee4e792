"""The heap of a serving process: one for all threads."""

import ctypes
from contextlib import suppress
from typing import Final

__all__ = ["share_heap"]

_M_ARENA_MAX: Final = -8


def share_heap() -> None:
    """Have threads that begin later take memory from one heap, where the C library is glibc; elsewhere nothing is done.

    Each would have a heap of its own, and keep in it what its largest answer took: megabytes, and for nothing, because of
    Python's threads one computes at a time.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
