"""`python -m`-like program of a test: imports a file, and says which phase it is in, so that it can be killed there."""

import os
import resource
import signal
import sys
from datetime import timedelta
from pathlib import Path

from kwartier.clock import system_clock
from kwartier.db.readings import readings_database
from kwartier.formats.long import read_long
from kwartier.readings.spool import SpoolSizes
from kwartier.services.deliveries import Deliveries
from kwartier.services.ingest.way_in import Ingest, Phase

__all__ = ["main"]

SIZES = SpoolSizes(collected=20_000, parts=8, rows=60_000, together=20_000)


def main(url: str, file: str, folder: str, limit: str = "", hold: str = "") -> None:
    """Import a file as delivery "a", and print a line for each phase that begins and one at the end.

    Args:
        url: of the registry.
        file: in the long form.
        folder: for spools.
        limit: bytes that a file may have; "": as the system has it.
        hold: a phase in which it stands still, once it has said so.
    """
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    database = readings_database(url)
    deliveries = Deliveries(database, system_clock, timedelta(seconds=0.05))
    told: list[Phase] = []

    def say(phase: str) -> None:
        print(phase, flush=True)  # noqa: T201 - what it is for
        if phase == hold:
            os.kill(os.getpid(), signal.SIGSTOP)

    def tell(phase: Phase, _done: int, _total: int | None) -> None:
        if phase not in told:
            told.append(phase)
            say(phase.value)

    say("started")
    ingest = Ingest(database, deliveries, system_clock, Path(folder), SIZES)
    ingest.take("a", "a test", read_long(Path(file)), progress=tell)
    say("published")


if __name__ == "__main__":
    main(*sys.argv[1:])
