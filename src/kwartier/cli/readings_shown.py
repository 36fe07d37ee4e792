"""How readings are shown: as a table, as GET energy answers, or in the long form (E10, R4)."""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import BinaryIO, Final

import numpy as np

from kwartier.cli.moments import local_time, utc_time
from kwartier.cli.tables import aligned
from kwartier.domain.days import Grid
from kwartier.domain.metering import (
    FACTOR_SHIFT,
    STATE_BITS,
    GasFactor,
    Meter,
    PhysicalMeter,
    Register,
    State,
    SubHeadpoint,
)
from kwartier.domain.series import Series
from kwartier.services.questions import Readings
from kwartier.wire.energy import GAS_FACTOR, VALIDATION_STATE

__all__ = ["GRID_NAMES", "Format", "meter_name", "register_name", "write_readings"]

GRID_NAMES: Final = {
    Grid.QUARTER_HOUR: "quarter-hours",
    Grid.HOUR: "hours",
    Grid.DAY: "days",
    Grid.GAS_DAY: "gas days",
}


class Format(Enum):
    """How readings are shown."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


def meter_name(meter: Meter) -> str:
    """A part of a headpoint, as people know it."""
    match meter:
        case PhysicalMeter(seq_number, meter_id):
            return f"meter {meter_id} ({seq_number})"
        case SubHeadpoint():
            return f"submeter {meter.ean} ({meter.direction.value} {meter.seq_number})"
        case None:
            return "headpoint"


def register_name(register: Register) -> str:
    """A register with its unit."""
    return f"{register.direction.value} {register.kind.value} {register.unit.value}"


def write_readings(readings: Readings, form: Format, sink: BinaryIO) -> bool:
    """Write what the readings say.

    Returns:
        Whether there is any reading; a table also shows what was withdrawn.
    """
    _WRITERS[form](readings, sink)
    return any(series.present.any() for one in readings.meters for series in one.series)


def _write_table(readings: Readings, sink: BinaryIO) -> None:
    place = 0
    for one in readings.meters:
        for series in one.series:
            if not series.states.any():
                continue
            blank = "\n" if place else ""
            place += 1
            heading = f"{blank}{meter_name(one.meter)}, {GRID_NAMES[series.grid]}\n"
            sink.write(heading.encode())
            sink.writelines(_table(series))


def _table(series: Series) -> Iterator[bytes]:
    """The lines of a table: a column per register, slots of which nothing is said left out."""
    starts = series.borders().tolist()
    columns = [
        [_cell(value, code) for value, code in zip(values, codes, strict=True)]
        for values, codes in zip(series.values.tolist(), series.states.tolist(), strict=True)
    ]
    spoken = np.flatnonzero(series.states.any(axis=0)).tolist()
    times = [[told(starts[at]) for at in spoken] for told in (utc_time, local_time)]
    head = ["from (UTC)", "from (Brussels)", *map(register_name, series.registers)]
    return aligned(head, [*times, *([cells[at] for at in spoken] for cells in columns)])


def _cell(value: int, code: int) -> str:
    state = State(code & STATE_BITS)
    if state is State.SILENT:
        return ""
    if state is State.WITHDRAWN:
        return "withdrawn"
    factor = GasFactor(code >> FACTOR_SHIFT)
    sign = "-" if value < 0 else ""
    whole, thousandths = divmod(abs(value), 1000)
    told = f"{sign}{whole}.{thousandths:03} {VALIDATION_STATE.write(state)}"
    return told if factor is GasFactor.NONE else f"{told} {GAS_FACTOR.write(factor)}"


def _write_json(readings: Readings, sink: BinaryIO) -> None:
    # The surface of the API is not needed for anything else of these commands.
    from kwartier.api.render import energy_answer  # noqa: PLC0415

    sink.writelines(energy_answer(readings.headpoint, readings.meters, readings.moment))
    sink.write(b"\n")


def _write_csv(readings: Readings, sink: BinaryIO) -> None:
    # As in `Intake`: with data frames; so below.
    from kwartier.formats.long.series import rows_of_series  # noqa: PLC0415
    from kwartier.formats.long.write import write_csv  # noqa: PLC0415

    ean = readings.headpoint.ean
    write_csv(
        (rows_of_series(ean, one.meter, series) for one in readings.meters for series in one.series), sink
    )


def _write_parquet(readings: Readings, sink: BinaryIO) -> None:
    from kwartier.formats.long.columns import Shape  # noqa: PLC0415
    from kwartier.formats.long.series import rows_of_series  # noqa: PLC0415
    from kwartier.formats.long.write import write_parquet  # noqa: PLC0415

    ean = readings.headpoint.ean
    frames = (rows_of_series(ean, one.meter, series) for one in readings.meters for series in one.series)
    write_parquet(frames, sink, Shape.ROWS)


_WRITERS: Final[Mapping[Format, Callable[[Readings, BinaryIO], None]]] = {
    Format.TABLE: _write_table,
    Format.JSON: _write_json,
    Format.CSV: _write_csv,
    Format.PARQUET: _write_parquet,
}
