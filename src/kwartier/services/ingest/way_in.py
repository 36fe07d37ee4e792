"""Take a delivery in, whole or not at all: spooled, checked, made into runs, loaded unseen, published (R3; DESIGN 3)."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import gettempdir

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.names import check_name
from kwartier.folders import own_folder
from kwartier.formats.rows import Batch
from kwartier.readings import deliveries as registry
from kwartier.readings.spool import Spool, SpoolError, SpoolSizes
from kwartier.services.deliveries import BeingDeliveredError, Deliveries, Digest
from kwartier.services.ingest.claim import bringing_in
from kwartier.services.ingest.runs import apart
from kwartier.services.ingest.taking import Aside, Outcome, Phase, Progress, Quarantined, Taking

__all__ = ["Ingest", "Outcome", "Phase", "Progress"]


def _system_folder() -> Path:
    return Path(gettempdir())


@dataclass(frozen=True, slots=True)
class Ingest:
    """The way in.

    Attributes:
        database: of the readings.
        deliveries: of that database.
        clock: real time; what ends later than now is in the future.
        spools: the folder in which rows wait, if there are many.
        sizes: how many are held in memory.
    """

    database: Database
    deliveries: Deliveries
    clock: Clock
    spools: Path = field(default_factory=_system_folder)
    sizes: SpoolSizes = field(default_factory=SpoolSizes)

    def take(
        self,
        delivery_id: str,
        source: str,
        batches: Iterable[Batch],
        *,
        progress: Progress | None = None,
        aside: Aside | None = None,
        digest: Digest | None = None,
    ) -> Outcome:
        """Take a delivery in. Rows may come in any order and number; memory does not grow with them.

        Args:
            delivery_id: by which its sender knows it.
            source: where it comes from, for people.
            batches: its rows.
            progress: is told how far it is.
            aside: what is done with wrong rows, if they come again; quarantine, if not told.
            digest: tells that of the content, by which the same is known from something else under its id; of what is made
                under an id that nobody gave before, it may be left out.

        Raises:
            AlreadyDeliveredError: the same was published before, and counts.
            OtherContentError: something else was published under its id.
            WithdrawnBeforeError: what was published under its id was withdrawn.
            BeingDeliveredError: somebody else brings it in right now.
            SweptError: it took so long that it was swept.
            SpoolError: there is no room for its rows.
            InvalidValueError: its id or its source cannot be shown.
            Exception: whatever reading its batches raises; then nothing of it is kept.
        """
        check_name("the id of the delivery", delivery_id)
        check_name("the source of the delivery", source)
        tell = progress or _tell_nobody
        with self._claimed(delivery_id, digest), self._folder() as folder:
            spool, rejected = Spool(folder, self.sizes, apart), 0
            for batch in batches:
                spool.add(batch.rows)
                spool.reject(batch.rejected)
                rejected += batch.rejected.height
                tell(Phase.READING, spool.rows + rejected, None)
            rows = spool.rows + rejected
            what = aside or Quarantined()
            delivery = self.deliveries.begin(delivery_id, source, retries=what.retries)
            taking = Taking(self.database, self.deliveries, self.clock, delivery, what, tell)
            try:
                return taking.finish(spool, rows, None if digest is None else digest())
            except BaseException:
                with suppress(Exception):  # else it is swept later; what went wrong first is what is told
                    self._forget(delivery_id)
                raise

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        """A folder for one spool, with room for the rows of a delivery: up to about 40 bytes each."""
        with ExitStack() as stack:
            try:
                self.spools.mkdir(parents=True, exist_ok=True)
                folder = stack.enter_context(own_folder(self.spools, "kwartier-spool-"))
            except OSError as error:
                raise SpoolError(f"spool in {self.spools}: {error.strerror}") from error
            yield folder

    @contextmanager
    def _claimed(self, delivery_id: str, digest: Digest | None) -> Iterator[None]:
        """Be the only one who brings this delivery in; what an attempt that died has left goes at once."""
        with bringing_in(self.database, delivery_id) as free:
            self.deliveries.check_new(delivery_id, digest)
            if not free:
                raise BeingDeliveredError(f"delivery {delivery_id} is being brought in by another process")
            self._forget(delivery_id)
            yield

    def _forget(self, delivery_id: str) -> None:
        with self.database.writing() as connection:
            found = registry.find(connection, delivery_id)
            # Touching tells whether it is still unpublished, and keeps it so until the end of this.
            if found is not None and registry.touch(connection, found.number, self.clock()):
                registry.forget(connection, found.number)


def _tell_nobody(_phase: Phase, _done: int, _total: int | None) -> None:
    return
