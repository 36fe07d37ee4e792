"""What the readings say: one question for E3, E4 and "as known at" (R2).

ServiceError
└── NoReadingsOfOneError    the EAN has no readings of its own: unknown, or of a submeter
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kwartier.domain.days import Grid, slots_within
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import Granularity, Headpoint, Meter, RegisterKind
from kwartier.domain.period import Period, epoch_microseconds
from kwartier.domain.question import GRIDS
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import MeterSeries, Series
from kwartier.services.environment import VersionSource
from kwartier.services.errors import ServiceError

__all__ = [
    "NoReadingsOfOneError",
    "Readings",
    "ReadingsQuestion",
    "counting",
    "known_headpoint",
    "read",
    "read_series",
    "windows_of",
]

_ALL_KINDS: Final = frozenset(RegisterKind)


class NoReadingsOfOneError(ServiceError):
    """There are no readings under this EAN: nothing is known of it, or it is that of a submeter (E9)."""


@dataclass(frozen=True, slots=True)
class ReadingsQuestion:
    """Which readings are asked for (R2).

    Attributes:
        ean: of a headpoint.
        period: of reading; an open one ends now (E3).
        granularity: None: both.
        inserted: the period in which they came in; None: ever (E4).
        as_known_at: what came in later does not count; None: now.
    """

    ean: Ean
    period: Period
    granularity: Granularity | None = None
    inserted: Period | None = None
    as_known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Readings:
    """What the readings say.

    Attributes:
        headpoint: whose they are.
        meters: per meter its series; withdrawn intervals are told too.
        moment: everything that became known up to it was looked at (R1).
    """

    headpoint: Headpoint
    meters: tuple[MeterSeries, ...]
    moment: datetime


def read(source: VersionSource, question: ReadingsQuestion, moment: datetime) -> Readings:
    """Answer a question for readings (E3, E4, R2).

    Args:
        source: of versions.
        question: what for.
        moment: now.

    Raises:
        InvalidValueError: a period is empty, or `as_known_at` lies in the future.
        NoReadingsOfOneError: no such headpoint.
    """
    for name, period in (("reading", question.period), ("insertion", question.inserted)):
        if period is not None and period.is_empty:
            raise InvalidValueError(f"the period of {name} is empty: its end must lie after its start")
    if question.as_known_at is not None and question.as_known_at > moment:
        raise InvalidValueError("what will be known in the future can't be told: ask as known now, or before")
    headpoint = known_headpoint(source, question.ean)
    settled = source.settled(moment)
    known_at = min(settled, question.as_known_at or settled)
    asked = [one for one in Granularity if question.granularity in {None, one}]
    grids = [GRIDS[headpoint.energy_type, one] for one in asked]
    windows = {grid: windows_of(grid, [question.period], moment) for grid in grids}
    inserted = counting(question.inserted, known_at)
    return Readings(headpoint, read_series(source, question.ean, windows, inserted), known_at)


def known_headpoint(source: VersionSource, ean: Ean) -> Headpoint:
    """The headpoint of an EAN.

    Raises:
        NoReadingsOfOneError: there is none.
    """
    headpoint = source.headpoint(ean)
    if headpoint is not None:
        return headpoint
    above = source.headpoints_of_submeter(ean)
    if above:
        raise NoReadingsOfOneError(
            f"EAN {ean} is that of a submeter, whose readings come with its headpoint: ask for {' or '.join(above)}"
        )
    raise NoReadingsOfOneError(
        f"there is no headpoint {ean}; `kwartier headpoints list` shows those there are"
    )


def counting(inserted: Period | None, known_at: datetime) -> Inserted:
    """Which versions count: known at a moment, and come in within a period if there is one (E3, E4)."""
    known_us = epoch_microseconds(known_at) + 1
    if inserted is None:
        return Inserted(known_us)
    before_us = known_us if inserted.end is None else min(known_us, epoch_microseconds(inserted.end))
    return Inserted(before_us, epoch_microseconds(inserted.start))


def windows_of(grid: Grid, periods: Sequence[Period], moment: datetime) -> list[range]:
    """The slots wholly inside periods (E3). Nothing is known of the future, so that an open period ends now.

    Args:
        grid: how time is cut.
        periods: disjoint, in order.
        moment: now.
    """
    windows = [slots_within(grid, period.cut(moment)) for period in periods if period.start < moment]
    return [window for window in windows if window]


def read_series(
    source: VersionSource,
    ean: Ean,
    windows: Mapping[Grid, Sequence[range]],
    inserted: Inserted,
    kinds: Collection[RegisterKind] = _ALL_KINDS,
) -> tuple[MeterSeries, ...]:
    """The series of a headpoint, per meter, in the order of the grids; what has no version at all is left out (R2).

    Args:
        source: of versions.
        ean: of the headpoint.
        windows: which slots of each grid, disjoint and in order.
        inserted: which versions count.
        kinds: which registers.
    """
    meters: dict[Meter, list[Series]] = {}
    for grid, some in windows.items():
        if not some:
            continue
        hull = range(some[0].start, some[-1].stop)
        for part in source.versions(ean, grid, hull, inserted):
            series = resolve(part.versions.of_kinds(kinds), some, inserted)
            if len(series):
                meters.setdefault(part.meter, []).append(series.compact())
    return tuple(MeterSeries(meter, tuple(series)) for meter, series in meters.items())
