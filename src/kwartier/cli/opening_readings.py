"""The readings of a command: the store beside the registry, and the way into it."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from kwartier.clock import system_clock
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.services.deliveries import Deliveries
from kwartier.services.intake import Intake
from kwartier.settings import load_settings

__all__ = ["SpoolOption", "opened_readings"]

SpoolOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--spool",
        metavar="FOLDER",
        help="Where rows wait on their way in, if there are many; that of the setting `spool` if not told.",
        show_default=False,
    ),
]


def opened_readings(database: str | None, *, spool: Path | None = None, may_be_new: bool = False) -> Intake:
    """Open the readings of a platform, brought up to date.

    Raises:
        DatabaseError: there are none, and they may not be made.
    """
    settings = load_settings({"database": database})
    found = readings_database(settings.database, may_be_new=may_be_new)
    migrate(found, READINGS)
    deliveries = Deliveries(found, system_clock, timedelta(seconds=settings.publication_lead_seconds))
    return Intake(found, deliveries, system_clock, spool or settings.spool)
