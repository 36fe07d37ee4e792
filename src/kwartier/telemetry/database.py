"""How long work holds a connection of the database, by kind of work."""

from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

from sqlalchemy import Connection, Engine, event

__all__ = ["WORK", "time_work"]

WORK: Final = "kwartier_work"
"""The execution option in which an engine or connection says what kind of work it does: one of a known few words."""
_OTHER: Final = "other"
_BEGUN: Final = "kwartier_begun"


def time_work(engine: Engine, observe: Callable[[str, float], None]) -> None:
    """Let every piece of work on an engine be told when its connection is given back.

    That is the time of its statements, of fetching, and of committing. Waiting for a connection is not in it.

    Args:
        engine: also the engines made of it with other options are heard.
        observe: is told the kind of work, and seconds.
    """

    @event.listens_for(engine, "engine_connect")
    def _begin(connection: Connection) -> None:
        work = connection.get_execution_options().get(WORK, _OTHER)
        connection.info[_BEGUN] = work, perf_counter()

    @event.listens_for(engine, "checkin")
    def _end(_connection: Any, record: Any) -> None:
        begun = record.info.pop(_BEGUN, None)
        if begun is not None:
            work, since = begun
            observe(work, perf_counter() - since)
