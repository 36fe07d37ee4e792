"""Contracts, and people who act for organisations."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from kwartier.domain.contract import Choice, ContractState
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.messages import ContractApproved, Language, MessageKind
from kwartier.domain.organisation import OrganisationKind
from kwartier.domain.people import Acting, Allowed, Person, Refused, RoleKind, WhyNot
from kwartier.services.errors import ContractError, NotAllowedError, UnknownPersonError
from support.domain import SECOND
from support.engines import Template
from support.living import ACME, BAKER, Living, living

BY_ACME, BY_BAKER = Acting(ACME), Acting(BAKER)


@pytest.fixture
def live(any_template: Template) -> Iterator[Living]:
    """One on each engine."""
    with any_template() as url, living(url) as live:
        yield live


def person(live: Living, name: str = "Eva") -> Person:
    """Somebody new."""
    return live.people.add(name, f"{name.lower()}@acme.example", Language.DUTCH)


def test_a_contract_from_beginning_to_end(live: Living) -> None:
    """I6: requested with a number and a fee, signed, approved, ended, each with its moment; then another can be requested."""
    contract = live.contracts.ask(BY_ACME, 25_000)
    assert (contract.number, contract.fee_cents) == ("DTC-000001", 25_000)
    assert live.contracts.choice(ACME) is Choice.SIGN
    with pytest.raises(ContractError, match="requested"):
        live.contracts.ask(BY_ACME)
    live.clock.move(days=1)
    live.contracts.sign(BY_ACME, contract.number)
    live.clock.move(days=1)
    live.contracts.approve(contract.number)
    live.clock.move(days=1)
    live.contracts.end(contract.number, BY_ACME)
    kept = live.contracts.find(contract.number)
    moments = (kept.requested_at, kept.signed_at, kept.approved_at, kept.ended_at)
    assert moments == tuple(live.clock.now - timedelta(days=days) for days in (3, 2, 1, 0))
    assert kept.state(live.clock.now) is ContractState.ENDED
    assert live.contracts.choice(ACME) is Choice.WITHOUT
    assert live.contracts.ask(BY_ACME).number == "DTC-000002"
    assert [one.number for one in live.contracts.list_all(ACME)] == ["DTC-000001", "DTC-000002"]


def test_an_end_that_lies_ahead(live: Living) -> None:
    """I6: a contract can be ended on a day to come, and stands until then."""
    contract = live.contracts.ask(BY_ACME)
    live.contracts.sign(BY_ACME, contract.number)
    live.contracts.approve(contract.number)
    ends = live.clock.now + timedelta(days=30)
    ended = live.contracts.end(contract.number, at=ends)
    assert [ended.state(moment) for moment in (ends - SECOND, ends)] == [
        ContractState.APPROVED,
        ContractState.ENDED,
    ]


def test_steps_out_of_order_are_refused(live: Living) -> None:
    """I6: what is not signed is not approved, and what a step needs is told."""
    contract = live.contracts.ask(BY_ACME)
    with pytest.raises(ContractError, match="would have to be signed"):
        live.contracts.approve(contract.number)
    with pytest.raises(ContractError, match="in the past"):
        live.contracts.end(contract.number, at=live.clock.now - SECOND)
    with pytest.raises(ContractError, match="not registered"):
        live.contracts.ask(Acting(EnterpriseNumber.parse("0400.378.485")))


def test_anothers_contract_is_as_none(live: Living) -> None:
    """M12: of another organisation's contract is said what is said of none."""
    contract = live.contracts.ask(BY_ACME)
    for number in (contract.number, "DTC-999999"):
        with pytest.raises(ContractError, match=f"there is no contract {number}"):
            live.contracts.sign(BY_BAKER, number)


def test_approval_tells_everybody_to_renew_now(live: Living) -> None:
    """I6: at approval everyone who may act for the organisation is told that the credentials must now be renewed; none else."""
    for name in ("Eva", "Jan"):
        live.people.grant(BY_ACME, person(live, name).person_id, RoleKind.USER)
    person(live, "Els")
    contract = live.contracts.ask(BY_ACME)
    live.contracts.sign(BY_ACME, contract.number)
    assert live.messages() == []
    live.contracts.approve(contract.number)
    told = live.messages(MessageKind.CONTRACT_APPROVED)
    assert sorted(one.recipient.name for one in told if one.recipient) == ["Eva", "Jan"]
    assert {one.content for one in told} == {ContractApproved("Acme", contract.number)}


def test_without_people_the_organisation_is_told(live: Living) -> None:
    """I6: where nobody acts yet, the message goes to the organisation's own address."""
    contract = live.contracts.ask(BY_BAKER)
    live.contracts.sign(BY_BAKER, contract.number)
    live.contracts.approve(contract.number)
    [told] = live.messages()
    assert told.recipient is not None
    assert told.recipient.email == "info@baker.example"


@pytest.mark.parametrize("kind", RoleKind)
def test_who_may_act(live: Living, kind: RoleKind) -> None:
    """I2: by a function in the enterprise register or a granted role, in that organisation, from its begin to its end."""
    eva = person(live).person_id
    assert live.people.may_act(eva, ACME) == Refused(WhyNot.NO_ROLE)
    begins, ends = live.clock.now + timedelta(days=1), live.clock.now + timedelta(days=9)
    role = live.people.grant(BY_ACME, eva, kind, title="director", since=begins, until=ends)
    seen = []
    for moment in (begins - SECOND, begins, ends - SECOND, ends):
        live.at(moment)
        decision = live.people.may_act(eva, ACME)
        seen.append(decision.reason if isinstance(decision, Refused) else decision.role)
    assert seen == [WhyNot.LATER, role, role, WhyNot.ENDED]
    assert live.people.may_act(eva, BAKER) == Refused(WhyNot.NO_ROLE)


def test_for_which_organisations(live: Living) -> None:
    """I2: who may act for several chooses among them; those of a role that ended are not among them."""
    eva = person(live).person_id
    for by in (BY_ACME, BY_BAKER):
        live.people.grant(by, eva, RoleKind.USER)
    assert [one.name for one in live.people.organisations_of(eva)] == ["Baker", "Acme"]
    live.people.end_role(BY_BAKER, live.people.roles_in(BAKER)[0].role_id)
    assert [one.name for one in live.people.organisations_of(eva)] == ["Acme"]


@pytest.mark.parametrize("kind", [RoleKind.FUNCTION, RoleKind.ADMINISTRATOR])
def test_administrators_grant_and_end_roles(live: Living, kind: RoleKind) -> None:
    """I2: who has a function, or the role of administrator, grants roles to others; who did it is kept."""
    eva, jan = person(live).person_id, person(live, "Jan").person_id
    live.people.grant(BY_ACME, eva, kind)
    by_eva = Acting(ACME, eva)
    role = live.people.grant(by_eva, jan, RoleKind.USER)
    assert role.granted_by == eva
    assert isinstance(live.people.may_act(jan, ACME), Allowed)
    by_jan = Acting(ACME, jan)
    with pytest.raises(NotAllowedError, match="does not administer"):
        live.people.grant(by_jan, person(live, "Els").person_id, RoleKind.USER)
    with pytest.raises(NotAllowedError, match="enterprise register"):
        live.people.grant(by_eva, jan, RoleKind.FUNCTION)
    with pytest.raises(NotAllowedError, match="does not administer"):
        live.people.end_role(by_jan, role.role_id)
    with pytest.raises(NotAllowedError):
        live.people.end_role(Acting(ACME, person(live, "Els").person_id), role.role_id)
    ended = live.people.end_role(by_eva, role.role_id)
    assert ended.period.end == live.clock.now
    assert live.people.may_act(jan, ACME) == Refused(WhyNot.ENDED)


def test_roles_of_another_organisation_are_not_ended(live: Living) -> None:
    """I2, M12: an administrator ends roles of his own organisation alone, and functions not at all."""
    eva, jan = person(live).person_id, person(live, "Jan").person_id
    live.people.grant(BY_ACME, eva, RoleKind.ADMINISTRATOR)
    elsewhere = live.people.grant(BY_BAKER, jan, RoleKind.USER)
    function = live.people.grant(BY_ACME, jan, RoleKind.FUNCTION)
    with pytest.raises(UnknownPersonError, match="no role"):
        live.people.end_role(Acting(ACME, eva), elsewhere.role_id)
    with pytest.raises(NotAllowedError, match="operator"):
        live.people.end_role(Acting(ACME, eva), function.role_id)


def test_people_are_known_by_random_ids(live: Living) -> None:
    """A2: an id says nothing of the person; two of one address are two people."""
    one, other = person(live), person(live)
    assert one.person_id != other.person_id
    assert len(live.people.list_all("eva@acme.example")) == 2
    changed = live.people.change(
        one.person_id, name="Eva P", email="eva@elsewhere.example", language=Language.ENGLISH
    )
    assert live.people.find(one.person_id) == changed
    with pytest.raises(UnknownPersonError):
        live.people.find("nobody")


@pytest.mark.parametrize(
    "email", ["", "eva", "eva@", "@acme", "eva@acme", "a b@acme.be", "eva@acme.be\nBcc: x@y.be"]
)
def test_an_address_that_can_not_be(live: Living, email: str) -> None:
    """I2: what can't be an e-mail address is refused; nothing else can be smuggled in with it."""
    with pytest.raises(InvalidValueError, match="NAME@DOMAIN"):
        live.people.add("Eva", email, Language.DUTCH)


def test_an_organisation_is_written_anew(live: Living) -> None:
    """I1: what is known of an organisation is replaced; since when it is known stays."""
    first = live.organisations.find(ACME)
    assert first is not None
    live.clock.move(days=1)
    again = live.organisations.put(ACME, "Acme NV", OrganisationKind.LOCAL_AUTHORITY, Language.ENGLISH)
    assert live.organisations.find(ACME) == again
    assert (again.registered_at, again.email) == (first.registered_at, None)
    assert [one.name for one in live.organisations.list_all()] == ["Acme NV", "Baker"]
