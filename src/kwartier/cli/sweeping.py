"""The sweeping of deliveries that were broken off, for `kwartier serve`."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from kwartier.clock import system_clock
from kwartier.db.readings import readings_database
from kwartier.domain.credentials import EnvironmentName
from kwartier.services.deliveries import Deliveries
from kwartier.services.sweep_loop import sweeping_beside
from kwartier.settings import Settings

__all__ = ["sweeping"]


@contextmanager
def sweeping(settings: Settings) -> Iterator[Callable[[], None]]:
    """Sweep in a thread of this process as long as the context lasts, or until what it gives is called, if live is served (R3)."""
    if EnvironmentName.LIVE not in settings.served:
        yield lambda: None
        return
    with closing(readings_database(settings.database, may_be_new=False)) as database:
        lead = timedelta(seconds=settings.publication_lead_seconds)
        with sweeping_beside(Deliveries(database, system_clock, lead)) as end:
            yield end
