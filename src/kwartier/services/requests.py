"""Asking for mandates, renewing and removing them, by who acts for an organisation (M1-M3, M5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.contract import standing as standing_contract
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.mandate import (
    Asked,
    Mandate,
    Phase,
    StandingMandate,
    Status,
)
from kwartier.domain.messages import Recipient
from kwartier.domain.metering import Granularity
from kwartier.domain.people import Acting
from kwartier.domain.period import Period
from kwartier.readings import catalogue, headpoints
from kwartier.registry import (
    contacts,
    contracts,
    credentials,
    giving,
    mandate_history,
)
from kwartier.registry import mandates as registry
from kwartier.services.asking import Question, ask, item_about, nobody_to_ask
from kwartier.services.environment import holder_of
from kwartier.services.people import check_acting
from kwartier.services.secrets import Hasher

__all__ = [
    "Already",
    "Answer",
    "Answers",
    "Approved",
    "CannotBe",
    "Requested",
    "Requests",
    "Wanted",
    "covering",
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mandate that is asked for.

    Attributes:
        ean: of a headpoint.
        granularity: VH_dag or VH_kwartier_uur.
        data_period: which readings.
        reference_number: between customer, service provider and operator, if any.
    """

    ean: Ean
    granularity: Granularity
    data_period: Period
    reference_number: str | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """The organisation is the grid user: the mandate is Approved, or renewed, from now on."""

    mandate_id: str


@dataclass(frozen=True, slots=True)
class Requested:
    """The grid user is asked for consent, to the mandate or its renewal."""

    mandate_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Already:
    """There is a mandate already that gives all that is wanted, or would; nothing was asked anew."""

    mandate_id: str
    status: Status


@dataclass(frozen=True, slots=True)
class CannotBe:
    """It can't be asked for; the reason is fit for who asks."""

    reason: str


Answer: TypeAlias = Approved | Requested | Already | CannotBe


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of a request.

    Attributes:
        answers: one for each mandate that was wanted, in the same order.
        needs_contract: whether others' EANs were asked for that the API will not give without a contract (I6).
    """

    answers: tuple[Answer, ...]
    needs_contract: bool


@dataclass(frozen=True, slots=True)
class _Question:
    """A mandate that waits for the consent of a grid user."""

    place: int
    recipient: Recipient
    mandate_id: str
    mandate: Mandate
    data_period: Period


class Requests:
    """Mandates of the live environment, as organisations ask for them.

    Args:
        database: the registry.
        readings: that of the readings, whose catalogue knows headpoints and grid users.
        hasher: of the tokens of links.
        clock: real time.
    """

    def __init__(self, database: Database, readings: Database, hasher: Hasher, clock: Clock) -> None:
        self._database = database
        self._readings = readings
        self._hasher = hasher
        self._clock = clock

    def ask(self, by: Acting, wanted: Sequence[Wanted]) -> Answers:
        """Ask for mandates: Approved at once for the organisation's own EANs, for others when the grid user consents.

        What one grid user is asked together stands behind one link.

        Raises:
            NotAllowedError: the person may not act for the organisation.
        """
        with self._database.writing(*{mandate_history.about(one.ean) for one in wanted}) as connection:
            now = self._clock()
            check_acting(connection, by, now)
            answers: dict[int, Answer] = {}
            questions: list[_Question] = []
            for place, one in enumerate(wanted):
                found = self._begin(connection, by, one, place, now)
                if isinstance(found, _Question):
                    questions.append(found)
                else:
                    answers[place] = found
            for recipient in dict.fromkeys(question.recipient for question in questions):
                together = [question for question in questions if question.recipient == recipient]
                answers |= self._ask(connection, by, recipient, together, now)
            needs_contract = bool(questions) and _needs_contract(connection, by, now)
        return Answers(tuple(answers[place] for place in range(len(wanted))), needs_contract)

    def _begin(
        self, connection: Connection, by: Acting, one: Wanted, place: int, now: datetime
    ) -> Answer | _Question:
        """Write what one mandate begins with; what has to be asked of somebody is told."""
        holder = holder_of(EnvironmentName.LIVE, by.organisation)
        there = covering(connection, holder, one, now)
        if there is not None:
            return Already(there.mandate_id, there.phase.status)
        found = self._used(one, now)
        if isinstance(found, CannotBe):
            return found
        known, user = found
        own = user == by.organisation
        recipient = None if own else contacts.find(connection, one.ean, user)
        if not own and recipient is None:
            return CannotBe(nobody_to_ask(one.ean))
        mandate = Mandate(
            one.reference_number,
            one.ean,
            known.headpoint.energy_type,
            one.granularity,
            own=own,
            grid_user=user,
        )
        history = [
            Asked(now, one.data_period, by_grid_user=own),
            *giving.awaiting(connection, one.ean, now, user),
        ]
        mandate_id = registry.add(connection, holder, mandate, history)
        if recipient is None:
            return Approved(mandate_id)
        return _Question(place, recipient, mandate_id, mandate, one.data_period)

    def _ask(
        self,
        connection: Connection,
        by: Acting,
        recipient: Recipient,
        together: Sequence[_Question],
        now: datetime,
    ) -> dict[int, Answer]:
        """Ask one grid user for all that is wanted of him."""
        items = [
            item_about(number, question.mandate_id, question.mandate, question.data_period)
            for number, question in enumerate(together, 1)
        ]
        asked = ask(connection, self._hasher, by, Question(recipient, items), now)
        return {question.place: Requested(question.mandate_id, asked.request_id) for question in together}

    def _used(self, one: Wanted, now: datetime) -> tuple[KnownHeadpoint, str] | CannotBe:
        """The headpoint for which a mandate is wanted, and who uses it now."""
        if one.data_period.is_empty:
            return CannotBe("the data period ends before it begins")
        with self._readings.reading() as connection:
            above = catalogue.headpoints_of_submeter(connection, int(one.ean))
            known = headpoints.find(connection, one.ean)
        if above:
            return CannotBe(
                f"{one.ean} is a submeter's, which comes with its headpoint: ask for {' or '.join(above)}"
            )
        if known is None:
            return CannotBe(f"no headpoint {one.ean} is known")
        user = giving.grid_user_at(known, now)
        if user is None:
            return CannotBe(f"nobody is known as the grid user of {one.ean} now: ask the operator")
        return known, user


def covering(connection: Connection, holder: str, one: Wanted, now: datetime) -> StandingMandate | None:
    """The holder's mandate that gives all that is wanted, or would once it is consented to (M1)."""
    narrowed = registry.MandateFilter(ean=one.ean, granularities=frozenset({one.granularity}))
    for there in registry.standing(connection, holder, now, narrowed):
        phase, same = there.phase, there.mandate.reference_number == one.reference_number
        if same and _runs(phase, now) and _contains(phase.data_period, one.data_period):
            return there
    return None


def _runs(phase: Phase, now: datetime) -> bool:
    """Whether a mandate waits for consent, or is Approved and has not expired."""
    if phase.status is Status.APPROVED:
        return phase.expiration is None or now < phase.expiration
    return phase.status is Status.REQUESTED


def _contains(outer: Period, inner: Period) -> bool:
    return outer.start <= inner.start and inner.cut(outer.end) == inner


def _needs_contract(connection: Connection, by: Acting, now: datetime) -> bool:
    """Whether the API is active, and no contract stands (I6)."""
    live = [
        one
        for one in credentials.list_all(connection)
        if one.organisation == by.organisation and one.environment is EnvironmentName.LIVE
    ]
    active = any(one.fault(now) is None for one in live)
    return active and standing_contract(contracts.of_organisation(connection, by.organisation), now) is None
