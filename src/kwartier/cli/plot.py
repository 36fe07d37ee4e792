"""`kwartier plot`: a day, a month, a year or the peaks of an EAN as a picture (K6)."""

from calendar import monthrange
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from kwartier.cli.asking import EanArgument, check_any_peak, progress_shown
from kwartier.cli.console import Console
from kwartier.cli.energy import Output, OutputOption
from kwartier.cli.errors import MistakeError
from kwartier.cli.given import missing_day, read_ean
from kwartier.cli.profile_options import ProfileOption, chosen_profile, client_of
from kwartier.client.export import Style
from kwartier.clock import system_clock
from kwartier.domain.days import midnight
from kwartier.domain.metering import Granularity
from kwartier.domain.period import EPOCH, Period
from kwartier.wire.vocabulary import GRANULARITY

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.text import Text

    from kwartier import Client

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Draw an EAN on the terminal, or as PNG or SVG. Values are informative: not for billing.",
)
_DAY: Final = "%Y-%m-%d"
_FORMS: Final = ("png", "svg")


@app.command()
def day(
    ean: EanArgument,
    of: Annotated[str, typer.Argument(metavar="DATE", help="Which day, as 2025-06-11.")],
    output: OutputOption = None,
    profile: ProfileOption = None,
) -> None:
    """Draw a day, quarter-hour by quarter-hour; gas by the hour."""
    chosen = _date("DATE", of, _DAY, "2025-06-11")
    _draw_curve("day", ean, _period(chosen, date.fromordinal(chosen.toordinal() + 1)), output, profile)


@app.command()
def month(
    ean: EanArgument,
    of: Annotated[str, typer.Argument(metavar="MONTH", help="Which month, as 2025-06.")],
    output: OutputOption = None,
    profile: ProfileOption = None,
) -> None:
    """Draw a month, day by day."""
    first = _date("MONTH", of, "%Y-%m", "2025-06")
    last = first.toordinal() + monthrange(first.year, first.month)[1]
    _draw_curve("month", ean, _period(first, date.fromordinal(last)), output, profile)


@app.command()
def year(
    ean: EanArgument,
    of: Annotated[int, typer.Argument(min=2000, max=2099, metavar="YEAR", help="Which year.")],
    output: OutputOption = None,
    profile: ProfileOption = None,
) -> None:
    """Draw a year as a calendar: a column for each day, a row for each quarter-hour of the clock."""
    _draw_curve("year", ean, _period(date(of, 1, 1), date(of + 1, 1, 1)), output, profile)


@app.command()
def peaks(
    ean: EanArgument,
    of: Annotated[int, typer.Argument(min=2000, max=2099, metavar="YEAR", help="Which year.")],
    output: OutputOption = None,
    profile: ProfileOption = None,
) -> None:
    """Draw the monthly peaks of a year."""
    number, form = read_ean(ean), _form(output)
    asked = _period(date(of, 1, 1), date(of + 1, 1, 1))
    with client_of(chosen_profile(profile)) as client, progress_shown(str(number)) as progress:
        told = client.peaks(number, asked.start, _end(asked), progress=progress)
    if not told:
        raise MistakeError(f"no month of {of} has begun")
    check_any_peak(number, told)
    if form is None:
        from kwartier.client.plots.terminal import peaks_in_letters  # noqa: PLC0415 - as it is drawn

        _print(peaks_in_letters(number, told))
        return
    from kwartier.client.plots.peaks import draw_peaks  # noqa: PLC0415 - loads matplotlib

    _save(draw_peaks(number, told), form, output)


def _draw_curve(what: str, ean: str, period: Period, output: Path | None, profile: str | None) -> None:
    from kwartier.client.plots.curve import curve_of  # noqa: PLC0415 - as it is drawn

    number, form = read_ean(ean), _form(output)
    if form is not None:
        _draws()  # before anything is asked: matplotlib may be missing
    with client_of(chosen_profile(profile)) as client:
        curve = curve_of(_readings(client, number, period), period)
    if form is None:
        _print(_letters()[what](curve))
    else:
        _save(_draws()[what](curve), form, output)


def _readings(client: "Client", ean: str, period: Period) -> Any:
    with progress_shown(ean) as progress:
        return client.energy(
            ean,
            period.start,
            _end(period),
            granularity=GRANULARITY.write(Granularity.QUARTER_HOURLY),
            complex_energy_types="active",
            progress=progress,
        )


def _draws() -> dict[str, Any]:
    from kwartier.client.plots.day import draw_day  # noqa: PLC0415 - loads matplotlib
    from kwartier.client.plots.month import draw_month  # noqa: PLC0415
    from kwartier.client.plots.year import draw_year  # noqa: PLC0415

    return {"day": draw_day, "month": draw_month, "year": draw_year}


def _letters() -> dict[str, Any]:
    from kwartier.client.plots import terminal  # noqa: PLC0415 - as it is drawn

    return {
        "day": terminal.day_in_letters,
        "month": terminal.month_in_letters,
        "year": terminal.year_in_letters,
    }


def _form(output: Path | None) -> str | None:
    """The form that a file's name tells; None: the terminal.

    Raises:
        MistakeError: it tells none.
    """
    if output is None:
        return None
    form = output.suffix.removeprefix(".").lower()
    if form not in _FORMS:
        raise MistakeError(f"--output {output}: the name of a picture ends in .png or .svg")
    return form


def _save(figure: "Figure", form: str, output: Path | None) -> None:
    from kwartier.client.plots.look import save  # noqa: PLC0415 - loads matplotlib

    Output(None, output, Style()).fill(lambda sink: save(figure, sink, form))


def _print(text: "Text") -> None:
    Console(soft_wrap=True, highlight=False).print(text)


def _date(name: str, text: str, form: str, example: str) -> date:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a Brussels day has no instant yet
    except ValueError:
        in_its_form = missing_day(text if form == _DAY else f"{text}-01") is not None
        why = f"there is no such {name.lower()}" if in_its_form else f"it is written as {example}"
        raise MistakeError(f"{name} {text}: {why}") from None


def _period(first: date, after: date) -> Period:
    """Brussels days, as far as they have begun.

    Raises:
        MistakeError: the first has not.
    """
    start, end = (midnight((one - EPOCH.date()).days) for one in (first, after))
    now = system_clock()
    if start > now:
        raise MistakeError(f"{first} has not begun")
    return Period(start, end)


def _end(period: Period) -> datetime:
    return min(period.end or period.start, system_clock().replace(microsecond=0))
