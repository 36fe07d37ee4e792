"""P1: the peak of a month, from a table."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from kwartier import MonthPeak, mean_peak_kw, read_energy
from kwartier.client.peaks import month_peaks
from kwartier.domain.period import Period
from support.domain import brussels
from support.sdk import energy, quarter_hours

_BEGINS: Final = brussels("2026-04-01T00:00").astimezone(UTC)
_COUNT: Final = 30 * 96
_NOW: Final = datetime(2026, 5, 10, tzinfo=UTC)
_QUARTER: Final = timedelta(minutes=15)


def _april(slots: list[dict[str, Any]], *others: list[dict[str, Any]], now: datetime = _NOW) -> MonthPeak:
    """The peak of April, of a meter with these slots and others with theirs."""
    answer = energy(*slots).json()
    for place, more in enumerate(others):
        answer["data"]["headpoint"]["physicalMeters"].append(
            {"meterID": f"2SAG{place}", "quarterHourlyEnergy": more}
        )
    [peak] = month_peaks(read_energy(energy(**answer["data"]["headpoint"]).content), [(2026, 4)], now)
    return peak


def _slots() -> list[dict[str, Any]]:
    """April, with its highest quarter-hour at the hundredth."""
    slots = quarter_hours(_BEGINS, _COUNT)
    slots[100]["measurements"][0]["offtake"]["total"]["value"] = 1.125
    return slots


def test_the_peak_is_the_highest_quarter_hour_times_four() -> None:
    """P1: 1.125 kWh in a quarter of an hour is 4.5 kW."""
    peak = _april(_slots())
    assert (peak.power_kw, peak.at, peak.highest_kw) == (4.5, _BEGINS + 100 * _QUARTER, 4.5)
    assert (peak.missing, peak.unsure, peak.to_come) == ((), (), 0)


@pytest.mark.filterwarnings("ignore::kwartier.UnknownNameWarning")
@pytest.mark.parametrize("state", ["EST", "NVAL", "GUESS", None])
def test_what_is_not_sure_keeps_it_from_being_told(state: str | None) -> None:
    """P1: an estimate might be the highest; so might what is said in no known way to be sure."""
    slots = _slots()
    slots[7]["measurements"][0]["offtake"]["total"]["validationState"] = state
    peak = _april(slots)
    assert (peak.power_kw, peak.at, peak.highest_kw) == (None, None, 4.5)
    assert peak.unsure == (Period(_BEGINS + 7 * _QUARTER, _BEGINS + 8 * _QUARTER),)
    assert peak.missing == ()


@pytest.mark.parametrize("absent", ["slot", "value", "null"])
def test_what_is_missing_keeps_it_from_being_told(absent: str) -> None:
    """P1: a quarter-hour that is not there, or has no value, is missing."""
    slots = _slots()
    if absent == "slot":
        del slots[7]
    elif absent == "value":
        del slots[7]["measurements"][0]["offtake"]["total"]["value"]
    else:
        slots[7]["measurements"] = None
    peak = _april(slots)
    assert peak.power_kw is None
    assert peak.missing == (Period(_BEGINS + 7 * _QUARTER, _BEGINS + 8 * _QUARTER),)
    assert peak.unsure == ()


def test_what_is_not_over_is_not_missing() -> None:
    """P1: quarter-hours to come are counted apart."""
    peak = _april(_slots()[:200], now=_BEGINS + 201 * _QUARTER)
    assert peak.missing == (Period(_BEGINS + 200 * _QUARTER, _BEGINS + 201 * _QUARTER),)
    assert peak.to_come == _COUNT - 201


def test_meters_after_an_exchange_are_one_connection() -> None:
    """P1: each has its part of the month; in the quarter-hour of the exchange both count."""
    slots = _slots()
    other = quarter_hours(_BEGINS + 100 * _QUARTER, _COUNT - 100, (0.5,))
    peak = _april(slots[:101], other)
    assert (peak.power_kw, peak.at) == ((1.125 + 0.5) * 4, _BEGINS + 100 * _QUARTER)


def test_only_offtake_of_the_headpoint_counts() -> None:
    """P1: neither injection nor days nor submeters make a peak."""
    slots = _slots()
    for one in slots:
        one["measurements"][0]["injection"] = {
            "total": {"value": 9.0, "unit": "kWh", "validationState": "READ"}
        }
    sub = {
        "$type": "submetering-offtake",
        "ean": "541490000000000017",
        "quarterHourlyEnergy": quarter_hours(_BEGINS, 96, (50.0,)),
    }
    days = quarter_hours(_BEGINS, 1, (70.0,), minutes=1440)
    answer = energy(*slots, subHeadpoints=[sub], dailyEnergy=days)
    [peak] = month_peaks(read_energy(answer.content), [(2026, 4)], _NOW)
    assert (peak.power_kw, peak.highest_kw) == (4.5, 4.5)


def test_the_mean_of_peaks() -> None:
    """P1: each counts with at least 2.5 kW; with one untold there is no mean."""
    told = [
        MonthPeak(year=2026, month=month, power_kw=power, at=None) for month, power in ((1, 1.0), (2, 4.5))
    ]
    untold = MonthPeak(year=2026, month=3, power_kw=None, at=None)
    assert mean_peak_kw(told) == 3.5
    assert mean_peak_kw(told, at_least_kw=0) == 2.75
    assert mean_peak_kw([*told, untold]) is None
    assert mean_peak_kw([]) is None
