"""Rows that were set aside: listed, retried against today's catalogue, written out for correction, discarded (R3)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, TextIO

from kwartier.db.engine import Database
from kwartier.domain.delivery import derived_id
from kwartier.readings import quarantine
from kwartier.readings.quarantine import Chosen, SetAside
from kwartier.services.errors import NothingAsideError
from kwartier.services.ingest.again import Again, Line
from kwartier.services.ingest.claim import settling
from kwartier.services.ingest.corrections import Correction, by_delivery
from kwartier.services.ingest.set_aside import is_readable, write_rows
from kwartier.services.ingest.way_in import Ingest, Outcome, Progress
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Corrected", "Quarantine", "Retried"]

_AT_ONCE: Final = 20_000
_ASKED_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Retried:
    """What came of rows of one delivery that were brought in again.

    Attributes:
        delivery_id: of the delivery that brought them first.
        outcome: what came of them; its delivery is not published if none of them got in.
    """

    delivery_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Corrected:
    """What came of rows that were corrected.

    Attributes:
        retried: by the delivery that brought them first.
        gone: how many rows did not wait any more; nothing was done about them.
    """

    retried: Sequence[Retried]
    gone: int


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

    def retry(self, ingest: Ingest, chosen: Chosen, progress: Progress | None = None) -> list[Retried]:
        """Bring rows in again, against what is known today: those of each delivery as a delivery of its own.

        They come in the order in which those were received, so that the later one wins. Those that pass leave with the
        publication; the others stay where they are, with today's reason: also those of which a later delivery says otherwise.

        Raises:
            NothingAsideError: there is no row that could be read again.
            BeingRetriedError: rows are being settled by another process.
        """
        with settling(self.database):
            with self.database.reading() as connection:
                brought = quarantine.brought_by(connection, chosen)
            retried = [
                one
                for number, delivery_id in brought
                for one in self._again(
                    ingest, (number, delivery_id), self._readable(chosen, delivery_id), progress
                )
            ]
        if not retried:
            raise NothingAsideError(
                "no such row waits that can be read again; `kwartier quarantine export` writes the others out"
            )
        return retried

    def correct(
        self, ingest: Ingest, corrections: Sequence[Correction], progress: Progress | None = None
    ) -> Corrected:
        """Bring rows in again as they are corrected, as `retry` does; what passes leaves, the rest stays as it came.

        Raises:
            NothingAsideError: none of them waits any more.
            BeingRetriedError: rows are being settled by another process.
        """
        retried: list[Retried] = []
        found = {(one.delivery, one.no) for one in corrections}
        with settling(self.database):
            for number, lines in by_delivery(corrections).items():
                ids = self._waiting_of(number, sorted({no for no, _ in lines}))
                found -= {(number, no) for no in ids}
                left = [(no, content) for no, content in lines if no in ids]
                if left:
                    some = [left[first : first + _AT_ONCE] for first in range(0, len(left), _AT_ONCE)]
                    retried += self._again(ingest, (number, ids[left[0][0]]), some, progress)
        if not retried:
            raise NothingAsideError(
                "none of these rows waits; `kwartier quarantine list` shows those that do"
            )
        return Corrected(retried, len(found))

    def export(self, chosen: Chosen, sink: TextIO) -> int:
        """Write rows in the columns of the long form with their reasons, to be corrected; how many."""
        with self.database.reading() as connection:
            return write_rows(quarantine.read(connection, chosen), sink)

    def _waiting_of(self, number: int, nos: Sequence[int]) -> dict[int, str]:
        """Which of some rows of a delivery wait, each with the id of that."""
        with self.database.reading() as connection:
            return {
                one.no: one.delivery_id
                for first in range(0, len(nos), _ASKED_AT_ONCE)
                for some in quarantine.read(
                    connection,
                    Chosen(rows=tuple((number, no) for no in nos[first : first + _ASKED_AT_ONCE])),
                )
                for one in some
            }

    def _readable(self, chosen: Chosen, delivery_id: str) -> Iterator[list[Line]]:
        """Rows of a delivery that can be read again, some at a time."""
        with self.database.reading() as connection:
            for some in quarantine.read(connection, replace(chosen, delivery_id=delivery_id)):
                if readable := [(one.no, one.content) for one in some if is_readable(one.content)]:
                    yield readable

    def _again(
        self,
        ingest: Ingest,
        brought: tuple[int, str],
        lines: Iterable[Sequence[Line]],
        progress: Progress | None,
    ) -> Iterator[Retried]:
        """Bring rows of a delivery in again, if there are any."""
        number, delivery_id = brought
        moment = ingest.clock()
        when = f" at {write_timestamp(moment)} {moment.microsecond:06d}"
        again_id = derived_id("retry of ", delivery_id, when)
        again = Again(self.database, number, again_id, lines)
        every = again.batches()
        first = next(every, None)
        if first is not None:
            rows = chain([first], every)
            outcome = ingest.take(again_id, "retry of quarantine", rows, progress=progress, aside=again)
            yield Retried(delivery_id, outcome)
