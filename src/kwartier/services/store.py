"""The store of readings as a source of versions: what the live environment stands on (R2, DESIGN 5)."""

from datetime import datetime

from kwartier.db.engine import Database
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.metering import Headpoint
from kwartier.domain.resolve import Inserted
from kwartier.domain.series import MeterVersions
from kwartier.readings import catalogue, deliveries
from kwartier.readings.question import Question

__all__ = ["Store"]


class Store:
    """The readings of a platform.

    Args:
        database: that of the readings.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def check(self, ean: Ean) -> None:
        """Any EAN may be asked for: whether it exists is told to nobody without a mandate."""

    def headpoints_of_submeter(self, ean: Ean) -> tuple[Ean, ...]:
        """The headpoints on which a sub-headpoint hangs (E6)."""
        with self._database.glancing() as connection:
            return catalogue.headpoints_of_submeter(connection, int(ean))

    def headpoint(self, ean: Ean) -> Headpoint | None:
        """A headpoint; None: it is not known."""
        with self._database.glancing() as connection:
            found = catalogue.find(connection, int(ean))
        return None if found is None else found.headpoint

    def settled(self, moment: datetime) -> datetime:
        """The latest moment, up to the given one, about which no more can become known (R1)."""
        with self._database.glancing() as connection:
            settled, lapsed = deliveries.settled(connection, moment)
        if lapsed:
            # Who announced it is gone, and must not hold up the others.
            with self._database.writing(deliveries.PUBLICATION) as connection:
                deliveries.unannounce(connection, lapsed=moment)
                settled, _ = deliveries.settled(connection, moment)
        return settled

    def versions(self, ean: Ean, grid: Grid, slots: range, inserted: Inserted) -> tuple[MeterVersions, ...]:
        """All versions about these slots that became visible before `inserted` ends, per meter; others may be among them."""
        with self._database.reading() as connection:
            known = catalogue.find(connection, int(ean))
            return () if known is None else Question(connection, known, inserted.end_us).versions(grid, slots)
