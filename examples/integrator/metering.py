"""Quarter-hours of electricity from the metering API, with patience."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import httpx

_TRIES = 4
_WORTH_A_RETRY = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
}


class MeteringClient:
    """Asks the metering API; waits and tries again where that helps."""

    def __init__(
        self,
        base_url: str,
        token_endpoint: str,
        secrets: dict[str, str],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base_url = base_url
        self._token_endpoint = token_endpoint
        self._secrets = secrets
        self._wait = wait
        self._token: str | None = None

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
        answer = self._ask(path, question)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self._token = None  # it may have expired: once more, with a new one
            answer = self._ask(path, question)
        answer.raise_for_status()
        data: dict[str, Any] = answer.json()["data"]
        return data

    def _ask(self, path: str, question: dict[str, str]) -> httpx.Response:
        if self._token is None:
            self._token = self._new_token()
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Subscription-Key": self._secrets["SUBSCRIPTION_KEY"],
        }
        return self._patiently("GET", self._base_url + path, params=question, headers=headers)

    def _new_token(self) -> str:
        names = ("grant_type", "scope", "client_id", "client_secret")
        form = {name: self._secrets[name.upper()] for name in names}
        answer = self._patiently("POST", self._token_endpoint, data=form)
        answer.raise_for_status()
        token: str = answer.json()["access_token"]
        return token

    def _patiently(self, method: str, url: str, **how: Any) -> httpx.Response:
        """Ask; after what may pass, wait for as long as the server says, or twice as long each time."""
        for tried in range(1, _TRIES):
            try:
                answer = httpx.request(method, url, **how)
            except httpx.TransportError:
                self._wait(2**tried)
                continue
            if answer.status_code not in _WORTH_A_RETRY:
                return answer
            self._wait(float(answer.headers.get("Retry-After", 2**tried)))
        return httpx.request(method, url, **how)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
