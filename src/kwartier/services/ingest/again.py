"""Rows of one delivery on their way in again: from quarantine, as they were set aside or corrected (R3)."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

import polars as pl
from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.delivery import Delivery
from kwartier.formats.long import NdjsonDecoder
from kwartier.formats.rows import Batch
from kwartier.readings import quarantine
from kwartier.readings.submeters import headpoints_of_submeters
from kwartier.services.ingest.taking import RowAside

__all__ = ["Again", "Line"]

Line: TypeAlias = tuple[int, str]
"""The number of a row within the delivery that brought it, and what it says as an object of the long form."""


class Again:
    """Rows on their way again; lines of the new delivery stand for them, in order. Those that do not pass stay.

    Args:
        database: of the readings.
        retries: the number of the delivery that brought them.
        delivery_id: of the one that brings them in again.
        lines: some at a time.
    """

    def __init__(
        self, database: Database, retries: int, delivery_id: str, lines: Iterable[Sequence[Line]]
    ) -> None:
        self._database, self._retries, self._delivery_id, self._lines = database, retries, delivery_id, lines
        self._nos = array("q")

    @property
    def retries(self) -> int:
        """The number of the delivery that brought them."""
        return self._retries

    def batches(self) -> Iterator[Batch]:
        """The rows, marked as leaving with the new delivery."""
        decoder = NdjsonDecoder()
        for some in self._lines:
            nos = [no for no, _ in some]
            with self._database.writing() as marking:
                quarantine.mark_retried(marking, self._retries, nos, self._delivery_id)
            self._nos.extend(nos)
            lines = "\n".join(content.replace("\n", " ") for _, content in some) + "\n"
            yield from map(self._placed, decoder.feed(lines.encode()))
        yield from map(self._placed, decoder.close())

    def add(self, connection: Connection, delivery: Delivery, first: int, rows: Sequence[RowAside]) -> None:
        """Let rows stay that do not pass."""
        del delivery, first
        quarantine.keep(
            connection, self._retries, [(self._nos[line - 1], reason) for line, _, reason, _ in rows]
        )

    def _placed(self, batch: Batch) -> Batch:
        """With the headpoints of submeters that were not known when their rows came (E9)."""
        alone = batch.rows.filter(pl.col("ean") == pl.col("sub_ean")).get_column("ean").unique()
        if alone.is_empty():
            return batch
        with self._database.reading() as connection:
            found = headpoints_of_submeters(connection, alone.to_list())
        above = {submeter: next(iter(eans)) for submeter, eans in found.items() if len(eans) == 1}
        placed = pl.col("ean").replace_strict(above, default=pl.col("ean"), return_dtype=pl.Int64)
        is_alone = pl.col("ean") == pl.col("sub_ean")
        return Batch(
            batch.rows.with_columns(pl.when(is_alone).then(placed).otherwise("ean").alias("ean")),
            batch.rejected,
        )
