"""Take deliveries in: loaded unseen, published whole, withdrawn by another (R1, R3; DESIGN 3)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.delivery import Counts, Delivery, DeliveryState, derived_id
from kwartier.formats.gas_factors import write_month
from kwartier.readings import deliveries as registry
from kwartier.readings import factors, runs
from kwartier.readings.compensation import compensating, compensating_factors
from kwartier.readings.runs import Run
from kwartier.services.errors import ServiceError
from kwartier.services.ingest.claim import bringing_in

__all__ = [
    "NUMBERS",
    "AlreadyDeliveredError",
    "BeingDeliveredError",
    "Deliveries",
    "Digest",
    "NotDeliveredError",
    "OtherContentError",
    "SweptError",
    "WithdrawnBeforeError",
]

_LEASE: Final = timedelta(minutes=2)
NUMBERS: Final = "deliveries"
"""The name of what is done one at a time: beginning and sweeping deliveries."""

Digest: TypeAlias = Callable[[], str]
"""Tells the digest of a whole content; what of it was not read yet is read for it."""


class AlreadyDeliveredError(ServiceError):
    """The delivery was published before; nothing is left to do.

    Args:
        delivery: as it was published.
    """

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(f"delivery {delivery.delivery_id} is {delivery.state.value} already")
        self.delivery = delivery


class OtherContentError(ServiceError):
    """A delivery of the same id was published before, and its content was another, or is not known.

    Args:
        delivery_id: that both have.
    """

    def __init__(self, delivery_id: str) -> None:
        super().__init__(f"another content was delivered as {delivery_id}: give this one an id of its own")


class WithdrawnBeforeError(ServiceError):
    """A delivery of the same id was withdrawn, and does not come back under that id.

    Args:
        delivery_id: that both have.
    """

    def __init__(self, delivery_id: str) -> None:
        super().__init__(
            f"delivery {delivery_id} was withdrawn, and does not count: deliver it under another id to make it count"
        )


class BeingDeliveredError(ServiceError):
    """Somebody else is bringing the same delivery in at this moment."""


class NotDeliveredError(ServiceError):
    """There is no published delivery of this id that can be taken back."""


class SweptError(ServiceError):
    """The delivery was swept, because nothing was heard of it for too long: it has to be sent again."""


class Deliveries:
    """The deliveries of a store.

    Args:
        database: that of the readings.
        clock: real time.
        lead: how far ahead of now the moment lies at which a publication becomes visible: longer than it takes to commit,
            and than the clocks of several machines differ.
    """

    def __init__(self, database: Database, clock: Clock, lead: timedelta) -> None:
        self._database = database
        self._clock = clock
        self._lead = lead

    def check_new(self, delivery_id: str, digest: Digest | None) -> None:
        """Refuse what comes under an id that is taken already: under one id there is one content (R3).

        Args:
            delivery_id: by which its sender knows it.
            digest: tells that of the content; None: of what is made under an id that nobody gave before.

        Raises:
            AlreadyDeliveredError: the same was published before, and counts.
            OtherContentError: something else was published under that id.
            WithdrawnBeforeError: what was published under it was withdrawn.
        """
        known = self.find(delivery_id)
        if known is None or known.state is DeliveryState.LOADING:
            return
        if known.state is DeliveryState.WITHDRAWN:
            raise WithdrawnBeforeError(delivery_id)
        if digest is not None and known.digest != digest():
            raise OtherContentError(delivery_id)
        raise AlreadyDeliveredError(known)

    def begin(
        self, delivery_id: str, source: str, withdraws: int | None = None, retries: int | None = None
    ) -> Delivery:
        """Begin a delivery; what was left of an earlier attempt at it goes.

        Args:
            delivery_id: by which its sender knows it.
            source: where it comes from, for people.
            withdraws: the number of the delivery that it takes back.
            retries: the number of the one whose rows it brings in again.

        Raises:
            AlreadyDeliveredError: it was published.
            BeingDeliveredError: it is being loaded.
        """
        now = self._clock()
        with self._database.writing(NUMBERS) as connection:
            found = registry.find(connection, delivery_id)
            if found is not None and found.state is not DeliveryState.LOADING:
                raise AlreadyDeliveredError(found)
            if found is not None:
                idle = [one.number for one in registry.unpublished(connection, now - _LEASE)]
                if found.number not in idle:
                    raise BeingDeliveredError(
                        f"delivery {delivery_id} is being brought in; if that was broken off, try again in "
                        f"{_LEASE.seconds // 60} minutes, or use `kwartier deliveries sweep`"
                    )
                registry.forget(connection, found.number)
            return registry.add(connection, delivery_id, source, now, withdraws, retries)

    def load(self, delivery: Delivery, some: Sequence[Run]) -> None:
        """Load some of its runs, in a transaction of their own.

        Raises:
            SweptError: it was swept meanwhile.
        """
        # Publishing waits for the disk, and with it for all that was loaded before.
        with self._database.noting() as connection:
            self._touch(connection, delivery, self._clock())
            runs.add(connection, delivery.number, some)

    def publish(self, delivery: Delivery, counts: Counts, digest: str | None = None) -> datetime:
        """Let everything of a delivery become visible at one moment, which is later than any that was answered.

        Args:
            delivery: which.
            counts: what came of its rows.
            digest: of its content, if that is known.

        Raises:
            SweptError: it was swept meanwhile.
        """
        lead = self._lead
        while True:
            published_at = self._publish(delivery, counts, lead, digest=digest)
            if published_at is not None:
                return published_at
            lead *= 2  # whoever was held up once may be so again

    def withdraw(self, delivery_id: str) -> Delivery:
        """Take a published delivery back, by one that says again what the others say (R3).

        Returns:
            The delivery that takes it back.

        Raises:
            NotDeliveredError: there is no such delivery, or it is not published, or takes another back itself; or a month
                would be left without its gas conversion factor.
            AlreadyDeliveredError: it was taken back before.
            BeingDeliveredError: it is being taken back.
        """
        wrong = self.find_withdrawable(delivery_id)
        while True:
            taking = self.begin(derived_id("withdrawal of ", delivery_id), "withdrawal", wrong.number)
            since, count = self._compensate(taking, wrong)
            counts = Counts(runs=count)
            published_at = self._publish(taking, counts, self._lead, since=since, withdrawn=wrong)
            if published_at is not None:
                return replace(
                    taking, state=DeliveryState.PUBLISHED, published_at=published_at, counts=counts
                )
            # Something else was published meanwhile, with which the compensation has to count.
            with self._database.writing(NUMBERS) as connection:
                registry.forget(connection, taking.number)

    def find_withdrawable(self, delivery_id: str) -> Delivery:
        """A published delivery that can be taken back.

        Raises:
            NotDeliveredError: there is none, as in `withdraw`.
            AlreadyDeliveredError: it was taken back before.
        """
        wrong = self.find(delivery_id)
        if wrong is None or wrong.state is DeliveryState.LOADING or wrong.withdraws is not None:
            raise NotDeliveredError(f"there is no published delivery {delivery_id}")
        if wrong.state is DeliveryState.WITHDRAWN:
            raise AlreadyDeliveredError(wrong)
        with self._database.glancing() as connection:
            _, lacking = factors.without(connection, wrong.number)
        if lacking:
            zone, month = lacking[0]
            raise NotDeliveredError(
                f"without {delivery_id} zone {zone} has no gas conversion factor of {write_month(month)}: "
                "import the right one instead"
            )
        return wrong

    def sweep(self, idle: timedelta = _LEASE) -> list[Delivery]:
        """Remove deliveries that were begun and not published, and about which nothing was heard for a while.

        One that somebody still brings in stays, however long it takes him.
        """
        with self._database.reading() as connection:
            found = registry.unpublished(connection, self._clock() - idle)
        return [one for one in found if self._swept(one, idle)]

    def _swept(self, one: Delivery, idle: timedelta) -> bool:
        with bringing_in(self._database, one.delivery_id) as free:
            if not free:
                return False
            with self._database.writing(NUMBERS) as connection:
                if one not in registry.unpublished(connection, self._clock() - idle):
                    return False
                registry.forget(connection, one.number)
        return True

    def find(self, delivery_id: str) -> Delivery | None:
        """The delivery that its sender knows by this id."""
        with self._database.glancing() as connection:
            return registry.find(connection, delivery_id)

    def retries_of(self, number: int) -> list[Delivery]:
        """The deliveries that brought rows of one in again, in order."""
        with self._database.reading() as connection:
            return registry.list_retries(connection, number)

    def newest(self, limit: int = 100, before: int | None = None) -> list[Delivery]:
        """The newest deliveries, the newest first; those before a number, if one is given."""
        with self._database.reading() as connection:
            return registry.list_newest(connection, limit, before)

    def _publish(
        self,
        delivery: Delivery,
        counts: Counts,
        lead: timedelta,
        *,
        digest: str | None = None,
        since: datetime | None = None,
        withdrawn: Delivery | None = None,
    ) -> datetime | None:
        """Announce and publish; None: it came too late, or something else was published since a moment."""
        with self._database.writing(registry.PUBLICATION) as connection:
            now = self._clock()
            registry.unannounce(connection, lapsed=now)
            self._touch(connection, delivery, now)
            if since is not None and registry.newest(connection) != (since, False):
                return None
            announced = registry.announce(connection, delivery.number, now + lead, now + lead + _LEASE)
        with self._database.writing(registry.PUBLICATION) as connection:
            now = self._clock()
            self._touch(connection, delivery, now)
            # Whoever reads after that moment must have seen the announcement: if it came too late, another is made.
            if now >= announced:
                registry.unannounce(connection, delivery.number)
                return None
            published_at = registry.publish(connection, delivery.number, counts, digest)
            if published_at is not None and withdrawn is not None:
                registry.mark(connection, withdrawn.number, DeliveryState.WITHDRAWN)
            return published_at

    @staticmethod
    def _touch(connection: Connection, delivery: Delivery, moment: datetime) -> None:
        if not registry.touch(connection, delivery.number, moment, delivery.received_at):
            raise SweptError(f"delivery {delivery.delivery_id} was swept: send it again")

    def _compensate(self, taking: Delivery, wrong: Delivery) -> tuple[datetime | None, int]:
        """Load what takes a delivery back; as of which publication, and how many runs."""
        count = 0
        with self._database.reading() as connection:
            since, _ = registry.newest(connection)
            for some in compensating(connection, wrong.number):
                self.load(taking, some)
                count += len(some)
            again, _ = factors.without(connection, wrong.number)
            for some in compensating_factors(connection, wrong.number, {one[:2] for one in again}):
                self.load(taking, some)
                count += len(some)
        if again:
            with self._database.noting() as connection:
                self._touch(connection, taking, self._clock())
                factors.add(connection, taking.number, again)
        return since, count
