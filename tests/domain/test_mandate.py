import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.mandate import (
    Asked,
    Consented,
    Ended,
    Fact,
    Mocked,
    Phase,
    Refused,
    Removed,
    RenewalAsked,
    RenewalStatus,
    Status,
    UseEnded,
)
from kwartier.domain.period import Period
from kwartier.domain.timeline import expiration_after, timeline
from support.calendar import naive_expiration, naive_later
from support.domain import SECOND, brussels, mandate_histories, utc
from support.examples import examples

PERIOD = Period(brussels("2022-01-01T00:00"))
Seen = tuple[Status, RenewalStatus | None]

REQUESTED: Seen = (Status.REQUESTED, None)
APPROVED: Seen = (Status.APPROVED, None)
REJECTED: Seen = (Status.REJECTED, None)
FINISHED: Seen = (Status.FINISHED, None)
REMOVED: Seen = (Status.REMOVED, None)
TO_BE_RENEWED: Seen = (Status.APPROVED, RenewalStatus.TO_BE_RENEWED)
RENEWAL_REQUESTED: Seen = (Status.APPROVED, RenewalStatus.RENEWAL_REQUESTED)
EXPIRED: Seen = (Status.APPROVED, RenewalStatus.EXPIRED)


def _phase_at(facts: Sequence[Fact], moment: datetime) -> Phase:
    (phase,) = (one for one in timeline(facts) if moment in Period(one.start, one.end))
    return phase


def _seen_at(facts: Sequence[Fact], moment: datetime) -> Seen:
    phase = _phase_at(facts, moment)
    return phase.status, phase.renewal_status


def _told(facts: Sequence[Fact]) -> list[tuple[datetime, Seen]]:
    return [(phase.start, (phase.status, phase.renewal_status)) for phase in timeline(facts)]


def _assert_changes(facts: Sequence[Fact], moment: datetime, before: Seen, after: Seen) -> None:
    """What is seen changes at this very moment, and the last-updated time says so (M6)."""
    assert _seen_at(facts, moment - SECOND) == before
    assert _seen_at(facts, moment - timedelta(microseconds=1)) == before
    assert _seen_at(facts, moment) == after
    assert _seen_at(facts, moment + SECOND) == after
    assert _phase_at(facts, moment + SECOND).start == moment


A_MONTH_LATER = [
    ("2024-01-15T10:00", "2024-02-15T10:00"),
    ("2024-01-31T10:00", "2024-02-29T10:00"),
    ("2023-01-31T10:00", "2023-02-28T10:00"),
    ("2024-03-15T10:00", "2024-04-15T10:00"),  # summer has begun between the two
    ("2024-09-30T23:59:59", "2024-10-30T23:59:59"),  # and has ended
    ("2024-12-31T00:00", "2025-01-31T00:00"),
]


@pytest.mark.parametrize(("asked", "deadline"), A_MONTH_LATER)
def test_a_month_without_an_answer(asked: str, deadline: str) -> None:
    """M2: a request that nobody answers is Rejected when a month has gone by, on the Brussels calendar."""
    facts: list[Fact] = [Asked(brussels(asked), PERIOD)]
    _assert_changes(facts, brussels(deadline), REQUESTED, REJECTED)
    assert len(timeline(facts)) == 2


def test_asked_and_not_answered_yet() -> None:
    """M2: what was asked for is Requested from that moment, with its data period and no expiration."""
    asked = utc("2024-05-06T08:00:00")
    assert timeline([Asked(asked, PERIOD)])[0] == Phase(
        asked, utc("2024-06-06T08:00:00"), Status.REQUESTED, PERIOD
    )


@pytest.mark.parametrize("after", [SECOND, timedelta(days=3), timedelta(days=31) - SECOND])
def test_consent_within_the_month(after: timedelta) -> None:
    """M2: the grid user's consent approves the mandate at the moment it is given, up to the last second."""
    asked = brussels("2024-05-06T10:00")
    facts: list[Fact] = [Asked(asked, PERIOD), Consented(asked + after)]
    _assert_changes(facts, asked + after, REQUESTED, APPROVED)
    assert _phase_at(facts, asked + after).expiration == expiration_after(asked + after)


@pytest.mark.parametrize("late", [timedelta(), SECOND, timedelta(days=30)])
def test_consent_after_the_deadline_changes_nothing(late: timedelta) -> None:
    """M2: consent that comes when the month is over comes too late, the very moment included."""
    asked, deadline = brussels("2024-01-31T10:00"), brussels("2024-02-29T10:00")
    unanswered = timeline([Asked(asked, PERIOD)])
    assert timeline([Asked(asked, PERIOD), Consented(deadline + late)]) == unanswered
    assert unanswered[-1].status is Status.REJECTED


def test_a_refusal_is_the_end_of_it() -> None:
    """M2: the grid user's refusal rejects the mandate, and a consent after it changes nothing."""
    asked, refused = utc("2024-05-06T08:00:00"), utc("2024-05-10T08:00:00")
    facts: list[Fact] = [Asked(asked, PERIOD), Refused(refused), Consented(refused + timedelta(days=1))]
    _assert_changes(facts, refused, REQUESTED, REJECTED)
    assert len(timeline(facts)) == 2


def test_the_grid_user_himself_is_approved_at_once() -> None:
    """M2: who asks for his own EAN has an Approved mandate from that moment, and it never was Requested."""
    asked = utc("2024-05-06T08:00:00")
    first = timeline([Asked(asked, PERIOD, by_grid_user=True)])[0]
    assert (first.start, first.status, first.expiration) == (
        asked,
        Status.APPROVED,
        brussels("2027-05-07T00:00"),
    )


def test_the_grid_user_ends_it() -> None:
    """M2: a mandate that the grid user has ended is Finished from then on, and nothing revives it."""
    asked, ended = utc("2024-05-06T08:00:00"), utc("2025-01-01T00:00:00")
    facts: list[Fact] = [
        Asked(asked, PERIOD, by_grid_user=True),
        Ended(ended),
        RenewalAsked(utc("2027-03-01T00:00:00"), by_grid_user=True),
    ]
    _assert_changes(facts, ended, APPROVED, FINISHED)
    assert len(timeline(facts)) == 2


@pytest.mark.parametrize(
    ("facts", "before"),
    [
        ([Asked(utc("2024-05-06T08:00:00"), PERIOD)], REQUESTED),
        ([Asked(utc("2024-05-06T08:00:00"), PERIOD, by_grid_user=True)], APPROVED),
        ([Asked(utc("2024-05-06T08:00:00"), PERIOD), Refused(utc("2024-05-07T08:00:00"))], REJECTED),
        (
            [Asked(utc("2024-05-06T08:00:00"), PERIOD, by_grid_user=True), Ended(utc("2024-05-07T08:00:00"))],
            FINISHED,
        ),
    ],
)
def test_removing_is_possible_always_and_for_good(facts: list[Fact], before: Seen) -> None:
    """M2: a mandate in any status can be removed, and stays removed, whatever is answered or goes by."""
    removed = utc("2024-05-20T08:00:00")
    facts = [*facts, Removed(removed), Consented(removed + SECOND)]
    _assert_changes(facts, removed, before, REMOVED)
    assert timeline(facts)[-1].start == removed


@pytest.mark.parametrize(
    ("approved", "expires"),
    [
        ("2024-05-06T10:00", "2027-05-07T00:00"),
        ("2024-05-06T00:00", "2027-05-06T00:00"),
        ("2024-05-06T00:00:01", "2027-05-07T00:00"),
        ("2024-05-06T23:59:59", "2027-05-07T00:00"),
        ("2024-02-29T10:00", "2027-03-01T00:00"),
        ("2024-02-29T00:00", "2027-02-28T00:00"),
        ("2024-12-31T10:00", "2028-01-01T00:00"),
        ("2024-03-30T12:00", "2027-03-31T00:00"),
        ("2024-10-26T12:00", "2027-10-27T00:00"),
        ("2024-10-30T12:00", "2027-10-31T00:00"),  # the day of that year's change of clock
        ("2024-10-31T12:00", "2027-11-01T00:00"),
    ],
)
def test_a_term_is_three_years_to_a_midnight(approved: str, expires: str) -> None:
    """M3: a mandate lasts three years from approval, and then to the first midnight in Brussels."""
    facts: list[Fact] = [Asked(brussels(approved), PERIOD, by_grid_user=True)]
    assert {phase.expiration for phase in timeline(facts)} == {brussels(expires)}
    _assert_changes(facts, brussels(expires), TO_BE_RENEWED, EXPIRED)


@pytest.mark.parametrize(
    ("approved", "from_when"),
    [
        ("2024-05-06T10:00", "2027-02-07T00:00"),
        ("2024-05-30T10:00", "2027-02-28T00:00"),  # expires on 31 May
        ("2025-05-30T10:00", "2028-02-29T00:00"),
        ("2024-02-28T10:00", "2026-12-01T00:00"),  # expires when 28 February is over
        ("2024-06-15T10:00", "2027-03-16T00:00"),  # over the change of clock
        ("2024-12-31T10:00", "2027-10-01T00:00"),
    ],
)
def test_to_be_renewed_from_three_months_before(approved: str, from_when: str) -> None:
    """M3: a mandate is to be renewed from three months before it expires."""
    facts: list[Fact] = [Asked(brussels(approved), PERIOD, by_grid_user=True)]
    _assert_changes(facts, brussels(from_when), APPROVED, TO_BE_RENEWED)


# A mandate approved on 6 May 2024, to be renewed from 7 February 2027, expired on 7 May 2027.
GIVEN: list[Fact] = [Asked(brussels("2024-05-01T10:00"), PERIOD), Consented(brussels("2024-05-06T10:00"))]
RENEWABLE, EXPIRES = brussels("2027-02-07T00:00"), brussels("2027-05-07T00:00")


def test_the_life_of_a_mandate() -> None:
    """M3: left alone, a mandate is Requested, Approved, to be renewed, expired: each with the moment it began."""
    assert _told(GIVEN) == [
        (GIVEN[0].at, REQUESTED),
        (GIVEN[1].at, APPROVED),
        (RENEWABLE, TO_BE_RENEWED),
        (EXPIRES, EXPIRED),
    ]


@pytest.mark.parametrize("by_grid_user", [True, False])
def test_renewal_asked_too_early_changes_nothing(*, by_grid_user: bool) -> None:
    """M3: renewal is possible from three months before expiry; a second earlier nothing comes of it, then or later."""
    early = RenewalAsked(RENEWABLE - SECOND, by_grid_user)
    assert timeline([*GIVEN, early, Consented(RENEWABLE + SECOND)]) == timeline(GIVEN)


@pytest.mark.parametrize("asked", [RENEWABLE, RENEWABLE + SECOND, EXPIRES - SECOND])
def test_renewal_asked(asked: datetime) -> None:
    """M3: RenewalRequested from the moment that renewal is asked, from the first moment on that it may be."""
    facts: list[Fact] = [*GIVEN, RenewalAsked(asked)]
    assert _seen_at(facts, asked - SECOND) == (APPROVED if asked == RENEWABLE else TO_BE_RENEWED)
    assert _seen_at(facts, asked) == RENEWAL_REQUESTED
    assert _phase_at(facts, asked).start == asked
    assert _phase_at(facts, asked).expiration == EXPIRES


def test_expired_also_while_a_request_is_open() -> None:
    """M3: from its expiration on a mandate is Expired, though its renewal was asked and may still come."""
    asked = EXPIRES - timedelta(days=5)
    facts: list[Fact] = [*GIVEN, RenewalAsked(asked)]
    _assert_changes(facts, EXPIRES, RENEWAL_REQUESTED, EXPIRED)
    renewed = [*facts, Consented(EXPIRES + timedelta(days=5))]
    _assert_changes(renewed, EXPIRES + timedelta(days=5), EXPIRED, APPROVED)


@pytest.mark.parametrize("asked", [RENEWABLE, EXPIRES - SECOND, EXPIRES, EXPIRES + timedelta(days=400)])
def test_the_grid_user_renews_at_once(asked: datetime) -> None:
    """M3: for the grid user himself the mandate is renewed at the moment he asks, for three years from then."""
    own: list[Fact] = [
        Asked(brussels("2024-05-06T10:00"), PERIOD, by_grid_user=True),
        RenewalAsked(asked, by_grid_user=True),
    ]
    assert _seen_at(own, asked) == APPROVED
    assert _phase_at(own, asked).start == asked
    assert _phase_at(own, asked).expiration == expiration_after(asked)
    assert RENEWAL_REQUESTED not in [seen for _, seen in _told(own)]


@pytest.mark.parametrize(
    "asked", [RENEWABLE, EXPIRES - timedelta(days=2), EXPIRES, EXPIRES + timedelta(days=90)]
)
@pytest.mark.parametrize("answered", [SECOND, timedelta(days=27)])
def test_renewal_by_consent(asked: datetime, answered: timedelta) -> None:
    """M3: consent to the renewal sets the expiration to three years after it; until then the old term runs on."""
    consent = asked + answered
    facts: list[Fact] = [*GIVEN, RenewalAsked(asked), Consented(consent)]
    before, after = _phase_at(facts, consent - SECOND), _phase_at(facts, consent)
    assert before.expiration == EXPIRES
    assert (after.start, after.status, after.renewal_status) == (consent, *APPROVED)
    assert after.expiration == expiration_after(consent)
    assert _seen_at(facts, expiration_after(consent)) == EXPIRED


@pytest.mark.parametrize("asked", [RENEWABLE, brussels("2027-03-31T09:00")])
def test_a_renewal_refused_leaves_things_as_they_were(asked: datetime) -> None:
    """M3: when the grid user refuses a renewal, the mandate is to be renewed as before, and expires when it would have."""
    refused = asked + timedelta(days=3)
    facts: list[Fact] = [*GIVEN, RenewalAsked(asked), Refused(refused)]
    _assert_changes(facts, refused, RENEWAL_REQUESTED, TO_BE_RENEWED)
    _assert_changes(facts, EXPIRES, TO_BE_RENEWED, EXPIRED)


@pytest.mark.parametrize("answer", [Consented, Refused])
def test_ending_it_closes_the_question_of_renewal(answer: type[Consented | Refused]) -> None:
    """M2: when a mandate is Finished while its renewal is asked, an answer afterwards changes nothing."""
    ended = RENEWABLE + timedelta(days=3)
    facts: list[Fact] = [*GIVEN, RenewalAsked(RENEWABLE), Ended(ended)]
    _assert_changes(facts, ended, RENEWAL_REQUESTED, FINISHED)
    assert timeline([*facts, answer(ended + SECOND)]) == timeline(facts)


def test_a_renewal_unanswered_leaves_things_as_they_were() -> None:
    """M3: a month without an answer closes the question, and consent after it changes nothing."""
    asked, deadline = brussels("2027-02-28T09:00"), brussels("2027-03-28T09:00")  # over the change of clock
    facts: list[Fact] = [*GIVEN, RenewalAsked(asked)]
    _assert_changes(facts, deadline, RENEWAL_REQUESTED, TO_BE_RENEWED)
    _assert_changes(facts, EXPIRES, TO_BE_RENEWED, EXPIRED)
    assert timeline([*facts, Consented(deadline)]) == timeline(facts)


def test_a_refusal_after_expiry_changes_nothing_that_is_seen() -> None:
    """M6: a mandate that was Expired and stays so has not been updated by a refused renewal."""
    facts: list[Fact] = [
        *GIVEN,
        RenewalAsked(EXPIRES - timedelta(days=5)),
        Refused(EXPIRES + timedelta(days=5)),
    ]
    assert timeline(facts) == timeline(facts[:-1])
    assert timeline(facts)[-1].start == EXPIRES


def test_renewed_twice() -> None:
    """M3: each renewal begins a term of its own, with its own three months and its own end."""
    first = RENEWABLE + timedelta(days=10)
    second = expiration_after(first) + timedelta(days=1)
    facts: list[Fact] = [
        *GIVEN,
        RenewalAsked(RENEWABLE),
        Consented(first),
        RenewalAsked(second),
        Consented(second + SECOND),
    ]
    last = expiration_after(second + SECOND)
    assert _told(facts) == [
        *_told(GIVEN)[:2],
        (RENEWABLE, RENEWAL_REQUESTED),
        (first, APPROVED),
        (brussels("2029-11-17T00:00"), TO_BE_RENEWED),
        (brussels("2030-02-17T00:00"), EXPIRED),
        (second + SECOND, APPROVED),
        (brussels("2032-11-19T00:00"), TO_BE_RENEWED),
        (last, EXPIRED),
    ]


def test_asked_again_while_open() -> None:
    """M3: asking for renewal again gives the grid user a month from then."""
    again = RENEWABLE + timedelta(days=20)
    facts: list[Fact] = [
        *GIVEN,
        RenewalAsked(RENEWABLE),
        RenewalAsked(again),
        Consented(again + timedelta(days=25)),
    ]
    assert _told(facts)[2:4] == [(RENEWABLE, RENEWAL_REQUESTED), (again + timedelta(days=25), APPROVED)]


MOCKED_AT = utc("2026-05-06T08:00:00")


def _mocked(
    status: Status,
    expiration: datetime = brussels("2029-05-07T00:00"),  # noqa: B008 - a moment never changes
    renewal_status: RenewalStatus | None = None,
) -> Mocked:
    return Mocked(MOCKED_AT, status, PERIOD, expiration, renewal_status)


@pytest.mark.parametrize("status", [Status.REQUESTED, Status.REJECTED, Status.FINISHED])
@pytest.mark.parametrize("renewal_status", [None, RenewalStatus.EXPIRED])
def test_a_mock_mandate_stays_as_asked(status: Status, renewal_status: RenewalStatus | None) -> None:
    """S2: the clock does not overrule a mock mandate: asked for as Requested it is Requested years later."""
    (phase,) = timeline([_mocked(status, renewal_status=renewal_status)])
    assert (phase.start, phase.end, phase.status, phase.renewal_status) == (MOCKED_AT, None, status, None)


@pytest.mark.parametrize("renewal_status", RenewalStatus)
@pytest.mark.parametrize("expires", ["2020-01-01T00:00", "2026-06-01T00:00", "2030-01-01T00:00"])
def test_a_given_renewal_status_is_shown_as_given(renewal_status: RenewalStatus, expires: str) -> None:
    """S2: a renewal status that was given is shown for good, whenever the mandate expires."""
    (phase,) = timeline([_mocked(Status.APPROVED, brussels(expires), renewal_status)])
    assert phase.renewal_status is renewal_status
    assert phase.expiration == brussels(expires)


@pytest.mark.parametrize(
    ("expires", "told"),
    [
        ("2029-05-07T00:00", [(MOCKED_AT, APPROVED), (brussels("2029-02-07T00:00"), TO_BE_RENEWED)]),
        ("2026-06-01T12:30", [(MOCKED_AT, TO_BE_RENEWED)]),
    ],
)
def test_a_renewal_status_left_out_goes_by_the_clock(expires: str, told: list[tuple[datetime, Seen]]) -> None:
    """S2: without a given renewal status a mock mandate has the one that its expiration tells."""
    assert _told([_mocked(Status.APPROVED, brussels(expires))]) == [*told, (brussels(expires), EXPIRED)]


def test_a_mock_mandate_may_have_expired_long_ago() -> None:
    """S2: a mock mandate with an expiration in the past is Approved and Expired from the first."""
    assert _told([_mocked(Status.APPROVED, brussels("2020-01-01T00:00"))]) == [(MOCKED_AT, EXPIRED)]


@pytest.mark.parametrize("expires", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
def test_a_mock_mandate_may_expire_at_either_end_of_the_calendar(expires: str) -> None:
    """S2: an expiration that is written to mean always or never is kept as it was written."""
    assert timeline([_mocked(Status.APPROVED, utc(expires))])[0].expiration == utc(expires)


def test_a_mock_mandate_again_replaces_it() -> None:
    """S2: asked for again, a mock mandate is as it was asked for last, from that moment."""
    again = Mocked(MOCKED_AT + SECOND, Status.REJECTED, Period(MOCKED_AT), brussels("2027-01-01T00:00"))
    facts = [_mocked(Status.APPROVED), again]
    _assert_changes(facts, again.at, APPROVED, REJECTED)
    assert timeline(facts)[-1].data_period == Period(MOCKED_AT)


def test_a_mandate_begins_with_a_question() -> None:
    """M1: no mandate exists that nobody asked for."""
    with pytest.raises(ValueError, match="asked for"):
        timeline([])
    with pytest.raises(ValueError, match="asked for"):
        timeline([Consented(MOCKED_AT)])
    with pytest.raises(ValueError, match="asked for"):
        timeline([Consented(MOCKED_AT - SECOND), Asked(MOCKED_AT, PERIOD)])


@pytest.mark.parametrize(
    ("at_once", "seen"),
    [
        ([Consented(RENEWABLE), RenewalAsked(RENEWABLE)], APPROVED),
        ([Consented(RENEWABLE), Refused(RENEWABLE), RenewalAsked(RENEWABLE)], TO_BE_RENEWED),
        ([Ended(RENEWABLE), RenewalAsked(RENEWABLE, by_grid_user=True)], FINISHED),
        ([Removed(RENEWABLE), Ended(RENEWABLE)], REMOVED),
        ([Mocked(RENEWABLE, Status.REJECTED, PERIOD, EXPIRES), Removed(RENEWABLE)], REMOVED),
    ],
)
def test_facts_at_one_moment(at_once: list[Fact], seen: Seen) -> None:
    """M2: of what comes at one moment a question is before its answer, a refusal beats a consent, and the end is last."""
    for facts in (at_once, at_once[::-1]):
        assert _seen_at([*GIVEN, *facts], RENEWABLE) == seen


@given(mandate_histories())
def test_phases_lie_side_by_side(facts: list[Fact]) -> None:
    """M6: phases begin with the first fact, follow each other without gap, and differ in something that is seen."""
    phases = timeline(facts)
    assert phases[0].start == facts[0].at
    assert phases[-1].end is None
    for before, after in pairwise(phases):
        assert before.end == after.start
        assert before.start < after.start
        seen = [(one.status, one.renewal_status, one.data_period, one.expiration) for one in (before, after)]
        assert seen[0] != seen[1]


@given(mandate_histories(), st.randoms(use_true_random=False))
def test_the_order_of_telling_does_not_matter(facts: list[Fact], chance: random.Random) -> None:
    """M2: facts may be handed in in any order; only when they happened counts."""
    kinds_and_moments = {(type(fact), fact.at): fact for fact in facts}
    distinct = list(kinds_and_moments.values())
    shuffled = list(distinct)
    chance.shuffle(shuffled)
    assert timeline(shuffled) == timeline(distinct)


@dataclass
class _Clerk:
    """Keeps one mandate by hand: at every tick he looks at the calendar first, then at the post, then writes it down."""

    status: Status = Status.REMOVED
    data_period: Period = PERIOD
    expires: datetime | None = None
    answer_by: datetime | None = None
    renewal_answer_by: datetime | None = None
    given_renewal: RenewalStatus | None = None
    use_ends: datetime | None = None
    written: list[tuple[datetime, tuple[object, ...]]] = field(default_factory=list)

    def tick(self, now: datetime, post: list[Fact]) -> None:
        if self.answer_by and now >= self.answer_by:
            self.status, self.answer_by = Status.REJECTED, None
        self.look_who_left(now)
        if self.renewal_answer_by and now >= self.renewal_answer_by:
            self.renewal_answer_by = None
        for kind in (Asked, Mocked, UseEnded, RenewalAsked, Refused, Consented, Ended, Removed):
            for fact in post:
                if type(fact) is kind:
                    self.read(fact)
        seen = (self.status, self.renewal(now), self.data_period, self.expires)
        if not self.written or self.written[-1][1] != seen:
            self.written.append((now, seen))

    def read(self, fact: Fact) -> None:
        now = fact.at
        if isinstance(fact, Asked):
            self.data_period = fact.data_period
            if fact.by_grid_user:
                self.status, self.expires = Status.APPROVED, naive_expiration(now)
            else:
                self.status, self.answer_by = Status.REQUESTED, naive_later(now, 1)
        elif isinstance(fact, Mocked):
            self.status, self.data_period, self.expires = fact.status, fact.data_period, fact.expiration
            self.given_renewal, self.answer_by, self.renewal_answer_by = fact.renewal_status, None, None
            self.use_ends = None
        elif isinstance(fact, UseEnded):
            self.use_ends = min(self.use_ends or fact.effective, fact.effective)
            self.look_who_left(now)
        elif isinstance(fact, Removed):
            self.status, self.answer_by, self.renewal_answer_by = Status.REMOVED, None, None
        elif self.status is Status.REQUESTED:
            self.read_answer(fact)
        elif self.status is Status.APPROVED:
            self.read_about_approved(fact)
        self.look_who_left(now)

    def look_who_left(self, now: datetime) -> None:
        if self.use_ends is None:
            return
        if self.status is Status.APPROVED:
            start, end = self.data_period.start, self.data_period.end
            ends = max(self.use_ends, start)
            if end is None or ends < end:
                self.data_period = Period(start, ends)
        elif self.answer_by and self.use_ends <= now:
            self.status, self.answer_by = Status.REJECTED, None

    def read_answer(self, fact: Fact) -> None:
        if isinstance(fact, Consented):
            self.status, self.answer_by, self.expires = Status.APPROVED, None, naive_expiration(fact.at)
        elif isinstance(fact, Refused):
            self.status, self.answer_by = Status.REJECTED, None

    def read_about_approved(self, fact: Fact) -> None:
        assert self.expires is not None
        renew = False
        if isinstance(fact, Ended):
            self.status, self.renewal_answer_by = Status.FINISHED, None
        elif isinstance(fact, RenewalAsked) and fact.at >= naive_later(self.expires, -3):
            renew = fact.by_grid_user
            self.renewal_answer_by = naive_later(fact.at, 1)
        elif isinstance(fact, Consented):
            renew = self.renewal_answer_by is not None
        elif isinstance(fact, Refused):
            self.renewal_answer_by = None
        if renew:
            self.expires, self.renewal_answer_by, self.given_renewal = naive_expiration(fact.at), None, None

    def renewal(self, now: datetime) -> RenewalStatus | None:
        if self.status is not Status.APPROVED:
            return None
        assert self.expires is not None
        if self.given_renewal:
            return self.given_renewal
        if now >= self.expires:
            return RenewalStatus.EXPIRED
        if self.renewal_answer_by:
            return RenewalStatus.RENEWAL_REQUESTED
        return RenewalStatus.TO_BE_RENEWED if now >= naive_later(self.expires, -3) else None


@settings(max_examples=examples(400))
@given(mandate_histories())
def test_a_timeline_is_what_a_clerk_would_have_written(facts: list[Fact]) -> None:
    """M2, M3, M6, S2: of any history the timeline is what one sees who keeps the mandate by hand, tick by tick."""
    ticks = set()
    for fact in facts:
        expires = fact.expiration if isinstance(fact, Mocked) else naive_expiration(fact.at)
        for moment in (fact.at, naive_later(fact.at, 1), expires, naive_later(expires, -3)):
            ticks |= {moment - SECOND, moment, moment + SECOND}
        if isinstance(fact, UseEnded):
            ticks |= {fact.effective - SECOND, fact.effective, fact.effective + SECOND}
    clerk = _Clerk()
    for tick in sorted(tick for tick in ticks if tick >= facts[0].at):
        clerk.tick(tick, [fact for fact in facts if fact.at == tick])
    assert clerk.written == [
        (one.start, (one.status, one.renewal_status, one.data_period, one.expiration))
        for one in timeline(facts)
    ]
