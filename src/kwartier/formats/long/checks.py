"""What can be wrong with a row of the long form, in words: what it is, and what is allowed (R3)."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import polars as pl

from kwartier.domain.days import Grid
from kwartier.domain.metering import FACTOR_SHIFT, State, Unit
from kwartier.domain.names import UNSHOWABLE
from kwartier.formats.long.cells import LARGEST, NumberFault
from kwartier.formats.long.time import FIRST_YEAR, LAST_YEAR, OFF_GRID
from kwartier.formats.long.words import WORDS, Column, Resolution, allowed
from kwartier.formats.rows import REJECTED, ROWS, UNITS

__all__ = ["IDENTITY", "MEASURE", "Check", "faulty", "rejected", "rows"]

_KWH: Final = UNITS.index(Unit.KWH)
_GAS: Final = (Grid.HOUR.value, Grid.GAS_DAY.value)
_SHOWN: Final = 60


class Check(NamedTuple):
    """A fault, as an expression on codes, and what is said of it, as one on texts."""

    fault: pl.Expr
    reason: pl.Expr


def _text(column: Column) -> pl.Expr:
    return pl.col(column.value).fill_null("").str.slice(0, _SHOWN)


def _says(text: str, *columns: Column) -> pl.Expr:
    return pl.format(text, *(_text(column) for column in columns))


def _unknown(column: Column, code: str) -> Check:
    return Check(
        pl.col(code).is_null(), _says(f"unknown {column.value} '{{}}'; allowed: {allowed(column)}", column)
    )


def _off_grid(resolution: Resolution, borders: str) -> Check:
    code = WORDS[Column.RESOLUTION][resolution.value]
    return Check(
        (pl.col("grid") == OFF_GRID) & (pl.col("resolution") == code),
        _says(
            f"off the grid: {{}} is not where a slot of {resolution.value} starts, which is {borders}",
            Column.START,
        ),
    )


IDENTITY: Final = (
    Check(pl.col("ean").is_null(), _says("'{}' is no EAN, which has exactly 18 digits", Column.EAN)),
    Check(
        pl.col("sub_ean").is_null(),
        _says("sub_ean '{}' is no EAN, which has exactly 18 digits; it may be left empty", Column.SUB_EAN),
    ),
    Check(pl.col("meter_id").is_null(), pl.lit(f"meter_id {UNSHOWABLE}")),
    _unknown(Column.DIRECTION, "direction"),
    _unknown(Column.REGISTER, "kind"),
    _unknown(Column.UNIT, "unit"),
    _unknown(Column.RESOLUTION, "resolution"),
    Check(
        pl.col("start").is_null(),
        _says(
            "'{}' is no start; allowed: an instant in UTC, YYYY-MM-DDTHH:MM:SSZ,"
            f" in the years {FIRST_YEAR} to {LAST_YEAR}",
            Column.START,
        ),
    ),
    _off_grid(Resolution.PT15M, "at a whole quarter-hour"),
    _off_grid(Resolution.PT1H, "at a whole hour"),
    _off_grid(Resolution.P1D, "at midnight in Brussels (a day) or at 06:00 there (a gas day)"),
)
"""On series and time: codes as `read_identity` makes them, `start`, `grid`."""

_VALUED: Final = pl.col("state") >= State.READ.value


def _number(fault: NumberFault, reason: str) -> Check:
    is_so = pl.col("fault") == fault.value
    return Check(
        is_so & (pl.col("state") != State.WITHDRAWN.value).fill_null(value=True), _says(reason, Column.VALUE)
    )


MEASURE: Final = (
    _number(NumberFault.NO_NUMBER, "'{}' is not a number; allowed: digits, with a point before the decimals"),
    _number(NumberFault.DECIMALS, "{} has more than three decimals"),
    _number(NumberFault.TOO_LARGE, f"{{}} is too large; allowed: less than {LARGEST} units"),
    Check(
        _VALUED & (pl.col("fault") == NumberFault.MISSING.value),
        _says(
            "the value is missing; allowed only where the state is WITHDRAWN, and this one is '{}'",
            Column.STATE,
        ),
    ),
    Check(
        (pl.col("state") == State.WITHDRAWN.value) & (pl.col("fault") != NumberFault.MISSING.value),
        _says("what is WITHDRAWN has no value, and here it is {}; allowed: empty", Column.VALUE),
    ),
    Check(
        pl.col("state") == State.SILENT.value,
        pl.lit(f"the state is missing; allowed: {allowed(Column.STATE)}"),
    ),
    _unknown(Column.STATE, "state"),
    _unknown(Column.FACTOR, "factor"),
    Check(
        _VALUED & (pl.col("factor") > 0) & ((pl.col("unit") != _KWH) | ~pl.col("grid").is_in(_GAS)),
        _says(
            "factor '{}' on what is no gas in kWh; allowed: on kWh of PT1H, or of P1D from 06:00 in Brussels",
            Column.FACTOR,
        ),
    ),
)
"""On values: `fault`, `state`, `factor`, and `unit` and `grid` of their series."""


def faulty(codes: pl.DataFrame, checks: Sequence[Check]) -> pl.Series:
    """Which rows fail a check."""
    faults = [check.fault.fill_null(value=False) for check in checks]
    return codes.select(pl.any_horizontal(faults).alias("faulty")).to_series()


def rejected(
    codes: pl.DataFrame, texts: pl.DataFrame, checks: Sequence[Check], content: Callable[[], pl.Series]
) -> pl.DataFrame:
    """Say all that is wrong with rows.

    Args:
        codes: of the rows that fail a check; with `line`.
        texts: the same in their own words.
        checks: those of which they may fail.
        content: makes what is kept of them.

    Returns:
        `REJECTED`.
    """
    if codes.height == 0:
        return REJECTED.to_frame()
    names = [f"fault_{place}" for place in range(len(checks))]
    faults = codes.select(
        check.fault.fill_null(value=False).alias(name) for check, name in zip(checks, names, strict=True)
    )
    reasons = pl.concat([texts, faults], how="horizontal").select(
        pl.concat_str(
            [pl.when(name).then(check.reason) for check, name in zip(checks, names, strict=True)],
            separator="; ",
            ignore_nulls=True,
        ).alias("reason")
    )
    frame = codes.select("line", pl.col("ean").fill_null(0)).with_columns(
        reasons.to_series(), content().alias("content")
    )
    return frame.select(REJECTED.names()).cast(REJECTED)


def rows(codes: pl.DataFrame) -> pl.DataFrame:
    """`ROWS` of codes that fail no check."""
    factor = pl.when(_VALUED).then(pl.col("factor")).otherwise(0).cast(pl.UInt8)
    state = (pl.col("state") + factor * (1 << FACTOR_SHIFT)).cast(pl.UInt8)
    return codes.select(
        *(name for name in ROWS if name not in {"value", "state", "line"}),
        pl.col("milli").alias("value"),
        state.alias("state"),
        "line",
    ).cast(ROWS)
