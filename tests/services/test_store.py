"""The store against a naive list of versions: whatever happened, and whatever is asked."""

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Final, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kwartier.db.engine import Database
from kwartier.domain.days import Grid
from kwartier.domain.delivery import Counts, Delivery
from kwartier.domain.metering import State
from kwartier.domain.period import epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.services.deliveries import (
    AlreadyDeliveredError,
    BeingDeliveredError,
    Deliveries,
    NotDeliveredError,
    SweptError,
)
from kwartier.services.ingest.claim import bringing_in
from kwartier.services.sweep_loop import sweep_on, sweeping_beside
from kwartier.telemetry.events import Event
from support.examples import examples
from support.store import AMR, START, StoreOfTest, emptied

FIRST: Final = 1_950_000
SLOTS: Final = 6
Said: TypeAlias = dict[tuple[int, int], tuple[int, int]]
"""By series and slot: state and value."""


@dataclass
class Model:
    """All versions as a list, and which deliveries they came from."""

    versions: list[tuple[datetime, str, Said]] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)

    def stands(self, start: datetime | None, before: datetime) -> Said:
        """What the newest versions say that became visible from a moment on and before another."""
        found: Said = {}
        for moment, _, said in self.versions:
            if moment < before and (start is None or moment >= start):
                found |= said
        return found

    def withdraw(self, name: str, moment: datetime) -> None:
        """Take a delivery back: what the others say comes again, where it is not what stands."""
        self.withdrawn.add(name)
        [own] = [said for _, other, said in self.versions if other == name]
        staying: Said = {}
        for _, other, said in self.versions:
            if other and other not in self.withdrawn:
                staying |= said
        stands = self.stands(None, datetime.max.replace(tzinfo=START.tzinfo))
        again = {key: staying.get(key, (int(State.WITHDRAWN), 0)) for key in own}
        said = {key: one for key, one in again.items() if stands[key] != one}
        self.versions.append((moment, "", said))


_STATES = st.sampled_from([State.SILENT, State.WITHDRAWN, State.VAL, State.VAL, State.NVAL])
_CELL = st.tuples(_STATES, st.integers(0, 3))


@st.composite
def _runs(draw: st.DrawFn) -> list[tuple[int, dict[int, list[tuple[State, int]]]]]:
    """Runs of one delivery: where each begins, and by series what it says of each slot; they do not overlap."""
    runs: list[tuple[int, dict[int, list[tuple[State, int]]]]] = []
    start = draw(st.integers(0, 2))
    while start < SLOTS and len(runs) < 3:
        length = draw(st.integers(1, min(5, SLOTS - start)))
        numbers = draw(st.lists(st.sampled_from([1, 2]), min_size=1, max_size=2, unique=True))
        cells = {number: draw(st.lists(_CELL, min_size=length, max_size=length)) for number in numbers}
        runs.append((start, cells))
        start += length + draw(st.integers(0, 2))
    return runs


_DELIVER = st.tuples(st.just("deliver"), _runs())
_BREAK_OFF = st.tuples(st.just("break off"), _runs())
_WITHDRAW = st.tuples(st.just("withdraw"), st.integers(0, 5))
_HAPPENINGS = st.lists(
    st.one_of(_DELIVER, _DELIVER, _DELIVER, _WITHDRAW, _WITHDRAW, _BREAK_OFF), min_size=2, max_size=10
)


def _said(runs: list[tuple[int, dict[int, list[tuple[State, int]]]]]) -> Said:
    return {
        (number, start + place): (int(state), value if state > State.WITHDRAWN else 0)
        for start, cells in runs
        for number, row in cells.items()
        for place, (state, value) in enumerate(row)
        if state is not State.SILENT
    }


def _play(store: StoreOfTest, happenings: list[tuple[str, object]]) -> Model:
    model, names = Model(), count()
    for what, how in happenings:
        if what == "withdraw":
            published = [name for _, name, _ in model.versions if name and name not in model.withdrawn]
            if published:
                name = published[int(str(how)) % len(published)]
                taking = store.deliveries.withdraw(name)
                assert taking.published_at is not None
                model.withdraw(name, taking.published_at)
                store.now = max(store.now, taking.published_at)
            continue
        assert isinstance(how, list)
        runs = [
            store.run(
                AMR,
                Grid.QUARTER_HOUR,
                FIRST + start,
                {
                    number: ([value for _, value in row], [state for state, _ in row])
                    for number, row in cells.items()
                },
            )
            for start, cells in how
        ]
        name = f"delivery {next(names)}"
        if what == "deliver":
            model.versions.append((store.deliver(name, runs), name, _said(how)))
        else:
            store.deliveries.load(store.begin(name), runs)
    return model


def _asked(store: StoreOfTest, window: range, start: datetime | None, before: datetime) -> Said:
    inserted = Inserted(epoch_microseconds(before), None if start is None else epoch_microseconds(start))
    slots = range(FIRST + window.start, FIRST + window.stop)
    found: Said = {}
    for part in store.store.versions(AMR.ean, Grid.QUARTER_HOUR, slots, inserted):
        series = resolve(part.versions, [slots], inserted)
        for row in range(len(series.registers)):
            for column in range(len(series)):
                state = int(series.states[row, column])
                if state != State.SILENT:
                    value = int(series.values[row, column]) if state > State.WITHDRAWN else 0
                    found[row + 1, series.first_slot - FIRST + column] = (state, value)
    return found


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=examples(100),
)
@given(happenings=_HAPPENINGS, data=st.data())
def test_every_question_gets_what_a_list_of_versions_gives(
    store_database: Database, happenings: list[tuple[str, object]], data: st.DataObject
) -> None:
    """R1, R2, R3: deliveries, broken off ones and withdrawals in any order, asked by reading, insertion, as known at."""
    with emptied(store_database) as store:
        model = _play(store, happenings)
        moments = [moment for moment, _, _ in model.versions]
        times = [
            START,
            store.now + timedelta(days=1),
            *(moment + timedelta(microseconds=shift) for moment in moments for shift in (0, 1)),
        ]
        for _ in range(5):
            first = data.draw(st.integers(0, SLOTS - 1))
            window = range(first, data.draw(st.integers(first + 1, SLOTS)))
            start = data.draw(st.one_of(st.none(), st.sampled_from(times)))
            before = data.draw(st.sampled_from([times[1], times[1], *times]))
            expected = {key: said for key, said in model.stands(start, before).items() if key[1] in window}
            assert _asked(store, window, start, before) == expected


RUN: Final = {1: ([1, 2, 3], [State.VAL] * 3)}


def test_a_delivery_that_is_sent_twice_counts_once(store: StoreOfTest) -> None:
    """R3: a delivery is known by its id."""
    run = store.run(AMR, Grid.QUARTER_HOUR, FIRST, RUN)
    published_at = store.deliver("a", [run])
    with pytest.raises(AlreadyDeliveredError) as known:
        store.begin("a")
    assert known.value.delivery.published_at == published_at
    assert known.value.delivery.counts.runs == 1


def test_what_is_not_published_is_not_there(store: StoreOfTest) -> None:
    """R3: of a delivery that was broken off nothing is seen; after a while it can be sent again, whole."""
    begun = store.begin("a")
    store.deliveries.load(begun, [store.run(AMR, Grid.QUARTER_HOUR, FIRST, RUN)])
    everything = range(SLOTS), None, store.now + timedelta(days=1)
    assert _asked(store, *everything) == {}
    with pytest.raises(BeingDeliveredError, match="sweep"):
        store.begin("a")
    store.now += timedelta(minutes=5)
    store.deliver("a", [store.run(AMR, Grid.QUARTER_HOUR, FIRST + 3, RUN)])
    found = _asked(store, range(SLOTS), None, store.now + timedelta(days=1))
    assert sorted(slot for _, slot in found) == [3, 4, 5]
    with pytest.raises(SweptError):
        store.deliveries.load(begun, [store.run(AMR, Grid.QUARTER_HOUR, FIRST, RUN)])
    with pytest.raises(SweptError):
        store.deliveries.publish(begun, Counts())


def test_what_was_broken_off_is_swept(store: StoreOfTest) -> None:
    """R3: sweeping removes what was begun and left, and nothing that is published or being loaded."""
    store.deliver("whole", [store.run(AMR, Grid.QUARTER_HOUR, FIRST, RUN)])
    store.deliveries.load(store.begin("left"), [store.run(AMR, Grid.QUARTER_HOUR, FIRST, RUN)])
    store.now += timedelta(minutes=5)
    store.begin("new")
    assert [one.delivery_id for one in store.deliveries.sweep()] == ["left"]
    assert [one.delivery_id for one in store.deliveries.newest()] == ["new", "whole"]


def test_what_was_swept_holds_no_reader_up(store: StoreOfTest) -> None:
    """R1, R3: with a delivery goes its announcement, at which readers stop."""
    from kwartier.readings import deliveries as registry  # noqa: PLC0415 - as below

    delivery, late = store.begin("announced"), store.now + timedelta(hours=5)
    with store.database.writing() as connection:
        registry.announce(connection, delivery.number, store.now + timedelta(seconds=5), late)
    store.now += timedelta(minutes=5)
    assert store.store.settled(store.now) < store.now
    assert store.deliveries.sweep() == [delivery]
    assert store.store.settled(store.now) == store.now


class SweptOfTest(Deliveries):
    """Deliveries that are swept in a thread, of which the first round fails."""

    def __init__(self, store: StoreOfTest) -> None:
        super().__init__(store.database, store.clock, timedelta(seconds=5))
        self.rounds = 0
        self.third = threading.Event()

    def sweep(self, idle: timedelta = timedelta(minutes=2)) -> list[Delivery]:
        """A round."""
        self.rounds += 1
        if self.rounds == 1:
            raise MemoryError
        swept = super().sweep(idle)
        if self.rounds > 2:
            self.third.set()
        return swept


def test_what_somebody_still_brings_in_is_not_swept(store: StoreOfTest) -> None:
    """R3: who brings a delivery in keeps it as long as he lives, however long nothing is heard of him."""
    store.begin("slow")
    store.now += timedelta(hours=5)
    with bringing_in(store.database, "slow") as free:
        assert free
        assert store.deliveries.sweep() == []
    assert [one.delivery_id for one in store.deliveries.sweep()] == ["slow"]


def test_it_is_swept_beside_a_platform_that_serves(
    store: StoreOfTest, caplog: pytest.LogCaptureFixture
) -> None:
    """R3: beside the platform what was broken off is swept at once and then again and again, whatever goes wrong once."""
    rounds = SweptOfTest(store)
    store.begin("left")
    store.now += timedelta(minutes=5)
    with caplog.at_level(logging.INFO), sweeping_beside(rounds, seconds=0.01):
        assert rounds.third.wait(60)
    assert store.deliveries.newest() == []
    told = [record.msg for record in caplog.records if record.name == "kwartier.deliveries"]
    assert [(one.name, dict(one.fields)) for one in told if isinstance(one, Event)] == [
        ("deliveries_sweep_crashed", {}),
        ("deliveries_swept", {"deliveries": 1}),
    ]


class StopOfTest(threading.Event):
    """Is told after one pause, and knows how long that was to be."""

    def __init__(self) -> None:
        super().__init__()
        self.paused: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Pause."""
        self.paused.append(timeout)
        self.set()
        return True


def test_between_two_sweeps_there_is_a_pause(store: StoreOfTest) -> None:
    """R3: sweeping looks at the database now and then, and not all the time."""
    stop = StopOfTest()
    sweep_on(store.deliveries, stop, seconds=3600)
    assert stop.paused == [3600]


def test_only_a_published_delivery_is_withdrawn(store: StoreOfTest) -> None:
    """R3: what is not there, not published, or takes another back, can't be withdrawn; nothing is withdrawn twice."""
    store.begin("begun")
    store.deliver("whole", [store.run(AMR, Grid.QUARTER_HOUR, FIRST, RUN)])
    taking = store.deliveries.withdraw("whole")
    for wrong in ("nowhere", "begun", taking.delivery_id):
        with pytest.raises(NotDeliveredError):
            store.deliveries.withdraw(wrong)
    with pytest.raises(AlreadyDeliveredError):
        store.deliveries.withdraw("whole")


def test_what_came_back_goes_with_what_it_came_from(store: StoreOfTest) -> None:
    """R3: a value that a withdrawal brought back is not one that stays when its own delivery is withdrawn."""
    for name, value in (("a", 1), ("b", 2)):
        store.deliver(name, [store.run(AMR, Grid.QUARTER_HOUR, FIRST, {1: ([value], [State.VAL])})])
    stood: list[Said] = []
    for name in ("b", "a"):
        taking = store.deliveries.withdraw(name)
        assert taking.published_at is not None
        stood.append(_asked(store, range(SLOTS), None, taking.published_at + timedelta(microseconds=1)))
    assert stood == [{(1, 0): (int(State.VAL), 1)}, {(1, 0): (int(State.WITHDRAWN), 0)}]


def test_publications_follow_each_other(store: StoreOfTest) -> None:
    """R1: each publication becomes visible later than any before, a little ahead of now, also when they come at once."""
    moments = []
    for number in range(5):
        began = store.now
        delivery = store.begin(str(number))
        moments.append(store.deliveries.publish(delivery, Counts()))
        assert moments[-1] > began
    assert moments == sorted(set(moments))


def test_a_publisher_that_was_held_up_announces_anew(store: StoreOfTest) -> None:
    """R1: a delivery does not become visible at a moment that readers have passed before they could know of it."""
    delivery = store.begin("slow")
    looks = 0

    def clock() -> datetime:
        nonlocal looks
        looks += 1
        if looks == 2:  # between the announcement and what follows
            store.now += timedelta(minutes=1)
        return store.clock()

    slow = Deliveries(store.database, clock, timedelta(seconds=5))
    passed = store.now + timedelta(minutes=1)
    assert slow.publish(delivery, Counts()) > passed
    assert looks > 2


def test_no_reader_passes_what_is_announced(store: StoreOfTest) -> None:
    """R1: while a publication is announced and not done, readers stop before it; when its maker is gone, it goes."""
    from kwartier.readings import deliveries as registry  # noqa: PLC0415 - a publisher that is held up in between

    late = store.now + timedelta(hours=1)
    assert store.store.settled(late) == late
    delivery = store.begin("held up")
    with store.database.writing() as connection:
        announced = registry.announce(
            connection, delivery.number, store.now + timedelta(seconds=5), store.now + timedelta(minutes=2)
        )
    assert store.store.settled(announced + timedelta(seconds=9)) == announced - timedelta(microseconds=1)
    before = announced - timedelta(seconds=2)
    assert store.store.settled(before) == before
    other = store.deliver("another", [store.run(AMR, Grid.QUARTER_HOUR, FIRST, RUN)])
    assert other > announced
    assert store.store.settled(other) == announced - timedelta(microseconds=1)
    assert store.store.settled(late) == late
    with store.database.writing() as connection:
        assert registry.publish(connection, delivery.number, delivery.counts) is None
