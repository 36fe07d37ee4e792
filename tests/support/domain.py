"""What the tests of the domain share: moments as people write them, and strategies for hypothesis."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import strategies as st

from kwartier.domain.days import Grid, add_months
from kwartier.domain.mandate import (
    Asked,
    Consented,
    Ended,
    Fact,
    Mocked,
    Refused,
    Removed,
    RenewalAsked,
    RenewalStatus,
    Status,
    UseEnded,
)
from kwartier.domain.metering import Direction, Register, RegisterKind, State, Unit
from kwartier.domain.period import Period
from kwartier.domain.scenario import ScenarioKind
from kwartier.domain.series import Series, Versions

BRUSSELS: Final = ZoneInfo("Europe/Brussels")
SECOND: Final = timedelta(seconds=1)

OFFTAKE: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL)
INJECTION: Final = Register(Direction.INJECTION, RegisterKind.TOTAL)
INDUCTIVE: Final = Register(Direction.OFFTAKE, RegisterKind.INDUCTIVE, Unit.KVARH)


def utc(text: str) -> datetime:
    """A moment as the API writes it, without the Z."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def brussels(text: str, *, fold: int = 0) -> datetime:
    """The moment at which the clocks of Brussels show this; `fold=1` for the second time, in autumn."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS, fold=fold).astimezone(UTC)


_TURNING_POINTS: Final = [
    brussels("1996-01-01T00:00"),
    brussels("2000-02-29T00:00"),
    utc("2024-03-31T01:00:00"),  # the clocks go forward
    brussels("2024-03-31T06:00"),
    utc("2024-10-27T01:00:00"),  # the clocks go back
    brussels("2024-10-27T06:00"),
    brussels("2024-02-29T00:00"),
    brussels("2025-12-31T23:00"),
    utc("2037-10-25T01:00:00"),
    utc("2038-03-28T01:00:00"),
]

moments: Final[st.SearchStrategy[datetime]] = st.one_of(
    st.datetimes(datetime(1996, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.builds(
        lambda point, quarters, microseconds: (
            point + timedelta(minutes=15 * quarters, microseconds=microseconds)
        ),
        st.sampled_from(_TURNING_POINTS),
        st.integers(-200, 200),
        st.sampled_from([-1, 0, 0, 0, 1, 500_000]),
    ),
)
"""Moments of all sorts, many of them on or within a microsecond of a border near a turning point of the calendar."""


@dataclass(frozen=True)
class Row:
    """One row of `Versions`: what came in at a moment about a slot, a state and a value for each register."""

    slot: int
    inserted_us: int
    said: tuple[tuple[State, int], ...]


def versions_of(grid: Grid, registers: tuple[Register, ...], rows: list[Row]) -> Versions:
    """The rows as arrays, in their order."""
    shape = (len(registers), len(rows))
    values, states = np.zeros(shape, np.int64), np.zeros(shape, np.uint8)
    for column, row in enumerate(rows):
        for index, (state, value) in enumerate(row.said):
            states[index, column], values[index, column] = state, value
    return Versions(
        grid,
        registers,
        np.array([row.slot for row in rows], np.int64),
        np.array([row.inserted_us for row in rows], np.int64),
        values,
        states,
    )


def spoken_of(registers: tuple[Register, ...], rows: list[Row], slots: range, moment: int) -> set[Register]:
    """The registers of which something came in at a moment, about some slots."""
    return {
        register
        for row in rows
        if row.inserted_us == moment and row.slot in slots
        for register, (state, _) in zip(registers, row.said, strict=True)
        if state is not State.SILENT
    }


Readings = dict[tuple[Register, int], tuple[State, int]]
"""State and value of each register and slot that has a reading."""


def readings_of(series: Series) -> Readings:
    """What a series says, without what it does not say."""
    return {
        (register, series.first_slot + column): (
            State(series.states[row, column]),
            int(series.values[row, column]),
        )
        for row, register in enumerate(series.registers)
        for column in range(len(series))
        if series.states[row, column] >= State.READ
    }


_SAID: Final = st.tuples(st.sampled_from(State), st.integers(0, 9_999))


@st.composite
def histories(draw: st.DrawFn, registers: tuple[Register, ...] = (OFFTAKE, INJECTION)) -> list[Row]:
    """Rows about a few slots at a few moments; those of one slot stand in order of insertion."""
    row = st.builds(Row, st.integers(100, 106), st.integers(0, 6), st.tuples(*[_SAID for _ in registers]))
    rows = draw(st.lists(row, max_size=16))
    by_slot = draw(st.sampled_from([0, 1, -1]))
    return sorted(rows, key=lambda row: (by_slot * row.slot, row.inserted_us))


_MONTHS: Final = st.sampled_from([0, 0, 1, 1, 2, 31, 33, 33, 34, 36, 37])
_DELTAS: Final = st.one_of(
    st.sampled_from([timedelta(), timedelta(), SECOND, -SECOND, timedelta(days=1)]),
    st.timedeltas(timedelta(days=-2), timedelta(days=40)),
)


def _a_while_after(moment: datetime, months: int, delta: timedelta) -> datetime:
    return max(moment, add_months(moment, months) + delta)


@st.composite
def mandate_histories(draw: st.DrawFn) -> list[Fact]:
    """Facts about one mandate in order of time: often a month, 33 months or three years apart, give or take a second."""
    at = draw(moments)
    period = Period(brussels("2020-01-01T00:00"), draw(st.sampled_from([None, brussels("2030-01-01T00:00")])))
    facts: list[Fact] = [draw(_beginnings(at, period))]
    for _ in range(draw(st.integers(0, 7))):
        at = _a_while_after(at, draw(_MONTHS), draw(_DELTAS))
        facts.append(draw(_continuations(at, period)))
    return facts


def _beginnings(at: datetime, period: Period) -> st.SearchStrategy[Fact]:
    return st.one_of(st.builds(Asked, st.just(at), st.just(period), st.booleans()), _mocks(at, period))


def _mocks(at: datetime, period: Period) -> st.SearchStrategy[Mocked]:
    return st.builds(
        Mocked,
        st.just(at),
        st.sampled_from([Status.REQUESTED, Status.APPROVED, Status.REJECTED, Status.FINISHED]),
        st.just(period),
        st.builds(
            lambda months, delta: add_months(at, months) + delta, st.sampled_from([-1, 1, 3, 36]), _DELTAS
        ),
        st.sampled_from([None, None, *RenewalStatus]),
    )


def _moves(at: datetime) -> st.SearchStrategy[UseEnded]:
    """Scenarios registered at a moment: effective long ago, then, or later."""
    effective = st.one_of(
        st.just(at),
        st.builds(lambda months, delta: add_months(at, months) + delta, st.integers(-40, 3), _DELTAS),
        st.just(brussels("2019-12-31T00:00")),  # before the data period of the others begins
    )
    return st.builds(UseEnded, st.just(at), effective, st.sampled_from(_ENDING))


_ENDING: Final = [kind for kind in ScenarioKind if kind.ends_use]


def _continuations(at: datetime, period: Period) -> st.SearchStrategy[Fact]:
    answers: list[st.SearchStrategy[Fact]] = [
        st.just(Consented(at)),
        st.just(Refused(at)),
        st.just(RenewalAsked(at)),
        _moves(at),
    ]
    rarely: list[st.SearchStrategy[Fact]] = [
        st.just(RenewalAsked(at, by_grid_user=True)),
        st.just(Ended(at)),
        st.just(Removed(at)),
        _mocks(at, period),
    ]
    return st.one_of(*answers, *answers, *answers, *rarely)
