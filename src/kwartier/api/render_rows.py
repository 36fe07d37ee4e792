"""Slots as JSON text: a chunk of a series becomes a matrix of bytes, a row for each slot (E10; DESIGN 9).

The text of a slot is the same for all slots of a chunk, but for its moments, digits and states. So a row is copied from
a template, and fields are laid over it from tables. Where the slots differ in length (another number of digits, a state
of three letters, a register without a reading), rows have room for the longest, what is left over is NUL, and NULs are
taken out at the end.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.api.render_layout import Cell, Layout, layout_of
from kwartier.domain.days import slot_starts
from kwartier.domain.metering import State
from kwartier.domain.series import Series

__all__ = ["render_rows"]

Bytes = NDArray[np.void]

_QUARTER_HOUR_SECONDS: Final = 900
_QUARTER_HOURS: Final = 96  # of a day of UTC
# `bytes.replace` goes from NUL to NUL, `bytes.translate` from byte to byte: the former is faster while there are few.
_FEW_BLANKS: Final = 8


def render_rows(series: Series, start: int, stop: int) -> bytes:
    """The text of the columns from `start` up to `stop`, each slot with a comma before it.

    A slot without any reading is left out, and so is a register without a reading in a slot.
    """
    values, states = series.values[:, start:stop], series.states[:, start:stop]
    first = series.first_slot + start
    stamps = _stamps(slot_starts(series.grid, np.arange(first, first + values.shape[1] + 1, dtype=np.int64)))
    starts, ends = stamps[:-1], stamps[1:]
    present: NDArray[np.bool_] | None = None
    codes = [_codes(row) for row in states]
    if all(found[0] < State.READ for found in codes):  # no register is everywhere, so a slot may be empty
        present = states >= State.READ
        kept = present.any(axis=0)
        if not kept.all():
            values, states, present, starts, ends = (
                values[:, kept], states[:, kept], present[:, kept], starts[kept], ends[kept]
            )
            if starts.size == 0:
                return b""
            codes = [_codes(row) for row in states]
    ...
