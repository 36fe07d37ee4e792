"""The outbox as an operator looks at it: what stands where, and what he decides about what is stuck."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update

from kwartier.db.schema import outbox_message as table
from kwartier.domain.messages import Content, MessageKind, MessageState, Recipient
from kwartier.registry.outbox_content import read_content, read_recipient

__all__ = ["KeptMessage", "counts", "discard", "find", "listed", "retry"]

_STUCK: Final = (MessageState.DOUBTFUL, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message as it stands.

    Attributes:
        recipient: None when it was forgotten.
        content: None when it was wiped: what was sent is not kept.
        reason: why the last attempt failed; it may name the address.
        ended_at: when it was sent, dropped or given up.
    """

    message_id: str
    kind: MessageKind
    about: str
    state: MessageState
    recipient: Recipient | None
    content: Content | None
    put_at: datetime
    due_at: datetime
    attempts: int
    reason: str | None
    ended_at: datetime | None


def find(connection: Connection, message_id: str) -> KeptMessage | None:
    """The message of an id."""
    row = connection.execute(select(table).where(table.c.message_id == message_id)).one_or_none()
    return None if row is None else _read(row)


def listed(connection: Connection, states: Collection[MessageState], limit: int) -> list[KeptMessage]:
    """Messages in some states, the last put first."""
    rows = connection.execute(
        select(table)
        .where(table.c.state.in_([state.value for state in states]))
        .order_by(table.c.put_at.desc(), table.c.message_id)
        .limit(limit)
    )
    return [_read(row) for row in rows]


def counts(connection: Connection) -> dict[MessageState, int]:
    """How many messages are in each state."""
    rows = connection.execute(select(table.c.state, func.count().label("n")).group_by(table.c.state))
    found = {row.state: row.n for row in rows}
    return {state: found.get(state.value, 0) for state in MessageState}


def retry(connection: Connection, message_id: str, moment: datetime) -> bool:
    """Let a message that failed or is doubtful be sent after all, from the first attempt on; whether it was one."""
    return _change(
        connection,
        message_id,
        _STUCK,
        state=MessageState.WAITING.value,
        attempts=0,
        due_at=moment,
        ended_at=None,
        claimed_by=None,
        claimed_until=None,
    )


def discard(connection: Connection, message_id: str, moment: datetime) -> bool:
    """Never send a message that waits, failed or is doubtful; whether it was one."""
    return _change(
        connection,
        message_id,
        (MessageState.WAITING, *_STUCK),
        state=MessageState.DROPPED.value,
        content=None,
        ended_at=moment,
        claimed_by=None,
        claimed_until=None,
    )


def _change(
    connection: Connection, message_id: str, states: Collection[MessageState], **values: object
) -> bool:
    among = table.c.state.in_([state.value for state in states])
    changed = connection.execute(
        update(table).where(table.c.message_id == message_id, among).values(**values)
    )
    return changed.rowcount > 0


def _read(row: Row[Any]) -> KeptMessage:
    kind = MessageKind(row.kind)
    return KeptMessage(
        message_id=row.message_id,
        kind=kind,
        about=row.about,
        state=MessageState(row.state),
        recipient=None if row.recipient is None else read_recipient(row.recipient),
        content=None if row.content is None else read_content(kind, row.content),
        put_at=row.put_at,
        due_at=row.due_at,
        attempts=row.attempts,
        reason=row.reason,
        ended_at=row.ended_at,
    )
