"""Operators, certificates and used assertions as rows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from kwartier.db.engine import Database
from kwartier.domain.operators import Operator, OperatorScope
from kwartier.registry import assertions, certificates, operators
from kwartier.registry.certificates import Certificate
from kwartier.registry.operators import KeptOperator

NOW = datetime(2025, 9, 20, 10, 0, 0, 123456, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
MADE = Operator("a", "Eva", frozenset({OperatorScope.READ}), NOW, NOW + 365 * DAY, None, 1)


def test_operators_come_back_as_they_were(database: Database) -> None:
    """I4: operators are found by client id, as they were written, and listed by name."""
    kept = KeptOperator(MADE, b"\x00secret\xff")
    other = KeptOperator(replace(MADE, client_id="b", name="Anna", scopes=frozenset(OperatorScope)), b"2")
    with database.writing() as connection:
        assert not operators.any_there(connection)
        operators.add(connection, kept)
        operators.add(connection, other)
        assert operators.any_there(connection)
        assert operators.find(connection, "a") == kept
        assert operators.find(connection, "c") is None
        assert operators.list_all(connection) == [other.operator, MADE]


def test_renewal_and_revocation_are_of_one(database: Database) -> None:
    """I4, C2: renewing or revoking an operator leaves the others alone."""
    other = KeptOperator(replace(MADE, client_id="b"), b"2")
    renewed = KeptOperator(
        replace(MADE, generation=2, issued_at=NOW + DAY, valid_until=NOW + 366 * DAY), b"3"
    )
    with database.writing() as connection:
        operators.add(connection, KeptOperator(MADE, b"1"))
        operators.add(connection, other)
        operators.renew(connection, renewed)
        assert operators.find(connection, "a") == renewed
        operators.revoke(connection, "a", NOW + DAY)
        found = operators.find(connection, "a")
        assert found is not None
        assert found.operator.revoked_at == NOW + DAY
        assert operators.find(connection, "b") == other


def test_certificates_are_of_one_client(database: Database) -> None:
    """C1: certificates come back as they were, by when they end; two clients may have the same one."""
    first = Certificate("a", b"1" * 32, b"1" * 20, "pem", NOW, NOW + DAY, NOW)
    later = replace(first, thumbprint=b"0" * 32, valid_until=NOW + 2 * DAY)
    shared = replace(first, client_id="b")
    with database.writing() as connection:
        for one in (later, first, shared):
            certificates.add(connection, one)
        assert certificates.of_client(connection, "a") == [first, later]
        assert certificates.remove(connection, "a", first.thumbprint)
        assert not certificates.remove(connection, "a", first.thumbprint)
        assert certificates.of_client(connection, "a") == [later]
        assert certificates.of_client(connection, "b") == [shared]


def test_a_use_is_kept_until_it_ends(database: Database) -> None:
    """C1: a used id is refused until its end, for its client alone; afterwards it may come back."""

    def use(client_id: str, jti: bytes, moment: datetime) -> None:
        with database.writing() as connection:
            assertions.use(connection, client_id, jti, NOW + 60 * SECOND, moment)

    use("a", b"1", NOW)
    use("a", b"2", NOW)
    use("b", b"1", NOW)
    with pytest.raises(IntegrityError):
        use("a", b"1", NOW + 59 * SECOND)
    use("a", b"1", NOW + 60 * SECOND)
    with database.writing() as connection:
        assertions.sweep(connection, NOW + 60 * SECOND)
    use("a", b"2", NOW)
