"""Credentials as rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from kwartier.db.engine import Database
from kwartier.domain.access import Coverage
from kwartier.domain.credentials import Credentials, EnvironmentName, Overlap
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.registry import credentials, keys
from kwartier.registry.credentials import KeptCredentials, Presented

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
        assert credentials.find_by_subscription(connection, b"key") == Presented(MADE, None)
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


def test_an_overlap_is_kept_and_ended(database: Database) -> None:
    """C2: what goes on of renewed credentials is found with them, and gone when they are renewed or revoked again."""
    overlap = Overlap(Coverage.ALL, NOW + timedelta(days=7))
    renewed = replace(MADE, generation=2, overlap=overlap)
    with database.writing() as connection:
        credentials.add(connection, KeptCredentials(MADE, b"1"), b"key")
        credentials.renew(connection, KeptCredentials(renewed, b"2", b"1"))
        assert credentials.find(connection, "client") == KeptCredentials(renewed, b"2", b"1")
        presented = credentials.find_by_subscription(connection, b"key")
        assert presented is not None
        assert presented.credentials == renewed
        credentials.renew(connection, KeptCredentials(MADE, b"3", b"2"))
        assert credentials.find(connection, "client") == KeptCredentials(MADE, b"3")
        credentials.renew(connection, KeptCredentials(renewed, b"4", b"3"))
        credentials.revoke(connection, "client", NOW)
        revoked = replace(renewed, revoked_at=NOW, overlap=None)
        assert credentials.find(connection, "client") == KeptCredentials(revoked, b"4")


def test_the_version_of_the_keys_comes_along(database: Database) -> None:
    """C1: with the credentials comes the version of the signing keys, which is another when these change."""
    versions = []
    with database.writing() as connection:
        credentials.add(connection, KeptCredentials(MADE, b"1"), b"key")
        for _ in range(3):
            presented = credentials.find_by_subscription(connection, b"key")
            assert presented is not None
            versions.append(presented.keys_version)
            assert keys.version(connection) == presented.keys_version
            keys.new_version(connection)
    assert versions[0] is None
    assert len(set(versions)) == 3
