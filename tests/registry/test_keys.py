"""Signing keys as rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kwartier.db.engine import Database
from kwartier.domain.signing import KeyTerm
from kwartier.registry import keys
from kwartier.registry.keys import KeptKey

NOW = datetime(2025, 9, 20, 10, 0, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_newest_key_comes_first(database: Database) -> None:
    """C1: signing keys come back as they were written, the newest first."""
    old = KeptKey(KeyTerm("a", NOW, NOW + SECOND), "{}", NOW)
    new = KeptKey(KeyTerm("b", NOW + SECOND), "{}", NOW + SECOND)
    with database.writing() as connection:
        keys.add(connection, old)
        keys.add(connection, new)
        assert keys.list_all(connection) == [new, old]


def test_a_key_can_be_changed_and_removed(database: Database) -> None:
    """C1: what a key is good for when can be changed, and a key forgotten, without touching another."""
    one, other = (KeptKey(KeyTerm(kid, NOW), "{}", NOW) for kid in ("a", "b"))
    changed = KeyTerm("a", NOW - SECOND, NOW + SECOND)
    with database.writing() as connection:
        keys.add(connection, one)
        keys.add(connection, other)
        keys.change(connection, changed)
        assert keys.list_all(connection) == [replace(one, term=changed), other]
        keys.remove(connection, "a")
        assert keys.list_all(connection) == [other]
