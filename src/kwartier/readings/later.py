"""What deliveries say in the end that were received after one: so that a row of that one does not overrule them (R1, R3)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from kwartier.db.readings_schema import delivery as deliveries
from kwartier.db.readings_schema import run as table
from kwartier.domain.days import Grid
from kwartier.domain.delivery import DeliveryState
from kwartier.domain.metering import State
from kwartier.readings.codec import MAX_SLOTS, decode

__all__ = ["Asked", "SaidLater", "said_later"]


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Slots of series of one headpoint, n of them.

    Attributes:
        ean: of the headpoint.
        grid: of all.
        numbers: of the series in the catalogue, shape (n,).
        slots: shape (n,).
    """

    ean: int
    grid: Grid
    numbers: NDArray[np.int64]
    slots: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SaidLater:
    """What was said later, at n places.

    Attributes:
        values: thousandths.
        states: codes; SILENT: nothing was said later.
        by: which of the deliveries said it, as a place among `delivery_ids`.
        delivery_ids: of all that said something of the headpoint.
    """

    values: NDArray[np.int64]
    states: NDArray[np.uint8]
    by: NDArray[np.int64]
    delivery_ids: Sequence[str]


def said_later(connection: Connection, asked: Asked, number: int) -> SaidLater:
    """What the deliveries say in the end that are published, not withdrawn, and were received after one.

    A delivery that brings rows in again was received when these first came. What takes another back says nothing of its own.

    Args:
        connection: that reads.
        asked: of what.
        number: of that delivery.
    """
    first, last = int(asked.slots.min()), int(asked.slots.max())
    rows = connection.execute(
        select(table.c.start, table.c.content, deliveries.c.delivery_id)
        .join(deliveries, deliveries.c.number == table.c.delivery)
        .where(
            table.c.ean == asked.ean,
            table.c.grid == int(asked.grid),
            # A run that begins before the first slot may reach into it.
            table.c.start > first - MAX_SLOTS,
            table.c.start <= last,
            deliveries.c.state == DeliveryState.PUBLISHED.value,
            deliveries.c.withdraws.is_(None),
            func.coalesce(deliveries.c.retries, deliveries.c.number) > number,
        )
        .order_by(deliveries.c.published_at, deliveries.c.number)
    ).all()
    size = asked.slots.size
    said = SaidLater(
        np.zeros(size, np.int64), np.zeros(size, np.uint8), np.zeros(size, np.int64), [row[2] for row in rows]
    )
    order = np.lexsort((asked.slots, asked.numbers))
    numbers, slots = asked.numbers[order], asked.slots[order]
    for by, row in enumerate(rows):
        [run] = decode([row.content])
        end = row.start + run.values.shape[2]
        for of, values, states in zip(run.numbers, run.values[0], run.states[0], strict=True):
            begin, stop = np.searchsorted(numbers, [of, of + 1])
            low, high = begin + np.searchsorted(slots[begin:stop], [row.start, end])
            columns = slots[low:high] - row.start
            speaks = states[columns] != State.SILENT
            places, columns = order[low:high][speaks], columns[speaks]
            said.values[places], said.states[places], said.by[places] = values[columns], states[columns], by
    return said
