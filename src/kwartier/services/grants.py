"""Mandates of the live environment, as an operator writes them: granted, listed, ended (M1, M2, M5, I5).

ServiceError
├── GrantError           a mandate that can't be, or of which it is not known what it is
└── UnknownGrantError    no live mandate of that id, or it is not Approved
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.mandate import Asked, Consented, Ended, Fact, Mandate, StandingMandate, Status
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period
from kwartier.readings import catalogue, headpoints
from kwartier.registry import giving, mandate_history
from kwartier.registry import mandates as registry
from kwartier.services.environment import LIVE_HOLDERS, holder_of
from kwartier.services.errors import ServiceError

__all__ = ["Grant", "GrantError", "Granted", "Grants", "UnknownGrantError"]


class GrantError(ServiceError):
    """A mandate that can't be, or of which it is not known what it is."""


class UnknownGrantError(ServiceError):
    """There is no live mandate of that id, or it is not Approved."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A mandate to be given.

    Attributes:
        organisation: to whom.
        ean: of a headpoint.
        granularity: VH_dag or VH_kwartier_uur.
        data_period: which readings.
        own: whether the organisation is the grid user; None: as the catalogue knows.
        energy_type: what the EAN meters; None: as the catalogue knows.
        reference_number: between customer, service provider and operator, if any.
    """

    organisation: EnterpriseNumber
    ean: Ean
    granularity: Granularity
    data_period: Period
    own: bool | None = None
    energy_type: EnergyType | None = None
    reference_number: str | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """A live mandate as it stands, and whose it is."""

    organisation: str
    standing: StandingMandate


class Grants:
    """The mandates of the live environment.

    Args:
        database: the registry.
        readings: that of the readings, whose catalogue knows headpoints and grid users.
        clock: real time.
    """

    def __init__(self, database: Database, readings: Database, clock: Clock) -> None:
        self._database = database
        self._readings = readings
        self._clock = clock

    def add(self, grant: Grant) -> Granted:
        """Write an Approved mandate: asked for, and consented to at once if it is another's EAN (M2).

        Raises:
            GrantError: the EAN is a submeter's (M8), the period is empty, or what is said contradicts the catalogue or
                is known to nobody.
        """
        if grant.data_period.is_empty:
            raise GrantError("the data period ends before it begins")
        holder = holder_of(EnvironmentName.LIVE, grant.organisation)
        with self._database.writing(mandate_history.about(grant.ean)) as connection:
            now = self._clock()
            known = self._known(grant.ean)
            user = giving.grid_user_at(known, now)
            own = _own(grant, user)
            mandate = Mandate(
                grant.reference_number,
                grant.ean,
                _energy_type(grant, known),
                grant.granularity,
                own=own,
                grid_user=grant.organisation if own else user,
            )
            history: list[Fact] = [
                Asked(now, grant.data_period, by_grid_user=own),
                *giving.awaiting(connection, grant.ean, now, mandate.grid_user),
            ]
            if not own:
                history.append(Consented(now))
            mandate_id = registry.add(connection, holder, mandate, history)
            return _granted(connection, mandate_history.Kept(mandate_id, grant.ean, holder), now)

    def list_all(self, organisation: EnterpriseNumber | None = None, ean: Ean | None = None) -> list[Granted]:
        """Live mandates as they stand now, by organisation, the last updated last; removed ones are seen nowhere."""
        now, narrowed = self._clock(), registry.MandateFilter(ean=ean)
        with self._database.reading() as connection:
            holders = (
                mandate_history.holders(connection, LIVE_HOLDERS)
                if organisation is None
                else [holder_of(EnvironmentName.LIVE, organisation)]
            )
            return [
                Granted(holder.removeprefix(LIVE_HOLDERS), one)
                for holder in holders
                for one in registry.standing(connection, holder, now, narrowed)
            ]

    def end(self, mandate_id: str) -> Granted:
        """End a mandate, as its grid user asked: it is Finished from now on (M2).

        Raises:
            UnknownGrantError: no live mandate of that id, or it is not Approved.
        """
        with self._database.reading() as connection:
            kept = mandate_history.find_kept(connection, mandate_id)
        if kept is None or not kept.holder.startswith(LIVE_HOLDERS):
            raise UnknownGrantError(
                f"there is no live mandate {mandate_id}; `kwartier grants list` shows those there are"
            )
        with self._database.writing(mandate_history.about(kept.ean)) as connection:
            now = self._clock()
            if _granted(connection, kept, now).standing.phase.status is not Status.APPROVED:
                raise UnknownGrantError(f"mandate {mandate_id} is not Approved, and can't be ended")
            mandate_history.tell(connection, kept, Ended(now))
            return _granted(connection, kept, now)

    def _known(self, ean: Ean) -> KnownHeadpoint | None:
        with self._readings.reading() as connection:
            above = catalogue.headpoints_of_submeter(connection, int(ean))
            if above:
                raise GrantError(
                    f"{ean} is a submeter's, which comes with its headpoint: grant {' or '.join(above)}"
                )
            return headpoints.find(connection, ean)


def _granted(connection: Connection, kept: mandate_history.Kept, moment: datetime) -> Granted:
    """A mandate as it stands at a moment."""
    narrowed = registry.MandateFilter(ean=kept.ean)
    for one in registry.standing(connection, kept.holder, moment, narrowed):
        if one.mandate_id == kept.mandate_id:
            return Granted(kept.holder.removeprefix(LIVE_HOLDERS), one)
    raise UnknownGrantError(f"mandate {kept.mandate_id} was removed, or begins later")


def _energy_type(grant: Grant, known: KnownHeadpoint | None) -> EnergyType:
    if known is None:
        if grant.energy_type is None:
            raise GrantError(f"no headpoint {grant.ean} is known: make it known first, or say --energy")
        return grant.energy_type
    energy_type = known.headpoint.energy_type
    if grant.energy_type not in {None, energy_type}:
        raise GrantError(f"headpoint {grant.ean} is one of {energy_type.value}")
    return energy_type


def _own(grant: Grant, user: str | None) -> bool:
    """Whether the organisation is the grid user now, at approval (I5, M5)."""
    if user is None:
        if grant.own is None:
            raise GrantError(f"nobody is known as the grid user of {grant.ean} now: say --own or --not-own")
        return grant.own
    own = user == grant.organisation
    if grant.own not in {None, own}:
        raise GrantError(f"the grid user of {grant.ean} is {user}, says the catalogue")
    return own
