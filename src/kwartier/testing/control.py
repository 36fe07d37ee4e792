"""The control of a sandbox: its clock, the life of mandates, faults on demand, reset, state, journal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from kwartier.testing.asking import Ask, data_of, good, written
from kwartier.testing.faults import EndpointName, Fault, KindName, read_fault
from kwartier.testing.journal import JournalEntry, read_entry
from kwartier.testing.portal import Portal
from kwartier.wire import paths
from kwartier.wire.timestamps import read_timestamp

__all__ = ["Clock", "ClockReading", "Control"]


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a clock shows.

    Attributes:
        is_set: whether it was set; otherwise it shows real time.
        is_running: whether it goes on.
    """

    now: datetime
    is_set: bool
    is_running: bool


class Clock:
    """The clock of one client: what has arrived, insertion times, renewal and expiry of mandates follow it.

    Tokens and credentials keep real time.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def read(self) -> ClockReading:
        """Read it."""
        return self._asked("GET", "/clock")

    def set(self, moment: datetime, *, running: bool = True) -> ClockReading:
        """Set it; it goes on from there, or stands still.

        Args:
            moment: an aware moment of the years 2018 to 2099; fractions of a second are cut off.
            running: whether it goes on.

        Raises:
            ValueError: the moment is naive.
            RefusedError: it is out of range.
        """
        return self._asked("PUT", "/clock", {"now": written(moment), "running": running})

    def advance(
        self,
        by: timedelta = timedelta(),
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> ClockReading:
        """Move it on, or back by what is negative; one that shows real time goes on from there.

        Raises:
            RefusedError: the moment would be out of range.
        """
        by += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        # Days apart from the rest, so that no microsecond gets lost in a floating-point number.
        rest = by - timedelta(days=by.days)
        return self._asked("POST", "/clock/advance", {"days": by.days, "seconds": rest.total_seconds()})

    def release(self) -> ClockReading:
        """Let it show real time again."""
        return self._asked("DELETE", "/clock")

    def _asked(self, method: str, path: str, body: object = None) -> ClockReading:
        told = data_of(self._ask(method, paths.CONTROL + path, json=body))
        return ClockReading(read_timestamp(told["now"]), told["set"], told["running"])


class Control:
    """What an integrator controls of the sandbox of one client.

    Attributes:
        clock: its clock.
        portal: what happens to its mandates: asked for, consented to, refused, renewed, ended; and the market.
    """

    def __init__(self, ask: Ask, base_path: str) -> None:
        self._ask = ask
        self._base_path = base_path
        self.clock = Clock(ask)
        self.portal = Portal(ask)

    def fail(
        self,
        status: int = HTTPStatus.SERVICE_UNAVAILABLE,
        *,
        times: int | None = 1,
        endpoint: EndpointName = "any",
        retry_after: int | None = None,
        probability: float = 1.0,
    ) -> Fault:
        """Let requests be refused. Of several faults that could strike a request, the earliest asked for does.

        Args:
            status: 400, 401, 403, 404, 429, 500 or 503.
            times: how many requests it strikes; None: all, until it is cleared.
            endpoint: what it strikes; `any` has requests for a token too.
            retry_after: what the header `Retry-After` says [s].
            probability: the part of the requests that it strikes.

        Raises:
            RefusedError: what is not allowed, with what is.
        """
        return self._fault(
            "status", endpoint, times, probability, status=int(status), retryAfterSeconds=retry_after
        )

    def delay(
        self,
        by: timedelta | float,
        *,
        times: int | None = 1,
        endpoint: EndpointName = "any",
        probability: float = 1.0,
    ) -> Fault:
        """Let answers be held back, by up to 60 seconds of real time; a number is seconds. The rest is as in `fail`."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        return self._fault("delay", endpoint, times, probability, delaySeconds=seconds)

    def cut(
        self, *, times: int | None = 1, endpoint: EndpointName = "any", probability: float = 1.0
    ) -> Fault:
        """Let connections break in the middle of the answer's body. The rest is as in `fail`."""
        return self._fault("cut", endpoint, times, probability)

    def malform(
        self, *, times: int | None = 1, endpoint: EndpointName = "any", probability: float = 1.0
    ) -> Fault:
        """Let answers of 200 have a body that is no JSON. The rest is as in `fail`."""
        return self._fault("malformed", endpoint, times, probability)

    def expire_token(
        self, *, times: int | None = 1, endpoint: EndpointName = "any", probability: float = 1.0
    ) -> Fault:
        """Let requests be refused as if their token had expired. The rest is as in `fail`."""
        return self._fault("expired-token", endpoint, times, probability)

    def faults(self) -> list[Fault]:
        """The faults that were asked for, used up ones too."""
        return _faults(self._control("GET", "/faults"))

    def clear_faults(self, fault: Fault | None = None) -> None:
        """Take a fault back, or all."""
        self._control("DELETE", "/faults", params=None if fault is None else {"number": fault.number})

    def reset(self) -> None:
        """Make the sandbox as it was at first: nothing in it, all EANs its own, and a clock with real time."""
        self._control("POST", "/reset")

    def export_state(self) -> dict[str, Any]:
        """All that is kept but the journal, to be kept elsewhere (it is JSON) and imported again."""
        state: dict[str, Any] = good(self._ask("GET", paths.CONTROL + "/state")).json()
        return state

    def import_state(self, state: Mapping[str, Any]) -> None:
        """Replace all that is kept but the journal by an exported state, whole or not at all."""
        self._control("PUT", "/state", json=dict(state))

    def journal(self, *, after: int = 0, limit: int = 1000) -> list[JournalEntry]:
        """The newest requests and answers, in order; this surface's own are not among them.

        Args:
            after: only those with a higher number.
            limit: at most so many, up to 1000.
        """
        told = self._control("GET", "/journal", params={"after": after, "limit": limit})
        return [read_entry(entry) for entry in told["entries"]]

    def mandate(self, ean: str, status: str = "Approved", **fields: str | datetime) -> None:
        """Make a mock mandate. It is a request of the client like any other: limits and faults hold for it.

        Args:
            ean: one of the sandbox: docs/sandbox-eans.md.
            status: of the mandate.
            fields: the others of `POST mandate/mock`, by their names on the wire; moments may be datetimes.

        Raises:
            RefusedError: what is not allowed, with what is.
        """
        body = {
            name: written(value) if isinstance(value, datetime) else value for name, value in fields.items()
        }
        asked = {"ean": ean, "status": status} | body
        good(self._ask("POST", self._base_path + paths.MOCK_MANDATE, json=asked))

    def _fault(
        self,
        kind: KindName,
        endpoint: EndpointName,
        times: int | None,
        probability: float,
        **details: float | None,
    ) -> Fault:
        asked = {"kind": kind, "endpoint": endpoint, "times": times, "probability": probability, **details}
        given = {name: value for name, value in asked.items() if value is not None}
        return _faults(self._control("POST", "/faults", json=given))[-1]

    def _control(
        self, method: str, path: str, *, json: Any = None, params: Mapping[str, str | int] | None = None
    ) -> dict[str, Any]:
        return data_of(self._ask(method, paths.CONTROL + path, json=json, params=params))


def _faults(told: Mapping[str, Any]) -> list[Fault]:
    return [read_fault(fault) for fault in told["faults"]]
