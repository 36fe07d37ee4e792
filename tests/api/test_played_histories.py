"""Random lives of a mandate in the sandbox: what is shown is what the domain makes of the facts, and a state keeps it all."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.days import add_months
from kwartier.domain.mandate import Asked, Fact, Phase, Status, UseEnded
from kwartier.domain.period import Period
from kwartier.domain.played import Act, fact_of
from kwartier.domain.scenario import ScenarioKind
from kwartier.domain.timeline import in_order, timeline
from kwartier.wire import paths
from kwartier.wire.timestamps import read_timestamp, write_timestamp
from support.domain import brussels
from support.platform import Client, Json, Platform

EAN: Final = "541440110000000007"
BEGIN: Final = brussels("2024-01-31T10:00")
FROM: Final = brussels("2020-01-01T00:00")
_SECOND: Final = timedelta(seconds=1)

_waits: st.SearchStrategy[tuple[int, timedelta]] = st.tuples(
    st.sampled_from([0, 0, 0, 1, 1, 2, 33, 33, 35, 36]),
    st.sampled_from([_SECOND, _SECOND, timedelta(), -_SECOND, timedelta(days=1)]),
)
_moves = st.tuples(st.sampled_from([ScenarioKind.MOVE, ScenarioKind.SUPPLIER_CHANGE]), st.integers(-40, 40))
_steps = st.lists(st.tuples(_waits, st.one_of(*[st.sampled_from(Act)] * 4, _moves)), max_size=9)


@dataclass
class Life:
    """A mandate whose facts are known to the test.

    Attributes:
        moment: what the clock shows.
        facts: what happened.
    """

    client: Client
    own: bool
    moment: datetime = BEGIN
    facts: list[Fact] = field(default_factory=list)

    def begin(self) -> None:
        """Ask for it."""
        self.set_clock(BEGIN)
        if not self.own:
            self.client.control("POST", "/headpoints", json={"ean": EAN, "gridUser": "Bakkerij De Smet"})
        asked = {"ean": EAN, "dataPeriodFrom": write_timestamp(FROM)}
        self.client.control("POST", "/mandates", json=asked)
        self.facts.append(Asked(BEGIN, Period(FROM), by_grid_user=self.own))

    def wait(self, months: int, more: timedelta) -> None:
        """Let time go by, if it is to go on."""
        later = (add_months(self.moment, months) + more).replace(microsecond=0)
        if later > self.moment:
            self.set_clock(later)

    def set_clock(self, moment: datetime) -> None:
        """Let the clock stand still at a moment."""
        self.moment = moment
        shown = {"now": write_timestamp(moment), "running": False}
        self.client.control("PUT", "/clock", json=shown)

    def placed(self, fact: Fact) -> Fact:
        """A fact as it is written: of those at one moment the one told last comes last, if only by a microsecond."""
        if in_order([*self.facts, fact])[-1] is fact:
            return fact
        return replace(fact, at=self.facts[-1].at + timedelta(microseconds=1))

    def add(self, fact: Fact) -> None:
        """Note what happened."""
        self.facts.append(self.placed(fact))
        self.moment = self.facts[-1].at

    def act(self, act: Act) -> None:
        """Try something; what is refused would have changed nothing."""
        fact = fact_of(act, self.moment, own=self.own)
        answer = self.client.ask("POST", f"/mandates/{act.value}", base=paths.CONTROL, json={"mandate": EAN})
        if answer.status_code == HTTPStatus.OK:
            self.add(fact)
        elif act is not Act.RENEW:
            assert answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}
            assert timeline([*self.facts, self.placed(fact)]) == timeline(self.facts)

    def move(self, kind: ScenarioKind, days: int) -> None:
        """Let the market do something some days from now, or ago."""
        effective = self.moment + timedelta(days=days)
        asked = {
            "ean": EAN,
            "kind": kind.value.replace(" ", "-"),
            "effectiveDate": write_timestamp(effective),
        }
        answer = self.client.ask("POST", "/scenarios", base=paths.CONTROL, json=asked)
        if answer.status_code == HTTPStatus.OK and kind.ends_use:
            self.add(UseEnded(self.moment, effective, kind))

    def expected(self) -> Phase:
        """How it stands, by the domain."""
        return [phase for phase in timeline(self.facts) if phase.start <= self.moment][-1]


def _shown(found: list[Json]) -> list[tuple[str, str | None, str | None, str | None]]:
    return [
        (
            one["status"],
            one.get("renewalStatus"),
            one.get("dataPeriodTo"),
            one.get("mandateExpirationDate"),
        )
        for one in found
    ]


def _told(phase: Phase) -> list[tuple[str, str | None, str | None, str | None]]:
    if phase.status is Status.REMOVED:
        return []
    end = phase.data_period.end
    expires = phase.expiration if phase.status is Status.APPROVED else None
    return [
        (
            phase.status.value,
            None if phase.renewal_status is None else phase.renewal_status.value,
            None if end is None else write_timestamp(end),
            None if expires is None else write_timestamp(expires),
        )
    ]


@settings(max_examples=40, deadline=None)
@given(own=st.booleans(), steps=_steps)
def test_any_life_is_what_the_domain_says(
    shared_platform: Platform,
    own: bool,  # noqa: FBT001 - drawn
    steps: list[tuple[tuple[int, timedelta], Act | tuple[ScenarioKind, int]]],
) -> None:
    """M2, M3, M5, M6: whatever happens, GET mandate shows the phase of its facts; a state brings all of it to another client."""
    shared_platform.clock.now = BEGIN
    life = Life(shared_platform.client(), own)
    life.begin()
    for (months, more), what in steps:
        life.wait(months, more)
        if isinstance(what, Act):
            life.act(what)
        else:
            life.move(*what)
        assert _shown(life.client.mandates()) == _told(life.expected())
        for one in life.client.control("GET", "/mandates")["mandates"]:
            ahead = [phase.start for phase in timeline(life.facts) if phase.start > life.moment]
            assert [read_timestamp(phase["since"]) for phase in one["next"]] == ahead
    state = life.client.ask("GET", "/state", base=paths.CONTROL).json()
    other = shared_platform.client()
    other.control("PUT", "/state", json=state)
    assert other.ask("GET", "/state", base=paths.CONTROL).json() == state
    assert other.mandates() == life.client.mandates()
