"""What both clients are put together from: settings to operations, and requests to those of httpx."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from kwartier.client.asking import Request
from kwartier.client.credentials import ConnectionDetails
from kwartier.client.environments import FLUVIUS, Environment
from kwartier.client.errors import Asked, ConfigurationError, KwartierError
from kwartier.client.ledger import shared_ledger
from kwartier.client.operations import Operations, accept_header
from kwartier.client.quota import Budget, MemoryLedger
from kwartier.client.refusals import asked_of
from kwartier.client.retrying import Retrying
from kwartier.client.steps import Exchange
from kwartier.client.token import USER_AGENT, BearerAuth, check_credentials

__all__ = ["Connection", "Settings", "now"]


def now() -> datetime:
    """The moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a client goes about it; each has a default that suits most.

    Attributes:
        timeout_seconds: how long it waits for a connection, and for the next bytes of an answer.
        retrying: how often it tries, and how long it waits.
        share_quota: whether what is left of the quota is shared with other processes, through a small file.
        quota_folder: where that file is; None: in the user's cache folder.
        arrow: whether it asks for Arrow streams, where pyarrow is there to read them.
        clock: tells the moment; an aware datetime.
        watch: is told of each answer of the API, for who must say later what was asked.
        noticed: is told what failed before it is tried again, and after how many seconds that is.
    """

    timeout_seconds: float = 60.0
    retrying: Retrying = field(default_factory=Retrying)
    share_quota: bool = True
    quota_folder: Path | None = None
    arrow: bool = True
    clock: Callable[[], datetime] = now
    watch: Callable[[Asked], None] | None = None
    noticed: Callable[[KwartierError, float], None] | None = None


class Connection:
    """An API, who asks there, and how.

    Args:
        environment: where it is: an `Environment`, or its base URL.
        credentials: what proves who asks.
        settings: how.

    Raises:
        ConfigurationError: something is missing, or is no address.
    """

    def __init__(
        self, environment: Environment | str, credentials: ConnectionDetails, settings: Settings
    ) -> None:
        check_credentials(credentials)
        found = environment if isinstance(environment, Environment) else _environment(environment)
        self.base_url = _checked(found.base_url)
        _checked(credentials.token_endpoint)
        self.timeout = httpx.Timeout(settings.timeout_seconds)
        self.auth = BearerAuth(credentials, settings.clock, self.timeout)
        self._settings = settings
        own = MemoryLedger()
        key, folder = credentials.subscription_key, settings.quota_folder
        ledger = shared_ledger(key, self.base_url, folder) if settings.share_quota else own
        self.budget = Budget(ledger)
        exchange = Exchange(
            self.base_url,
            self.budget,
            settings.retrying,
            settings.clock,
            self.auth.is_token_request,
            settings.noticed,
        )
        self.operations = Operations(exchange, settings.clock, moment_is_ours=not found.is_sandbox)
        self.headers = {
            "accept": accept_header(arrow=settings.arrow and not self.base_url.startswith(FLUVIUS)),
            "user-agent": USER_AGENT,
        }

    def noted(self, response: httpx.Response) -> httpx.Response:
        """An answer, of which whoever watches was told."""
        if self._settings.watch is not None:
            self._settings.watch(asked_of(response.request, response))
        return response

    def request(self, asked: Request) -> httpx.Request:
        """The request as httpx sends it."""
        return httpx.Request(
            asked.method,
            self.base_url + asked.path,
            params=asked.params or None,
            json=asked.body,
            headers=self.headers | {"accept-encoding": "gzip, deflate"},
            extensions={"timeout": self.timeout.as_dict()},
        )


def _environment(base_url: str) -> Environment:
    return Environment(base_url.rstrip("/"), is_sandbox="-sbx" in base_url)


def _checked(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(f"{address!r} is no address: one begins with https:// and a host")
    return address
