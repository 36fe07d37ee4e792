"""Credentials and signing keys as rows."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from kwartier.db.engine import Database
from kwartier.domain.access import Coverage
from kwartier.domain.credentials import Credentials, EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.registry import credentials, keys
from kwartier.registry.credentials import KeptCredentials
from kwartier.registry.keys import KeptKey

NOW = datetime(2025, 9, 20, 10, 0, 0, 123456, tzinfo=UTC)
MADE = Credentials(
    "client",
    EnvironmentName.SANDBOX,
    EnterpriseNumber.parse("0999.999.922"),
    Coverage.OWN,
    NOW,
    NOW + timedelta(days=365),
    None,
    1,
)


def test_credentials_come_back_as_they_were(database: Database) -> None:
    """Credentials are found by client id and by the hash of their key, as they were written."""
    kept = KeptCredentials(MADE, b"\x00secret\xff")
    with database.writing() as connection:
        credentials.add(connection, kept, b"key")
    with database.reading() as connection:
        assert credentials.find(connection, "client") == kept
        assert credentials.find(connection, "CLIENT") is None
        assert credentials.find_by_subscription(connection, b"key") == MADE
        assert credentials.find_by_subscription(connection, b"ke") is None
        assert credentials.list_all(connection) == [MADE]


def test_two_credentials_never_share_a_key(database: Database) -> None:
    """C2: a subscription key belongs to one set of credentials; what fails is undone whole."""
    with database.writing() as connection:
        credentials.add(connection, KeptCredentials(MADE, b"1"), b"key")
    other = Credentials(
        "other", MADE.environment, MADE.organisation, MADE.coverage, NOW, MADE.valid_until, None, 1
    )

    def fail() -> None:
        with database.writing() as connection:
            credentials.revoke(connection, "client", NOW)
            credentials.add(connection, KeptCredentials(other, b"2"), b"key")

    with pytest.raises(IntegrityError):
        fail()
    with database.reading() as connection:
        assert credentials.list_all(connection) == [MADE]


def test_revocation_is_of_one(database: Database) -> None:
    """C2: revoking some credentials leaves all others alone."""
    other = Credentials(
        "other", MADE.environment, MADE.organisation, MADE.coverage, NOW, MADE.valid_until, None, 1
    )
    with database.writing() as connection:
        credentials.add(connection, KeptCredentials(MADE, b"1"), b"key 1")
        credentials.add(connection, KeptCredentials(other, b"2"), b"key 2")
        credentials.revoke(connection, "client", NOW + timedelta(hours=1))
        ends = {one.client_id: one.revoked_at for one in credentials.list_all(connection)}
    assert ends == {"client": NOW + timedelta(hours=1), "other": None}


def test_the_newest_key_comes_first(database: Database) -> None:
    """C1: of several signing keys the newest signs."""
    old, new = KeptKey("a", "{}", NOW), KeptKey("b", "{}", NOW + timedelta(seconds=1))
    with database.writing() as connection:
        keys.add(connection, old)
        keys.add(connection, new)
        assert keys.list_all(connection) == [new, old]
