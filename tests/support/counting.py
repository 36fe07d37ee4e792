"""How many statements a request brings to the databases of a platform."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from support.platform import Platform

__all__ = ["Counted", "counting"]


class Counted:
    """So many statements."""

    statements = 0

    def one(self, *_told: Any) -> None:
        """One more."""
        self.statements += 1


@contextmanager
def counting(platform: Platform) -> Iterator[Counted]:
    """Count what is asked of all databases of a platform."""
    counted = Counted()
    engines = {id(one): one for database in platform.databases for one in database.engines}.values()
    for engine in engines:
        event.listen(engine, "before_cursor_execute", counted.one)
    for database in platform.databases:
        database.observed(counted.one)
    yield counted
    for engine in engines:
        event.remove(engine, "before_cursor_execute", counted.one)
    for database in platform.databases:
        database.observed(lambda _seconds: None)
