"""Tokens, as authentication of httpx: asked for when they are needed, and once more when one is refused (C1, C2)."""

from collections.abc import AsyncGenerator, Callable, Generator
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Final

import anyio
import httpx

from kwartier import __version__
from kwartier.client.credentials import Assertion, ConnectionDetails
from kwartier.client.decoding.plain import BrokenAnswerError, parsed
from kwartier.client.errors import AnswerError, ConfigurationError, KwartierError
from kwartier.client.refusals import asked_of, token_refusal_of

__all__ = ["USER_AGENT", "BearerAuth", "TokenRefusedError", "check_credentials"]

USER_AGENT: Final = f"kwartier/{__version__}"
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_KEY_HEADER: Final = "Ocp-Apim-Subscription-Key"
_MARGIN: Final = timedelta(seconds=60)


class TokenRefusedError(Exception):
    """There is no token, so that the request was not sent.

    Attributes:
        error: why.
        response: of the token endpoint.
    """

    def __init__(self, error: KwartierError, response: httpx.Response) -> None:
        super().__init__(str(error))
        self.error = error
        self.response = response


class BearerAuth(httpx.Auth):
    """Signs requests with a token and the subscription key; its requests share one token.

    Args:
        credentials: what the token is asked for with.
        clock: tells the moment.
        timeout: of requests for tokens.
    """

    requires_response_body = True

    def __init__(
        self, credentials: ConnectionDetails, clock: Callable[[], datetime], timeout: httpx.Timeout
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        self._timeout = timeout
        self._token: str | None = None
        self._renew_at: datetime | None = None
        self._lock = Lock()
        self._async_lock: anyio.Lock | None = None

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The token if one is needed, the request, and both again if the token was refused."""
        refused = None
        for _ in range(2):
            with self._lock:
                if self._needs_token(refused):
                    answer = yield self._token_request()
                    answer.read()
                    self._take(answer)
                refused = self._sign(request)
            response = yield request
            if response.status_code != HTTPStatus.UNAUTHORIZED:
                return
            response.read()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The same."""
        refused = None
        self._async_lock = self._async_lock or anyio.Lock()
        for _ in range(2):
            async with self._async_lock:
                if self._needs_token(refused):
                    answer = yield self._token_request()
                    await answer.aread()
                    self._take(answer)
                refused = self._sign(request)
            response = yield request
            if response.status_code != HTTPStatus.UNAUTHORIZED:
                return
            await response.aread()

    def is_token_request(self, request: httpx.Request) -> bool:
        """Whether a request asks for a token."""
        return str(request.url) == self._credentials.token_endpoint

    def _needs_token(self, refused: str | None) -> bool:
        """Whether there is none, it ends soon, or it is the one that was refused; then another may have a new one."""
        if self._token is None or self._token == refused:
            return True
        return self._renew_at is not None and self._clock() >= self._renew_at

    def _sign(self, request: httpx.Request) -> str | None:
        request.headers["Authorization"] = f"Bearer {self._token}"
        request.headers[_KEY_HEADER] = self._credentials.subscription_key
        return self._token

    def _token_request(self) -> httpx.Request:
        credentials = self._credentials
        form = {
            "grant_type": "client_credentials",
            "scope": credentials.scope,
            "client_id": credentials.client_id,
        }
        assertion: Assertion | None = getattr(credentials, "assertion", None)
        if assertion is not None:
            form |= {"client_assertion_type": _ASSERTION_TYPE, "client_assertion": assertion()}
        else:
            form["client_secret"] = credentials.client_secret
        return httpx.Request(
            "POST",
            credentials.token_endpoint,
            data=form,
            headers={"accept": "application/json", "user-agent": USER_AGENT},
            extensions={"timeout": self._timeout.as_dict()},
        )

    def _take(self, response: httpx.Response) -> None:
        """Keep the token of an answer.

        Raises:
            TokenRefusedError: there is none in it.
        """
        error = token_refusal_of(response, self._clock())
        if error is not None:
            raise TokenRefusedError(error, response)
        told = _granted(response.content)
        if told is None:
            broken = AnswerError("the token endpoint answered no token", asked_of(response.request, response))
            raise TokenRefusedError(broken, response)
        token, lifetime = told
        self._token = token
        self._renew_at = self._clock() + max(lifetime - _MARGIN, lifetime / 2)


def _granted(content: bytes) -> tuple[str, timedelta] | None:
    """The token of an answer and how long it lives; None: there is none."""
    try:
        told = parsed(content)
        token, lifetime = told["access_token"], timedelta(seconds=float(told.get("expires_in", 3600)))
    except (BrokenAnswerError, LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    return (token, lifetime) if isinstance(token, str) else None


def check_credentials(credentials: ConnectionDetails) -> None:
    """Refuse credentials with which nothing can be asked.

    Raises:
        ConfigurationError: something is empty; the text says what.
    """
    needed = {
        "client_id": credentials.client_id,
        "subscription_key": credentials.subscription_key,
        "token_endpoint": credentials.token_endpoint,
        "scope": credentials.scope,
        "client_secret or assertion": credentials.client_secret or getattr(credentials, "assertion", None),
    }
    missing = [name for name, told in needed.items() if not told]
    if missing:
        raise ConfigurationError(f"the credentials have no {', no '.join(missing)}")
