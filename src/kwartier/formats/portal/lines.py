"""From bytes to lines to fields: batches of text of bounded size, each line with its number (R3, R4)."""

from collections.abc import Iterator
from typing import BinaryIO, Final

import polars as pl

from kwartier.formats.portal.header import Layout, NotAReportError
from kwartier.formats.portal.plain import plain_fields
from kwartier.formats.portal.words import Column
from kwartier.formats.text import chunks_of, cut

__all__ = ["CHUNK_BYTES", "fields_of", "line_batches", "lines_of"]

CHUNK_BYTES: Final = 12_000_000
"""About a hundred thousand lines."""

_LONGEST_LINE: Final = 1_000_000


def line_batches(source: BinaryIO, chunk_bytes: int) -> Iterator[tuple[int, bytes, bool]]:
    """Read whole lines.

    Args:
        source: at its beginning.
        chunk_bytes: how much is read at once.

    Yields:
        The number of the first line, from 1, the lines in UTF-8, without the newline of the last, and whether it had one.

    Raises:
        NotAReportError: it is no text; the message names the line.
    """
    line, left = 1, b""
    for chunk in chunks_of(source, chunk_bytes):
        whole, newline, rest = chunk.rpartition(b"\n")
        if not newline:
            left += rest
            if len(left) > _LONGEST_LINE:
                raise NotAReportError(f"line {line} is longer than {_LONGEST_LINE} bytes: this is no report")
            continue
        yield line, _checked(left + whole, line), True
        line += whole.count(b"\n") + 1
        left = rest
    if left:
        yield line, _checked(left, line), False


def _checked(whole: bytes, line: int) -> bytes:
    try:
        if not whole.isascii():
            whole.decode("utf-8")
    except UnicodeDecodeError as error:
        broken = line + whole.count(b"\n", 0, error.start)
        raise NotAReportError(
            f"line {broken} is no text in UTF-8, which a report of the portal is; was it saved anew by a spreadsheet?"
        ) from error
    return whole.replace(b"\r\n", b"\n").removesuffix(b"\r") if b"\r" in whole else whole


def lines_of(first_line: int, lines: bytes) -> pl.DataFrame:
    """The lines that are not empty: `line`, `content`."""
    contents = pl.Series("content", [lines.decode()]).str.split("\n").explode()
    frame = contents.to_frame().with_row_index("line", first_line).cast({"line": pl.Int64})
    return frame.filter(pl.col("content").str.len_bytes() > 0)


def fields_of(first_line: int, lines: bytes, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut lines into their columns.

    Returns:
        `line`, `content` (null where the fields tell it) and a column per `Column`, text as it stands, "" for one that
        the report does not have; and the lines that cannot be cut: `line`, `content`, `reason`.
    """
    plain = plain_fields(first_line, lines, layout)
    if plain is not None:
        return plain.select("line", "content", *(column.value for column in Column)), _WRONG.to_frame()
    return _one_by_one(lines_of(first_line, lines), layout)


def _one_by_one(lines: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut lines of which some are out of the ordinary."""
    width = layout.width
    has_nul = lines.get_column("content").str.contains("\0", literal=True)
    wrong = [lines.filter(has_nul).with_columns(pl.lit(_NUL).alias("reason"))]
    lines = lines.filter(~has_nul)
    names = {f"field_{place}": column.value for column, place in layout.places.items()}
    # One more than allowed, so that a surplus shows.
    split = pl.col("content").str.splitn(";", width + 1).alias("fields")
    frame = lines.with_columns(split).unnest("fields")
    plain = _is_plain(frame, layout)
    surplus = pl.col(f"field_{width}").str.strip_chars("; \t").fill_null("")
    right = frame.select(pl.col(f"field_{width - 1}").is_not_null() & (surplus == "")).to_series()
    kept = [frame if (plain & right).all() else frame.filter(plain & right)]
    bad = frame.filter(plain & ~right).select("line", "content")
    wrong.append(_with_width(bad, pl.col("content").str.count_matches(";", literal=True) + 1, width))
    if not plain.all():
        again, unreadable = _quoted(lines.filter(~plain), width)
        kept.append(again)
        wrong.append(unreadable)
    fields = pl.concat([part.drop(f"field_{width}", strict=False) for part in kept]).rename(names)
    missing = [pl.lit("").alias(column.value) for column in Column if column not in layout.places]
    fields = fields.with_columns(missing).sort("line")
    return fields.select("line", "content", *(column.value for column in Column)), pl.concat(wrong)


def _is_plain(frame: pl.DataFrame, layout: Layout) -> pl.Series:
    """Which lines have no quotes but those of a spreadsheet formula around the EAN."""
    ean = pl.col(f"field_{layout.places[Column.EAN]}")
    quotes = pl.when(ean.str.starts_with('="') & ean.str.ends_with('"')).then(2).otherwise(0)
    return frame.select(
        (pl.col("content").str.count_matches('"', literal=True) == quotes).fill_null(value=False)
    ).to_series()


def _quoted(lines: pl.DataFrame, width: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cut lines with quotes, one by one."""
    kept: list[tuple[int, str, list[str]]] = []
    wrong: list[tuple[int, str, str]] = []
    for line, content in lines.iter_rows():
        fields = cut(content, ";")
        if isinstance(fields, str):
            wrong.append((line, content, fields))
        elif len(fields) >= width and not "".join(fields[width:]).strip():
            kept.append((line, content, fields))
        else:
            wrong.append((line, content, _WIDTH.format(len(fields), width)))
    names = [f"field_{place}" for place in range(width)]
    columns = {name: [fields[place] for _, _, fields in kept] for place, name in enumerate(names)}
    frame = pl.DataFrame(
        {"line": [one[0] for one in kept], "content": [one[1] for one in kept]} | columns,
        schema={"line": pl.Int64, "content": pl.String} | dict.fromkeys(names, pl.String),
    )
    return frame, pl.DataFrame(wrong, schema=_WRONG, orient="row")


_WIDTH: Final = "columns missing or too many: there are {}, and the first line has {}"
_NUL: Final = "a character NUL stands in it, which is none of a text"
_WRONG: Final = pl.Schema({"line": pl.Int64, "content": pl.String, "reason": pl.String})


def _with_width(bad: pl.DataFrame, count: pl.Expr, width: int) -> pl.DataFrame:
    reason = pl.format(_WIDTH, count, pl.lit(str(width)))
    return bad.with_columns(reason.alias("reason")).cast({"reason": pl.String})
