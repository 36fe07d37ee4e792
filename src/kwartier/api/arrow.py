"""The renderer of Arrow: from series to the stream of GET energy's answer, made as it is sent (`wire/frame.py`)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from kwartier.domain.days import Grid
from kwartier.domain.metering import (
    FACTOR_SHIFT,
    STATE_BITS,
    Direction,
    GasFactor,
    Granularity,
    Headpoint,
    InstallationType,
    Meter,
    PhysicalMeter,
    RegisterKind,
    State,
    SubHeadpoint,
    Unit,
)
from kwartier.domain.series import MeterSeries, Series, Thousandths
from kwartier.wire.energy import (
    DIRECTION,
    GAS_FACTOR,
    INSTALLATION_TYPE,
    REGISTER_KIND,
    UNIT,
    VALIDATION_STATE,
)
from kwartier.wire.frame import COLUMNS, ENERGY_TYPE, FETCH_TIME, ColumnType, Source
from kwartier.wire.timestamps import write_timestamp
from kwartier.wire.vocabulary import ENERGY_TYPE as ENERGY_TYPES
from kwartier.wire.vocabulary import GRANULARITY

__all__ = ["BATCH_VALUES", "energy_stream"]

BATCH_VALUES: Final = 8192
"""How many values a record batch has at most: a few hundred kilobytes, about as much as a chunk of JSON."""

_Codes: TypeAlias = NDArray[np.int16]
_ABSENT: Final = -1
_EXACT: Final = 2**53  # beyond, a float does not hold every whole number
_TYPES: Final = {
    ColumnType.TEXT: pa.dictionary(pa.int16(), pa.utf8()),
    ColumnType.MOMENT: pa.timestamp("us", "UTC"),
    ColumnType.NUMBER: pa.float64(),
}
_STATES: Final = tuple(state for state in State if state >= State.READ)
_FACTORS: Final = tuple(factor for factor in GasFactor if factor is not GasFactor.NONE)
_KINDS: Final = tuple(RegisterKind)
_DIRECTIONS: Final = tuple(Direction)
_UNITS: Final = tuple(Unit)
_SOURCES: Final = tuple(Source)
_INSTALLATIONS: Final = tuple(InstallationType)
_GRANULARITIES: Final = tuple(Granularity)
_DAYS: Final = {Grid.DAY, Grid.GAS_DAY}
# The same in every answer.
_TEXTS: Final[dict[str, Sequence[str]]] = {
    "source": [one.value for one in _SOURCES],
    "installation_type": [INSTALLATION_TYPE.write(one) for one in _INSTALLATIONS],
    "granularity": [GRANULARITY.write(one) for one in _GRANULARITIES],
    "direction": [DIRECTION.write(one) for one in _DIRECTIONS],
    "register": [REGISTER_KIND.write(one) for one in _KINDS],
    "unit": [UNIT.write(one) for one in _UNITS],
    "validation_state": [VALIDATION_STATE.write(one) for one in _STATES],
    "gas_conversion_factor": [GAS_FACTOR.write(one) for one in _FACTORS],
}


class _Sink:
    """Where the library writes, and from where it is taken."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: Any) -> int:
        """Keep what is written."""
        self._parts.append(bytes(part))
        return len(self._parts[-1])

    def flush(self) -> None:
        """Nothing to do."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def energy_stream(
    headpoint: Headpoint,
    meters: Sequence[MeterSeries],
    fetched_at: datetime,
    *,
    batch_values: int = BATCH_VALUES,
) -> Iterator[bytes]:
    """The answer as an Arrow IPC stream, in record batches that are made when they are asked for.

    Args:
        headpoint: whose readings they are.
        meters: the series of its meters and submeters; those without one lie on the headpoint itself (E8, E9).
        fetched_at: the moment that the answer tells.
        batch_values: about how many values a record batch has.
    """
    metadata = {
        FETCH_TIME: write_timestamp(fetched_at),
        ENERGY_TYPE: ENERGY_TYPES.write(headpoint.energy_type),
    }
    fields = [pa.field(one.name, _TYPES[one.type], one.nullable) for one in COLUMNS]
    schema, sink = pa.schema(fields, metadata), _Sink()
    dictionaries = {name: pa.array(texts, pa.utf8()) for name, texts in _texts(headpoint, meters).items()}
    with pa.ipc.new_stream(sink, schema) as writer:
        yield sink.taken()
        for place, meter in enumerate(meters):
            labels = _labels(place, meter.meter)
            for columns in chain.from_iterable(_cut(one, labels, batch_values) for one in meter.series):
                writer.write_batch(pa.record_batch(_arrays(columns, dictionaries), schema=schema))
                yield sink.taken()
    yield sink.taken()


def _texts(headpoint: Headpoint, meters: Sequence[MeterSeries]) -> dict[str, Sequence[str]]:
    """The texts of each column, for the whole stream; which one a row has is its code."""
    return _TEXTS | {
        "ean": [headpoint.ean],
        # By the place of the meter; what is no such thing has no rows that name it.
        "meter": [
            meter.meter.meter_id or meter.meter.seq_number if isinstance(meter.meter, PhysicalMeter) else ""
            for meter in meters
        ],
        "sub_headpoint": [
            meter.meter.ean if isinstance(meter.meter, SubHeadpoint) else "" for meter in meters
        ],
    }


def _labels(place: int, meter: Meter) -> dict[str, int]:
    """What all rows of a meter say of it, as codes."""
    source, installation = Source.HEADPOINT, _ABSENT
    if isinstance(meter, PhysicalMeter):
        source = Source.METER
    elif isinstance(meter, SubHeadpoint):
        source = Source.SUB_HEADPOINT
        if meter.installation is not None:
            installation = _INSTALLATIONS.index(meter.installation)
    return {
        "ean": 0,
        "source": _SOURCES.index(source),
        "meter": place if source is Source.METER else _ABSENT,
        "sub_headpoint": place if source is Source.SUB_HEADPOINT else _ABSENT,
        "installation_type": installation,
    }


def _cut(series: Series, labels: Mapping[str, int], batch_values: int) -> Iterator[dict[str, Any]]:
    """The columns of a series, some slots at a time; slots without a reading have no rows."""
    slots = max(1, batch_values // max(1, len(series.registers)))
    granularity = Granularity.DAILY if series.grid in _DAYS else Granularity.QUARTER_HOURLY
    constant = {**labels, "granularity": _GRANULARITIES.index(granularity)}
    for start in range(0, len(series), slots):
        states = series.states[:, start : start + slots]
        present = states >= State.READ
        if present.any():
            values = series.values[:, start : start + slots]
            first = series.first_slot + start
            part = Series(series.grid, first, series.registers, values, states)
            yield _columns(part, present, constant)


def _columns(part: Series, present: NDArray[np.bool_], constant: Mapping[str, int]) -> dict[str, Any]:
    """The columns of the values of a part of a series: codes of texts, microseconds, numbers."""
    rows, slots = np.nonzero(present)
    borders = part.borders() * 1_000_000
    codes = part.states[present]
    registers = [
        (_DIRECTIONS.index(one.direction), _KINDS.index(one.kind), _UNITS.index(one.unit))
        for one in part.registers
    ]
    direction, kind, unit = np.array(registers, np.int16).T[:, rows]
    return {name: np.full(rows.size, code, np.int16) for name, code in constant.items()} | {
        "start": borders[slots],
        "end": borders[slots + 1],
        "direction": direction,
        "register": kind,
        "value": _numbers(part.values[present]),
        "unit": unit,
        "validation_state": (codes & STATE_BITS).astype(np.int16) - int(_STATES[0]),
        # What has no factor is one below the first of them.
        "gas_conversion_factor": (codes >> FACTOR_SHIFT).astype(np.int16) - int(_FACTORS[0]),
    }


def _numbers(thousandths: Thousandths) -> NDArray[np.float64]:
    """Thousandths as the floats next to them, as a reader of the JSON answer gets them."""
    numbers: NDArray[np.float64] = thousandths / 1000
    for place in np.flatnonzero((thousandths > _EXACT) | (thousandths < -_EXACT)):
        numbers[place] = int(thousandths[place]) / 1000
    return numbers


def _arrays(columns: Mapping[str, Any], dictionaries: Mapping[str, Any]) -> list[Any]:
    """The columns as arrays of Arrow, in order."""
    return [
        _coded(columns[one.name], dictionaries[one.name])
        if one.type is ColumnType.TEXT
        else pa.array(columns[one.name]).view(_TYPES[one.type])
        for one in COLUMNS
    ]


def _coded(codes: _Codes, dictionary: Any) -> Any:
    absent = codes == _ABSENT
    indices = pa.array(codes, mask=absent) if absent.any() else pa.array(codes)
    return pa.DictionaryArray.from_arrays(indices, dictionary)
