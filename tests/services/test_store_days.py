"""Days and energy, delivered and derived, against a naive list of what came in and was taken back (R2, R3; DESIGN 5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Final, TypeAlias

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kwartier.db.engine import Database
from kwartier.domain.days import Grid, quarter_hours_of, slot_starts
from kwartier.domain.delivery import Counts
from kwartier.domain.gas import gas_month_of
from kwartier.domain.metering import Direction, GasFactor, Headpoint, Register, RegisterKind, State, Unit
from kwartier.domain.period import EPOCH, epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.readings import factors
from kwartier.readings.runs import Run
from support.examples import examples
from support.store import DIGITAL, GAS, StoreOfTest, emptied

DAY: Final = (date(2025, 8, 28) - EPOCH.date()).days  # a Thursday
QUARTER_HOUR: Final = int(quarter_hours_of(range(DAY, DAY + 1))[0])
HOUR: Final = int(slot_starts(Grid.GAS_DAY, np.array([DAY]))[0]) // 3600
DAY_QUARTER_HOURS, NIGHT_QUARTER_HOURS, HOURS = 60, 36, 24
FACTOR: Final = 2
"""kWh/m3; none that gas has, but easy to read."""

Happening: TypeAlias = tuple[str, int]
"""What comes in and its value; or a withdrawal, and of which of those that stand."""


def runs_of(store: StoreOfTest, what: str, value: int) -> list[Run]:
    """What comes in: a whole day of one value in its smallest interval, or as a day."""
    read = State.READ
    match what:
        case "quarter-hours":
            return [store.run(DIGITAL, Grid.QUARTER_HOUR, QUARTER_HOUR, {1: ([value] * 96, [read] * 96)})]
        case "day":
            return [store.run(DIGITAL, Grid.DAY, DAY, {3: ([value], [read]), 4: ([value], [read])})]
        case "volumes":
            return [store.run(GAS, Grid.HOUR, HOUR, {1: ([value] * HOURS, [read] * HOURS)})]
        case "energy":
            return [store.run(GAS, Grid.HOUR, HOUR, {2: ([value] * HOURS, [read] * HOURS)})]
    assert what == "gas day"
    return [store.run(GAS, Grid.GAS_DAY, DAY, {3: ([value], [read])})]


@dataclass(frozen=True)
class Asked:
    """A register that is asked about.

    Attributes:
        worth: what a value of each kind comes to in it.
    """

    headpoint: Headpoint
    grid: Grid
    slot: int
    register: RegisterKind
    worth: dict[str, int]


ASKED: Final = {
    "day": Asked(DIGITAL, Grid.DAY, DAY, RegisterKind.DAY, {"quarter-hours": DAY_QUARTER_HOURS, "day": 1}),
    "night": Asked(
        DIGITAL, Grid.DAY, DAY, RegisterKind.NIGHT, {"quarter-hours": NIGHT_QUARTER_HOURS, "day": 1}
    ),
    "hour": Asked(GAS, Grid.HOUR, HOUR, RegisterKind.TOTAL, {"volumes": FACTOR, "energy": 1}),
    "gas day": Asked(
        GAS,
        Grid.GAS_DAY,
        DAY,
        RegisterKind.TOTAL,
        {"volumes": FACTOR * HOURS, "energy": HOURS, "gas day": 1},
    ),
}
KINDS: Final = ("quarter-hours", "day", "volumes", "energy", "gas day")


@dataclass
class Came:
    """What came in."""

    moment: datetime
    what: str
    value: int
    taken_back: datetime | None = None


@dataclass
class Model:
    """All that came in, in order."""

    came: list[Came] = field(default_factory=list)

    def stands(self, asked: Asked, before: datetime) -> int | None:
        """The newest that was known before a moment and not taken back by then; -1: all of it was."""
        known = [one for one in self.came if one.moment < before and one.what in asked.worth]
        staying = [one for one in known if one.taken_back is None or one.taken_back >= before]
        if staying:
            return staying[-1].value * asked.worth[staying[-1].what]
        return -1 if known else None

    def changes(self, asked: Asked) -> list[datetime]:
        """When what stands changed."""
        moments = sorted(
            {one.moment for one in self.came} | {one.taken_back for one in self.came if one.taken_back}
        )
        step = timedelta(microseconds=1)
        return [m for m in moments if self.stands(asked, m) != self.stands(asked, m + step)]


@contextmanager
def _with_factor(database: Database) -> Iterator[StoreOfTest]:
    with emptied(database) as store:
        known = store.begin("factors")
        month = int(gas_month_of(np.array([DAY]))[0])
        with database.writing() as connection:
            factors.add(connection, known.number, [("zone 1", month, FACTOR * 10_000, GasFactor.DEFINITIVE)])
        store.now = max(store.now, store.deliveries.publish(known, Counts()))
        yield store


def _play(store: StoreOfTest, happenings: list[Happening]) -> Model:
    model, names = Model(), count()
    for what, how in happenings:
        if what == "withdraw":
            standing = [place for place, one in enumerate(model.came) if one.taken_back is None]
            if standing:
                place = standing[how % len(standing)]
                taking = store.deliveries.withdraw(str(place))
                assert taking.published_at is not None
                model.came[place].taken_back = taking.published_at
                store.now = max(store.now, taking.published_at)
            continue
        model.came.append(Came(store.deliver(str(next(names)), runs_of(store, what, how)), what, how))
    return model


def _found(store: StoreOfTest, asked: Asked, start: datetime | None, before: datetime) -> int | None:
    inserted = Inserted(epoch_microseconds(before), None if start is None else epoch_microseconds(start))
    slots = range(asked.slot, asked.slot + 1)
    register = Register(Direction.OFFTAKE, asked.register, Unit.KWH)
    for part in store.store.versions(asked.headpoint.ean, asked.grid, slots, inserted):
        series = resolve(part.versions, [slots], inserted)
        if register in series.registers and len(series):
            row = series.registers.index(register)
            state = int(series.states[row, 0])
            if state != State.SILENT:
                return -1 if state == State.WITHDRAWN else int(series.values[row, 0])
    return None


_HAPPENINGS: Final = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(KINDS), st.integers(1, 9)),
        st.tuples(st.just("withdraw"), st.integers(0, 5)),
    ),
    min_size=2,
    max_size=9,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=examples(60),
)
@given(happenings=_HAPPENINGS)
@example([("quarter-hours", 1), ("day", 9), ("withdraw", 1)])
@example([("day", 9), ("quarter-hours", 1), ("withdraw", 1)])
@example([("volumes", 1), ("energy", 9), ("withdraw", 1)])
@example([("energy", 9), ("volumes", 1), ("withdraw", 1)])
@example([("day", 7), ("quarter-hours", 1), ("day", 9), ("withdraw", 2)])
@example([("day", 7), ("quarter-hours", 1), ("day", 9), ("withdraw", 2), ("withdraw", 1)])
@example([("volumes", 1), ("energy", 1), ("volumes", 1), ("withdraw", 2)])
@example([("volumes", 1), ("volumes", 2), ("energy", 1), ("withdraw", 1)])
@example([("quarter-hours", 1), ("day", 9), ("quarter-hours", 2), ("withdraw", 2)])
@example([("volumes", 1), ("energy", 1), ("gas day", 1), ("withdraw", 0)])
@example([("volumes", 1), ("energy", 1), ("gas day", 1), ("withdraw", 1)])
def test_what_follows_and_what_was_delivered_are_one_list(
    store_database: Database, happenings: list[Happening]
) -> None:
    """R1, R2, R3: the newest that was not taken back stands, delivered or derived, at every moment; and windows tell it."""
    with _with_factor(store_database) as store:
        model = _play(store, happenings)
        step = timedelta(microseconds=1)
        moments = sorted(
            {one.moment for one in model.came} | {one.taken_back for one in model.came if one.taken_back}
        )
        for asked in ASKED.values():
            changes = model.changes(asked)
            for before in (moment + step for moment in moments):
                expected = model.stands(asked, before)
                assert _found(store, asked, None, before) == expected
                for start in moments:
                    if start >= before:
                        continue
                    within = _found(store, asked, start, before)
                    # What did not change may come in again, but nothing else may.
                    if any(start <= change < before for change in changes):
                        assert within == expected
                    else:
                        assert within in (None, expected)


@pytest.mark.parametrize("place", [0, 3, 7, 8, 50, 95])
def test_one_quarter_hour_that_is_taken_back_leaves_the_delivered_day(store: StoreOfTest, place: int) -> None:
    """R3: a day that was delivered stays, whichever of its quarter-hours is corrected and the correction taken back."""
    store.deliver("quarter-hours", runs_of(store, "quarter-hours", 1))
    store.deliver("day", runs_of(store, "day", 9))
    slot = QUARTER_HOUR + place
    store.deliver("wrong", [store.run(DIGITAL, Grid.QUARTER_HOUR, slot, {1: ([5], [State.READ])})])
    before = store.now + timedelta(seconds=1)
    assert {_found(store, ASKED[name], None, before) for name in ("day", "night")} != {9}
    store.deliveries.withdraw("wrong")
    after = store.now + timedelta(minutes=1)
    assert [_found(store, ASKED[name], None, after) for name in ("day", "night")] == [9, 9]


def test_a_correction_of_injection_leaves_the_delivered_day_of_offtake(store: StoreOfTest) -> None:
    """R2 (DESIGN 5): what follows comes in with its own inputs, and is not the newer one for what others say."""
    store.deliver("quarter-hours", runs_of(store, "quarter-hours", 1))
    store.deliver("day", runs_of(store, "day", 9))
    store.deliver(
        "injection", [store.run(DIGITAL, Grid.QUARTER_HOUR, QUARTER_HOUR, {2: ([7] * 96, [State.READ] * 96)})]
    )
    after = store.now + timedelta(minutes=1)
    assert [_found(store, ASKED[name], None, after) for name in ("day", "night")] == [9, 9]
