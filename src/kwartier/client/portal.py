"""The portal's CSV reports, as tables of readings and back (R4, K6); needs `kwartier[frames]`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwartier.client.table import EnergyTable, TextColumn
from kwartier.domain.days import Grid, slot_starts, wall_offsets
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import (
    FACTOR_SHIFT,
    STATE_BITS,
    EnergyType,
    GasFactor,
    Granularity,
    State,
    state_code,
)
from kwartier.formats.portal import read_report
from kwartier.formats.portal.words import Language
from kwartier.formats.portal.writing import Report, write_reports
from kwartier.formats.rows import DIRECTIONS, KINDS, REJECTED, ROWS, UNITS
from kwartier.wire.energy import DIRECTION, GAS_FACTOR, REGISTER_KIND, UNIT, VALIDATION_STATE
from kwartier.wire.frame import Source
from kwartier.wire.vocabulary import ENERGY_TYPE, GRANULARITY, Names

__all__ = ["Language", "Read", "Report", "read_portal_report", "reports_of"]

E = TypeVar("E", bound=Enum)

_MICROSECONDS: Final = 1_000_000
_DAY_SECONDS: Final = 86_400
_SERIES: Final = ["ean", "grid", "sub_ean", "meter_id", "direction", "kind", "unit", "slot"]
_GAS: Final = (Grid.HOUR, Grid.GAS_DAY)
_DAILY: Final = (Grid.DAY, Grid.GAS_DAY)
_SECONDS: Final = {Grid.QUARTER_HOUR: 900, Grid.HOUR: 3600}
_NO_VALUE: Final = State.READ.value
"""Codes below it have no value."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a report says.

    Attributes:
        tables: one for each EAN.
        rejected: the lines that can't be read, by `REJECTED`.
    """

    tables: tuple[EnergyTable, ...]
    rejected: pl.DataFrame


def read_portal_report(path: Path, warn: Callable[[str], None]) -> Read:
    """Read a report of the portal of any generation, Dutch or English.

    What it says has no value comes without one.

    Args:
        path: the file; its name tells whether it is about submeters.
        warn: is told what is odd in it.

    Raises:
        NotAReportError: it is none.
        OSError: it can't be read.
    """
    batches = list(read_report(path, path.name, warn=warn))
    rows = pl.concat([ROWS.to_frame(), *(batch.rows for batch in batches)]).sort(_SERIES, maintain_order=True)
    rejected = pl.concat([REJECTED.to_frame(), *(batch.rejected for batch in batches)])
    tables = [_table(of_ean) for of_ean in rows.partition_by("ean", maintain_order=True)]
    return Read(tuple(tables), rejected)


def _table(rows: pl.DataFrame) -> EnergyTable:
    """The table of the rows of one EAN."""
    ean = f"{rows.item(0, 'ean'):018d}"
    states = rows.get_column("state").to_numpy()
    borders = [(start, end) for grid in Grid for start, end in [_borders(rows, grid)]]
    starts, ends = (
        np.select([rows_of != 0 for rows_of in side], side) for side in zip(*borders, strict=True)
    )
    valued = (states & STATE_BITS) >= _NO_VALUE
    sub_eans = rows.get_column("sub_ean")
    grids = rows.get_column("grid").to_numpy()
    columns = {
        "ean": _texts(rows.get_column("ean").cast(pl.String).str.zfill(18)),
        "source": _texts(
            rows.select(
                pl.when(pl.col("sub_ean") != 0)
                .then(pl.lit(Source.SUB_HEADPOINT.value))
                .when(pl.col("meter_id") != "")
                .then(pl.lit(Source.METER.value))
                .otherwise(pl.lit(Source.HEADPOINT.value))
            ).to_series()
        ),
        "meter": _texts(rows.get_column("meter_id").replace("", None)),
        "sub_headpoint": _texts(sub_eans.replace(0, None).cast(pl.String).str.zfill(18)),
        "installation_type": TextColumn(np.zeros(rows.height, np.int16), (None,)),
        "granularity": _named(
            np.isin(grids, _DAILY).astype(np.int64),
            [GRANULARITY.write(Granularity.QUARTER_HOURLY), GRANULARITY.write(Granularity.DAILY)],
        ),
        "direction": _enumerated(rows, "direction", DIRECTIONS, DIRECTION),
        "register": _enumerated(rows, "kind", KINDS, REGISTER_KIND),
        "unit": _enumerated(rows, "unit", UNITS, UNIT),
        "validation_state": _coded(states & STATE_BITS, State, VALIDATION_STATE),
        "gas_conversion_factor": _coded(states >> FACTOR_SHIFT, GasFactor, GAS_FACTOR),
    }
    values = np.where(valued, rows.get_column("value").to_numpy() / 1000, np.nan)
    gas = bool(np.isin(grids, _GAS).any())
    energy = ENERGY_TYPE.write(EnergyType.GAS if gas else EnergyType.ELECTRICITY)
    notices = () if valued.all() else (f"rows that say that there is no value: {int((~valued).sum())}",)
    return EnergyTable(ean, energy, None, columns, starts, ends, values, notices)


def _borders(rows: pl.DataFrame, grid: Grid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the slots of a grid begin and end, microseconds; 0 in rows of other grids."""
    of_grid = rows.get_column("grid").to_numpy() == grid
    slots = rows.get_column("slot").to_numpy()
    start, end = (slot_starts(grid, slots + place) * _MICROSECONDS for place in (0, 1))
    return np.where(of_grid, start, 0), np.where(of_grid, end, 0)


def _texts(column: pl.Series) -> TextColumn:
    known = column.drop_nulls().unique(maintain_order=True).to_list()
    codes = column.replace_strict(known, range(1, len(known) + 1), default=0, return_dtype=pl.Int16)
    return TextColumn(codes.fill_null(0).to_numpy(), (None, *known))


def _named(places: NDArray[np.int64], names: Sequence[str]) -> TextColumn:
    return TextColumn((places + 1).astype(np.int16), (None, *names))


def _enumerated(rows: pl.DataFrame, name: str, members: Sequence[E], names: Names[E]) -> TextColumn:
    return _named(rows.get_column(name).to_numpy().astype(np.int64), [names.write(one) for one in members])


def _coded(codes: NDArray[Any], kind: type[State] | type[GasFactor], names: Names) -> TextColumn:  # type: ignore[type-arg] # of that kind
    """The names of codes, of which some have none."""
    texts = [None, *names.names]
    place_of = {member.value: texts.index(text) for text in names.names for member in [names.read(text)]}
    places = np.array([place_of.get(code, 0) for code in range(max(kind) + 1)], np.int16)
    return TextColumn(places[codes], tuple(texts))


def reports_of(table: EnergyTable, language: Language) -> Iterator[Report]:
    """The reports that the portal would make of some readings, in its newest form.

    Values without a state that the portal knows are left out.

    Raises:
        InvalidValueError: a report has no form for what the table says.
    """
    known = table.chosen(~np.isnan(table.values) & ~_without(table, "validation_state"))
    yield from write_reports(_rows(known), language)


def _without(table: EnergyTable, name: str) -> NDArray[np.bool_]:
    return table[name].where(None)


def _rows(table: EnergyTable) -> pl.DataFrame:
    gas = table.energy_type == ENERGY_TYPE.write(EnergyType.GAS)
    grids, slots = _slots(table, gas=gas)
    states = _read(table["validation_state"], VALIDATION_STATE)
    factors = _read(table["gas_conversion_factor"], GAS_FACTOR, GasFactor.NONE)
    digital = table["source"].where(Source.METER.value)
    frame = pl.DataFrame(
        {
            "ean": np.full(len(table), int(table.ean)),
            "sub_ean": [int(text or 0) for text in _spelled(table["sub_headpoint"])],
            "meter_id": [
                text or "" if is_digital else ""
                for text, is_digital in zip(_spelled(table["meter"]), digital.tolist(), strict=True)
            ],
            "direction": [DIRECTIONS.index(one) for one in _read(table["direction"], DIRECTION)],
            "kind": [KINDS.index(one) for one in _read(table["register"], REGISTER_KIND)],
            "unit": [UNITS.index(one) for one in _read(table["unit"], UNIT)],
            "grid": grids,
            "slot": slots,
            "value": np.rint(table.values * 1000).astype(np.int64),
            "state": [state_code(state, factor) for state, factor in zip(states, factors, strict=True)],
            "line": np.arange(1, len(table) + 1),
        }
    )
    return frame.select(pl.col(name).cast(kind) for name, kind in ROWS.items())


def _slots(table: EnergyTable, *, gas: bool) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """On which grid each interval is a slot, and which."""
    daily = table["granularity"].where(GRANULARITY.write(Granularity.DAILY))
    starts, lengths = table.starts // _MICROSECONDS, (table.ends - table.starts) // _MICROSECONDS
    local_days = (starts + wall_offsets(starts)) // _DAY_SECONDS
    choices = {
        Grid.GAS_DAY if gas else Grid.DAY: (daily, local_days),
        **{grid: (~daily & (lengths == seconds), starts // seconds) for grid, seconds in _SECONDS.items()},
    }
    chosen = [which for which, _ in choices.values()]
    if not np.logical_or.reduce(chosen).all():
        raise InvalidValueError("a report of the portal has quarter-hours, hours and days, and nothing else")
    grids = np.select(chosen, [np.full(len(table), int(grid)) for grid in choices])
    return grids, np.select(chosen, [slots for _, slots in choices.values()])


def _read(column: TextColumn, names: Names[E], absent: E | None = None) -> list[E]:
    """The members that a column names.

    Raises:
        InvalidValueError: it has a name that the guide does not know.
    """
    members = [absent if text is None else names.read(text) for text in column.texts]
    found = [members[code] for code in column.codes.tolist()]
    missing = next((place for place, member in enumerate(found) if member is None), None)
    if missing is not None:
        raise InvalidValueError(
            f"row {missing + 1} names nothing where one of {', '.join(names.names)} is needed"
        )
    return [member for member in found if member is not None]


def _spelled(column: TextColumn) -> list[str | None]:
    return [column.texts[code] for code in column.codes.tolist()]
