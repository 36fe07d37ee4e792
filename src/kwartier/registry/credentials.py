"""Credentials as rows: found by client id or by the hash of the subscription key (DESIGN 12)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from kwartier.db.schema import credentials as table
from kwartier.domain.access import Coverage
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber

__all__ = ["KeptCredentials", "add", "find", "find_by_subscription", "list_all", "renew", "revoke"]


# Made once: making a statement takes longer than running it.
_BY_CLIENT_ID: Final = select(table).where(table.c.client_id == bindparam("client_id"))
_BY_SUBSCRIPTION: Final = select(table).where(table.c.subscription_hash == bindparam("subscription_hash"))


@dataclass(frozen=True, slots=True)
class KeptCredentials:
    """Credentials with the hash of their secret."""

    credentials: Credentials
    secret_hash: bytes


def add(connection: Connection, kept: KeptCredentials, subscription_hash: bytes) -> None:
    """Keep new credentials."""
    made = kept.credentials
    connection.execute(
        insert(table).values(
            client_id=made.client_id,
            environment=made.environment.value,
            organisation=made.organisation,
            coverage=made.coverage.value,
            secret_hash=kept.secret_hash,
            subscription_hash=subscription_hash,
            issued_at=made.issued_at,
            valid_until=made.valid_until,
            revoked_at=made.revoked_at,
            generation=made.generation,
        )
    )


def find(connection: Connection, client_id: str) -> KeptCredentials | None:
    """The credentials of a client id, in whatever state they are."""
    row = connection.execute(_BY_CLIENT_ID, {"client_id": client_id}).one_or_none()
    return None if row is None else KeptCredentials(_read(row), row.secret_hash)


def find_by_subscription(connection: Connection, subscription_hash: bytes) -> Credentials | None:
    """The credentials whose subscription key has this hash, in whatever state they are."""
    row = connection.execute(_BY_SUBSCRIPTION, {"subscription_hash": subscription_hash}).one_or_none()
    return None if row is None else _read(row)


def list_all(connection: Connection) -> list[Credentials]:
    """All credentials, by organisation and time of issue."""
    rows = connection.execute(select(table).order_by(table.c.organisation, table.c.issued_at))
    return [_read(row) for row in rows]


def renew(connection: Connection, renewed: KeptCredentials) -> None:
    """Replace secret, term and coverage of credentials that are there."""
    made = renewed.credentials
    connection.execute(
        update(table)
        .where(table.c.client_id == made.client_id)
        .values(
            secret_hash=renewed.secret_hash,
            issued_at=made.issued_at,
            valid_until=made.valid_until,
            coverage=made.coverage.value,
            generation=made.generation,
        )
    )


def revoke(connection: Connection, client_id: str, moment: datetime) -> None:
    """Let credentials end at a moment."""
    connection.execute(update(table).where(table.c.client_id == client_id).values(revoked_at=moment))


def _read(row: Row[tuple[object, ...]]) -> Credentials:
    return Credentials(
        client_id=row.client_id,
        environment=EnvironmentName(row.environment),
        organisation=EnterpriseNumber(row.organisation),
        coverage=Coverage(row.coverage),
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        revoked_at=row.revoked_at,
        generation=row.generation,
    )
