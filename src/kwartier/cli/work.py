"""`kwartier work`: send what waits in the outbox, beside `serve` or instead of it."""

import signal
from contextlib import closing
from threading import Event
from typing import Annotated

import typer

from kwartier.cli.console import Console
from kwartier.cli.opening import opened, print_json
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.sending import sender_of
from kwartier.services.outbox import Sent
from kwartier.services.outbox_loop import send_on
from kwartier.telemetry.logs import configure_logs

__all__ = ["work"]


def work(
    once: Annotated[bool, typer.Option("--once", help="Send what is due now, and end.")] = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send what waits in the outbox, until stopped. `serve` does so too, and any number may run at once."""
    on = opened(database)
    with closing(on.database):
        configure_logs(on.settings.log_level, on.settings.log_format)
        sender = sender_of(on.settings, on.database, on.address)
        if once:
            _say(sender.send_due(), as_json=as_json)
            return
        stop = Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda _number, _frame: stop.set())
        send_on(sender, stop)


def _say(came: Sent, *, as_json: bool) -> None:
    told = {
        "sent": came.sent,
        "postponed": came.postponed,
        "failed": came.failed,
        "doubtful": came.doubtful,
        "dropped": came.dropped,
    }
    if as_json:
        print_json(told)
    else:
        Console().print(", ".join(f"{number} {name}" for name, number in told.items()), highlight=False)
