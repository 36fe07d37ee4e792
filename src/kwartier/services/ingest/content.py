"""Rows in the words of the long form, as the quarantine keeps them, so that they can be read again (R3, R4)."""

import re
from typing import Final

import polars as pl

from kwartier.formats.long.words import Column
from kwartier.formats.long.written import words_frame

__all__ = ["content_of", "decimals", "keepable"]

_NUL: Final = "\0"
_NUL_SHOWN: Final = "\u2400"
_NUL_OF_JSON: Final = r"\u0000"
_ESCAPED: Final = re.compile(r"\\(u0000|.)", re.DOTALL)


def keepable(rejected: pl.DataFrame) -> pl.DataFrame:
    """Rows of the schema `REJECTED` as every engine can keep them: with U+2400 for NUL, which PostgreSQL has in no text."""
    shown = rejected.with_columns(pl.col("reason", "content").str.replace_all(_NUL, _NUL_SHOWN, literal=True))
    content = pl.col("content")
    escaped = content.str.starts_with("{") & content.str.contains(_NUL_OF_JSON, literal=True)
    if not shown.select(escaped.any()).item():
        return shown
    return shown.with_columns(
        pl.when(escaped).then(content.map_elements(_unescaped, pl.String)).otherwise(content)
    )


def _unescaped(content: str) -> str:
    """JSON with U+2400 for each NUL that is written as an escape; a backslash that is escaped itself begins none."""
    return _ESCAPED.sub(lambda found: _NUL_SHOWN if found[1] == "u0000" else found[0], content)


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
