"""What takes a delivery back: the newest values of those that stay, as new versions (R3, DESIGN 4).

What stays of a slot may be a value that was delivered, or one that follows from others (DESIGN 5): the newer of the two. So
a delivered value comes back only where nothing that stays and is newer has one to derive; there it gives way, which is
written as withdrawn. And where quarter-hours or hours are taken back to which a delivered value gave way, that comes back.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, Connection, select, type_coerce

from kwartier.db.readings_schema import delivery as deliveries
from kwartier.db.readings_schema import run as table
from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.delivery import DeliveryState
from kwartier.domain.metering import State
from kwartier.readings import catalogue
from kwartier.readings.catalogue import Catalogued
from kwartier.readings.codec import MAX_SLOTS, encode
from kwartier.readings.layers import Layer
from kwartier.readings.question import Question
from kwartier.readings.runs import Run

__all__ = ["compensating"]

_EANS_AT_ONCE: Final = 100
_EVER: Final = 1 << 62
_FOLLOWING: Final = {Grid.QUARTER_HOUR: (Grid.DAY,), Grid.HOUR: (Grid.HOUR, Grid.GAS_DAY)}
"""The grids on which something follows from what stands on another."""


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
        known = catalogue.find_many(connection, eans)
        yield [run for ean in eans for run in _Taken(connection, known[ean], number).runs()]


class _Taken:
    """A delivery that is taken back, as far as one headpoint goes."""

    def __init__(self, connection: Connection, known: Catalogued, number: int) -> None:
        self._connection = connection
        self._known = known
        self._number = number
        self._ean = int(known.headpoint.ean)

    def runs(self) -> Iterator[Run]:
        """What undoes it."""
        rows = self._connection.execute(
            select(
                table.c.grid, table.c.start, table.c.content, type_coerce(0, BigInteger).label("published_us")
            )
            .where(table.c.ean == self._ean, table.c.delivery == self._number)
            .order_by(table.c.grid, table.c.start)
        ).all()
        own = {grid: [row for row in rows if row.grid == grid] for grid in Grid}
        following: dict[Grid, list[range]] = {}
        for grid, others in _FOLLOWING.items():
            for other in others if own[grid] else ():
                following.setdefault(other, []).extend(_covering(other, grid, row.start) for row in own[grid])
        for grid in Grid:
            if own[grid] or grid in following:
                yield from self._of_grid(grid, own[grid], following.get(grid, []))

    def _of_grid(self, grid: Grid, own: Sequence[Any], following: Sequence[range]) -> Iterator[Run]:
        """What undoes it on one grid.

        Args:
            grid: which.
            own: its runs on the grid, in order.
            following: slots about which it said something else, from which a value of this grid may follow.
        """
        touched = [*(range(row.start, row.start + MAX_SLOTS) for row in own), *following]
        slots = range(min(one.start for one in touched), max(one.stop for one in touched))
        others = self._others(grid, slots)
        staying = [
            row
            for row in others
            if row.withdraws is None
            and row.state == DeliveryState.PUBLISHED.value
            and row.delivery != self._number
        ]
        stands = Layer(slots).lay(others)
        numbers = stands.numbers
        if not numbers:
            return
        spoken, wanted = Layer(slots).lay(own), Layer(slots).lay(staying)
        states, standing = wanted.states(numbers), stands.states(numbers)
        speaks = spoken.states(numbers) != State.SILENT
        gave_way = (standing == State.WITHDRAWN) & ~speaks & _columns(slots, following, states.shape[1])
        questioned = (states >= State.READ) & (speaks | gave_way)
        if questioned.any():
            states[questioned & self._follows(grid, slots, numbers, wanted)] = State.WITHDRAWN
        values = wanted.values(numbers)
        states[states == State.SILENT] = State.WITHDRAWN
        same = (states == standing) & ((values == stands.values(numbers)) | (states == State.WITHDRAWN))
        states[same | ~(speaks | gave_way)] = State.SILENT
        for start, length in _extents(spoken.extents, states, slots.start):
            columns = slice(start - slots.start, start - slots.start + length)
            said = [row for row in range(len(numbers)) if states[row, columns].any()]
            if said:
                [content] = encode(
                    [numbers[row] for row in said], values[None, said, columns], states[None, said, columns]
                )
                yield Run(self._ean, grid, start, content)

    def _others(self, grid: Grid, slots: range) -> Sequence[Any]:
        """All that was published about some slots, in order."""
        return self._connection.execute(
            select(
                table.c.start,
                table.c.content,
                table.c.delivery,
                type_coerce(deliveries.c.published_at, BigInteger).label("published_us"),
                deliveries.c.state,
                deliveries.c.withdraws,
            )
            .join(deliveries, deliveries.c.number == table.c.delivery)
            .where(
                table.c.ean == self._ean,
                table.c.grid == int(grid),
                table.c.start > slots.start - MAX_SLOTS,
                table.c.start < slots.stop,
                deliveries.c.published_at.is_not(None),
            )
            .order_by(deliveries.c.published_at, deliveries.c.number)
        ).all()

    def _follows(self, grid: Grid, slots: range, numbers: Sequence[int], wanted: Layer) -> NDArray[np.bool_]:
        """Where what stays and was delivered is older than what follows from others that stay."""
        question = Question(self._connection, self._known, _EVER, but=self._number)
        of_grid = [(number, key) for number, key in self._known.series.items() if key.grid is grid]
        derived = Layer(slots).lay_versions(question.derived(grid, slots), of_grid)
        newer: NDArray[np.bool_] = derived.since_us(numbers) > wanted.since_us(numbers)
        return newer & (derived.states(numbers) >= State.READ)


def _covering(grid: Grid, of: Grid, start: int) -> range:
    """The slots of a grid in which the slots of a run on another may lie."""
    if grid is of:
        return range(start, start + MAX_SLOTS)
    first, last = (int(one) for one in slot_starts(of, np.array([start, start + MAX_SLOTS])))
    # A day begins up to a day before the slot that is in it.
    days = np.arange(first // 86_400 - 1, last // 86_400 + 2)
    starts = slot_starts(grid, days)
    inside = days[:-1][(starts[1:] > first) & (starts[:-1] < last)]
    return range(int(inside[0]), int(inside[-1]) + 1)


def _columns(slots: range, of: Sequence[range], size: int) -> NDArray[np.bool_]:
    """Which columns of a layer some slots are."""
    found = np.zeros(size, np.bool_)
    for one in of:
        found[max(0, one.start - slots.start) : max(0, one.stop - slots.start)] = True
    return found


def _extents(
    own: Sequence[tuple[int, int]], states: NDArray[np.uint8], first: int
) -> Iterator[tuple[int, int]]:
    """Where runs are written: as its own were cut, and slot by slot where something is said beyond them."""
    yield from own
    said = np.asarray(states.any(axis=0))
    for start, length in own:
        said[start - first : start - first + length] = False
    yield from ((first + int(column), 1) for column in np.flatnonzero(said))
