from datetime import timedelta

import pytest

from kwartier.domain.access import Coverage
from kwartier.domain.credentials import Credentials, EnvironmentName, valid_until
from kwartier.domain.enterprise import EnterpriseNumber
from support.domain import SECOND, brussels

ISSUED = brussels("2026-05-06T10:00")


def _credentials(*, revoked_after: timedelta | None = None) -> Credentials:
    return Credentials(
        client_id="client",
        environment=EnvironmentName.SANDBOX,
        organisation=EnterpriseNumber.parse("0477.445.084"),
        coverage=Coverage.OWN,
        issued_at=ISSUED,
        valid_until=valid_until(ISSUED),
        revoked_at=None if revoked_after is None else ISSUED + revoked_after,
        generation=0,
    )


@pytest.mark.parametrize(
    ("issued", "ends"),
    [
        ("2026-05-06T10:00", "2027-05-06T10:00"),
        ("2024-02-29T10:00", "2025-02-28T10:00"),
        ("2026-03-28T12:00", "2027-03-28T12:00"),  # the clocks have changed at the end, not at the beginning
    ],
)
def test_credentials_are_valid_for_a_year(issued: str, ends: str) -> None:
    """I4: credentials last a year on the calendar, to the same hour in Brussels."""
    assert valid_until(brussels(issued)) == brussels(ends)


def test_credentials_expire() -> None:
    """I4: credentials open the API up to the last second of their year, and from then on they are expired."""
    ends = brussels("2027-05-06T10:00")
    assert _credentials().fault(ISSUED) is None
    assert _credentials().fault(ends - SECOND) is None
    assert _credentials().fault(ends) == "expired"


def test_revoked_credentials_open_nothing_from_that_moment() -> None:
    """C2: revoking takes effect at its very moment, and is what is told even when the year is over as well."""
    revoked = _credentials(revoked_after=timedelta(days=3))
    assert revoked.fault(ISSUED + timedelta(days=3) - SECOND) is None
    assert revoked.fault(ISSUED + timedelta(days=3)) == "revoked"
    assert revoked.fault(ISSUED + timedelta(days=900)) == "revoked"
