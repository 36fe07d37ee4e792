"""Quarter-hours of electricity from the metering API: a first try."""

from datetime import UTC, datetime
from typing import Any

import httpx


class MeteringClient:
    """Asks the metering API."""

    def __init__(self, base_url: str, token_endpoint: str, secrets: dict[str, str]) -> None:
        self._base_url = base_url
        self._token_endpoint = token_endpoint
        self._secrets = secrets

    def quarter_hours(self, ean: str, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """The quarter-hours of a digital meter in a period; none if nothing has come in yet."""
        question = {"ean": ean, "periodType": "readTime", "from": _moment(start), "to": _moment(end)}
        meters = self._get("/api/mandate/energy", question)["headpoint"].get("physicalMeters", [])
        return [slot for meter in meters for slot in meter.get("quarterHourlyEnergy", [])]

    def mandates(self) -> list[dict[str, Any]]:
        """The mandates, as they stand now."""
        found: list[dict[str, Any]] = self._get("/api/mandate", {})["mandates"]
        return found

    def _get(self, path: str, question: dict[str, str]) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._new_token()}",
            "Subscription-Key": self._secrets["SUBSCRIPTION_KEY"],
        }
        answer = httpx.get(self._base_url + path, params=question, headers=headers)
        answer.raise_for_status()
        data: dict[str, Any] = answer.json()["data"]
        return data

    def _new_token(self) -> str:
        names = ("grant_type", "scope", "client_id", "client_secret")
        form = {name: self._secrets[name.upper()] for name in names}
        answer = httpx.post(self._token_endpoint, data=form)
        answer.raise_for_status()
        token: str = answer.json()["access_token"]
        return token


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
