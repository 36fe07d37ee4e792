"""What follows from readings and what was delivered, as one (DESIGN 5)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.metering import State
from kwartier.domain.series import MeterVersions, Versions

__all__ = ["overlaid", "overlaid_meters", "within"]


def overlaid(parts: Sequence[Versions]) -> Versions:
    """Versions of one meter from several sources: the newer wins, and of one moment that of the later source.

    What one source withdraws, another may have: then that comes in again at that moment (R3). There is no value only where
    no source has one.

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
    laid = Versions(
        parts[0].grid,
        registers,
        np.concatenate([part.slots for part in parts])[order],
        inserted_us[order],
        values.take(order, axis=1),
        states.take(order, axis=1),
    )
    if (laid.states == State.WITHDRAWN).any():
        _bring_back(laid, np.repeat(np.arange(len(parts)), [part.slots.size for part in parts])[order])
    return laid


def _bring_back(laid: Versions, sources: NDArray[np.int64]) -> None:
    """Where a source withdraws what stood, say again what another one has; where another's stood, nothing changes.

    Args:
        laid: the versions of all sources; it is changed.
        sources: from which each row is.
    """
    by_slot = np.argsort(laid.slots, kind="stable")  # the rows of one slot in order of insertion
    slots, sources = laid.slots[by_slot], sources[by_slot]
    places = np.arange(slots.size)
    first_of_slot = np.maximum.accumulate(np.where(np.diff(slots, prepend=slots[:1] - 1) != 0, places, 0))
    for values, states in zip(laid.values, laid.states, strict=True):
        said, standing, own = states[by_slot], np.full(slots.size, -1), np.full(slots.size, -1)
        for source in range(int(sources.max()) + 1):
            of_source = sources == source
            spoken = np.where(of_source & (said != State.SILENT), places, -1)
            # What a source said before a row, the row itself left out.
            newest = np.maximum.accumulate(np.concatenate([[-1], spoken[:-1]]))
            has_it = (newest >= first_of_slot) & (said[newest] != State.WITHDRAWN)
            standing = np.where(has_it & ~of_source, np.maximum(standing, newest), standing)
            own = np.where(has_it & of_source, newest, own)
        taken_back = (said == State.WITHDRAWN) & (standing >= 0)
        stood = taken_back & (own > standing)
        states[by_slot[taken_back & ~stood]] = State.SILENT
        to, of = by_slot[stood], by_slot[standing[stood]]
        values[to], states[to] = values[of], said[standing[stood]]


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
