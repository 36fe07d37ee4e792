"""Counting for several machines, in the database that they share (C4, DESIGN 13).

Moments are those of the machines' own clocks, which are taken to agree within seconds (NTP). A clock that is ahead by some
seconds ends windows as much earlier, for all of them; the count stays one count.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kwartier.db.engine import Database, UnavailableError
from kwartier.domain.period import EPOCH, epoch_microseconds
from kwartier.patience import within
from kwartier.registry import rate_windows
from kwartier.services.limits import MAX_AHEAD, WINDOW, Allowance, CounterError, microseconds
from kwartier.telemetry.events import Log

__all__ = ["DatabaseLimiter"]

_LOG: Final = Log("kwartier.limits")
_WINDOW: Final = timedelta(microseconds=WINDOW)
_SECONDS: Final = 2.0
"""How long a count is waited for; a little more than the lock of one on PostgreSQL."""

_MAX_AHEAD: Final = timedelta(microseconds=MAX_AHEAD)


class DatabaseLimiter:
    """Counts in a table of the database.

    Args:
        database: that of the platform.
        limit: requests a window.
        kind: of subjects: those of different kinds are counted apart.
    """

    def __init__(self, database: Database, limit: int, kind: str) -> None:
        self._database = database
        self._limit = limit
        self._kind = kind
        self._next_sweep = EPOCH
        self._sweeping = Lock()

    def take(self, subject: str, now_seconds: float) -> Allowance:
        """Count a request of a subject at a moment of real time.

        Raises:
            CounterError: the database can't be reached, or does not let us write.
        """
        now = EPOCH + timedelta(microseconds=microseconds(now_seconds))
        try:
            with self._jotting() as connection:
                ends, taken = rate_windows.take(
                    connection, f"{self._kind} {subject}", self._limit, now, _WINDOW, _MAX_AHEAD
                )
        except UnavailableError as error:
            raise CounterError(str(error)) from error
        except DBAPIError as error:
            # A standby that takes no writes, a right that was taken away: no reason to refuse everybody.
            raise CounterError(
                f"database {self._database.name}: {str(error.orig).partition(chr(10))[0]}"
            ) from error
        self._sweep_sometimes(now)
        return Allowance.of(self._limit, epoch_microseconds(ends), taken, epoch_microseconds(now))

    @contextmanager
    def _jotting(self) -> Iterator[Connection]:
        """A connection for one statement that notes.

        On PostgreSQL without a transaction around it: that is three more ways to the server and back.
        """
        # Not in the time of the request: what is left of that is for its answer, which goes on without this (C4).
        is_file = self._database.url.startswith("sqlite")
        with (
            within(_SECONDS),
            self._database.noting() if is_file else self._database.glancing() as connection,
        ):
            yield connection

    def _sweep_sometimes(self, now: datetime) -> None:
        """Forget what ended, once a window, by one of the threads."""
        if now < self._next_sweep or not self._sweeping.acquire(blocking=False):
            return
        try:
            self._next_sweep = now + _WINDOW
            with self._jotting() as connection:
                # Not what ended just now: by the clock of another machine it may not have.
                rate_windows.sweep(connection, now - _WINDOW)
        except (UnavailableError, DBAPIError) as error:
            # Others may sweep at the same time, and get in each other's way.
            _LOG.debug("limit_sweep_failed", why=type(error).__name__)
        finally:
            self._sweeping.release()
