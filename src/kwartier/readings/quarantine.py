"""Rows that were set aside, each with its reason, until they are retried or discarded (R3).

A row counts as retried once the delivery that took it is published: it leaves in the same moment in which its values become
visible, and comes back if that delivery is withdrawn. When the delivery that brought it is withdrawn, it waits no more.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    update,
)

from kwartier.db.bulk import load
from kwartier.db.readings_schema import delivery as deliveries
from kwartier.db.readings_schema import quarantine as table
from kwartier.domain.delivery import DeliveryState
from kwartier.domain.errors import InvalidValueError

__all__ = [
    "Chosen",
    "SetAside",
    "add",
    "brought_by",
    "by_reason",
    "count",
    "discard",
    "keep",
    "mark_retried",
    "read",
    "read_row",
]

_OPEN: Final = "open"
_DISCARDED: Final = "discarded"
_RETRIED: Final = "retried: "
_AT_ONCE: Final = 20_000
_ROW: Final = re.compile(r"[0-9]{1,18}-[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that was set aside.

    Attributes:
        delivery: the number of the delivery that brought it.
        delivery_id: by which its sender knows that.
        no: of the row within it, from 1.
        line: where it stood in its source.
        ean: 0 if it could not be read.
    """

    delivery: int
    delivery_id: str
    no: int
    line: int
    ean: int
    reason: str
    content: str

    @property
    def row(self) -> str:
        """Its number among all rows, as people and programs name it."""
        return f"{self.delivery}-{self.no}"


def read_row(text: str) -> tuple[int, int]:
    """The number of a row: that of the delivery that brought it, and its own within that.

    Raises:
        InvalidValueError: it is none.
    """
    if not _ROW.fullmatch(text):
        raise InvalidValueError("the number of a row, as the list of rows shows it, such as 12-1")
    delivery, _, no = text.partition("-")
    return int(delivery), int(no)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which rows are meant: those for which all that is given holds.

    Attributes:
        delivery_id: of the delivery that brought them.
        ean: that they name.
        reason: words that stand in their reason.
        rows: these alone: the number of a delivery, and that of a row within it.
    """

    delivery_id: str | None = None
    ean: int | None = None
    reason: str | None = None
    rows: tuple[tuple[int, int], ...] = ()


def add(connection: Connection, delivery: int, first: int, rows: Sequence[tuple[int, int, str, str]]) -> None:
    """Set rows of a delivery aside.

    Args:
        connection: that writes.
        delivery: its number.
        first: the number of the first row.
        rows: line, EAN, reason and content of each.
    """
    load(
        connection,
        table,
        [
            (delivery, no, ean, line, reason, content, _OPEN)
            for no, (line, ean, reason, content) in enumerate(rows, first)
        ],
    )


def count(connection: Connection, chosen: Chosen, of: DeliveryState = DeliveryState.PUBLISHED) -> int:
    """How many rows wait; or, of deliveries that were withdrawn, how many waited until then."""
    return connection.execute(select(func.count()).select_from(_waiting(chosen, of).subquery())).scalar() or 0


def brought_by(connection: Connection, chosen: Chosen) -> list[tuple[int, str]]:
    """The deliveries that brought rows which wait, in the order in which they were received: number and id."""
    waiting = _waiting(chosen).subquery()
    rows = connection.execute(
        select(waiting.c.delivery, waiting.c.delivery_id).distinct().order_by(waiting.c.delivery)
    )
    return [(number, delivery_id) for number, delivery_id in rows]


def by_reason(connection: Connection, chosen: Chosen, limit: int) -> list[tuple[str, int]]:
    """The most frequent reasons, and how many rows wait for each."""
    waiting = _waiting(chosen).subquery()
    number = func.count()
    rows = connection.execute(
        select(waiting.c.reason, number)
        .group_by(waiting.c.reason)
        .order_by(number.desc(), waiting.c.reason)
        .limit(limit)
    )
    return [(reason, of) for reason, of in rows]


def read(
    connection: Connection, chosen: Chosen, limit: int | None = None, after: tuple[int, int] = (0, 0)
) -> Iterator[list[SetAside]]:
    """The rows that wait after a delivery and a number, in order of these, some at a time."""
    left = limit
    while left is None or left > 0:
        rows = connection.execute(
            _waiting(chosen)
            .where(
                or_(table.c.delivery > after[0], and_(table.c.delivery == after[0], table.c.no > after[1]))
            )
            .order_by(table.c.delivery, table.c.no)
            .limit(_AT_ONCE if left is None else min(left, _AT_ONCE))
        ).all()
        if not rows:
            return
        yield [SetAside(**row._asdict()) for row in rows]
        after = (rows[-1].delivery, rows[-1].no)
        left = None if left is None else left - len(rows)


def mark_retried(connection: Connection, delivery: int, nos: Sequence[int], delivery_id: str) -> None:
    """Let rows of a delivery leave when the one of this id is published."""
    _mark(connection, [(delivery, no) for no in nos], _RETRIED + delivery_id)


def keep(connection: Connection, delivery: int, rows: Sequence[tuple[int, str]]) -> None:
    """Let rows of a delivery stay that were to leave: number, and why."""
    _mark(connection, [(delivery, no) for no, _ in rows], _OPEN)
    if rows:
        connection.execute(
            update(table)
            .where(table.c.delivery == bindparam("of"), table.c.no == bindparam("which"))
            .values(reason=bindparam("why")),
            [{"of": delivery, "which": no, "why": reason} for no, reason in rows],
        )


def discard(connection: Connection, chosen: Chosen) -> int:
    """Let rows leave for good; how many."""
    total = 0
    for rows in read(connection, chosen):
        _mark(connection, [(one.delivery, one.no) for one in rows], _DISCARDED)
        total += len(rows)
    return total


def _mark(connection: Connection, rows: Sequence[tuple[int, int]], state: str) -> None:
    if rows:
        connection.execute(
            update(table)
            .where(table.c.delivery == bindparam("of"), table.c.no == bindparam("which"))
            .values(state=state),
            [{"of": delivery, "which": no} for delivery, no in rows],
        )


def _waiting(
    chosen: Chosen, of: DeliveryState = DeliveryState.PUBLISHED
) -> Select[tuple[int, str, int, int, int, str, str]]:
    """The rows that wait: those of published deliveries that no published delivery took and nobody discarded."""
    taken = (
        select(literal(1))
        .where(
            literal(_RETRIED).concat(deliveries.c.delivery_id) == table.c.state,
            deliveries.c.state == DeliveryState.PUBLISHED.value,
        )
        .correlate(table)
        .exists()
    )
    brought = deliveries.alias("brought")
    conditions: list[ColumnElement[bool]] = [
        brought.c.state == of.value,
        table.c.state != _DISCARDED,
        or_(table.c.state == _OPEN, ~taken),
    ]
    if chosen.delivery_id is not None:
        conditions.append(brought.c.delivery_id == chosen.delivery_id)
    if chosen.ean is not None:
        conditions.append(table.c.ean == chosen.ean)
    if chosen.reason is not None:
        conditions.append(table.c.reason.icontains(chosen.reason, autoescape=True))
    if chosen.rows:
        nos: dict[int, list[int]] = {}
        for delivery, no in chosen.rows:
            nos.setdefault(delivery, []).append(no)
        conditions.append(
            or_(*(and_(table.c.delivery == one, table.c.no.in_(some)) for one, some in nos.items()))
        )
    return (
        select(
            table.c.delivery,
            brought.c.delivery_id,
            table.c.no,
            table.c.line,
            table.c.ean,
            table.c.reason,
            table.c.content,
        )
        .join(brought, brought.c.number == table.c.delivery)
        .where(*conditions)
    )
