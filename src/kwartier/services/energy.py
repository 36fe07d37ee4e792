"""Read energy: may it be read, which versions answer, what they say (E3-E8, R2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from kwartier.db.quick import Reader
from kwartier.domain.access import Coverage, Reason, Refused, decide
from kwartier.domain.audit import AuditEntry
from kwartier.domain.contract import missing, stands_behind
from kwartier.domain.credentials import Credentials, EnvironmentName
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
from kwartier.domain.played import lacking
from kwartier.domain.question import GRIDS, EnergyQuestion, PeriodType
from kwartier.domain.series import MeterSeries
from kwartier.registry import contracts as contracts_registry
from kwartier.registry import mandates as registry
from kwartier.registry import played
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
    by_reading = question.period_type is PeriodType.READ_TIME
    standing = registry.standing(
        environment.database.quick,
        environment.holder(client),
        moment,
        registry.MandateFilter(ean=question.ean, reference_number=question.reference_number),
    )
    coverage, uncovered = _coverage(environment, client, environment.database.quick, moment)
    decision = decide(standing, question.granularities, question.period if by_reading else None, coverage)
    if isinstance(decision, Refused):
        if decision.reason is Reason.COVERAGE:
            return Refused(uncovered)
        if decision.reason is Reason.NO_MANDATE:
            return _no_mandate(environment, client, question.ean, above, moment)
        return decision
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


def _coverage(
    environment: Environment, client: Credentials, connection: Reader, moment: datetime
) -> tuple[Coverage, Reason]:
    """What the credentials cover at a moment, and why not more: a contract that ended counts at once (I5).

    It is read for every EAN, so that how long an answer takes tells nothing of the EAN. In the sandbox no contract is ever
    needed (S1), unless the client has it play one.
    """
    if environment.name is EnvironmentName.SANDBOX:
        lacks = lacking(played.contract_of(connection, client.client_id))
        return (client.coverage, Reason.NO_CONTRACT) if lacks is None else (Coverage.OWN, lacks)
    contracts = contracts_registry.of_organisation(connection, client.organisation)
    covered = client.coverage if stands_behind(client, contracts, moment) else Coverage.OWN
    return covered, missing(contracts, moment)


def _no_mandate(
    environment: Environment, client: Credentials, ean: Ean, above: Collection[Ean], moment: datetime
) -> Refused | SubmeterAsked:
    """Why there is no mandate for an EAN, as far as the client may know.

    Of a sub-headpoint those headpoints above it may be named that the client has mandates for (E6). Where the client's own
    mandate is hidden by a clock that was set back, that is the reason (A3). As much is looked up for any EAN, so that
    how long an answer takes tells nothing of it.
    """
    holder = environment.holder(client)
    with environment.database.reading() as connection:
        later = registry.made_after(connection, holder, ean, moment)
        mandated = [
            one
            for one in above or (ean,)
            if registry.standing(connection, holder, moment, registry.MandateFilter(ean=one))
        ]
    if above:
        return SubmeterAsked(tuple(mandated))
    return Refused(Reason.LATER if later else Reason.NO_MANDATE)


def _in_order(periods: Mapping[Granularity, tuple[Period, ...]]) -> dict[Granularity, tuple[Period, ...]]:
    """Days before quarter-hours, whatever the order of the mandates."""
    return {granularity: periods[granularity] for granularity in Granularity if granularity in periods}


def _kinds(question: EnergyQuestion, headpoint: Headpoint) -> frozenset[RegisterKind]:
    """Which registers are asked for; the complex energy types tell those of AMR electricity alone apart (E7)."""
    told_apart = (headpoint.meter_type, headpoint.energy_type) == (MeterType.AMR, EnergyType.ELECTRICITY)
    if not (told_apart and question.complex_energy_types):
        return frozenset(RegisterKind)
    return frozenset[RegisterKind]().union(*(KINDS_OF[kind] for kind in question.complex_energy_types))
