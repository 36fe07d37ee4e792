"""What a client can ask, once for both: each operation as steps without I/O."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias, Unpack

import httpx

from kwartier.client.arrow_streams import reads_arrow, table_of_stream
from kwartier.client.asking import (
    EnergyAsked,
    MandateFilter,
    MockFields,
    energy_request,
    mandates_request,
    mock_request,
)
from kwartier.client.decoding.plain import BrokenAnswerError, parsed
from kwartier.client.errors import ConfigurationError, NothingGrantedError, QuestionError
from kwartier.client.gaps import Gap, find_gaps
from kwartier.client.joining import joined
from kwartier.client.mandates import Mandate, read_mandates
from kwartier.client.parsing import table_of
from kwartier.client.peaks import MonthPeak, bounds_of, month_peaks, months_of
from kwartier.client.steps import Exchange, Steps
from kwartier.client.table import EnergyTable
from kwartier.client.windows import Window, split
from kwartier.domain.days import next_midnight
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import Granularity
from kwartier.domain.period import Period, epoch_microseconds
from kwartier.domain.question import PeriodType, start_fault
from kwartier.wire.frame import MEDIA_TYPE
from kwartier.wire.vocabulary import GRANULARITY

__all__ = ["Operations", "Progress", "accept_header", "aware"]

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many windows of a period have come, and how many there are."""

_AHEAD: Final = timedelta(days=2)
_JSON: Final = "application/json"
_QUARTER_HOURLY: Final = GRANULARITY.write(Granularity.QUARTER_HOURLY)


def accept_header(*, arrow: bool) -> str:
    """Which forms of an answer are read."""
    return f"{MEDIA_TYPE}, {_JSON};q=0.9" if arrow and reads_arrow() else _JSON


@dataclass(slots=True)
class Operations:
    """The operations.

    Attributes:
        exchange: asks the API.
        clock: tells the moment.
        moment_is_ours: whether the API goes by the same clock; a sandbox may have been told another moment.
    """

    exchange: Exchange
    clock: Callable[[], datetime]
    moment_is_ours: bool
    _told_moment: datetime | None = field(default=None)

    def now(self) -> datetime:
        """The moment: that of the last answer in an environment with a clock of its own."""
        if self.moment_is_ours or self._told_moment is None:
            return self.clock()
        return self._told_moment

    def mandates(self, **asked: Unpack[MandateFilter]) -> Steps[tuple[Mandate, ...]]:
        """The mandates that fit (M9, M10)."""
        return (yield from self.exchange.ask(mandates_request(**asked), self._mandates))

    def mock_mandate(self, ean: str, status: str, **fields: Unpack[MockFields]) -> Steps[str]:
        """Make a mock mandate; its status (S2)."""
        return (yield from self.exchange.ask(mock_request(ean, status, **fields), _status))

    def windows(self, asked: EnergyAsked, start: datetime, end: datetime) -> tuple[Window, ...]:
        """How a period is split (K2).

        Raises:
            ConfigurationError: a moment without a zone, a period that does not begin before it ends, or begins too early.
        """
        start, end = aware(start, end)
        if end <= start:
            raise QuestionError(f"a period ends after it begins; asked: {start} to {end}")
        if self.moment_is_ours or self._told_moment is not None:
            fault = start_fault(asked.period_type, start, self.now())
            if fault is not None:
                raise QuestionError(f"the period begins too early: {fault}")
            # Nothing was measured or came in ahead of now: windows there would be asked for nothing.
            horizon = next_midnight(self.now()) + _AHEAD
            end = horizon if start < horizon < end else end
        return split(start, end, asked.period_type)

    def window(self, asked: EnergyAsked, window: Window) -> Steps[EnergyTable]:
        """The readings of one window, without those that come with the next.

        Raises:
            NothingGrantedError: no mandate gives it.
        """
        request = energy_request(asked, window.period)
        table = yield from self.exchange.ask(request, lambda response: self._energy(response, asked.ean))
        if window.until is None or asked.period_type is PeriodType.INSERT_TIME:
            return table
        before = table.starts < epoch_microseconds(window.until)
        return table if before.all() else table.chosen(before)

    def energy(
        self, asked: EnergyAsked, period: Period, progress: Progress | None = None
    ) -> Steps[EnergyTable]:
        """The readings of a period of any length (K2).

        Windows in which nothing is granted are left out; when that is all of them, it is an error.
        """
        windows = self.windows(asked, period.start, period.end or self.now())
        tables: list[EnergyTable] = []
        refused: NothingGrantedError | None = None
        for place, window in enumerate(windows, 1):
            try:
                tables.append((yield from self.window(asked, window)))
            except NothingGrantedError as error:
                refused = error
            if progress is not None:
                progress(place, len(windows))
        if not tables:
            raise refused or ConfigurationError("nothing was asked")
        return joined(tables, newest=asked.period_type is PeriodType.INSERT_TIME)

    def peaks(
        self, ean: str, period: Period, progress: Progress | None = None
    ) -> Steps[tuple[MonthPeak, ...]]:
        """The peak of each Brussels month that begins in a period (P1)."""
        months = months_of(period)
        if not months:
            raise QuestionError("no month begins in this period")
        begun, end = bounds_of(months)
        if not self.moment_is_ours and self._told_moment is None:
            yield from self.mandates(ean=ean)  # tells which moment it is there
        end = min(end, next_midnight(self.now()))
        if end <= begun:
            raise QuestionError("none of these months has begun yet")
        asked = EnergyAsked(ean, granularities=(_QUARTER_HOURLY,))
        table = yield from self.energy(asked, Period(begun, end), progress)
        return month_peaks(table, months, table.fetched_at or self.now())

    def gaps(
        self, ean: str, period: Period, granularities: Sequence[str], progress: Progress | None = None
    ) -> Steps[tuple[Gap, ...]]:
        """The intervals of a period without a value, and why (E11)."""
        asked, chosen = (
            EnergyAsked(ean, granularities=tuple(granularities)),
            list(map(_granularity, granularities)),
        )
        mandates = yield from self.mandates(ean=ean)
        table: EnergyTable | None = None
        try:
            table = yield from self.energy(asked, period, progress)
        except NothingGrantedError:
            table = None
        moment = (table.fetched_at if table is not None else None) or self.now()
        return find_gaps(table, mandates, period, chosen, moment)

    def _mandates(self, response: httpx.Response) -> tuple[Mandate, ...]:
        found = read_mandates(response.content)
        self._told_moment = found.fetched_at or self._told_moment
        return found.mandates

    def _energy(self, response: httpx.Response, ean: str) -> EnergyTable:
        if response.headers.get("content-type", "").partition(";")[0].strip().casefold() == MEDIA_TYPE:
            table = table_of_stream(response.content, ean)
        else:
            table = table_of(response.content)
        self._told_moment = table.fetched_at or self._told_moment
        return table


def aware(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Two moments in UTC.

    Raises:
        ConfigurationError: one says no zone.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise ConfigurationError("moments are aware datetimes: give them a zone, as datetime.UTC")
    return start.astimezone(UTC), end.astimezone(UTC)


def _granularity(name: str) -> Granularity:
    try:
        return GRANULARITY.read(name)
    except InvalidValueError as error:
        raise QuestionError(f"no such granularity: {name}; {error}") from error


def _status(response: httpx.Response) -> str:
    told: Any = parsed(response.content)
    try:
        return str(told.get("data", told)["status"])
    except (AttributeError, KeyError, TypeError) as error:
        raise BrokenAnswerError("a mock mandate without a status") from error
