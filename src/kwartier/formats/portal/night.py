"""The hour that comes twice: which quarter-hours are of its first pass, and which of its second (SPEC §1, R4)."""

from typing import Final

import polars as pl

from kwartier.formats.portal.words import Column

__all__ = ["with_passes"]

_QUARTER_HOURS: Final = 4
_SERIES: Final = [
    "from_day",
    *(
        column.value
        for column in (Column.EAN, Column.METER, Column.REGISTER, Column.UNIT, Column.DESCRIPTION)
    ),
]


def with_passes(night: pl.DataFrame) -> pl.DataFrame:
    """Tell the passes of all quarter-hours that begin in hours that come twice.

    Reports are sorted by what the clocks show, and under one label the first pass stands before the second; some are
    sorted by time, so that the labels of a series go back once. Where a label stands there once, its description may
    tell.

    Args:
        night: all rows of a report with `doubled`, those with a fault too: they keep the place of a good one.

    Returns:
        The rows with `slot`; null where the pass cannot be told.
    """
    label = pl.col("from_second")
    night = night.sort("line").with_columns(
        (label < label.shift(1)).fill_null(value=False).cast(pl.Int32).cum_sum().over(_SERIES).alias("turned")
    )
    of_label = [*_SERIES, "from_second"]
    night = night.with_columns(
        pl.col("turned").max().over(_SERIES).alias("turns"),
        pl.len().over(of_label).alias("times"),
        pl.int_range(pl.len()).over(of_label).alias("place"),
        pl.len().over([*of_label, "turned"]).max().over(_SERIES).alias("most"),
        (pl.col("known_pass") != pl.col("turned"))
        .fill_null(value=False)
        .any()
        .over(_SERIES)
        .alias("contradicted"),
    )
    by_label = (pl.col("turns") == 0) & (pl.col("times") == 2)
    by_time = (pl.col("turns") == 1) & (pl.col("most") == 1) & ~pl.col("contradicted")
    passed = (
        pl.when(pl.col("known_pass").is_not_null())
        .then("known_pass")
        .when(by_label)
        .then("place")
        .when(by_time)
        .then("turned")
        .otherwise("pass_told")
    )
    first = pl.col("first_slot")
    return night.with_columns(
        pl.when(pl.col("known_pass").is_null())
        .then(first + passed * _QUARTER_HOURS)
        .otherwise("slot")
        .alias("slot")
    ).drop("turned", "turns", "times", "place", "most", "contradicted")
