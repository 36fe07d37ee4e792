"""Questions to the store: readings, gaps, lag and monthly peaks."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import pytest

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.gaps import Gap, Missing
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    Granularity,
    Meter,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
    SubHeadpoint,
    Unit,
)
from kwartier.domain.peak import Peak, Untold, quarter_hours_of_month
from kwartier.domain.period import EPOCH, Period
from kwartier.readings import catalogue, headpoints
from kwartier.readings.catalogue import SeriesKey
from kwartier.services.gaps import SeriesGap, gaps_of, gaps_of_all
from kwartier.services.lag import Lagging, lagging
from kwartier.services.monthly_peaks import peaks_of_year
from kwartier.services.questions import NoReadingsOfOneError, ReadingsQuestion, read
from support.store import AMR, DIGITAL, GAS, METER, START, StoreOfTest

FIRST = int(datetime(2025, 8, 1, tzinfo=UTC).timestamp()) // 900
"""A quarter-hour a month before the clock of the store begins."""
LATER = START + timedelta(days=1)
"""When all deliveries of a test have become visible."""
OFFTAKE, INJECTION = (
    Register(direction, RegisterKind.TOTAL) for direction in (Direction.OFFTAKE, Direction.INJECTION)
)
QUARTER = Grid.QUARTER_HOUR
NEXT_METER = PhysicalMeter("2", "1SAG0000000002")
NEW = Ean("541448800000000038")


def at(slot: int) -> datetime:
    """When a quarter-hour begins."""
    return datetime.fromtimestamp(slot * 900, UTC)


def period(slots: range) -> Period:
    """From the first slot to the end of the last."""
    return Period(at(slots.start), at(slots.stop))


def full(
    store: StoreOfTest, name: str, slots: range, number: int = 1, value: int = 5, state: State = State.READ
) -> datetime:
    """Deliver a value for every slot of a series of the digital meter."""
    runs = [
        store.run(DIGITAL, QUARTER, start, {number: ([value] * count, [state] * count)})
        for start in range(slots.start, slots.stop, 96)
        for count in [min(96, slots.stop - start)]
    ]
    return store.deliver(name, runs)


def told(store: StoreOfTest, question: ReadingsQuestion) -> dict[int, int]:
    """The offtake in quarter-hours."""
    found = read(store.store, question, store.clock())
    return {
        series.first_slot + column: int(series.values[series.registers.index(OFFTAKE), column])
        for one in found.meters
        for series in one.series
        if series.grid is QUARTER
        for column in series.present[series.registers.index(OFFTAKE)].nonzero()[0].tolist()
    }


def hang(store: StoreOfTest, *meters: HungMeter) -> None:
    """Tell which meters hung at the digital headpoint."""
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(DIGITAL, meters=meters)], START)


def add_series(store: StoreOfTest, number: int, meter: Meter, register: Register = OFFTAKE) -> None:
    """Add a series of quarter-hours to the digital headpoint."""
    with store.database.writing() as connection:
        key = SeriesKey(meter, register, QUARTER)
        catalogue.add_series(connection, [(int(DIGITAL.ean), number, key)])


def gaps(store: StoreOfTest, slots: range, moment: datetime) -> list[tuple[Meter, Register | None, Gap]]:
    """The gaps of quarter-hours of the digital headpoint."""
    found = gaps_of(store.database, DIGITAL.ean, period(slots), moment)
    return [(one.meter, one.register, one.gap) for one in found if one.grid is QUARTER]


def test_one_question_tells_what_was_known_when(store: StoreOfTest) -> None:
    """R2, E3, E4: by reading the newest comes, by insertion what came in then, and at a moment what was known."""
    first = full(store, "first", range(FIRST, FIRST + 4))
    second = full(store, "second", range(FIRST + 2, FIRST + 6), value=7)
    measured = period(range(FIRST, FIRST + 8))

    def ask(inserted: Period | None = None, as_known_at: datetime | None = None) -> list[int]:
        question = ReadingsQuestion(DIGITAL.ean, measured, Granularity.QUARTER_HOURLY, inserted, as_known_at)
        return list(told(store, question).values())

    assert ask() == [5, 5, 7, 7, 7, 7]
    assert ask(as_known_at=first) == [5, 5, 5, 5]
    assert ask(as_known_at=first - timedelta(microseconds=1)) == []
    assert ask(Period(second)) == [7, 7, 7, 7]
    assert ask(Period(first, second)) == [5, 5, 5, 5]
    assert ask(Period(first), as_known_at=first) == [5, 5, 5, 5]
    assert ask(Period(second), as_known_at=first) == []


def test_intervals_wholly_inside_come(store: StoreOfTest) -> None:
    """E3: what lies partly in the period is left out, and an open period ends now."""
    full(store, "first", range(FIRST, FIRST + 4))
    second = timedelta(seconds=1)
    inside = Period(at(FIRST) + second, at(FIRST + 3) - second)
    assert list(told(store, ReadingsQuestion(DIGITAL.ean, inside))) == [FIRST + 1]
    assert list(told(store, ReadingsQuestion(DIGITAL.ean, Period(at(FIRST + 2))))) == [FIRST + 2, FIRST + 3]


def test_a_granularity_may_be_asked_for(store: StoreOfTest) -> None:
    """R2: days, quarter-hours, or both; days follow from quarter-hours."""
    day = range(FIRST - 8, FIRST + 88)
    full(store, "day", day)

    def grids(granularity: Granularity | None) -> list[Grid]:
        answer = read(store.store, ReadingsQuestion(DIGITAL.ean, period(day), granularity), store.clock())
        [meter] = answer.meters
        assert meter.meter == METER
        return [series.grid for series in meter.series]

    assert grids(Granularity.DAILY) == [Grid.DAY]
    assert grids(Granularity.QUARTER_HOURLY) == [QUARTER]
    assert grids(None) == [Grid.DAY, QUARTER]


def test_what_cannot_be_asked_is_refused(store: StoreOfTest) -> None:
    """R2: an unknown EAN, an empty period and a moment in the future are told as such."""
    moment = store.clock()
    with pytest.raises(NoReadingsOfOneError, match=f"no headpoint {NEW}"):
        read(store.store, ReadingsQuestion(NEW, Period(START)), moment)
    with pytest.raises(InvalidValueError, match="reading is empty"):
        read(store.store, ReadingsQuestion(DIGITAL.ean, Period(START, START)), moment)
    with pytest.raises(InvalidValueError, match="insertion is empty"):
        read(store.store, ReadingsQuestion(DIGITAL.ean, Period(START), inserted=Period(START, START)), moment)
    with pytest.raises(InvalidValueError, match="future"):
        read(store.store, ReadingsQuestion(DIGITAL.ean, Period(START), as_known_at=LATER), moment)


def test_a_submeter_comes_with_its_headpoint(store: StoreOfTest) -> None:
    """E6: who asks for the EAN of a submeter is told for which headpoint to ask."""
    known = KnownHeadpoint(AMR, submeters=(SubHeadpoint(NEW, "1", Direction.PRODUCTION),))
    with store.database.writing() as connection:
        headpoints.add(connection, [known], START)
    with pytest.raises(NoReadingsOfOneError, match=f"ask for {AMR.ean}"):
        read(store.store, ReadingsQuestion(NEW, Period(START)), store.clock())


def test_gaps_say_why(store: StoreOfTest) -> None:
    """E11, R1: per register, what never came in, what was withdrawn, and what is younger than 72 hours."""
    first = int(START.timestamp()) // 900 - 294
    asked = range(first, first + 300 * 4)
    full(store, "some", range(first + 2, first + 6))
    full(store, "withdrawal", range(first + 4, first + 5), state=State.WITHDRAWN)
    full(store, "injection", asked, number=2)
    moment = at(first + 6) + timedelta(hours=73)
    assert gaps(store, asked, moment) == [
        (METER, OFFTAKE, Gap(range(first, first + 2), Missing.NEVER)),
        (METER, OFFTAKE, Gap(range(first + 4, first + 5), Missing.WITHDRAWN)),
        (METER, OFFTAKE, Gap(range(first + 6, first + 10), Missing.NEVER)),
        (METER, OFFTAKE, Gap(range(first + 10, first + 6 + 73 * 4), Missing.NOT_DUE)),
    ]


def test_days_are_gaps_where_they_do_not_follow(store: StoreOfTest) -> None:
    """E11, R2: a day that follows from its quarter-hours is none; one that neither follows nor came in is."""
    two_days = range(FIRST - 8, FIRST - 8 + 192)
    full(store, "first day", two_days[:96])
    found = gaps_of(store.database, DIGITAL.ean, period(two_days), LATER)
    days = [(one.register, len(one.gap.slots)) for one in found if one.grid is Grid.DAY and one.register]
    assert [(register.kind, count) for register, count in days] == [
        (RegisterKind.DAY, 1),
        (RegisterKind.NIGHT, 1),
    ]


def test_a_meter_is_expected_while_it_hung_there(store: StoreOfTest) -> None:
    """E11, E8: after an exchange each meter has its part, and the one that delivered nothing is told whole."""
    middle = FIRST + 20
    hang(
        store,
        HungMeter(METER, Period(at(FIRST + 10), at(middle) + timedelta(minutes=1))),
        HungMeter(NEXT_METER, Period(at(middle) + timedelta(minutes=1))),
    )
    full(store, "injection", range(FIRST, FIRST + 40), number=2)
    asked = range(FIRST, FIRST + 40)
    assert gaps(store, asked, LATER) == [
        (METER, OFFTAKE, Gap(range(FIRST + 10, middle + 1), Missing.NEVER)),
        (NEXT_METER, None, Gap(range(middle + 1, FIRST + 40), Missing.NEVER)),
    ]
    add_series(store, 5, NEXT_METER)
    full(store, "next", range(middle + 1, FIRST + 30), number=5)
    assert gaps(store, asked, LATER)[1:] == [
        (NEXT_METER, OFFTAKE, Gap(range(FIRST + 30, FIRST + 40), Missing.NEVER))
    ]


def test_of_who_never_delivered_everything_is_missing(store: StoreOfTest) -> None:
    """E11: a headpoint without any series has one gap; all headpoints are told in order."""
    with store.database.writing() as connection:
        known = KnownHeadpoint(type(AMR)(NEW, AMR.energy_type, AMR.meter_type))
        headpoints.add(connection, [known], START)
    asked = period(range(FIRST, FIRST + 8))
    assert gaps_of(store.database, NEW, asked, LATER) == (
        SeriesGap(NEW, None, None, QUARTER, Gap(range(FIRST, FIRST + 8), Missing.NEVER)),
    )
    with store.database.writing() as connection:
        known = KnownHeadpoint(
            type(AMR)(NEW, DIGITAL.energy_type, DIGITAL.meter_type),
            meters=(HungMeter(NEXT_METER, Period(at(FIRST + 2))),),
        )
        headpoints.add(connection, [known], START)
    assert gaps_of(store.database, NEW, asked, LATER) == (
        SeriesGap(NEW, NEXT_METER, None, QUARTER, Gap(range(FIRST + 2, FIRST + 8), Missing.NEVER)),
    )
    every = list(gaps_of_all(store.database, asked, LATER))
    assert list(dict.fromkeys(one.ean for one in every)) == [DIGITAL.ean, AMR.ean, GAS.ean, NEW]
    gas = [(one.grid, one.gap.slots) for one in every if one.ean == GAS.ean]
    assert gas == [(Grid.HOUR, range(FIRST // 4, FIRST // 4 + 2))] * 2


def test_what_a_submeter_delivered_does_not_stand_for_its_headpoint(store: StoreOfTest) -> None:
    """E11, E9: of an AMR headpoint that never delivered its own gap is told, beside a submeter that did and one that did not."""
    first, second = (
        SubHeadpoint(Ean(f"5414488000000000{tail}"), "1", Direction.OFFTAKE) for tail in ("45", "52")
    )
    own = type(AMR)(NEW, AMR.energy_type, AMR.meter_type)
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(own, submeters=(first, second))], START)
    asked = range(FIRST, FIRST + 4)

    def told_gaps() -> list[tuple[Meter, Register | None, Gap]]:
        found = gaps_of(store.database, NEW, period(asked), LATER)
        return [(one.meter, one.register, one.gap) for one in found]

    whole = Gap(asked, Missing.NEVER)
    assert told_gaps() == [(None, None, whole), (first, None, whole), (second, None, whole)]
    with store.database.writing() as connection:
        catalogue.add_series(connection, [(int(NEW), 1, SeriesKey(first, OFFTAKE, QUARTER))])
    store.deliver("one value", [store.run(own, QUARTER, FIRST, {1: ([1], [State.VAL])})])
    rest = Gap(asked[1:], Missing.NEVER)
    assert told_gaps() == [(first, OFFTAKE, rest), (None, None, whole), (second, None, whole)]


def test_of_however_many_headpoints_all_are_looked_at(
    store: StoreOfTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E11: gaps and lag are looked for some headpoints at a time, and none is left out or told twice."""
    period, everybody = Period(at(FIRST), at(FIRST + 96)), [DIGITAL.ean, AMR.ean, GAS.ean]
    for size in (1, 2, 3):
        monkeypatch.setattr("kwartier.services.gaps._CHUNK", size)
        monkeypatch.setattr("kwartier.services.lag._CHUNK", size)
        found = gaps_of_all(store.database, period, LATER)
        assert [ean for ean, _ in groupby(one.ean for one in found)] == everybody
        assert [one.ean for one in lagging(store.database, START + timedelta(hours=73))] == everybody


def test_who_lags_behind_is_told(store: StoreOfTest) -> None:
    """E11: a headpoint lags when its last value is too old, or never came; withdrawn ones do not count."""
    full(store, "values", range(FIRST, FIRST + 250))
    full(store, "withdrawal", range(FIRST + 3, FIRST + 250), state=State.WITHDRAWN)
    store.deliver(
        "gas", [store.run(GAS, Grid.HOUR, FIRST // 4 + 2, {1: ([1, 0], [State.READ, State.SILENT])})]
    )
    unpublished = store.begin("unpublished")
    store.deliveries.load(unpublished, [store.run(AMR, QUARTER, FIRST, {1: ([1], [State.VAL])})])
    digital_end, gas_end = at(FIRST + 3), at(FIRST) + timedelta(hours=3)
    moment = START + timedelta(days=4)
    digital = Lagging(DIGITAL.ean, QUARTER, digital_end, moment - digital_end)
    never = Lagging(AMR.ean, QUARTER, None, None)
    gas = Lagging(GAS.ean, Grid.HOUR, gas_end, timedelta(hours=837))
    assert list(lagging(store.database, moment)) == [digital, never, gas]
    assert list(lagging(store.database, moment, 836)) == [digital, gas]
    assert list(lagging(store.database, moment, 837)) == [digital]
    assert list(lagging(store.database, moment, 840)) == []


@pytest.mark.parametrize(
    ("since_hours", "until_hours", "number"),
    [
        (-1000, None, 1),
        (-73, None, 1),
        (-72, None, 0),
        (9000, None, 0),
        (-1000, -73, 0),
        (-1000, -72, 1),
        (-1000, 9000, 1),
    ],
)
def test_a_meter_lags_that_hung_there_when_the_newest_value_was_due(
    store: StoreOfTest, since_hours: int, until_hours: int | None, number: int
) -> None:
    """E11, E8: a meter is held to the value of 72 hours ago if it hung there then, whenever its headpoint was made known."""
    moment = START + timedelta(hours=1)

    def when(hours: int) -> datetime:
        return moment + timedelta(hours=hours)

    period = Period(when(since_hours), None if until_hours is None else when(until_hours))
    hang(store, HungMeter(METER, period))
    found = list(lagging(store.database, moment))
    assert [one.ean for one in found] == [DIGITAL.ean] * number
    # Who delivered lags no more and no less for that.
    full(store, "a value", range(FIRST, FIRST + 1))
    assert [one.last_end for one in lagging(store.database, moment)] == [at(FIRST + 1)] * number


def test_of_who_nobody_told_when_it_is_measured_readings_are_due_once_it_is_known(store: StoreOfTest) -> None:
    """E11: a headpoint without values lags 72 hours after it was made known first, also if it is made known again."""

    def lag_after(**since: float) -> list[Ean]:
        return [one.ean for one in lagging(store.database, START + timedelta(**since))]

    everybody = [DIGITAL.ean, AMR.ean, GAS.ean]
    assert lag_after(minutes=1) == []
    assert lag_after(hours=72, minutes=14) == []
    assert lag_after(hours=72, minutes=15) == everybody[:2]
    assert lag_after(hours=73) == everybody
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(AMR)], START + timedelta(hours=80))
    assert lag_after(hours=81) == everybody


def test_nobody_lags_whose_next_slot_is_not_due(store: StoreOfTest) -> None:
    """E11: the value after the last one is due 72 hours after its slot ended, and not after it began."""
    last = int(START.timestamp()) // 900 - 96
    full(store, "values", range(last - 95, last + 1))
    end = at(last + 1)

    def lags(**after: float) -> bool:
        return DIGITAL.ean in [one.ean for one in lagging(store.database, end + timedelta(**after))]

    assert not lags(hours=72, minutes=14)
    assert lags(hours=72, minutes=15)


def test_a_long_run_may_reach_further_than_the_last(store: StoreOfTest) -> None:
    """E11: the last value is looked for in every run that may reach to it."""
    full(store, "long", range(FIRST, FIRST + 96))
    full(store, "correction", range(FIRST + 90, FIRST + 92))
    found = {one.ean: one.last_end for one in lagging(store.database, LATER)}
    assert found[DIGITAL.ean] == at(FIRST + 96)


def test_who_has_two_meters_is_as_new_as_the_newer_of_them(store: StoreOfTest) -> None:
    """E11, E8: a meter that was taken away keeps nobody from being up to date, nor does one that came later."""
    other = PhysicalMeter("2", "1SAG0000000002")
    hang(store, HungMeter(METER), HungMeter(other))
    add_series(store, 9, other)
    for name, number, slot in (("old", 1, FIRST), ("new", 9, FIRST + 5)):
        store.deliver(name, [store.run(DIGITAL, QUARTER, slot, {number: ([1], [State.READ])})])
    found = {one.ean: one.last_end for one in lagging(store.database, LATER)}
    assert found[DIGITAL.ean] == at(FIRST + 6)
    store.deliver("newer", [store.run(DIGITAL, QUARTER, FIRST + 9, {1: ([1], [State.READ])})])
    found = {one.ean: one.last_end for one in lagging(store.database, LATER)}
    assert found[DIGITAL.ean] == at(FIRST + 10)


def test_who_delivers_days_alone_is_held_to_them(store: StoreOfTest) -> None:
    """E11: who has no series of quarter-hours is looked at by days."""
    ean = type(AMR)(NEW, AMR.energy_type, AMR.meter_type)
    day = Register(Direction.OFFTAKE, RegisterKind.INDUCTIVE, Unit.KVARH)
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(ean)], START)
        catalogue.add_series(connection, [(int(NEW), 1, SeriesKey(None, day, Grid.DAY))])
    slot = (date(2025, 8, 1) - date(1970, 1, 1)).days
    store.deliver("days", [store.run(ean, Grid.DAY, slot, {1: ([1], [State.VAL])})])
    [own] = [one for one in lagging(store.database, LATER) if one.ean == NEW]
    assert (own.grid, own.last_end) == (Grid.DAY, datetime(2025, 8, 1, 22, tzinfo=UTC))


def test_peaks_of_a_year(store: StoreOfTest) -> None:
    """P1: a month that is complete has a peak, over all meters; others say what is missing, or lie ahead."""
    july = quarter_hours_of_month(2025, 7)
    add_series(store, 5, NEXT_METER)
    full(store, "old meter", july[:1500])
    full(store, "new meter", july[1500:], number=5)
    full(store, "the highest", july[2000:2001], number=5, value=1234)
    full(store, "injection", july[100:101], number=2, value=99_999)
    told_at = datetime(2025, 9, 15, tzinfo=UTC)
    by_month = {
        one.month.month: one.told for one in peaks_of_year(store.database, DIGITAL.ean, 2025, told_at)
    }
    assert list(by_month) == list(range(1, 13))
    assert by_month[7] == Peak(4 * 1234, july[2000])
    assert by_month[8] == Untold((quarter_hours_of_month(2025, 8),), (), 0)
    september = quarter_hours_of_month(2025, 9)
    over = int(told_at.timestamp()) // 900
    assert by_month[9] == Untold((range(september.start, over),), (), september.stop - over)
    assert [month for month, told_of in by_month.items() if told_of is None] == [10, 11, 12]
    full(store, "estimate", july[3:4], state=State.EST)
    again = peaks_of_year(store.database, DIGITAL.ean, 2025, told_at)
    assert again[6].told == Untold((), (july[3:4],), 0)


def test_a_silent_meter_beside_another_keeps_a_peak_from_being_told(store: StoreOfTest) -> None:
    """P1: of meters that hang there together each must have a value, where the catalogue knows that they do."""
    july = quarter_hours_of_month(2025, 7)
    add_series(store, 5, NEXT_METER)
    full(store, "first", july)
    full(store, "second", july[1500:], number=5)

    def in_july() -> Peak | Untold | None:
        return peaks_of_year(store.database, DIGITAL.ean, 2025, store.clock())[6].told

    hang(store, HungMeter(METER), HungMeter(NEXT_METER))
    assert in_july() == Peak(40, july[1500])
    since = Period(at(july.start - 96), None)
    hang(store, HungMeter(METER), HungMeter(NEXT_METER, since))
    assert in_july() == Untold((july[:1500],), (), 0)
    # One that nothing came in of at all is silent too; one that was taken away, or came later, is not.
    third = PhysicalMeter("3", "1SAG0000000003")
    later = HungMeter(NEXT_METER, Period(at(july[1500]), None))
    hang(store, HungMeter(METER), later, HungMeter(third, Period(at(july.start), at(july[10]))))
    assert in_july() == Untold((july[:10],), (), 0)
    hang(store, HungMeter(METER), later, HungMeter(third, Period(at(july.start - 9), at(july.start))))
    assert in_july() == Peak(40, july[1500])


def test_a_late_exchange_takes_what_the_old_meter_said_after_it_out_of_the_peak(store: StoreOfTest) -> None:
    """P1, E8: two meters that never hung together make no sum, also where both delivered before the exchange was told."""
    july = quarter_hours_of_month(2025, 7)
    add_series(store, 5, NEXT_METER)
    full(store, "the old meter, to the end", july, value=7)
    full(store, "the new meter", july[1000:], number=5, value=6)
    full(store, "and before it hung there", july[10:12], number=5, value=99)

    def in_july(at_exchange: datetime) -> Peak | Untold | None:
        hang(store, HungMeter(METER, Period(EPOCH, at_exchange)), HungMeter(NEXT_METER, Period(at_exchange)))
        return peaks_of_year(store.database, DIGITAL.ean, 2025, store.clock())[6].told

    assert in_july(at(july[1000])) == Peak(28, july.start)
    # The quarter-hour in which it fell is of both.
    assert in_july(at(july[1000]) + timedelta(minutes=7)) == Peak(4 * 13, july[1000])
    # Of the quarter-hour in which it fell a value is expected of the one that was there first alone.
    assert in_july(at(july[1000]) - timedelta(minutes=7)) == Peak(28, july.start)
    # After it the new one is held to its own, whatever the old one says.
    assert in_july(at(july[990])) == Untold((july[990:1000],), (), 0)


def test_injection_has_no_peak(store: StoreOfTest) -> None:
    """P1, M7: the EAN of injection of an AMR headpoint is refused as gas is, and not found to lack everything."""
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(AMR, Direction.INJECTION)], START)
    with pytest.raises(InvalidValueError, match=f"{AMR.ean} is of injection: .* of offtake alone"):
        peaks_of_year(store.database, AMR.ean, 2025, store.clock())


def test_submeters_are_no_part_of_a_peak(store: StoreOfTest) -> None:
    """P1: what a submeter counts, the headpoint counts too."""
    sub = SubHeadpoint(NEW, "1", Direction.OFFTAKE)
    with store.database.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(AMR, submeters=(sub,))], START)
        catalogue.add_series(connection, [(int(AMR.ean), 3, SeriesKey(sub, OFFTAKE, QUARTER))])
    july = quarter_hours_of_month(2025, 7)
    both = {1: ([5] * 96, [State.VAL] * 96), 3: ([3] * 96, [State.VAL] * 96)}
    store.deliver("july", [store.run(AMR, QUARTER, start, both) for start in july[::96]])
    assert peaks_of_year(store.database, AMR.ean, 2025, store.clock())[6].told == Peak(20, july.start)


def test_gas_has_no_peak(store: StoreOfTest) -> None:
    """P1: a peak is of electricity; a year that has not begun has none yet."""
    with pytest.raises(InvalidValueError, match="of electricity alone"):
        peaks_of_year(store.database, GAS.ean, 2025, START)
    assert [one.told for one in peaks_of_year(store.database, AMR.ean, 2030, START)] == [None] * 12
