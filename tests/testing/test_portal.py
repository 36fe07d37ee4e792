"""The life of a mandate, through the control that others' tests use."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import get_args

import pytest

from kwartier.domain.played import Act, PlayedContract
from kwartier.testing import ContractName, Portal, RefusedError, SandboxClient, ScenarioName
from kwartier.wire.vocabulary import SCENARIO_KIND
from testing.asking import Ask

EAN = "541440110000000007"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = {"ean": EAN, "periodType": "readTime", "from": "2026-02-01T23:00:00Z", "to": "2026-02-02T23:00:00Z"}


@pytest.fixture
def portal(kwartier_sandbox: SandboxClient) -> Portal:
    """The portal of a client, on 2 March 2026, with an EAN of another's."""
    kwartier_sandbox.control.clock.set(NOW, running=False)
    kwartier_sandbox.control.portal.give(EAN, "Bakkerij De Smet")
    return kwartier_sandbox.control.portal


def test_names_are_those_of_the_domain() -> None:
    """Each scenario, state of a contract, and act that the surface knows has its name here, and no other."""
    assert get_args(ScenarioName) == SCENARIO_KIND.names
    assert get_args(ContractName) == tuple(one.value for one in PlayedContract)
    assert all(callable(getattr(Portal, act.value)) for act in Act)


def test_the_whole_life(kwartier_sandbox: SandboxClient, portal: Portal, ask: Ask) -> None:
    """M2, M3, M5: asked, consented, renewed, moved, ended and removed; the client's own requests follow."""
    clock = kwartier_sandbox.control.clock
    asked = portal.ask(EAN, data_period_from=datetime(2025, 1, 1, tzinfo=UTC), reference_number="REF-1")
    assert (asked.status, asked.own, asked.grid_user) == ("Requested", False, "Bakkerij De Smet")
    assert asked.next[0].since == datetime(2026, 4, 2, 8, tzinfo=UTC)
    approved = portal.consent(asked)
    assert approved.expiration == datetime(2029, 3, 2, 23, tzinfo=UTC)
    assert ask(kwartier_sandbox, "/api/mandate/energy", params=DAY).status_code == HTTPStatus.OK
    clock.set(approved.next[0].since, running=False)
    assert portal.renew(approved).renewal_status == "RenewalRequested"
    assert portal.consent(EAN).expiration == datetime(2031, 12, 2, 23, tzinfo=UTC)
    [cut] = portal.move(EAN, effective=NOW)
    assert cut.data_period_to == NOW
    assert [fact.name for fact in cut.facts] == [
        "asked",
        "consented",
        "renewal-asked",
        "consented",
        "use-ended",
    ]
    clock.advance(seconds=1)
    assert portal.end(approved).status == "Finished"
    assert [one.id for one in portal.mandates(EAN)] == [asked.id]
    assert portal.remove(approved).status == "Removed"
    assert portal.mandates() == []


def test_silence_is_the_clock(kwartier_sandbox: SandboxClient, portal: Portal) -> None:
    """M2: who stays silent for a month has not consented."""
    mandate = portal.ask(EAN)
    kwartier_sandbox.control.clock.advance(days=31)
    assert portal.mandates()[0].status == "Rejected"
    with pytest.raises(RefusedError, match="nothing to consent to") as refused:
        portal.consent(mandate)
    assert refused.value.status == HTTPStatus.CONFLICT


def test_a_refusal_and_a_second_try(portal: Portal) -> None:
    """M2: refused, and asked again."""
    assert portal.refuse(portal.ask(EAN)).status == "Rejected"
    assert portal.ask(EAN).can == ("consent", "refuse", "remove")


def test_what_happens_in_the_market(portal: Portal) -> None:
    """M5: a change of supplier changes nothing, another grid user is asked anew."""
    mandate = portal.consent(portal.ask(EAN))
    assert portal.happen("supplier-change", EAN) == [mandate]
    [cut] = portal.happen("combined-change", EAN, effective=NOW - timedelta(days=9), grid_user="Slagerij")
    assert cut.data_period_to == NOW - timedelta(days=9)
    assert portal.ask(EAN).grid_user == "Slagerij"


def test_a_missing_contract(kwartier_sandbox: SandboxClient, portal: Portal, ask: Ask) -> None:
    """E6, I6: played to be missing, a contract makes 403 of EANs of others, and of those alone."""
    portal.consent(portal.ask(EAN))
    portal.contract("none")
    refused = ask(kwartier_sandbox, "/api/mandate/energy", params=DAY)
    assert refused.status_code == HTTPStatus.FORBIDDEN
    assert "contract" in refused.json()["Message"]
    portal.contract("not-needed")
    assert ask(kwartier_sandbox, "/api/mandate/energy", params=DAY).status_code == HTTPStatus.OK


def test_who_is_not_known(portal: Portal) -> None:
    """C6: a mandate that one does not have is 404, an EAN outside the sandbox 400."""
    with pytest.raises(RefusedError) as refused:
        portal.end(EAN)
    assert refused.value.status == HTTPStatus.NOT_FOUND
    with pytest.raises(RefusedError, match="5414"):
        portal.ask("541449999999999999")
