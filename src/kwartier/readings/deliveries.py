"""Deliveries as rows, and the one way in which they become visible (DESIGN 3, R1).

A delivery is announced with the moment at which it will be visible, and then published. No reader looks past the
earliest announcement, so that a publisher that was held up delays, but never changes what was answered.
"""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from kwartier.db.readings_schema import announcement as announcements
from kwartier.db.readings_schema import delivery as table
from kwartier.db.readings_schema import gas_factor as factors
from kwartier.db.readings_schema import quarantine
from kwartier.db.readings_schema import run as runs
from kwartier.domain.delivery import Counts, Delivery, DeliveryState

__all__ = [
    "PUBLICATION",
    "add",
    "announce",
    "find",
    "forget",
    "list_newest",
    "list_retries",
    "mark",
    "newest",
    "publish",
    "settled",
    "touch",
    "unannounce",
    "unpublished",
]

PUBLICATION: Final = "publication"
"""The name of what is done one at a time: announcing, publishing, taking announcements back."""

_TICK: Final = timedelta(microseconds=1)
_EARLIEST: Final = select(func.min(announcements.c.published_at), func.min(announcements.c.lease_until))


def add(
    connection: Connection,
    delivery_id: str,
    source: str,
    moment: datetime,
    withdraws: int | None = None,
    retries: int | None = None,
) -> Delivery:
    """Begin a delivery, under the next number."""
    number = (connection.execute(select(func.max(table.c.number))).scalar() or 0) + 1
    made = Delivery(
        number, delivery_id, source, DeliveryState.LOADING, moment, withdraws=withdraws, retries=retries
    )
    connection.execute(
        insert(table).values(
            number=number,
            delivery_id=delivery_id,
            source=source,
            state=made.state.value,
            received_at=moment,
            touched_at=moment,
            withdraws=withdraws,
            retries=retries,
            counts="{}",
        )
    )
    return made


def find(connection: Connection, delivery_id: str) -> Delivery | None:
    """The delivery that its sender knows by this id."""
    row = connection.execute(select(table).where(table.c.delivery_id == delivery_id)).one_or_none()
    return None if row is None else _read(row)


def list_newest(connection: Connection, limit: int, before: int | None = None) -> list[Delivery]:
    """The newest deliveries, the newest first; those before a number, if one is given."""
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(table.c.number < before)
    return [_read(row) for row in connection.execute(query)]


def list_retries(connection: Connection, number: int) -> list[Delivery]:
    """The deliveries that brought rows of one in again, in order."""
    query = select(table).where(table.c.retries == number).order_by(table.c.number)
    return [_read(row) for row in connection.execute(query)]


def unpublished(connection: Connection, idle_since: datetime) -> list[Delivery]:
    """Deliveries that were begun, and about which nothing was done since a moment."""
    rows = connection.execute(
        select(table).where(table.c.state == DeliveryState.LOADING.value, table.c.touched_at < idle_since)
    )
    return [_read(row) for row in rows]


def touch(connection: Connection, number: int, moment: datetime, received_at: datetime | None = None) -> bool:
    """Note that a delivery is still being loaded; False: it was swept meanwhile, and must not go on.

    Args:
        connection: that writes.
        number: of the delivery.
        moment: now.
        received_at: when it was begun. The number of one that was swept may be another's by now.
    """
    query = update(table).where(table.c.number == number, table.c.state == DeliveryState.LOADING.value)
    if received_at is not None:
        query = query.where(table.c.received_at == received_at)
    return connection.execute(query.values(touched_at=moment)).rowcount > 0


def forget(connection: Connection, number: int) -> None:
    """Remove a delivery that was never published, with all that came with it."""
    # The delivery first: whoever is loading it holds its row, and what he loads must be there before runs are removed.
    for column in (
        table.c.number,
        announcements.c.delivery,
        runs.c.delivery,
        factors.c.delivery,
        quarantine.c.delivery,
    ):
        connection.execute(delete(column.table).where(column == number))


def mark(connection: Connection, number: int, state: DeliveryState) -> None:
    """Say what has become of a delivery."""
    connection.execute(update(table).where(table.c.number == number).values(state=state.value))


def announce(connection: Connection, number: int, earliest: datetime, lease_until: datetime) -> datetime:
    """Announce a delivery: when it will be visible, later than any before. To be called one at a time.

    Args:
        connection: that writes.
        number: of the delivery.
        earliest: not before this.
        lease_until: when others may take the announcement back.
    """
    latest, _ = newest(connection)
    published_at = earliest if latest is None else max(earliest, latest + _TICK)
    connection.execute(
        insert(announcements).values(delivery=number, published_at=published_at, lease_until=lease_until)
    )
    return published_at


def unannounce(connection: Connection, number: int | None = None, lapsed: datetime | None = None) -> None:
    """Take an announcement back, or all whose lease lapsed: whoever made them has to announce anew."""
    query = delete(announcements)
    if number is not None:
        query = query.where(announcements.c.delivery == number)
    if lapsed is not None:
        query = query.where(announcements.c.lease_until < lapsed)
    connection.execute(query)


def publish(
    connection: Connection, number: int, counts: Counts, digest: str | None = None
) -> datetime | None:
    """Publish what was announced; None: the announcement was taken back meanwhile."""
    moment: datetime | None = connection.execute(
        select(announcements.c.published_at).where(announcements.c.delivery == number)
    ).scalar()
    if moment is None:
        return None
    connection.execute(
        update(table)
        .where(table.c.number == number)
        .values(
            state=DeliveryState.PUBLISHED.value,
            published_at=moment,
            counts=json.dumps(asdict(counts), separators=(",", ":")),
            digest=digest,
        )
    )
    unannounce(connection, number)
    return moment


def newest(connection: Connection) -> tuple[datetime | None, bool]:
    """When the latest publication becomes visible, and whether one is announced and not done."""
    done, announced = (
        connection.execute(select(func.max(column))).scalar()
        for column in (table.c.published_at, announcements.c.published_at)
    )
    return max((one for one in (done, announced) if one is not None), default=None), announced is not None


def settled(connection: Connection, moment: datetime) -> tuple[datetime, bool]:
    """Up to when everything that is visible is known: a moment, or just before what is announced and not done.

    Returns:
        That, and whether there are announcements whose lease lapsed at the moment.
    """
    earliest, lease_until = connection.execute(_EARLIEST).one()
    if earliest is None:
        return moment, False
    return min(moment, earliest - _TICK), lease_until < moment


def _read(row: Row[tuple[object, ...]]) -> Delivery:
    return Delivery(
        number=row.number,
        delivery_id=row.delivery_id,
        source=row.source,
        state=DeliveryState(row.state),
        received_at=row.received_at,
        published_at=row.published_at,
        withdraws=row.withdraws,
        counts=Counts(**json.loads(row.counts)),
        digest=row.digest,
        retries=row.retries,
    )
