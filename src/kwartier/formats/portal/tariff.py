"""Day and night tariff of one quarter-hour: a report has the one in force, and both become the total (E8, R4)."""

from typing import Final

import polars as pl

from kwartier.domain.days import Grid, tariff_is_day
from kwartier.domain.metering import RegisterKind, State
from kwartier.formats.rows import KINDS

__all__ = ["with_totals"]

_TOTAL: Final = KINDS.index(RegisterKind.TOTAL)
_DAY: Final = KINDS.index(RegisterKind.DAY)
_NIGHT: Final = KINDS.index(RegisterKind.NIGHT)
_KEY: Final = ["ean", "sub_ean", "meter_id", "direction", "slot"]


def with_totals(frame: pl.DataFrame) -> pl.DataFrame:
    """Make totals of the tariffs of quarter-hours.

    Where a quarter-hour has both, an empty row says again what the other one says; two with values contradict each
    other.

    Args:
        frame: rows with a slot, in order.

    Returns:
        The rows with `total` (the kind that counts) and `contradicts`.
    """
    of_tariff = (pl.col("grid") == Grid.QUARTER_HOUR.value) & pl.col("kind").is_in([_DAY, _NIGHT])
    frame = frame.with_columns(
        of_tariff.fill_null(value=False).alias("of_tariff"), pl.lit(value=False).alias("contradicts")
    )
    pairs = _pairs(frame)
    if pairs.height:
        frame = _paired(frame, pairs)
    total = pl.when("of_tariff").then(_TOTAL).otherwise("kind").cast(pl.UInt8)
    return frame.with_columns(total.alias("total")).drop("of_tariff")


def _pairs(frame: pl.DataFrame) -> pl.DataFrame:
    """The keys of quarter-hours that have both tariffs."""
    rows = frame.filter("of_tariff").drop_nulls(_KEY).select(*_KEY, "kind")
    if rows.height == 0:
        return rows
    on_day_tariff = tariff_is_day(rows.get_column("slot").to_numpy())
    strange = (rows.get_column("kind") == _DAY) != pl.Series(on_day_tariff)
    # Of both tariffs one is not in force. Most reports have none such, and need no looking for pairs.
    suspects = rows.filter(strange).select(_KEY).unique()
    if suspects.height == 0:
        return suspects
    kinds = rows.join(suspects, on=_KEY, how="semi").group_by(_KEY).agg(pl.col("kind").n_unique())
    return kinds.filter(pl.col("kind") == 2).select(_KEY)


def _paired(frame: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    valued = pl.col("milli").is_not_null() & (pl.col("state_code") >= State.READ.value)
    in_pair = frame.filter("of_tariff").join(pairs, on=_KEY, how="semi", nulls_equal=False)
    says = (
        in_pair.filter(valued)
        .group_by(_KEY, maintain_order=True)
        .agg(
            pl.col("kind").n_unique().alias("valued_kinds"),
            pl.col("milli").first().alias("said"),
            pl.col("state_code").first().alias("said_state"),
        )
    )
    lines = in_pair.get_column("line")
    frame = frame.join(says, on=_KEY, how="left", maintain_order="left")
    paired = pl.col("line").is_in(lines.implode()) & pl.col("valued_kinds").is_not_null()
    takes_over = (
        paired
        & (pl.col("valued_kinds") == 1)
        & (pl.col("state_code") == State.WITHDRAWN.value)
        & (pl.col("number") == "")
    )
    return frame.with_columns(
        pl.when(takes_over).then("said").otherwise("milli").alias("milli"),
        pl.when(takes_over).then("said_state").otherwise("state_code").alias("state_code"),
        (paired & valued & (pl.col("valued_kinds") == 2)).fill_null(value=False).alias("contradicts"),
    ).drop("valued_kinds", "said", "said_state")
