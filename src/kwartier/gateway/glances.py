"""What only glances at the database, done where the request is (DESIGN 11)."""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Final, TypeVar

from kwartier.telemetry.events import Log

__all__ = ["Glances"]

_LOG: Final = Log("kwartier.access")
_SLOW_SECONDS: Final = 0.25  # longer than a busy machine lets a process wait, or the first of all takes
_AWAY_SECONDS: Final = 5.0
_SMALL_SECONDS: Final = 1.0
_REMEMBERED: Final = 4096
T = TypeVar("T")


class Glances:
    """Work that reads a few rows of a database in this process, which takes less than going to a thread and back.

    Nobody else is served meanwhile. Where a glance has to wait long, for a slow disk or a file that is locked, those after
    it go to threads for some seconds.

    Args:
        are_possible: whether the database is in this process, and nothing is written on the way.
        clock: tells seconds that never go back.
    """

    def __init__(self, *, are_possible: bool, clock: Callable[[], float] = monotonic) -> None:
        self._clock: Final = clock
        self._again_at = 0.0 if are_possible else float("inf")
        self._small: dict[Hashable, float] = {}

    @property
    def are_quick(self) -> bool:
        """Whether they may be done here now."""
        return self._again_at <= self._clock()

    def take(self, work: Callable[..., T], *arguments: object) -> T:
        """Do work that is a glance."""
        begun = self._clock()
        try:
            return work(*arguments)
        finally:
            now = self._clock()
            if now - begun > _SLOW_SECONDS:
                self._again_at = now + _AWAY_SECONDS
                _LOG.warning("slow_glance", ms=round((now - begun) * 1e3, 1))

    def is_small(self, what: Hashable, look: Callable[[], bool]) -> bool:
        """Whether something is so small that reading it is a glance. It is looked at once a second: it grows no faster.

        Args:
            what: that which is read.
            look: looks whether it is small; a glance itself.
        """
        now = self._clock()
        if self._small.get(what, 0.0) > now:
            return True
        self._small.pop(what, None)
        if not look():
            return False
        if len(self._small) >= _REMEMBERED:
            self._small.clear()
        self._small[what] = now + _SMALL_SECONDS
        return True
