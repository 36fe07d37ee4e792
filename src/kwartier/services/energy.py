"""Read energy: may it be read, which versions answer, what they say (E3-E8, R2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from kwartier.domain.access import Reason, Refused, decide
from kwartier.domain.audit import AuditEntry
from kwartier.domain.credentials import Credentials
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    KINDS_OF,
    EnergyType,
    Granularity,
    Headpoint,
    MeterType,
    RegisterKind,
)
from kwartier.domain.period import Period
from kwartier.domain.question import GRIDS, EnergyQuestion, PeriodType
from kwartier.domain.series import MeterSeries
from kwartier.registry import mandates as registry
from kwartier.services.environment import Environment
from kwartier.services.questions import counting, read_series, windows_of

__all__ = ["EnergyAnswer", "SubmeterAsked", "read_energy"]


@dataclass(frozen=True, slots=True)
class EnergyAnswer:
    """What may be read.

    Attributes:
        headpoint: what was asked for.
        meters: per meter its series.
        mandates: the ids of those under which.
        moment: everything that became known up to it is in the answer (R1).
    """

    headpoint: Headpoint
    meters: tuple[MeterSeries, ...]
    mandates: tuple[str, ...]
    moment: datetime


@dataclass(frozen=True, slots=True)
class SubmeterAsked:
    """A sub-headpoint was asked for, which comes with its headpoint alone (E6, E9).

    Attributes:
        headpoints: those on which it hangs and for which the client has a mandate.
    """

    headpoints: tuple[Ean, ...]


def read_energy(
    environment: Environment,
    client: Credentials,
    question: EnergyQuestion,
    moment: datetime,
    correlation_id: str,
) -> EnergyAnswer | Refused | SubmeterAsked:
    """Answer a question for energy, at a moment of the environment's clock.

    Whatever is answered stands in the audit by then, where the environment has one (A1).

    Args:
        environment: what is asked.
        client: who asks.
        question: what for.
        moment: at which, by the environment's clock.
        correlation_id: that of the answer (C6).

    Raises:
        InvalidValueError: the EAN is none of this environment (S3).
        UnavailableError: the audit can't be written, or the database can't be read.
    """
    environment.source.check(question.ean)
    answer = _answer(environment, client, question, moment)
    if environment.audit is not None:
        environment.audit.write(
            AuditEntry(
                at=moment,
                organisation=client.organisation,
                client_id=client.client_id,
                question=question,
                refused=_refusal(answer),
                mandates=answer.mandates if isinstance(answer, EnergyAnswer) else (),
                correlation_id=correlation_id,
            )
        )
    return answer


def _refusal(answer: EnergyAnswer | Refused | SubmeterAsked) -> Reason | None:
    match answer:
        case Refused(reason):
            return reason
        case SubmeterAsked():
            return Reason.NO_MANDATE
        case EnergyAnswer():
            return None


def _answer(
    environment: Environment, client: Credentials, question: EnergyQuestion, moment: datetime
) -> EnergyAnswer | Refused | SubmeterAsked:
    above = environment.source.headpoints_of_submeter(question.ean)
    if above:
        return _submeter_asked(environment, client, above, moment)
    by_reading = question.period_type is PeriodType.READ_TIME
    with environment.database.quickly() as connection:
        standing = registry.standing(
            connection,
            environment.holder(client),
            moment,
            registry.MandateFilter(ean=question.ean, reference_number=question.reference_number),
        )
    decision = decide(
        standing, question.granularities, question.period if by_reading else None, client.coverage
    )
    if isinstance(decision, Refused):
        return _told_of_the_clock(environment, client, question.ean, moment, decision)
    headpoint = environment.source.headpoint(question.ean)
    if headpoint is None:
        return Refused(Reason.NO_HEADPOINT)
    moment = environment.source.settled(moment)
    windows = {
        grid: windows_of(grid, periods, moment)
        for granularity, periods in _in_order(decision.periods).items()
        for grid in [GRIDS[headpoint.energy_type, granularity]]
    }
    inserted = counting(None if by_reading else question.period, moment)
    meters = read_series(environment.source, question.ean, windows, inserted, _kinds(question, headpoint))
    return EnergyAnswer(headpoint, meters, decision.mandates, moment)


def _told_of_the_clock(
    environment: Environment, client: Credentials, ean: Ean, moment: datetime, refused: Refused
) -> Refused:
    """Where the client's own mandate is hidden by a clock that was set back, that is the reason (A3)."""
    if refused.reason is not Reason.NO_MANDATE:
        return refused
    with environment.database.reading() as connection:
        later = registry.made_after(connection, environment.holder(client), ean, moment)
    return Refused(Reason.LATER) if later else refused


def _submeter_asked(
    environment: Environment, client: Credentials, above: Collection[Ean], moment: datetime
) -> SubmeterAsked:
    """Which of the headpoints above a sub-headpoint may be named to the client: those of its own mandates."""
    holder = environment.holder(client)
    with environment.database.reading() as connection:
        mandated = [
            ean
            for ean in above
            if registry.standing(connection, holder, moment, registry.MandateFilter(ean=ean))
        ]
    return SubmeterAsked(tuple(mandated))


def _in_order(periods: Mapping[Granularity, tuple[Period, ...]]) -> dict[Granularity, tuple[Period, ...]]:
    """Days before quarter-hours, whatever the order of the mandates."""
    return {granularity: periods[granularity] for granularity in Granularity if granularity in periods}


def _kinds(question: EnergyQuestion, headpoint: Headpoint) -> frozenset[RegisterKind]:
    """Which registers are asked for; the complex energy types tell those of AMR electricity alone apart (E7)."""
    told_apart = (headpoint.meter_type, headpoint.energy_type) == (MeterType.AMR, EnergyType.ELECTRICITY)
    if not (told_apart and question.complex_energy_types):
        return frozenset(RegisterKind)
    return frozenset[RegisterKind]().union(*(KINDS_OF[kind] for kind in question.complex_energy_types))
