"""What takes readings in, in one place; with data frames, which are loaded when something comes in for the first time.

ServiceError
└── NoRoomError     there is no room for the rows of a delivery on their way in
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.readings import quarantine as aside
from kwartier.readings.quarantine import Chosen
from kwartier.services.deliveries import Deliveries
from kwartier.services.errors import ServiceError
from kwartier.services.ingest.format import FileFormat, StreamFormat

if TYPE_CHECKING:
    from kwartier.services.ingest.quarantine import Quarantine
    from kwartier.services.ingest.way_in import Ingest, Outcome, Progress

__all__ = ["Intake", "NoRoomError"]


class NoRoomError(ServiceError):
    """The rows of a delivery can't be kept until they are taken in."""


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

    def waiting(self, chosen: Chosen) -> int:
        """How many rows wait that were set aside; told without data frames."""
        with self.database.reading() as connection:
            return aside.count(connection, chosen)

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
        from kwartier.services.ingest.files import delivery_id_of, digest_of, readers  # noqa: PLC0415

        digest = digest_of(path)
        known_as = delivery_id or delivery_id_of(path, digest)
        batches = readers(path, self.database, file_format, warn)
        return self.ingest.take(known_as, path.name, batches, progress=progress, digest=lambda: digest)

    def retry(self, chosen: Chosen, progress: "Progress") -> "Outcome":
        """Bring rows in again that wait; raises as `Quarantine.retry` does, but for the spool.

        Raises:
            NoRoomError: there is no room for them.
        """
        with _room_told():
            return self.quarantine.retry(self.ingest, chosen, progress)


@contextmanager
def _room_told() -> Iterator[None]:
    from kwartier.readings.spool import SpoolError  # noqa: PLC0415

    try:
        yield
    except SpoolError as error:
        raise NoRoomError("there is no room for the rows of this delivery: try again later") from error
