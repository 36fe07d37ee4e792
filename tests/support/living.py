"""The live environment's services over one database, with a clock that is set: organisations, headpoints, who uses them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.readings import readings_database
from kwartier.db.schema import mandate_phase
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.mandate import Fact, Phase, RenewalStatus, Status
from kwartier.domain.messages import ConsentAsked, Language, MessageKind, MessageState
from kwartier.domain.metering import EnergyType, Granularity, Headpoint, MeterType, PhysicalMeter
from kwartier.domain.organisation import OrganisationKind
from kwartier.domain.people import Acting
from kwartier.domain.period import Period
from kwartier.registry import mandate_history, outbox_desk
from kwartier.registry import mandates as registry
from kwartier.registry.outbox_desk import KeptMessage
from kwartier.services.consents import Consents
from kwartier.services.contracts import Contracts
from kwartier.services.grants import Grants
from kwartier.services.headpoints import Headpoints
from kwartier.services.held_mandates import HeldMandates
from kwartier.services.organisations import Organisations, contact
from kwartier.services.people import People
from kwartier.services.requests import Requested, Requests, Wanted
from kwartier.services.scenarios import Scenarios
from kwartier.services.secrets import Hasher
from support.domain import brussels
from support.platform import FakeClock

__all__ = [
    "ACME",
    "BAKER",
    "EANS",
    "GRANULARITY",
    "OF_ACME",
    "OF_BAKER",
    "OF_PERSON",
    "OPEN",
    "Living",
    "living",
]

ACME, BAKER = (EnterpriseNumber.parse(number) for number in ("0999.999.922", "0203.430.576"))
PERSON: Final = "An Peeters"
EANS: Final = tuple(Ean(f"5414488000000001{place:02d}") for place in range(4))
OF_ACME, OF_BAKER, OF_PERSON, OF_NOBODY = EANS
LONG_AGO: Final = brussels("2022-01-01T00:00")
OPEN: Final = Period(brussels("2024-01-01T00:00"))
GRANULARITY: Final = Granularity.QUARTER_HOURLY


class RealClock(FakeClock):
    """One that goes on."""

    def __call__(self) -> datetime:
        """The moment of the machine's clock."""
        return system_clock()


class Living:
    """Two organisations, a person who is a grid user, and their headpoints.

    Args:
        url: of a database with the schemas.
        real_time: whether time goes on, instead of standing still until it is set.
    """

    def __init__(self, url: str, *, real_time: bool = False) -> None:
        self.url = url
        self.clock = RealClock() if real_time else FakeClock()
        self.database, self.readings = Database(url), readings_database(url)
        self.hasher = Hasher("pepper of tests")
        self.organisations = Organisations(self.database, self.clock)
        self.people = People(self.database, self.clock)
        self.contracts = Contracts(self.database, self.clock)
        self.requests = Requests(self.database, self.readings, self.hasher, self.clock)
        self.held = HeldMandates(self.database, self.readings, self.hasher, self.clock)
        self.consents = Consents(self.database, self.hasher, self.clock)
        self.scenarios = Scenarios(self.database, self.readings, self.clock)
        self.grants = Grants(self.database, self.readings, self.clock)

    def settle(self) -> None:
        """Register everybody, and make the headpoints known."""
        for number, name in ((ACME, "Acme"), (BAKER, "Baker")):
            self.organisations.put(
                number, name, OrganisationKind.COMPANY, Language.DUTCH, f"info@{name}.example".lower()
            )
        self.add_headpoints(dict(zip(EANS, (ACME, BAKER, PERSON, None), strict=True)))
        self.organisations.put_contact(
            OF_PERSON, PERSON, contact(PERSON, Language.ENGLISH, None, ("Street 1", "9000 Gent"))
        )

    def add_headpoints(self, used: dict[Ean, str | None]) -> None:
        """Make digital headpoints known, with who uses them."""
        known = [
            KnownHeadpoint(
                Headpoint(ean, EnergyType.ELECTRICITY, MeterType.DIGITAL),
                meters=(HungMeter(PhysicalMeter("1", f"M{ean}")),),
                grid_users=() if who is None else (GridUse(who, Period(LONG_AGO)),),
            )
            for ean, who in used.items()
        ]
        Headpoints(self.readings, self.clock).add_many(known, skip_wrong=False)

    def close(self) -> None:
        """Close the databases."""
        self.database.close()
        self.readings.close()

    def ask(self, ean: Ean = OF_BAKER, by: EnterpriseNumber = ACME, period: Period = OPEN) -> Requested:
        """Ask for quarter-hours of another's EAN."""
        [answer] = self.requests.ask(Acting(by), [Wanted(ean, GRANULARITY, period)]).answers
        assert isinstance(answer, Requested), answer
        return answer

    def given(self, ean: Ean = OF_BAKER) -> tuple[str, str]:
        """A mandate for another's EAN that was consented to, and the token of its link."""
        mandate = self.ask(ean).mandate_id
        token = self.token()
        self.consents.answer(token, {1: True})
        return mandate, token

    def messages(
        self,
        kind: MessageKind | None = None,
        state: MessageState = MessageState.WAITING,
        limit: int = 1000,
    ) -> list[KeptMessage]:
        """What is in the outbox, the last put first."""
        with self.database.reading() as connection:
            found = outbox_desk.listed(connection, [state], limit)
        return [one for one in found if kind in {None, one.kind}]

    def token(self, among: int = 1000) -> str:
        """The token of the link that went out last, among the last messages."""
        asked = self.messages(MessageKind.CONSENT_ASKED, limit=among)
        content = max(asked, key=lambda one: one.put_at).content
        assert isinstance(content, ConsentAsked)
        return content.token

    def history(self, mandate_id: str) -> list[Fact]:
        """What happened to a mandate, as it was written."""
        with self.database.reading() as connection:
            kept = mandate_history.find_kept(connection, mandate_id)
            assert kept is not None
            return registry.facts_of(connection, kept.ean, mandate_id)

    def phase(self, mandate_id: str) -> Phase:
        """How a mandate stands now."""
        phase = mandate_history.phase_at(self.history(mandate_id), self.clock())
        assert phase is not None
        return phase

    def status(self, mandate_id: str) -> Status:
        """The status of a mandate now."""
        return self.phase(mandate_id).status

    def phases(self, mandate_id: str) -> Sequence[Phase]:
        """The phases of a mandate, as they are kept."""
        with self.database.reading() as connection:
            rows: Sequence[Any] = connection.execute(
                select(mandate_phase)
                .where(mandate_phase.c.mandate_id == mandate_id)
                .order_by(mandate_phase.c.start)
            ).all()
        return [
            Phase(
                row.start,
                row.end,
                Status(row.status),
                Period(row.data_from, row.data_to),
                RenewalStatus(row.renewal_status) if row.renewal_status else None,
                row.expiration,
            )
            for row in rows
        ]

    def at(self, moment: datetime) -> None:
        """Set the clock."""
        self.clock.now = moment


@contextmanager
def living(url: str, *, real_time: bool = False) -> Iterator[Living]:
    """One that is settled, and closed afterwards."""
    made = Living(url, real_time=real_time)
    made.settle()
    try:
        yield made
    finally:
        made.close()
