"""What the sandbox tells of its meters, in the words of the guide: dates on Brussels clocks, moments of insertion in UTC."""

from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from kwartier.domain.days import BRUSSELS, Grid, slots_within
from kwartier.domain.ean import Ean
from kwartier.domain.metering import PhysicalMeter, RegisterKind, State
from kwartier.domain.period import EPOCH, Period, epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.generator import versions
from kwartier.sandbox.meter import measured
from kwartier.sandbox.site import site_of

__all__ = [
    "BOTH",
    "LATER",
    "OFFTAKE_ONLY",
    "Told",
    "counted_on",
    "dates_of",
    "instant",
    "offtake_of",
    "told_by_meter",
    "what_is_told",
]

OFFTAKE_ONLY, BOTH = "541440010", "541440110"
LATER: Final = "2027-01-01T00:00Z"

Told = dict[tuple[str, str], tuple[State, int]]
"""By what is counted and when it began, on Brussels clocks: state and thousandths of a kWh."""


def instant(text: str) -> datetime:
    """An instant: with a Z in UTC, else on Brussels clocks."""
    if text.endswith("Z"):
        return datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS).astimezone(UTC)


def _clock(seconds: int, grid: Grid) -> str:
    local = (EPOCH + timedelta(seconds=seconds)).astimezone(BRUSSELS)
    return f"{local:%Y-%m-%d}" if grid is Grid.DAY else f"{local:%Y-%m-%dT%H:%M}"


def told_by_meter(
    number: int,
    read: tuple[str, str],
    inserted: tuple[str | None, str] = (None, LATER),
    *,
    grid: Grid = Grid.QUARTER_HOUR,
    prefix: str = BOTH,
) -> dict[tuple[str, str], Told]:
    """By physical meter (its place and number) what is told of readings in a period, come in within another."""
    ean = Ean(f"{prefix}000000{number:03d}")
    slots = slots_within(grid, Period(instant(read[0]), instant(read[1])))
    since, until = inserted
    window = Inserted(
        epoch_microseconds(instant(until)), None if since is None else epoch_microseconds(instant(since))
    )
    parts: dict[tuple[str, str], Told] = {}
    for part in versions(sandbox_meter(ean), grid, slots, window):
        series = resolve(part.versions, [slots], window)
        begins = [_clock(second, grid) for second in series.borders()[:-1].tolist()] if len(series) else []
        told: Told = {}
        for row, column in np.argwhere(series.present).tolist():
            register = series.registers[row]
            of_day = "" if register.kind is RegisterKind.TOTAL else f" {register.kind.value}"
            told[register.direction.value + of_day, begins[column]] = (
                State(series.states[row, column]),
                int(series.values[row, column]),
            )
        if told:
            assert isinstance(part.meter, PhysicalMeter)
            parts[part.meter.seq_number, part.meter.meter_id] = told
    return parts


def what_is_told(
    number: int,
    read: tuple[str, str],
    inserted: tuple[str | None, str] = (None, LATER),
    *,
    grid: Grid = Grid.QUARTER_HOUR,
    prefix: str = BOTH,
) -> Told:
    """As `told_by_meter`, of a meter that is not exchanged."""
    parts = told_by_meter(number, read, inserted, grid=grid, prefix=prefix)
    assert len(parts) <= 1
    return next(iter(parts.values()), {})


def dates_of(told: Told) -> list[str]:
    """The dates about which something is told, in order."""
    return sorted({begin[:10] for _, begin in told})


def offtake_of(told: Told) -> dict[str, tuple[State, int]]:
    """The quarter-hours of offtake alone, by when they began."""
    return {begin: said for (what, begin), said in told.items() if what == "offtake"}


def counted_on(number: int, day: str, prefix: str = BOTH) -> list[int]:
    """What the site's registers count on a day, all together, by quarter-hour on the clock; thousandths of a kWh."""
    date = int(np.datetime64(day, "D").astype(np.int64))
    site = site_of(sandbox_meter(Ean(f"{prefix}000000{number:03d}")))
    counted: list[int] = measured(site, range(date, date + 1))[:, 0].astype(np.int64).sum(axis=0).tolist()
    return counted
