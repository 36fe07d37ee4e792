from datetime import date
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.gas import (
    CONSTANT_FACTOR,
    FACTOR_UNITS,
    Factors,
    FactorVersion,
    current_gas_month,
    gas_month_of,
    with_energy,
)
from kwartier.domain.metering import (
    FACTOR_SHIFT,
    STATE_BITS,
    Direction,
    GasFactor,
    Register,
    RegisterKind,
    State,
    Unit,
    state_code,
)
from kwartier.domain.period import epoch_microseconds
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import Versions
from support.domain import INJECTION, OFFTAKE, Row, brussels, versions_of
from support.examples import examples

VOLUME: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL, Unit.M3)
BACK: Final = Register(Direction.INJECTION, RegisterKind.TOTAL, Unit.M3)
P, D, C = GasFactor.PROVISIONAL, GasFactor.DEFINITIVE, GasFactor.CONSTANT
MAY, JUNE = ((2024 - 1970) * 12 + month - 1 for month in (5, 6))

Said = tuple[State, GasFactor, int]


def _hour(local: str) -> int:
    """The hour that begins when the clocks of Brussels show this."""
    return epoch_microseconds(brussels(local)) // 3_600_000_000


NOON: Final = _hour("2024-05-07T12:00")


def _energy(rows: list[Row], factors: Factors) -> Versions:
    return with_energy(versions_of(Grid.HOUR, (VOLUME,), rows), factors)


def _events(versions: Versions) -> list[tuple[int, int, tuple[Said, ...]]]:
    """Each row: moment, slot and what is said of each register, the value 0 where there is none."""
    found = []
    for column in range(versions.slots.size):
        said = []
        for register in range(len(versions.registers)):
            code, value = int(versions.states[register, column]), int(versions.values[register, column])
            state = State(code & STATE_BITS)
            said.append((state, GasFactor(code >> FACTOR_SHIFT), value if state >= State.READ else 0))
        found.append((int(versions.inserted_us[column]), int(versions.slots[column]), tuple(said)))
    return found


def _read(value: int, inserted_us: int = 5, slot: int = NOON, state: State = State.READ) -> Row:
    return Row(slot, inserted_us, ((state, value),))


NO, GONE = (State.SILENT, GasFactor.NONE, 0), (State.WITHDRAWN, GasFactor.NONE, 0)


def test_energy_is_volume_times_factor() -> None:
    """R2, E12: as in a real report, 0.495 m3 make 5.445 kWh by the constant factor of 11, under the same state."""
    found = _energy([_read(495), _read(418, slot=NOON + 1, state=State.EST)], {MAY: _constant()})
    assert found.registers == (VOLUME, OFFTAKE)
    assert found.grid is Grid.HOUR
    assert _events(found) == [
        (5, NOON, ((State.READ, GasFactor.NONE, 495), (State.READ, C, 5445))),
        (5, NOON + 1, ((State.EST, GasFactor.NONE, 418), (State.EST, C, 4598))),
    ]


def _constant() -> list[FactorVersion]:
    return [FactorVersion(0, CONSTANT_FACTOR, C)]


@pytest.mark.parametrize(
    ("volume", "factor", "energy"),
    [
        (1, 114_999, 11),
        (1, 115_000, 12),  # 11.5 thousandths of a kWh
        (3, 115_000, 35),  # 34.5
        (999_999_999, 116_873, 11_687_299_988),
    ],
)
def test_energy_is_rounded_half_up(volume: int, factor: int, energy: int) -> None:
    """R2: the kWh of an hour are m3 times the factor, rounded half up to three decimals."""
    ((_, _, (_, said)),) = _events(_energy([_read(volume)], {MAY: [FactorVersion(0, factor, D)]}))
    assert said == (State.READ, D, energy)
    assert FACTOR_UNITS == 10_000


def test_a_definitive_factor_brings_the_month_in_again() -> None:
    """E12: when D becomes known the energy of its month comes in again, that of other months not, and no volume."""
    factors = {
        MAY: [FactorVersion(1, 114_000, P), FactorVersion(100, 115_000, D)],
        JUNE: [FactorVersion(2, 116_000, P)],
    }
    june = _hour("2024-06-01T06:00")
    found = _events(_energy([_read(1000, slot=june - 1), _read(1000, slot=june)], factors))
    none = GasFactor.NONE
    assert found == [
        (5, june - 1, ((State.READ, none, 1000), (State.READ, P, 11_400))),
        (5, june, ((State.READ, none, 1000), (State.READ, P, 11_600))),
        (100, june - 1, (NO, (State.READ, D, 11_500))),
    ]


def test_what_comes_in_late_has_the_factor_of_its_moment() -> None:
    """E12: a volume that comes in when D is known, or just then, has its energy by D alone."""
    factors = {MAY: [FactorVersion(1, 114_000, P), FactorVersion(100, 115_000, D)]}
    for moment, kind in ((99, P), (100, D), (101, D)):
        found = _events(_energy([_read(1000, moment)], factors))
        assert found[0] == (
            moment,
            NOON,
            ((State.READ, GasFactor.NONE, 1000), (State.READ, kind, found[0][2][1][2])),
        )
        assert len(found) == (2 if kind is P else 1)


def test_a_volume_that_comes_in_with_the_factor_is_the_newer() -> None:
    """E12, R1: where a corrected volume and D come in at one moment, the energy is that of the corrected volume."""
    factors = {MAY: [FactorVersion(1, 114_000, P), FactorVersion(100, 115_000, D)]}
    found = _energy([_read(1000, 5, state=State.EST), _read(2000, 100)], factors)
    known = resolve(found, [range(NOON, NOON + 1)], Inserted(101))
    assert known.values[:, 0].tolist() == [2000, 23_000]
    assert known.states[:, 0].tolist() == [State.READ, state_code(State.READ, D)]


def test_without_a_factor_there_is_no_energy() -> None:
    """E12: before any factor of the month is known the volume stands alone; then its energy comes in."""
    rows = [_read(1000, 5)]
    assert _events(_energy(rows, {MAY: []})) == [(5, NOON, ((State.READ, GasFactor.NONE, 1000), NO))]
    assert _events(_energy(rows, {MAY: [FactorVersion(7, 115_000, D)]})) == [
        (5, NOON, ((State.READ, GasFactor.NONE, 1000), NO)),
        (7, NOON, (NO, (State.READ, D, 11_500))),
    ]


def test_a_withdrawn_volume_takes_its_energy_along() -> None:
    """R1: what is withdrawn in m3 is in kWh too, and does not come back when a factor becomes known."""
    factors = {MAY: [FactorVersion(1, 114_000, P), FactorVersion(100, 115_000, D)]}
    found = _energy([_read(1000, 5), _read(0, 9, state=State.WITHDRAWN)], factors)
    assert _events(found)[1:] == [(9, NOON, (GONE, GONE))]
    early = _energy([_read(0, 0, state=State.WITHDRAWN)], factors)
    assert _events(early) == [(0, NOON, (GONE, GONE))]


def test_what_is_withdrawn_is_not_said_again() -> None:
    """R1, E12: when D becomes known, a register that was withdrawn is silent, while another comes in again."""
    rows = [
        Row(NOON, 5, ((State.READ, 1000), (State.READ, 2000))),
        Row(NOON, 6, ((State.WITHDRAWN, 0), (State.SILENT, 0))),
    ]
    factors = {MAY: [FactorVersion(1, 114_000, P), FactorVersion(100, 115_000, D)]}
    found = with_energy(versions_of(Grid.HOUR, (VOLUME, BACK), rows), factors)
    assert _events(found)[-1] == (100, NOON, (NO, NO, NO, (State.READ, D, 23_000)))


def test_nothing_makes_nothing() -> None:
    """R2: where no volume came in there is no energy, under the registers that there would be."""
    found = with_energy(versions_of(Grid.HOUR, (VOLUME, BACK), []), {})
    assert found.registers == (VOLUME, BACK, OFFTAKE, INJECTION)
    assert found.values.shape == found.states.shape == (4, 0)
    assert found.slots.size == found.inserted_us.size == 0


@pytest.mark.parametrize(
    ("local", "month"),
    [
        ("2024-06-01T05:00", MAY),  # 03:00 UTC
        ("2024-06-01T06:00", JUNE),
        ("2024-05-01T05:00", MAY - 1),
        ("2024-01-01T05:00", MAY - 5),  # 04:00 UTC
        ("2024-01-01T06:00", MAY - 4),
    ],
)
def test_a_gas_month_begins_at_six(local: str, month: int) -> None:
    """R2: hours belong to the month in which their gas day begins, at 06:00 local, in summer and winter."""
    kinds = {one: [FactorVersion(0, 110_000 + one, D)] for one in range(month - 1, month + 2)}
    ((_, _, (_, said)),) = _events(_energy([_read(FACTOR_UNITS, slot=_hour(local))], kinds))
    assert said[2] == 110_000 + month


def test_the_month_of_a_gas_day() -> None:
    """R2: the month of a gas day is that of its date, as months since January 1970."""
    days = [
        (date.fromisoformat(text) - date(1970, 1, 1)).days
        for text in ("2024-05-31", "2024-06-01", "1970-01-01")
    ]
    assert gas_month_of(np.array(days)).tolist() == [MAY, JUNE, 0]


REGISTERS: Final = (VOLUME, BACK)
_STATES: Final = st.sampled_from([State.READ, State.READ, State.EST, State.SILENT, State.WITHDRAWN])


@st.composite
def _histories(draw: st.DrawFn) -> tuple[list[Row], dict[int, list[FactorVersion]]]:
    """What came in about some hours around the turn of a month, and the factors of both months."""
    turn = _hour("2024-06-01T06:00")
    row = st.builds(
        Row,
        st.integers(turn - 3, turn + 2),
        st.integers(0, 8),
        st.tuples(*[st.tuples(_STATES, st.integers(0, 9999)) for _ in REGISTERS]),
    )
    by_slot = draw(st.sampled_from([0, 1, -1]))
    rows = sorted(draw(st.lists(row, max_size=14)), key=lambda one: (by_slot * one.slot, one.inserted_us))
    versions = st.lists(
        st.builds(
            FactorVersion, st.integers(0, 9), st.integers(100_000, 120_000), st.sampled_from([P, D, C])
        ),
        max_size=3,
    )
    return rows, {month: sorted(draw(versions), key=lambda one: one.inserted_us) for month in (MAY, JUNE)}


def _factor_at(factors: Factors, slot: int, moment: int) -> FactorVersion | None:
    month = JUNE if slot >= _hour("2024-06-01T06:00") else MAY
    return next((one for one in reversed(factors[month]) if one.inserted_us <= moment), None)


def _naive(rows: list[Row], factors: Factors, moment: int) -> dict[tuple[int, int], Said]:
    """What is known at a moment: by register and slot, the newest volume and its energy by the newest factor."""
    known: dict[tuple[int, int], Said] = {}
    for row in rows:
        for register, (state, value) in enumerate(row.said):
            if row.inserted_us <= moment and state is not State.SILENT:
                known[register, row.slot] = (state, GasFactor.NONE, value)
    known = {place: said for place, said in known.items() if said[0] >= State.READ}
    for (register, slot), (state, _, value) in list(known.items()):
        factor = _factor_at(factors, slot, moment)
        if factor is not None:
            energy = (value * factor.factor * 10 + 50_000) // 100_000
            known[register + len(REGISTERS), slot] = (state, factor.kind, energy)
    return known


def _told(versions: Versions, inserted: Inserted) -> dict[tuple[int, int], Said]:
    series = resolve(versions, [range(NOON - 10**4, NOON + 10**4)], inserted)
    return {
        (register, series.first_slot + column): (
            State(int(series.states[register, column]) & STATE_BITS),
            GasFactor(int(series.states[register, column]) >> FACTOR_SHIFT),
            int(series.values[register, column]),
        )
        for register, column in np.argwhere(series.present).tolist()
    }


@settings(max_examples=examples(400))
@given(_histories(), st.integers(0, 10))
def test_energy_agrees_with_volume_at_every_moment(
    history: tuple[list[Row], dict[int, list[FactorVersion]]], moment: int
) -> None:
    """R2, E12: at every moment the known energy is the known volume times the known factor, one by one."""
    rows, factors = history
    found = with_energy(versions_of(Grid.HOUR, REGISTERS, rows), factors)
    assert _told(found, Inserted(moment + 1)) == _naive(rows, factors, moment)


@settings(max_examples=examples(400))
@given(_histories(), st.integers(0, 10))
def test_what_comes_in_at_a_moment_is_what_is_new_then(
    history: tuple[list[Row], dict[int, list[FactorVersion]]], moment: int
) -> None:
    """E4, E12: energy comes in when its volume or its factor does, and never else; volumes when they do."""
    rows, factors = history
    found = with_energy(versions_of(Grid.HOUR, REGISTERS, rows), factors)
    new = {
        (register, row.slot)
        for row in rows
        if row.inserted_us == moment
        for register, (state, _) in enumerate(row.said)
        if state is not State.SILENT
    }
    turns = {month for month, some in factors.items() if any(one.inserted_us == moment for one in some)}
    known = _naive(rows, factors, moment)
    expected = {
        place: said
        for place, said in known.items()
        if (place[0] % len(REGISTERS), place[1]) in new
        or (place[0] >= len(REGISTERS) and (JUNE if place[1] >= _hour("2024-06-01T06:00") else MAY) in turns)
    }
    assert _told(found, Inserted(moment + 1, moment)) == expected


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        ("2025-07-01T05:59", 55 * 12 + 5),
        ("2025-07-01T06:00", 55 * 12 + 6),
        ("2026-01-01T05:59", 55 * 12 + 11),
        ("2026-01-01T06:00", 56 * 12),
        ("2025-03-31T23:00", 55 * 12 + 2),
    ],
)
def test_a_gas_month_ends_at_six_in_the_morning(moment: str, month: int) -> None:
    """E12: a gas month is that of the gas days that begin in it, by the clock of Brussels."""
    assert current_gas_month(brussels(moment)) == month
