"""Intervals without a value, and why there is none, as a user can tell it (E5, E11)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kwartier.client.mandates import Mandate
from kwartier.client.table import EnergyTable
from kwartier.domain.days import Grid, slot_starts, slots_within
from kwartier.domain.gaps import LATEST_HOURS
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import EPOCH, Period, epoch_microseconds, merge
from kwartier.domain.question import GRIDS
from kwartier.domain.stretches import stretches
from kwartier.wire.vocabulary import ENERGY_TYPE, GRANULARITY

__all__ = ["Gap", "Why", "find_gaps"]


class Why(Enum):
    """Why intervals have no value."""

    NO_MANDATE = "no mandate gives this period"
    NOT_YET = "not yet published: values come at the latest 72 hours after measuring"
    MISSING = "missing: the 72 hours are over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Consecutive intervals without a value, for one reason.

    Attributes:
        start: when the first interval begins.
        end: when the last ends.
        why: the reason.
        granularity: `daily` or `hourly_quarterhourly`.
        intervals: how many.
        sub_headpoint: the submeter; None: the headpoint.
        direction: as in the table; None where no value tells what is measured.
        register: as direction.
        unit: as direction.
    """

    start: datetime
    end: datetime
    why: Why
    granularity: str
    intervals: int
    sub_headpoint: str | None = None
    direction: str | None = None
    register: str | None = None
    unit: str | None = None


_LABELS: Final = dict(enumerate(Why, 1))
_LABEL_OF: Final = {why: label for label, why in _LABELS.items()}


class _Measured(NamedTuple):
    """What is measured: the columns that say so."""

    sub_headpoint: str | None = None
    direction: str | None = None
    register: str | None = None
    unit: str | None = None


def find_gaps(
    table: EnergyTable | None,
    mandates: Sequence[Mandate],
    period: Period,
    granularities: Iterable[Granularity],
    now: datetime,
) -> tuple[Gap, ...]:
    """The gaps of one EAN in a period, as far as it is over (E11).

    What is expected follows from the mandates, as the API gives it: intervals wholly inside the union of what they
    give (E5). Of what is expected in these follows from the readings themselves: each register that occurs in them.

    Args:
        table: the readings of the period; None: nothing was granted.
        mandates: of the EAN.
        period: what is looked at.
        granularities: those asked for; none: those of the mandates.
        now: what is not over then is no gap.
    """
    asked = list(granularities) or _granularities(mandates)
    energy_type = _energy_type(table, mandates)
    over = period.cut(now)
    if over.is_empty:
        return ()
    found = (gap for one in asked for gap in _gaps(table, mandates, over, GRIDS[energy_type, one], one, now))
    return tuple(found)


def _granularities(mandates: Sequence[Mandate]) -> list[Granularity]:
    told = {mandate.granularity for mandate in mandates}
    return [one for one in Granularity if one in told] or [Granularity.QUARTER_HOURLY]


def _energy_type(table: EnergyTable | None, mandates: Sequence[Mandate]) -> EnergyType:
    told = [table.energy_type if table is not None else None, *(mandate.energy_type for mandate in mandates)]
    gas = ENERGY_TYPE.write(EnergyType.GAS)
    first = next((text for text in told if text is not None), None)
    return EnergyType.GAS if first == gas else EnergyType.ELECTRICITY


def _gaps(
    table: EnergyTable | None,
    mandates: Sequence[Mandate],
    period: Period,
    grid: Grid,
    granularity: Granularity,
    now: datetime,
) -> Iterator[Gap]:
    slots = slots_within(grid, period)
    borders = slot_starts(grid, np.arange(slots.start, slots.stop + 1, dtype=np.int64)) * 1_000_000
    granted = np.zeros(len(slots), np.bool_)
    given = [mandate.given_period for mandate in mandates if mandate.granularity is granularity]
    for one in merge(each for each in given if each is not None):
        inside = slots_within(grid, one.intersection(period))
        granted[inside.start - slots.start : inside.stop - slots.start] = True
    due = borders[1:] <= epoch_microseconds(now - timedelta(hours=LATEST_HOURS))
    absent = np.full(len(slots), _LABEL_OF[Why.NO_MANDATE], np.uint8)
    absent[granted & ~due] = _LABEL_OF[Why.NOT_YET]
    absent[granted & due] = _LABEL_OF[Why.MISSING]
    name = GRANULARITY.write(granularity)
    for measured, there in _measured(table, name, borders):
        for stretch, label in stretches(np.where(there, 0, absent).astype(np.uint8), 0):
            if label:
                yield Gap(
                    start=_moment(borders[stretch.start]),
                    end=_moment(borders[stretch.stop]),
                    why=_LABELS[label],
                    granularity=name,
                    intervals=len(stretch),
                    **measured._asdict(),
                )


def _measured(
    table: EnergyTable | None, granularity: str, borders: NDArray[np.int64]
) -> Iterator[tuple[_Measured, NDArray[np.bool_]]]:
    """What is measured, and in which intervals there is a value; over all meters of the headpoint."""
    nowhere = np.zeros(borders.size - 1, np.bool_)
    if table is None:
        yield _Measured(), nowhere
        return
    columns = [table[name] for name in _Measured._fields]
    rows = np.flatnonzero(table["granularity"].where(granularity))
    keys = np.stack([column.codes[rows] for column in columns])
    kinds, which = np.unique(keys, axis=1, return_inverse=True)
    if not rows.size:
        yield _Measured(), nowhere
    for place in range(kinds.shape[1]):
        told = _Measured(*(column.texts[code] for column, code in zip(columns, kinds[:, place], strict=True)))
        mine = rows[which.reshape(-1) == place]
        mine = mine[~np.isnan(table.values[mine])]
        slots = np.searchsorted(borders, table.starts[mine])
        fits = (slots < nowhere.size) & (borders[np.minimum(slots, nowhere.size)] == table.starts[mine])
        there = nowhere.copy()
        there[slots[fits]] = True
        yield told, there


def _moment(microseconds: np.int64) -> datetime:
    return EPOCH + timedelta(microseconds=int(microseconds))
