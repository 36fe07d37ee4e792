"""What headpoints would contradict: readings that the store has, and other headpoints (E8, E9, R1)."""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet

from sqlalchemy import Connection

from kwartier.domain.ean import Ean
from kwartier.domain.headpoint_rules import Fault
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import PhysicalMeter, SubHeadpoint
from kwartier.readings import catalogue
from kwartier.readings.catalogue import SeriesKey
from kwartier.readings.places import Place, find_places
from kwartier.readings.submeters import headpoints_of_submeters

__all__ = ["conflicts"]


def conflicts(
    connection: Connection, some: Sequence[KnownHeadpoint], together: AbstractSet[int]
) -> tuple[dict[Ean, list[Fault]], frozenset[int]]:
    """What each of some headpoints would contradict, and which of them are known already.

    Args:
        connection: that reads; of the transaction that writes them, so that no readings come in between.
        some: headpoints, each once.
        together: the EANs of all headpoints that are made known together with them.
    """
    eans = [int(one.headpoint.ean) for one in some]
    places = find_places(connection, eans)
    catalogued = catalogue.find_many(connection, list(places))
    above = headpoints_of_submeters(connection, eans)
    submeters = [int(sub.ean) for one in some for sub in one.submeters]
    headpoints = together | find_places(connection, submeters).keys()
    found: dict[Ean, list[Fault]] = {}
    for one in some:
        ean = int(one.headpoint.ean)
        reasons = list(_of_eans(one, above.get(ean, frozenset()) - together, headpoints))
        if ean in places:
            reasons += _of_readings(one, places[ean], catalogued[ean].series.values())
        if reasons:
            found[one.headpoint.ean] = reasons
    return found, frozenset(places)


def _of_eans(one: KnownHeadpoint, above: AbstractSet[int], headpoints: AbstractSet[int]) -> Iterator[Fault]:
    """An EAN is of a headpoint or of sub-headpoints, never of both (M8)."""
    if above:
        yield Fault(
            None, f"the EAN is that of a submeter of {', '.join(f'{ean:018d}' for ean in sorted(above))}"
        )
    for sub in one.submeters:
        if int(sub.ean) in headpoints and sub.ean != one.headpoint.ean:
            yield Fault(sub, f"submeter {sub.ean} has the EAN of another headpoint")


def _of_readings(one: KnownHeadpoint, place: Place, keys: Collection[SeriesKey]) -> Iterator[Fault]:
    """What readings are of must stay what it was; what none are of may change."""
    if not keys:
        return
    before, after = place.headpoint, one.headpoint
    for name, old, new in (
        ("energy", before.energy_type, after.energy_type),
        ("meter type", before.meter_type, after.meter_type),
    ):
        if old is not new:
            yield Fault(
                None,
                f"the {name} cannot change from {old.value} to {new.value}: the store has readings of it",
            )
    directions = {key.register.direction for key in keys if key.meter is None}
    if one.direction is not None and directions - {one.direction}:
        yield Fault(
            None, f"the direction cannot become {one.direction.value}: the store has readings of the other"
        )
    meters = {key.meter for key in keys}
    hung = {known.meter.seq_number: known.meter for known in one.meters}
    below = {sub.ean: sub for sub in one.submeters}
    for meter in sorted(
        (one for one in meters if isinstance(one, PhysicalMeter)), key=lambda one: one.seq_number
    ):
        if hung.get(meter.seq_number) != meter:
            yield Fault(
                None,
                f"meter {meter.seq_number}={meter.meter_id} cannot go: the store has readings of it; "
                "`kwartier headpoints meter-exchange` hangs another in its place",
            )
    for sub in sorted((one for one in meters if isinstance(one, SubHeadpoint)), key=lambda one: one.ean):
        if sub.ean not in below or below[sub.ean].direction is not sub.direction:
            yield Fault(
                None,
                f"submeter {sub.ean} of {sub.direction.value} cannot go or change direction: the store has readings of it",
            )
