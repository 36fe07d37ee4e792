"""The gateway: one plain ASGI callable before all endpoints (C5, C6, DESIGN 11)."""

import re
from asyncio import CancelledError, get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from itertools import chain
from typing import Final, TypeVar
from uuid import uuid4

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kwartier.clock import Clock
from kwartier.domain.control import Endpoint
from kwartier.gateway.answers import StreamedAnswer
from kwartier.gateway.compression import chosen_coding, compressing
from kwartier.gateway.context import (
    MAX_BODY,
    Context,
    OperatorContext,
    Permission,
    hand_over,
    hand_over_body,
    hand_over_incoming,
)
from kwartier.gateway.draining import STATE_KEY, Drain
from kwartier.gateway.entrance import Entered, Entrance
from kwartier.gateway.faults import CutError, suffer
from kwartier.gateway.http_rules import (
    ClientGoneError,
    HeadSentError,
    bodiless,
    check_body,
    check_head,
    check_media_type,
    options_answer,
    read_body,
    wrong_method,
)
from kwartier.gateway.incoming import Incoming
from kwartier.gateway.lengthy import Lengthy
from kwartier.gateway.outgoing import CORRELATION, Outgoing
from kwartier.gateway.recorder import Recorder
from kwartier.gateway.refusal import RefusalError
from kwartier.gateway.streams import Place, Streams
from kwartier.gateway.targets import Found, Target, Targets
from kwartier.gateway.unpacking import check_packing
from kwartier.services.errors import UnavailableError
from kwartier.telemetry.events import Log
from kwartier.telemetry.requests import NO_ENVIRONMENT, NO_PATH, watched

__all__ = ["Gateway"]

_LOG: Final = Log("kwartier.access")
_THREADS: Final = 4
_RETRY_SECONDS: Final = 5
T = TypeVar("T")

_FIT_CORRELATION: Final = re.compile(r"[0-9A-Za-z._-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that leads somewhere, read whole."""

    target: Target
    scope: Scope
    headers: Headers
    body: bytes
    now: datetime


class Gateway:
    """Finds the endpoint of a request, has the entrance look at it, and sends the answer.

    Args:
        targets: where paths lead.
        entrance: who gets in.
        clock: real time.
        streams: how many large answers there may be at a time.
        lengthy: how much that takes long.
    """

    def __init__(
        self,
        targets: Targets,
        entrance: Entrance,
        clock: Clock,
        streams: Streams,
        lengthy: Lengthy,
    ) -> None:
        self._targets: Final = targets
        self._entrance = entrance
        self._clock = clock
        self._streams = streams
        self._lengthy = lengthy
        self._drain = Drain()
        # For what waits for the database; no more of them than that has connections for.
        self._threads = ThreadPoolExecutor(_THREADS, "kwartier")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's scope."""
        if scope["type"] == "lifespan":
            scope.get("state", {})[STATE_KEY] = self._drain
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start and stop with the server."""
        await receive()
        to_thread.current_default_thread_limiter().total_tokens = _THREADS
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._lengthy.end()
        self._threads.shutdown()
        await send({"type": "lifespan.shutdown.complete"})

    async def _in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        """Do something that waits for the database in a thread that knows which request it is for."""
        run = partial(copy_context().run, work, *arguments)
        return await get_running_loop().run_in_executor(self._threads, run)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = watched(scope)
        headers = Headers(scope=scope)
        recorder = Recorder(scope, _correlation_id(headers))
        seen.named(recorder.correlation_id)
        seen.endpoint, seen.environment = self._place(scope["path"])
        # From the endpoint outwards: every head is completed, then listened to, then compressed.
        if scope["method"] == "HEAD":
            send = bodiless(send)
        coding = chosen_coding(headers)
        answer = Outgoing(
            recorder.listening(send if coding is None else compressing(send, coding)),
            recorder.correlation_id,
            self._streams.place(),
        )
        out = answer.send
        try:
            with answer.place:
                await self._let_in(scope, receive, headers, answer, recorder, out)
        except RefusalError as refusal:
            seen.reason = refusal.reason
            await refusal.response()(scope, receive, out)
        except (HeadSentError, ClientGoneError, CutError):
            return  # without an end to the answer the server closes the connection
        except CancelledError:  # so the server cuts what lasts longer than its grace
            if answer.status is None:
                await self._drain.refusal().response()(scope, receive, out)
        except Exception as error:
            _LOG.exception("request_failed", path=seen.endpoint, correlation_id=answer.correlation_id)
            if answer.status is not None:
                raise  # too late for another answer: the connection is closed
            await _failure(error).response()(scope, receive, out)
        finally:
            await recorder.note()

    async def _let_in(
        self,
        scope: Scope,
        receive: Receive,
        headers: Headers,
        answer: Outgoing,
        recorder: Recorder,
        out: Send,
    ) -> None:
        """Refuse, or serve.

        Raises:
            RefusalError: in the order of C5.
        """
        self._drain.check()
        check_head(scope)
        if scope["method"] == "OPTIONS":
            path = scope["path"]
            every = self._targets.by_path.values()
            methods = chain.from_iterable(every) if path == "*" else self._found(path).by_method
            await options_answer(methods)(scope, receive, out)
            return
        target, seen = self._find(scope), watched(scope)
        declared, body = target.declared, await self._body(target, scope, receive, headers)
        seen.lap("receiving")
        hand_over_body(scope, body)
        scope["app"] = target.app
        if (
            declared.permission is Permission.NOTHING
            and declared.struck_as is None
            and not declared.everywhere
        ):
            # A page of ours that asks no database.
            await target.endpoint(Request(scope))(scope, receive, out)
            return
        asked = _Asked(target, scope, headers, body, self._clock())
        if declared.lengthy:
            await (await self._at_length(asked, receive, answer.place))(scope, receive, out)
            return
        entered, outcome = await self._in_thread(self._work, asked, answer, recorder)
        seen.client_id = entered.client_id
        if entered.allowance is not None:
            seen.limit_used = 1 - entered.allowance.remaining / entered.allowance.limit
        if entered.situation.fault is not None and entered.refusal is None:
            fault = entered.situation.fault.fault
            if fault.status == HTTPStatus.TOO_MANY_REQUESTS and entered.allowance is not None:
                answer.extra_headers = entered.allowance.used_up().headers()
            out = await suffer(fault, declared.struck_as, out)
            outcome = await self._in_thread(self._answered, asked, entered, answer.place)
            if isinstance(outcome, RefusalError):
                outcome = outcome.response()  # what the fault spoils may be a refusal
        if isinstance(outcome, Exception):
            raise outcome
        await outcome(scope, receive, out)

    async def _body(self, target: Target, scope: Scope, receive: Receive, headers: Headers) -> bytes:
        """The body of a request; empty where the endpoint takes none.

        Raises:
            RefusalError: 413 or 415.
        """
        declared = target.declared
        if declared.takes is None:
            return b""
        check_body(headers, declared.takes, declared.max_body)
        if declared.max_body > MAX_BODY:
            # Megabytes are not taken from somebody unknown: who he is comes first, and once more with the body.
            early = await self._in_thread(self._entrance.enter, target, scope, headers, b"", self._clock())
            if early.refusal is not None:
                raise early.refusal
        return await read_body(receive, declared.max_body)

    async def _at_length(self, asked: _Asked, receive: Receive, place: Place) -> Response:
        """The answer of an endpoint that takes long; its body comes while it works.

        Raises:
            RefusalError: in the order of C5, and 503 where too much takes long already.
            Exception: whatever the endpoint raises.
        """
        declared, headers = asked.target.declared, asked.headers
        media_type = check_media_type(headers, declared.streams) if declared.streams else ""
        packing = check_packing(headers) if declared.streams else None
        entered = await self._in_thread(
            self._entrance.enter, asked.target, asked.scope, headers, asked.body, asked.now
        )
        watched(asked.scope).client_id = entered.client_id
        if entered.refusal is not None:
            raise entered.refusal
        incoming = Incoming(receive, get_running_loop(), media_type, packing)
        hand_over_incoming(asked.scope, incoming)
        outcome = await self._lengthy.run(incoming, partial(self._answered, asked, entered, place))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _work(
        self, asked: _Asked, answer: Outgoing, recorder: Recorder
    ) -> tuple[Entered, Response | Exception]:
        """All that asks the database, in one go: going to a thread and back takes longer than most of it."""
        seen = watched(asked.scope)
        seen.lap("waiting")
        target = asked.target
        entered = self._entrance.enter(target, asked.scope, asked.headers, asked.body, asked.now)
        seen.lap("entrance")
        if entered.allowance is not None:
            answer.extra_headers = entered.allowance.headers()
        if (
            target.control is not None
            and entered.client_id is not None
            and target.declared.struck_as is not None
        ):
            recorder.begin(target.control, entered.client_id, entered.situation, asked.body, asked.now)
        if entered.refusal is None and entered.situation.fault is not None:
            return entered, CutError()  # not answered yet: first the fault strikes
        outcome = entered.refusal or self._answered(asked, entered, answer.place)
        seen.lap("work")
        whole = outcome.response() if isinstance(outcome, RefusalError) else outcome
        if isinstance(whole, Response) and not isinstance(whole, StreamedAnswer):
            recorder.note_whole(whole.status_code, answer.completed(whole.raw_headers), bytes(whole.body))
            seen.lap("journal")
        return entered, outcome

    def _answered(self, asked: _Asked, entered: Entered, place: Place) -> Response | Exception:
        """What the endpoint answers, or what it raises: the caller has still to say what every answer says."""
        target, scope = asked.target, asked.scope
        # The one moment of the request, by the environment's clock (A3).
        moment, correlation_id = entered.situation.moment, watched(scope).correlation_id or ""
        if entered.credentials is not None and target.environment is not None:
            hand_over(scope, Context(target.environment, entered.credentials, moment, correlation_id))
        elif entered.operator is not None:
            hand_over(scope, OperatorContext(entered.operator, moment, correlation_id))
        outcome: Response | Exception
        try:
            if target.declared.struck_as is Endpoint.ENERGY:
                place.take()
            outcome = target.endpoint(Request(scope))
        except Exception as error:  # noqa: BLE001 - raised again by the caller
            outcome = error
        return self._entrance.leave(target, outcome, asked.now, entered.address)

    def _place(self, path: str) -> tuple[str, str]:
        """A path as it is declared and its environment, for the log: one that is none of ours may hold an EAN (A2)."""
        found = self._targets.find(path)
        if found is None:
            return NO_PATH, NO_ENVIRONMENT
        environments = [one.environment for one in found.by_method.values() if one.environment is not None]
        return found.path, environments[0].name.value if environments else NO_ENVIRONMENT

    def _found(self, path: str) -> Found:
        """Where a path leads.

        Raises:
            RefusalError: 404.
        """
        found = self._targets.find(path)
        if found is None:
            raise RefusalError(HTTPStatus.NOT_FOUND, "There is nothing at this path.")
        return found

    def _find(self, scope: Scope) -> Target:
        found, method = self._found(scope["path"]), scope["method"]
        target = found.by_method.get("GET" if method == "HEAD" else method)
        if target is None:
            raise wrong_method(found.by_method)
        scope["path_params"] = found.named
        return target


def _correlation_id(headers: Headers) -> str:
    """The id that the client gave, if it is fit for a log, or a new one."""
    given = headers.get(CORRELATION.decode(), "")
    return given if _FIT_CORRELATION.fullmatch(given) else uuid4().hex


def _failure(error: Exception) -> RefusalError:
    if isinstance(error, UnavailableError):
        return RefusalError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "Something that we need can't be reached at the moment: try again in a few seconds.",
            headers={"retry-after": str(_RETRY_SECONDS)},
        )
    return RefusalError(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something failed on our side: try again later, or tell us the correlation id.",
    )
