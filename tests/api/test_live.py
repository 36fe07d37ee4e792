"""The live environment: the same rules over other mandates and readings, and an audit."""

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

import pytest
from anyio.from_thread import BlockingPortal

from kwartier.db.engine import Database, UnavailableError
from kwartier.domain.access import Coverage, Reason
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.mandate import Asked, Mandate
from kwartier.domain.messages import Language
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.organisation import OrganisationKind
from kwartier.domain.people import Acting
from kwartier.domain.period import Period
from kwartier.services.audit import Audit, AuditFilter
from kwartier.services.contracts import Contracts
from kwartier.services.environment import sandbox
from kwartier.services.organisations import Organisations
from kwartier.wire import paths
from support.counting import counting
from support.domain import brussels
from support.engines import Template
from support.platform import Client, Platform, assert_refused, new_platform

EAN, OTHER = Ean("541440110000000007"), Ean("541440110000000008")
FROM, TO = "2025-09-01T22:00:00Z", "2025-09-02T22:00:00Z"
LONG_AGO: Final = brussels("2024-01-01T00:00")


@pytest.fixture
def live(template: Template, portal: BlockingPortal) -> Iterator[Platform]:
    """A platform whose live readings are those of the sandbox's meters: as good as any to be guarded."""
    with template() as elsewhere:
        source = sandbox(Database(elsewhere)).source
    with new_platform(template, portal, readings=source) as platform:
        yield platform


@pytest.fixture
def client(live: Platform) -> Client:
    """Somebody with credentials for live."""
    return live.client(EnvironmentName.LIVE)


def approve(client: Client, ean: Ean = EAN, *, own: bool = True) -> None:
    """Give the client's organisation a mandate for quarter-hours."""
    mandate = Mandate(None, ean, EnergyType.ELECTRICITY, Granularity.QUARTER_HOURLY, own)
    client.write(mandate, [Asked(LONG_AGO, Period(LONG_AGO), by_grid_user=True)])


def audited(platform: Platform) -> list[Any]:
    """The audit, the newest first."""
    return Audit(platform.database).find(AuditFilter())


def test_live_readings_come_with_a_mandate(client: Client) -> None:
    """C9, E5: under live's own path, with its own credentials, what a mandate gives."""
    assert client.ask_energy(EAN, FROM, TO).status_code == HTTPStatus.NOT_FOUND
    approve(client)
    assert len(client.slots(EAN, FROM, TO)) == 96
    [found] = client.mandates()
    assert found["ean"] == EAN


def test_mandates_are_the_organisations(client: Client) -> None:
    """M12: all credentials of an organisation find its mandates; those of another find none."""
    approve(client)
    colleague = client.platform.client(EnvironmentName.LIVE)
    assert len(colleague.mandates()) == 1
    assert colleague.ask_energy(EAN, FROM, TO).status_code == HTTPStatus.OK
    stranger = client.platform.client(EnvironmentName.LIVE, "0203.430.576")
    assert stranger.mandates() == []
    assert_refused(stranger.ask_energy(EAN, FROM, TO), HTTPStatus.NOT_FOUND, "no mandate")


def test_live_and_sandbox_keep_apart(live: Platform) -> None:
    """C2: neither key nor token of one environment opens the other; mandates of one are not those of the other."""
    client, tester = live.client(EnvironmentName.LIVE), live.client()
    approve(client)
    assert tester.mandates() == []
    tester.mock(EAN)
    assert len(client.mandates()) == 1
    for who, base in ((client, tester.base), (tester, client.base)):
        assert_refused(who.ask("GET", paths.MANDATE, base=base), HTTPStatus.UNAUTHORIZED, "subscription key")
        mixed = {"Authorization": who.headers["Authorization"]}
        other = client if who is tester else tester
        assert_refused(other.ask("GET", paths.MANDATE, headers=mixed), HTTPStatus.UNAUTHORIZED, "token")


def test_nothing_of_the_sandbox_is_in_live(client: Client) -> None:
    """S1: mock mandates and the control surface are the sandbox's alone."""
    assert_refused(client.post_mock(ean=EAN), HTTPStatus.NOT_FOUND)
    control = client.ask("GET", "/clock", base=paths.CONTROL)
    assert_refused(control, HTTPStatus.UNAUTHORIZED, "subscription key")


def test_an_access_is_in_the_audit(client: Client) -> None:
    """A1: who, which EAN, which period, under which mandates, when; found under the answer's correlation id."""
    approve(client)
    answer = client.ask_energy(EAN, FROM, TO, granularity="hourly_quarterhourly")
    assert answer.status_code == HTTPStatus.OK
    [entry] = audited(client.platform)
    assert entry.at == client.platform.clock.now
    assert entry.organisation == client.issued.credentials.organisation
    assert entry.client_id == client.issued.credentials.client_id
    assert entry.ean == EAN
    assert entry.refused is None
    assert len(entry.mandates) == 1
    assert entry.correlation_id == answer.headers["x-correlation-id"]
    assert entry.question.period == Period(brussels("2025-09-02T00:00"), brussels("2025-09-03T00:00"))
    assert entry.question.granularities == {Granularity.QUARTER_HOURLY}


def test_a_refused_access_is_in_the_audit(client: Client) -> None:
    """A1: who asked in vain stands there too, with the reason."""
    client.ask_energy(OTHER, FROM, TO)
    client.platform.clock.move(seconds=1)
    approve(client)
    client.ask_energy(EAN, FROM, TO, granularity="daily")
    assert [(entry.ean, entry.refused, entry.mandates) for entry in audited(client.platform)] == [
        (EAN, Reason.GRANULARITY, ()),
        (OTHER, Reason.NO_MANDATE, ()),
    ]


def test_without_an_audit_there_is_no_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A1: readings whose access can't be written down are not given; that passes, and says nothing of the inside."""
    approve(client)

    def fail(_about: str | None = None) -> None:
        raise UnavailableError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(client.platform.database, "noting", fail)
        answer = client.ask_energy(EAN, FROM, TO)
    assert_refused(answer, HTTPStatus.SERVICE_UNAVAILABLE)
    assert int(answer.headers["retry-after"]) > 0
    assert client.ask_energy(EAN, FROM, TO).status_code == HTTPStatus.OK


def test_the_sandbox_is_not_audited(live: Platform) -> None:
    """S1, A1: nobody's readings are read in the sandbox; what is asked there stands in its journal."""
    tester = live.client()
    tester.mock(EAN)
    assert tester.ask_energy(EAN, FROM, TO).status_code == HTTPStatus.OK
    assert audited(live) == []


def test_anothers_ean_needs_a_contract_and_renewal(live: Platform) -> None:
    """E6, I5, I6: of another's EAN the 403 says what exactly is missing, step by step, until there is data; and again after."""
    client = live.client(EnvironmentName.LIVE, coverage=Coverage.OWN)
    approve(client, own=False)
    number = EnterpriseNumber.parse(client.issued.credentials.organisation)
    by, contracts = Acting(number), Contracts(live.database, live.clock)
    Organisations(live.database, live.clock).put(number, "Acme", OrganisationKind.COMPANY, Language.DUTCH)
    reasons = []

    def refused(reason: Reason, words: str) -> None:
        reasons.append(reason)
        live.clock.move(seconds=1)
        assert_refused(client.ask_energy(EAN, FROM, TO), HTTPStatus.FORBIDDEN, "contract", "renewed", words)

    refused(Reason.NO_CONTRACT, "has no contract")
    contract = contracts.ask(by)
    refused(Reason.CONTRACT_NOT_APPROVED, "not approved yet")
    contracts.sign(by, contract.number)
    refused(Reason.CONTRACT_NOT_APPROVED, "not approved yet")
    contracts.approve(contract.number)
    refused(Reason.TO_RENEW, "renew the credentials now")
    client.sign_in(live.renew(client.issued))
    assert len(client.slots(EAN, FROM, TO)) == 96
    contracts.end(contract.number)
    refused(Reason.CONTRACT_ENDED, "has ended")
    assert [entry.refused for entry in audited(live) if entry.refused][::-1] == reasons


def test_an_overlap_brings_back_nothing(live: Platform) -> None:
    """C2, I5: the old secret goes on beside a renewal with what it covered, which is not what a new contract gives."""
    client = live.client(EnvironmentName.LIVE, coverage=Coverage.OWN)
    approve(client, own=False)
    live.contract(EnterpriseNumber.parse(client.issued.credentials.organisation))
    renewed = live.renew(client.issued, overlap=timedelta(days=7))
    assert_refused(client.ask_energy(EAN, FROM, TO), HTTPStatus.FORBIDDEN, "contract")
    client.sign_in(renewed)
    assert len(client.slots(EAN, FROM, TO)) == 96


def test_an_unknown_ean_is_as_anothers(template: Template, portal: BlockingPortal) -> None:
    """M12, E6: an EAN that others have mandates for is answered as one that nobody knows, with as many questions to databases."""
    with new_platform(template, portal) as platform:
        other = platform.client(EnvironmentName.LIVE, "0203.430.576")
        client = platform.client(EnvironmentName.LIVE)
        approve(other)
        client.ask_energy(OTHER, FROM, TO)  # what is made once is made
        told = []
        for ean in (EAN, OTHER):
            with counting(platform) as counted:
                answer = assert_refused(client.ask_energy(ean, FROM, TO), HTTPStatus.NOT_FOUND)
            told.append((counted.statements, answer["Message"].replace(ean, "EAN")))
        assert told[0] == told[1]
        assert told[0][0] > 3


def test_a_headpoint_of_which_nothing_is_known(template: Template, portal: BlockingPortal) -> None:
    """E6: a mandate may be there before its headpoint: nothing is given, and the message says why."""
    with new_platform(template, portal) as platform:
        client = platform.client(EnvironmentName.LIVE)
        approve(client)
        assert_refused(client.ask_energy(EAN, FROM, TO), HTTPStatus.NOT_FOUND, "knows no meter")
        [entry] = audited(platform)
        assert entry.refused is Reason.NO_HEADPOINT


def test_only_what_is_chosen_is_served(template: Template, portal: BlockingPortal) -> None:
    """C9: an environment that is not served has no paths."""
    with new_platform(template, portal, environments="live") as platform:
        for base, status in (
            (paths.BASE_PATHS[EnvironmentName.LIVE][0], HTTPStatus.OK),
            (paths.BASE_PATHS[EnvironmentName.SANDBOX][0], HTTPStatus.NOT_FOUND),
        ):
            assert platform.http.get(base + paths.HEALTH).status_code == status
        assert platform.http.get(paths.CONTROL + paths.SWAGGER).status_code == HTTPStatus.NOT_FOUND
        assert "sandbox" not in platform.http.get("/").text
