"""The gateway: who gets in, how often, and at which moment (C2, C4, C5). One plain ASGI callable (DESIGN 11)."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic, perf_counter
from typing import Final
from uuid import uuid4

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kwartier.api.compression import accepts_gzip, gzipping
from kwartier.api.context import Context, Permission, hand_over, hand_over_body
from kwartier.api.http_rules import check_head, read_body
from kwartier.api.limits import RateLimiter
from kwartier.api.refusal import RefusalError
from kwartier.clock import Clock
from kwartier.domain.credentials import Credentials
from kwartier.services.authentication import Authenticator, Unauthenticated, Which
from kwartier.services.environment import Environment

__all__ = ["Gateway", "Target"]

_LOG = logging.getLogger("kwartier.access")
_THREADS: Final = 8
_CORRELATION: Final = b"x-correlation-id"
_FIT_CORRELATION: Final = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path and method lead.

    Attributes:
        app: what serves it.
        path: its path there.
        permission: what a request must bring.
        environment: the environment it belongs to, if any.
        takes: the media type of the body it takes, if any.
    """

    app: ASGIApp
    path: str
    permission: Permission
    environment: Environment | None = None
    takes: str | None = None


class Gateway:
    """Lets requests in, in the order of refusal of C5, and on to the app that serves them.

    Args:
        targets: by path in lower case (C7), then by method.
    """

    def __init__(
        self,
        targets: Mapping[str, Mapping[str, Target]],
        authenticator: Authenticator,
        limiter: RateLimiter,
        clock: Clock,
    ) -> None:
        self._targets = targets
        self._authenticator = authenticator
        self._limiter = limiter
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's scope."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        path, headers = scope["path"], Headers(scope=scope)
        answer = _Answer(send, _correlation_id(headers))
        out: Send = gzipping(answer.send) if accepts_gzip(headers) else answer.send
        try:
            target = await self._admit(scope, receive, headers, answer)
            await target.app(scope, receive, out)
        except RefusalError as refusal:
            await refusal.response()(scope, receive, out)
        except Exception:
            _LOG.exception("request failed", extra={"correlation_id": answer.correlation_id})
            if answer.status is not None:
                raise  # too late for another answer: the connection is closed
            await _failure().response()(scope, receive, out)
        finally:
            # Never the query: it holds EANs (A2).
            _LOG.info(
                "%s %s %s %.1f ms %s",
                scope["method"],
                path,
                answer.status,
                (perf_counter() - started) * 1e3,
                answer.correlation_id,
            )

    async def _admit(self, scope: Scope, receive: Receive, headers: Headers, answer: "_Answer") -> Target:
        """Refuse, or make the scope ready for the app behind.

        Raises:
            RefusalError: in the order of C5.
        """
        check_head(scope)
        target = self._find(scope)
        if target.takes is not None:
            hand_over_body(scope, await read_body(receive, headers, target.takes))
        if target.permission is Permission.SUBSCRIPTION and target.environment is not None:
            client = await self._authenticate(target.environment, headers)
            allowance = self._limiter.take(client.client_id, monotonic())
            answer.extra_headers = allowance.headers()
            if not allowance.admitted:
                raise RefusalError(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    f"More than {allowance.limit} requests a minute: go on in {allowance.reset_seconds} seconds.",
                )
            # The one moment of the request, by the environment's clock (A3).
            hand_over(scope, Context(target.environment, client, self._clock()))
        scope["path"], scope["root_path"] = target.path, ""
        return target

    def _find(self, scope: Scope) -> Target:
        methods = self._targets.get(scope["path"].lower())
        if methods is None:
            raise RefusalError(HTTPStatus.NOT_FOUND, "There is nothing at this path.")
        target = methods.get(scope["method"])
        if target is None:
            allowed = ", ".join(methods)
            raise RefusalError(
                HTTPStatus.METHOD_NOT_ALLOWED, f"This path takes {allowed}.", headers={"allow": allowed}
            )
        return target

    async def _authenticate(self, environment: Environment, headers: Headers) -> Credentials:
        scheme, _, token = headers.get("authorization", "").strip().partition(" ")
        found = await to_thread.run_sync(
            self._authenticator.client,
            environment.name,
            headers.get("ocp-apim-subscription-key") or headers.get("subscription-key"),
            token.strip() if scheme.lower() == "bearer" else None,
            self._clock(),
        )
        if isinstance(found, Unauthenticated):
            challenge = 'Bearer realm="kwartier"'
            if found.which is Which.TOKEN and token:
                challenge += ', error="invalid_token"'
            raise RefusalError(
                HTTPStatus.UNAUTHORIZED,
                f"{found.message[0].upper()}{found.message[1:]}.",
                headers={"www-authenticate": challenge},
            )
        return found


class _Answer:
    """The answer as it goes out: adds what every head says, remembers the status."""

    def __init__(self, send: Send, correlation_id: str) -> None:
        self._send = send
        self.correlation_id = correlation_id
        self.extra_headers: Sequence[tuple[bytes, bytes]] = ()
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        """Send on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message["headers"],
                (_CORRELATION, self.correlation_id.encode()),
                (b"vary", b"accept-encoding"),
                *self.extra_headers,
            ]
        await self._send(message)


def _correlation_id(headers: Headers) -> str:
    """The id that the client gave, if it is fit for a log, or a new one."""
    given = headers.get(_CORRELATION.decode(), "")
    return given if _FIT_CORRELATION.fullmatch(given) else uuid4().hex


def _failure() -> RefusalError:
    return RefusalError(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something failed on our side: try again later, or tell us the correlation id.",
    )


async def _live(receive: Receive, send: Send) -> None:
    """Start and stop with the server."""
    await receive()
    # Work on the database is done in threads; no more of them than the database has connections for.
    to_thread.current_default_thread_limiter().total_tokens = _THREADS
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})
