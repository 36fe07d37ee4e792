"""The doctor: each cause for which there is no data, against the sandbox and the live environment (K5)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from kwartier import Asked
from kwartier.client.doctor import Question, Topic, Weight
from kwartier.domain.access import Coverage
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Granularity,
    Headpoint,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
)
from kwartier.domain.period import Period
from kwartier.domain.played import PlayedContract
from kwartier.readings.catalogue import SeriesKey
from kwartier.services.control import Control
from kwartier.services.grants import Grant
from support.domain import brussels
from support.engines import Template
from support.live import Live
from support.patients import Patient, finding, of_platform, played, question
from support.platform import Client, Platform, new_platform

EAN = "541440110000000007"
METER = PhysicalMeter("1", "1SAG0000000001")
DIGITAL = Ean("541448800000000007")
OFFTAKE = SeriesKey(METER, Register(Direction.OFFTAKE, RegisterKind.TOTAL), Grid.QUARTER_HOUR)


@pytest.fixture
def user(platform: Platform) -> Client:
    """Somebody in the sandbox."""
    return platform.client()


@pytest.fixture
def patient(platform: Platform, user: Client) -> Patient:
    """The same, who gets no data."""
    return of_platform(platform, user.issued)


@pytest.fixture
def live(template: Template, portal: BlockingPortal) -> Iterator[Live]:
    """A platform that serves its store."""
    with new_platform(template, portal) as platform:
        live = Live(platform)
        yield live
        live.close()


def digital() -> KnownHeadpoint:
    """A digital headpoint of electricity."""
    return KnownHeadpoint(
        Headpoint(DIGITAL, EnergyType.ELECTRICITY, MeterType.DIGITAL), meters=(HungMeter(METER),)
    )


def delivered(live: Live, *days: str) -> None:
    """Deliver whole Brussels days of quarter-hours."""
    for day in days:
        live.deliver(day, DIGITAL, brussels(f"{day}T00:00"), {OFFTAKE: [250] * 96}, State.READ)


def test_a_wrong_secret(patient: Patient) -> None:
    """K5: credentials that are wrong are told apart from all else, and what may be wrong with them is named."""
    found = finding(patient.but(client_secret="no-such-secret").examined(), Topic.CREDENTIALS)
    assert found.weight is Weight.WRONG
    assert "No token is given" in found.what
    assert "newest secret" in found.remedy


def test_an_expired_secret(live: Live) -> None:
    """K5, I4: a secret of which the end is known and over is told to have expired, with the day."""
    user = live.client(digital(), Granularity.DAILY)
    until = user.issued.credentials.valid_until
    live.platform.clock.move(days=400)
    patient = replace(of_platform(live.platform, user.issued), secret_until=until)
    found = finding(patient.examined(), Topic.CREDENTIALS)
    assert found.what == f"The client secret expired on {until:%Y-%m-%d %H:%M} UTC."
    assert "Renew the credentials" in found.remedy


def test_a_secret_that_ends_soon(patient: Patient) -> None:
    """K5, I4: within thirty days of its end there is a warning, and nothing is wrong yet."""
    soon = replace(patient, secret_until=patient.clock() + timedelta(days=9, hours=1))
    found = finding(soon.examined(), Topic.CREDENTIALS)
    assert found.weight is Weight.WARNING
    assert "ends in 9 days" in found.what
    later = replace(patient, secret_until=patient.clock() + timedelta(days=31))
    assert all(one.weight is Weight.FINE for one in later.examined().findings)


def test_a_wrong_subscription_key(patient: Patient) -> None:
    """K5, C2: where a token is given and refused, the key or the environment is what to look at, not the mandates."""
    found = finding(patient.but(subscription_key="no-such-key").examined(), Topic.CREDENTIALS)
    assert "A token was given" in found.what
    assert "says nothing about mandates" in found.remedy


def test_credentials_of_another_environment(platform: Platform, patient: Patient) -> None:
    """K5, C2: tokens of the sandbox do not open live."""
    live = of_platform(platform, platform.issue(EnvironmentName.LIVE))
    found = finding(replace(live, credentials=patient.credentials).examined(), Topic.CREDENTIALS)
    assert "live and sandbox have credentials of their own" in found.remedy


def test_a_wrong_scope(patient: Patient) -> None:
    """K5: a scope that was not issued is compared with the activation."""
    found = finding(patient.but(scope="api://elsewhere/.default").examined(), Topic.CREDENTIALS)
    assert "what the activation gave" in found.remedy


def test_no_mandate(patient: Patient) -> None:
    """K5: an EAN without a mandate, and how to get one here."""
    found = finding(patient.examined(question(EAN, patient.clock)), Topic.MANDATE)
    assert found.what == f"There is no mandate for EAN {EAN}."
    assert f"kwartier mock {EAN}" in found.remedy


def test_a_mistyped_ean(user: Client, patient: Patient) -> None:
    """K5: an EAN that is nearly that of a mandate is taken for a slip."""
    user.mock(EAN)
    found = finding(patient.examined(question("541440110000000070", patient.clock)), Topic.MANDATE)
    assert f"Did you mean {EAN}?" in found.remedy


def test_no_mandate_in_live(live: Live) -> None:
    """K5: in live a mandate is asked for in the portal, and a check digit that does not fit is told."""
    patient = of_platform(live.platform, live.client(digital(), Granularity.DAILY).issued)
    found = finding(patient.examined(question("541400000000000001", patient.clock)), Topic.MANDATE)
    assert "check digit does not fit" in found.what
    assert "in the portal" in found.remedy


@pytest.mark.parametrize(
    ("status", "remedy"),
    [("Requested", "Rejected after a month"), ("Rejected", "again"), ("Finished", "again")],
)
def test_a_mandate_that_is_not_approved(status: str, remedy: str) -> None:
    """K5: only Approved mandates give readings; what to do depends on the status."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/energy"):
            return httpx.Response(HTTPStatus.NOT_FOUND, json={"Code": "NotFound", "Message": "Nothing."})
        mandate = {"status": status, "energyType": "E", "dataServiceType": "VH_dag"}
        return httpx.Response(HTTPStatus.OK, json={"data": {"mandates": [mandate]}, "_meta": {}})

    patient = played(answer)
    found = finding(patient.examined(question(EAN, patient.clock)), Topic.STATUS)
    assert f"its status is {status}" in found.what
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("Requested", f"kwartier sandbox mandates consent {EAN}"),
        ("Rejected", f"kwartier mock {EAN}"),
        ("Finished", f"kwartier mock {EAN}"),
    ],
)
def test_a_mandate_that_is_not_approved_in_the_sandbox(
    status: str, remedy: str, user: Client, patient: Patient
) -> None:
    """K5, S2: where grid users are played nobody waits for an e-mail; what plays them is named."""
    user.mock(EAN, status=status)
    found = finding(patient.examined(question(EAN, patient.clock)), Topic.STATUS)
    assert f"its status is {status}" in found.what
    assert remedy in found.remedy
    assert "portal" not in found.remedy


def test_a_mandate_that_was_ended(live: Live) -> None:
    """K5: the same in live, where the grid user had the mandate ended."""
    patient = of_platform(live.platform, live.client(digital(), Granularity.DAILY).issued)
    [granted] = live.grants.list_all()
    live.platform.clock.move(seconds=1)
    live.grants.end(granted.standing.mandate_id)
    found = finding(patient.examined(question(DIGITAL, patient.clock)), Topic.STATUS)
    assert "ended by the grid user" in found.what


def test_another_granularity(user: Client, patient: Patient) -> None:
    """K5: a mandate for quarter-hours does not give days; which one would is named."""
    user.mock(EAN)
    found = finding(patient.examined(question(EAN, patient.clock, granularity="daily")), Topic.GRANULARITY)
    assert (
        found.what == "You ask for daily, which a mandate of VH_dag gives; there is one of VH_kwartier_uur."
    )


def test_a_period_outside(user: Client, patient: Patient) -> None:
    """K5: a period that no mandate gives, and what ended it."""
    user.mock(EAN, dataPeriodFrom="2025-01-01T00:00:00Z", dataPeriodTo="2025-06-30T22:00:00Z")
    found = finding(patient.examined(question(EAN, patient.clock)), Topic.PERIOD)
    assert found.weight is Weight.WRONG
    assert "the mandates give from 2025-01-01 01:00 to 2025-07-01" in found.what
    assert f"kwartier mock {EAN} --from" in found.remedy


def test_a_period_partly_outside(user: Client, patient: Patient) -> None:
    """K5: where a part of the period is given, the rest is warned of."""
    user.mock(EAN, dataPeriodFrom="2025-09-14T22:00:00Z")
    report = patient.examined(question(EAN, patient.clock))
    found = finding(report, Topic.PERIOD)
    assert found.weight is Weight.WARNING
    assert "the mandates give from 2025-09-15 to 2028-09-21" in found.what
    assert any(one.topic is Topic.READINGS and one.weight is Weight.FINE for one in report.findings)


def test_a_mandate_that_expired(user: Client, patient: Patient) -> None:
    """K5, M4: what is measured after its expiration is not given until it is renewed."""
    user.mock(EAN, mandateExpirationDate="2025-08-31T22:00:00Z")
    found = finding(patient.examined(question(EAN, patient.clock)), Topic.PERIOD)
    assert "to 2025-09-01" in found.what
    assert f"kwartier sandbox mandates renew {EAN}" in found.remedy


def test_a_mandate_that_is_to_be_renewed(user: Client, patient: Patient) -> None:
    """K5, M3: who asks whether all is well is told which mandates end soon."""
    user.mock(EAN, mandateExpirationDate="2025-10-31T23:00:00Z")
    found = finding(patient.examined(), Topic.MANDATE)
    assert found.what == f"The mandate for EAN {EAN} (VH_kwartier_uur) expires on 2025-11-01."
    assert found.remedy == f"`kwartier sandbox mandates renew {EAN}` asks for its renewal."


def test_a_contract_is_missing(live: Live) -> None:
    """K5, I5, I6: another's EAN needs a contract, and credentials that are renewed after it."""
    live.headpoints.add(digital())
    user = live.platform.client(EnvironmentName.LIVE, coverage=Coverage.OWN)
    number = EnterpriseNumber.parse(user.issued.credentials.organisation)
    period = Period(brussels("2024-01-01T00:00"))
    live.grants.add(Grant(number, DIGITAL, Granularity.DAILY, period, own=False))
    patient = of_platform(live.platform, user.issued)
    found = finding(patient.examined(question(DIGITAL, patient.clock)), Topic.CONTRACT)
    assert "of another enterprise" in found.what
    assert "Your organisation has no contract" in found.what
    assert "renew the credentials in the portal" in found.remedy


def test_a_contract_that_is_played(platform: Platform, user: Client, patient: Patient) -> None:
    """K5, I6: in the sandbox a contract is played; the doctor tells what the API tells, and what opens it again."""
    control, client_id = Control(platform.database), user.issued.credentials.client_id
    control.world.set_contract(client_id, PlayedContract.APPROVED)
    control.world.give(client_id, Ean(EAN), "Bakery", platform.clock())
    user.mock(EAN)
    found = finding(patient.examined(question(EAN, patient.clock)), Topic.CONTRACT)
    assert "renew the credentials now" in found.what
    assert "kwartier sandbox contract not-needed" in found.remedy


def test_a_submeter(user: Client, patient: Patient) -> None:
    """K5, M8: the EAN of a submeter is never asked for; that of its headpoint is named."""
    user.mock("541450211000000003")
    found = finding(patient.examined(question("541490111000000003", patient.clock)), Topic.SUBMETER)
    assert "is a submeter" in found.what
    assert "541450211000000003" in found.remedy


def test_a_request_that_cannot_be_right(user: Client, patient: Patient) -> None:
    """K5, E2: what is wrong with the request is told in the words of the API."""
    user.mock(EAN)
    start = patient.clock() - timedelta(days=1500)
    report = patient.examined(Question(EAN, Period(start, start + timedelta(days=1))))
    found = finding(report, Topic.REQUEST)
    assert "at most three years back" in found.what


def test_values_that_are_still_to_come(live: Live) -> None:
    """K5, E11: within 72 hours of measuring nothing is wrong; until when to wait is told."""
    patient = of_platform(live.platform, live.client(digital(), Granularity.QUARTER_HOURLY).issued)
    delivered(live, "2025-09-17", "2025-09-18")
    report = patient.examined(question(DIGITAL, patient.clock, days=2.5))
    found = finding(report, Topic.DELAY)
    assert found.weight is Weight.WAIT
    assert "after 2025-09-18 22:00 UTC nothing is there yet" in found.what
    assert found.remedy == "Ask again after 2025-09-21 22:00 UTC."


def test_values_that_should_be_there(live: Live) -> None:
    """K5, E11: when 72 hours are over, what is missing is for the operator."""
    patient = of_platform(live.platform, live.client(digital(), Granularity.QUARTER_HOURLY).issued)
    found = finding(patient.examined(question(DIGITAL, patient.clock)), Topic.READINGS)
    assert found.weight is Weight.WRONG
    assert "72 hours are over" in found.what
    delivered(live, "2025-09-12")
    found = finding(patient.examined(question(DIGITAL, patient.clock)), Topic.READINGS)
    assert found.weight is Weight.WARNING
    assert "from 2025-09-10 10:15 UTC to 2025-09-11 22:00 UTC, from 2025-09-12 22:00 UTC to" in found.what
    assert f"kwartier gaps {DIGITAL} --from 2025-09-10T10:00:" in found.remedy


def test_a_day_inside_that_is_not_there_yet(live: Live) -> None:
    """K5, E11: a hole before the newest value is named, also while it may be filled; nothing is said of what comes after."""
    patient = of_platform(live.platform, live.client(digital(), Granularity.QUARTER_HOURLY).issued)
    delivered(live, "2025-09-17", "2025-09-19")
    period = Period(brussels("2025-09-17T00:00"), brussels("2025-09-20T00:00"))
    found = finding(patient.examined(Question(DIGITAL, period)), Topic.DELAY)
    assert found.weight is Weight.WAIT
    assert "from 2025-09-17 22:00 UTC to 2025-09-18 22:00 UTC" in found.what
    assert "nothing is there yet" not in found.what
    assert found.remedy.startswith("Ask again after 2025-09-21 22:00 UTC;")
    assert f"kwartier gaps {DIGITAL} --from 2025-09-17 --to 2025-09-20`" in found.remedy


def test_only_the_first_holes_are_named(live: Live) -> None:
    """K5: of many holes the first three are named, and how many more there are."""
    patient = of_platform(live.platform, live.client(digital(), Granularity.QUARTER_HOURLY).issued)
    delivered(live, *(f"2025-09-{day:02}" for day in (1, 3, 5, 7, 9, 11)))
    period = Period(brussels("2025-09-01T00:00"), brussels("2025-09-12T00:00"))
    found = finding(patient.examined(Question(DIGITAL, period)), Topic.READINGS)
    assert found.what.count("from ") == 3
    assert found.what.endswith(", and 2 more.")
    assert "480 intervals" in found.what


def test_all_is_well(live: Live) -> None:
    """K5: where everything is there, nothing is found but how much there is."""
    patient = of_platform(live.platform, live.client(digital(), Granularity.QUARTER_HOURLY).issued)
    delivered(live, "2025-09-17", "2025-09-18")
    period = Period(brussels("2025-09-17T00:00"), brussels("2025-09-19T00:00"))
    report = patient.examined(Question(DIGITAL, period))
    assert {one.weight for one in report.findings} == {Weight.FINE}
    assert report.findings[-1].what == f"The API gives 192 values of EAN {DIGITAL}."


def test_the_report_ends_with_the_request(platform: Platform, patient: Patient) -> None:
    """K5: the exact request and the correlation id under which the operator finds it."""
    report = patient.examined(question(EAN, patient.clock))
    assert report.asked is not None
    assert report.asked_at == platform.clock.now
    assert (report.asked.method, report.asked.status) == ("GET", HTTPStatus.NOT_FOUND)
    assert f"/api/mandate/energy?ean={EAN}&periodType=readTime&from=2025-09-10" in report.asked.url
    assert report.asked.correlation_id


def test_the_request_of_a_good_answer_is_known_too(user: Client, patient: Patient) -> None:
    """K5: also where the API answered, for what is missing in its answer."""
    user.mock(EAN)
    report = patient.examined(question(EAN, patient.clock))
    assert report.asked is not None
    assert report.asked.status == HTTPStatus.OK
    assert f"ean={EAN}" in report.asked.url
    assert report.asked.correlation_id


def test_the_quota_is_used_up(template: Template, portal: BlockingPortal) -> None:
    """K5, C4: used up for now, and until when."""
    with new_platform(template, portal, rate_limit=1) as platform:
        patient = of_platform(platform, platform.issue())
        found = finding(patient.examined(question(EAN, platform.clock)), Topic.QUOTA)
    assert found.weight is Weight.WAIT
    assert "used up until" in found.what


def test_asked_from_outside() -> None:
    """K5, C3: from outside the countries that are let in."""
    body = {"Type": "ClientError", "Code": "Forbidden", "Message": "Not from this country."}
    patient = played(lambda _: httpx.Response(HTTPStatus.FORBIDDEN, json=body))
    found = finding(patient.examined(), Topic.GEOGRAPHY)
    assert "European Economic Area" in found.remedy


def test_no_network() -> None:
    """K5: without a connection nothing else is concluded."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host", request=request)

    report = played(refuse, with_token=False).examined(question(EAN, played(refuse).clock))
    assert finding(report, Topic.NETWORK).weight is Weight.WRONG
    assert len(report.findings) == 1
    assert isinstance(report.asked, Asked)
    assert report.asked.status is None


def test_the_server_fails() -> None:
    """K5: a fault of the other side is told as one, with its correlation id."""
    headers = {"X-Correlation-Id": "id-of-this"}
    patient = played(lambda _: httpx.Response(HTTPStatus.INTERNAL_SERVER_ERROR, headers=headers))
    report = patient.examined()
    assert "other side" in finding(report, Topic.SERVER).what
    assert report.asked is not None
    assert report.asked.correlation_id == "id-of-this"
