"""What holds for any EAN, window and moment, asked over HTTP."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

import pytest
from anyio.from_thread import BlockingPortal
from hypothesis import event, given, settings
from hypothesis import strategies as st

from kwartier.domain.days import BRUSSELS
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.sandbox.eans import KINDS, MeterKind
from kwartier.wire.timestamps import write_timestamp
from support.engines import Template
from support.examples import examples
from support.platform import NOW, Client, new_platform
from support.values import Key, Values, Window, ask, at, eans, local, moments, numbers, windows

_SETTINGS: Final = settings(max_examples=examples(40), derandomize=True)
_ALWAYS: Final = {
    "dataPeriodFrom": "0001-01-01T00:00:00Z",
    "mandateExpirationDate": "9999-12-31T23:59:59.999999Z",
}
_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)
_HALF: Final = Fraction(1, 2000)  # of the last decimal that is shown
_WITHDRAWN: Final = "91"
_FACTORS: Final = (Fraction("11.27"), Fraction("11.68"))  # docs/sandbox-gas.md
_parts = st.floats(0, 1)


class _Asker:
    """Somebody with a mandate for whatever he asks about."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._mandated: dict[str, datetime] = {}

    def at(self, moment: datetime, *sandbox_eans: str) -> Client:
        """Himself, at a moment, with mandates for these."""
        if self.client.platform.clock.now != moment:
            at(self.client, moment)
        for ean in sandbox_eans:
            if self._mandated.get(ean, moment + _SECOND) > moment:
                self.client.mock(ean, **_ALWAYS)
                self._mandated[ean] = moment
        return self.client


class _Daily(NamedTuple):
    """What the value of a day is of."""

    meter: str
    direction: str
    unit: str
    register: str
    day: date


@dataclass(frozen=True)
class _Calendar:
    """When days begin, and whether they are divided in tariff hours; told apart from the code that is tested."""

    hour: int
    has_tariffs: bool

    def begin(self, day: date) -> datetime:
        """When a day begins."""
        return datetime.combine(day, time(self.hour), BRUSSELS).astimezone(UTC)

    def day(self, moment: datetime) -> date:
        """The day in which a moment lies."""
        return (moment.astimezone(BRUSSELS).replace(tzinfo=None) - timedelta(hours=self.hour)).date()

    def daily(self, key: Key) -> _Daily:
        """What a value is of, by day."""
        return _Daily(key.meter, key.direction, key.unit, key.register, self.day(local(key.start)))

    def sums(self, values: Values) -> dict[_Daily, Decimal]:
        """The sums of the days of which every interval is there, on one physical meter or on two in turn."""
        sums: defaultdict[_Daily, Decimal] = defaultdict(Decimal)
        lasted: defaultdict[_Daily, timedelta] = defaultdict(timedelta)
        of_register: dict[_Daily, _Daily] = {}
        for key, said in values.items():
            whole = self.daily(key)
            one = whole._replace(register=self._register(key))
            sums[one] += said.value
            of_register[one] = whole if "submetering" in key.meter else whole._replace(meter="")
            lasted[of_register[one]] += local(key.end).astimezone(UTC) - local(key.start).astimezone(UTC)
        return {
            one: value
            for one, value in sums.items()
            if lasted[of_register[one]] == self.begin(one.day + _DAY) - self.begin(one.day)
        }

    def _register(self, key: Key) -> str:
        if key.register != "total" or not self.has_tariffs:
            return key.register
        start = local(key.start)
        return "day" if start.weekday() < 5 and 7 <= start.hour < 22 else "night"


_ELECTRICITY: Final = _Calendar(0, has_tariffs=True)
_GAS: Final = _Calendar(6, has_tariffs=False)


@pytest.fixture(scope="module")
def asker(template: Template, portal: BlockingPortal) -> Iterator[_Asker]:
    """Somebody on a platform of his own."""
    with new_platform(template, portal) as platform:
        yield _Asker(platform.client())


def _cut(values: Values, moment: datetime) -> Values:
    """The values of intervals that a moment does not cut in two."""
    cut = write_timestamp(moment)
    return {key: said for key, said in values.items() if not key.start < cut < key.end}


@given(ean=eans, window=windows, parts=st.lists(_parts, min_size=1, max_size=3))
@_SETTINGS
def test_any_split_of_a_window_of_reading(
    asker: _Asker, ean: str, window: Window, parts: list[float]
) -> None:
    """S4, E3: whatever the cuts, the parts of a window give the values of the whole, but of intervals that are cut."""
    client = asker.at(NOW, ean)
    whole = ask(client, ean, window)
    pieces = window.split(*parts)
    laid: Values = {}
    for piece in pieces:
        found = ask(client, ean, piece)
        assert not laid.keys() & found.keys()
        laid |= found
    for piece in pieces[1:]:
        whole = _cut(whole, piece.start)
    event("values" if whole else "no values")
    assert laid == whole


@given(
    ean=eans,
    ago=st.integers(10 * 1440, 170 * 1440),
    minutes=st.integers(360, 12 * 1440),
    parts=st.lists(_parts, min_size=1, max_size=3),
)
@_SETTINGS
def test_any_split_of_a_window_of_insertion(
    asker: _Asker, ean: str, ago: int, minutes: int, parts: list[float]
) -> None:
    """S4, E4: whatever the cuts, the parts of a window of insertion, laid in order, give the values of the whole."""
    client = asker.at(NOW, ean)
    start = NOW - timedelta(minutes=ago)
    window = Window(start, min(NOW, start + timedelta(minutes=minutes)))
    laid: Values = {}
    for piece in window.split(*parts):
        laid |= ask(client, ean, piece, "insertTime")
    event("values" if laid else "no values")
    assert laid == ask(client, ean, window, "insertTime")


@given(kind=st.sampled_from(KINDS), number=numbers, window=windows)
@_SETTINGS
def test_a_day_is_the_sum_of_its_quarter_hours(
    asker: _Asker, kind: MeterKind, number: int, window: Window
) -> None:
    """E8: a day is the sum of the twin EAN's quarter-hours or hours, by tariff hours, submeters and reactive energy too."""
    days, quarters = (
        f"{kind.prefix(one)}000000{number:03d}" for one in (Granularity.DAILY, Granularity.QUARTER_HOURLY)
    )
    calendar = _GAS if kind.energy_type is EnergyType.GAS else _ELECTRICITY
    first, last = (calendar.day(moment) for moment in (window.start, window.end))
    whole = Window(calendar.begin(first), calendar.begin(last + 2 * _DAY))
    client = asker.at(NOW, days, quarters)
    told = ask(client, days, whole)
    by_day = {calendar.daily(key): said.value for key, said in told.items()}
    assert len(by_day) == len(told)
    summed = calendar.sums(ask(client, quarters, whole))
    event("complete days" if summed else "none")
    # On a weekend no hour counts for the register of the day, which is then told to be 0.
    assert {one: value for one, value in by_day.items() if value or one in summed} == summed


@given(number=numbers, window=windows)
@_SETTINGS
def test_gas_in_kwh_is_its_volume_times_the_factor(asker: _Asker, number: int, window: Window) -> None:
    """E12: one factor for a month and its certainty explains every hour's kWh as m3 times factor, rounded half up."""
    ean = f"541441010000000{number:03d}"
    values = ask(asker.at(NOW, ean), ean, window)
    possible: dict[tuple[str, str], tuple[Fraction, Fraction]] = {}
    for key, said in values.items():
        if key.unit == "kWh":
            assert said.factor is not None
            volume = Fraction(values[key._replace(unit="m3")].value)
            if volume == 0:
                assert said.value == 0
                continue
            month = f"{local(key.start) - timedelta(hours=6):%Y-%m}"
            energy = Fraction(said.value)
            low, high = possible.get((month, said.factor), (Fraction(0), Fraction(100)))
            low, high = max(low, (energy - _HALF) / volume), min(high, (energy + _HALF) / volume)
            assert low < high
            possible[month, said.factor] = low, high
    for (_, factor), (low, high) in possible.items():
        least, most = (Fraction(11), Fraction(11)) if factor == "C" else _FACTORS
        assert low <= most
        assert high > least


@given(number=numbers, window=windows)
@_SETTINGS
def test_the_balance_of_a_site(asker: _Asker, number: int, window: Window) -> None:
    """S4: production less auxiliary and own use is injection less offtake, the same production seen from both EANs."""
    injection, offtake = (f"{prefix}000000{number:03d}" for prefix in ("541450211", "541450011"))
    client = asker.at(NOW, injection, offtake)
    into, out = (ask(client, ean, window, complexEnergyTypes="active") for ean in (injection, offtake))
    below = _below(into)
    assert below == _below(out)
    event("values" if below else "no values")
    balance: defaultdict[str, Decimal] = defaultdict(Decimal)
    signs = {"production": 1, "auxiliary": -1, "injection": -1, "offtake": 1}
    for key, said in (into | out).items():
        balance[key.start] += signs[key.direction] * said.value
    assert {key.start for key in into} == {key.start for key in out} == balance.keys()
    assert all(own_use >= 0 for own_use in balance.values())
    flows = [{key.start for key, said in one.items() if not key.meter and said.value} for one in (into, out)]
    assert not flows[0] & flows[1]


def _below(values: Values) -> Values:
    return {key: said for key, said in values.items() if key.meter}


@given(ean=eans, moment=moments, later=st.lists(st.integers(1, 200 * 3600), min_size=1, max_size=3))
@_SETTINGS
def test_what_changes_came_in_meanwhile(asker: _Asker, ean: str, moment: datetime, later: list[int]) -> None:
    """E11, E4: what is seen stays until something that comes in later replaces it, and what is new has just come in."""
    window = Window(moment - timedelta(days=8), moment + timedelta(days=4))
    clocks = [moment]
    for seconds in later:
        clocks.append(clocks[-1] + timedelta(seconds=seconds))
    seen = [ask(asker.at(clock, ean), ean, window) for clock in clocks]
    for clock, values in zip(clocks, seen, strict=True):
        assert all(key.end <= write_timestamp(clock) for key in values)
    for (before, since), (known, until) in pairwise(zip(seen, clocks, strict=True)):
        came = ask(asker.at(until, ean), ean, Window(since, until + _SECOND), "insertTime")
        gone = before.keys() - known.keys()
        assert not gone or ean.endswith(_WITHDRAWN)
        changed = {key: said for key, said in known.items() if before.get(key) != said}
        event("something changed" if changed else "nothing changed")
        assert changed.items() <= came.items()


@given(ean=eans, moment=moments, hours=st.integers(0, 23))
@_SETTINGS
def test_nothing_is_there_before_the_first_arrival(
    asker: _Asker, ean: str, moment: datetime, hours: int
) -> None:
    """E11: on the day itself nothing is seen of a day, nor of those after it."""
    calendar = _GAS if ean[5] == "1" else _ELECTRICITY
    start = calendar.begin(calendar.day(moment))
    window = Window(start, start + 6 * _DAY)
    assert ask(asker.at(start + timedelta(hours=hours), ean), ean, window) == {}
    came = ask(asker.at(start + 60 * _DAY, ean), ean, window)
    event("something came" if came else "nothing came")


@given(
    ean=eans.filter(lambda ean: not ean.endswith(_WITHDRAWN)),
    moment=moments,
    days=st.integers(2, 40),
    parts=st.lists(_parts, min_size=1, max_size=5),
)
@_SETTINGS
def test_insertions_laid_in_order_end_at_what_is_known(
    asker: _Asker, ean: str, moment: datetime, days: int, parts: list[float]
) -> None:
    """E4, E3: windows of insertion, laid in order up to now, end at what a window of reading gives."""
    client = asker.at(moment, ean)
    window = Window(moment - timedelta(days=days), moment + _SECOND)
    laid: Values = {}
    for piece in window.split(*parts):
        laid |= ask(client, ean, piece, "insertTime")
    start = write_timestamp(window.start)
    measured = {key: said for key, said in laid.items() if key.start >= start}
    event("values" if measured else "no values")
    assert measured == ask(client, ean, window)
