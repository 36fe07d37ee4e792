"""Windows in which requests are counted, as rows: for all machines that share a database (C4, DESIGN 13)."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Integer, TextClause, bindparam, delete, text

from kwartier.db.schema import rate_window as table
from kwartier.db.types import Instant

__all__ = ["sweep", "take"]

# One statement, so that it is right whatever others do meanwhile, and one way to the server and back. It says what
# `services.limits.next_window` says.
_TAKE: Final = """
insert into rate_window (subject, ends, taken)
{source}
on conflict (subject) do update set
    ends = case when rate_window.ends > :now and rate_window.ends <= :latest
        then rate_window.ends else excluded.ends end,
    taken = case when rate_window.ends > :now and rate_window.ends <= :latest
        then case when rate_window.taken <= :limit then rate_window.taken + 1 else rate_window.taken end
        else excluded.taken end
returning ends, taken
"""
_SOURCES: Final = {
    "sqlite": "values (:subject, :ends, 1)",
    # A count is not worth waiting for a disk, nor for another machine that stopped in the middle.
    "postgresql": "select :subject, :ends, 1 from set_config('synchronous_commit', 'off', true) as no_disk, "
    "set_config('lock_timeout', '1s', true) as no_wait",
}


def _statement(source: str) -> TextClause:
    moments = (bindparam(name, type_=Instant) for name in ("now", "latest", "ends"))
    return text(_TAKE.format(source=source)).bindparams(*moments, bindparam("limit", type_=Integer))


_STATEMENTS: Final = {
    engine: _statement(source).columns(ends=Instant, taken=Integer) for engine, source in _SOURCES.items()
}


def take(
    connection: Connection, subject: str, limit: int, now: datetime, window: timedelta, max_ahead: timedelta
) -> tuple[datetime, int]:
    """Count a request of a subject; when its window ends, and how many it counted.

    Args:
        connection: needs no transaction.
        subject: whose.
        limit: requests a window.
        now: the moment of the request.
        window: how long a new window lasts.
        max_ahead: a window that ends later than this from now counts for nothing.
    """
    bound = {
        "subject": subject,
        "limit": limit,
        "now": now,
        "ends": now + window,
        "latest": now + max_ahead,
    }
    row = connection.execute(_STATEMENTS[connection.dialect.name], bound).one()
    return row.ends, row.taken


def sweep(connection: Connection, until: datetime) -> int:
    """Forget the windows that ended by a moment; how many there were."""
    return connection.execute(delete(table).where(table.c.ends <= until)).rowcount
