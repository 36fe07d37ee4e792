"""From an answer that refuses, in any of its forms, to the error that it is (C5, C6; WIRE: both error bodies)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from kwartier.client.errors import (
    ApiError,
    Asked,
    ConfigurationError,
    ContractError,
    GeographyError,
    NothingGrantedError,
    QuotaError,
    SecretError,
    ServerError,
    TokenError,
    WrongRequestError,
)
from kwartier.domain.errors import InvalidValueError
from kwartier.wire import paths
from kwartier.wire.json_text import read_json

__all__ = ["asked_of", "refusal_of", "token_refusal_of", "wait_told"]

_CORRELATION: Final = ("x-correlation-id", "request-id", "x-request-id", "x-ms-request-id")
_MOST_WAIT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Told:
    """What an error body says, whichever it is."""

    code: str | None = None
    message: str = ""
    messages: tuple[str, ...] = ()
    is_of_the_api: bool = False


def asked_of(request: httpx.Request, response: httpx.Response | None = None) -> Asked:
    """What was asked and answered, without secrets: these are in no URL."""
    if response is None:
        return Asked(request.method, str(request.url))
    correlation = next((response.headers[name] for name in _CORRELATION if name in response.headers), None)
    return Asked(request.method, str(request.url), response.status_code, correlation, _told(response).code)


def refusal_of(response: httpx.Response, now: datetime) -> ApiError | None:
    """The error that an answer of the API is; None: it is none."""
    if response.is_success:
        return None
    asked, told, status = asked_of(response.request, response), _told(response), response.status_code
    text = told.message or f"the API answered {status} without a word"
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return TokenError(f"token or subscription key refused: {text}", asked)
        case HTTPStatus.TOO_MANY_REQUESTS:
            return _quota(text, asked, response, now)
        case HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND:
            return _kept_out(asked, told, text)
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ServerError(f"the API failed ({status}): {text}", asked)
        case _:
            return WrongRequestError("; ".join([text, *told.messages]), asked, told.messages)


def _kept_out(asked: Asked, told: _Told, text: str) -> ApiError:
    """What 403 and 404 mean, which depends on what was asked (C5, E6)."""
    is_energy = urlsplit(asked.url).path.endswith(paths.ENERGY)
    if asked.status == HTTPStatus.FORBIDDEN:
        # The same word in Dutch and in English.
        if is_energy and "contract" in text.casefold():
            return ContractError(text, asked)
        return GeographyError(f"not let in: {text}", asked)
    if is_energy and told.is_of_the_api:
        return NothingGrantedError(text, asked)
    return WrongRequestError(f"there is nothing at this address; is the base URL right? {text}", asked)


def token_refusal_of(response: httpx.Response, now: datetime) -> ApiError | ConfigurationError | None:
    """The error that an answer of the token endpoint is (RFC 6749 §5.2); None: it is none."""
    if response.is_success:
        return None
    asked, told, status = asked_of(response.request, response), _told(response), response.status_code
    text = told.message or f"the token endpoint answered {status} without a word"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _quota(text, asked, response, now)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerError(f"the token endpoint failed ({status}): {text}", asked)
    if status == HTTPStatus.FORBIDDEN:
        return GeographyError(f"not let in: {text}", asked)
    if told.code in {"invalid_scope", "unsupported_grant_type"} or status == HTTPStatus.NOT_FOUND:
        return ConfigurationError(
            f"scope or token endpoint are not those of the activation: {asked.url} answered {told.code or status}: {text}"
        )
    return SecretError(
        f"client id and secret are refused: wrong, expired, revoked, or replaced by a renewal: {text}", asked
    )


def wait_told(response: httpx.Response, now: datetime) -> float | None:
    """How many seconds an answer asks to wait, in `Retry-After` or `RateLimit-Reset`; None: it does not say."""
    text = response.headers.get("retry-after") or response.headers.get("ratelimit-reset")
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - now).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), _MOST_WAIT.total_seconds()) if seconds == seconds else None  # noqa: PLR0124 - NaN


def _quota(text: str, asked: Asked, response: httpx.Response, now: datetime) -> QuotaError:
    resume_at = (now + timedelta(seconds=wait_told(response, now) or 60)).astimezone(UTC)
    return QuotaError(f"no requests left before {resume_at:%H:%M:%S} UTC: {text}", asked, resume_at)


def _told(response: httpx.Response) -> _Told:
    """What a body says: the guide's error, the gateway's own, or that of OAuth."""
    try:
        body: Any = read_json(response.content)
    except (InvalidValueError, httpx.StreamError):
        return _Told()
    if not isinstance(body, Mapping):
        return _Told()
    told = {str(name).casefold(): value for name, value in body.items()}
    listed = told.get("validationerrormessages")
    messages = tuple(str(one) for one in listed) if isinstance(listed, list) else ()
    code = next((str(told[name]) for name in ("code", "error") if isinstance(told.get(name), str)), None)
    message = next(
        (str(told[name]) for name in ("message", "error_description") if told.get(name) is not None), ""
    )
    return _Told(code, message, messages, is_of_the_api="statuscode" not in told and "message" in told)
