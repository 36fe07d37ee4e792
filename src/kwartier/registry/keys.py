"""The keys that tokens are signed with, as rows (C1)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from kwartier.db.schema import signing_key as table

__all__ = ["KeptKey", "add", "list_all"]


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A signing key.

    Attributes:
        kid: its name, in the head of the tokens it signs.
        private_jwk: the key with its private part, as JSON (RFC 7517).
    """

    kid: str
    private_jwk: str
    created_at: datetime


def add(connection: Connection, key: KeptKey) -> None:
    """Keep a new key."""
    connection.execute(
        insert(table).values(kid=key.kid, private_jwk=key.private_jwk, created_at=key.created_at)
    )


def list_all(connection: Connection) -> list[KeptKey]:
    """All keys, the newest first."""
    rows = connection.execute(select(table).order_by(table.c.created_at.desc(), table.c.kid))
    return [KeptKey(row.kid, row.private_jwk, row.created_at) for row in rows]
