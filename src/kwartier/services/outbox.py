"""The one sender: claims what is due, words it, hands it over, and notes what came of it. Any number may run at once.

A message is handed over at most once. Just before, in a transaction of its own, it is noted that this happens now; whoever
finds that note later without an outcome can't know whether the message arrived, and leaves it to the operator. All that
fails before that note, or that the other side refused, is tried again, or given up with its reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import uuid4

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.messages import Way, next_attempt_after
from kwartier.registry import outbox as registry
from kwartier.registry.outbox import Claimed
from kwartier.services.outgoing.channel import Channel, Parcel
from kwartier.services.outgoing.errors import DoubtError, LaterError, NeverError, WithdrawnError
from kwartier.services.outgoing.wording import Wording
from kwartier.telemetry.events import Log

__all__ = ["KEPT_DAYS", "LEASE", "Sender", "Sent"]

_LOG: Final = Log("kwartier.outbox")

LEASE: Final = timedelta(minutes=5)
"""How long a sender has for what it claimed, and for handing one over: longer than any server is waited for."""

KEPT_DAYS: Final = 90
"""Days after which it is forgotten to whom a message went."""

_AT_ONCE: Final = 10
_OUTBOX: Final = "outbox"

Sweep: TypeAlias = Callable[[datetime], int]
"""Puts what came due by time alone; how many messages that were."""


@dataclass(slots=True)
class Sent:
    """What came of one round.

    Attributes:
        sent: taken by a channel.
        postponed: not taken, and tried again later.
        failed: given up.
        doubtful: perhaps taken: for the operator.
        dropped: no longer of use to anybody.
    """

    sent: int = 0
    postponed: int = 0
    failed: int = 0
    doubtful: int = 0
    dropped: int = 0

    @property
    def any(self) -> bool:
        """Whether anything happened."""
        return bool(self.sent or self.postponed or self.failed or self.doubtful or self.dropped)


class Sender:
    """Sends what is due.

    Args:
        database: where messages wait.
        channels: what takes them, by way; what has no channel waits.
        wording: puts them into words.
        clock: real time.
        sweeps: what is asked before each round for what came due by time alone.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[Way, Channel],
        wording: Wording,
        clock: Clock,
        sweeps: tuple[Sweep, ...] = (),
    ) -> None:
        self._database = database
        self._channels = channels
        self._wording = wording
        self._clock = clock
        self._sweeps = sweeps
        self._name = uuid4().hex

    def send_due(self, may_go_on: Callable[[], bool] = lambda: True) -> Sent:
        """Send all that is due.

        Args:
            may_go_on: asked before each message; what is claimed and not sent then waits for the end of its lease.
        """
        came = Sent()
        self._sweep(came)
        while may_go_on() and (claimed := self._claim()):
            for one in claimed:
                if not may_go_on():
                    break
                self._send(one, came)
        if came.any:
            _LOG.info(
                "outbox_sent",
                sent=came.sent,
                postponed=came.postponed,
                failed=came.failed,
                doubtful=came.doubtful,
                dropped=came.dropped,
            )
        return came

    def _sweep(self, came: Sent) -> None:
        now = self._clock()
        for sweep in self._sweeps:
            sweep(now)
        with self._database.reading() as connection:
            idle = not registry.needs_sweep(connection, now, now - timedelta(days=KEPT_DAYS))
        if idle:
            return
        with self._database.writing(_OUTBOX) as connection:
            came.doubtful += registry.doubt(connection, now)
            came.dropped += registry.drop_useless(connection, now)
            registry.forget(connection, now - timedelta(days=KEPT_DAYS))
        if came.doubtful:
            _LOG.warning("outbox_lost", messages=came.doubtful)

    def _claim(self) -> list[Claimed]:
        now, ways = self._clock(), tuple(self._channels)
        with self._database.reading() as connection:
            # Mostly there is nothing, and then nobody's writing is held up.
            if not registry.any_due(connection, now, ways):
                return []
        # One claims after the other, so that each gets others.
        with self._database.writing(_OUTBOX) as connection:
            return registry.claim(connection, self._name, now, LEASE, ways, _AT_ONCE)

    def _send(self, claimed: Claimed, came: Sent) -> None:
        """Send one message, and note what came of it."""
        channel = self._channels[claimed.recipient.way]
        try:
            worded = self._wording.worded(claimed.kind, claimed.content, claimed.recipient.language)
            parcel = Parcel(claimed.message_id, claimed.recipient, worded, self._clock())
            channel.deliver(parcel, lambda: self._before(claimed))
        except WithdrawnError:
            return
        except DoubtError as error:
            came.doubtful += self._doubt(claimed, str(error))
        except NeverError as error:
            came.failed += self._fail(claimed, str(error))
        except LaterError as error:
            self._postpone(claimed, str(error), came)
        except Exception as error:  # noqa: BLE001 - it is noted, and others are sent
            # A mistake of ours, before or after it was handed over: the state of the row knows which.
            _LOG.exception("outbox_crashed", message_id=claimed.message_id)
            reason = f"{type(error).__name__}: see the log"
            doubted = self._doubt(claimed, reason)
            came.doubtful += doubted
            if not doubted:
                self._postpone(claimed, reason, came)
        else:
            with self._database.writing() as connection:
                registry.done(connection, claimed, self._clock(), keep_content=channel.keeps_content)
            came.sent += 1

    def _before(self, claimed: Claimed) -> None:
        """Note that a message is handed over now.

        Raises:
            WithdrawnError: it was dropped meanwhile, or another has it in hand.
        """
        with self._database.writing() as connection:
            if not registry.hand_over(connection, claimed, self._clock(), LEASE):
                raise WithdrawnError("it is no longer to be sent")

    def _postpone(self, claimed: Claimed, reason: str, came: Sent) -> None:
        wait = next_attempt_after(claimed.attempts + 1)
        if wait is None:
            came.failed += self._fail(claimed, reason)
            return
        _LOG.warning("outbox_postponed", message_id=claimed.message_id, attempts=claimed.attempts + 1)
        with self._database.writing() as connection:
            came.postponed += registry.postpone(connection, claimed, reason, self._clock() + wait)

    def _fail(self, claimed: Claimed, reason: str) -> bool:
        _LOG.error("outbox_given_up", message_id=claimed.message_id, attempts=claimed.attempts + 1)
        with self._database.writing() as connection:
            return registry.fail(connection, claimed, reason, self._clock())

    def _doubt(self, claimed: Claimed, reason: str) -> int:
        with self._database.writing() as connection:
            doubted = registry.doubt(connection, self._clock(), claimed, reason)
        if doubted:
            _LOG.warning("outbox_doubtful", message_id=claimed.message_id)
        return doubted
