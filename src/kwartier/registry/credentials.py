"""Credentials as rows: found by client id or by the hash of the subscription key (DESIGN 12)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from kwartier.db.quick import Reader
from kwartier.db.schema import credentials as table
from kwartier.domain.access import Coverage
from kwartier.domain.credentials import Credentials, EnvironmentName, Overlap
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.registry.keys import VERSION

__all__ = [
    "KeptCredentials",
    "Presented",
    "add",
    "find",
    "find_by_subscription",
    "list_all",
    "renew",
    "revoke",
]


# Made once: making a statement takes longer than running it.
_BY_CLIENT_ID: Final = select(table).where(table.c.client_id == bindparam("client_id"))
_BY_SUBSCRIPTION: Final = select(table, VERSION.scalar_subquery().label("keys_version")).where(
    table.c.subscription_hash == bindparam("subscription_hash")
)


@dataclass(frozen=True, slots=True)
class KeptCredentials:
    """Credentials with the hash of their secret, and of the one before while both count (C2)."""

    credentials: Credentials
    secret_hash: bytes = field(repr=False)
    previous_secret_hash: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Presented:
    """Credentials whose subscription key was presented.

    Attributes:
        keys_version: of the signing keys at that same moment: a key that was revoked opens nothing in any process (C1).
    """

    credentials: Credentials
    keys_version: str | None


def add(connection: Connection, kept: KeptCredentials, subscription_hash: bytes) -> None:
    """Keep new credentials."""
    made = kept.credentials
    connection.execute(
        insert(table).values(
            client_id=made.client_id,
            environment=made.environment.value,
            organisation=made.organisation,
            subscription_hash=subscription_hash,
            revoked_at=made.revoked_at,
            **_renewable(kept),
        )
    )


def find(connection: Connection, client_id: str) -> KeptCredentials | None:
    """The credentials of a client id, in whatever state they are."""
    row = connection.execute(_BY_CLIENT_ID, {"client_id": client_id}).one_or_none()
    if row is None:
        return None
    return KeptCredentials(_read(row), row.secret_hash, row.previous_secret_hash)


def find_by_subscription(connection: Reader, subscription_hash: bytes) -> Presented | None:
    """The credentials whose subscription key has this hash, in whatever state they are; one statement."""
    row = connection.execute(_BY_SUBSCRIPTION, {"subscription_hash": subscription_hash}).one_or_none()
    return None if row is None else Presented(_read(row), row.keys_version)


def list_all(connection: Connection) -> list[Credentials]:
    """All credentials, by organisation and time of issue."""
    rows = connection.execute(select(table).order_by(table.c.organisation, table.c.issued_at))
    return [_read(row) for row in rows]


def renew(connection: Connection, renewed: KeptCredentials) -> None:
    """Replace secret, term, coverage and overlap of credentials that are there."""
    connection.execute(
        update(table).where(table.c.client_id == renewed.credentials.client_id).values(**_renewable(renewed))
    )


def revoke(connection: Connection, client_id: str, moment: datetime) -> None:
    """Let credentials end at a moment, whatever went on beside them."""
    connection.execute(
        update(table)
        .where(table.c.client_id == client_id)
        .values(revoked_at=moment, previous_secret_hash=None, previous_coverage=None, previous_until=None)
    )


def _renewable(kept: KeptCredentials) -> dict[str, object]:
    """What a renewal changes."""
    made, overlap = kept.credentials, kept.credentials.overlap
    return {
        "secret_hash": kept.secret_hash,
        "issued_at": made.issued_at,
        "valid_until": made.valid_until,
        "coverage": made.coverage.value,
        "generation": made.generation,
        "previous_secret_hash": None if overlap is None else kept.previous_secret_hash,
        "previous_coverage": None if overlap is None else overlap.coverage.value,
        "previous_until": None if overlap is None else overlap.until,
    }


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
        overlap=None
        if row.previous_until is None
        else Overlap(Coverage(row.previous_coverage), row.previous_until),
    )
