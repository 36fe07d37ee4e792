"""What the fields of a report mean: text to numbers and codes, null where it means nothing (E8, E9, E12, R4)."""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import polars as pl

from kwartier.domain.metering import Direction, State
from kwartier.formats.long.words import read_meter_id
from kwartier.formats.portal.clock import read_day, read_time, with_intervals
from kwartier.formats.portal.header import Subject
from kwartier.formats.portal.words import (
    UNITS_READ,
    Column,
    read_factor,
    read_pass,
    read_register,
    read_state,
)
from kwartier.formats.rows import DIRECTIONS, KINDS, UNITS

__all__ = ["HeadpointOf", "with_meaning"]

HeadpointOf: TypeAlias = Callable[[int], int | None]
"""Which headpoint a submeter hangs on, as the catalogue has it; None: it is not known."""

_EAN: Final = re.compile(r'\s*=?\s*"?(\d{18})"?\s*', re.ASCII)
_EAN_IN_TEXT: Final = re.compile(r"(?<!\d)\d{18}(?!\d)", re.ASCII)
# Not `\d`, which is any digit of any script there.
_NUMBER: Final = r"^[0-9]{1,15}(,[0-9]{1,3})?$"
_SUBMETERED: Final = (DIRECTIONS.index(Direction.PRODUCTION), DIRECTIONS.index(Direction.AUXILIARY))
_INJECTION: Final = DIRECTIONS.index(Direction.INJECTION)


def with_meaning(fields: pl.DataFrame, subject: Subject, headpoint_of: HeadpointOf) -> pl.DataFrame:
    """Read the fields of a report.

    Args:
        fields: text, a column per `Column`.
        subject: what the file is about.
        headpoint_of: asked for submeters whose rows name no headpoint.

    Returns:
        The fields, and what they mean: `row_ean`, `ean`, `sub_ean`, `submeter` (what the row must be about),
        `meter_id`, `number` (the volume as text), `direction`, `kind`, `unit_code`, `amr`, `state_code`, `factor_code`, `milli` (thousandths), `pass_told`, and
        what `with_intervals` finds.
    """
    frame = fields.with_columns(
        pl.col(Column.VOLUME.value).str.strip_chars().alias("number"),
    )
    frame = _looked_up(frame, Column.METER.value, {"meter_id": (read_meter_id, pl.String)})
    for border in ("from", "to"):
        frame = _looked_up(frame, f"{border}_date", {f"{border}_day": (read_day, pl.Int64)})
        frame = _looked_up(frame, f"{border}_time", {f"{border}_second": (read_time, pl.Int64)})
    frame = with_intervals(frame)
    frame = _looked_up(frame, Column.EAN.value, {"row_ean": (_read_ean, pl.Int64)})
    frame = _looked_up(
        frame, Column.REGISTER.value, {"direction": (_direction, pl.UInt8), "kind": (_kind, pl.UInt8)}
    )
    frame = _looked_up(frame, Column.UNIT.value, {"unit_code": (_unit, pl.UInt8)})
    frame = _looked_up(
        frame,
        Column.STATE.value,
        {"of_digital": (_state_of_digital, pl.UInt8), "of_amr": (_state_of_amr, pl.UInt8)},
    )
    frame = _looked_up(frame, Column.FACTOR.value, {"factor_code": (read_factor, pl.UInt8)})
    amr = pl.col("meter_id") == ""
    frame = frame.with_columns(
        amr.alias("amr"),
        pl.when(amr).then("of_amr").otherwise("of_digital").alias("state_code"),
        _thousandths().alias("milli"),
    )
    return _with_submeters(frame, subject, headpoint_of).drop("of_amr", "of_digital")


def _looked_up(
    frame: pl.DataFrame,
    column: str,
    readings: Mapping[str, tuple[Callable[[str], int | str | None], type[pl.DataType]]],
) -> pl.DataFrame:
    """Read a column of text; each different text once."""
    words = frame.get_column(column).unique()
    read = {
        name: pl.Series([reading(word) for word in words], dtype=dtype)
        for name, (reading, dtype) in readings.items()
    }
    if len(words) == 1:
        return frame.with_columns(
            pl.lit(values[0], values.dtype).alias(name) for name, values in read.items()
        )
    table = pl.DataFrame({column: words, **read})
    # The other columns stay out of the join, which would copy them.
    found = frame.select(column).join(table, on=column, how="left", maintain_order="left")
    return frame.hstack(found.drop(column))


def _read_ean(text: str) -> int | None:
    # A spreadsheet takes the quotes of its formula away when it saves anew.
    match = _EAN.fullmatch(text)
    return None if match is None else int(match[1])


def _direction(text: str) -> int | None:
    register = read_register(text)
    return None if register is None else DIRECTIONS.index(register[0])


def _kind(text: str) -> int | None:
    register = read_register(text)
    return None if register is None else KINDS.index(register[1])


def _unit(text: str) -> int | None:
    unit = UNITS_READ.get(text.strip().casefold())
    return None if unit is None else UNITS.index(unit)


def _state_of_amr(text: str) -> State | None:
    return read_state(text, amr=True)


def _state_of_digital(text: str) -> State | None:
    return read_state(text, amr=False)


def _thousandths() -> pl.Expr:
    """The volume as a whole number, exactly; null where it is none, or there is none."""
    volume = pl.col("number")
    whole_and_rest = pl.when(volume.str.contains(_NUMBER)).then(volume).str.split_exact(",", 1)
    whole = whole_and_rest.struct.field("field_0").cast(pl.Int64, strict=False)
    rest = (
        whole_and_rest.struct.field("field_1").fill_null("").str.pad_end(3, "0").cast(pl.Int64, strict=False)
    )
    return whole * 1000 + rest


def _with_submeters(frame: pl.DataFrame, subject: Subject, headpoint_of: HeadpointOf) -> pl.DataFrame:
    """Find headpoint and sub-headpoint of each row (E9).

    A row has one EAN. A submeter's own stands there, or in the description beside that of the headpoint. The
    description is otherwise a name that its user gave: it makes no submeter of a row in a headpoint's own file.
    """
    told = frame.select("row_ean", Column.DESCRIPTION.value).unique().drop_nulls()
    read = [_described(ean, text) for ean, text in told.iter_rows()]
    table = told.with_columns(
        pl.Series("described", [ean for ean, _ in read], pl.Int64),
        pl.Series("pass_told", [told_pass for _, told_pass in read], pl.Int8),
    )
    keys = ["row_ean", Column.DESCRIPTION.value]
    if len(table) == 1:
        # Which is the usual case: one meter, and nothing to say about it.
        ((_, _, described, told_pass),) = table.iter_rows()
        frame = frame.with_columns(
            pl.lit(described, pl.Int64).alias("described"), pl.lit(told_pass, pl.Int8).alias("pass_told")
        )
    else:
        frame = frame.join(table, on=keys, how="left", maintain_order="left")
    described, of_submeter = pl.col("described"), pl.col("direction").is_in(_SUBMETERED)
    if subject is Subject.SUBMETERS:
        of_submeter = pl.lit(value=True)
    elif subject is Subject.UNTOLD:
        of_submeter |= pl.col("amr") & described.is_not_null()
    frame = frame.with_columns(of_submeter.fill_null(value=False).alias("submeter"))
    own = frame.filter(pl.col("submeter") & described.is_null()).get_column("row_ean").unique().drop_nulls()
    found = {ean: headpoint for ean in own if (headpoint := headpoint_of(ean)) is not None}
    # Where no headpoint is known its own EAN stands for it, and the row waits for one.
    above = pl.col("row_ean").replace_strict(found, default=pl.col("row_ean"), return_dtype=pl.Int64)
    submeter = pl.col("submeter")
    return frame.with_columns(
        pl.when(submeter & described.is_null()).then(above).otherwise("row_ean").alias("ean"),
        pl.when(~submeter)
        .then(0)
        .when(described.is_null())
        .then("row_ean")
        .otherwise(described)
        .alias("sub_ean"),
    ).drop("described")


def _described(row_ean: int, description: str) -> tuple[int | None, int | None]:
    """The one other EAN that a description names, if it does, and the pass that it tells."""
    eans = {int(found) for found in _EAN_IN_TEXT.findall(description)} - {row_ean}
    return (eans.pop() if len(eans) == 1 else None), read_pass(description)
