"""What takes readings in, in one place; with data frames, which are loaded when something comes in for the first time.

ServiceError
└── NoRoomError     there is no room for the rows of a delivery on their way in
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.delivery import Delivery, DeliveryState
from kwartier.readings import quarantine as aside
from kwartier.readings.quarantine import Chosen
from kwartier.services.deliveries import Deliveries
from kwartier.services.errors import ServiceError
from kwartier.services.ingest.claim import settling
from kwartier.services.ingest.format import FileFormat, StreamFormat

if TYPE_CHECKING:
    from kwartier.services.ingest.quarantine import Corrected, Quarantine, Retried
    from kwartier.services.ingest.way_in import Ingest, Outcome, Progress

__all__ = ["Intake", "NoRoomError", "Rest", "Withdrawal"]


class NoRoomError(ServiceError):
    """The rows of a delivery can't be kept until they are taken in."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What has become of the rows of a delivery that were set aside.

    Attributes:
        waiting: how many wait.
        dropped: how many waited until the delivery was withdrawn.
        retries: the deliveries in which some came in again, in order.
    """

    waiting: int
    dropped: int
    retries: Sequence[Delivery]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """How a delivery was taken back.

    Attributes:
        delivery: that takes it back.
        dropped: how many of its rows waited, and wait no more.
        retries: what had been retried of it, and was taken back with it.
    """

    delivery: Delivery
    dropped: int
    retries: Sequence[Delivery]


class Intake:
    """The deliveries of a store, the way in, and what waits beside it.

    Args:
        database: of the readings.
        deliveries: of that database.
        clock: real time.
        spools: the folder in which rows wait, if there are many; the system's for temporary files if not told.
    """

    def __init__(
        self, database: Database, deliveries: Deliveries, clock: Clock, spools: Path | None = None
    ) -> None:
        self.database = database
        self.deliveries = deliveries
        self._clock = clock
        self._spools = spools

    # Data frames weigh more than all the rest, and most that serve do without them.

    @cached_property
    def ingest(self) -> "Ingest":
        """The way in."""
        from kwartier.services.ingest.way_in import Ingest  # noqa: PLC0415

        return Ingest(self.database, self.deliveries, self._clock, self._spools or Path(gettempdir()))

    @cached_property
    def quarantine(self) -> "Quarantine":
        """The rows that wait."""
        from kwartier.services.ingest.quarantine import Quarantine  # noqa: PLC0415

        return Quarantine(self.database)

    def take_stream(
        self,
        delivery_id: str,
        source: str,
        parts: Iterable[bytes],
        stream_format: StreamFormat,
        progress: "Progress",
    ) -> "Outcome":
        """Take a delivery in that comes as a stream, in constant memory; raises as `Ingest.take` does, but for the spool.

        Raises:
            NoRoomError: there is no room for its rows.
        """
        from kwartier.services.ingest.streams import Hashed, batches_of_stream  # noqa: PLC0415

        hashed = Hashed(parts)
        batches = batches_of_stream(hashed, stream_format)
        with _room_told():
            return self.ingest.take(delivery_id, source, batches, progress=progress, digest=hashed.digest)

    def take_file(
        self,
        path: Path,
        file_format: FileFormat,
        progress: "Progress",
        *,
        delivery_id: str | None = None,
        warn: Callable[[str], None],
    ) -> "Outcome":
        """Take a file in as a delivery; raises as `Ingest.take` does, and for what can't be read.

        Args:
            path: of the file.
            file_format: what it is.
            progress: is told how far it is.
            delivery_id: by which it is known; None: by name and content, so that the same file counts once.
            warn: is told what is odd about it, in words.

        Raises:
            InvalidValueError: it can't be read at all, and why.
            OSError: it is not there, or not to be read.
        """
        from kwartier.services.ingest.files import at_rest, delivery_id_of, digest_of, readers  # noqa: PLC0415

        with at_rest(path, self.ingest.spools) as source:
            digest = digest_of(source)
            known_as = delivery_id or delivery_id_of(source, digest)
            batches = readers(source, self.database, file_format, warn)
            return self.ingest.take(known_as, source.name, batches, progress=progress, digest=lambda: digest)

    def about(self, delivery: Delivery) -> Rest:
        """What has become of the rows of a delivery that were set aside."""
        chosen = Chosen(delivery.delivery_id)
        with self.database.reading() as connection:
            waiting = aside.count(connection, chosen)
            dropped = aside.count(connection, chosen, DeliveryState.WITHDRAWN)
        return Rest(waiting, dropped, self.deliveries.retries_of(delivery.number))

    def withdraw(self, delivery_id: str) -> Withdrawal:
        """Take a published delivery back with all that came of it; raises as `Deliveries.withdraw` does.

        What was retried of it is taken back too, and what waits of it waits no more.

        Raises:
            BeingRetriedError: rows are being retried at this moment.
        """
        with settling(self.database):
            rest = self.about(self.deliveries.find_withdrawable(delivery_id))
            retries = [one for one in rest.retries if one.state is DeliveryState.PUBLISHED]
            # The delivery last: whoever was broken off finds it published, and goes on.
            for one in reversed(retries):
                self.deliveries.withdraw(one.delivery_id)
            return Withdrawal(self.deliveries.withdraw(delivery_id), rest.waiting, retries)

    def retry(self, chosen: Chosen, progress: "Progress") -> "list[Retried]":
        """Bring rows in again that wait; raises as `Quarantine.retry` does, but for the spool.

        Raises:
            NoRoomError: there is no room for them.
        """
        with _room_told():
            return self.quarantine.retry(self.ingest, chosen, progress)

    def correct(self, path: Path, progress: "Progress") -> "Corrected":
        """Bring rows in again as a table has them; raises as `Quarantine.correct` does, and for what can't be read.

        Raises:
            InvalidValueError: it is no such table, and why.
            OSError: it is not there, or not to be read.
            NoRoomError: there is no room for them.
        """
        from kwartier.services.ingest.corrections import read_corrections  # noqa: PLC0415

        corrections = read_corrections(path)
        with _room_told():
            return self.quarantine.correct(self.ingest, corrections, progress)


@contextmanager
def _room_told() -> Iterator[None]:
    from kwartier.readings.spool import SpoolError  # noqa: PLC0415

    try:
        yield
    except SpoolError as error:
        raise NoRoomError("there is no room for the rows of this delivery: try again later") from error
