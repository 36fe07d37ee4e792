"""Questions to grid users as rows: found by the hash of their link's token, answered once (M2, M3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from kwartier.db.schema import consent_item as items
from kwartier.db.schema import consent_request as requests
from kwartier.domain.consent import ConsentItem, ConsentRequest
from kwartier.domain.ean import Ean
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.registry.outbox_content import read_recipient, write_recipient

__all__ = ["add", "answer", "find", "find_by_token", "listed", "of_mandate", "replace_token", "revoke"]


def add(connection: Connection, request: ConsentRequest, token_hash: bytes) -> None:
    """Write a new question."""
    connection.execute(
        insert(requests).values(
            request_id=request.request_id,
            holder=request.holder,
            asked_by=request.asked_by,
            asked_at=request.asked_at,
            is_renewal=request.is_renewal,
            recipient=write_recipient(request.recipient),
            token_hash=token_hash,
            revoked_at=request.revoked_at,
        )
    )
    connection.execute(
        insert(items),
        [
            {
                "ean": int(one.ean),
                "request_id": request.request_id,
                "item": one.item,
                "mandate_id": one.mandate_id,
                "energy_type": one.energy_type.value,
                "granularity": one.granularity.value,
                "data_from": one.data_period.start,
                "data_to": one.data_period.end,
            }
            for one in request.items
        ],
    )


def find(connection: Connection, request_id: str) -> ConsentRequest | None:
    """The question of an id."""
    return _one(connection, requests.c.request_id == request_id)


def find_by_token(connection: Connection, token_hash: bytes) -> ConsentRequest | None:
    """The question that a link opens, also one that was revoked."""
    return _one(connection, requests.c.token_hash == token_hash)


def of_mandate(connection: Connection, mandate_id: str) -> list[ConsentRequest]:
    """All questions about a mandate, the last first."""
    about_it = requests.c.request_id.in_(
        select(items.c.request_id).where(items.c.mandate_id == mandate_id).scalar_subquery()
    )
    return _many(connection, about_it, limit=1000)


def listed(connection: Connection, holder: str | None, limit: int) -> list[ConsentRequest]:
    """The questions of a holder, or of all, the last asked first."""
    return _many(connection, None if holder is None else requests.c.holder == holder, limit)


def answer(
    connection: Connection, request: ConsentRequest, item: ConsentItem, *, yes: bool, moment: datetime
) -> bool:
    """Write an answer, if there is none yet; whether it was written."""
    written = connection.execute(
        update(items)
        .where(
            items.c.ean == int(item.ean),
            items.c.request_id == request.request_id,
            items.c.item == item.item,
            items.c.answer.is_(None),
        )
        .values(answer=yes, answered_at=moment)
    )
    return written.rowcount > 0


def revoke(connection: Connection, request_id: str, moment: datetime) -> bool:
    """Let a link open nothing from a moment on; whether it did before."""
    return (
        connection.execute(
            update(requests)
            .where(requests.c.request_id == request_id, requests.c.revoked_at.is_(None))
            .values(revoked_at=moment)
        ).rowcount
        > 0
    )


def replace_token(connection: Connection, request_id: str, token_hash: bytes) -> None:
    """Give a question another link; the one before opens nothing from then on."""
    connection.execute(
        update(requests).where(requests.c.request_id == request_id).values(token_hash=token_hash)
    )


def _one(connection: Connection, which: ColumnElement[bool]) -> ConsentRequest | None:
    found = _many(connection, which, limit=1)
    return found[0] if found else None


def _many(connection: Connection, which: ColumnElement[bool] | None, limit: int) -> list[ConsentRequest]:
    query = select(requests).order_by(requests.c.asked_at.desc(), requests.c.request_id).limit(limit)
    rows = connection.execute(query if which is None else query.where(which)).all()
    below: dict[str, list[ConsentItem]] = {row.request_id: [] for row in rows}
    for row in connection.execute(
        select(items).where(items.c.request_id.in_(list(below))).order_by(items.c.item)
    ):
        below[row.request_id].append(_read_item(row))
    return [_read(row, below[row.request_id]) for row in rows]


def _read(row: Row[Any], below: list[ConsentItem]) -> ConsentRequest:
    return ConsentRequest(
        request_id=row.request_id,
        holder=row.holder,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        is_renewal=row.is_renewal,
        recipient=read_recipient(row.recipient),
        revoked_at=row.revoked_at,
        items=tuple(below),
    )


def _read_item(row: Row[Any]) -> ConsentItem:
    return ConsentItem(
        item=row.item,
        ean=Ean(f"{row.ean:018d}"),
        mandate_id=row.mandate_id,
        energy_type=EnergyType(row.energy_type),
        granularity=Granularity(row.granularity),
        data_period=Period(row.data_from, row.data_to),
        answer=row.answer,
        answered_at=row.answered_at,
    )
