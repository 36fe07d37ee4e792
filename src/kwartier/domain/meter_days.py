"""Days of a headpoint on which more than one physical meter hung there, each with its part (DESIGN 5, E8)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kwartier.domain.days import Grid
from kwartier.domain.derive import days_from_quarter_hours, gas_days_from_hours, registers_of_days
from kwartier.domain.metering import PhysicalMeter, Register, State
from kwartier.domain.series import MeterVersions, Versions

__all__ = ["days_of_meters"]

_DERIVED: Final = {Grid.QUARTER_HOUR: days_from_quarter_hours, Grid.HOUR: gas_days_from_hours}


def days_of_meters(meters: Sequence[MeterVersions], days: range) -> tuple[MeterVersions, ...]:
    """The versions of days that follow from those of quarter-hours or hours, of each meter of a headpoint.

    A day is complete over all physical meters together, and each of them gets the part that it measured: on the day of
    an exchange both do, and their sum is that of the headpoint. Submeters and the headpoint itself stand alone.

    Args:
        meters: all of a headpoint, on one grid: all that ever came in about `days`, and nothing else.
        days: the Brussels days or, of hours, the gas days to derive.

    Returns:
        The same meters in the same order; one that had no part in the days may have no rows.
    """
    physical = [one for one in meters if isinstance(one.meter, PhysicalMeter)]
    derived = dict(zip(physical, _together([one.versions for one in physical], days), strict=True))
    for group in _in_step([one for one in meters if one not in derived]):
        derived.update(zip(group, _apart([one.versions for one in group], days), strict=True))
    return tuple(MeterVersions(one.meter, derived[one]) for one in meters)


def _in_step(meters: Sequence[MeterVersions]) -> list[list[MeterVersions]]:
    """Groups of those of which the rows are about the same slots at the same moments."""
    groups: list[list[MeterVersions]] = []
    for one in meters:
        group = next((group for group in groups if _same_rows(group[0].versions, one.versions)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return groups


def _same_rows(one: Versions, other: Versions) -> bool:
    return np.array_equal(one.slots, other.slots) and np.array_equal(one.inserted_us, other.inserted_us)


def _apart(parts: Sequence[Versions], days: range) -> tuple[Versions, ...]:
    """The days of each of some meters in step that stand alone: in one go, for most of the work is that of one."""
    first = parts[0]
    derived = _DERIVED[first.grid](
        replace(
            first,
            registers=tuple(register for part in parts for register in part.registers),
            values=np.concatenate([part.values for part in parts]),
            states=np.concatenate([part.states for part in parts]),
        ),
        days,
        apart=True,
    )
    return tuple(
        replace(derived, registers=registers, values=derived.values[rows], states=derived.states[rows])
        for registers, rows in _rows_of_each(parts)
    )


def _together(parts: Sequence[Versions], days: range) -> tuple[Versions, ...]:
    """The days of each of some meters that share the time."""
    if len(parts) < 2:
        return tuple(_DERIVED[part.grid](part, days) for part in parts)
    derived = _DERIVED[parts[0].grid](_side_by_side(parts), days)
    found: list[Versions] = []
    for registers, rows in _rows_of_each(parts):
        speaks = (derived.states[rows] != State.SILENT).any(axis=0)
        found.append(
            replace(
                derived,
                registers=registers,
                slots=derived.slots[speaks],
                inserted_us=derived.inserted_us[speaks],
                values=derived.values[rows, speaks],
                states=derived.states[rows, speaks],
            )
        )
    return tuple(found)


def _rows_of_each(parts: Sequence[Versions]) -> Iterator[tuple[tuple[Register, ...], slice]]:
    """The registers of the days of each meter, and their rows where those of all stand one after the other."""
    row = 0
    for part in parts:
        registers = registers_of_days(part.registers, part.grid)
        yield registers, slice(row, row + len(registers))
        row += len(registers)


def _side_by_side(parts: Sequence[Versions]) -> Versions:
    """One of all registers, those of one part after those of another; a row says nothing of another part's."""
    registers = tuple(register for part in parts for register in part.registers)
    columns = sum(part.slots.size for part in parts)
    values = np.zeros((len(registers), columns), np.int64)
    states = np.zeros((len(registers), columns), np.uint8)
    row = column = 0
    for part in parts:
        place = slice(row, row + len(part.registers)), slice(column, column + part.slots.size)
        values[place], states[place] = part.values, part.states
        row, column = row + len(part.registers), column + part.slots.size
    return Versions(
        parts[0].grid,
        registers,
        np.concatenate([part.slots for part in parts]),
        np.concatenate([part.inserted_us for part in parts]),
        values,
        states,
    )
