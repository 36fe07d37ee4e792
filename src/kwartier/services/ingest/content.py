"""Rows in the words of the long form, as the quarantine keeps them, so that they can be read again (R3, R4)."""

import polars as pl

from kwartier.formats.long.words import Column
from kwartier.formats.long.written import words_frame

__all__ = ["content_of", "decimals"]


def content_of(rows: pl.DataFrame) -> pl.Series:
    """Rows of the schema `ROWS` as JSON objects with the columns of the long form."""
    words = words_frame(rows).with_columns(
        pl.col(Column.START.value).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        # As text, which is exact however large it is.
        pl.when(pl.col(Column.VALUE.value).is_not_null())
        .then(rows.select(decimals("value")).to_series())
        .alias(Column.VALUE.value),
    )
    return words.select(pl.struct(pl.all()).struct.json_encode()).to_series()


def decimals(name: str) -> pl.Expr:
    """Thousandths with a point, exactly."""
    size = pl.col(name).abs()
    sign = pl.when(pl.col(name) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(
        sign, (size // 1000).cast(pl.String), pl.lit("."), (size % 1000).cast(pl.String).str.zfill(3)
    )
