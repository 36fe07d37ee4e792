"""Runs as rows, and versions from them (DESIGN 2, R1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, bindparam, select, type_coerce

from kwartier.db.bulk import load
from kwartier.db.readings_schema import delivery as deliveries
from kwartier.db.readings_schema import run as table
from kwartier.domain.days import Grid
from kwartier.domain.delivery import DeliveryState
from kwartier.domain.series import MeterVersions, Versions
from kwartier.readings.catalogue import Catalogued, SeriesKey
from kwartier.readings.codec import MAX_SLOTS, Decoded, decode

__all__ = ["Run", "add", "read"]

_PUBLISHED_US: Final = type_coerce(deliveries.c.published_at, BigInteger)
_VISIBLE: Final = (
    select(table.c.start, _PUBLISHED_US, table.c.content)
    .join(deliveries, deliveries.c.number == table.c.delivery)
    .where(
        table.c.ean == bindparam("ean"),
        table.c.grid == bindparam("grid"),
        # A run that begins before the first slot may reach into it.
        table.c.start > bindparam("after"),
        table.c.start < bindparam("stop"),
        bindparam("before_us") > _PUBLISHED_US,
    )
    .order_by(deliveries.c.published_at, deliveries.c.number)
)

_STAYING: Final = _VISIBLE.where(
    deliveries.c.withdraws.is_(None),
    deliveries.c.state == DeliveryState.PUBLISHED.value,
    deliveries.c.number != bindparam("but"),
)


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a delivery: where it begins, and its content (`codec`)."""

    ean: int
    grid: Grid
    start: int
    content: bytes


def add(connection: Connection, delivery: int, runs: Sequence[Run]) -> None:
    """Load runs of a delivery; nobody sees them before it is published."""
    load(connection, table, [(run.ean, int(run.grid), run.start, delivery, run.content) for run in runs])


def read(
    connection: Connection,
    known: Catalogued,
    grid: Grid,
    slots: range,
    before_us: int,
    but: int | None = None,
) -> tuple[MeterVersions, ...]:
    """The versions of a headpoint's series about some slots, that became visible before a moment; others may be among them.

    Args:
        connection: that reads.
        known: the headpoint.
        grid: that of the runs.
        slots: which.
        before_us: microseconds since the epoch.
        but: the number of a delivery: that one, those that were withdrawn, and what took them back are left out.

    Returns:
        Per meter, in the order of the numbers of their series; those without rows are left out.
    """
    asked = {
        "ean": int(known.headpoint.ean),
        "grid": int(grid),
        "after": slots.start - MAX_SLOTS,
        "stop": slots.stop,
        "before_us": before_us,
    }
    query, without = (_VISIBLE, {}) if but is None else (_STAYING, {"but": but})
    rows = connection.execute(query, asked | without).all()
    if not rows:
        return ()
    starts = np.array([row[0] for row in rows], np.int64)
    moments_us = np.array([row[1] for row in rows], np.int64)
    keys = known.series
    groups = list(decode([row[2] for row in rows]))
    on_grid = {number: key for number, key in sorted(keys.items()) if key.grid is grid}
    numbers_of = {
        meter: [number for number, key in on_grid.items() if key.meter == meter]
        for meter in dict.fromkeys(key.meter for key in on_grid.values())
    }
    parts = [
        MeterVersions(meter, _versions(grid, numbers, keys, groups, starts, moments_us))
        for meter, numbers in numbers_of.items()
    ]
    return tuple(part for part in parts if part.versions.slots.size)


def _versions(
    grid: Grid,
    numbers: Sequence[int],
    keys: Mapping[int, SeriesKey],
    groups: Sequence[Decoded],
    starts: NDArray[np.int64],
    moments_us: NDArray[np.int64],
) -> Versions:
    """The versions of the series of one meter."""
    lengths = np.zeros(starts.size, np.int64)
    speaking = [group for group in groups if not set(numbers).isdisjoint(group.numbers)]
    for group in speaking:
        lengths[group.places] = group.values.shape[2]
    ends = np.cumsum(lengths)
    begins, total = ends - lengths, int(ends[-1])
    values = np.zeros((len(numbers), total), np.int64)
    states = np.zeros((len(numbers), total), np.uint8)
    slots = np.zeros(total, np.int64)
    for group in speaking:
        places = np.asarray(group.places)
        along = np.arange(group.values.shape[2])
        columns = (begins[places, None] + along).ravel()
        slots[columns] = (starts[places, None] + along).ravel()
        for row, number in enumerate(numbers):
            if number in group.numbers:
                one = group.numbers.index(number)
                values[row, columns] = group.values[:, one].ravel()
                states[row, columns] = group.states[:, one].ravel()
    registers = tuple(keys[number].register for number in numbers)
    return Versions(grid, registers, slots, np.repeat(moments_us, lengths), values, states)
