"""Small reports in the form of the portal: their lines from plain calendar arithmetic, and rows that they can say."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.metering import Direction, GasFactor, RegisterKind, State, Unit, state_code
from kwartier.formats.portal import read_report
from kwartier.formats.portal.lines import CHUNK_BYTES
from kwartier.formats.rows import DIRECTIONS, KINDS, ROWS, UNITS, Batch

__all__ = [
    "AMR",
    "AUTUMN",
    "DIGITAL",
    "EAN",
    "GAS",
    "HEADERS",
    "NAME",
    "SPRING",
    "SUB_EAN",
    "Line",
    "digital_day",
    "expressible_rows",
    "intervals",
    "labels",
    "read",
    "report",
]

EAN = "541448800000000017"
SUB_EAN = "541454890000000029"
NAME = f"Verbruikshistoriek_elektriciteit_{EAN}_20241001_20241031_kwartiertotalen.csv"
AUTUMN, SPRING = date(2024, 10, 27), date(2024, 3, 31)

HEADERS = {
    "1": "Van datum;Van tijdstip;Tot datum;Tot tijdstip;EAN;Meter;Metertype;Register;Volume;Eenheid;Validatiestatus",
    "2": "Van Datum;Van Tijdstip;Tot Datum;Tot Tijdstip;EAN-code;Meter;Metertype;Register;Volume;Eenheid;"
    "Validatiestatus;Omschrijving",
    "3": "Van (datum);Van (tijdstip);Tot (datum);Tot (tijdstip);EAN-code;Meter;Metertype;Register;Volume;Eenheid;"
    "Validatiestatus;Omschrijving",
    "4": "From (date);From (time);Until (date);Until (time);EAN code;Meter;Meter type;Register;Volume;Unit;"
    "Validation status;Description",
    "1 gas": "Van datum;Van tijdstip;Tot datum;Tot tijdstip;EAN-code;Meter;Metertype;Register;Volume;Eenheid;"
    "Validatiestatus;Calorische Bovenwaarde",
    "4 gas": "From (date);From (time);Until (date);Until (time);EAN code;Meter;Meter type;Register;Volume;Unit;"
    "Validation status;Caloric upper value;Description",
}
"""The generations, as they are seen."""

_BRUSSELS = ZoneInfo("Europe/Brussels")


@dataclass(frozen=True)
class Line:
    """A line of a report, all of it text."""

    start: tuple[str, str] = ("15-10-2024", "12:00:00")
    end: tuple[str, str] = ("15-10-2024", "12:15:00")
    ean: str = f'="{EAN}"'
    meter: str = "1SAG0000000001"
    meter_type: str = "Digitale meter"
    register: str = "Afname Dag"
    volume: str = "0,123"
    unit: str = "kWh"
    state: str = "Uitgelezen"
    factor: str | None = None
    description: str | None = ""

    def __str__(self) -> str:
        """The line as it stands in a report."""
        fields = [*self.start, *self.end, self.ean, self.meter, self.meter_type, self.register]
        fields += [self.volume, self.unit, self.state]
        return ";".join(fields + [field for field in (self.factor, self.description) if field is not None])


DIGITAL = Line()
AMR = replace(DIGITAL, meter="", meter_type="AMR-meter", register="Afname Actief", state="Gevalideerd")
GAS = replace(
    DIGITAL,
    end=("15-10-2024", "13:00:00"),
    meter="7FLO0000000001",
    register="Afname",
    factor="Voorlopig",
    description=None,
)


def report(
    lines: Iterable[Line | str],
    generation: str = "3",
    *,
    bom: bool = True,
    newline: str = "\n",
    last: str = "\n",
) -> bytes:
    """A report of these lines."""
    text = newline.join([HEADERS[generation], *(str(line) for line in lines)]) + last
    return (b"\xef\xbb\xbf" if bom else b"") + text.encode()


def read(
    content: bytes,
    name: str = NAME,
    *,
    warn: Callable[[str], None] = lambda _: None,
    headpoint_of: Callable[[int], int | None] = lambda _: None,
    chunk_bytes: int = CHUNK_BYTES,
) -> Batch:
    """All of a report at once, in the order of its lines."""
    batches = list(
        read_report(io.BytesIO(content), name, warn=warn, headpoint_of=headpoint_of, chunk_bytes=chunk_bytes)
    )
    rows = pl.concat(batch.rows for batch in batches)
    rejected = pl.concat(batch.rejected for batch in batches)
    return Batch(rows.sort("line"), rejected.sort("line"))


def labels(start: datetime, end: datetime) -> tuple[tuple[str, str], tuple[str, str]]:
    """What the clocks show at the borders of an interval, as a report has it."""
    first, last = (moment.astimezone(_BRUSSELS) for moment in (start, end))
    return (f"{first:%d-%m-%Y}", f"{first:%H:%M:%S}"), (f"{last:%d-%m-%Y}", f"{last:%H:%M:%S}")


def intervals(start: datetime, end: datetime, minutes: int = 15) -> Iterator[tuple[datetime, datetime]]:
    """The quarter-hours (or hours) between two instants."""
    step = timedelta(minutes=minutes)
    while start < end:
        yield start, start + step
        start += step


def day_borders(day: date, hour: int = 0) -> tuple[datetime, datetime]:
    """When a Brussels day begins and ends, or a gas day with `hour` 6."""
    first, last = (
        datetime(one.year, one.month, one.day, hour, tzinfo=_BRUSSELS).astimezone(UTC)
        for one in (day, day + timedelta(days=1))
    )
    return first, last


def digital_day(
    day: date, registers: Sequence[str] = ("Afname Nacht", "Injectie Nacht"), *, by_label: bool = True
) -> list[tuple[int, Line]]:
    """The lines of a day of a digital meter, each with the slot of its quarter-hour; its volume is the slot's.

    Args:
        day: which.
        registers: those of each quarter-hour.
        by_label: in the portal's order: what the clocks show, and under one label summer before winter time.
    """
    found = list(intervals(*day_borders(day)))
    if by_label:
        found.sort(key=lambda one: (one[0].astimezone(_BRUSSELS).replace(tzinfo=None), one[0]))
    lines = []
    for (start, end), register in product(found, registers):
        slot = int(start.timestamp()) // 900
        starts, ends = labels(start, end)
        lines.append(
            (slot, replace(DIGITAL, start=starts, end=ends, register=register, volume=f"{slot},000"))
        )
    return lines


_QUARTER_REGISTERS = [(RegisterKind.TOTAL, Unit.KWH), (RegisterKind.INDUCTIVE, Unit.KVARH)]
_DAY_REGISTERS = [
    (RegisterKind.DAY, Unit.KWH),
    (RegisterKind.NIGHT, Unit.KWH),
    (RegisterKind.CAPACITIVE, Unit.KVARH),
]
_GAS_REGISTERS = [(RegisterKind.TOTAL, Unit.KWH), (RegisterKind.TOTAL, Unit.M3)]
_REGISTERS = {
    Grid.QUARTER_HOUR: _QUARTER_REGISTERS,
    Grid.DAY: _DAY_REGISTERS,
    Grid.HOUR: _GAS_REGISTERS,
    Grid.GAS_DAY: _GAS_REGISTERS,
}
_eans = st.sampled_from([int(EAN), 1, 541448899999999999])
_values = st.integers(0, 9_999) | st.integers(0, 10**18 - 1)


@st.composite
def _slots(draw: st.DrawFn, grid: Grid) -> int:
    """Slots around a change of clock, mostly, so that both passes of an hour come, or one alone."""
    day = draw(st.sampled_from([AUTUMN, SPRING, date(2023, 10, 29), date(2024, 2, 29)]))
    if grid in {Grid.DAY, Grid.GAS_DAY}:
        return (day - date(1970, 1, 1)).days + draw(st.integers(-1, 1))
    change = datetime(day.year, day.month, day.day, 1, tzinfo=UTC).timestamp()
    seconds, away = (900, 6) if grid is Grid.QUARTER_HOUR else (3600, 3)
    return int(change) // seconds + draw(st.integers(-away, away) | st.integers(-60, 60))


@st.composite
def _row(draw: st.DrawFn) -> dict[str, int | str]:
    grid = draw(st.sampled_from(Grid))
    kind, unit = draw(st.sampled_from(_REGISTERS[grid]))
    digital = draw(st.booleans())
    ean = draw(_eans)
    sub_ean = 0 if digital else draw(st.sampled_from([0, int(SUB_EAN), 2]))
    directions = [Direction.OFFTAKE, Direction.PRODUCTION, Direction.AUXILIARY] if sub_ean else DIRECTIONS[:2]
    states = [State.READ, State.EST] if digital else [State.VAL, State.NVAL]
    state = draw(st.sampled_from([State.WITHDRAWN, *states]))
    of_gas = grid in {Grid.HOUR, Grid.GAS_DAY} and unit is Unit.KWH and state is not State.WITHDRAWN
    factor = draw(st.sampled_from(GasFactor)) if of_gas else GasFactor.NONE
    return {
        "ean": ean,
        "sub_ean": sub_ean,
        "meter_id": draw(st.sampled_from(["1SAG0000000001", '7"F;LO', "zomertijd"])) if digital else "",
        "direction": DIRECTIONS.index(draw(st.sampled_from(directions))),
        "kind": KINDS.index(kind),
        "unit": UNITS.index(unit),
        "grid": grid.value,
        "slot": draw(_slots(grid)),
        "value": 0 if state is State.WITHDRAWN else draw(_values),
        "state": state_code(state, factor),
        "line": 0,
    }


def expressible_rows(max_size: int = 60) -> st.SearchStrategy[pl.DataFrame]:
    """Rows of all kinds that a report has a form for, no slot of a series twice."""
    series = ("ean", "sub_ean", "meter_id", "direction", "kind", "unit", "grid", "slot")
    found = st.lists(_row(), max_size=max_size, unique_by=lambda row: tuple(row[name] for name in series))
    return found.map(lambda rows: pl.DataFrame(rows, schema=ROWS, orient="row"))
