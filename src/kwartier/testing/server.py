"""The platform in a thread of this process: a free port of loopback, and a database in a temporary folder."""

import logging
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, Final

import httpx
import uvicorn
from pydantic import SecretStr
from starlette.types import ASGIApp

from kwartier.app import Platform, assemble
from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.services import credentials as services
from kwartier.services.clients import Secret
from kwartier.services.secrets import new_secret
from kwartier.services.tokens import TokenRefused
from kwartier.serving import listen, server_config
from kwartier.settings import Settings
from kwartier.testing.asking import Ask
from kwartier.testing.credentials import Credentials, issued_for
from kwartier.testing.errors import NotRunningError, StartError
from kwartier.wire.paths import BASE_PATHS

__all__ = ["Server"]

_HOST: Final = "127.0.0.1"
_ORGANISATION: Final = EnterpriseNumber.parse("0999.999.922")
_PATIENCE_SECONDS: Final = 30
# For answers that are still under way when a test is over: they are not waited for.
_GRACE_SECONDS: Final = 1


class Server:
    """A platform that runs from when it is made until it is stopped.

    Args:
        rate_limit: requests a minute of one subscription.
        token_lifetime: of access tokens [s].

    Raises:
        StartError: it can't.
    """

    base_path: Final = BASE_PATHS[EnvironmentName.SANDBOX][0]

    def __init__(self, rate_limit: int, token_lifetime: int) -> None:
        with ExitStack() as stack:
            folder = stack.enter_context(TemporaryDirectory(prefix="kwartier-sandbox-"))
            listening = stack.enter_context(listen(_HOST, 0))
            # Not from variables or files: a sandbox is the same on every machine.
            self._settings = Settings.model_construct(
                database=f"sqlite:///{Path(folder) / 'kwartier.db'}",
                environments=EnvironmentName.SANDBOX.value,
                host=_HOST,
                port=listening.getsockname()[1],
                pepper=SecretStr(new_secret()),
                rate_limit=rate_limit,
                slow_request_ms=0,  # a delay that was asked for is none to be warned of
                token_lifetime=token_lifetime,
            )
            self._platform = _assembled(self._settings)
            stack.callback(self._platform.close)
            # A proxy that the environment names is not for loopback.
            http = httpx.Client(
                base_url=self._settings.public_address, timeout=_PATIENCE_SECONDS, trust_env=False
            )
            self._http = stack.enter_context(http)
            thread = _ServingThread(self._platform.app, listening)
            stack.callback(thread.stop)
            thread.start()
            thread.wait()
            self._stack = stack.pop_all()

    def stop(self) -> None:
        """Stop, and leave nothing behind."""
        self._stack.close()

    def issue(self) -> Credentials:
        """New credentials."""
        issued = services.issue(
            self._platform.database,
            self._platform.hasher,
            EnvironmentName.SANDBOX,
            _ORGANISATION,
            system_clock(),
        )
        return issued_for(issued, self._settings)

    def asking(self, credentials: Credentials) -> Ask:
        """How the control of a client asks over HTTP."""

        def ask(
            method: str, path: str, *, json: Any = None, params: Mapping[str, str | int] | None = None
        ) -> httpx.Response:
            if self._http.is_closed:
                raise NotRunningError("the sandbox was stopped")
            headers = {
                "Authorization": f"Bearer {self._token(credentials)}",
                "Subscription-Key": credentials.subscription_key,
            }
            return self._http.request(method, path, json=json, params=params, headers=headers)

        return ask

    def _token(self, credentials: Credentials) -> str:
        """A token that was not asked for over HTTP: it is in no journal, and no fault strikes it."""
        granted = self._platform.tokens.grant(
            Secret(credentials.client_id, credentials.client_secret),
            credentials.grant_type,
            credentials.scope,
            system_clock(),
        )
        if isinstance(granted, TokenRefused):
            raise AssertionError(granted.description)  # noqa: TRY004 - never: they are our own, and good for a year
        return granted.access_token


def _assembled(settings: Settings) -> Platform:
    """The platform on a new database."""
    database = Database(settings.database)
    migrate(database)
    database.close()
    return assemble(settings)


class _ServingThread(Thread):
    """An app that is served, with an event loop of its own."""

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        super().__init__(name="kwartier-sandbox", daemon=True)
        self._listening = listening
        # The logging of whoever tests is left as it is.
        config = server_config(app, log_config=None, log_level=None, timeout_graceful_shutdown=_GRACE_SECONDS)
        self._ready = Event()
        self._server = _Server(config, self._ready)
        self._failure: BaseException | None = None

    def run(self) -> None:
        """Serve until stopped."""
        # What uvicorn says of answers that are cut or given up, on purpose here, is only noise.
        log = logging.getLogger("uvicorn.error")
        log.addFilter(self._is_of_another)
        try:
            self._server.run(sockets=[self._listening])
        except BaseException as error:  # noqa: BLE001 - told in the thread that waits
            self._failure = error
        finally:
            log.removeFilter(self._is_of_another)
            self._ready.set()

    def wait(self) -> None:
        """Wait until it serves.

        Raises:
            StartError: it does not.
        """
        self._ready.wait(_PATIENCE_SECONDS)
        if not self._server.started:
            raise StartError("the sandbox does not start") from self._failure

    def stop(self) -> None:
        """Stop, and wait until it has."""
        self._server.should_exit = True
        self.join(_PATIENCE_SECONDS)

    def _is_of_another(self, record: logging.LogRecord) -> bool:
        return record.thread != self.ident


class _Server(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Event) -> None:
        super().__init__(config)
        self._is_ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start."""
        await super().startup(sockets)
        self._is_ready.set()
