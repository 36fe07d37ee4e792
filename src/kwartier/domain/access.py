"""May this be read, and which of it: mandates and the coverage of the credentials decide (E5, E6, I5, M4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from kwartier.domain.mandate import StandingMandate, Status
from kwartier.domain.metering import Granularity
from kwartier.domain.period import Period, merge

__all__ = ["Coverage", "Granted", "Reason", "Refused", "decide"]


class Coverage(Enum):
    """What credentials cover, fixed when they are issued (I5)."""

    OWN = "own"
    ALL = "all"


class Reason(Enum):
    """Why nothing may be read (E6). The first that applies, in this order."""

    NO_MANDATE = "no mandate"
    LATER = "a mandate made later than a clock that was set back shows"
    NOT_APPROVED = "no approved mandate"
    GRANULARITY = "no mandate for this granularity"
    PERIOD = "no mandate for this period"
    COVERAGE = "not covered by the credentials"
    NO_CONTRACT = "not covered: there is no data access contract"
    CONTRACT_NOT_APPROVED = "not covered: the data access contract is not approved yet"
    TO_RENEW = "not covered: the credentials are to be renewed after the data access contract was approved"
    CONTRACT_ENDED = "not covered: the data access contract has ended"
    NO_HEADPOINT = "a mandate for a headpoint of which the platform knows nothing yet"


@dataclass(frozen=True, slots=True)
class Granted:
    """What may be read.

    Attributes:
        periods: per granularity the disjoint periods of reading, in order.
        mandates: the ids of those under which.
    """

    periods: Mapping[Granularity, tuple[Period, ...]]
    mandates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing may be read."""

    reason: Reason


def decide(
    standing: Iterable[StandingMandate],
    granularities: frozenset[Granularity],
    read: Period | None,
    coverage: Coverage,
) -> Granted | Refused:
    """Decide what may be read of one EAN.

    Args:
        standing: the organisation's mandates for the EAN (and reference number, if one was given) as they stand.
        granularities: what is asked; empty: all that is granted (E5).
        read: the period of reading that is asked for; None where the question is by insertion, which does not narrow
            what is granted (E6).
        coverage: what the credentials cover.
    """
    told = [one for one in standing if _is_told(one)]
    if not told:
        return Refused(Reason.NO_MANDATE)
    approved = [one for one in told if one.phase.status is Status.APPROVED]
    if not approved:
        return Refused(Reason.NOT_APPROVED)
    asked = [one for one in approved if not granularities or one.mandate.granularity in granularities]
    if not asked:
        return Refused(Reason.GRANULARITY)
    giving = [(one, period) for one in asked if (period := _given(one, read))]
    if not giving:
        return Refused(Reason.PERIOD)
    covered = [(one, period) for one, period in giving if one.mandate.own or coverage is Coverage.ALL]
    if not covered:
        return Refused(Reason.COVERAGE)
    return Granted(_union(covered), tuple(one.mandate_id for one, _ in covered))


def _is_told(one: StandingMandate) -> bool:
    """Whether a reason may tell that this mandate exists for the EAN that was asked for (M2, M11)."""
    if one.phase.status in {Status.APPROVED, Status.FINISHED}:
        return True
    return one.phase.status is not Status.REMOVED and not one.mandate.ean_named_by_grid_user


def _given(one: StandingMandate, read: Period | None) -> Period | None:
    """What a mandate gives: its data period, cut at its expiration (M4), within what is asked; None: nothing."""
    period = one.phase.data_period.cut(one.phase.expiration)
    if read is not None:
        period = period.intersection(read)
    return None if period.is_empty else period


def _union(
    covered: Iterable[tuple[StandingMandate, Period]],
) -> dict[Granularity, tuple[Period, ...]]:
    """What mandates give together, per granularity."""
    periods: dict[Granularity, list[Period]] = {}
    for one, period in covered:
        periods.setdefault(one.mandate.granularity, []).append(period)
    return {granularity: merge(each) for granularity, each in periods.items()}
