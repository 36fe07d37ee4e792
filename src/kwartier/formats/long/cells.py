"""From cells of the long form to numbers and codes, a column at a time; null where a cell means nothing (R4)."""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kwartier.formats.long.time import texts_of_timestamps
from kwartier.formats.long.words import Column, read_ean, read_meter_id, read_sub_ean, reader_of

__all__ = ["LARGEST", "NumberFault", "is_text", "read_codes", "read_identity", "read_thousandths", "texts_of"]

LARGEST: Final = 1_000_000_000
"""Values are smaller than this many units, so that a double tells their thousandths apart."""

_ACCURACY: Final = 1e-3
"""How far from a whole number of thousandths a value may be, in thousandths: a millionth of the unit."""

_IDENTITY: Final[tuple[tuple[Column, str, Callable[[object], int | str | None], type[pl.DataType]], ...]] = (
    (Column.EAN, "ean", read_ean, pl.Int64),
    (Column.SUB_EAN, "sub_ean", read_sub_ean, pl.Int64),
    (Column.METER_ID, "meter_id", read_meter_id, pl.String),
    (Column.DIRECTION, "direction", reader_of(Column.DIRECTION), pl.UInt8),
    (Column.REGISTER, "kind", reader_of(Column.REGISTER), pl.UInt8),
    (Column.UNIT, "unit", reader_of(Column.UNIT), pl.UInt8),
    (Column.RESOLUTION, "resolution", reader_of(Column.RESOLUTION), pl.UInt8),
)


class NumberFault(IntEnum):
    """What can be wrong with a number."""

    NONE = 0
    MISSING = 1
    NO_NUMBER = 2
    DECIMALS = 3
    TOO_LARGE = 4


def read_identity(cells: dict[Column, Any]) -> pl.DataFrame:
    """Read what names a series: `ean`, `sub_ean`, `meter_id`, `direction`, `kind`, `unit`, `resolution`."""
    return pl.DataFrame(
        [_looked_up(cells[column], read, dtype).alias(name) for column, name, read, dtype in _IDENTITY]
    )


def read_codes(cells: Any, column: Column) -> pl.Series:
    """Read the words of a column; null for one that is unknown."""
    return _looked_up(cells, reader_of(column), pl.UInt8)


def _looked_up(cells: Any, read: Callable[[object], int | str | None], dtype: type[pl.DataType]) -> pl.Series:
    """Read a column; each different cell once.

    Args:
        cells: text, whole numbers, or nulls; as a dictionary or plain.
        read: what a cell means; is given None for null.
        dtype: of what cells mean.
    """
    height, lengths = len(cells), None
    if cells.null_count == height:
        return pl.repeat(read(None), height, dtype=dtype, eager=True)
    if not pa.types.is_dictionary(cells.type):
        # Most rows say again what the one before says; to see that takes a third of looking a word up.
        runs = pc.run_end_encode(_plain(cells))
        lengths = np.diff(runs.run_ends.to_numpy(), prepend=0)
        cells = pc.dictionary_encode(runs.values)
    meanings = [read(word) for word in cells.dictionary.to_pylist()]
    if len(meanings) == 1 and not cells.null_count:
        return pl.repeat(meanings[0], height, dtype=dtype, eager=True)
    places = pl.Series(values=cells.indices).cast(pl.UInt32).fill_null(len(meanings))
    if lengths is not None:
        places = pl.Series(np.repeat(places.to_numpy(), lengths))
    return pl.Series([*meanings, read(None)], dtype=dtype).gather(places)


def _plain(cells: Any) -> Any:
    return pc.cast(cells, pa.large_string()) if pa.types.is_string_view(cells.type) else cells


def read_thousandths(values: Any) -> pl.DataFrame:
    """Read numbers: `milli` (thousandths, 0 where there is a fault) and `fault` (a `NumberFault`).

    Args:
        values: whole numbers, decimals, doubles, or text with a decimal point.
    """
    numbers = _doubles(values)
    given = np.ones(len(values), np.bool_) if not values.null_count else ~_booleans(pc.is_null(values))
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = numbers * 1000.0
        whole = np.rint(scaled)
        faults = np.where(np.abs(scaled - whole) <= _ACCURACY, NumberFault.NONE, NumberFault.DECIMALS)
    small = np.abs(numbers) < LARGEST
    if not small.all():
        faults[~small] = NumberFault.TOO_LARGE
        faults[~np.isfinite(numbers)] = NumberFault.NO_NUMBER
        faults[~given] = NumberFault.MISSING
    whole[faults != NumberFault.NONE] = 0.0
    return pl.DataFrame({"milli": whole.astype(np.int64), "fault": faults.astype(np.uint8)})


def _doubles(values: Any) -> NDArray[np.float64]:
    """Numbers as doubles, not a number where there is none."""
    kind = values.type
    if pa.types.is_null(kind):
        return np.full(len(values), np.nan)
    if not is_text(kind):
        doubles: NDArray[np.float64] = pc.cast(values, pa.float64(), safe=False).to_numpy(
            zero_copy_only=False
        )
        return doubles.copy() if values.null_count == 0 else doubles
    text = pl.Series(values=_plain(values)).cast(pl.String).str.strip_chars()
    parsed: NDArray[np.float64] = text.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    return parsed


def is_text(kind: Any) -> bool:
    """Whether a type is text, as a dictionary or plain."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _booleans(cells: Any) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = cells.to_numpy(zero_copy_only=False)
    return flags


def texts_of(cells: Any) -> pl.Series:
    """Cells as text, to be shown and to be read again; moments in UTC."""
    if pa.types.is_timestamp(cells.type):
        return texts_of_timestamps(cells)
    if pa.types.is_null(cells.type):
        return pl.Series([None] * len(cells), dtype=pl.String)
    if pa.types.is_decimal(cells.type):  # Polars knows neither all widths nor all scales
        return pl.Series(values=pc.cast(cells, pa.string()))
    return pl.Series(values=_plain(cells)).cast(pl.String)
