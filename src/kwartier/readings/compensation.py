"""What takes a delivery back: the newest values of those that stay, as new versions (R3, DESIGN 4)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from kwartier.db.readings_schema import delivery as deliveries
from kwartier.db.readings_schema import run as table
from kwartier.domain.days import Grid
from kwartier.domain.delivery import DeliveryState
from kwartier.domain.metering import State
from kwartier.readings.codec import MAX_SLOTS, decode, encode
from kwartier.readings.runs import Run

__all__ = ["compensating"]

_EANS_AT_ONCE: Final = 100


def compensating(connection: Connection, number: int) -> Iterator[list[Run]]:
    """Runs that undo a delivery, some headpoints at a time: where it spoke, what the others say in the end, or nothing.

    Where that is what stands there already, nothing is said again.

    Args:
        connection: that reads.
        number: of the delivery, which is published and not withdrawn.
    """
    after = -1
    while True:
        eans = (
            connection.execute(
                select(table.c.ean)
                .where(table.c.delivery == number, table.c.ean > after)
                .distinct()
                .order_by(table.c.ean)
                .limit(_EANS_AT_ONCE)
            )
            .scalars()
            .all()
        )
        if not eans:
            return
        after = eans[-1]
        yield [run for ean in eans for run in _of_headpoint(connection, ean, number)]


def _of_headpoint(connection: Connection, ean: int, number: int) -> Iterator[Run]:
    own = connection.execute(
        select(table.c.grid, table.c.start, table.c.content)
        .where(table.c.ean == ean, table.c.delivery == number)
        .order_by(table.c.grid, table.c.start)
    ).all()
    for grid, rows in groupby(own, key=lambda row: row.grid):
        yield from _of_grid(connection, ean, Grid(grid), number, list(rows))


def _of_grid(connection: Connection, ean: int, grid: Grid, number: int, own: Sequence[Any]) -> Iterator[Run]:
    slots = range(own[0].start, own[-1].start + MAX_SLOTS)
    others = connection.execute(
        select(
            table.c.start,
            table.c.content,
            table.c.delivery,
            deliveries.c.state,
            deliveries.c.withdraws,
        )
        .join(deliveries, deliveries.c.number == table.c.delivery)
        .where(
            table.c.ean == ean,
            table.c.grid == int(grid),
            table.c.start > slots.start - MAX_SLOTS,
            table.c.start < slots.stop,
            deliveries.c.published_at.is_not(None),
        )
        .order_by(deliveries.c.published_at, deliveries.c.number)
    ).all()
    staying = [
        row
        for row in others
        if row.withdraws is None and row.state == DeliveryState.PUBLISHED.value and row.delivery != number
    ]
    spoken, stands, wanted = _Laid(own, slots), _Laid(others, slots), _Laid(staying, slots)
    numbers = sorted(spoken.states)
    values, states = (
        np.stack([wanted.values_of(one) for one in numbers]),
        np.stack([wanted.states_of(one) for one in numbers]),
    )
    states[states == State.SILENT] = State.WITHDRAWN
    for row, one in enumerate(numbers):
        same = (states[row] == stands.states_of(one)) & (
            (values[row] == stands.values_of(one)) | (states[row] == State.WITHDRAWN)
        )
        states[row, same | (spoken.states_of(one) == State.SILENT)] = State.SILENT
    for start, length in spoken.extents:
        columns = slice(start - slots.start, start - slots.start + length)
        if states[:, columns].any():
            [content] = encode(numbers, values[None, :, columns], states[None, :, columns])
            yield Run(ean, grid, start, content)


class _Laid:
    """Runs laid over each other, the last on top: per series what they say in the end.

    Args:
        rows: with `start` and `content`, in order.
        slots: over which; it holds whatever begins in it.
    """

    def __init__(self, rows: Sequence[Any], slots: range) -> None:
        self._size = len(slots) + MAX_SLOTS
        self.values: dict[int, NDArray[np.int64]] = {}
        self.states: dict[int, NDArray[np.uint8]] = {}
        self.extents: list[tuple[int, int]] = []
        for row in rows:
            [decoded] = decode([row.content])
            length = decoded.values.shape[2]
            self.extents.append((row.start, length))
            # What begins before the slots is laid from where they begin.
            cut = max(0, slots.start - row.start)
            begin = row.start + cut - slots.start
            columns = slice(begin, begin + max(0, length - cut))
            for number, value, state in zip(
                decoded.numbers, decoded.values[0, :, cut:], decoded.states[0, :, cut:], strict=True
            ):
                speaks = state != State.SILENT
                self.values.setdefault(number, np.zeros(self._size, np.int64))[columns][speaks] = value[
                    speaks
                ]
                self.states.setdefault(number, np.zeros(self._size, np.uint8))[columns][speaks] = state[
                    speaks
                ]

    def values_of(self, number: int) -> NDArray[np.int64]:
        """The values of a series."""
        found = self.values.get(number)
        return np.zeros(self._size, np.int64) if found is None else found

    def states_of(self, number: int) -> NDArray[np.uint8]:
        """The states of a series."""
        found = self.states.get(number)
        return np.zeros(self._size, np.uint8) if found is None else found
