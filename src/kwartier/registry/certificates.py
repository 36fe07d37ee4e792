"""Registered certificates as rows, by client and thumbprint (C1)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from kwartier.db.schema import certificate as table

__all__ = ["Certificate", "add", "of_client", "remove"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate whose key signs the assertions of a client.

    Attributes:
        thumbprint: the SHA-256 of it, by which it is known.
        x5t: the SHA-1 of it, by which assertions may name it.
        valid_until: the end of its own term, exclusive.
    """

    client_id: str
    thumbprint: bytes
    x5t: bytes
    pem: str
    valid_from: datetime
    valid_until: datetime
    registered_at: datetime


def add(connection: Connection, certificate: Certificate) -> None:
    """Keep a certificate."""
    connection.execute(
        insert(table).values(
            client_id=certificate.client_id,
            thumbprint=certificate.thumbprint,
            x5t=certificate.x5t,
            pem=certificate.pem,
            valid_from=certificate.valid_from,
            valid_until=certificate.valid_until,
            registered_at=certificate.registered_at,
        )
    )


def of_client(connection: Connection, client_id: str) -> list[Certificate]:
    """The certificates of a client, by when they end."""
    rows = connection.execute(
        select(table).where(table.c.client_id == client_id).order_by(table.c.valid_until, table.c.thumbprint)
    )
    return [
        Certificate(
            row.client_id,
            row.thumbprint,
            row.x5t,
            row.pem,
            row.valid_from,
            row.valid_until,
            row.registered_at,
        )
        for row in rows
    ]


def remove(connection: Connection, client_id: str, thumbprint: bytes) -> bool:
    """Forget a certificate; whether it was there."""
    found = connection.execute(
        delete(table).where(table.c.client_id == client_id, table.c.thumbprint == thumbprint)
    )
    return found.rowcount > 0
