"""Curves and calendars behind pictures: gaps, two meters, and days on which the clocks change (K6)."""

import io
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from kwartier import EnergyTable, MonthPeak
from kwartier.client.parsing import read_energy
from kwartier.client.plots.curve import Curve, NothingToDrawError, curve_of
from kwartier.client.plots.day import draw_day
from kwartier.client.plots.look import save
from kwartier.client.plots.month import draw_month
from kwartier.client.plots.peaks import draw_peaks
from kwartier.client.plots.terminal import day_in_letters, month_in_letters, peaks_in_letters, year_in_letters
from kwartier.client.plots.year import draw_year
from kwartier.domain.days import day_of, midnight
from kwartier.domain.period import Period
from support.domain import brussels
from support.sdk import EAN, energy, quarter_hours, slot

SPRING, AUTUMN, PLAIN = (
    brussels("2025-03-30T00:00"),
    brussels("2025-10-26T00:00"),
    brussels("2025-06-11T00:00"),
)


def day_from(moment: datetime) -> Period:
    """The Brussels day that begins at a moment."""
    return Period(moment, midnight(day_of(moment) + 1))


def table(*slots: dict[str, Any], **headpoint: Any) -> EnergyTable:
    """The readings of an answer."""
    return read_energy(energy(*slots, **headpoint).content)


def curve(begin: datetime, count: int, values: tuple[float, ...] = (0.25,)) -> Curve:
    """A day of so many quarter-hours."""
    return curve_of(table(*quarter_hours(begin, count, values)), day_from(begin))


@pytest.mark.parametrize(("begin", "count"), [(SPRING, 92), (PLAIN, 96), (AUTUMN, 100)])
def test_a_day_has_its_own_number_of_quarter_hours(begin: datetime, count: int) -> None:
    """K6: 92, 96 or 100, and power is energy times four."""
    found = curve(begin, count)
    assert len(found) == count
    assert found.known.all()
    assert found.power("offtake").tolist() == [1.0] * count


def test_an_hour_that_is_skipped_does_not_exist() -> None:
    """K6: in spring the clocks go from two to three: that hour is neither known nor missing."""
    calendar = curve(SPRING, 92, tuple(float(place) for place in range(92))).calendar()
    assert calendar.days == (date(2025, 3, 30),)
    assert calendar.power.shape == (1, 96)
    assert np.flatnonzero(~calendar.exists[0]).tolist() == [8, 9, 10, 11]
    assert calendar.power[0, 7] == 4 * 7
    assert calendar.power[0, 12] == 4 * 8
    assert calendar.power[0, 95] == 4 * 91


def test_an_hour_that_comes_twice_has_the_mean_of_both() -> None:
    """K6: in autumn two to three comes twice, and every other time of the clock once."""
    calendar = curve(AUTUMN, 100, tuple(float(place) for place in range(100))).calendar()
    assert calendar.exists.all()
    assert calendar.power[0, 8] == 4 * (8 + 12) / 2
    assert calendar.power[0, 11] == 4 * (11 + 15) / 2
    assert calendar.power[0, 12] == 4 * 16
    assert calendar.power[0, 95] == 4 * 99


def test_what_is_missing_is_not_nothing() -> None:
    """K6: an interval without a value is unknown, and adds nothing to its day."""
    slots = quarter_hours(PLAIN, 96)
    found = curve_of(table(*slots[:10], *slots[12:]), day_from(PLAIN))
    assert np.flatnonzero(~found.known).tolist() == [10, 11]
    assert np.isnan(found.net_power[10])
    _, sums, missing = found.by_day()
    assert sums["offtake"].tolist() == [0.25 * 94]
    assert missing.tolist() == [2]


def test_two_meters_add_up() -> None:
    """K6, E8: after an exchange each meter has its part, and the picture has both."""
    slots = quarter_hours(PLAIN, 96)
    meters = [
        {"seqNumber": "1", "meterID": "A", "quarterHourlyEnergy": slots[:50]},
        {"seqNumber": "2", "meterID": "B", "quarterHourlyEnergy": slots[49:]},
    ]
    found = curve_of(table(physicalMeters=meters), day_from(PLAIN))
    assert found.known.all()
    assert found.energy["offtake"][49] == 0.5
    assert found.energy["offtake"].sum() == pytest.approx(0.25 * 97)


def test_estimates_are_marked() -> None:
    """K6, E8: EST and NVAL are not sure, READ and VAL are."""
    begin = PLAIN.isoformat().replace("+00:00", "Z")
    found = curve_of(
        table(slot(begin, state="EST"), *quarter_hours(PLAIN + timedelta(minutes=15), 95)), day_from(PLAIN)
    )
    assert np.flatnonzero(found.unsure).tolist() == [0]


def test_nothing_to_draw_is_said() -> None:
    """K6: with what may tell why."""
    with pytest.raises(NothingToDrawError, match=f"kwartier doctor {EAN}"):
        curve_of(table(), day_from(PLAIN))


@pytest.mark.parametrize(
    ("draw", "form"), [(draw_day, "png"), (draw_day, "svg"), (draw_month, "svg"), (draw_year, "svg")]
)
def test_the_same_picture_is_the_same_file(draw: Any, form: str) -> None:
    """K6: with what is missing and what the clocks do; twice the same bytes, so that files can be compared."""
    slots = quarter_hours(AUTUMN, 100, (0.1, 0.2, 0.3))
    found = curve_of(table(*slots[:60], *slots[70:]), day_from(AUTUMN))
    files = []
    for _ in range(2):
        sink = io.BytesIO()
        save(draw(found), sink, form)
        files.append(sink.getvalue())
    assert files[0] == files[1]
    if form == "svg":
        for told in (f"EAN {EAN}", "not for billing", "kW", "10 of 100 intervals"):
            assert told in files[0].decode()


def test_peaks_that_cannot_be_told_look_different() -> None:
    """K6, P1: what is there is the least that it can be; the mean is drawn when all twelve are told."""
    told = [
        MonthPeak(year=2025, month=month, power_kw=3.0, at=PLAIN, highest_kw=3.0) for month in range(1, 13)
    ]
    untold = [*told[:11], MonthPeak(year=2025, month=12, power_kw=None, at=None, highest_kw=1.25)]
    texts = []
    for peaks in (told, untold):
        sink = io.BytesIO()
        save(draw_peaks(EAN, peaks), sink, "svg")
        texts.append(sink.getvalue().decode())
    assert "mean of the twelve: 3.00 kW" in texts[0]
    assert "not complete" not in texts[0]
    assert "mean of the twelve" not in texts[1]
    assert "not complete" in texts[1]
    assert "at least: the month is not complete" in peaks_in_letters(EAN, untold).plain


def test_letters_tell_the_same() -> None:
    """K6: the hour that comes twice is there twice, with its power, and what is missing is told."""
    slots = quarter_hours(AUTUMN, 100)
    found = curve_of(table(*slots[:98]), day_from(AUTUMN))
    lines = day_in_letters(found).plain.splitlines()[2:]
    assert [line[:5] for line in lines][:5] == ["00:00", "01:00", "02:00", "02:00", "03:00"]
    assert len(lines) == 25
    assert lines[-1].endswith("2 of 4 without a value")
    assert "24.50" in month_in_letters(found).plain
    assert "██" in year_in_letters(found).plain
