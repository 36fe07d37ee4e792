"""Each request watched from its head to the end of its answer: counted, measured, told to the log (A2, C6)."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPMethod, HTTPStatus
from time import perf_counter
from typing import Any, Final, TypeAlias

from kwartier.telemetry.events import Log, correlate
from kwartier.telemetry.metrics import Metrics

__all__ = ["NO_ENVIRONMENT", "NO_PATH", "Watched", "Watching", "watched"]

# The words of ASGI, as Starlette names them; this room needs no framework.
_Map: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Map]]
_Send: TypeAlias = Callable[[_Map], Awaitable[None]]
_App: TypeAlias = Callable[[_Map, _Receive, _Send], Awaitable[None]]

NO_PATH: Final = "(no such path)"
NO_ENVIRONMENT: Final = "none"
_OTHER_METHOD: Final = "(other)"
_METHODS: Final = frozenset(HTTPMethod)
_IN_SCOPE: Final = "kwartier.watched"
_LOG: Final = Log("kwartier.access")


class Watched:
    """What is known of a request while it is served; the gateway writes it here.

    Attributes:
        endpoint: the path as it is declared. Never what was asked: that may hold an EAN, or lines of its own (A2).
        environment: to which the endpoint belongs.
        client_id: whose request it is, if that is known. It names an organisation's credentials, not a person.
        correlation_id: of the request (C6).
        reason: why it was refused, if it was: one of a known few words, never a message.
        limit_used: the share of its limit that its subscription had used, where that is counted (C4).
        status: of the answer, once it has begun.
        sent_bytes: of the body of the answer.
    """

    __slots__ = (
        "_laps",
        "_last",
        "_started",
        "client_id",
        "correlation_id",
        "endpoint",
        "environment",
        "limit_used",
        "method",
        "reason",
        "sent_bytes",
        "status",
    )

    def __init__(self, method: str) -> None:
        self.method = method if method in _METHODS else _OTHER_METHOD
        self.endpoint = NO_PATH
        self.environment = NO_ENVIRONMENT
        self.client_id: str | None = None
        self.correlation_id: str | None = None
        self.reason: str | None = None
        self.limit_used: float | None = None
        self.status: int | None = None
        self.sent_bytes = 0
        self._started = self._last = perf_counter()
        self._laps: dict[str, float] = {}

    def named(self, correlation_id: str) -> None:
        """The correlation id is known: every record of this request has it from here on."""
        self.correlation_id = correlation_id
        correlate(correlation_id)

    def lap(self, name: str) -> None:
        """Since the last lap, the time went here."""
        now = perf_counter()
        self._laps[name] = self._laps.get(name, 0.0) + now - self._last
        self._last = now

    @property
    def seconds(self) -> float:
        """From the beginning to the last lap: all laps together."""
        return self._last - self._started

    def laps_ms(self) -> dict[str, float]:
        """Where the time went, in milliseconds."""
        return {f"{name}_ms": round(seconds * 1e3, 1) for name, seconds in self._laps.items()}


def watched(scope: _Map) -> Watched:
    """What is known of the request of a scope; where nobody watches, what is written into it is forgotten."""
    found = scope.get(_IN_SCOPE)
    return found if isinstance(found, Watched) else Watched(scope["method"])


class Watching:
    """An app whose requests are watched.

    Args:
        app: what serves them.
        metrics: where they are counted, if they are.
        slow_ms: requests that take longer are warned of; 0 warns of none.
    """

    def __init__(self, app: _App, metrics: Metrics | None, slow_ms: int) -> None:
        self._app = app
        self._metrics = metrics
        self._slow_seconds = slow_ms / 1e3 if slow_ms else float("inf")

    async def __call__(self, scope: _Map, receive: _Receive, send: _Send) -> None:
        """Serve one connection's scope."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = scope[_IN_SCOPE] = Watched(scope["method"])
        if self._metrics is not None:
            self._metrics.begun()

        async def sending(message: _Map) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
            else:
                seen.sent_bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            seen.lap("sending")
            self._ended(seen, seen.seconds)

    def _ended(self, seen: Watched, seconds: float) -> None:
        reason = seen.reason or _reason_of(seen.status)
        if self._metrics is not None:
            where = seen.environment, seen.endpoint
            self._metrics.answered(
                where, seen.method, seen.status or 0, seconds=seconds, sent_bytes=seen.sent_bytes
            )
            if reason is not None:
                self._metrics.refused(seen.environment, reason)
            if seen.limit_used is not None:
                self._metrics.limit_used(seen.environment, seen.limit_used)
        is_slow = seconds >= self._slow_seconds
        if not is_slow and not _LOG.tells(logging.INFO):
            return
        _LOG.info(
            "request",
            method=seen.method,
            path=seen.endpoint,
            status=seen.status,
            ms=round(seconds * 1e3, 1),
            bytes=seen.sent_bytes,
            environment=seen.environment,
            client_id=seen.client_id,
            reason=reason,
            correlation_id=seen.correlation_id,
        )
        if is_slow:
            _LOG.warning(
                "slow_request",
                method=seen.method,
                path=seen.endpoint,
                status=seen.status,
                ms=round(seconds * 1e3, 1),
                bytes=seen.sent_bytes,
                environment=seen.environment,
                client_id=seen.client_id,
                correlation_id=seen.correlation_id,
                **seen.laps_ms(),
            )


def _reason_of(status: int | None) -> str | None:
    """Why a request was refused where the gateway did not say: what its status is called."""
    if status is None or status < HTTPStatus.BAD_REQUEST:
        return None
    return HTTPStatus(status).name.lower()
