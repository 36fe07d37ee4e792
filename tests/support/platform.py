"""A platform in this process for tests: its app behind httpx, a clock that is set, a database of its own."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from pydantic import SecretStr
from starlette.types import ASGIApp

from kwartier.app import assemble
from kwartier.domain.access import Coverage
from kwartier.domain.contract import Contract
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.mandate import Fact, Mandate
from kwartier.registry import mandates as registry
from kwartier.services import credentials
from kwartier.services.credentials import IssuedCredentials
from kwartier.services.environment import VersionSource, holder_of
from kwartier.services.tokens import scope_of
from kwartier.settings import Settings
from kwartier.wire import paths
from kwartier.wire.errors import CODES
from kwartier.wire.timestamps import read_timestamp
from support.contracts import approved_contract
from support.engines import Template

__all__ = [
    "ADDRESS",
    "BASE",
    "ESCO_BASE",
    "HOST",
    "NOW",
    "Client",
    "FakeClock",
    "Json",
    "Platform",
    "assert_refused",
    "client",
    "fresh_platform",
    "new_platform",
    "platform",
    "portal",
    "shared_platform",
]

Json = dict[str, Any]

NOW: Final = datetime(2025, 9, 20, 10, 0, tzinfo=UTC)
ADDRESS: Final = "http://localhost"
"""That of the settings: of this machine, so that nothing more has to be said for a platform of development."""
HOST: Final = "http://kwartier.test"
"""Under which it is asked: a name of somewhere else."""
BASE, ESCO_BASE = paths.BASE_PATHS[EnvironmentName.SANDBOX]

_ORGANISATION: Final = EnterpriseNumber.parse("0999.999.922")
_TELLS_OF_THE_INSIDE: Final = re.compile(
    r"traceback|\.py|sqlite|sqlalchemy|exception|kwartier\.", re.IGNORECASE
)


class FakeClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The moment."""
        return self.now

    def move(self, **by: float) -> None:
        """Move it by days, hours, seconds…, as `timedelta` has them."""
        self.now += timedelta(**by)


class _Parts(httpx.AsyncByteStream):
    """A body that comes in these parts."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The parts."""
        for part in self._parts:
            yield part


class _AppTransport(httpx.BaseTransport):
    """Brings the requests of a synchronous client to an app in this process; the body stays as it was sent."""

    def __init__(self, app: ASGIApp, portal: BlockingPortal) -> None:
        self._app = httpx.ASGITransport(app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
        self._portal = portal

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request."""
        return self._portal.call(self._serve, request)

    async def _serve(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        # Not the request itself: it may be sent again.
        sent = httpx.Request(
            request.method,
            request.url,
            headers=request.headers,
            stream=_Parts(list(request.stream)),
            extensions=request.extensions,
        )
        sent.url = request.url  # of whatever class it is
        answer = await self._app.handle_async_request(sent)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        body = b"".join([part async for part in answer.stream])
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(body))


class Platform:
    """The platform, and what a test needs to know of it.

    Args:
        database: the address of a database with the schema.
        portal: where the app runs.
        readings: of the live environment.
        settings: what differs from the defaults.
    """

    def __init__(
        self, database: str, portal: BlockingPortal, readings: VersionSource | None = None, **settings: Any
    ) -> None:
        chosen: Json = {
            "database": database,
            "public_url": ADDRESS,
            "pepper": SecretStr("pepper of tests"),
            "rate_limit": 100_000,
            "failed_limit": 100_000,
        }
        self.settings = Settings(**(chosen | settings))
        self.clock = FakeClock()
        assembled = assemble(self.settings, self.clock, readings=readings)
        self.database, self.hasher, self.app = assembled.database, assembled.hasher, assembled.app
        self.databases, self.close = assembled.databases, assembled.close
        self.http = httpx.Client(transport=_AppTransport(self.app, portal), base_url=HOST)

    @property
    def token_path(self) -> str:
        """The path of the token endpoint."""
        return paths.token_path(self.settings.tenant_id)

    def issue(
        self,
        environment: EnvironmentName = EnvironmentName.SANDBOX,
        organisation: str = _ORGANISATION,
        coverage: Coverage = Coverage.ALL,
    ) -> IssuedCredentials:
        """New credentials; those for all live EANs come with the contract that they need."""
        number = EnterpriseNumber.parse(organisation)
        if environment is EnvironmentName.LIVE and coverage is Coverage.ALL:
            self.contract(number)
        return credentials.issue(
            self.database, self.hasher, environment, number, self.clock.now, coverage=coverage
        )

    def contract(self, organisation: EnterpriseNumber) -> Contract:
        """The approved data access contract of an organisation, made if there is none."""
        return approved_contract(self.database, organisation, self.clock.now)

    def renew(self, issued: IssuedCredentials, **how: Any) -> IssuedCredentials:
        """Renew credentials: a new secret; at once, unless said otherwise."""
        client_id = issued.credentials.client_id
        return credentials.renew(self.database, self.hasher, client_id, self.clock.now, **how)

    def revoke(self, issued: IssuedCredentials) -> None:
        """Revoke credentials."""
        credentials.revoke(self.database, issued.credentials.client_id, self.clock.now)

    def ask_token(self, issued: IssuedCredentials, **changes: str | None) -> httpx.Response:
        """Ask for a token with everything in the body; changes replace fields, None leaves them out."""
        form = {
            "grant_type": "client_credentials",
            "scope": scope_of(issued.credentials.environment),
            "client_id": issued.credentials.client_id,
            "client_secret": issued.client_secret,
        } | changes
        return self.http.post(
            self.token_path, data={name: text for name, text in form.items() if text is not None}
        )

    def token(self, issued: IssuedCredentials) -> str:
        """A token."""
        answer = self.ask_token(issued)
        assert answer.status_code == HTTPStatus.OK, answer.text
        token: str = answer.json()["access_token"]
        return token

    def client(self, *credentials: Any, **differing: Any) -> "Client":
        """Somebody new with credentials, as `issue` takes them, and a token."""
        return Client(self, self.issue(*credentials, **differing))


class Client:
    """Somebody who uses the sandbox: credentials, a token, and how he asks."""

    def __init__(self, platform: Platform, issued: IssuedCredentials) -> None:
        self.platform = platform
        self.issued = issued
        self.base = paths.BASE_PATHS[issued.credentials.environment][0]
        self.headers = {"Subscription-Key": issued.subscription_key or ""}
        self.sign_in()

    def sign_in(self, issued: IssuedCredentials | None = None) -> None:
        """Get a new token, with renewed credentials if they are given."""
        self.headers["Authorization"] = f"Bearer {self.platform.token(issued or self.issued)}"

    def at(self, moment: str) -> None:
        """Set the clock, and get a token of that moment."""
        self.platform.clock.now = read_timestamp(moment)
        self.sign_in()

    def write(self, mandate: Mandate, history: Sequence[Fact]) -> None:
        """Write a mandate by its facts: what the sandbox's own endpoint can't make."""
        who = self.issued.credentials
        is_sandbox = who.environment is EnvironmentName.SANDBOX
        holder = holder_of(who.environment, who.client_id if is_sandbox else who.organisation)
        with self.platform.database.writing() as connection:
            registry.add(connection, holder, mandate, history)

    def ask(self, method: str, path: str, *, base: str | None = None, **how: Any) -> httpx.Response:
        """Ask something below the base path, with credentials."""
        headers = self.headers | dict(how.pop("headers", {}))
        return self.platform.http.request(method, (base or self.base) + path, headers=headers, **how)

    def control(self, method: str, path: str, **how: Any) -> Json:
        """Ask something of the control surface of the client's own sandbox, and read what is told."""
        answer = self.ask(method, path, base=paths.CONTROL, **how)
        assert answer.status_code == HTTPStatus.OK, answer.text
        data: Json = answer.json()["data"]
        return data

    def get(self, path: str, params: Any = None) -> httpx.Response:
        """Get a path below the base path."""
        return self.ask("GET", path, params=params)

    def post_mock(self, **fields: Any) -> httpx.Response:
        """Ask for a mock mandate, Approved unless said otherwise."""
        return self.ask("POST", paths.MOCK_MANDATE, json={"status": "Approved"} | fields)

    def mock(self, ean: str, **fields: Any) -> None:
        """Make a mock mandate, Approved unless said otherwise."""
        answer = self.post_mock(ean=ean, **fields)
        assert answer.status_code == HTTPStatus.OK, answer.text

    def mandates(self, params: Any = None) -> list[Json]:
        """The mandates found."""
        answer = self.get(paths.MANDATE, params)
        assert answer.status_code == HTTPStatus.OK, answer.text
        found: list[Json] = answer.json()["data"]["mandates"]
        return found

    def ask_energy(self, ean: str, start: str, end: str, **params: Any) -> httpx.Response:
        """Ask for energy, by time of reading unless said otherwise."""
        asked = {"ean": ean, "periodType": "readTime", "from": start, "to": end} | params
        return self.get(paths.ENERGY, asked)

    def headpoint(self, ean: str, start: str, end: str, **params: Any) -> Json:
        """The headpoint with its energy."""
        answer = self.ask_energy(ean, start, end, **params)
        assert answer.status_code == HTTPStatus.OK, answer.text
        headpoint: Json = answer.json()["data"]["headpoint"]
        return headpoint

    def slots(self, ean: str, start: str, end: str, **params: Any) -> list[Json]:
        """The slots of the one series of the one meter; none if there is no series."""
        meters = self.headpoint(ean, start, end, **params).get("physicalMeters", [])
        if not meters:
            return []
        assert len(meters) == 1
        [series] = [value for name, value in meters[0].items() if name.endswith("Energy")]
        assert isinstance(series, list)
        return series


def assert_refused(answer: httpx.Response, status: HTTPStatus, *words: str) -> Json:
    """C6: a refusal has this status, the one error body, these words in it, and a correlation id."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text[:500]}"
    assert answer.headers["content-type"] == "application/json"
    assert "no-store" in answer.headers["cache-control"]
    assert re.fullmatch(r"[0-9A-Za-z._-]{1,64}", answer.headers["x-correlation-id"])
    body: Json = json.loads(answer.content)
    names = {"Type", "Code", "Message"}
    if status == HTTPStatus.BAD_REQUEST:
        names.add("ValidationErrorMessages")
        faults = body["ValidationErrorMessages"]
        assert faults
        assert all(isinstance(fault, str) and fault for fault in faults)
    assert body.keys() == names
    assert body["Type"] == ("ServerError" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "ClientError")
    assert body["Code"] == CODES[status]
    assert body["Message"]
    assert not _TELLS_OF_THE_INSIDE.search(body["Message"])
    for word in words:
        assert word in answer.text
    return body


@contextmanager
def new_platform(template: Template, portal: BlockingPortal, **differing: Any) -> Iterator[Platform]:
    """A platform on a database of its own."""
    with template() as url:
        platform = Platform(url, portal, **differing)
        try:
            yield platform
        finally:
            platform.http.close()
            platform.close()


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """An event loop in which apps run."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def shared_platform(template: Template, portal: BlockingPortal) -> Iterator[Platform]:
    """One platform for all tests that keep to clients of their own."""
    with new_platform(template, portal) as platform:
        yield platform


@pytest.fixture
def platform(shared_platform: Platform) -> Platform:
    """The platform, with its clock at `NOW`."""
    shared_platform.clock.now = NOW
    return shared_platform


@pytest.fixture
def fresh_platform(template: Template, portal: BlockingPortal) -> Iterator[Platform]:
    """A platform of the test's own, with an empty database."""
    with new_platform(template, portal) as platform:
        yield platform


@pytest.fixture
def client(platform: Platform) -> Client:
    """Somebody new with credentials and a token."""
    return platform.client()
