"""Reading the portal's CSV reports into rows, a part at a time (R3, R4)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl

from kwartier.formats.portal.checks import settled
from kwartier.formats.portal.header import Layout, NotAReportError, ean_of_name, read_header, subject_of_name
from kwartier.formats.portal.lines import CHUNK_BYTES, fields_of, line_batches
from kwartier.formats.portal.meaning import HeadpointOf, with_meaning
from kwartier.formats.portal.night import with_passes
from kwartier.formats.portal.tariff import with_totals
from kwartier.formats.rows import REJECTED, Batch
from kwartier.formats.text import BOM, never_ended

__all__ = ["NotAReportError", "read_report"]

_EANS_NAMED: Final = 3
_ROWS_OF_A_QUARTER_HOUR: Final = 1000


def _no_headpoint(_submeter: int) -> None:
    return None


def _no_matter(_warning: str) -> None:
    return None


def read_report(
    source: Path | BinaryIO,
    name: str,
    *,
    warn: Callable[[str], None] = _no_matter,
    headpoint_of: HeadpointOf = _no_headpoint,
    chunk_bytes: int = CHUNK_BYTES,
) -> Iterator[Batch]:
    """Read a report of the portal: any generation, Dutch or English, electricity, gas, AMR or submetering.

    Each line that is not empty ends as one row, or rejected with all its reasons. Quarter-hours of an hour that comes
    twice are told apart by order, so they come in the last batch; the rest comes in the order of the lines.

    Args:
        source: the file, or a stream at its beginning.
        name: that of the file; it tells whether rows are about submeters.
        warn: is told in words that the EAN in the name is not that of the rows, which count.
        headpoint_of: tells the headpoint of a submeter, where its rows name nothing but the submeter.
        chunk_bytes: how much is read at once; what is kept in memory is a multiple of it.

    Raises:
        NotAReportError: its first line is not that of a report, or it is no text.
        BrokenError: it is cut off inside its last line.
    """
    if isinstance(source, Path):
        with source.open("rb") as stream:
            yield from _Reader(name, warn, headpoint_of).read(stream, chunk_bytes)
    else:
        yield from _Reader(name, warn, headpoint_of).read(source, chunk_bytes)


class _Reader:
    """What is known half-way through a report."""

    def __init__(self, name: str, warn: Callable[[str], None], headpoint_of: HeadpointOf) -> None:
        self._name_ean = ean_of_name(name)
        self._subject = subject_of_name(name)
        self._name, self._warn, self._headpoint_of = name, warn, headpoint_of
        self._nights: list[pl.DataFrame] = []
        self._last: pl.DataFrame | None = None

    def read(self, stream: BinaryIO, chunk_bytes: int) -> Iterator[Batch]:
        layout: Layout | None = None
        for first_line, lines, is_ended in line_batches(stream, chunk_bytes):
            number, left = first_line, lines
            if layout is None:
                plain = lines.removeprefix(BOM if first_line == 1 else b"").lstrip()
                number += lines.count(b"\n") - plain.count(b"\n") + 1
                header, _, left = plain.partition(b"\n")
                layout = read_header(header.decode()) if header else None
            elif not is_ended and (broken := never_ended(number, left.decode(), ";", layout.width)):
                raise broken
            if layout is not None and left:
                yield self._batch(number, left, layout)
        if layout is None:
            raise NotAReportError(
                "the file is empty; a report of the portal begins with the names of its columns"
            )
        yield self._end(layout)

    def _batch(self, first_line: int, lines: bytes, layout: Layout) -> Batch:
        fields, uncut = fields_of(first_line, lines, layout)
        frame = with_meaning(fields, self._subject, self._headpoint_of)
        self._compare(frame)
        doubled = frame.get_column("doubled")
        if doubled.any():
            self._nights.append(frame.filter(doubled))
            frame = frame.filter(~doubled)
        # Both tariffs of a quarter-hour stand next to each other: the last quarter-hour waits for what follows.
        frame = frame if self._last is None else pl.concat([self._last, frame])
        waits = _of_last_slot(frame)
        self._last = frame.filter(waits)
        batch = settled(with_totals(frame.filter(~waits)), layout)
        rejected = pl.concat(
            [batch.rejected, uncut.with_columns(ean=pl.lit(0)).select(REJECTED.names()).cast(REJECTED)]
        )
        return Batch(batch.rows, rejected.sort("line"))

    def _end(self, layout: Layout) -> Batch:
        parts = [] if self._last is None else [self._last]
        if self._nights:
            parts.append(with_passes(pl.concat(self._nights)).select(self._nights[0].columns))
        if not parts:
            parts = [with_meaning(fields_of(1, b"", layout)[0], self._subject, self._headpoint_of)]
        batch = settled(with_totals(pl.concat(parts).sort("line")), layout)
        return Batch(batch.rows, batch.rejected)

    def _compare(self, frame: pl.DataFrame) -> None:
        """Warn once if rows are about another EAN than the name of the file."""
        if self._name_ean is None:
            return
        named = int(self._name_ean)
        others = frame.filter((pl.col("row_ean") != named) & (pl.col("sub_ean") != named)).get_column(
            "row_ean"
        )
        if others.len() == 0:
            return
        eans = ", ".join(f"{ean:018d}" for ean in others.unique().sort().head(_EANS_NAMED))
        self._warn(
            f"the name of {self._name} has EAN {self._name_ean}, and rows in it have {eans}: the rows count"
        )
        self._name_ean = None


def _of_last_slot(frame: pl.DataFrame) -> pl.Series:
    """Which rows are of the quarter-hour of the last one; none, if they are too many to be of one meter."""
    last = (
        frame.select(
            (pl.col("row_ean") == pl.col("row_ean").last()) & (pl.col("slot") == pl.col("slot").last())
        )
        .to_series()
        .fill_null(value=False)
    )
    return last & (last.sum() <= _ROWS_OF_A_QUARTER_HOUR)
