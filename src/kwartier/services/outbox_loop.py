"""The sender, again and again: in a thread beside the platform that serves, or as a process of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import Final

from kwartier.services.beside import working_beside
from kwartier.services.errors import UnavailableError
from kwartier.services.outbox import Sender
from kwartier.telemetry.events import Log

__all__ = ["send_on", "sending_beside"]

_LOG: Final = Log("kwartier.outbox")
_SECONDS: Final = 2.0
"""Between rounds: a link is expected within seconds."""

_LAST_SECONDS: Final = 5.0
"""How long the message in hand is waited for at the end; what was handed over and not noted is told as doubtful."""


def send_on(sender: Sender, stop: Event) -> None:
    """Send what is due, until told to stop; a database out of reach is waited for."""
    while not stop.is_set():
        try:
            sender.send_due(lambda: not stop.is_set())
        except UnavailableError as error:
            _LOG.warning("outbox_waits", why=str(error))
        except Exception:  # noqa: BLE001 - the next round may go well
            _LOG.exception("outbox_round_crashed")
        stop.wait(_SECONDS)


@contextmanager
def sending_beside(sender: Sender) -> Iterator[Callable[[], None]]:
    """Send in a thread as long as the context lasts, or until what it gives is called: then no more than what is in hand."""
    with working_beside("kwartier-outbox", partial(send_on, sender), _LAST_SECONDS) as end:
        yield end
