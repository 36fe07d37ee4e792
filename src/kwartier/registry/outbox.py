"""What is to be sent, as rows: put in the transaction of the fact that it tells, sent later by whoever claims it.

waiting ─claim, hand over→ sending ─→ sent. What fails before it was handed over waits again, or has failed for good.
What was handed over by a process that did not live to tell is doubtful, and never sent again by itself.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from kwartier.db.schema import outbox_message as table
from kwartier.domain.messages import Content, Message, MessageKind, MessageState, Recipient, Way
from kwartier.registry.outbox_content import read_content, read_recipient, write_content, write_recipient

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

__all__ = [
    "Claimed",
    "any_due",
    "claim",
    "done",
    "doubt",
    "doubt_due",
    "drop",
    "drop_useless",
    "fail",
    "forget",
    "hand_over",
    "needs_sweep",
    "postpone",
    "put",
]

_ENDED: Final = (MessageState.SENT, MessageState.DROPPED)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that one sender has in hand."""

    message_id: str
    kind: MessageKind
    recipient: Recipient
    content: Content
    attempts: int
    claimed_by: str


def put(connection: Connection, message: Message, moment: datetime) -> str | None:
    """Have a message sent when it is due, if what else the transaction does is committed.

    Returns:
        The id under which it is kept; None if one of its key was put before, whatever became of it.
    """
    message_id = str(uuid4())  # with its dashes, for the log: see `new_correlation_id`
    written = _insert(connection).values(
        message_id=message_id,
        key=message.key,
        about=message.about,
        kind=message.kind.value,
        way=message.recipient.way.value,
        content=write_content(message.content),
        recipient=write_recipient(message.recipient),
        put_at=moment,
        due_at=message.due_at,
        useless_from=message.useless_from,
        state=MessageState.WAITING.value,
        attempts=0,
    )
    # Of two transactions that put it at once, the later waits for the first, and neither is broken by it.
    once = written.on_conflict_do_nothing(index_elements=[table.c.key]).returning(table.c.message_id)
    put_now: str | None = connection.execute(once).scalar()
    return put_now


def _insert(connection: Connection) -> "sqlite.Insert | postgresql.Insert":
    """INSERT as the engine knows it, with ON CONFLICT; the other engine's would take four megabytes of every worker."""
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    insert: sqlite.Insert | postgresql.Insert = dialect.Insert(table)
    return insert


def drop(
    connection: Connection, about: str, moment: datetime, kinds: Collection[MessageKind] = tuple(MessageKind)
) -> int:
    """Don't send what still waits about something; how many that were."""
    about_it = and_(table.c.about == about, table.c.kind.in_([kind.value for kind in kinds]))
    return _drop(connection, about_it, moment)


def drop_useless(connection: Connection, moment: datetime) -> int:
    """Don't send what no longer helps anybody; how many that were."""
    return _drop(connection, _useless(moment), moment)


def claim(
    connection: Connection,
    worker: str,
    moment: datetime,
    lease: timedelta,
    ways: Collection[Way],
    limit: int,
) -> list[Claimed]:
    """Take some messages that are due in hand, the longest due first; for others they wait until the lease has ended.

    Args:
        connection: in a transaction that others who claim wait for.
        worker: who claims; of each that claims, another.
        moment: now.
        lease: for how long.
        ways: which messages it can send.
        limit: how many at most.
    """
    rows = connection.execute(
        select(table).where(_due(moment, ways)).order_by(table.c.due_at, table.c.message_id).limit(limit)
    ).all()
    if rows:
        connection.execute(
            update(table)
            .where(table.c.message_id.in_([row.message_id for row in rows]))
            .values(claimed_by=worker, claimed_until=moment + lease)
        )
    return [
        Claimed(
            row.message_id,
            MessageKind(row.kind),
            read_recipient(row.recipient),
            read_content(MessageKind(row.kind), row.content),
            row.attempts,
            worker,
        )
        for row in rows
    ]


def any_due(connection: Connection, moment: datetime, ways: Collection[Way]) -> bool:
    """Whether there is anything to claim."""
    return (
        connection.execute(select(table.c.message_id).where(_due(moment, ways)).limit(1)).scalar() is not None
    )


def hand_over(connection: Connection, claimed: Claimed, moment: datetime, lease: timedelta) -> bool:
    """Note, just before, that a message is handed over; False: it was dropped, or is in other hands: don't."""
    return _change(
        connection,
        and_(_in_hand(claimed), table.c.state == MessageState.WAITING.value),
        state=MessageState.SENDING,
        attempts=claimed.attempts + 1,
        claimed_until=moment + lease,
    )


def done(connection: Connection, claimed: Claimed, moment: datetime, *, keep_content: bool = False) -> bool:
    """Note that a message was sent; its content, with a link that opens something, is wiped unless it is to be kept."""
    wiped: dict[str, object] = {} if keep_content else {"content": None}
    handed = table.c.state.in_([MessageState.SENDING.value, MessageState.DOUBTFUL.value])
    return _change(
        connection,
        and_(_in_hand(claimed), handed),
        state=MessageState.SENT,
        ended_at=moment,
        claimed_until=None,
        reason=None,
        **wiped,
    )


def postpone(connection: Connection, claimed: Claimed, reason: str, next_at: datetime) -> bool:
    """Note that a message was certainly not sent, and is to be tried again at a moment."""
    return _not_sent(connection, claimed, MessageState.WAITING, reason, due_at=next_at)


def fail(connection: Connection, claimed: Claimed, reason: str, moment: datetime) -> bool:
    """Note that a message was certainly not sent, and is given up."""
    return _not_sent(connection, claimed, MessageState.FAILED, reason, ended_at=moment)


def doubt(connection: Connection, moment: datetime, claimed: Claimed | None = None, reason: str = "") -> int:
    """Note that it is not known whether a message was sent: one, or all that were handed over and not heard of since."""
    sending = table.c.state == MessageState.SENDING.value
    return connection.execute(
        update(table)
        .where(_lost(moment) if claimed is None else and_(sending, _in_hand(claimed)))
        .values(
            state=MessageState.DOUBTFUL.value,
            reason=reason
            or "the process that handed it over ended before it could tell whether it was taken",
        )
    ).rowcount


def doubt_due(connection: Connection, moment: datetime) -> int:
    """Note that all that is due by a moment may have been sent by another platform, which this one was; how many."""
    waiting = table.c.state.in_([MessageState.WAITING.value, MessageState.SENDING.value])
    return connection.execute(
        update(table)
        .where(waiting, table.c.due_at <= moment)
        .values(
            state=MessageState.DOUBTFUL.value,
            claimed_until=None,
            reason="it waited when the backup was made that was restored, and may have been sent since",
        )
    ).rowcount


def needs_sweep(connection: Connection, moment: datetime, ended_by: datetime) -> bool:
    """Whether `doubt`, `drop_useless` or `forget` would find anything."""
    found = or_(_lost(moment), _useless(moment), _to_forget(ended_by))
    return connection.execute(select(table.c.message_id).where(found).limit(1)).scalar() is not None


def forget(connection: Connection, ended_by: datetime) -> int:
    """Forget to whom went what ended by a moment, and what it said; that it was put stays known. How many that were."""
    return connection.execute(
        update(table).where(_to_forget(ended_by)).values(recipient=None, content=None, reason=None)
    ).rowcount


def _due(moment: datetime, ways: Collection[Way]) -> ColumnElement[bool]:
    return and_(
        table.c.state == MessageState.WAITING.value,
        table.c.due_at <= moment,
        table.c.way.in_([way.value for way in ways]),
        or_(table.c.claimed_until.is_(None), table.c.claimed_until <= moment),
        or_(table.c.useless_from.is_(None), table.c.useless_from > moment),
    )


def _lost(moment: datetime) -> ColumnElement[bool]:
    return and_(table.c.state == MessageState.SENDING.value, table.c.claimed_until <= moment)


def _useless(moment: datetime) -> ColumnElement[bool]:
    return and_(table.c.state == MessageState.WAITING.value, table.c.useless_from <= moment)


def _to_forget(ended_by: datetime) -> ColumnElement[bool]:
    return and_(
        table.c.state.in_([state.value for state in _ENDED]),
        table.c.ended_at <= ended_by,
        table.c.recipient.is_not(None),
    )


def _in_hand(claimed: Claimed) -> ColumnElement[bool]:
    return and_(table.c.message_id == claimed.message_id, table.c.claimed_by == claimed.claimed_by)


def _change(
    connection: Connection, where: ColumnElement[bool], *, state: MessageState, **values: object
) -> bool:
    return connection.execute(update(table).where(where).values(state=state.value, **values)).rowcount > 0


def _not_sent(
    connection: Connection, claimed: Claimed, state: MessageState, reason: str, **values: object
) -> bool:
    """What was claimed or handed over was not taken; the attempt counts."""
    open_ = table.c.state.in_([MessageState.WAITING.value, MessageState.SENDING.value])
    return _change(
        connection,
        and_(_in_hand(claimed), open_),
        state=state,
        attempts=claimed.attempts + 1,
        reason=reason,
        claimed_by=None,
        claimed_until=None,
        **values,
    )


def _drop(connection: Connection, where: ColumnElement[bool], moment: datetime) -> int:
    return connection.execute(
        update(table)
        .where(where, table.c.state == MessageState.WAITING.value)
        .values(
            state=MessageState.DROPPED.value,
            content=None,
            ended_at=moment,
            claimed_by=None,
            claimed_until=None,
        )
    ).rowcount
