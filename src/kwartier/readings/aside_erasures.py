"""Which rows that were set aside an erasure takes, in whatever state they are (R1, R3)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, or_, select

from kwartier.db.readings_schema import delivery as deliveries
from kwartier.db.readings_schema import quarantine as table
from kwartier.domain.ean import Ean
from kwartier.domain.written_moments import earliest_moment

__all__ = ["Key", "count_of", "erase_of", "erase_rows", "older"]

Key: TypeAlias = tuple[int, int]
"""Delivery and number of a row."""

_AT_ONCE: Final = 20_000


def count_of(connection: Connection, ean: Ean) -> int:
    """How many rows are about an EAN (see `erase_of`)."""
    return connection.execute(select(func.count()).select_from(table).where(_about(ean))).scalar_one()


def erase_of(connection: Connection, ean: Ean) -> int:
    """Remove the rows about an EAN: those that name it, and those of no known EAN in whose words it stands; how many."""
    return connection.execute(delete(table).where(_about(ean))).rowcount


def older(connection: Connection, before: datetime) -> Iterator[Sequence[Key]]:
    """The rows of which something was measured before a moment, some at a time, in order.

    What their words say of when that was counts: where these name no moment, when their delivery was received.
    """
    after: Key = (0, 0)
    while True:
        rows = connection.execute(
            select(table.c.delivery, table.c.no, table.c.content, deliveries.c.received_at)
            .join(deliveries, deliveries.c.number == table.c.delivery)
            .where(
                or_(table.c.delivery > after[0], and_(table.c.delivery == after[0], table.c.no > after[1]))
            )
            .order_by(table.c.delivery, table.c.no)
            .limit(_AT_ONCE)
        ).all()
        if not rows:
            return
        found = [
            (delivery, no)
            for delivery, no, content, received_at in rows
            if (earliest_moment(content) or received_at) < before
        ]
        if found:
            yield found
        after = (rows[-1].delivery, rows[-1].no)


def erase_rows(connection: Connection, keys: Sequence[Key]) -> int:
    """Remove rows; how many were still there."""
    removed = delete(table).where(table.c.delivery == bindparam("of"), table.c.no == bindparam("which"))
    return connection.execute(removed, [{"of": delivery, "which": no} for delivery, no in keys]).rowcount


def _about(ean: Ean) -> ColumnElement[bool]:
    unread = or_(table.c.ean.is_(None), table.c.ean == 0)
    return or_(and_(~unread, table.c.ean == int(ean)), and_(unread, table.c.content.contains(ean)))
