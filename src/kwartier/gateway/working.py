"""What a request needs of the database: done in threads, or at once where it is only a glance (C5, DESIGN 11)."""

from asyncio import get_running_loop, timeout, wrap_future
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias, TypeVar

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope

from kwartier.domain.control import Endpoint
from kwartier.gateway.answers import StreamedAnswer
from kwartier.gateway.context import Context, OperatorContext, hand_over, hand_over_incoming
from kwartier.gateway.entrance import Entered, Entrance
from kwartier.gateway.glances import Glances
from kwartier.gateway.http_rules import check_media_type
from kwartier.gateway.incoming import Incoming
from kwartier.gateway.lengthy import Lengthy
from kwartier.gateway.streams import Place
from kwartier.gateway.targets import Target
from kwartier.gateway.threads import Threads
from kwartier.gateway.unpacking import check_packing
from kwartier.patience import give
from kwartier.services.errors import UnavailableError
from kwartier.telemetry.requests import watched

__all__ = ["Asked", "Outcome", "Working"]

_PATIENCE_SECONDS: Final = 5.0
"""For so long a request waits for databases, all of it together."""

_ANSWER_SECONDS: Final = 7.0
"""After so long it is answered, even if its thread still waits for something."""

Outcome: TypeAlias = Response | Exception
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that leads somewhere, read whole.

    Attributes:
        now: real time.
        place: for its answer, if that is a large one.
    """

    target: Target
    scope: Scope
    headers: Headers
    body: bytes
    now: datetime
    place: Place


class Working:
    """Lets requests in and has their endpoints answer.

    Args:
        entrance: who gets in.
        glances: whether small reads are done at once.
        threads: for all else that waits for the database.
        lengthy: for what takes long.
    """

    def __init__(self, entrance: Entrance, glances: Glances, threads: Threads, lengthy: Lengthy) -> None:
        self._entrance = entrance
        self._glances: Final = glances
        self._threads: Final = threads
        self._lengthy: Final = lengthy

    async def enter(self, asked: Asked) -> Entered:
        """Look at who asks, and do nothing else."""
        return await self._in_thread(self._enter, asked)

    async def work(self, asked: Asked) -> tuple[Entered, Outcome | None]:
        """Let a request in, or refuse it; and what its endpoint answers, unless a fault has to strike it first."""
        if asked.target.declared.is_small is None or not self._glances.are_quick:
            # In one go: going to a thread and back takes longer than most of what is done there.
            return await self._in_thread(self._work, asked)
        watched(asked.scope).lap("waiting")
        entered, is_small = self._glances.take(self._glance, asked)
        if entered.refusal is not None:
            return entered, entered.refusal
        if not is_small:
            return await self._in_thread(self._work, asked, entered)
        return self._glances.take(self._work, asked, entered)

    async def answer(self, asked: Asked, entered: Entered) -> Outcome:
        """What the endpoint of a request that was let in answers, or what it raises."""
        return await self._in_thread(self._answered, asked, entered)

    async def at_length(self, asked: Asked, receive: Receive) -> Response:
        """The answer of an endpoint that takes long; its body comes while it works.

        Raises:
            RefusalError: in the order of C5, and 503 where too much takes long already.
            Exception: whatever the endpoint raises.
        """
        declared, headers = asked.target.declared, asked.headers
        media_type = check_media_type(headers, declared.streams) if declared.streams else ""
        packing = check_packing(headers) if declared.streams else None
        entered = await self.enter(asked)
        watched(asked.scope).client_id = entered.client_id
        if entered.refusal is not None:
            raise entered.refusal
        incoming = Incoming(receive, get_running_loop(), media_type, packing)
        hand_over_incoming(asked.scope, incoming)
        outcome = await self._lengthy.run(incoming, partial(self._answered, asked, entered))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        """Do something that waits for the database in a thread that knows which request it is for.

        Raises:
            UnavailableError: no thread got to it, or the one that did does not come back.
        """
        context = copy_context()
        give(context, _PATIENCE_SECONDS)
        future = self._threads.submit(context.run, work, *arguments)
        bound = timeout(_ANSWER_SECONDS)
        try:
            async with bound:
                return await wrap_future(future)
        except TimeoutError:
            if not bound.expired():
                raise  # the work's own
            self._threads.give_up(future)
            raise UnavailableError(f"nothing came of it within {_ANSWER_SECONDS:.0f} seconds") from None

    def _enter(self, asked: Asked) -> Entered:
        return self._entrance.enter(asked.target, asked.scope, asked.headers, asked.body, asked.now)

    def _glance(self, asked: Asked) -> tuple[Entered, bool]:
        """What can be told of a request at a glance, and whether the rest of it is a glance too."""
        target = asked.target
        entered = self._entrance.admit(target, asked.scope, asked.headers, asked.body, asked.now)
        client, environment, is_small = entered.credentials, target.environment, target.declared.is_small
        if entered.refusal is not None or client is None or environment is None or is_small is None:
            return entered, False
        calm = self._entrance.situate_at_once(entered, target, asked.now)
        if calm is None:
            return entered, False
        what = is_small, environment.holder(client)
        return calm, self._glances.is_small(what, partial(is_small, environment, client))

    def _work(self, asked: Asked, admitted: Entered | None = None) -> tuple[Entered, Outcome | None]:
        """All that is left to do for a request.

        Args:
            asked: the request.
            admitted: what is known of it already.
        """
        seen = watched(asked.scope)
        seen.lap("waiting")
        if admitted is None:
            entered = self._enter(asked)
        else:
            entered = self._entrance.situate(admitted, asked.target, asked.now)
        seen.lap("entrance")
        if entered.fault is not None:
            return entered, None
        outcome = entered.refusal or self._answered(asked, entered)
        seen.lap("work")
        return entered, outcome

    def _answered(self, asked: Asked, entered: Entered) -> Outcome:
        """What the endpoint answers, or what it raises: the caller has still to say what every answer says."""
        target, scope = asked.target, asked.scope
        # The one moment of the request, by the environment's clock (A3).
        moment, correlation_id = entered.situation.moment, watched(scope).correlation_id or ""
        if entered.credentials is not None and target.environment is not None:
            hand_over(scope, Context(target.environment, entered.credentials, moment, correlation_id))
        elif entered.operator is not None:
            hand_over(scope, OperatorContext(entered.operator, moment, correlation_id))
        outcome: Outcome
        try:
            if target.declared.struck_as is Endpoint.ENERGY:
                asked.place.take()
            outcome = target.endpoint(Request(scope))
            if isinstance(outcome, StreamedAnswer):
                asked.place.take()
                outcome.in_thread = self._in_thread
        except Exception as error:  # noqa: BLE001 - raised again by the caller
            outcome = error
        return self._entrance.leave(target, outcome, asked.now, entered.address)
