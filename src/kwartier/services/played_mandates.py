"""Mandates of a sandbox as its portal and its grid users play them: asked for, answered, renewed, ended (M1-M3, M5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import Asked, Fact, Mandate, Status, UseEnded
from kwartier.domain.metering import Granularity
from kwartier.domain.period import Period
from kwartier.domain.played import Act, fact_of, grid_user_at
from kwartier.domain.scenario import Scenario
from kwartier.domain.timeline import renewable_from
from kwartier.registry import mandate_history, played
from kwartier.registry import mandates as registry
from kwartier.registry.histories import History, histories
from kwartier.services.errors import UnknownMandateError, WrongMandateError
from kwartier.services.mandates import default_data_from, told_by
from kwartier.services.played import (
    PlayedMandate,
    holder_in_sandbox,
    moment_of,
    organisation_in_sandbox,
    stand,
    standing_now,
    write,
)
from kwartier.services.requests import Wanted, covering
from kwartier.wire import vocabulary
from kwartier.wire.timestamps import write_timestamp

__all__ = ["AskedMandate", "PlayedMandates"]


@dataclass(frozen=True, slots=True)
class AskedMandate:
    """A mandate as it is asked for.

    Attributes:
        ean: one of the sandbox.
        granularity: None: as the EAN says.
        data_from: None: three years ago.
        data_to: None: the data period stays open.
        reference_number: between customer, service provider and operator, if any.
    """

    ean: Ean
    granularity: Granularity | None = None
    data_from: datetime | None = None
    data_to: datetime | None = None
    reference_number: str | None = None


class PlayedMandates:
    """The mandates of sandboxes in a database. All moments are those of the client's clock (A3)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_all(
        self, client_id: str, now: datetime, ean: Ean | None = None, limit: int | None = None
    ) -> list[PlayedMandate]:
        """A client's mandates, mock ones too, the first made first.

        Args:
            client_id: whose.
            now: real time.
            ean: only those for this EAN.
            limit: at most so many, the last made.
        """
        with self._database.reading() as connection:
            moment = moment_of(connection, client_id, now)
            found = histories(connection, holder_in_sandbox(client_id), ean)
        begun = [one for one in found if one.facts[0].at <= moment]
        return standing_now(begun if limit is None else begun[max(0, len(begun) - limit) :], moment)

    def ask(self, client_id: str, asked: AskedMandate, now: datetime) -> PlayedMandate:
        """Ask for a mandate as a portal user does: Approved at once for one's own EAN, else Requested (M2).

        Raises:
            InvalidValueError: the EAN is none of the sandbox, or what is said contradicts it, or the period is empty.
            WrongMandateError: a mandate that gives all this, or would, is there already.
        """
        ean, reference_number = asked.ean, asked.reference_number
        energy_type, told_granularity = told_by(ean)
        if asked.granularity not in {None, told_granularity}:
            written = vocabulary.DATA_SERVICE_TYPE.write(told_granularity)
            raise InvalidValueError(f"dataServiceType: the EAN says {written}")
        holder = holder_in_sandbox(client_id)
        with self._database.writing(holder) as connection:
            moment = moment_of(connection, client_id, now)
            period = Period(asked.data_from or default_data_from(moment), asked.data_to)
            if period.is_empty:
                raise InvalidValueError(
                    "dataPeriodTo: must be after dataPeriodFrom, which is three years ago if left out"
                )
            _check_new(connection, holder, Wanted(ean, told_granularity, period, reference_number), moment)
            organisation = organisation_in_sandbox(connection, client_id)
            told = played.told(connection, client_id, ean)
            user = grid_user_at(moment, told, organisation)
            own = user == organisation
            mandate = Mandate(reference_number, ean, energy_type, told_granularity, own=own, grid_user=user)
            facts = (Asked(moment, period, by_grid_user=own), *_awaiting(told, moment))
            mandate_id = registry.add(connection, holder, mandate, facts)
            kept = mandate_history.Kept(mandate_id, ean, holder)
            [made] = standing_now([History(kept, mandate, facts)], moment)
            return made

    def act(self, client_id: str, act: Act, named: str, now: datetime) -> PlayedMandate:
        """Do something with a mandate, or have its grid user do it.

        Args:
            client_id: whose mandate it is.
            act: what is done.
            named: the mandate, by its id, or by its EAN where one of that EAN alone is meant.
            now: real time.

        Raises:
            UnknownMandateError: the client has no such mandate.
            WrongMandateError: that can't be done with it now, or several of that EAN could be meant.
        """
        holder = holder_in_sandbox(client_id)
        with self._database.writing(holder) as connection:
            moment = moment_of(connection, client_id, now)
            one = _meant(_named(connection, holder, named, moment), act)
            return write(connection, client_id, one, fact_of(act, moment, own=one.mandate.own))


def _check_new(connection: Connection, holder: str, wanted: Wanted, moment: datetime) -> None:
    there = covering(connection, holder, wanted, moment)
    if there is not None:
        status = there.phase.status.value
        raise WrongMandateError(
            f"mandate {there.mandate_id} for {wanted.ean} is {status}, and gives all this or would: remove it first, or "
            "ask for more, or with another referenceNumber"
        )


def _awaiting(told: Sequence[played.Told], moment: datetime) -> list[Fact]:
    """The scenarios that were registered before a mandate is given, and will end the grid user's use (M5)."""
    return [
        UseEnded(moment, one.effective, one.kind)
        for one in told
        if isinstance(one, Scenario) and one.kind.ends_use and one.registered_at <= moment < one.effective
    ]


def _named(connection: Connection, holder: str, named: str, moment: datetime) -> list[PlayedMandate]:
    """The mandates that a name may mean."""
    try:
        ean: Ean | None = Ean.parse(named)
    except InvalidValueError:
        ean = None
    kept = [
        one
        for one in histories(connection, holder, ean)
        if ean is not None or one.kept.mandate_id == named.strip()
    ]
    found = standing_now(kept, moment)
    if not found:
        later = any(stand(one, moment) is None for one in kept)
        why = (
            ": it was made later than what your clock shows" if later else "; the list shows those there are"
        )
        raise UnknownMandateError(f"you have no mandate {'for ' if ean else ''}{named}{why}")
    return found


def _meant(found: Sequence[PlayedMandate], act: Act) -> PlayedMandate:
    """The one mandate with which something can be done."""
    able = [one for one in found if act in one.can]
    if len(able) == 1:
        return able[0]
    if able:
        each = ", ".join(f"{one.mandate_id} ({one.phase.status.value})" for one in able)
        raise WrongMandateError(f"{act.value}: several mandates could be meant; name one by its id: {each}")
    raise WrongMandateError("; ".join(_why_not(one, act) for one in found))


_NEEDS: Final = {
    Act.CONSENT: "there is nothing to consent to",
    Act.REFUSE: "there is nothing to refuse",
    Act.END: "only an Approved one is ended",
    Act.RENEW: "only an Approved one is renewed",
    Act.REMOVE: "it was removed",
}


def _why_not(one: PlayedMandate, act: Act) -> str:
    """Why something can't be done with a mandate, and what can."""
    phase, why = one.phase, _NEEDS[act]
    if act is Act.RENEW and phase.status is Status.APPROVED and phase.expiration is not None:
        since = write_timestamp(renewable_from(phase.expiration))
        why = (
            "its renewal is asked already" if Act.CONSENT in one.can else f"it can be renewed from {since} on"
        )
    allowed = ", ".join(act.value for act in one.can)
    return f"mandate {one.mandate_id} is {phase.status.value}: {why}; allowed now: {allowed}"
