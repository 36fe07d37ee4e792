"""What an integrator controls of his own sandbox: its clock, and faults on demand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Final

from kwartier.domain.errors import InvalidValueError

__all__ = ["FAULT_STATUSES", "MAX_DELAY", "MAX_FAULTS", "ClockSetting", "Endpoint", "Fault", "FaultKind"]

FAULT_STATUSES: Final = (400, 401, 403, 404, 429, 500, 503)
MAX_DELAY: Final = timedelta(seconds=60)
MAX_FAULTS: Final = 100
_EARLIEST: Final = datetime(2018, 1, 1, tzinfo=UTC)  # from then on there are readings of three years
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ClockSetting:
    """A clock that was set.

    Attributes:
        shown: what it showed when it was set.
        since: the moment of real time at which that was; None: it stands still.

    Raises:
        InvalidValueError: a moment before 2018 or after 2099.
    """

    shown: datetime
    since: datetime | None

    def __post_init__(self) -> None:
        if not _EARLIEST <= self.shown < _LATEST:
            raise InvalidValueError("a sandbox clock shows a moment from 2018 up to 2099")

    def at(self, now: datetime) -> datetime:
        """What it shows at a moment of real time; at the end of its years it stops."""
        return self.shown if self.since is None else min(self.shown + (now - self.since), _LATEST)

    def advanced(self, by: timedelta) -> "ClockSetting":
        """The clock some time further; it goes on, or stands still, as before."""
        try:
            return ClockSetting(self.shown + by, self.since)
        except OverflowError:
            raise InvalidValueError("the clock can't be moved that far") from None


class Endpoint(Enum):
    """What a fault can strike."""

    ANY = "any"
    TOKEN = "token"  # noqa: S105 - the name of an endpoint
    MANDATE = "mandate"
    ENERGY = "energy"
    MOCK = "mock"


class FaultKind(Enum):
    """How a request can go wrong."""

    STATUS = "status"
    DELAY = "delay"
    CUT = "cut"
    MALFORMED = "malformed"
    EXPIRED_TOKEN = "expired-token"  # noqa: S105 - the name of a fault


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is to go wrong.

    Attributes:
        endpoint: what it strikes.
        kind: how.
        status: with which status a request is refused (STATUS).
        retry_after_seconds: what a refusal says of when to come back (STATUS).
        delay: how long an answer is held back (DELAY).
        times: how many requests it strikes, then no more; None: all.
        probability: the part of the requests that it strikes, above 0 and at most 1.

    Raises:
        InvalidValueError: what does not go together, with what does.
    """

    endpoint: Endpoint
    kind: FaultKind
    status: int | None = None
    retry_after_seconds: int | None = None
    delay: timedelta | None = None
    times: int | None = None
    probability: float = 1.0

    def __post_init__(self) -> None:
        self._check_kind()
        if self.times is not None and self.times < 1:
            raise InvalidValueError("times: at least 1")
        if not 0 < self.probability <= 1:
            raise InvalidValueError("probability: above 0, at most 1")
        if self.kind is FaultKind.EXPIRED_TOKEN and self.endpoint is Endpoint.TOKEN:
            raise InvalidValueError("a token can't have expired where it is asked for")

    def _check_kind(self) -> None:
        """Each kind has what belongs to it, and nothing else."""
        for name, value, kind in (
            ("status", self.status, FaultKind.STATUS),
            ("delaySeconds", self.delay, FaultKind.DELAY),
        ):
            if self.kind is kind and value is None:
                raise InvalidValueError(f"{name}: is required for kind {kind.value}")
            if self.kind is not kind and value is not None:
                raise InvalidValueError(f"{name}: does not go with kind {self.kind.value}")
        if self.status is not None and self.status not in FAULT_STATUSES:
            raise InvalidValueError(f"status: allowed: {', '.join(map(str, FAULT_STATUSES))}")
        if self.delay is not None and not timedelta() < self.delay <= MAX_DELAY:
            raise InvalidValueError(f"delaySeconds: above 0, at most {MAX_DELAY.total_seconds():.0f}")
        if self.retry_after_seconds is not None and (self.status is None or self.retry_after_seconds < 0):
            raise InvalidValueError("retryAfterSeconds goes with a status, and is at least 0")

    def strikes(self, endpoint: Endpoint, chance: float) -> bool:
        """Whether it strikes a request; `chance` is drawn evenly from 0 up to 1."""
        if self.kind is FaultKind.EXPIRED_TOKEN and endpoint is Endpoint.TOKEN:
            return False  # where a token is asked for, none can have expired
        return self.endpoint in {Endpoint.ANY, endpoint} and chance < self.probability
