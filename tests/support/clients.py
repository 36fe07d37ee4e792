"""Two small clients in the two spellings of the sister API's clients (WIRE.md)."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import httpx

__all__ = ["CamelClient", "CapitalsClient", "Credentials", "Json", "MeteringClient", "readings"]

Json = dict[str, Any]
Query = list[tuple[str, str | int | float | bool | None]]


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


def readings(headpoint: Json) -> dict[tuple[str, ...], float]:
    """Every value by meter, series, start, direction, register and unit, read as leniently as clients must."""
    meters = [headpoint, *(headpoint.get("physicalMeters") or []), *(headpoint.get("subHeadpoints") or [])]
    return {
        (_name(meter), key, slot["start"], direction, register, reading["unit"]): reading["value"]
        for meter in meters
        for key, series in meter.items()
        if key.endswith("Energy")
        for slot in series
        for measured in slot.get("measurements") or []
        for direction, registers in measured.items()
        for register, reading in registers.items()
    }


def _name(meter: Json) -> str:
    return str(meter.get("meterID") or meter.get("ean"))
