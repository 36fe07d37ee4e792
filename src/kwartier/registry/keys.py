"""The keys that tokens are signed with, as rows, and the version of them all (C1)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, delete, insert, select, update

from kwartier.db.quick import Reader
from kwartier.db.schema import noted
from kwartier.db.schema import signing_key as table
from kwartier.domain.signing import KeyTerm
from kwartier.registry import notes

__all__ = ["VERSION", "KeptKey", "add", "change", "list_all", "new_version", "remove", "version"]

_NAME: Final = "signing keys"
VERSION: Final = select(noted.c.value).where(noted.c.name == _NAME)
"""What is read beside credentials, so that each process knows at once that the keys changed."""


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A signing key.

    Attributes:
        encrypted_jwk: the key with its private part (RFC 7517, 7); the database does not know what opens it.
    """

    term: KeyTerm
    encrypted_jwk: str = field(repr=False)
    created_at: datetime


def add(connection: Connection, key: KeptKey) -> None:
    """Keep a new key."""
    connection.execute(
        insert(table).values(
            kid=key.term.kid,
            encrypted_jwk=key.encrypted_jwk,
            created_at=key.created_at,
            signs_from=key.term.signs_from,
            verifies_until=key.term.verifies_until,
        )
    )


def change(connection: Connection, term: KeyTerm) -> None:
    """Change what a key is good for when."""
    changed = {"signs_from": term.signs_from, "verifies_until": term.verifies_until}
    connection.execute(update(table).where(table.c.kid == term.kid).values(**changed))


def remove(connection: Connection, kid: str) -> None:
    """Forget a key."""
    connection.execute(delete(table).where(table.c.kid == kid))


def list_all(connection: Connection) -> list[KeptKey]:
    """All keys, the newest first."""
    rows = connection.execute(select(table).order_by(table.c.created_at.desc(), table.c.kid))
    return [
        KeptKey(KeyTerm(row.kid, row.signs_from, row.verifies_until), row.encrypted_jwk, row.created_at)
        for row in rows
    ]


def version(connection: Reader) -> str | None:
    """The version of the keys: another one when anything about them changed."""
    found: str | None = connection.execute(VERSION).scalar()
    return found


def new_version(connection: Connection) -> None:
    """Let every process know that the keys changed."""
    notes.note(connection, _NAME, uuid4().hex)
