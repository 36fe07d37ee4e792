"""Rows that were set aside: listed, retried against today's catalogue, written out for correction, discarded (R3)."""

import csv
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, TextIO

from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.delivery import Delivery
from kwartier.domain.errors import InvalidValueError
from kwartier.formats.long import NdjsonDecoder, read_line
from kwartier.formats.long.words import ROW_COLUMNS
from kwartier.formats.rows import Batch
from kwartier.readings import quarantine
from kwartier.readings.quarantine import Chosen, SetAside
from kwartier.services.errors import BeingRetriedError, NothingAsideError
from kwartier.services.ingest.claim import claimed
from kwartier.services.ingest.taking import RowAside
from kwartier.services.ingest.way_in import Ingest, Outcome, Progress
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Quarantine"]

_COLUMNS: Final = tuple(column.value for column in ROW_COLUMNS)
_ALONGSIDE: Final = ("reason", "delivery", "line", "content")


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The rows that wait.

    Attributes:
        database: of the readings.
    """

    database: Database

    def newest(self, chosen: Chosen, limit: int, after: tuple[int, int] = (0, 0)) -> list[SetAside]:
        """The first rows that wait after a delivery and a row of it, in order of these."""
        with self.database.reading() as connection:
            return [one for some in quarantine.read(connection, chosen, limit, after) for one in some]

    def by_reason(self, chosen: Chosen, limit: int) -> list[tuple[str, int]]:
        """The most frequent reasons, and how many rows wait for each."""
        with self.database.reading() as connection:
            return quarantine.by_reason(connection, chosen, limit)

    def count(self, chosen: Chosen) -> int:
        """How many rows wait."""
        with self.database.reading() as connection:
            return quarantine.count(connection, chosen)

    def discard(self, chosen: Chosen) -> int:
        """Let rows leave for good; they stay on record. How many."""
        with self.database.writing() as connection:
            return quarantine.discard(connection, chosen)

    def retry(self, ingest: Ingest, chosen: Chosen, progress: Progress | None = None) -> Outcome:
        """Bring rows in again, against what is known today, as a delivery of its own.

        Those that pass leave with its publication; the others stay where they are, with today's reason.

        Raises:
            NothingAsideError: there is no row that could be read again.
            BeingRetriedError: rows are being retried by another process.
        """
        with claimed(self.database, "quarantine") as free:
            if not free:
                raise BeingRetriedError(
                    "rows are being retried by another process: try again when it is done"
                )
            moment = ingest.clock()
            what = chosen.delivery_id or (f"EAN {chosen.ean:018d}" if chosen.ean else "quarantine")
            delivery_id = f"retry of {what} at {write_timestamp(moment)} {moment.microsecond:06d}"
            batches = _Again(self.database, chosen, delivery_id)
            every = batches.batches()
            first = next(every, None)
            if first is None:
                raise NothingAsideError(
                    "no such row waits that can be read again; `kwartier quarantine export` writes the others out"
                )
            source, rows = "retry of quarantine", chain([first], every)
            return ingest.take(delivery_id, source, rows, progress=progress, aside=batches)

    def export(self, chosen: Chosen, sink: TextIO) -> int:
        """Write rows as the long form with their reasons, to be corrected; how many.

        What could not be read into its columns stands in `content` in its own words. The columns after those of the long
        form are to be left out before it is imported.
        """
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow((*_COLUMNS, *_ALONGSIDE))
        total = 0
        with self.database.reading() as connection:
            for some in quarantine.read(connection, chosen):
                writer.writerows(_exported(one) for one in some)
                total += len(some)
        return total


def _exported(one: SetAside) -> list[str]:
    said = _object(one.content)
    cells = [("" if said.get(name) is None else str(said[name])) for name in _COLUMNS]
    return [*cells, one.reason, one.delivery_id, str(one.line), "" if said else one.content]


def _object(content: str) -> dict[str, object]:
    """What a row says by column; nothing if it is in other words."""
    try:
        said = read_line(content)
    except InvalidValueError:
        return {}
    return said if isinstance(said, dict) and "value" in said else {}


@dataclass(slots=True)
class _Again:
    """Rows on their way again; lines of the new delivery stand for them, in order."""

    database: Database
    chosen: Chosen
    delivery_id: str
    deliveries: "array[int]" = field(default_factory=lambda: array("q"))
    nos: "array[int]" = field(default_factory=lambda: array("q"))

    def batches(self) -> Iterator[Batch]:
        """The rows that can be read, marked as leaving with the new delivery."""
        decoder = NdjsonDecoder()
        with self.database.reading() as connection:
            for some in quarantine.read(connection, self.chosen):
                readable = [one for one in some if _object(one.content)]
                if not readable:
                    continue
                with self.database.writing() as marking:
                    quarantine.mark_retried(marking, readable, self.delivery_id)
                self.deliveries.extend(one.delivery for one in readable)
                self.nos.extend(one.no for one in readable)
                lines = "\n".join(one.content.replace("\n", " ") for one in readable) + "\n"
                yield from decoder.feed(lines.encode())
        yield from decoder.close()

    def add(self, connection: Connection, delivery: Delivery, first: int, rows: Sequence[RowAside]) -> None:
        """Let rows stay that do not pass."""
        del delivery, first
        quarantine.keep(
            connection,
            [(self.deliveries[line - 1], self.nos[line - 1], reason) for line, _, reason, _ in rows],
        )
