"""Erase readings: those of one EAN, by law, or those older than they may be kept (R1).

ServiceError
└── ErasedWithHeadpointError    the EAN is that of a submeter, whose readings are kept with those of its headpoint
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias
from uuid import uuid4

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.db.erasing import forget_erased, overwrite_erased
from kwartier.domain.days import add_months, first_midnight
from kwartier.domain.ean import Ean
from kwartier.readings import aside_erasures as aside
from kwartier.readings import catalogue, deliveries, erasures
from kwartier.readings.erasures import Erased, Erasure
from kwartier.services.deliveries import NUMBERS
from kwartier.services.errors import ServiceError

__all__ = ["Erased", "ErasedWithHeadpointError", "Erasure", "Erasures", "Tell", "kept_from"]

Tell: TypeAlias = Callable[[Erased], None]
"""Is told how much is erased so far."""

_MONTHS: Final = 12


class ErasedWithHeadpointError(ServiceError):
    """The EAN is that of a submeter: its readings are kept with those of its headpoint, and go with them (E9)."""

    def __init__(self, ean: Ean, above: Sequence[Ean]) -> None:
        super().__init__(
            f"EAN {ean} is that of a submeter, whose readings are kept with those of its headpoint: nothing was erased; "
            f"erase everything of {' and of '.join(above)}, which takes all submeters with it"
        )


def kept_from(moment: datetime, years: int) -> datetime:
    """From which Brussels midnight on readings are kept that are kept for some years."""
    return first_midnight(add_months(moment, -_MONTHS * years))


class Erasures:
    """Erasures of a store.

    Args:
        database: that of the readings.
        clock: real time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def count(self, ean: Ean | None = None, before: datetime | None = None) -> Erased:
        """How much would be erased.

        Raises:
            ErasedWithHeadpointError: the EAN is that of a submeter.
        """
        with self._database.reading() as connection:
            _refuse_submeter(connection, ean)
            return erasures.count(connection, ean, before)

    def newest(self) -> list[Erasure]:
        """What was erased, the newest first."""
        with self._database.reading() as connection:
            return erasures.list_all(connection)

    def erase(
        self, why: str, tell: Tell, *, ean: Ean | None = None, before: datetime | None = None
    ) -> Erasure:
        """Erase everything of an EAN, or everything measured before a moment, in small transactions.

        Each of them records what it took, so that one that is broken off is on record too. Withdrawals under way are
        swept, for they may bring back what they read before; whoever made them has to make them again.

        Args:
            why: in words.
            tell: how much is erased so far.
            ean: whose; the headpoint itself stays known.
            before: slots that end at it or earlier go.

        Raises:
            ErasedWithHeadpointError: the EAN is that of a submeter; nothing is recorded.
        """
        if (ean is None) == (before is None):
            raise ValueError("either an EAN or a moment")
        erasure, done = Erasure(uuid4().hex, self._clock(), ean, before, why), False
        with self._database.writing() as connection:
            _refuse_submeter(connection, ean)
            erasures.note(connection, erasure)
        while not done:
            already = erasure.erased
            erasure = self._pass(erasure, tell)
            with self._database.writing(NUMBERS) as connection:
                overwrite_erased(connection)
                # What was being taken back meanwhile may have brought something back: it is looked for once more.
                done = not self._sweep(connection) and erasure.erased == already
                if done:
                    erasure = self._finish(connection, erasure)
        forget_erased(self._database)
        return erasure

    def _pass(self, erasure: Erasure, tell: Tell) -> Erasure:
        """Go through the store once, some EANs at a time."""
        erasure = self._pass_aside(erasure)
        after = -1
        while eans := self._next(erasure, after):
            with self._database.writing() as connection:
                overwrite_erased(connection)
                found = erasures.erase_runs(connection, eans, erasure.before)
                erasure = _noted(connection, erasure, found)
            tell(erasure.erased)
            after = eans[-1]
        return erasure

    def _pass_aside(self, erasure: Erasure) -> Erasure:
        """Go through the rows that were set aside once, some at a time."""
        if erasure.ean is not None:
            with self._database.writing() as connection:
                overwrite_erased(connection)
                found = Erased(quarantined=aside.erase_of(connection, erasure.ean))
                return _noted(connection, erasure, found)
        if erasure.before is None:
            return erasure
        with self._database.reading() as looking:
            for keys in aside.older(looking, erasure.before):
                with self._database.writing() as connection:
                    overwrite_erased(connection)
                    found = Erased(quarantined=aside.erase_rows(connection, keys))
                    erasure = _noted(connection, erasure, found)
        return erasure

    def _next(self, erasure: Erasure, after: int) -> Sequence[int]:
        if erasure.ean is not None:
            return [int(erasure.ean)] if after < 0 else []
        with self._database.reading() as connection:
            return erasures.eans_after(connection, after)

    @staticmethod
    def _sweep(connection: Connection) -> bool:
        """Remove withdrawals that are under way; whether there were any."""
        under_way = erasures.withdrawals_under_way(connection)
        for number in under_way:
            deliveries.forget(connection, number)
        return bool(under_way)

    @staticmethod
    def _finish(connection: Connection, erasure: Erasure) -> Erasure:
        found = Erased() if erasure.ean is None else erasures.erase_series(connection, erasure.ean)
        return _noted(connection, replace(erasure, finished=True), found)


def _refuse_submeter(connection: Connection, ean: Ean | None) -> None:
    if ean is not None and (above := catalogue.headpoints_of_submeter(connection, int(ean))):
        raise ErasedWithHeadpointError(ean, above)


def _noted(connection: Connection, erasure: Erasure, found: Erased) -> Erasure:
    """The erasure with what was found, on record."""
    noted = replace(erasure, erased=erasure.erased + found)
    if noted != erasure or noted.finished:
        erasures.note(connection, noted)
    return noted
