"""Two clients in the two spellings of the sister API's clients: both get through, and agree."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import httpx
import pytest

from kwartier.domain.credentials import EnvironmentName
from kwartier.services.tokens import scope_of
from support.platform import BASE, NOW, Platform

Json = dict[str, Any]
Query = list[tuple[str, str | int | float | bool | None]]
QUARTERS: Final = "541440110000000007"
DAYS: Final = "541440100000000007"


@dataclass(frozen=True)
class Credentials:
    """What activation hands out, as a user knows it."""

    token_endpoint: str
    scope: str
    client_id: str
    client_secret: str
    subscription_key: str


class MeteringClient(Protocol):
    """What both clients can do."""

    def sign_in(self) -> None:
        """Get a token."""

    def mock(self, ean: str, reference: str) -> str:
        """Make an approved mandate; the status."""

    def mandates(self, status: str, services: list[str]) -> list[Json]:
        """Find mandates."""

    def energy(self, ean: str, start: datetime, end: datetime, granularities: list[str]) -> Json:
        """The headpoint with its energy."""


class CapitalsClient:
    """Spells in capitals, repeats names, and sends its secret in the body.

    Args:
        http: how it reaches the platform.
        base: the address of the environment.
        credentials: what activation handed out.
    """

    def __init__(self, http: httpx.Client, base: str, credentials: Credentials) -> None:
        self._http = http
        self._base = base
        self._known = credentials
        self._headers = {"Ocp-Apim-Subscription-Key": credentials.subscription_key}

    def sign_in(self) -> None:
        """Get a token."""
        known = self._known
        form = {
            "grant_type": "client_credentials",
            "client_id": known.client_id,
            "client_secret": known.client_secret,
            "scope": known.scope,
        }
        token = self._http.post(known.token_endpoint, data=form).raise_for_status().json()
        assert token["token_type"] == "Bearer"
        assert token["expires_in"] > 0
        self._headers["Authorization"] = f"{token['token_type']} {token['access_token']}"

    def mock(self, ean: str, reference: str) -> str:
        """Make an approved mandate; the status."""
        body = {"Ean": ean, "Status": "APPROVED", "ReferenceNumber": reference}
        answer = self._http.post(f"{self._base}/api/Mandate/Mock", json=body, headers=self._headers)
        status: str = _data(answer)["status"]
        return status

    def mandates(self, status: str, services: list[str]) -> list[Json]:
        """Find mandates."""
        query: Query = [("Status", status), *(("DataServiceTypes", service) for service in services)]
        answer = self._http.get(f"{self._base}/api/Mandate", params=query, headers=self._headers)
        found: list[Json] = _data(answer).get("mandates") or []
        return found

    def energy(self, ean: str, start: datetime, end: datetime, granularities: list[str]) -> Json:
        """The headpoint with its energy."""
        query: Query = [
            ("Ean", ean),
            ("PeriodType", "ReadTime"),
            ("From", f"{start:%Y-%m-%dT%H:%M:%SZ}"),
            ("To", f"{end:%Y-%m-%dT%H:%M:%SZ}"),
            ("ComplexEnergyTypes", "Active"),
            ("ComplexEnergyTypes", "Reactive"),
            *(("Granularity", granularity) for granularity in granularities),
        ]
        answer = self._http.get(f"{self._base}/api/Mandate/Energy", params=query, headers=self._headers)
        headpoint: Json = _data(answer)["headpoint"]
        return headpoint


class CamelClient:
    """Spells in lower camel case, joins with commas, and authenticates by HTTP Basic.

    Args:
        http: how it reaches the platform.
        base: the address of the environment.
        credentials: what activation handed out.
    """

    def __init__(self, http: httpx.Client, base: str, credentials: Credentials) -> None:
        self._http = http
        self._base = base
        self._known = credentials
        self._headers = {"Subscription-Key": credentials.subscription_key, "Accept-Encoding": "identity"}

    def sign_in(self) -> None:
        """Get a token."""
        pair = f"{self._known.client_id}:{self._known.client_secret}"
        headers = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
        form = {"grant_type": "client_credentials", "scope": self._known.scope}
        answer = self._http.post(self._known.token_endpoint, data=form, headers=headers)
        self._headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"

    def mock(self, ean: str, reference: str) -> str:
        """Make an approved mandate; the status."""
        body = {"referenceNumber": reference, "status": "Approved", "ean": ean, "dataPeriodTo": None}
        answer = self._http.post(f"{self._base}/api/mandate/mock", json=body, headers=self._headers)
        status: str = _data(answer)["status"]
        return status

    def mandates(self, status: str, services: list[str]) -> list[Json]:
        """Find mandates."""
        query = {"status": status, "dataServiceTypes": ", ".join(services)}
        answer = self._http.get(f"{self._base}/api/mandate", params=query, headers=self._headers)
        found: list[Json] = _data(answer).get("mandates") or []
        return found

    def energy(self, ean: str, start: datetime, end: datetime, granularities: list[str]) -> Json:
        """The headpoint with its energy; still names its granularities by version 2's data service types."""
        services = {"daily": "VH_dag", "hourly_quarterhourly": "VH_kwartier_uur"}
        query = {
            "ean": ean,
            "periodType": "readTime",
            "from": start.isoformat(),
            "to": end.isoformat(),
            "dataServiceType": ",".join(services[one] for one in granularities),
        }
        answer = self._http.get(f"{self._base}/api/mandate/energy", params=query, headers=self._headers)
        headpoint: Json = _data(answer)["headpoint"]
        return headpoint


def _data(answer: httpx.Response) -> Json:
    """The data of an enveloped answer."""
    body = answer.raise_for_status().json()
    assert body["_meta"]["fetchTime"].endswith("Z")
    data: Json = body["data"]
    return data


def readings(headpoint: Json) -> dict[tuple[str, str, str, str], float]:
    """Every value by series, start, direction and register, read as leniently as clients must."""
    return {
        (key, slot["start"], direction, register): reading["value"]
        for meter in headpoint.get("physicalMeters") or []
        for key, series in meter.items()
        if isinstance(series, list)
        for slot in series
        for measured in slot.get("measurements") or []
        for direction, registers in measured.items()
        for register, reading in registers.items()
    }


def assert_agree(first: MeteringClient, second: MeteringClient, end: datetime) -> None:
    """Both clients get through the main job, and read the same values.

    Args:
        first: a client with credentials of its own.
        second: another.
        end: until when energy is asked; some days before now.
    """
    start = end - timedelta(days=10)
    told = []
    for client in (first, second):
        client.sign_in()
        assert client.mock(QUARTERS, "REF-1") == client.mock(DAYS, "REF-2") == "Approved"
        found = client.mandates("Approved", ["VH_dag", "VH_kwartier_uur"])
        assert {one["ean"]: one["dataServiceType"] for one in found} == {
            QUARTERS: "VH_kwartier_uur",
            DAYS: "VH_dag",
        }
        quarters = readings(client.energy(QUARTERS, start, end, ["hourly_quarterhourly"]))
        days = readings(client.energy(DAYS, start, end, ["daily", "hourly_quarterhourly"]))
        told.append((quarters, days))
    assert len(told[0][0]) == 10 * 96 * 2
    assert len(told[0][1]) >= 9 * 4
    assert told[0] == told[1]


@pytest.mark.parametrize(("first_base", "second_base"), [(BASE, "/esco-sbx/v3"), ("/ESCO-SBX/v3", BASE)])
def test_two_clients_get_through_and_agree(platform: Platform, first_base: str, second_base: str) -> None:
    """C7, C9: a client of either spelling gets from credentials to energy by changing the host, and both agree."""

    def known() -> Credentials:
        issued = platform.issue()
        return Credentials(
            f"{platform.http.base_url}{platform.token_path}".replace("//", "/").replace(":/", "://"),
            scope_of(EnvironmentName.SANDBOX),
            issued.credentials.client_id,
            issued.client_secret,
            issued.subscription_key or "",
        )

    capitals = CapitalsClient(platform.http, first_base, known())
    camel = CamelClient(platform.http, second_base, known())
    assert_agree(capitals, camel, NOW - timedelta(days=5))
