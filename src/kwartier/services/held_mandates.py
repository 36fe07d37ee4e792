"""What an organisation does with mandates that it has: look, renew, remove (M2, M3)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.consent import is_open
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.mandate import Fact, Mandate, Removed, RenewalAsked, StandingMandate, Status
from kwartier.domain.people import Acting
from kwartier.domain.timeline import renewable_from
from kwartier.readings import headpoints
from kwartier.registry import consents, contacts, giving, mandate_history, outbox
from kwartier.registry import mandates as registry
from kwartier.services.asking import Question, about_request, ask, item_about, nobody_to_ask
from kwartier.services.environment import LIVE_HOLDERS, holder_of
from kwartier.services.errors import UnknownMandateError, WrongMandateError
from kwartier.services.people import check_acting
from kwartier.services.requests import Already, Answer, Approved, CannotBe, Requested
from kwartier.services.secrets import Hasher
from kwartier.wire.timestamps import write_timestamp

__all__ = ["HeldMandates"]


class HeldMandates:
    """The live mandates that organisations have.

    Args:
        database: the registry.
        readings: that of the readings, whose catalogue knows grid users.
        hasher: of the tokens of links.
        clock: real time.
    """

    def __init__(self, database: Database, readings: Database, hasher: Hasher, clock: Clock) -> None:
        self._database = database
        self._readings = readings
        self._hasher = hasher
        self._clock = clock

    def renew(self, by: Acting, mandate_id: str) -> Answer:
        """Ask for the renewal of an Approved mandate: at once for one's own EAN, else with new consent (M3).

        Consent is asked of the grid user under whom the mandate was given.

        Raises:
            NotAllowedError: the person may not act for the organisation.
            UnknownMandateError: the organisation has no such mandate.
            WrongMandateError: it is not Approved, or it is too early.
        """
        kept = self._kept(by, mandate_id)
        with self._database.writing(mandate_history.about(kept.ean)) as connection:
            now = self._clock()
            check_acting(connection, by, now)
            one, history = _standing(connection, kept, now)
            _check_renewable(one, now)
            if _is_asked(connection, one, now):
                return Already(mandate_id, one.phase.status)
            if one.mandate.own:
                mandate_history.tell(connection, kept, RenewalAsked(now, by_grid_user=True), history)
                return Approved(mandate_id)
            recipient = contacts.find(connection, kept.ean, self._given_by(one.mandate, history))
            if recipient is None:
                return CannotBe(nobody_to_ask(kept.ean))
            mandate_history.tell(connection, kept, RenewalAsked(now), history)
            items = [item_about(1, mandate_id, one.mandate, one.phase.data_period)]
            question = Question(recipient, items, is_renewal=True)
            asked = ask(connection, self._hasher, by, question, now)
        return Requested(mandate_id, asked.request_id)

    def remove(self, by: Acting, mandate_id: str) -> None:
        """Remove a mandate, in whatever status: it is gone from portal and API (M2).

        Raises:
            NotAllowedError: the person may not act for the organisation.
            UnknownMandateError: the organisation has no such mandate.
        """
        kept = self._kept(by, mandate_id)
        with self._database.writing(mandate_history.about(kept.ean)) as connection:
            now = self._clock()
            check_acting(connection, by, now)
            _, history = _standing(connection, kept, now)
            mandate_history.tell(connection, kept, Removed(now), history)
            for request in consents.of_mandate(connection, mandate_id):
                if all(one.mandate_id == mandate_id or one.answer is not None for one in request.items):
                    outbox.drop(connection, about_request(request.request_id), now)

    def list_all(self, organisation: str) -> list[StandingMandate]:
        """The mandates of an organisation as they stand now, the last updated last."""
        with self._database.reading() as connection:
            holder = holder_of(EnvironmentName.LIVE, organisation)
            return registry.standing(connection, holder, self._clock(), registry.MandateFilter())

    def _given_by(self, mandate: Mandate, history: Sequence[Fact]) -> str:
        """Under whom a mandate was given: as was kept with it, or as the catalogue knows of the moment it was asked."""
        if mandate.grid_user is not None:
            return mandate.grid_user
        with self._readings.reading() as connection:
            known = headpoints.find(connection, mandate.ean)
        return giving.grid_user_at(known, history[0].at) or ""

    def _kept(self, by: Acting, mandate_id: str) -> mandate_history.Kept:
        with self._database.reading() as connection:
            kept = mandate_history.find_kept(connection, mandate_id)
        # Of another's mandate is told what is told of none.
        if kept is None or kept.holder != LIVE_HOLDERS + by.organisation:
            raise UnknownMandateError(f"organisation {by.organisation} has no mandate {mandate_id}")
        return kept


def _standing(
    connection: Connection, kept: mandate_history.Kept, now: datetime
) -> tuple[StandingMandate, list[Fact]]:
    """A mandate as it stands, with its history; one that was removed is there no more."""
    history = registry.facts_of(connection, kept.ean, kept.mandate_id)
    narrowed = registry.MandateFilter(ean=kept.ean)
    for one in registry.standing(connection, kept.holder, now, narrowed):
        if one.mandate_id == kept.mandate_id:
            return one, history
    raise UnknownMandateError(f"mandate {kept.mandate_id} was removed")


def _check_renewable(one: StandingMandate, now: datetime) -> None:
    phase = one.phase
    if phase.status is not Status.APPROVED or phase.expiration is None:
        raise WrongMandateError(
            f"mandate {one.mandate_id} is {phase.status.value}; only Approved ones are renewed"
        )
    if now < renewable_from(phase.expiration):
        since = write_timestamp(renewable_from(phase.expiration))
        raise WrongMandateError(f"mandate {one.mandate_id} can be renewed from {since} on")


def _is_asked(connection: Connection, one: StandingMandate, now: datetime) -> bool:
    """Whether a renewal waits for the grid user's answer; after expiry the status does not tell (M3)."""
    return any(
        request.is_renewal and is_open(request, item, one.phase, now)
        for request in consents.of_mandate(connection, one.mandate_id)
        for item in request.items
        if item.mandate_id == one.mandate_id
    )
