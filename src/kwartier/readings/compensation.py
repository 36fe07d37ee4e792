"""What takes a delivery back: the newest values of those that stay, as new versions (R3, DESIGN 4).

What stays of a slot may be a value that was delivered, or one that follows from others (DESIGN 5): the newer of the two. So
a delivered value comes back only where nothing that stays and is newer has one to derive; there it gives way, which is
written as withdrawn. Where quarter-hours or hours are taken back to which a delivered value gave way, that comes back. And
where some come in again that are older than it, it comes in again with them: what follows from them must not become newer.
"""

from collections.abc import Iterator, Mapping, Sequence
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
        self._said: dict[Grid, list[range]] = {}  # about which slots it said something, on each grid
        self._brought: dict[Grid, list[range]] = {}  # about which slots something is said again

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
        for grid in Grid:  # the finer ones first
            self._said[grid] = [range(row.start, row.start + MAX_SLOTS) for row in own[grid]]
            if own[grid] or self._covered(grid, self._said):
                yield from self._of_grid(grid, own[grid])

    def _covered(self, grid: Grid, of: Mapping[Grid, Sequence[range]]) -> list[range]:
        """The slots of a grid whose values may follow from others, of which it is known what became of them."""
        finer = [one for one, followed in _FOLLOWING.items() if grid in followed]
        return [_covering(grid, one, slots) for one in finer for slots in of.get(one, ())]

    def _of_grid(self, grid: Grid, own: Sequence[Any]) -> Iterator[Run]:
        """What undoes it on one grid.

        Args:
            grid: which.
            own: its runs on the grid, in order.
        """
        following = self._covered(grid, self._said)
        touched = [*self._said[grid], *following]
        slots = range(min(one.start for one in touched), max(one.stop for one in touched))
        others = self._others(grid, slots)
        stands = Layer(slots).lay(others)
        numbers = stands.numbers
        if not numbers:
            return
        spoken, wanted = Layer(slots).lay(own), Layer(slots).lay(filter(self._stays, others))
        states, values, standing = wanted.states(numbers), wanted.values(numbers), stands.states(numbers)
        is_valued = states >= State.READ
        speaks = spoken.states(numbers) != State.SILENT
        beside = ~speaks & _columns(slots, following, states.shape[1])
        gave_way = (standing == State.WITHDRAWN) & beside
        holds = follows = np.zeros_like(speaks)
        if (is_valued & (speaks | beside)).any():
            derived = self._derived(grid, slots, self._number)
            follows = derived.states(numbers) >= State.READ
            newer = follows & (derived.since_us(numbers) > wanted.since_us(numbers))
            holds = is_valued & ~newer
            states[is_valued & newer] = State.WITHDRAWN
        states[states == State.SILENT] = State.WITHDRAWN
        same = (states == standing) & ((values == stands.values(numbers)) | (states == State.WITHDRAWN))
        told = (speaks | gave_way) & ~same
        if (holds & ~told).any():
            # What follows was, or becomes now, the newer of the two, and is not to be: what was delivered comes in again.
            told |= holds & (speaks | beside) & self._overtaken(grid, slots, stands, told, follows)
        states[~told] = State.SILENT
        self._brought[grid] = _stretches(np.asarray(told.any(axis=0)), slots.start)
        for start, length in _extents(spoken.extents, states, slots.start):
            columns = slice(start - slots.start, start - slots.start + length)
            said = [row for row in range(len(numbers)) if states[row, columns].any()]
            if said:
                [content] = encode(
                    [numbers[row] for row in said], values[None, said, columns], states[None, said, columns]
                )
                yield Run(self._ean, grid, start, content)

    def _overtaken(
        self,
        grid: Grid,
        slots: range,
        stands: Layer,
        told: NDArray[np.bool_],
        follows: NDArray[np.bool_],
    ) -> NDArray[np.bool_]:
        """Where a value that follows from others would be newer than what stands.

        Args:
            grid: which.
            slots: of it.
            stands: what was delivered.
            told: of what something is said again on this grid.
            follows: where a value follows from what stays.
        """
        again = _columns(slots, self._covered(grid, self._brought), told.shape[1])
        if grid in _FOLLOWING.get(grid, ()):
            again |= told.any(axis=0)
        numbers, derived = stands.numbers, self._derived(grid, slots, None)
        is_newer = derived.since_us(numbers) > stands.since_us(numbers)
        overtaken: NDArray[np.bool_] = follows & again | is_newer & (derived.states(numbers) >= State.READ)
        return overtaken

    def _stays(self, row: Any) -> bool:
        """Whether a run is of a delivery that stays."""
        is_good = row.withdraws is None and row.state == DeliveryState.PUBLISHED.value
        return is_good and row.delivery != self._number

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

    def _derived(self, grid: Grid, slots: range, but: int | None) -> Layer:
        """What follows from what was published, or from what stays of it but for a delivery."""
        question = Question(self._connection, self._known, _EVER, but)
        of_grid = [(number, key) for number, key in self._known.series.items() if key.grid is grid]
        return Layer(slots).lay_versions(question.derived(grid, slots), of_grid)


def _covering(grid: Grid, of: Grid, slots: range) -> range:
    """The slots of a grid in which some slots of another may lie."""
    if grid is of:
        return slots
    first, last = (int(one) for one in slot_starts(of, np.array([slots.start, slots.stop])))
    # A slot is in the day of its date, or in the one before (gas) or after (an hour before midnight).
    days = np.arange(first // 86_400 - 1, last // 86_400 + 3)
    starts = slot_starts(grid, days)
    inside = days[:-1][(starts[1:] > first) & (starts[:-1] < last)]
    return range(int(inside[0]), int(inside[-1]) + 1)


def _columns(slots: range, of: Sequence[range], size: int) -> NDArray[np.bool_]:
    """Which columns of a layer some slots are."""
    found = np.zeros(size, np.bool_)
    for one in of:
        found[max(0, one.start - slots.start) : max(0, one.stop - slots.start)] = True
    return found


def _stretches(columns: NDArray[np.bool_], first: int) -> list[range]:
    """Columns of a layer as the slots that they are."""
    borders = np.flatnonzero(np.diff(columns.astype(np.int8), prepend=0, append=0)) + first
    return [range(int(start), int(stop)) for start, stop in borders.reshape(-1, 2)]


def _extents(
    own: Sequence[tuple[int, int]], states: NDArray[np.uint8], first: int
) -> Iterator[tuple[int, int]]:
    """Where runs are written: as its own were cut, and slot by slot where something is said beyond them."""
    yield from own
    said = np.asarray(states.any(axis=0))
    for start, length in own:
        said[start - first : start - first + length] = False
    yield from ((first + int(column), 1) for column in np.flatnonzero(said))
