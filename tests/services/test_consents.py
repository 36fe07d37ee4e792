"""Consent behind a link: seen, answered once, ended, and who looked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kwartier.domain.audit import AuditEntry
from kwartier.domain.consent import Outcome
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.mandate import Status
from kwartier.domain.messages import Language, MessageKind, MessageState
from kwartier.domain.metering import Granularity
from kwartier.domain.people import Acting, RoleKind
from kwartier.domain.period import Period
from kwartier.domain.question import EnergyQuestion, PeriodType
from kwartier.domain.scenario import ScenarioKind, Told
from kwartier.domain.timeline import answer_before, expiration_after, renewable_from
from kwartier.services.audit import Audit
from kwartier.services.errors import WrongMandateError
from kwartier.services.requests import Requested, Wanted
from support.domain import SECOND
from support.engines import Template
from support.living import ACME, BAKER, GRANULARITY, OF_BAKER, OPEN, Living, living


@pytest.fixture
def live(any_template: Template) -> Iterator[Living]:
    """One on each engine."""
    with any_template() as url, living(url) as live:
        yield live


def two_asked(live: Living) -> tuple[list[str], str]:
    """Quarter-hours and days of one EAN, asked together: the mandates, and the token."""
    kinds = (GRANULARITY, Granularity.DAILY)
    asked = live.requests.ask(Acting(ACME), [Wanted(OF_BAKER, kind, OPEN) for kind in kinds])
    return [one.mandate_id for one in asked.answers if isinstance(one, Requested)], live.token()


def test_what_stands_behind_a_link(live: Living) -> None:
    """M2: who asks, which EAN, what of it, and until when one may answer; looking changes nothing."""
    mandate = live.ask().mandate_id
    view = live.consents.open(live.token())
    assert view is not None
    assert (view.asker.number, view.asker.name) == (ACME, "Acme")
    [one] = view.items
    assert (one.item.ean, one.item.granularity, one.item.data_period) == (OF_BAKER, GRANULARITY, OPEN)
    assert (one.can_be_answered, one.can_be_ended) == (True, False)
    assert view.request.answer_before == answer_before(live.clock.now)
    assert live.status(mandate) is Status.REQUESTED


@pytest.mark.parametrize("token", ["", "0" * 64, "\0", "é"])
def test_any_other_link_opens_nothing(live: Living, token: str) -> None:
    """M2: what is no link of ours opens nothing, whatever is asked of it."""
    live.ask()
    assert live.consents.open(token) is None
    assert live.consents.answer(token, {1: True}) is None
    assert live.consents.end(token, 1) is None
    assert live.consents.looked(token) is None


@pytest.mark.parametrize(("yes", "status"), [(True, Status.APPROVED), (False, Status.REJECTED)])
def test_an_answer_is_given_once(live: Living, *, yes: bool, status: Status) -> None:
    """M2: the first answer counts; a second one, the same or another, changes nothing and is told so."""
    mandate = live.ask().mandate_id
    token = live.token()
    live.clock.move(seconds=1)
    assert live.consents.answer(token, {1: yes}) == {1: Outcome.TAKEN}
    facts = live.history(mandate)
    live.clock.move(seconds=1)
    for again in (yes, not yes):
        assert live.consents.answer(token, {1: again}) == {1: Outcome.ANSWERED_BEFORE}
    assert live.status(mandate) is status
    assert live.history(mandate) == facts


def test_each_item_has_its_own_answer(live: Living) -> None:
    """M2: yes for one and no for the other, also one later; an item that is not asked is unknown."""
    (quarters, days), token = two_asked(live)
    assert live.consents.answer(token, {1: True, 9: True}) == {1: Outcome.TAKEN, 9: Outcome.UNKNOWN}
    assert (live.status(quarters), live.status(days)) == (Status.APPROVED, Status.REQUESTED)
    assert len(live.messages(MessageKind.CONSENT_REMINDER)) == 1
    assert live.consents.answer(token, {1: False, 2: False}) == {
        1: Outcome.ANSWERED_BEFORE,
        2: Outcome.TAKEN,
    }
    assert (live.status(quarters), live.status(days)) == (Status.APPROVED, Status.REJECTED)
    assert live.messages(MessageKind.CONSENT_REMINDER) == []


def test_the_last_second_of_the_month(live: Living) -> None:
    """M2: an answer in the last second of the month counts, one at its end does not; the clock went back in between."""
    mandates, token = two_asked(live)
    deadline = answer_before(live.clock.now)
    live.at(deadline - SECOND)
    assert live.consents.answer(token, {1: True}) == {1: Outcome.TAKEN}
    live.at(deadline)
    view = live.consents.open(token)
    assert view is not None
    assert [one.can_be_answered for one in view.items] == [False, False]
    assert live.consents.answer(token, {2: True}) == {2: Outcome.TOO_LATE}
    assert [live.status(one) for one in mandates] == [Status.APPROVED, Status.REJECTED]


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3)])
def test_who_moved_can_not_consent(live: Living, late: timedelta) -> None:
    """M2, M5: once the move is registered, and has taken effect, the question is closed."""
    mandate = live.ask().mandate_id
    token = live.token()
    live.clock.move(days=5)
    live.scenarios.register(Told(OF_BAKER, ScenarioKind.MOVE, live.clock.now + late))
    if late:
        live.clock.move(days=3, seconds=-1)
        assert live.status(mandate) is Status.REQUESTED
        live.clock.move(seconds=1)
    assert live.consents.answer(token, {1: True}) == {1: Outcome.TOO_LATE}
    assert live.status(mandate) is Status.REJECTED


def test_a_removed_mandate_can_not_be_consented_to(live: Living) -> None:
    """M2: what the organisation no longer wants is closed, and the page shows that it is gone."""
    mandate = live.ask().mandate_id
    token = live.token()
    live.held.remove(Acting(ACME), mandate)
    assert live.consents.answer(token, {1: True}) == {1: Outcome.TOO_LATE}
    view = live.consents.open(token)
    assert view is not None
    assert view.items[0].phase is None


def test_access_is_ended_by_the_same_link(live: Living) -> None:
    """M2: later, by the same link, the grid user ends it: Finished at once, and both are told; once."""
    mandate, token = live.given()
    eva = live.people.add("Eva", "eva@acme.example", Language.DUTCH)
    live.people.grant(Acting(ACME), eva.person_id, RoleKind.USER)
    live.clock.move(days=100)
    assert live.consents.end(token, 1) is True
    assert live.status(mandate) is Status.FINISHED
    told = live.messages(MessageKind.ACCESS_ENDED)
    assert {one.recipient.email for one in told if one.recipient} == {
        "info@baker.example",
        "eva@acme.example",
    }
    assert live.consents.end(token, 1) is False
    assert live.consents.end(token, 2) is False
    assert len(live.messages(MessageKind.ACCESS_ENDED)) == 2


def test_what_was_not_given_can_not_be_ended(live: Living) -> None:
    """M2: a mandate that waits is refused, not ended."""
    mandate = live.ask().mandate_id
    assert live.consents.end(live.token(), 1) is False
    assert live.status(mandate) is Status.REQUESTED


def test_a_revoked_link_opens_nothing(live: Living) -> None:
    """M2: after it was revoked a link opens, answers and ends nothing; what it gave stays, and nothing more goes out."""
    mandate, token = live.given()
    request = live.consents.list_all()[0].request
    live.consents.revoke(request.request_id)
    live.consents.revoke(request.request_id)
    assert live.consents.open(token) is None
    assert live.consents.end(token, 1) is None
    assert live.status(mandate) is Status.APPROVED
    assert live.messages(MessageKind.CONSENT_REMINDER) == []
    with pytest.raises(WrongMandateError, match="no request"):
        live.consents.revoke("none")


def test_sent_again_it_is_another_link(live: Living) -> None:
    """M2: a letter that got lost goes out again, with a link of its own; the first opens nothing then, and the month stays."""
    asked = live.ask()
    first, deadline = live.token(), answer_before(live.clock.now)
    live.clock.move(days=9)
    live.consents.send_again(asked.request_id)
    second = live.token()
    assert live.consents.open(first) is None
    view = live.consents.open(second)
    assert view is not None
    assert view.request.answer_before == deadline
    assert len(live.messages(state=MessageState.DROPPED)) == 2
    live.at(deadline)
    with pytest.raises(WrongMandateError, match="ask anew"):
        live.consents.send_again(asked.request_id)


def entry(
    live: Living, mandates: tuple[str, ...], organisation: EnterpriseNumber = ACME, ean: Ean = OF_BAKER
) -> AuditEntry:
    """An access of a week."""
    week = Period(live.clock.now - timedelta(days=9), live.clock.now - timedelta(days=2))
    question = EnergyQuestion(ean, PeriodType.READ_TIME, week, frozenset(), frozenset(), None)
    return AuditEntry(live.clock.now, organisation, "client", question, None, mandates, "correlation")


def test_who_looked_at_my_data(live: Living) -> None:
    """A1: the link tells every access under its own mandates, the last first, and none under those of anybody else."""
    mandate, token = live.given()
    audit = Audit(live.database)
    expected = []
    for mandates in ((mandate,), ("another",), (), (mandate, "another")):
        live.clock.move(hours=1)
        one = entry(live, mandates)
        audit.write(one)
        expected += [one] if mandate in mandates else []
    audit.write(entry(live, (mandate,), BAKER))
    looked = live.consents.looked(token)
    assert looked is not None
    assert [list(one.entries) for one in looked] == [expected[::-1]]
    assert live.consents.looked(token, limit=1)[0].entries == expected[:0:-1]  # type: ignore[index]


def test_renewal_by_the_link_of_the_renewal(live: Living) -> None:
    """M3: the link of a renewal answers the renewal; the first link goes on to end the access."""
    mandate, first = live.given()
    live.at(renewable_from(expiration_after(live.clock.now)))
    live.held.renew(Acting(ACME), mandate)
    second = live.token()
    assert second != first
    assert live.consents.answer(first, {1: True}) == {1: Outcome.ANSWERED_BEFORE}
    assert live.consents.answer(second, {1: True}) == {1: Outcome.TAKEN}
    assert live.phase(mandate).expiration == expiration_after(live.clock.now)
    live.clock.move(seconds=1)
    assert live.consents.end(first, 1) is True


def test_a_token_is_in_no_row_but_that_of_its_message(live: Living) -> None:
    """A2: of a link's token only a hash is kept, of 256 bits."""
    live.ask()
    token = live.token()
    assert len(token) == 64
    with live.database.reading() as connection:
        kept = connection.exec_driver_sql("select * from consent_request").all()
        items = connection.exec_driver_sql("select * from consent_item").all()
    assert token not in repr(kept) + repr(items)
    assert live.hasher.hash(token) in [
        bytes(value) for row in kept for value in row if isinstance(value, bytes | memoryview)
    ]
