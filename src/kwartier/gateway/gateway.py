"""The gateway: one plain ASGI callable before all endpoints (C5, C6, DESIGN 11)."""

from asyncio import CancelledError
from collections.abc import Iterable
from http import HTTPStatus
from itertools import chain
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kwartier.clock import Clock
from kwartier.domain.control import Endpoint, Fault
from kwartier.gateway.answers import StreamedAnswer
from kwartier.gateway.compression import chosen_coding, compressing
from kwartier.gateway.context import (
    MAX_BODY,
    hand_over_body,
)
from kwartier.gateway.draining import STATE_KEY, Drain
from kwartier.gateway.entrance import Entered, Entrance
from kwartier.gateway.faults import CutError, suffer
from kwartier.gateway.glances import Glances
from kwartier.gateway.http_rules import (
    ClientGoneError,
    HeadSentError,
    bodiless,
    check_body,
    check_head,
    options_answer,
    read_body,
)
from kwartier.gateway.journaling import Journaling
from kwartier.gateway.lengthy import Lengthy
from kwartier.gateway.outgoing import CORRELATION, Outgoing
from kwartier.gateway.recorder import Recorder
from kwartier.gateway.refusal import RefusalError
from kwartier.gateway.streams import Place, Streams
from kwartier.gateway.targets import Found, Target, Targets, known, place_of, target_of
from kwartier.gateway.threads import Threads
from kwartier.gateway.working import Asked, Outcome, Working
from kwartier.services.errors import UnavailableError
from kwartier.telemetry.events import Log, is_fit_for_log, new_correlation_id
from kwartier.telemetry.requests import Watched, watched

__all__ = ["Gateway"]

_LOG: Final = Log("kwartier.access")
_THREADS: Final = 4
_RETRY_SECONDS: Final = 5


class Gateway:
    """Finds the endpoint of a request, has the entrance look at it, and sends the answer.

    Args:
        targets: where paths lead.
        entrance: who gets in.
        clock: real time.
        streams: how many large answers there may be at a time.
        lengthy: how much that takes long.
        glances: whether small reads are done without a thread.
    """

    def __init__(
        self,
        targets: Targets,
        entrance: Entrance,
        clock: Clock,
        streams: Streams,
        lengthy: Lengthy,
        glances: Glances,
    ) -> None:
        self._targets: Final = targets
        self._clock = clock
        self._streams = streams
        self._lengthy = lengthy
        self._drain = Drain()
        # For what waits for the database; no more of them than that has connections for.
        self._threads = Threads(_THREADS, "kwartier", substitutes=_THREADS)
        self._working = Working(entrance, glances, self._threads, lengthy)
        self._journaling = Journaling(self._threads, glances)

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
        await send({"type": "lifespan.startup.complete"})
        await receive()
        # What hangs, as where a database does not answer, is left: the process ends without it.
        self._drain.cut = self._lengthy.end(self._drain.seconds_left)
        self._drain.cut += self._threads.end(self._drain.seconds_left)
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen = watched(scope)
        headers = Headers(scope=scope)
        recorder = Recorder(scope, _correlation_id(headers), self._journaling)
        seen.named(recorder.correlation_id)
        found = self._targets.find(scope["path"])
        seen.endpoint, seen.environment = place_of(found)
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
                await self._let_in(found, scope, receive, headers, answer, recorder)
        except RefusalError as refusal:
            seen.reason = refusal.reason
            await refusal.response()(scope, receive, out)
        except (HeadSentError, ClientGoneError, CutError):
            return  # without an end to the answer the server closes the connection
        except CancelledError:  # so the server cuts what lasts longer than its grace
            if answer.status is None:
                await self._drain.refusal().response()(scope, receive, out)
        except Exception as error:
            _log_failure(error, seen.endpoint, answer.correlation_id)
            if answer.status is not None:
                raise  # too late for another answer: the connection is closed
            await _failure(error).response()(scope, receive, out)
        finally:
            await recorder.note()

    async def _let_in(
        self,
        found: Found | None,
        scope: Scope,
        receive: Receive,
        headers: Headers,
        answer: Outgoing,
        recorder: Recorder,
    ) -> None:
        """Refuse, or serve.

        Raises:
            RefusalError: in the order of C5.
        """
        self._drain.check()
        check_head(scope)
        if scope["method"] == "OPTIONS":
            await options_answer(self._offered(scope["path"], found))(scope, receive, answer.send)
            return
        target, seen = target_of(found, scope), watched(scope)
        declared = target.declared
        body = await self._body(target, scope, receive, headers, answer.place)
        seen.lap("receiving")
        hand_over_body(scope, body)
        scope["app"] = target.app
        if declared.asks_nothing:
            await target.endpoint(Request(scope))(scope, receive, answer.send)
            return
        asked = Asked(target, scope, headers, body, self._clock(), answer.place)
        if declared.lengthy:
            await (await self._working.at_length(asked, receive))(scope, receive, answer.send)
            return
        await self._answer(asked, receive, answer, recorder)

    async def _answer(self, asked: Asked, receive: Receive, answer: Outgoing, recorder: Recorder) -> None:
        """Have a request answered, after the fault that strikes it.

        Raises:
            Exception: whatever it is refused with, or its endpoint raises.
        """
        target, declared, scope = asked.target, asked.target.declared, asked.scope
        seen = watched(scope)
        out: Send = answer.send
        entered, outcome = await self._working.work(asked)
        _tell(seen, entered)
        if entered.allowance is not None:
            answer.extra_headers = entered.allowance.headers()
        if target.control is not None and entered.client_id is not None and declared.struck_as is not None:
            recorder.begin(target.control, entered.client_id, entered.situation, asked.body, asked.now)
        if entered.fault is not None:
            out = await _strike(entered, entered.fault, declared.struck_as, answer, out)
            outcome = await self._working.answer(asked, entered)
            if isinstance(outcome, RefusalError):
                outcome = outcome.response()  # what the fault spoils may be a refusal
        elif outcome is not None:
            await _note_whole(outcome, answer, recorder)
            seen.lap("journal")
        if isinstance(outcome, Response):
            await outcome(scope, receive, out)
        elif outcome is not None:
            raise outcome

    async def _body(
        self, target: Target, scope: Scope, receive: Receive, headers: Headers, place: Place
    ) -> bytes:
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
            early = await self._working.enter(Asked(target, scope, headers, b"", self._clock(), place))
            if early.refusal is not None:
                raise early.refusal
        return await read_body(receive, declared.max_body)

    def _offered(self, path: str, found: Found | None) -> Iterable[str]:
        """The methods of a path, or of all.

        Raises:
            RefusalError: 404.
        """
        if path == "*":
            return chain.from_iterable(self._targets.by_path.values())
        return known(found).by_method


async def _strike(
    entered: Entered, fault: Fault, struck_as: Endpoint | None, answer: Outgoing, out: Send
) -> Send:
    """Let a fault strike a request that was let in; returns a `send` for what answers it."""
    if fault.status == HTTPStatus.TOO_MANY_REQUESTS and entered.allowance is not None:
        answer.extra_headers = entered.allowance.used_up().headers()
    return await suffer(fault, struck_as, out)


async def _note_whole(outcome: Outcome, answer: Outgoing, recorder: Recorder) -> None:
    """Have the journal written before an answer that is whole goes out; others are listened to."""
    whole = outcome.response() if isinstance(outcome, RefusalError) else outcome
    if isinstance(whole, Response) and not isinstance(whole, StreamedAnswer):
        await recorder.note_whole(whole.status_code, answer.completed(whole.raw_headers), bytes(whole.body))


def _tell(seen: Watched, entered: Entered) -> None:
    """Tell who watches what was found at the entrance."""
    seen.client_id = entered.client_id
    if entered.allowance is not None:
        seen.limit_used = 1 - entered.allowance.remaining / entered.allowance.limit


def _correlation_id(headers: Headers) -> str:
    """The id that the client gave, if it is fit for a log, or a new one."""
    given = headers.get(CORRELATION.decode())
    return given if given is not None and is_fit_for_log(given) else new_correlation_id()


def _log_failure(error: Exception, path: str, correlation_id: str) -> None:
    if isinstance(error, UnavailableError):  # it says itself what was out of reach, for every request anew
        _LOG.error("request_not_served", path=path, correlation_id=correlation_id, why=str(error))
    else:
        _LOG.exception("request_failed", path=path, correlation_id=correlation_id)


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
