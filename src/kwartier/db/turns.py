"""Whose turn it is to write a file: who waits for it keeps who has just written from beginning again.

SQLite lets one write at a time, and who finds the file taken sleeps for up to a tenth of a second before looking again: a
process that writes without a pause, as one that reads in a long file of scenarios, would keep all others out.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Final

__all__ = ["LOOK_SECONDS", "Turns"]

LOOK_SECONDS: Final = 0.001
"""How long one who waits sleeps before looking again."""


class Turns:
    """The turns of a file, among all processes that write it.

    A second file beside it is locked; the kernel lets go of the lock of a process that dies. Whoever can't lock it does
    without: turns are about fairness, and what is right is left to SQLite.

    Args:
        file: that is written.
    """

    def __init__(self, file: Path) -> None:
        self._file = file.with_name(f"{file.name}-turn")
        self._descriptor: int | None = None

    @contextmanager
    def mine(self, give_up: float) -> Iterator[None]:
        """Have the turn, or do without it after a moment of the monotonic clock; one thread at a time asks for it."""
        descriptor = self._opened()
        has_it = descriptor is not None and _locked(descriptor, give_up)
        try:
            yield
        finally:
            if descriptor is not None and has_it:
                fcntl.flock(descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file; it stays, for others may have it open."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _opened(self) -> int | None:
        if self._descriptor is None:
            with suppress(OSError):
                self._descriptor = os.open(self._file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        return self._descriptor


def _locked(descriptor: int, give_up: float) -> bool:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() > give_up:
                return False
            sleep(LOOK_SECONDS)
        except OSError:
            return False
        else:
            return True
