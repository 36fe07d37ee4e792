"""The protocol without I/O: generators that say what to do next, and are told how it went.

A driver does what a step says, and sends back what came of it: for `Send` the answer, read to its end, or the error of
httpx or of the token that kept it away; for `Wait` nothing. What a generator returns is the result.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

import httpx

from kwartier.client.asking import Request
from kwartier.client.decoding.plain import BrokenAnswerError
from kwartier.client.errors import AnswerError, ApiError, Asked, KwartierError, NetworkError, QuotaError
from kwartier.client.quota import Budget
from kwartier.client.refusals import asked_of, refusal_of, wait_told
from kwartier.client.retrying import TRANSIENT, Retrying, failure_told, never_sent
from kwartier.client.token import TokenRefusedError

__all__ = ["Exchange", "Reply", "Send", "Step", "Steps", "Wait"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request."""

    request: Request


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait some seconds."""

    seconds: float


Step: TypeAlias = Send | Wait
Reply: TypeAlias = httpx.Response | httpx.RequestError | TokenRefusedError | None
Steps: TypeAlias = Generator[Step, Reply, T]


@dataclass(frozen=True, slots=True)
class _Failure:
    """An attempt that failed.

    Attributes:
        error: how.
        again: whether it is worth another attempt, and safe.
        told: how long the server asks to wait [s].
    """

    error: KwartierError
    again: bool
    told: float | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """Sends a request until it is answered, or it makes no sense to send it again (K2).

    Attributes:
        base_url: of the API, for errors of requests that were not answered.
        budget: which requests may be sent.
        retrying: how often, and after how long.
        clock: tells the moment.
        is_token_request: tells requests for tokens from those of the API.
        noticed: is told what failed before it is tried again, and after how many seconds that is.
    """

    base_url: str
    budget: Budget
    retrying: Retrying
    clock: Callable[[], datetime]
    is_token_request: Callable[[httpx.Request], bool]
    noticed: Callable[[KwartierError, float], None] | None = None

    def ask(self, request: Request, read: Callable[[httpx.Response], T]) -> Steps[T]:
        """Ask, and read the answer.

        Args:
            request: what is asked.
            read: reads a good answer; raises `BrokenAnswerError` where it is none.

        Raises:
            KwartierError: what the last attempt came to.
        """
        attempts, waited = 0, 0.0
        while True:
            waited += yield from self._turn(request, waited)
            reply = yield Send(request)
            attempts += 1
            outcome = self._outcome(request, reply, read)
            if not isinstance(outcome, _Failure):
                return outcome
            waited += yield from self._before_again(outcome, attempts, waited)

    def _turn(self, request: Request, waited: float) -> Steps[float]:
        """Wait until the budget has a request; how long it took [s]."""
        begun = waited
        while (seconds := self.budget.take(self.clock())) > 0:
            if waited + seconds > self.retrying.patience_seconds:
                raise self._no_budget(request, seconds)
            yield Wait(seconds)
            waited += seconds
        return waited - begun

    def _before_again(self, failure: _Failure, attempts: int, waited: float) -> Steps[float]:
        """Wait before the next attempt; how long it took [s].

        Raises:
            KwartierError: there is no next attempt.
        """
        error = failure.error
        if isinstance(error, ApiError):
            error.attempts = attempts
        # A quota does not use up attempts: it is over when it is over.
        counted = 1 if isinstance(error, QuotaError) else attempts
        pause = self.retrying.pause(counted, failure.told) if failure.again else None
        if pause is None or waited + pause > self.retrying.patience_seconds:
            raise error
        if isinstance(error, QuotaError) and failure.told is not None:
            self.budget.block(self.clock(), failure.told)
        if self.noticed is not None:
            self.noticed(error, pause)
        yield Wait(pause)
        return pause

    def _outcome(self, request: Request, reply: Reply, read: Callable[[httpx.Response], T]) -> "T | _Failure":
        now = self.clock()
        match reply:
            case httpx.Response():
                return self._answered(request, reply, read, now)
            case TokenRefusedError(error=error, response=response):
                transient = response.status_code in TRANSIENT or isinstance(error, AnswerError | QuotaError)
                return _Failure(error, transient, wait_told(response, now))
            case httpx.RequestError():
                return self._unanswered(request, reply)
            case None:
                raise TypeError("a request that was sent has a reply")

    def _answered(
        self, request: Request, response: httpx.Response, read: Callable[[httpx.Response], T], now: datetime
    ) -> "T | _Failure":
        self.budget.observe(response.headers, now)
        error = refusal_of(response, now)
        if error is None:
            try:
                return read(response)
            except BrokenAnswerError as broken:
                told = f"what was answered is cut off, or no answer of this API: {broken}"
                return _Failure(AnswerError(told, asked_of(response.request, response)), request.repeatable)
        told_wait = wait_told(response, now)
        if isinstance(error, QuotaError):  # it was not let in, so that nothing was done
            return _Failure(error, again=True, told=told_wait)
        return _Failure(error, request.repeatable and response.status_code in TRANSIENT, told_wait)

    def _unanswered(self, request: Request, error: httpx.RequestError) -> _Failure:
        url = httpx.URL(self.base_url + request.path, params=request.params)
        asked = Asked(request.method, str(url))
        if isinstance(error, httpx.UnsupportedProtocol | httpx.TooManyRedirects):
            return _Failure(NetworkError(f"the address can't be right: {error}", asked), again=False)
        sent = _sent(error)
        if sent is not None and self.is_token_request(sent):  # and so the other was not sent
            return _Failure(NetworkError(failure_told(error, sent.url), asked_of(sent)), again=True)
        safe = request.repeatable or never_sent(error)
        return _Failure(NetworkError(failure_told(error, url), asked), safe)

    def _no_budget(self, request: Request, seconds: float) -> QuotaError:
        resume_at = self.clock() + timedelta(seconds=seconds)
        url = httpx.URL(self.base_url + request.path, params=request.params)
        return QuotaError(
            f"no requests left before {resume_at:%H:%M:%S} UTC", Asked(request.method, str(url)), resume_at
        )


def _sent(error: httpx.RequestError) -> httpx.Request | None:
    """The request that failed, if httpx says which."""
    try:
        return error.request
    except RuntimeError:
        return None
