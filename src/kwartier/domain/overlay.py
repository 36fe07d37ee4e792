"""What follows from readings and what was delivered, as one (DESIGN 5)."""

from collections.abc import Sequence

import numpy as np

from kwartier.domain.series import MeterVersions, Versions

__all__ = ["overlaid", "overlaid_meters", "within"]


def overlaid(parts: Sequence[Versions]) -> Versions:
    """Versions of one meter from several sources: the newer wins, and of one moment that of the later source.

    Args:
        parts: at least one, on one grid, rows of one slot in order of insertion.
    """
    if len(parts) == 1:
        return parts[0]
    registers = tuple(dict.fromkeys(one for part in parts for one in part.registers))
    inserted_us = np.concatenate([part.inserted_us for part in parts])
    values = np.zeros((len(registers), inserted_us.size), np.int64)
    states = np.zeros((len(registers), inserted_us.size), np.uint8)
    end = 0
    for part in parts:
        columns = slice(end, end + part.slots.size)
        end = columns.stop
        for row, register in enumerate(part.registers):
            values[registers.index(register), columns] = part.values[row]
            states[registers.index(register), columns] = part.states[row]
    order = np.argsort(inserted_us, kind="stable")
    slots = np.concatenate([part.slots for part in parts])
    return Versions(
        parts[0].grid,
        registers,
        slots[order],
        inserted_us[order],
        values.take(order, axis=1),
        states.take(order, axis=1),
    )


def overlaid_meters(sources: Sequence[Sequence[MeterVersions]]) -> tuple[MeterVersions, ...]:
    """The same for all meters of a headpoint, in the order in which the sources name them."""
    meters = dict.fromkeys(one.meter for source in sources for one in source)
    return tuple(
        MeterVersions(
            meter,
            overlaid([one.versions for source in sources for one in source if one.meter == meter]),
        )
        for meter in meters
    )


def within(versions: Versions, slots: range) -> Versions:
    """The rows about some slots alone."""
    inside = (versions.slots >= slots.start) & (versions.slots < slots.stop)
    if inside.all():
        return versions
    return Versions(
        versions.grid,
        versions.registers,
        versions.slots[inside],
        versions.inserted_us[inside],
        versions.values[:, inside],
        versions.states[:, inside],
    )
