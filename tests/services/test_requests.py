"""Asking for mandates, renewing and removing them, as organisations do."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kwartier.domain.access import Coverage
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Asked, RenewalStatus, Status, UseEnded
from kwartier.domain.messages import ConsentAsked, Language, MessageKind, MessageState
from kwartier.domain.metering import Granularity
from kwartier.domain.people import Acting, RoleKind
from kwartier.domain.period import Period
from kwartier.domain.scenario import ScenarioKind, Told
from kwartier.domain.timeline import answer_before, expiration_after, renewable_from, timeline
from kwartier.services import credentials
from kwartier.services.errors import NotAllowedError, UnknownMandateError, WrongMandateError
from kwartier.services.requests import Already, Approved, CannotBe, Requested, Wanted
from support.domain import SECOND, brussels
from support.engines import Template
from support.living import (
    ACME,
    BAKER,
    GRANULARITY,
    OF_ACME,
    OF_BAKER,
    OF_NOBODY,
    OF_PERSON,
    OPEN,
    Living,
    living,
)

BY_ACME, BY_BAKER = Acting(ACME), Acting(BAKER)


@pytest.fixture
def live(any_template: Template) -> Iterator[Living]:
    """One on each engine."""
    with any_template() as url, living(url) as live:
        yield live


def wanted(ean: Ean, period: Period = OPEN, granularity: Granularity = GRANULARITY) -> Wanted:
    """A mandate for an EAN."""
    return Wanted(ean, granularity, period)


def test_ones_own_ean_is_approved_at_once(live: Living) -> None:
    """M2: who asks for his own EAN has an Approved mandate, and nobody is asked anything."""
    [answer] = live.requests.ask(BY_ACME, [wanted(OF_ACME)]).answers
    assert isinstance(answer, Approved)
    assert live.status(answer.mandate_id) is Status.APPROVED
    [one] = live.held.list_all(ACME)
    assert (one.mandate.own, one.mandate.grid_user) == (True, ACME)
    assert live.messages() == []
    assert live.phases(answer.mandate_id) == list(timeline(live.history(answer.mandate_id)))


def test_anothers_ean_is_requested_and_its_grid_user_is_asked(live: Living) -> None:
    """M2: for another's EAN its grid user is asked, at the address that the operator knows, with a reminder within the month."""
    answer = live.ask()
    now = live.clock.now
    assert live.status(answer.mandate_id) is Status.REQUESTED
    [one] = live.held.list_all(ACME)
    assert (one.mandate.own, one.mandate.grid_user) == (False, BAKER)
    reminder, asked = sorted(live.messages(), key=lambda one: one.kind.value, reverse=True)
    assert (asked.kind, asked.due_at) == (MessageKind.CONSENT_ASKED, now)
    assert (reminder.kind, reminder.due_at) == (
        MessageKind.CONSENT_REMINDER,
        answer_before(now) - timedelta(days=7),
    )
    assert asked.recipient is not None
    assert asked.recipient.email == "info@baker.example"
    assert isinstance(asked.content, ConsentAsked)
    assert (asked.content.asker, asked.content.asker_number) == ("Acme", ACME)
    assert [one.ean for one in asked.content.asked] == [OF_BAKER]
    assert asked.content.answer_before == answer_before(now)


def test_who_has_no_email_gets_a_letter(live: Living) -> None:
    """M2: a grid user without an e-mail address is asked at his postal address, in his language."""
    live.ask(OF_PERSON)
    recipient = live.messages(MessageKind.CONSENT_ASKED)[0].recipient
    assert recipient is not None
    assert (recipient.email, recipient.address, recipient.language) == (
        None,
        ("Street 1", "9000 Gent"),
        Language.ENGLISH,
    )


def test_what_one_grid_user_is_asked_stands_behind_one_link(live: Living) -> None:
    """M2: several EANs and services of one grid user are one question; those of another are another."""
    days = wanted(OF_BAKER, granularity=Granularity.DAILY)
    asked = live.requests.ask(BY_ACME, [wanted(OF_BAKER), wanted(OF_PERSON), days, wanted(OF_ACME)])
    one, other, same, own = asked.answers
    assert isinstance(one, Requested)
    assert isinstance(other, Requested)
    assert isinstance(same, Requested)
    assert isinstance(own, Approved)
    assert one.request_id == same.request_id != other.request_id
    assert len(live.consents.show(one.request_id).items) == 2


@pytest.mark.parametrize(
    ("ean", "period", "reason"),
    [
        (OF_NOBODY, OPEN, "nobody is known"),
        (Ean("541448800000000999"), OPEN, "no headpoint"),
        (OF_BAKER, Period(OPEN.start, OPEN.start), "ends before it begins"),
    ],
)
def test_what_can_not_be_asked_is_told(live: Living, ean: Ean, period: Period, reason: str) -> None:
    """M1: what can't be asked for is told for that EAN alone, and the others are asked for."""
    refused, asked = live.requests.ask(BY_ACME, [wanted(ean, period), wanted(OF_ACME)]).answers
    assert isinstance(refused, CannotBe)
    assert reason in refused.reason
    assert isinstance(asked, Approved)


def test_where_nobody_can_be_reached_nothing_is_asked(live: Living) -> None:
    """M2: without an address that the operator knows there is no request: who asks can't name one himself."""
    unreached = Ean("541448800000000555")
    live.add_headpoints({unreached: "somebody"})
    [answer] = live.requests.ask(BY_ACME, [wanted(unreached)]).answers
    assert isinstance(answer, CannotBe)
    assert "no e-mail or postal address" in answer.reason
    assert live.held.list_all(ACME) == []


def test_the_same_again_is_told_and_not_asked_twice(live: Living) -> None:
    """M1: while a mandate waits or gives all that is wanted, it is named; for more, another is asked for."""
    first = live.ask()
    [again] = live.requests.ask(BY_ACME, [wanted(OF_BAKER)]).answers
    assert again == Already(first.mandate_id, Status.REQUESTED)
    live.consents.answer(live.token(), {1: True})
    part = Period(OPEN.start + timedelta(days=1), OPEN.start + timedelta(days=9))
    [within] = live.requests.ask(BY_ACME, [wanted(OF_BAKER, part)]).answers
    assert within == Already(first.mandate_id, Status.APPROVED)
    earlier = Period(OPEN.start - timedelta(days=1), OPEN.start)
    live.ask(period=earlier)
    assert len(live.messages(MessageKind.CONSENT_ASKED)) == 1
    live.clock.move(days=31)
    assert live.consents.show(first.request_id).items[0].can_be_ended


def test_a_rejected_mandate_does_not_stand_in_the_way(live: Living) -> None:
    """M2: after a refusal, or a month without an answer, one can ask again."""
    live.ask()
    live.consents.answer(live.token(), {1: False})
    second = live.ask()
    live.at(answer_before(live.clock.now) - SECOND)
    [again] = live.requests.ask(BY_ACME, [wanted(OF_BAKER)]).answers
    assert isinstance(again, Already)
    live.clock.move(seconds=1)
    assert live.status(second.mandate_id) is Status.REJECTED
    live.ask()


def test_a_contract_is_spoken_of_while_the_api_is_active(live: Living) -> None:
    """I6: who asks for another's EAN while the API is active, without a contract that stands, is told that one is needed."""
    assert not live.requests.ask(BY_ACME, [wanted(OF_BAKER)]).needs_contract
    issued = credentials.issue(live.database, live.hasher, EnvironmentName.LIVE, ACME, live.clock.now)
    assert issued.credentials.coverage is Coverage.OWN
    assert live.requests.ask(BY_ACME, [wanted(OF_PERSON)]).needs_contract
    assert not live.requests.ask(BY_ACME, [wanted(OF_ACME)]).needs_contract
    contract = live.contracts.ask(BY_ACME)
    live.contracts.sign(BY_ACME, contract.number)
    live.contracts.approve(contract.number)
    days = wanted(OF_BAKER, granularity=Granularity.DAILY)
    assert not live.requests.ask(BY_ACME, [days]).needs_contract


def test_only_who_may_act_asks(live: Living) -> None:
    """I2: a person without a role in the organisation can't ask, renew or remove; with one, and while it lasts, he can."""
    person = live.people.add("Eva", "eva@acme.example", Language.DUTCH)
    by = Acting(ACME, person.person_id)
    with pytest.raises(NotAllowedError, match="administrators"):
        live.requests.ask(by, [wanted(OF_ACME)])
    role = live.people.grant(BY_ACME, person.person_id, RoleKind.USER)
    [answer] = live.requests.ask(by, [wanted(OF_ACME)]).answers
    assert isinstance(answer, Approved)
    with pytest.raises(NotAllowedError):
        live.requests.ask(Acting(BAKER, person.person_id), [wanted(OF_BAKER)])
    live.people.end_role(BY_ACME, role.role_id)
    with pytest.raises(NotAllowedError, match="ended"):
        live.held.remove(by, answer.mandate_id)


def test_anothers_mandate_is_as_none(live: Living) -> None:
    """M12: renewing or removing another organisation's mandate says what is said of one that there is not."""
    mandate, _ = live.given()
    told = []
    for mandate_id in (mandate, "none"):
        for act in (live.held.renew, live.held.remove):
            with pytest.raises(UnknownMandateError) as raised:
                act(BY_BAKER, mandate_id)
            told.append(str(raised.value).replace(mandate_id, "ID"))
    assert len(set(told)) == 1


def test_removed_is_gone(live: Living) -> None:
    """M2: a removed mandate is in no list, and its question goes out no more."""
    answer = live.ask()
    live.clock.move(seconds=1)
    live.held.remove(BY_ACME, answer.mandate_id)
    assert live.held.list_all(ACME) == []
    assert live.messages() == []
    assert len(live.messages(state=MessageState.DROPPED)) == 2
    with pytest.raises(UnknownMandateError):
        live.held.remove(BY_ACME, answer.mandate_id)


def test_ones_own_is_renewed_at_once(live: Living) -> None:
    """M3: one's own mandate is renewed when that is asked, from three months before expiry on, for three years."""
    [answer] = live.requests.ask(BY_ACME, [wanted(OF_ACME)]).answers
    assert isinstance(answer, Approved)
    expires = expiration_after(live.clock.now)
    live.at(renewable_from(expires) - SECOND)
    with pytest.raises(WrongMandateError, match="from 2028-"):
        live.held.renew(BY_ACME, answer.mandate_id)
    live.clock.move(seconds=1)
    assert live.held.renew(BY_ACME, answer.mandate_id) == Approved(answer.mandate_id)
    assert live.phase(answer.mandate_id).expiration == expiration_after(live.clock.now)
    assert live.messages() == []


@pytest.mark.parametrize("after", [timedelta(0), timedelta(days=200)])
def test_anothers_is_renewed_with_new_consent(live: Living, after: timedelta) -> None:
    """M3: the grid user is asked again, once; the old term runs on until he consents; also after expiry."""
    mandate, _ = live.given()
    expires = expiration_after(live.clock.now)
    live.at((expires if after else renewable_from(expires)) + after)
    asked = live.held.renew(BY_ACME, mandate)
    assert isinstance(asked, Requested)
    phase = live.phase(mandate)
    assert phase.expiration == expires
    assert phase.renewal_status is (RenewalStatus.EXPIRED if after else RenewalStatus.RENEWAL_REQUESTED)
    assert live.held.renew(BY_ACME, mandate) == Already(mandate, Status.APPROVED)
    live.clock.move(days=2)
    live.consents.answer(live.token(), {1: True})
    assert live.phase(mandate).expiration == expiration_after(live.clock.now)
    assert live.phase(mandate).renewal_status is None


def test_a_renewal_refused_or_unanswered_can_be_asked_again(live: Living) -> None:
    """M3: a refusal and a month of silence leave term and status, and the way to ask again."""
    mandate, _ = live.given()
    expires = expiration_after(live.clock.now)
    live.at(renewable_from(expires))
    live.held.renew(BY_ACME, mandate)
    live.consents.answer(live.token(), {1: False})
    assert live.phase(mandate).renewal_status is RenewalStatus.TO_BE_RENEWED
    live.clock.move(seconds=1)
    assert isinstance(live.held.renew(BY_ACME, mandate), Requested)
    live.at(answer_before(live.clock.now))
    assert live.phase(mandate).renewal_status is RenewalStatus.TO_BE_RENEWED
    assert live.phase(mandate).expiration == expires
    assert isinstance(live.held.renew(BY_ACME, mandate), Requested)


def test_only_approved_mandates_are_renewed(live: Living) -> None:
    """M3: what is Requested can't be renewed."""
    with pytest.raises(WrongMandateError, match="Requested"):
        live.held.renew(BY_ACME, live.ask().mandate_id)


def test_renewal_is_asked_of_whom_it_was_given_under(live: Living) -> None:
    """M3, M5: after a move the one who gave the mandate is asked to renew it, for the data is his."""
    mandate, _ = live.given()
    live.clock.move(days=10)
    live.scenarios.register(Told(OF_BAKER, ScenarioKind.MOVE, brussels("2025-09-25T00:00"), ACME))
    live.at(renewable_from(live.phase(mandate).expiration or live.clock.now))
    live.held.renew(BY_ACME, mandate)
    newest = max(live.messages(MessageKind.CONSENT_ASKED), key=lambda one: one.put_at)
    assert newest.recipient is not None
    assert newest.recipient.email == "info@baker.example"


def test_a_move_that_is_known_counts_for_what_is_asked_after(live: Living) -> None:
    """M5: a mandate given between the registration and the effect of a move ends there too."""
    effective = live.clock.now + timedelta(days=5)
    live.scenarios.register(Told(OF_ACME, ScenarioKind.MOVE, effective, BAKER))
    live.clock.move(days=1)
    [before] = live.requests.ask(BY_ACME, [wanted(OF_ACME)]).answers
    assert isinstance(before, Approved)
    assert live.phase(before.mandate_id).data_period.end == effective
    assert [type(fact) for fact in live.history(before.mandate_id)] == [Asked, UseEnded]
    live.at(effective)
    [after] = live.requests.ask(BY_BAKER, [wanted(OF_ACME)]).answers
    assert isinstance(after, Approved)
    assert live.phase(after.mandate_id).data_period == OPEN
