"""A delivery between begin and publication: its parts checked, loaded, set aside (R3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, Protocol, TypeAlias

import polars as pl
from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.delivery import Counts, Delivery, DeliveryState
from kwartier.readings import catalogue, quarantine
from kwartier.readings import deliveries as registry
from kwartier.readings.catalogue import Line, SeriesKey
from kwartier.readings.spool import Part, Spool
from kwartier.services.deliveries import Deliveries, SweptError
from kwartier.services.ingest.checks import series_of_part
from kwartier.services.ingest.content import keepable
from kwartier.services.ingest.later import Overruled
from kwartier.services.ingest.part import runs_of_part

__all__ = ["Aside", "Outcome", "Phase", "Progress", "Quarantined", "RowAside", "Taking"]

_RUNS_AT_ONCE: Final = 2_000
_ROWS_AT_ONCE: Final = 10_000
_REASONS: Final = 1_000
_SERIES: Final = "series"
_OTHER: Final = "other reasons"

RowAside: TypeAlias = tuple[int, int, str, str]
"""Line, EAN, reason and content of a row that is set aside."""


class Phase(Enum):
    """How far a delivery is."""

    READING = "reading"
    LOADING = "loading"
    PUBLISHING = "publishing"


Progress: TypeAlias = Callable[[Phase, int, int | None], None]
"""Is told the phase, how many rows are done in it, and of how many, if that is known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a delivery.

    Attributes:
        delivery: as it was published, with its counts; not published, and gone, if it was a retry of which nothing got in.
        reasons: for which rows were set aside, and how many for each, the most frequent first.
    """

    delivery: Delivery
    reasons: Sequence[tuple[str, int]]


class Aside(Protocol):
    """What is done with rows that are set aside."""

    @property
    def retries(self) -> int | None:
        """The number of the delivery whose rows come again; None: they come for the first time."""

    def add(self, connection: Connection, delivery: Delivery, first: int, rows: Sequence[RowAside]) -> None:
        """Set rows aside; `first` is the number of the first within the delivery, from 1."""


class Quarantined:
    """Rows come for the first time, and are set aside under the delivery that brought them."""

    @property
    def retries(self) -> None:
        """They do not come again."""

    def add(self, connection: Connection, delivery: Delivery, first: int, rows: Sequence[RowAside]) -> None:
        """Put them into quarantine."""
        quarantine.add(connection, delivery.number, first, rows)


class Taking:
    """A delivery that is being loaded.

    Args:
        database: of the readings.
        deliveries: of that database.
        clock: real time.
        delivery: which was begun.
        aside: what is done with wrong rows.
        tell: how far it is.
    """

    def __init__(
        self,
        database: Database,
        deliveries: Deliveries,
        clock: Clock,
        delivery: Delivery,
        aside: Aside,
        tell: Progress,
    ) -> None:
        self._database, self._deliveries, self._clock = database, deliveries, clock
        self._delivery, self._aside, self._tell = delivery, aside, tell
        self._overruled = None if aside.retries is None else Overruled(database, aside.retries)
        self._counts = Counts()
        self._reasons: dict[str, int] = {}
        # Of the part that is being loaded: what was parted twice counts once.
        self._part, self._eans = -1, set[int]()

    def finish(self, spool: Spool, rows: int, digest: str | None = None) -> Outcome:
        """Load what was spooled, and publish it; what was retried and did not get in at all leaves no delivery.

        Args:
            spool: with all rows that could be read.
            rows: how many there are, also of those that could not.
            digest: of the content, if that is known.

        Raises:
            SweptError: the delivery was swept meanwhile.
        """
        done = 0
        for rejected in spool.rejected():
            self._set_aside(rejected)
            done += rejected.height
            self._tell(Phase.LOADING, done, rows)
        for part in spool.parts():
            self._load(part)
            done += len(part.stretches)
            self._tell(Phase.LOADING, done, rows)
        self._tell(Phase.PUBLISHING, done, rows)
        counts = replace(self._counts, rows=rows)
        reasons = sorted(self._reasons.items(), key=lambda one: (-one[1], one[0]))
        if self._aside.retries is not None and not counts.runs:
            with self._database.writing() as connection:
                if registry.touch(
                    connection, self._delivery.number, self._clock(), self._delivery.received_at
                ):
                    registry.forget(connection, self._delivery.number)
            return Outcome(replace(self._delivery, counts=counts), reasons)
        published_at = self._deliveries.publish(self._delivery, counts, digest)
        published = replace(
            self._delivery,
            state=DeliveryState.PUBLISHED,
            published_at=published_at,
            counts=counts,
            digest=digest,
        )
        return Outcome(published, reasons)

    def _load(self, part: Part) -> None:
        """Check rows, load the good ones as runs, set the others aside."""
        with self._database.reading() as connection:
            series = series_of_part(part.stretches, connection)
        made = runs_of_part(part.stretches, series, self._clock(), self._numbers, self._overruled)
        for rejected in made.rejected:
            self._set_aside(rejected)
        for first in range(0, len(made.runs), _RUNS_AT_ONCE):
            self._deliveries.load(self._delivery, made.runs[first : first + _RUNS_AT_ONCE])
        if part.number != self._part:
            self._part, self._eans = part.number, set()
        new = {run.ean for run in made.runs} - self._eans
        self._eans |= new
        self._counts = replace(
            self._counts,
            stored=self._counts.stored + made.stored,
            withdrawn=self._counts.withdrawn + made.withdrawn,
            repeated=self._counts.repeated + made.repeated,
            runs=self._counts.runs + len(made.runs),
            headpoints=self._counts.headpoints + len(new),
        )

    def _numbers(self, wanted: Mapping[int, Mapping[Line, SeriesKey]]) -> Mapping[int, Mapping[Line, int]]:
        """The numbers of series; new ones get theirs in a transaction of their own, one import at a time."""
        with self._database.reading() as connection:
            known = catalogue.numbers_of(connection, list(wanted))
        new = {
            ean: list(keys.values())
            for ean, keys in wanted.items()
            if not known.get(ean, {}).keys() >= keys.keys()
        }
        if not new:
            return known
        with self._database.noting(_SERIES) as connection:
            return {**known, **catalogue.number_series(connection, new)}

    def _set_aside(self, rejected: pl.DataFrame) -> None:
        for some in map(keepable, rejected.iter_slices(_ROWS_AT_ONCE)):
            first = self._counts.quarantined + 1
            with self._database.noting() as connection:
                delivery = self._delivery
                if not registry.touch(connection, delivery.number, self._clock(), delivery.received_at):
                    raise SweptError(f"delivery {delivery.delivery_id} was swept: send it again")
                self._aside.add(connection, delivery, first, some.rows())
            self._counts = replace(self._counts, quarantined=self._counts.quarantined + some.height)
            for reason, number in some.get_column("reason").value_counts().iter_rows():
                known = reason in self._reasons or len(self._reasons) < _REASONS
                named = reason if known else _OTHER
                self._reasons[named] = self._reasons.get(named, 0) + number
