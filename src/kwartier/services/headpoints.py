"""Headpoints and what hangs on them: made known, changed, looked at (E8, E9).

ServiceError
├── WrongHeadpointError     what it is to be cannot be so, or contradicts what the store holds
└── UnknownHeadpointError   no headpoint of that EAN
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.ean import Ean
from kwartier.domain.headpoint_changes import changes
from kwartier.domain.headpoint_rules import ALWAYS, Fault, faults, warnings
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import MeterType, PhysicalMeter
from kwartier.domain.period import Period
from kwartier.readings import headpoints as catalogue
from kwartier.services.errors import ServiceError
from kwartier.services.headpoint_conflicts import conflicts

__all__ = ["CATALOGUE", "Added", "AddedMany", "Headpoints", "UnknownHeadpointError", "WrongHeadpointError"]

CATALOGUE: Final = "series"
"""The name of what is done one at a time: numbering series, and changing what they lie on."""

_CHUNK: Final = 5_000


class WrongHeadpointError(ServiceError):
    """What a headpoint is to be cannot be so; the text names every fault.

    Args:
        ean: of the headpoint.
        found: the faults.
    """

    def __init__(self, ean: Ean, found: Sequence[Fault]) -> None:
        super().__init__(f"headpoint {ean}: " + "; ".join(fault.reason for fault in found))
        self.faults = tuple(found)


class UnknownHeadpointError(ServiceError):
    """There is no headpoint of that EAN."""

    def __init__(self, ean: Ean) -> None:
        super().__init__(f"there is no headpoint {ean}; `kwartier headpoints list` shows those there are")


@dataclass(frozen=True, slots=True)
class Added:
    """A headpoint as it is now.

    Attributes:
        changes: what changed of it, in words; None: it is new.
        warnings: what deserves a second look.
    """

    known: KnownHeadpoint
    changes: tuple[str, ...] | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddedMany:
    """What came of many headpoints.

    Attributes:
        new: how many were not known.
        replaced: how many were.
        faults: of those that can't be so, by EAN.
        warnings: of those that may, by EAN.
    """

    new: int
    replaced: int
    faults: Mapping[Ean, Sequence[Fault]]
    warnings: Mapping[Ean, Sequence[Fault]]


class Headpoints:
    """The headpoints of a store.

    Args:
        database: that of the readings.
        clock: real time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def add(self, known: KnownHeadpoint) -> Added:
        """Make a headpoint known; what was known of one of the same EAN is replaced, its readings stay.

        Raises:
            WrongHeadpointError: it cannot be so, or contradicts what the store holds.
        """
        with self._database.writing(CATALOGUE) as connection:
            return self._add(connection, known)

    def add_many(
        self, many: Sequence[KnownHeadpoint], *, skip_wrong: bool, refused: bool = False
    ) -> AddedMany:
        """Make headpoints known, some thousands in each transaction; nothing is written if one is wrong.

        Args:
            many: each once.
            skip_wrong: write those that are right also if others are wrong.
            refused: whether others were found to be wrong before.

        Raises:
            WrongHeadpointError: readings that came in meanwhile contradict one; those before it are written.
        """
        wrong = {one.headpoint.ean: found for one in many if (found := faults(one))}
        together = frozenset(int(one.headpoint.ean) for one in many)
        known: set[int] = set()
        for some in _chunks(many):
            with self._database.reading() as connection:
                contradicted, existing = conflicts(connection, some, together)
            known |= existing
            for ean, found in contradicted.items():
                wrong[ean] = [*wrong.get(ean, ()), *found]
        right = [one for one in many if one.headpoint.ean not in wrong]
        if (wrong or refused) and not skip_wrong:
            return AddedMany(0, 0, wrong, {})
        for some in _chunks(right):
            self._write(some, together)
        replaced = sum(int(one.headpoint.ean) in known for one in right)
        told = {one.headpoint.ean: found for one in right if (found := warnings(one))}
        return AddedMany(len(right) - replaced, replaced, wrong, told)

    def exchange(self, ean: Ean, at: datetime, meter: PhysicalMeter) -> Added:
        """Hang a new meter in the place of the one that hung there at a moment, which may be long ago (E8).

        It stays for as long as the one before was known to; readings are not touched (`Exchanges` takes back what is wrong
        now). Said again, the same exchange changes nothing.

        Raises:
            UnknownHeadpointError: no such headpoint.
            WrongHeadpointError: it is not digital, another meter began at that moment, or the new one hangs there already.
        """
        with self._database.writing(CATALOGUE) as connection:
            known = catalogue.find(connection, ean)
            if known is None:
                raise UnknownHeadpointError(ean)
            return self._add(connection, replace(known, meters=_exchanged(known, at, meter)))

    def find(self, ean: Ean) -> KnownHeadpoint:
        """A headpoint with what hangs on it.

        Raises:
            UnknownHeadpointError: no such headpoint.
        """
        with self._database.reading() as connection:
            known = catalogue.find(connection, ean)
        if known is None:
            raise UnknownHeadpointError(ean)
        return known

    def list_all(self, after: Ean | None, limit: int) -> list[KnownHeadpoint]:
        """Headpoints in order of their EAN, from the one after `after` on."""
        with self._database.reading() as connection:
            return catalogue.list_all(connection, after, limit)

    def _add(self, connection: Connection, known: KnownHeadpoint) -> Added:
        ean = known.headpoint.ean
        contradicted, _ = conflicts(connection, [known], frozenset())
        if found := [*faults(known), *contradicted.get(ean, ())]:
            raise WrongHeadpointError(ean, found)
        before = catalogue.find(connection, ean)
        catalogue.add(connection, [known], self._clock())
        return Added(
            known,
            None if before is None else tuple(changes(before, known)),
            tuple(one.reason for one in warnings(known)),
        )

    def _write(self, some: Sequence[KnownHeadpoint], together: frozenset[int]) -> None:
        with self._database.writing(CATALOGUE) as connection:
            contradicted, _ = conflicts(connection, some, together)
            for ean, found in contradicted.items():
                raise WrongHeadpointError(ean, found)
            catalogue.add(connection, some, self._clock())


def _chunks(many: Sequence[KnownHeadpoint]) -> list[Sequence[KnownHeadpoint]]:
    return [many[start : start + _CHUNK] for start in range(0, len(many), _CHUNK)]


def _exchanged(known: KnownHeadpoint, at: datetime, meter: PhysicalMeter) -> tuple[HungMeter, ...]:
    """The meters of a headpoint after one was hung there at a moment."""
    ean = known.headpoint.ean
    if known.headpoint.meter_type is not MeterType.DIGITAL:
        raise WrongHeadpointError(ean, [Fault(None, "meters hang on digital headpoints alone")])
    hung: list[HungMeter] = []
    end = min((one.start for one in _periods(known) if one.start > at), default=None)
    for one, period in zip(known.meters, _periods(known), strict=True):
        if one == HungMeter(meter, period) and period.start == at:
            return known.meters
        if period.start == at:
            said = f"meter {one.meter.meter_id} hangs there from that very moment on"
            raise WrongHeadpointError(ean, [Fault(one, said)])
        if at in period:
            end = period.end
            hung.append(HungMeter(one.meter, period.cut(at)))
        else:
            hung.append(one)
    return (*hung, HungMeter(meter, Period(at, end)))


def _periods(known: KnownHeadpoint) -> list[Period]:
    return [one.period or Period(ALWAYS) for one in known.meters]
