"""Gas conversion factors: taken in as deliveries, so that they become visible as readings do (E12, R1, R2).

ServiceError
└── WrongFactorsError    factors that cannot be right, or contradict what is known or each other
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.delivery import Counts
from kwartier.domain.gas import PLAUSIBLE_FACTORS, Factors, FactorVersion, current_gas_month
from kwartier.domain.metering import GasFactor
from kwartier.formats.gas_factors import ZoneFactor, write_factor, write_month
from kwartier.readings import deliveries as registry
from kwartier.readings import factors as table
from kwartier.services.deliveries import Deliveries, Digest, SweptError
from kwartier.services.errors import ServiceError

__all__ = ["GasFactors", "Taken", "WrongFactorsError"]

_EVER_US: Final = int(np.iinfo(np.int64).max)


class WrongFactorsError(ServiceError):
    """Factors that cannot be right, or contradict what is known or each other; the text names all.

    Args:
        faults: place of the factor among those that were to be taken in, and why.
    """

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(reason for _, reason in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of factors.

    Attributes:
        delivery_id: by which their delivery is known.
        stored: how many are new.
        repeated: how many were known like that already, and do not come in again.
    """

    delivery_id: str
    stored: int
    repeated: int


class GasFactors:
    """The gas conversion factors of a store.

    Args:
        database: that of the readings.
        deliveries: of the same store.
        clock: real time.
    """

    def __init__(self, database: Database, deliveries: Deliveries, clock: Clock) -> None:
        self._database = database
        self._deliveries = deliveries
        self._clock = clock

    def take(
        self, delivery_id: str, source: str, some: Sequence[ZoneFactor], digest: Digest | None = None
    ) -> Taken:
        """Take factors in, whole or not at all; they become visible together, and the ones before are kept.

        Args:
            delivery_id: taken twice, it counts once (R3).
            source: where they came from, for people.
            some: the factors.
            digest: tells that of the content they stood in, as in `Deliveries.check_new`.

        Raises:
            AlreadyDeliveredError: the same was published before, and counts, whatever is known by now.
            OtherContentError: something else was published under its id.
            WithdrawnBeforeError: what was published under its id was withdrawn.
            WrongFactorsError: a factor is out of bounds, definitive before its month is over, or provisional long before it
                begins; a month stands there twice, or is to fall back from its definitive factor.
            BeingDeliveredError: somebody else is bringing it in.
            SweptError: it was swept meanwhile.
        """
        self._deliveries.check_new(delivery_id, digest)
        with self._database.reading() as connection:
            newest = _newest(connection, some)
        if faults := list(_faults(some, newest, current_gas_month(self._clock()))):
            raise WrongFactorsError(faults)
        new = [one for one in some if _said(newest.get(one[:2])) != (one.factor, one.kind)]
        delivery = self._deliveries.begin(delivery_id, source)
        with self._database.writing() as connection:
            if not registry.touch(connection, delivery.number, self._clock()):
                raise SweptError(f"delivery {delivery_id} was swept: send it again")
            table.add(connection, delivery.number, new)
        repeated = len(some) - len(new)
        counts = Counts(rows=len(some), stored=len(new), repeated=repeated)
        self._deliveries.publish(delivery, counts, None if digest is None else digest())
        return Taken(delivery_id, len(new), repeated)

    def of_zone(self, zone: str) -> Factors:
        """All versions of the factors of a zone, also those that become visible in a moment."""
        with self._database.reading() as connection:
            return table.read(connection, zone, _EVER_US)


def _newest(connection: Connection, some: Sequence[ZoneFactor]) -> dict[tuple[str, int], FactorVersion]:
    """The newest versions of the zones of some factors, by zone and month."""
    return {
        (zone, month): versions[-1]
        for zone in {one.zone for one in some}
        for month, versions in table.read(connection, zone, _EVER_US).items()
    }


def _said(version: FactorVersion | None) -> tuple[int, GasFactor] | None:
    return None if version is None else (version.factor, version.kind)


def _faults(
    some: Sequence[ZoneFactor], newest: dict[tuple[str, int], FactorVersion], current: int
) -> Iterator[tuple[int, str]]:
    """What is wrong with factors, by place; `current` is the gas month that is not over."""
    seen: set[tuple[str, int]] = set()
    for place, one in enumerate(some):
        for reason in _reasons(one, newest.get(one[:2]), current, again=one[:2] in seen):
            yield place, f"zone {one.zone}, {write_month(one.month)} {reason}"
        seen.add(one[:2])


def _reasons(one: ZoneFactor, known: FactorVersion | None, current: int, *, again: bool) -> Iterator[str]:
    """Why a factor can't be taken in, in words that follow on its month."""
    if again:
        yield "stands there twice"
    definitive = one.kind is GasFactor.DEFINITIVE
    if known is not None and known.kind is GasFactor.DEFINITIVE and not definitive:
        yield "has its definitive factor already; only another definitive one can correct it"
    if definitive and one.month >= current:
        yield (
            f"is not over before 06:00 on {write_month(one.month + 1)}-01 in Brussels, and has no definitive factor "
            "until then; allowed: P"
        )
    if one.kind is GasFactor.PROVISIONAL and one.month > current + 1:
        yield f"is too far ahead for a provisional factor; allowed: months up to {write_month(current + 1)}"
    if one.factor not in PLAUSIBLE_FACTORS:
        least, most = PLAUSIBLE_FACTORS.start, PLAUSIBLE_FACTORS.stop - 1
        yield (
            f"cannot have a factor of {write_factor(one.factor)} kWh/m3; allowed: from {write_factor(least)} "
            f"to {write_factor(most)}"
        )
