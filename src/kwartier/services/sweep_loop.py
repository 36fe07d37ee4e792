"""What was begun and never published is swept: when the platform begins to serve, and from time to time (R3)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import Final

from kwartier.services.beside import working_beside
from kwartier.services.deliveries import Deliveries
from kwartier.services.errors import UnavailableError
from kwartier.telemetry.events import Log

__all__ = ["sweep_on", "sweeping_beside"]

_LOG: Final = Log("kwartier.deliveries")
_SECONDS: Final = 3600.0
_LAST_SECONDS: Final = 5.0


def sweep_on(deliveries: Deliveries, stop: Event, seconds: float = _SECONDS) -> None:
    """Sweep what nobody brings in any more, until told to stop.

    Args:
        deliveries: of the store.
        stop: ends it.
        seconds: between rounds.
    """
    while not stop.is_set():
        try:
            swept = deliveries.sweep()
        except UnavailableError as error:
            _LOG.warning("deliveries_not_swept", why=str(error))
        except Exception:  # noqa: BLE001 - the next round may go well
            _LOG.exception("deliveries_sweep_crashed")
        else:
            if swept:
                _LOG.info("deliveries_swept", deliveries=len(swept))
        stop.wait(seconds)


@contextmanager
def sweeping_beside(deliveries: Deliveries, seconds: float = _SECONDS) -> Iterator[Callable[[], None]]:
    """Sweep in a thread as long as the context lasts, or until what it gives is called."""
    with working_beside(
        "kwartier-sweep", partial(sweep_on, deliveries, seconds=seconds), _LAST_SECONDS
    ) as end:
        yield end
