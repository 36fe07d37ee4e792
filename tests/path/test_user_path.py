"""The guide's user path, from the first registration to the values that are gone after a move: all of it over HTTP.

What a portal user does before the portal is there (asking for a mandate, activating, renewing) is done by the service
that the portal will call.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import pytest
from anyio.from_thread import BlockingPortal

from kwartier.db.readings import readings_database
from kwartier.domain.access import Coverage
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.metering import Granularity
from kwartier.domain.people import Acting
from kwartier.domain.period import Period
from kwartier.services.requests import Answer, Approved, Requested, Requests, Wanted
from kwartier.wire.timestamps import read_timestamp, write_timestamp
from support.domain import brussels
from support.engines import Template
from support.office import Office
from support.platform import NOW, Client, Json, Platform, assert_refused, new_platform
from support.web import read_page

COMPANY, DAUGHTER = (EnterpriseNumber.parse(number) for number in ("0999.999.922", "0203.430.576"))
OWN, RELATED = Ean("541448800000000014"), Ean("541448800000000021")
FIRST_DAY, DAYS = brussels("2025-09-01T00:00"), 14
HEADPOINTS: Final = f"""\
row,ean,energy,meter_type,seq_number,meter_id,who,from,to
headpoint,{OWN},electricity,digital,,,,,
meter,{OWN},,,1,1SAG0000000014,,,
grid user,{OWN},,,,,{COMPANY},2020-01-01,
headpoint,{RELATED},electricity,digital,,,,,
meter,{RELATED},,,1,1SAG0000000021,,,
grid user,{RELATED},,,,,{DAUGHTER},2020-01-01,
"""
HERE: Final = {"Host": "127.0.0.1:8484"}
FROM, TO = (write_timestamp(FIRST_DAY + timedelta(days=days)) for days in (0, DAYS))


def _readings(ean: Ean) -> bytes:
    """Two weeks of quarter-hours, as a head-end sends them: a run for each day, a kWh in each quarter-hour."""
    runs = [
        f'{{"ean": "{ean}", "meter_id": "1SAG00000000{ean[-2:]}", "direction": "offtake", "register": "total", "unit": "kWh", '
        f'"start": "{write_timestamp(FIRST_DAY + timedelta(days=day))}", "resolution": "PT15M", '
        f'"values": {[1.0] * 96}, "states": "READ"}}'
        for day in range(DAYS)
    ]
    return "\n".join(runs).encode()


class Path:
    """Everybody on the path: the operator and his head-end, the company's portal user, its client, the grid user."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.office = Office(platform)
        self.readings = readings_database(platform.settings.database)
        self.requests = Requests(platform.database, self.readings, platform.hasher, platform.clock)

    def settle(self) -> None:
        """The operator registers both enterprises, who acts for the first, the headpoints, and what was measured."""
        for number, name in ((COMPANY, "Bakery"), (DAUGHTER, "Mill")):
            body = {
                "number": number,
                "name": name,
                "kind": "company",
                "language": "en",
                "email": f"{name}@example.be",
            }
            Office.data_of(self.office.ask("PUT", "/organisation", json=body))
        person = self.office.post("/people", name="An Peeters", email="an@example.be", language="en")[
            "person"
        ]
        self.office.post("/roles", person=person, organisation=COMPANY, kind="function", title="manager")
        self.acting = Acting(COMPANY, person)
        imported = self.office.ask(
            "POST", "/headpoints", content=HEADPOINTS.encode(), headers={"Content-Type": "text/csv"}
        )
        assert imported.status_code == HTTPStatus.OK, imported.text
        for ean in (OWN, RELATED):
            assert self.office.delivered(f"readings of {ean}", _readings(ean))["delivery"]["counts"]["stored"]
        self.platform.clock.move(seconds=10)

    def wants(self, ean: Ean) -> Answer:
        """The portal user asks for quarter-hours of an EAN."""
        wanted = Wanted(ean, Granularity.QUARTER_HOURLY, Period(brussels("2025-01-01T00:00")))
        [answer] = self.requests.ask(self.acting, [wanted]).answers
        return answer

    def link(self) -> str:
        """The link that was sent to the grid user, as she finds it in each of her messages."""
        listed = read_page(self.platform.http.get("/outbox", headers=HERE).text)
        messages = {path for path in listed.links.values() if path.startswith("/outbox/")}
        assert len(messages) > 1  # the question, and a reminder that waits
        texts = [read_page(self.platform.http.get(path, headers=HERE).text) for path in messages]
        [link] = {one for page in texts for one in page.links.values() if "/consent/" in one}
        return link

    def answers(self, link: str, **fields: str) -> str:
        """The grid user sends the form of his page; what it says then."""
        answer = self.platform.http.post(
            link,
            content=urlencode(fields),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == HTTPStatus.OK, answer.text
        return read_page(answer.text).text


@pytest.fixture
def path(template: Template, portal: BlockingPortal) -> Iterator[Path]:
    """A platform on which everybody is registered."""
    with new_platform(template, portal) as platform:
        path = Path(platform)
        path.settle()
        yield path
        path.readings.close()


def _last_day(slots: list[Json]) -> datetime:
    return read_timestamp(slots[-1]["end"])


def test_an_organisation_with_its_own_meters(path: Path) -> None:
    """M1, M2, I3, I5, E5: asked for, approved at once, activated without any contract, read; and nothing else is."""
    client = path.platform.client(EnvironmentName.LIVE, COMPANY, Coverage.OWN)
    assert client.mandates() == []
    assert_refused(client.ask_energy(OWN, FROM, TO), HTTPStatus.NOT_FOUND, "mandate")
    assert isinstance(path.wants(OWN), Approved)
    [mandate] = client.mandates()
    assert mandate["status"] == "Approved"
    assert mandate["ean"] == OWN
    assert mandate["mandateExpirationDate"] == write_timestamp(brussels("2028-09-21T00:00"))
    slots = client.slots(OWN, FROM, TO)
    assert len(slots) == DAYS * 96
    assert slots[0]["start"] == FROM
    assert slots[-1]["end"] == TO
    assert_refused(client.ask_energy(RELATED, FROM, TO), HTTPStatus.NOT_FOUND)
    audited = path.office.get("/audit", organisation=COMPANY)["accesses"]
    assert sorted(one["ean"] for one in audited) == [OWN, OWN, RELATED]


def test_an_organisation_that_wants_a_related_enterprises_meters(path: Path) -> None:
    """I5, I6, M2, M5, M6, E6: contract, consent, 403 until renewal, data; then a move cuts the period, and later values go."""
    client = path.platform.client(EnvironmentName.LIVE, COMPANY, Coverage.OWN)
    assert isinstance(path.wants(RELATED), Requested)
    [mandate] = client.mandates()
    assert mandate["status"] == "Requested"
    assert "ean" not in mandate
    assert_refused(client.ask_energy(RELATED, FROM, TO), HTTPStatus.NOT_FOUND)

    # The grid user follows the link that was sent to her enterprise, and says yes.
    link = path.link()
    page = read_page(path.platform.http.get(link).text)
    for words in ("Bakery", COMPANY, RELATED):
        assert words in page.text
    path.platform.clock.move(minutes=30)
    path.answers(link, **{"answer-1": "yes"})
    [mandate] = client.mandates({"status": "Approved"})
    assert mandate["ean"] == RELATED
    assert_refused(client.ask_energy(RELATED, FROM, TO), HTTPStatus.FORBIDDEN, "contract")

    # The contract is signed and approved; it counts once the credentials are renewed.
    contract = path.office.post("/contracts", organisation=COMPANY)["contract"]
    path.office.post("/contracts/sign", contract=contract, organisation=COMPANY)
    assert_refused(client.ask_energy(RELATED, FROM, TO), HTTPStatus.FORBIDDEN, "contract")
    path.office.post("/contracts/approve", contract=contract)
    assert_refused(client.ask_energy(RELATED, FROM, TO), HTTPStatus.FORBIDDEN, "renew")
    told = read_page(path.platform.http.get("/outbox", headers=HERE).text)
    assert "an@example.be" in told.text or "An Peeters" in told.text
    path.platform.clock.move(seconds=1)
    client.sign_in(path.platform.renew(client.issued))
    assert len(client.slots(RELATED, FROM, TO)) == DAYS * 96

    # The grid user sees who looked.
    assert "Bakery" in read_page(path.platform.http.get(link).text).text

    # She moved out a week ago, as the market tells only now.
    path.platform.clock.move(minutes=10)
    moved, registered = FIRST_DAY + timedelta(days=7), path.platform.clock.now
    before = write_timestamp(registered)
    done = path.office.post(
        "/scenario", ean=RELATED, scenario="move", effective=write_timestamp(moved), gridUser="Another"
    )
    assert (done["cut"], done["rejected"]) == (1, 0)
    path.platform.clock.move(minutes=1)
    slots = client.slots(RELATED, FROM, TO)
    assert len(slots) == 7 * 96
    assert _last_day(slots) == moved
    after = (write_timestamp(moved), TO)
    assert_refused(client.ask_energy(RELATED, *after), HTTPStatus.NOT_FOUND, "period")
    [found] = client.mandates({"lastUpdatedFrom": before})
    assert found["status"] == "Approved"
    assert found["dataPeriodTo"] == write_timestamp(moved)
    assert client.mandates({"lastUpdatedTo": before}) == []


def test_a_grid_user_who_ends_it(path: Path) -> None:
    """M2, A1: by the link of before she sees who looked, and ends the access; from then on nothing is given."""
    client: Client = path.platform.client(EnvironmentName.LIVE, COMPANY, Coverage.ALL)
    path.wants(RELATED)
    link = path.link()
    path.answers(link, **{"answer-1": "yes"})
    assert len(client.slots(RELATED, FROM, TO)) == DAYS * 96
    path.platform.clock.move(days=2)
    client.sign_in()
    path.answers(link, end="1")
    [mandate] = client.mandates()
    assert mandate["status"] == "Finished"
    assert_refused(client.ask_energy(RELATED, FROM, TO), HTTPStatus.NOT_FOUND)
    assert path.platform.clock.now > NOW
