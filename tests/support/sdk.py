"""The client of the package in tests: sync and async behind one face, a time that is set, an API that is played."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias, cast

import httpx
import pytest
from anyio.from_thread import BlockingPortal

from kwartier import (
    AsyncClient,
    Client,
    Credentials,
    EnergyTable,
    Quota,
    Retrying,
    Settings,
)

__all__ = [
    "BASE_URL",
    "CREDENTIALS",
    "EAN",
    "START",
    "TOKENS",
    "Api",
    "Asking",
    "Driver",
    "Roads",
    "Time",
    "api",
    "bytes_of",
    "driver",
    "energy",
    "quarter_hours",
    "slot",
    "time",
]

BASE_URL: Final = "https://api.example/ext/mijnfluvius-profnetgebruiker/v1"
TOKENS: Final = "https://login.example/tenant/oauth2/v2.0/token"
EAN: Final = "541440110000000007"
CREDENTIALS: Final = Credentials(
    client_id="client",
    client_secret="the secret",
    subscription_key="the key",
    token_endpoint=TOKENS,
    scope="api://metering/.default",
)
START: Final = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


class Time:
    """A clock that goes on when somebody waits."""

    def __init__(self) -> None:
        self.now = START
        self.waits: list[float] = []

    def __call__(self) -> datetime:
        """The moment."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Wait some seconds; nobody really does."""
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)

    async def await_(self, seconds: float) -> None:
        """The same."""
        self.wait(seconds)


Asking: TypeAlias = Client
"""Both clients, as they look to who waits for them; the other one is made to look so."""


class _Waiting:
    """An asynchronous client, for who waits for it."""

    def __init__(self, client: AsyncClient, portal: BlockingPortal) -> None:
        self._client = client
        self._portal = portal

    @property
    def quota(self) -> Quota | None:
        return self._client.quota

    def energy_windows(self, *asked: Any, **options: Any) -> Iterator[EnergyTable]:
        windows = self._client.energy_windows(*asked, **options)
        while True:
            try:
                yield self._portal.call(windows.__anext__)
            except StopAsyncIteration:
                return

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def ask(*asked: Any, **options: Any) -> Any:
            return await getattr(self._client, name)(*asked, **options)

        return lambda *asked, **options: self._portal.call(lambda: ask(*asked, **options))


class Roads(NamedTuple):
    """Two roads to the same API."""

    waiting: httpx.BaseTransport
    asynchronous: httpx.AsyncBaseTransport


@dataclass(frozen=True)
class Driver:
    """One of the two clients."""

    is_async: bool
    portal: BlockingPortal

    @contextmanager
    def open(
        self,
        environment: Any = BASE_URL,
        credentials: Any = CREDENTIALS,
        settings: Settings | None = None,
        *,
        time: Time | None = None,
        transport: httpx.MockTransport | Roads | None = None,
    ) -> Iterator[Asking]:
        """A client; without settings one whose jitter is none, which counts its quota for itself."""
        time = time or Time()
        settings = settings or Settings(
            share_quota=False, clock=time, retrying=Retrying(jitter=lambda: 1.0, patience_seconds=600)
        )
        roads = transport if isinstance(transport, Roads) else Roads(transport, transport)  # type: ignore[arg-type]
        if not self.is_async:
            with Client(
                environment, credentials, settings, transport=roads.waiting, wait=time.wait
            ) as client:
                yield client
            return
        waiting = AsyncClient(
            environment, credentials, settings, transport=roads.asynchronous, wait=time.await_
        )
        try:
            yield cast("Client", _Waiting(waiting, self.portal))
        finally:
            self.portal.call(waiting.aclose)


@pytest.fixture(params=["sync", "async"])
def driver(request: pytest.FixtureRequest, portal: BlockingPortal) -> Driver:
    """Both clients, one after the other."""
    return Driver(request.param == "async", portal)


@pytest.fixture
def time() -> Time:
    """A time of the test's own."""
    return Time()


Answer = httpx.Response | Exception


@dataclass
class Api:
    """An API that answers what it was told, in order; the last answer again and again.

    Attributes:
        answers: what is answered next.
        asked: the requests of the API that came, without those for tokens.
        token_answers: what the token endpoint answers next; nothing: a token.
        tokens: how many tokens were asked for.
    """

    answers: list[Answer] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)
    token_answers: list[Answer] = field(default_factory=list)
    tokens: int = 0

    @property
    def transport(self) -> httpx.MockTransport:
        """The road to it, for both clients."""
        return httpx.MockTransport(self._answer)

    def will(self, *answers: Answer) -> None:
        """Answer these, in order."""
        self.answers += answers

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKENS:
            self.tokens += 1
            token = {"access_token": f"token {self.tokens}", "token_type": "Bearer", "expires_in": 3600}
            return _given(
                self.token_answers.pop(0) if self.token_answers else httpx.Response(200, json=token)
            )
        self.asked.append(request)
        return _given(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


def _given(answer: Answer) -> httpx.Response:
    if isinstance(answer, Exception):
        raise answer
    # A response of httpx is used up once it was read.
    return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture
def api() -> Api:
    """An API that is played."""
    return Api()


def energy(*slots: dict[str, Any], key: str = "quarterHourlyEnergy", **headpoint: Any) -> httpx.Response:
    """An answer of GET energy with the slots of one meter."""
    meter = {"seqNumber": "1", "meterID": "1SAG1", key: list(slots)}
    told = {
        "$type": "metering-on-meter",
        "ean": EAN,
        "energyType": "E",
        "physicalMeters": [meter],
    } | headpoint
    body = {"data": {"headpoint": told}, "_meta": {"fetchTime": "2026-11-28T12:00:00Z"}}
    return httpx.Response(200, json=body)


def slot(
    start: str, value: float | None = 0.25, state: str | None = "READ", *, minutes: int = 15
) -> dict[str, Any]:
    """A slot with a value of offtake."""
    end = datetime.fromisoformat(start) + timedelta(minutes=minutes)
    told = {"value": value, "unit": "kWh", "validationState": state}
    return {
        "start": start,
        "end": end.isoformat().replace("+00:00", "Z"),
        "measurements": [
            {"offtake": {"total": {name: one for name, one in told.items() if one is not None}}}
        ],
    }


def quarter_hours(
    start: datetime, count: int, values: Sequence[float] = (0.25,), **how: Any
) -> list[dict[str, Any]]:
    """Consecutive quarter-hours with these values again and again."""
    return [
        slot(
            (start + place * timedelta(minutes=15)).isoformat().replace("+00:00", "Z"),
            values[place % len(values)],
            **how,
        )
        for place in range(count)
    ]


def bytes_of(told: Any) -> bytes:
    """As this system writes JSON."""
    return json.dumps(told, separators=(",", ":")).encode()
