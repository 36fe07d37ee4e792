"""Where requests are counted: chosen from the settings, made by `serve`, found by its workers (C4, DESIGN 13)."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from kwartier.db.engine import Database
from kwartier.domain.errors import InvalidValueError
from kwartier.services.database_limiter import DatabaseLimiter
from kwartier.services.fallback_limiter import FallbackLimiter
from kwartier.services.limits import Limiter, MemoryLimiter

__all__ = ["FOLDER_VARIABLE", "Counted", "LimitStore", "counting_folder", "limiter_of"]

FOLDER_VARIABLE: Final = "_KWARTIER_LIMITS"
"""In which `serve` tells its workers where they count together; no setting: nobody else has such a folder."""

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder is made in it that is for its owner alone


class LimitStore(Enum):
    """Where requests are counted."""

    AUTO = "auto"
    MEMORY = "memory"
    SHARED = "shared"
    DATABASE = "database"

    def on(self, workers: int) -> "LimitStore":
        """Where so many processes of one machine count."""
        if self is not LimitStore.AUTO:
            return self
        return LimitStore.MEMORY if workers == 1 else LimitStore.SHARED


class Counted(Enum):
    """What is counted, each apart: who fails must not push anybody's subscription out of a table."""

    REQUESTS = "requests"
    FAILURES = "failures"


@contextmanager
def counting_folder() -> Iterator[Path]:
    """A folder with an empty table for each thing that is counted; it goes at the end.

    It is in memory where the system has a folder for that: a disk would be written to for nothing.

    Raises:
        OSError: it can't be made.
    """
    # The kernel's locks are not on every system.
    from kwartier.folders import own_folder  # noqa: PLC0415
    from kwartier.services.shared_limiter import make_table  # noqa: PLC0415

    parent = _MEMORY if os.access(_MEMORY, os.W_OK) else Path(gettempdir())
    with own_folder(parent, "kwartier-limits-") as folder:
        for counted in Counted:
            make_table(_table(folder, counted))
        yield folder


def limiter_of(
    store: LimitStore,
    counted: Counted,
    limit: int,
    database: Database,
    folder: Path | None,
    monotonic: Callable[[], float],
) -> Limiter:
    """What counts.

    Args:
        store: where; `auto` is in the folder if there is one, else in memory.
        counted: what.
        limit: how many a minute.
        database: that of the platform.
        folder: where the processes of this machine count together, if they do.
        monotonic: tells seconds that never go back.

    Raises:
        InvalidValueError: `shared`, and there is no folder.
    """
    memory = MemoryLimiter(limit)
    if store is LimitStore.MEMORY or (store is LimitStore.AUTO and folder is None):
        return memory
    shared: Limiter
    if store is LimitStore.DATABASE:
        shared = DatabaseLimiter(database, limit, counted.value)
    else:
        if folder is None:
            raise InvalidValueError(
                "setting rate_limit_store: shared is for the processes that `serve` starts; "
                "allowed here are auto, memory and database"
            )
        from kwartier.services.shared_limiter import SharedLimiter  # noqa: PLC0415

        shared = SharedLimiter(_table(folder, counted), limit)
    return FallbackLimiter(shared, memory, monotonic, counted.value)


def _table(folder: Path, counted: Counted) -> Path:
    return folder / counted.value
