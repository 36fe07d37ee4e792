from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.access import Coverage, Granted, Reason, Refused, decide
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import (
    Asked,
    Ended,
    Fact,
    Mandate,
    Mocked,
    Phase,
    RenewalAsked,
    RenewalStatus,
    StandingMandate,
    Status,
)
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.domain.timeline import timeline
from support.domain import brussels
from support.examples import examples

DAILY, QUARTERS = Granularity.DAILY, Granularity.QUARTER_HOURLY
ANY: Final[frozenset[Granularity]] = frozenset()
LONG_AGO, NEVER = brussels("2000-01-01T00:00"), brussels("2090-01-01T00:00")


def _day(day: int) -> datetime:
    """A midnight of March 2024, in which the clocks change on the 31st."""
    return brussels("2024-03-01T00:00") + timedelta(days=day - 1)


def _days(first: int, end: int | None = None) -> Period:
    return Period(_day(first), None if end is None else _day(end))


def _mandate(
    granularity: Granularity = QUARTERS, *, own: bool = True, named_by_grid_user: bool = False
) -> Mandate:
    return Mandate(
        None, Ean("541441234567891234"), EnergyType.ELECTRICITY, granularity, own, named_by_grid_user
    )


def _standing(
    data_period: Period,
    granularity: Granularity = QUARTERS,
    *,
    status: Status = Status.APPROVED,
    expiration: datetime | None = NEVER,
    own: bool = True,
    named_by_grid_user: bool = False,
) -> StandingMandate:
    mandate = _mandate(granularity, own=own, named_by_grid_user=named_by_grid_user)
    return StandingMandate(uuid4().hex, mandate, Phase(LONG_AGO, None, status, data_period, None, expiration))


def _periods(answer: Granted | Refused) -> dict[Granularity, tuple[Period, ...]]:
    assert isinstance(answer, Granted), answer
    return dict(answer.periods)


def _at(facts: list[Fact], moment: datetime, *, own: bool = True) -> StandingMandate:
    (phase,) = (one for one in timeline(facts) if moment in Period(one.start, one.end))
    return StandingMandate(uuid4().hex, _mandate(own=own), phase)


def test_data_periods_that_touch_are_one() -> None:
    """E5: two mandates whose data periods touch grant what lies across their border too."""
    standing = [_standing(_days(5, 9)), _standing(_days(1, 5))]
    assert _periods(decide(standing, ANY, _days(1, 20), Coverage.OWN)) == {QUARTERS: (_days(1, 9),)}


def test_a_gap_between_data_periods_stays() -> None:
    """E5: what lies between two data periods is not granted."""
    standing = [_standing(_days(1, 3)), _standing(_days(5))]
    assert _periods(decide(standing, ANY, _days(2, 7), Coverage.OWN)) == {
        QUARTERS: (_days(2, 3), _days(5, 7))
    }


def test_each_granularity_has_periods_of_its_own() -> None:
    """E5: a mandate for days grants days alone, one for quarter-hours quarter-hours alone; not asked, both are given."""
    standing = [_standing(_days(1, 5), DAILY), _standing(_days(3, 9), QUARTERS)]
    read = _days(1, 20)
    both = {DAILY: (_days(1, 5),), QUARTERS: (_days(3, 9),)}
    assert _periods(decide(standing, ANY, read, Coverage.OWN)) == both
    assert _periods(decide(standing, frozenset(Granularity), read, Coverage.OWN)) == both
    assert _periods(decide(standing, frozenset({DAILY}), read, Coverage.OWN)) == {DAILY: (_days(1, 5),)}


def test_two_granularities_asked_and_one_granted() -> None:
    """E5: who asks for both and has a mandate for one gets that one."""
    standing = [_standing(_days(1, 5), DAILY)]
    assert _periods(decide(standing, frozenset(Granularity), _days(1, 9), Coverage.OWN)) == {
        DAILY: (_days(1, 5),)
    }


@pytest.mark.parametrize("later", [timedelta(), timedelta(days=1), timedelta(days=700)])
def test_an_expired_mandate_still_gives_what_was_measured_before(later: timedelta) -> None:
    """M4: after its expiration a mandate gives what was measured before it, and nothing of what came after."""
    asked, expires = brussels("2024-03-31T10:00"), brussels("2027-04-01T00:00")
    facts: list[Fact] = [Asked(asked, Period(LONG_AGO), by_grid_user=True)]
    standing = [_at(facts, expires + later)]
    around = Period(brussels("2027-03-01T00:00"), brussels("2027-05-01T00:00"))
    assert standing[0].phase.renewal_status is RenewalStatus.EXPIRED
    assert _periods(decide(standing, ANY, around, Coverage.OWN)) == {QUARTERS: (around.cut(expires),)}
    after = Period(expires, brussels("2027-05-01T00:00"))
    assert decide(standing, ANY, after, Coverage.OWN) == Refused(Reason.PERIOD)


def test_renewal_opens_what_expiry_had_closed() -> None:
    """M4: once renewed, a mandate gives what was measured between its old expiration and its renewal as well."""
    facts: list[Fact] = [
        Asked(brussels("2024-03-31T10:00"), Period(LONG_AGO), by_grid_user=True),
        RenewalAsked(brussels("2027-06-01T10:00"), by_grid_user=True),
    ]
    around = Period(brussels("2027-03-01T00:00"), brussels("2027-05-01T00:00"))
    renewed = _at(facts, brussels("2027-06-01T10:00"))
    assert _periods(decide([renewed], ANY, around, Coverage.OWN)) == {QUARTERS: (around,)}


def test_an_expired_mandate_and_a_new_one() -> None:
    """E5: each data period is cut at its own expiration before they are laid together."""
    standing = [_standing(_days(1), expiration=_day(4)), _standing(_days(6, 20), expiration=_day(12))]
    assert _periods(decide(standing, ANY, _days(1, 25), Coverage.OWN)) == {
        QUARTERS: (_days(1, 4), _days(6, 12))
    }


@pytest.mark.parametrize("renewal_status", [None, *RenewalStatus])
def test_a_given_renewal_status_never_affects_data(renewal_status: RenewalStatus | None) -> None:
    """S2: a mock mandate gives the data that its period and expiration allow, whatever renewal status it shows."""
    mocked = Mocked(_day(10), Status.APPROVED, _days(1), _day(5), renewal_status)
    standing = [_at([mocked], _day(12), own=False)]
    assert _periods(decide(standing, ANY, _days(2, 9), Coverage.ALL)) == {QUARTERS: (_days(2, 5),)}


@pytest.mark.parametrize("granularity", Granularity)
def test_the_period_of_insertion_narrows_nothing(granularity: Granularity) -> None:
    """E6: a question by insertion is granted all that the mandates grant, open ends included."""
    standing = [
        _standing(_days(1, 5), granularity),
        _standing(_days(9), granularity, expiration=None),
    ]
    assert _periods(decide(standing, ANY, None, Coverage.OWN)) == {granularity: (_days(1, 5), _days(9))}


@pytest.mark.parametrize("status", [one for one in Status if one not in {Status.APPROVED, Status.REMOVED}])
def test_only_approved_mandates_count(status: Status) -> None:
    """E5: a mandate that is Requested, Rejected or Finished gives nothing, and the reason says so."""
    assert decide([_standing(_days(1), status=status)], ANY, _days(2, 3), Coverage.ALL) == Refused(
        Reason.NOT_APPROVED
    )


def test_a_finished_mandate_gives_nothing_more() -> None:
    """E5: what a mandate gave ends at the moment it is Finished."""
    facts: list[Fact] = [Asked(_day(1), _days(1), by_grid_user=True), Ended(_day(8))]
    before, after = _at(facts, _day(8) - timedelta(seconds=1)), _at(facts, _day(8))
    assert _periods(decide([before], ANY, _days(2, 4), Coverage.OWN)) == {QUARTERS: (_days(2, 4),)}
    assert decide([after], ANY, _days(2, 4), Coverage.OWN) == Refused(Reason.NOT_APPROVED)


def test_a_removed_mandate_is_as_if_it_never_was() -> None:
    """E6: of a mandate that was removed not even the reason tells."""
    removed = _standing(_days(1), status=Status.REMOVED)
    assert decide([removed], ANY, _days(2, 3), Coverage.ALL) == Refused(Reason.NO_MANDATE)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.REQUESTED, Reason.NO_MANDATE),
        (Status.REJECTED, Reason.NO_MANDATE),
        (Status.FINISHED, Reason.NOT_APPROVED),
    ],
)
def test_a_reason_tells_no_ean_that_the_grid_user_chose(status: Status, reason: Reason) -> None:
    """M11: where the grid user chose the EAN, a refusal tells of a mandate on it only once its EAN is shown."""
    standing = [_standing(_days(1), status=status, named_by_grid_user=True)]
    assert decide(standing, ANY, _days(2, 3), Coverage.ALL) == Refused(reason)


def test_a_chosen_ean_that_is_approved_gives_its_data() -> None:
    """M11: who chose the EAN makes no difference to what an Approved mandate gives."""
    standing = [_standing(_days(1), named_by_grid_user=True)]
    assert _periods(decide(standing, ANY, _days(2, 3), Coverage.OWN)) == {QUARTERS: (_days(2, 3),)}


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        ([], Reason.NO_MANDATE),
        ([_standing(_days(1), DAILY, status=Status.REQUESTED, own=False)], Reason.NOT_APPROVED),
        ([_standing(_days(20), DAILY, own=False)], Reason.GRANULARITY),
        ([_standing(_days(20), own=False)], Reason.PERIOD),
        ([_standing(_days(1, 2), own=False)], Reason.PERIOD),
        ([_standing(_days(1), own=False, expiration=_day(2))], Reason.PERIOD),
        ([_standing(_days(1), own=False)], Reason.COVERAGE),
        ([_standing(_days(1), own=False), _standing(_days(20), own=True)], Reason.COVERAGE),
    ],
)
def test_the_first_reason_that_applies(standing: list[StandingMandate], reason: Reason) -> None:
    """E6: mandate, status, granularity, period, coverage: the first that is missing is the reason."""
    assert decide(standing, frozenset({QUARTERS}), _days(2, 9), Coverage.OWN) == Refused(reason)


def test_what_credentials_cover() -> None:
    """I5: credentials for own EANs alone do not open another's, wider ones open both."""
    another = [_standing(_days(1), own=False)]
    assert decide(another, ANY, _days(2, 3), Coverage.OWN) == Refused(Reason.COVERAGE)
    assert _periods(decide(another, ANY, _days(2, 3), Coverage.ALL)) == {QUARTERS: (_days(2, 3),)}
    assert _periods(decide([_standing(_days(1))], ANY, _days(2, 3), Coverage.OWN)) == {
        QUARTERS: (_days(2, 3),)
    }


def test_covered_and_not_covered_side_by_side() -> None:
    """I5: of two mandates on an EAN, the one that the credentials cover gives its part."""
    standing = [_standing(_days(1, 5), own=True), _standing(_days(3, 9), own=False)]
    assert _periods(decide(standing, ANY, _days(2, 8), Coverage.OWN)) == {QUARTERS: (_days(2, 5),)}
    assert _periods(decide(standing, ANY, _days(2, 8), Coverage.ALL)) == {QUARTERS: (_days(2, 8),)}


def test_those_mandates_are_named_that_give_something() -> None:
    """A1, I5: what was given was given under these: not one that is not covered, of another time, or ended."""
    own, another = _standing(_days(1, 5), own=True), _standing(_days(3, 9), own=False)
    standing = [own, another, _standing(_days(20, 25)), _standing(_days(1), status=Status.FINISHED)]
    for coverage, giving in ((Coverage.OWN, [own]), (Coverage.ALL, [own, another])):
        decision = decide(standing, ANY, _days(2, 8), coverage)
        assert isinstance(decision, Granted)
        assert decision.mandates == tuple(one.mandate_id for one in giving)


HORIZON = 30


@dataclass(frozen=True)
class _Sheet:
    """One mandate on paper: the days of a month that it is for."""

    first: int
    end: int | None
    expires: int | None
    granularity: Granularity
    status: Status
    own: bool

    @property
    def days(self) -> set[int]:
        return {
            day
            for day in range(self.first, HORIZON)
            if (self.end is None or day < self.end) and (self.expires is None or day < self.expires)
        }

    def standing(self) -> StandingMandate:
        return _standing(
            _days(self.first, self.end),
            self.granularity,
            status=self.status,
            expiration=None if self.expires is None else _day(self.expires),
            own=self.own,
        )


numbers = st.integers(1, HORIZON - 1)
sheets = st.builds(
    _Sheet,
    numbers,
    st.one_of(st.none(), numbers),
    st.one_of(st.none(), numbers),
    st.sampled_from(Granularity),
    st.sampled_from([*Status, *[Status.APPROVED] * 12]),
    st.booleans(),
)


def _naive(
    papers: list[_Sheet], asked: frozenset[Granularity], read: set[int], coverage: Coverage
) -> dict[Granularity, set[int]] | Reason:
    """Lay the sheets side by side and count the days."""
    wanted = asked or frozenset(Granularity)
    known = [paper for paper in papers if paper.status is not Status.REMOVED]
    approved = [paper for paper in known if paper.status is Status.APPROVED]
    fitting = [paper for paper in approved if paper.granularity in wanted]
    covered = [paper for paper in fitting if paper.own or coverage is Coverage.ALL]
    granted: dict[Granularity, set[int]] = {}
    for paper in covered:
        if paper.days & read:
            granted[paper.granularity] = granted.get(paper.granularity, set()) | paper.days & read
    if granted:
        return granted
    if any(paper.days & read for paper in fitting):
        return Reason.COVERAGE
    if fitting:
        return Reason.PERIOD
    if approved:
        return Reason.GRANULARITY
    return Reason.NOT_APPROVED if known else Reason.NO_MANDATE


@settings(max_examples=examples(300))
@given(
    st.lists(sheets, max_size=5),
    st.frozensets(st.sampled_from(Granularity)),
    st.one_of(st.none(), st.tuples(numbers, numbers).filter(lambda pair: pair[0] < pair[1])),
    st.sampled_from(Coverage),
)
def test_a_decision_is_what_counting_days_would_tell(
    papers: list[_Sheet],
    asked: frozenset[Granularity],
    read: tuple[int, int] | None,
    coverage: Coverage,
) -> None:
    """E5, E6, I5, M4: of any mandates, what is granted and why not is what counting day by day tells."""
    read_days = set(range(HORIZON)) if read is None else set(range(*read))
    answer = decide(
        [paper.standing() for paper in papers], asked, None if read is None else _days(*read), coverage
    )
    expected = _naive(papers, asked, read_days, coverage)
    if isinstance(expected, Reason):
        assert answer == Refused(expected)
        return
    periods = _periods(answer)
    assert {
        granularity: {day for day in range(HORIZON) if any(_day(day) in one for one in union)}
        for granularity, union in periods.items()
    } == expected
    for union in periods.values():
        ends = [one.end for one in union]
        assert all(end is not None and end < after.start for end, after in zip(ends, union[1:], strict=False))
