"""`kwartier serve` watched: metrics, liveness and readiness on a port of their own, in the process that supervises."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TypeAlias

from kwartier import __version__
from kwartier.cli.console import Console
from kwartier.cli.errors import FailureError
from kwartier.db.engine import Database
from kwartier.services.readiness import database_fault
from kwartier.serving import Server, Supervisor
from kwartier.settings import Settings
from kwartier.telemetry.sharing import shared_folder

__all__ = ["watching"]

Runner: TypeAlias = Server | Supervisor
"""What serves until it is told to stop."""


@contextmanager
def watching(settings: Settings) -> Iterator[Callable[[Runner], None]]:
    """Let those who watch ask, as long as the context lasts; what runs in it is to be told.

    To be entered before the app is imported: its metrics are shared from their making.

    Raises:
        FailureError: it can't listen on the port of the settings.
    """
    runners: list[Runner] = []
    with ExitStack() as stack:
        if settings.metrics_port is not None:
            address = _listen(stack, settings, settings.metrics_port, runners)
            Console(soft_wrap=True).print(f"  watching  {address}", highlight=False)
        yield runners.append


def _listen(stack: ExitStack, settings: Settings, port: int, runners: list[Runner]) -> str:
    """Listen until the stack ends; the address of the metrics."""
    # A stop before the server takes signals itself must not leave the folder behind.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    stack.callback(signal.signal, signal.SIGTERM, before)
    folder = stack.enter_context(shared_folder())
    # Not before the folder is there; and only who asks for metrics waits for their library.
    from kwartier.telemetry.collected import collected, serving  # noqa: PLC0415
    from kwartier.telemetry.listener import METRICS, Listener  # noqa: PLC0415

    database = Database(settings.database, may_be_new=False)
    stack.callback(database.close)
    checks = (
        partial(_serving_fault, runners, partial(serving, folder, _own_processes)),
        partial(database_fault, database),
    )
    try:
        listener = Listener(
            settings.metrics_host, port, collected(folder, _own_processes, __version__), checks
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise FailureError(f"can't listen on {settings.metrics_host} port {port}: {reason}") from None
    stack.enter_context(listener)
    host = f"[{settings.metrics_host}]" if ":" in settings.metrics_host else settings.metrics_host
    return f"http://{host}:{listener.port}{METRICS}"


def _own_processes() -> set[int]:
    """This process and those that it started and that live."""
    return {os.getpid(), *(child.pid for child in multiprocessing.active_children() if child.pid is not None)}


def _serving_fault(runners: list[Runner], serving: Callable[[], int]) -> str | None:
    """Why nobody serves, if so."""
    if not runners or not serving():
        return "it is starting"
    (runner,) = runners
    return "it is stopping: answers under way end, new requests are refused" if runner.is_ending else None
