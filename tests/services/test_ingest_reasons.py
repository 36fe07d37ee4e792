"""Why rows are set aside: every reason says what is wrong and what is allowed."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from kwartier.domain.days import Grid, day_of
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    GasFactor,
    Headpoint,
    MeterType,
    PhysicalMeter,
    RegisterKind,
    State,
    SubHeadpoint,
    Unit,
    state_code,
)
from kwartier.formats.rows import DIRECTIONS, KINDS, UNITS
from kwartier.readings import headpoints
from kwartier.readings.quarantine import Chosen
from kwartier.services.ingest.quarantine import Quarantine
from support.ingest import FIRST_DAY, batch, ingest_into, row
from support.store import DIGITAL, GAS, START, StoreOfTest

SITE, AMR_GAS, TWO_METERS = (
    Headpoint(Ean("541448800000000038"), EnergyType.ELECTRICITY, MeterType.AMR),
    Headpoint(Ean("541448800000000045"), EnergyType.GAS, MeterType.AMR),
    Headpoint(Ean("541448800000000052"), EnergyType.ELECTRICITY, MeterType.DIGITAL),
)
SUB: Final = SubHeadpoint(Ean("541448800000000069"), "1", Direction.PRODUCTION)
OFFTAKE, INJECTION, PRODUCTION = (
    {"direction": DIRECTIONS.index(one)}
    for one in (Direction.OFFTAKE, Direction.INJECTION, Direction.PRODUCTION)
)
DAY_KIND, INDUCTIVE = ({"kind": KINDS.index(one)} for one in (RegisterKind.DAY, RegisterKind.INDUCTIVE))
M3, KVARH = ({"unit": UNITS.index(one)} for one in (Unit.M3, Unit.KVARH))
DAYS = {"grid": int(Grid.DAY), "slot": FIRST_DAY}
HOURS = {"grid": int(Grid.HOUR), "slot": FIRST_DAY * 24}
GAS_DAYS = {"grid": int(Grid.GAS_DAY), "slot": FIRST_DAY}
ON_GAS: dict[str, Any] = {"ean": int(GAS.ean), **HOURS}
ON_SITE: dict[str, Any] = {"ean": int(SITE.ean), **INJECTION, "state": int(State.VAL)}
ON_SUB: dict[str, Any] = ON_SITE | {"sub_ean": int(SUB.ean)} | PRODUCTION
ON_AMR_GAS: dict[str, Any] = {"ean": int(AMR_GAS.ean), **HOURS, "state": int(State.NVAL)}


@pytest.fixture
def store(store: StoreOfTest) -> StoreOfTest:
    """A store with an AMR site with injection and production, AMR gas, and a headpoint with two digital meters."""
    meters = tuple(HungMeter(PhysicalMeter(str(number), f"1SAG000000010{number}")) for number in (1, 2))
    known = [
        KnownHeadpoint(SITE, Direction.INJECTION, submeters=(SUB,)),
        KnownHeadpoint(AMR_GAS, Direction.OFFTAKE),
        KnownHeadpoint(TWO_METERS, meters=meters),
    ]
    with store.database.writing() as connection:
        headpoints.add(connection, known, START)
    return store


WRONG: Final[list[tuple[dict[str, Any], str]]] = [
    ({"ean": 541448899999999999}, "unknown EAN; allowed: that of a headpoint"),
    ({"meter_id": "9XYZ"}, "unknown meter '9XYZ' of this headpoint; allowed: 1SAG0000000001"),
    ({"ean": int(TWO_METERS.ean)}, "no meter is named.*allowed: 1SAG0000000101, 1SAG0000000102"),
    (
        ON_SITE | {"meter_id": "9XYZ"},
        "unknown meter '9XYZ'.*allowed: none, for AMR readings lie on the headpoint",
    ),
    (ON_SUB | {"sub_ean": 5}, "unknown submeter 000000000000000005.*allowed: 541448800000000069"),
    ({"sub_ean": 5}, "allowed: none, for it has no submeters"),
    (
        PRODUCTION,
        "direction production is not of this digital electricity meter; allowed: offtake, injection",
    ),
    (ON_SITE | OFFTAKE, "direction offtake is not of this AMR headpoint; allowed: injection"),
    (ON_SUB | OFFTAKE, "direction offtake is not of this submeter; allowed: production"),
    (ON_GAS | INJECTION, "direction injection is not of this digital gas meter; allowed: offtake"),
    (ON_AMR_GAS | INJECTION, "direction injection is not of this AMR headpoint; allowed: offtake"),
    (HOURS, "hours are not of electricity; allowed: quarter-hours, days"),
    (GAS_DAYS, "gas days from 06:00 to 06:00 are not of electricity"),
    ({"ean": int(GAS.ean)}, "quarter-hours are not of gas; allowed: hours, gas days from 06:00 to 06:00"),
    (ON_AMR_GAS | DAYS, "days are not of gas"),
    (DAY_KIND, "register day in kWh is not of quarter-hours of digital electricity; allowed: total in kWh"),
    (DAYS, "register total in kWh is not of days of digital electricity; allowed: day in kWh, night in kWh"),
    (INDUCTIVE | KVARH, "register inductive in kVArh is not of quarter-hours of digital"),
    (M3, "register total in m3 is not of quarter-hours"),
    (
        ON_SITE | INDUCTIVE,
        "register inductive in kWh.*AMR electricity; allowed: total in kWh, inductive in kVArh, cap",
    ),
    (
        ON_SITE | DAYS,
        "register total in kWh is not of days of AMR electricity; allowed: day in kWh, night in kWh, ind",
    ),
    (ON_AMR_GAS | M3, "register total in m3 is not of hours of AMR gas; allowed: total in kWh"),
    (
        {"state": int(State.VAL)},
        "state VAL is not of this meter; allowed: READ, EST, WITHDRAWN, without a conv",
    ),
    (ON_SITE | {"state": int(State.READ)}, "state READ is not of this meter; allowed: VAL, NVAL, WITHDRAWN"),
    ({"state": state_code(State.READ, GasFactor.DEFINITIVE)}, "state READ with a conversion factor is not"),
    (
        ON_GAS | M3 | {"state": state_code(State.READ, GasFactor.DEFINITIVE)},
        "state READ with a conversion factor",
    ),
    (ON_AMR_GAS | {"state": state_code(State.VAL, GasFactor.CONSTANT)}, "state VAL with a conversion factor"),
    ({"state": int(State.SILENT)}, "state SILENT is not"),
    ({"value": -1}, r"negative value -0\.001; allowed: 0 or more"),
    ({"value": 10_000_000_001}, r"value 10000000\.001 is too large to be true; allowed: up to 10 000 000"),
    (ON_GAS | {"value": 40_000_000_001}, "allowed: up to 40 000 000"),
    ({"slot": int(START.timestamp()) // 900}, "in the future: the interval has not ended yet"),
    (DAYS | DAY_KIND | {"slot": day_of(START)}, "in the future"),
    ({"slot": 0}, "before 1990-01-01"),
    ({"slot": 7_304 * 96}, "before 1990-01-01"),
]


def test_wrong_rows_are_set_aside_with_their_reasons(store: StoreOfTest, tmp_path: Path) -> None:
    """R3, E8, E9: a row that cannot be right waits aside; its reason names what is wrong and what is allowed."""
    rows = [row(**said, line=line) for line, (said, _) in enumerate(WRONG)]
    outcome = ingest_into(store, tmp_path).take("a", "a test", [batch([*rows, row(line=999)])])
    counts = outcome.delivery.counts
    assert (counts.stored, counts.quarantined) == (1, len(WRONG))
    aside = {one.line: one.reason for one in Quarantine(store.database).newest(Chosen(), 100)}
    unsaid = [
        (words, aside[line]) for line, (_, words) in enumerate(WRONG) if not re.search(words, aside[line])
    ]
    assert not unsaid


RIGHT: Final[list[dict[str, Any]]] = [
    INJECTION,
    {"state": int(State.EST), "value": 0},
    {"value": 10_000_000_000},
    {"slot": int(START.timestamp()) // 900 - 1},
    DAYS | DAY_KIND,
    {"ean": int(TWO_METERS.ean), "meter_id": "1SAG0000000102"},
    ON_SITE,
    ON_SITE | INDUCTIVE | KVARH,
    ON_SITE | DAYS | INDUCTIVE | KVARH,
    ON_SITE | {"state": int(State.WITHDRAWN), "value": 0},
    ON_SUB,
    ON_SUB | DAYS | DAY_KIND,
    ON_GAS | M3,
    ON_GAS | {"state": state_code(State.EST, GasFactor.PROVISIONAL)},
    ON_GAS | GAS_DAYS | M3,
    ON_AMR_GAS,
    ON_AMR_GAS | GAS_DAYS,
]


def test_right_rows_get_in(store: StoreOfTest, tmp_path: Path) -> None:
    """R3, E8, E9: each series that a headpoint may have gets in, up to the borders of what is allowed."""
    store.now += timedelta(seconds=1)
    ingest = ingest_into(store, tmp_path)
    for number, said in enumerate(RIGHT):
        outcome = ingest.take(str(number), "a test", [batch([row(**said)])])
        assert outcome.reasons == []
        assert outcome.delivery.counts.runs == 1


def test_all_that_is_wrong_is_said(store: StoreOfTest, tmp_path: Path) -> None:
    """R3: a row with several faults tells them together."""
    late = int(START.timestamp()) // 900 + 96
    rows = [row(value=-5, slot=late, state=int(State.NVAL)), *(row(line=2 + number) for number in range(3))]
    ingest_into(store, tmp_path).take("a", "a test", [batch(rows)])
    [aside] = Quarantine(store.database).newest(Chosen(), 10)
    assert aside.reason.count("; allowed") == 2
    for words in ("state NVAL", "negative value -0.005", "in the future"):
        assert words in aside.reason
    assert DIGITAL.ean in aside.content
