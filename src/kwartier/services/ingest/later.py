"""Rows that came before what later deliveries say: they do not overrule it when they are retried (R3)."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.db.engine import Database
from kwartier.domain.metering import STATE_BITS, State
from kwartier.readings.later import Asked, said_later
from kwartier.services.ingest.runs import GridRows

__all__ = ["Overruled"]

_REASON: Final = (
    "a later delivery says otherwise: {}; discard this row, or import it anew to make it count after that one"
)


class Overruled:
    """Finds rows of a delivery of which something else was said by one that was received after it.

    Args:
        database: of the readings.
        number: of the delivery in which the rows came first.
    """

    def __init__(self, database: Database, number: int) -> None:
        self._database, self._number = database, number

    def __call__(self, rows: GridRows) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """The places of such rows, with the reason for which they stay."""
        eans, numbers = rows.eans[rows.series], rows.numbers[rows.series]
        for ean in np.unique(eans).tolist():
            places = np.flatnonzero(eans == ean)
            asked = Asked(ean, rows.grid, numbers[places], rows.slots[places])
            with self._database.reading() as connection:
                said = said_later(connection, asked, self._number)
            same = (said.states == rows.states[places]) & (
                (said.values == rows.values[places]) | (said.states & STATE_BITS == State.WITHDRAWN)
            )
            otherwise = (said.states != State.SILENT) & ~same
            for delivery_id in dict.fromkeys(said.delivery_ids):
                by = [place for place, one in enumerate(said.delivery_ids) if one == delivery_id]
                found = places[otherwise & np.isin(said.by, by)]
                if found.size:
                    yield _REASON.format(delivery_id), found
