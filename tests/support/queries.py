"""How often a platform asks its databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import event

from support.platform import Platform

__all__ = ["Queries", "counted_queries"]


class Queries:
    """Counts statements, whoever runs them."""

    def __init__(self) -> None:
        self.count = 0

    def seen(self, *_: object) -> None:
        """One more."""
        self.count += 1


@contextmanager
def counted_queries(platform: Platform) -> Iterator[Queries]:
    """Count the statements of a platform for as long as the context lasts."""
    queries = Queries()
    engines = [engine for database in platform.databases for engine in database.engines]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", queries.seen)
    for database in platform.databases:
        database.observed(partial(queries.seen))
    try:
        yield queries
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", queries.seen)
