from datetime import timedelta

import pytest

from kwartier.domain.access import Coverage
from kwartier.domain.credentials import (
    Credentials,
    EnvironmentName,
    Overlap,
    State,
    valid_until,
)
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from support.domain import SECOND, brussels

ISSUED = brussels("2026-05-06T10:00")


def _credentials(
    *, revoked_after: timedelta | None = None, environment: EnvironmentName = EnvironmentName.LIVE
) -> Credentials:
    return Credentials(
        client_id="client",
        environment=environment,
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


DAY = timedelta(days=1)


def test_credentials_tell_that_they_expire_soon() -> None:
    """I4: from sixty days before their end credentials are told to expire soon, and still open everything."""
    ends = brussels("2027-05-06T10:00")
    moments = [ends - 60 * DAY - SECOND, ends - 60 * DAY, ends - SECOND, ends]
    states = [_credentials().state(moment) for moment in moments]
    assert states == [State.VALID, State.EXPIRES_SOON, State.EXPIRES_SOON, State.EXPIRED]
    assert [state.fault for state in states] == [None, None, None, "expired"]
    assert _credentials(revoked_after=DAY).state(ends - DAY) is State.REVOKED


def test_renewal_without_overlap_ends_what_was() -> None:
    """C2: renewed without an overlap, credentials know nothing of the generation before."""
    renewed = _credentials().renewed(ISSUED + DAY)
    assert renewed.overlap is None
    assert renewed.of_generation(0, ISSUED + DAY) is None
    assert renewed.of_generation(1, ISSUED + DAY) == renewed
    assert renewed.valid_until == valid_until(ISSUED + DAY)


def test_an_overlap_keeps_what_was_covered() -> None:
    """C2, I5: until the end of the overlap the generation before has its old coverage, and the new one the new."""
    renewed = _credentials().renewed(ISSUED + DAY, coverage=Coverage.ALL, overlap=7 * DAY)
    end = ISSUED + 8 * DAY
    assert renewed.overlap == Overlap(Coverage.OWN, end)
    old = renewed.of_generation(0, end - SECOND)
    assert old is not None
    assert (old.coverage, old.valid_until, old.generation) == (Coverage.OWN, end, 0)
    assert renewed.of_generation(0, end) is None
    assert renewed.of_generation(1, end) == renewed
    assert renewed.coverage is Coverage.ALL
    assert [renewed.of_generation(generation, end - SECOND) for generation in (-1, 2)] == [None, None]


def test_an_overlap_does_not_lengthen_the_old_term() -> None:
    """C2: an overlap ends with the old term at the latest, and of expired credentials nothing goes on."""
    ends = valid_until(ISSUED)
    renewed = _credentials().renewed(ends - DAY, overlap=30 * DAY)
    assert renewed.overlap == Overlap(Coverage.OWN, ends)
    assert _credentials().renewed(ends, overlap=30 * DAY).overlap is None


def test_renewing_twice_ends_the_oldest() -> None:
    """C2: of credentials renewed twice within an overlap, only the last two generations are left."""
    first = _credentials().renewed(ISSUED + DAY, coverage=Coverage.ALL, overlap=30 * DAY)
    second = first.renewed(ISSUED + 2 * DAY, coverage=Coverage.OWN, overlap=DAY)
    moment = ISSUED + 2 * DAY
    found = [second.of_generation(generation, moment) for generation in (0, 1, 2)]
    assert [None if one is None else one.coverage for one in found] == [None, Coverage.ALL, Coverage.OWN]


@pytest.mark.parametrize("overlap", [-SECOND, 30 * DAY + SECOND])
def test_an_overlap_has_bounds(overlap: timedelta) -> None:
    """C2: an overlap is of thirty days at most."""
    with pytest.raises(InvalidValueError, match="0 to 30 days"):
        _credentials().renewed(ISSUED + DAY, overlap=overlap)
    assert _credentials().renewed(ISSUED + DAY, overlap=30 * DAY).overlap is not None
