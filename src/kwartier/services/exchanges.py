"""Meter exchanges, registered at once or long after: what the meter before said of later is taken back (E8, R1; DESIGN 4)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.days import Grid, slots_within
from kwartier.domain.delivery import Counts, Delivery, DeliveryState
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import PhysicalMeter, State
from kwartier.domain.period import Period
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import Series
from kwartier.readings import catalogue
from kwartier.readings.codec import encode
from kwartier.readings.question import Question
from kwartier.readings.runs import Run
from kwartier.services.deliveries import Deliveries
from kwartier.services.headpoints import Added, Headpoints
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Exchanged", "Exchanges"]

_SLOTS_AT_ONCE = 96


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What came of an exchange.

    Attributes:
        added: the headpoint as it is now.
        taken_back: the delivery that takes back what the meter before said of later; None: it said nothing.
    """

    added: Added
    taken_back: Delivery | None


class Exchanges:
    """The meter exchanges of a store.

    Args:
        database: that of the readings.
        deliveries: of that database.
        clock: real time.
    """

    def __init__(self, database: Database, deliveries: Deliveries, clock: Clock) -> None:
        self._database = database
        self._deliveries = deliveries
        self._clock = clock
        self._headpoints = Headpoints(database, clock)

    def exchange(self, ean: Ean, at: datetime, meter: PhysicalMeter) -> Exchanged:
        """Hang a new meter in the place of the one that hung there at a moment, which may be long ago.

        It stays for as long as the one before was known to. What came in of the one before about what began later is
        withdrawn by a delivery of its own, which can be taken back like any other. Said again, the same exchange changes
        nothing, and takes back what is left.

        Raises:
            UnknownHeadpointError: no such headpoint.
            WrongHeadpointError: it is not digital, another meter began at that moment, or the new one hangs there already.
        """
        added = self._headpoints.exchange(ean, at, meter)
        now = self._clock()
        with self._database.reading() as connection:
            known = catalogue.find(connection, int(ean))
            # Whatever it is that was published, and becomes visible in a moment.
            question = None if known is None else Question(connection, known, 1 << 62)
            made = [] if question is None else list(_withdrawing(question, added.known, at, now))
        if not made:
            return Exchanged(added, None)
        name = f"meter exchange of {ean} at {write_timestamp(at)}, registered {write_timestamp(now)}"
        taking = self._deliveries.begin(name, "meter exchange")
        self._deliveries.load(taking, [run for run, _ in made])
        withdrawn = sum(values for _, values in made)
        counts = Counts(rows=withdrawn, withdrawn=withdrawn, runs=len(made), headpoints=1)
        published_at = self._deliveries.publish(taking, counts)
        taken_back = replace(taking, state=DeliveryState.PUBLISHED, published_at=published_at, counts=counts)
        return Exchanged(added, taken_back)


def _withdrawing(
    question: Question, known: KnownHeadpoint, at: datetime, now: datetime
) -> Iterator[tuple[Run, int]]:
    """Runs that withdraw what meters that were taken away at a moment said of later, and how many values of each."""
    gone = [one.meter for one in known.meters if one.period is not None and one.period.end == at]
    inserted = Inserted(question.before_us)
    for grid in Grid:
        slots = slots_within(grid, Period(at, now))
        for part in question.delivered(grid, slots):
            if part.meter not in gone:
                continue
            numbers = {
                key.register: number
                for number, key in question.known.series.items()
                if (key.meter, key.grid) == (part.meter, grid)
            }
            series = resolve(part.versions, [slots], inserted)
            yield from _runs(int(known.headpoint.ean), series, [numbers[one] for one in series.registers])


def _runs(ean: int, series: Series, numbers: list[int]) -> Iterator[tuple[Run, int]]:
    valued = series.present
    for start in range(0, len(series), _SLOTS_AT_ONCE):
        some = valued[:, start : start + _SLOTS_AT_ONCE]
        if some.any():
            states = np.where(some, State.WITHDRAWN, State.SILENT).astype(np.uint8)
            [content] = encode(numbers, np.zeros((1, *some.shape), np.int64), states[None])
            yield Run(ean, series.grid, series.first_slot + start, content), int(some.sum())
