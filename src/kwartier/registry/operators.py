"""Operators as rows, found by client id."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from kwartier.db.quick import Reader
from kwartier.db.schema import operator as table
from kwartier.domain.operators import Operator, read_scopes, write_scopes

__all__ = ["KeptOperator", "add", "any_there", "find", "list_all", "renew", "revoke"]

_BY_CLIENT_ID: Final = select(table).where(table.c.client_id == bindparam("client_id"))


@dataclass(frozen=True, slots=True)
class KeptOperator:
    """An operator with the hash of the secret."""

    operator: Operator
    secret_hash: bytes = field(repr=False)


def add(connection: Connection, kept: KeptOperator) -> None:
    """Keep a new operator."""
    made = kept.operator
    connection.execute(
        insert(table).values(
            client_id=made.client_id,
            name=made.name,
            scopes=write_scopes(made.scopes),
            secret_hash=kept.secret_hash,
            issued_at=made.issued_at,
            valid_until=made.valid_until,
            revoked_at=made.revoked_at,
            generation=made.generation,
        )
    )


def find(connection: Reader, client_id: str) -> KeptOperator | None:
    """The operator of a client id, in whatever state."""
    row = connection.execute(_BY_CLIENT_ID, {"client_id": client_id}).one_or_none()
    return None if row is None else KeptOperator(_read(row), row.secret_hash)


def any_there(connection: Connection) -> bool:
    """Whether there ever was an operator."""
    return connection.execute(select(table.c.client_id).limit(1)).first() is not None


def list_all(connection: Connection) -> list[Operator]:
    """All operators, by name and time of issue."""
    return [_read(row) for row in connection.execute(select(table).order_by(table.c.name, table.c.issued_at))]


def renew(connection: Connection, renewed: KeptOperator) -> None:
    """Replace secret and term of an operator who is there."""
    made = renewed.operator
    connection.execute(
        update(table)
        .where(table.c.client_id == made.client_id)
        .values(
            secret_hash=renewed.secret_hash,
            issued_at=made.issued_at,
            valid_until=made.valid_until,
            generation=made.generation,
        )
    )


def revoke(connection: Connection, client_id: str, moment: datetime) -> None:
    """Let an operator end at a moment."""
    connection.execute(update(table).where(table.c.client_id == client_id).values(revoked_at=moment))


def _read(row: Row[tuple[object, ...]]) -> Operator:
    return Operator(
        client_id=row.client_id,
        name=row.name,
        scopes=read_scopes(row.scopes),
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        revoked_at=row.revoked_at,
        generation=row.generation,
    )
