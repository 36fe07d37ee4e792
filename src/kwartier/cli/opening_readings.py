"""The readings of a command: the store beside the registry, and the way into it."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.services.deliveries import Deliveries
from kwartier.settings import load_settings

if TYPE_CHECKING:
    from kwartier.services.ingest.quarantine import Quarantine
    from kwartier.services.ingest.way_in import Ingest

__all__ = ["OpenedReadings", "SpoolOption", "opened_readings"]

SpoolOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--spool",
        metavar="FOLDER",
        help="Where rows wait on their way in, if there are many; the system's folder for temporary files if not told.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class OpenedReadings:
    """What a command about readings works on."""

    database: Database
    deliveries: Deliveries
    ingest: "Ingest"
    quarantine: "Quarantine"


def opened_readings(
    database: str | None, *, spool: Path | None = None, may_be_new: bool = False
) -> OpenedReadings:
    """Open the readings of a platform, brought up to date.

    Raises:
        DatabaseError: there are none, and they may not be made.
    """
    # Data frames weigh more than all the rest, and `serve` does without them.
    from kwartier.services.ingest.quarantine import Quarantine  # noqa: PLC0415
    from kwartier.services.ingest.way_in import Ingest  # noqa: PLC0415

    settings = load_settings({"database": database})
    found = readings_database(settings.database, may_be_new=may_be_new)
    migrate(found, READINGS)
    deliveries = Deliveries(found, system_clock, timedelta(seconds=settings.publication_lead_seconds))
    ingest = Ingest(found, deliveries, system_clock, spool or Path(gettempdir()))
    return OpenedReadings(found, deliveries, ingest, Quarantine(found))
