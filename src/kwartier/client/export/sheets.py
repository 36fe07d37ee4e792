"""Readings laid out for people: a sheet for each meter and granularity, a column for each register (E10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.metering import Granularity
from kwartier.wire.frame import Source
from kwartier.wire.vocabulary import GRANULARITY

if TYPE_CHECKING:
    from kwartier.client.table import EnergyTable

__all__ = ["Column", "Sheet", "sheets_of"]

_PART: Final = ("source", "meter", "sub_headpoint", "installation_type", "granularity")
_REGISTER: Final = ("direction", "register", "unit")
_STATE: Final = ("validation_state", "gas_conversion_factor")

_Texts = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A register.

    Attributes:
        name: direction, register and unit.
        values: in the unit; NaN where there is none, shape (n,).
        states: the validation state, and for gas the factor; empty where there is no value.
    """

    name: str
    values: NDArray[np.float64]
    states: list[str]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A meter, a submeter or the headpoint itself, at one granularity.

    Attributes:
        meter: what it is, in words.
        granularity: as in a question.
        starts: when its intervals begin, in order, microseconds since the epoch, shape (n,).
        ends: when they end.
        columns: its registers.
    """

    meter: str
    granularity: str
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    columns: tuple[Column, ...]

    @property
    def is_daily(self) -> bool:
        """Whether its intervals are days."""
        return self.granularity == GRANULARITY.write(Granularity.DAILY)


def sheets_of(table: "EnergyTable") -> Iterator[Sheet]:
    """The sheets of some readings, in the order in which they come first."""
    for (*part, granularity), rows in _grouped(table, _PART):
        starts, firsts = np.unique(rows.starts, return_index=True)
        columns = tuple(_column(starts, register, of) for register, of in _grouped(rows, _REGISTER))
        yield Sheet(_meter(part), granularity or "", starts, rows.ends[firsts], columns)


def _grouped(table: "EnergyTable", names: tuple[str, ...]) -> "Iterator[tuple[_Texts, EnergyTable]]":
    """The rows of each combination of some columns of text."""
    if not len(table):
        return
    codes = np.stack([table[name].codes for name in names], axis=1)
    found, firsts, group = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    for one in np.argsort(firsts).tolist():
        told = tuple(table[name].texts[code] for name, code in zip(names, found[one].tolist(), strict=True))
        yield told, table.chosen(group.reshape(-1) == one)


def _meter(part: list[str | None]) -> str:
    source, meter, sub_headpoint, installation = part
    kind = f" ({installation})" if installation else ""
    named = {
        Source.METER.value: f"meter {meter or '?'}",
        Source.SUB_HEADPOINT.value: f"submeter {sub_headpoint or meter or '?'}{kind}",
    }
    return named.get(source or "", "headpoint")


def _column(starts: NDArray[np.int64], register: _Texts, rows: "EnergyTable") -> Column:
    places = np.searchsorted(starts, rows.starts)
    values = np.full(starts.size, np.nan)
    values[places] = rows.values
    states = [""] * starts.size
    told = [[rows[name].texts[code] for code in rows[name].codes.tolist()] for name in _STATE]
    for place, words in zip(places.tolist(), zip(*told, strict=True), strict=True):
        states[place] = " ".join(word for word in words if word)
    return Column(" ".join(word for word in register if word), values, states)
