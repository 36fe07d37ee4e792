"""The gateway: one plain ASGI callable before all endpoints (C5, C6, DESIGN 11)."""

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from time import perf_counter
from typing import Final
from uuid import uuid4

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from kwartier.api.compression import accepts_gzip, gzipping
from kwartier.api.context import MAX_BODY, Context, Permission, hand_over, hand_over_body
from kwartier.api.entrance import Entered, Entrance, Target
from kwartier.api.faults import CutError, suffer
from kwartier.api.http_rules import check_head, read_body
from kwartier.api.recorder import Recorder
from kwartier.api.refusal import RefusalError
from kwartier.clock import Clock

__all__ = ["Gateway"]

_LOG = logging.getLogger("kwartier.access")
_THREADS: Final = 4
_CORRELATION: Final = b"x-correlation-id"
_FIT_CORRELATION: Final = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)


class Gateway:
    """Finds the endpoint of a request, has the entrance look at it, and sends the answer.

    Args:
        targets: by path in lower case (C7), then by method.
        entrance: who gets in.
        clock: real time.
    """

    def __init__(self, targets: Mapping[str, Mapping[str, Target]], entrance: Entrance, clock: Clock) -> None:
        self._targets = targets
        self._entrance = entrance
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's scope."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        headers = Headers(scope=scope)
        recorder = Recorder(scope, _correlation_id(headers))
        # From the endpoint outwards: every head is completed, then listened to, then compressed.
        answer = _Answer(
            recorder.listening(gzipping(send) if accepts_gzip(headers) else send), recorder.correlation_id
        )
        out = answer.send
        try:
            await self._let_in(scope, receive, headers, answer, recorder, out)
        except RefusalError as refusal:
            await refusal.response()(scope, receive, out)
        except CutError:
            return  # without an end to the answer the server closes the connection
        except Exception:
            _LOG.exception("request %s failed", answer.correlation_id)
            if answer.status is not None:
                raise  # too late for another answer: the connection is closed
            await _failure().response()(scope, receive, out)
        finally:
            await recorder.note()
            took_ms = (perf_counter() - started) * 1e3
            # Never the query, nor a path that is none of ours: they may hold EANs, or lines of their own (A2).
            path = _canonical(scope["path"])
            told = (
                scope["method"],
                path if path in self._targets else "(no such path)",
                answer.status,
                took_ms,
                answer.correlation_id,
            )
            _LOG.info("%s %s %s %.1f ms %s", *told)

    async def _let_in(
        self,
        scope: Scope,
        receive: Receive,
        headers: Headers,
        answer: "_Answer",
        recorder: Recorder,
        out: Send,
    ) -> None:
        """Refuse, or serve.

        Raises:
            RefusalError: in the order of C5.
        """
        check_head(scope)
        target = self._find(scope)
        declared, body = target.declared, await self._body(target, receive, headers)
        hand_over_body(scope, body)
        scope["app"] = target.app
        if declared.permission is Permission.NOTHING and declared.struck_as is None:
            await target.endpoint(Request(scope))(scope, receive, out)
            return
        now = self._clock()
        entered, outcome = await to_thread.run_sync(self._work, target, scope, headers, body, now)
        if entered.allowance is not None:
            answer.extra_headers = entered.allowance.headers()
        if target.control is not None and entered.client_id is not None and declared.struck_as is not None:
            recorder.begin(target.control, entered.client_id, entered.situation, body, now)
        if entered.situation.fault is not None and entered.refusal is None:
            fault = entered.situation.fault.fault
            if fault.status == HTTPStatus.TOO_MANY_REQUESTS and entered.allowance is not None:
                answer.extra_headers = entered.allowance.used_up().headers()
            out = await suffer(fault, declared.struck_as, out)
            outcome = await to_thread.run_sync(_answered, target, scope, entered)
            if isinstance(outcome, RefusalError):
                outcome = outcome.response()  # what the fault spoils may be a refusal
        if isinstance(outcome, Exception):
            raise outcome
        await outcome(scope, receive, out)

    async def _body(self, target: Target, receive: Receive, headers: Headers) -> bytes:
        """The body of a request; empty where the endpoint takes none.

        Raises:
            RefusalError: 413 or 415.
        """
        declared = target.declared
        if declared.takes is None:
            return b""
        if declared.max_body > MAX_BODY:
            # Megabytes are not taken from somebody unknown: who he is comes first, and once more with the body.
            early = await to_thread.run_sync(self._entrance.enter, target, headers, b"", self._clock())
            if early.refusal is not None:
                raise early.refusal
        return await read_body(receive, headers, declared.takes, declared.max_body)

    def _work(
        self, target: Target, scope: Scope, headers: Headers, body: bytes, now: datetime
    ) -> tuple[Entered, Response | Exception]:
        """All that asks the database, in one go: going to a thread and back takes longer than most of it."""
        entered = self._entrance.enter(target, headers, body, now)
        if entered.refusal is not None:
            return entered, entered.refusal
        if entered.situation.fault is not None:
            return entered, CutError()  # not answered yet: first the fault strikes
        return entered, _answered(target, scope, entered)

    def _find(self, scope: Scope) -> Target:
        methods = self._targets.get(_canonical(scope["path"]))
        if methods is None:
            raise RefusalError(HTTPStatus.NOT_FOUND, "There is nothing at this path.")
        target = methods.get(scope["method"])
        if target is None:
            allowed = ", ".join(methods)
            raise RefusalError(
                HTTPStatus.METHOD_NOT_ALLOWED, f"This path takes {allowed}.", headers={"allow": allowed}
            )
        return target


def _canonical(path: str) -> str:
    """A path as the table of targets has it: case counts for nothing (C7), nor does a slash at the end."""
    return path.lower().rstrip("/") or "/"


def _answered(target: Target, scope: Scope, entered: Entered) -> Response | Exception:
    """What the endpoint answers, or what it raises: the caller has still to say what every answer says."""
    if entered.credentials is not None and target.environment is not None:
        # The one moment of the request, by the environment's clock (A3).
        hand_over(scope, Context(target.environment, entered.credentials, entered.situation.moment))
    try:
        return target.endpoint(Request(scope))
    except Exception as error:  # noqa: BLE001 - raised again by the caller
        return error


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
