"""Headpoints: many at once from a table, listed, shown (E8, E9)."""

from http import HTTPStatus
from typing import Final

from pydantic import Field

from kwartier.backoffice.call import Call
from kwartier.backoffice.files import KEPT, TABLES, kept_file
from kwartier.backoffice.operation import Operation
from kwartier.backoffice.parameters import AFTER_EAN, LIMIT, SKIP_WRONG, WANTED_EAN, limit_of
from kwartier.backoffice.shapes import LineShape, PeriodShape, Shape, lines_of, period_of
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import Direction, EnergyType, MeterType
from kwartier.domain.operators import OperatorScope
from kwartier.gateway.bodies import wrong
from kwartier.services.headpoint_files import import_headpoints
from kwartier.services.headpoints import UnknownHeadpointError, WrongHeadpointError
from kwartier.wire.energy import INSTALLATION_TYPE

__all__ = ["OPERATIONS"]

_TOLD: Final = 1000


class MeterShape(Shape):
    """A meter that hangs at a headpoint."""

    seq_number: str = Field(description="Its place there.")
    meter_id: str = Field(description="Its number.")
    period: PeriodShape | None = Field(default=None, description="When it hung there; left out: always.")


class SubmeterShape(Shape):
    """A submeter below an AMR headpoint."""

    ean: str = Field(description="Its EAN.")
    seq_number: str = Field(description="Its place there.")
    direction: Direction = Field(description="What it measures.")
    vreg_id: str | None = Field(default=None, description="The id of the installation at the regulator.")
    installation: str | None = Field(
        default=None,
        description="What kind of installation it is.",
        json_schema_extra={"enum": [*INSTALLATION_TYPE.names]},
    )


class GridUserShape(Shape):
    """Who uses a headpoint, and when."""

    who: str = Field(description="An enterprise number or a name.")
    period: PeriodShape = Field(description="For how long.")


class HeadpointShape(Shape):
    """A headpoint with what hangs on it."""

    ean: str = Field(description="Its EAN.")
    energy: EnergyType = Field(description="What the headpoint measures.")
    meter_type: MeterType = Field(description="How it is metered.")
    direction: Direction | None = Field(default=None, description="Of an AMR headpoint.")
    gas_zone: str | None = Field(default=None, description="The zone of its gas conversion factors.")
    meters: list[MeterShape] = Field(description="The meters of a digital headpoint.")
    submeters: list[SubmeterShape] = Field(description="The submeters of an AMR headpoint.")
    grid_users: list[GridUserShape] = Field(description="Its grid users over time.")


class HeadpointsShape(Shape):
    """Headpoints, in order of their EANs."""

    headpoints: list[HeadpointShape] = Field(description="The headpoints found.")
    next: str | None = Field(
        default=None, description="What `after` is to be for those that follow; left out at the end."
    )


class ImportedShape(Shape):
    """What came of a table of headpoints."""

    new: int = Field(description="How many were not known.")
    replaced: int = Field(description="How many were known.")
    wrong: list[LineShape] = Field(description="Rows that can't be, which were skipped.")
    warnings: list[LineShape] = Field(description="Rows that deserve a second look.")


def take_headpoints(call: Call) -> ImportedShape:
    """Make many headpoints known, from CSV or Parquet; those that are known are replaced, their readings stay.

    If a row is wrong nothing is written, and every wrong row is named, unless `skipWrong` says otherwise.
    """
    skip_wrong = call.given(SKIP_WRONG) or False
    with kept_file(call) as file:
        done = import_headpoints(call.desk.headpoints, file, skip_wrong=skip_wrong)
    if done.wrong and not skip_wrong:
        raise wrong([f"line {line}: {reason}" for line, reason in done.wrong[:_TOLD]])
    return ImportedShape(
        new=done.new, replaced=done.replaced, wrong=lines_of(done.wrong), warnings=lines_of(done.warnings)
    )


def list_headpoints(call: Call) -> HeadpointsShape:
    """List headpoints in order of their EANs."""
    limit = limit_of(call.given(LIMIT))
    found = call.desk.headpoints.list_all(call.given(AFTER_EAN), limit)
    return HeadpointsShape(
        headpoints=[_shown(one) for one in found],
        next=found[-1].headpoint.ean if found and len(found) == limit else None,
    )


def show_headpoint(call: Call) -> HeadpointShape:
    """Show a headpoint with all that hangs on it."""
    return _shown(call.desk.headpoints.find(call.needed(WANTED_EAN)))


def _shown(known: KnownHeadpoint) -> HeadpointShape:
    return HeadpointShape(
        ean=known.headpoint.ean,
        energy=known.headpoint.energy_type,
        meter_type=known.headpoint.meter_type,
        direction=known.direction,
        gas_zone=known.gas_zone,
        meters=[
            MeterShape(
                seq_number=one.meter.seq_number,
                meter_id=one.meter.meter_id,
                period=None if one.period is None else period_of(one.period),
            )
            for one in known.meters
        ],
        submeters=[
            SubmeterShape(
                ean=one.ean,
                seq_number=one.seq_number,
                direction=one.direction,
                vreg_id=one.vreg_id,
                installation=None if one.installation is None else INSTALLATION_TYPE.write(one.installation),
            )
            for one in known.submeters
        ],
        grid_users=[GridUserShape(who=one.who, period=period_of(one.period)) for one in known.grid_users],
    )


OPERATIONS: Final = (
    Operation(
        "POST",
        "/headpoints",
        OperatorScope.WRITE,
        take_headpoints,
        ImportedShape,
        (SKIP_WRONG,),
        streams=TABLES,
        refused={
            **KEPT,
            WrongHeadpointError: (
                HTTPStatus.CONFLICT,
                "Readings that came in meanwhile contradict one; those before it are written.",
            ),
        },
    ),
    Operation("GET", "/headpoints", OperatorScope.READ, list_headpoints, HeadpointsShape, (AFTER_EAN, LIMIT)),
    Operation(
        "GET",
        "/headpoint",
        OperatorScope.READ,
        show_headpoint,
        HeadpointShape,
        (WANTED_EAN,),
        refused={UnknownHeadpointError: (HTTPStatus.NOT_FOUND, "There is no such headpoint.")},
    ),
)
