"""Cutting whole batches of ordinary lines at once; whatever is out of the ordinary is left to be cut line by line."""

import polars as pl
from polars.exceptions import PolarsError

from kwartier.formats.portal.header import Layout
from kwartier.formats.portal.words import Column
from kwartier.formats.text import BOM

__all__ = ["plain_fields"]


def plain_fields(first_line: int, lines: bytes, layout: Layout) -> pl.DataFrame | None:
    """Cut lines into their columns, if each has all of them, no quotes but those of the EAN, and none is empty.

    Returns:
        `line` and a column per `Column`; None: some line is out of the ordinary.
    """
    count = lines.count(b"\n") + 1
    # None is longer (the reader refuses that), so if the sum is right, none is shorter.
    whole = lines.count(b";") == count * (layout.width - 1)
    if not whole or b"\r" in lines or b"\0" in lines or lines.startswith(BOM):
        return None
    ordered = sorted(layout.places, key=layout.places.__getitem__)
    try:
        frame = pl.read_csv(
            lines,
            separator=";",
            has_header=False,
            quote_char=None,
            schema=dict.fromkeys((column.value for column in ordered), pl.String),
            empty_string_is_null=False,
            extra_columns="raise",
        )
    except PolarsError:
        return None
    ean = frame.get_column(Column.EAN.value)
    formulas = int((ean.str.starts_with('="') & ean.str.ends_with('"') & (ean.str.len_bytes() > 2)).sum())
    if frame.shape != (count, layout.width) or lines.count(b'"') != 2 * formulas:
        return None
    missing = [pl.lit("").alias(column.value) for column in Column if column not in layout.places]
    return frame.with_columns(missing).with_columns(
        pl.int_range(first_line, first_line + count).alias("line"), pl.lit(None, pl.String).alias("content")
    )
