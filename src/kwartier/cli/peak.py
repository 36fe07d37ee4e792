"""`kwartier peak`: the monthly peaks of an EAN, and their mean as the capacity tariff has it (P1)."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from kwartier.cli.asking import EanArgument, check_any_peak, progress_shown
from kwartier.cli.console import Console
from kwartier.cli.energy import DutchOption
from kwartier.cli.errors import MistakeError
from kwartier.cli.given import read_ean
from kwartier.cli.moments import local_moment
from kwartier.cli.options import JsonOption
from kwartier.cli.profile_options import ProfileOption, chosen_profile, client_of
from kwartier.cli.tables import print_table
from kwartier.client.export import Style
from kwartier.clock import system_clock
from kwartier.domain.days import BRUSSELS, add_months, midnight
from kwartier.domain.period import EPOCH, Period
from kwartier.wire.timestamps import write_timestamp

if TYPE_CHECKING:
    from kwartier import MonthPeak

__all__ = ["peak"]

_PERIODS_SHOWN: Final = 3
_MONTHS: Final = 12
_LEAST_KW: Final = 2.5


def peak(
    ean: EanArgument,
    year: Annotated[int, typer.Option(min=2000, max=2099, help="Of which year.")],
    dutch: DutchOption = False,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the highest quarter-hour of offtake of each month in kW, what is missing to tell it, and the mean of twelve.

    The mean is of the last twelve complete months, each counted with at least 2.5 kW, as users of the capacity tariff
    reckon it. Values are informative: not for billing.
    """
    from kwartier import mean_peak_kw  # noqa: PLC0415 - HTTP takes its time to load

    number, now = read_ean(ean), system_clock()
    begin, end = _month(year, 1), min(_month(year + 1, 1), now)
    if begin >= now:
        raise MistakeError(f"--year {year} has not begun")
    last = min(_month(year + 1, 1), _begin_of_month(now))
    first = add_months(last, -_MONTHS)
    with client_of(chosen_profile(profile)) as client, progress_shown(str(number)) as progress:
        told = client.peaks(number, min(begin, first), end, progress=progress)
    check_any_peak(number, told)
    of_year = [one for one in told if one.year == year]
    of_mean = [one for one in told if first <= _month(one.year, one.month) < last]
    mean = mean_peak_kw(of_mean, _LEAST_KW) if len(of_mean) == _MONTHS else None
    if as_json:
        document = {
            "ean": number,
            "months": [_document(one) for one in of_year],
            "mean": {
                "from": _name(of_mean[0]) if of_mean else None,
                "to": _name(of_mean[-1]) if of_mean else None,
                "kw": mean,
                "kw_of_what_is_there": _of_what_is_there(of_mean),
                "at_least_kw": _LEAST_KW,
                "untold": [_name(one) for one in of_mean if one.power_kw is None],
            },
        }
        typer.echo(json.dumps(document, indent=2))
        return
    style = Style(dutch=dutch)
    head = ["month", "peak (kW)", "from (UTC)", "from (Brussels)", ""]
    shown = [one for one in told if one in of_year or (one in of_mean and one.power_kw is None)]
    print_table(head, [_row(one, style) for one in shown])
    Console(soft_wrap=True, highlight=False).print(f"\n{_mean(of_mean, mean, style)}")


def _month(year: int, month: int) -> datetime:
    """When a Brussels month begins."""
    return midnight((date(year, month, 1) - EPOCH.date()).days)


def _begin_of_month(moment: datetime) -> datetime:
    local = moment.astimezone(BRUSSELS)
    return _month(local.year, local.month)


def _name(one: "MonthPeak") -> str:
    return f"{one.year}-{one.month:02}"


def _mean(months: Sequence["MonthPeak"], mean: float | None, style: Style) -> str:
    """The mean in words, or what keeps it from being told."""
    least = style.number(_LEAST_KW)
    untold = [_name(one) for one in months if one.power_kw is None]
    if mean is not None:
        period = f"{_name(months[0])} to {_name(months[-1])}"
        return (
            f"Mean of the twelve months {period}, each at least {least} kW: {style.number(round(mean, 3))} kW"
        )
    if untold:
        there = _of_what_is_there(months)
        hint = "" if there is None else f" With the highest of what is there it is {style.number(there)} kW."
        return f"The mean of the last twelve months can't be told: {', '.join(untold)} can't.{hint}"
    return f"The mean of the last twelve months can't be told: of {_MONTHS - len(months)} of them nothing can be asked."


def _of_what_is_there(months: Sequence["MonthPeak"]) -> float | None:
    """What the mean would be at least, if nothing higher is still to come in; None: of a month there is nothing."""
    highest = [one.highest_kw for one in months]
    known = [max(one, _LEAST_KW) for one in highest if one is not None]
    return round(sum(known) / len(known), 3) if len(known) == _MONTHS == len(months) else None


def _row(one: "MonthPeak", style: Style) -> list[str]:
    if one.power_kw is not None and one.at is not None:
        return [_name(one), style.number(one.power_kw), write_timestamp(one.at), local_moment(one.at), ""]
    told = [
        f"{one.to_come} quarter-hours to come" if one.to_come else "",
        _words("missing", one.missing),
        _words("estimated or not validated", one.unsure),
        "" if one.highest_kw is None else f"highest of what is there: {style.number(one.highest_kw)} kW",
    ]
    return [_name(one), "", "", "", "; ".join(filter(None, told))]


def _words(what: str, periods: Sequence[Period]) -> str:
    if not periods:
        return ""
    shown = [f"{write_timestamp(one.start)} to {_end(one)}" for one in periods[:_PERIODS_SHOWN]]
    more = f" and {len(periods) - _PERIODS_SHOWN} periods more" if len(periods) > _PERIODS_SHOWN else ""
    return f"{what}: {', '.join(shown)}{more}"


def _document(one: "MonthPeak") -> dict[str, Any]:
    return {
        "month": _name(one),
        "peak_kw": one.power_kw,
        "at": None if one.at is None else write_timestamp(one.at),
        "missing": [{"from": write_timestamp(each.start), "to": _end(each)} for each in one.missing],
        "unsure": [{"from": write_timestamp(each.start), "to": _end(each)} for each in one.unsure],
        "to_come": one.to_come,
        "highest_kw": one.highest_kw,
    }


def _end(period: Period) -> str:
    return "" if period.end is None else write_timestamp(period.end)
