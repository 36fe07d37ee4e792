"""Live mandates: looked at, and ended because the grid user asked for that (M2)."""

from http import HTTPStatus
from typing import Final

from pydantic import Field

from kwartier.backoffice.call import Call
from kwartier.backoffice.operation import Operation
from kwartier.backoffice.paging import NEXT, PAGE, page_of
from kwartier.backoffice.parameters import EAN, ORGANISATION
from kwartier.backoffice.shapes import AskedId, Asking, Moment, PeriodShape, Shape, period_of
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import RenewalStatus, Status
from kwartier.domain.metering import EnergyType
from kwartier.domain.operators import OperatorScope
from kwartier.services.grants import Granted, UnknownGrantError
from kwartier.wire.vocabulary import DATA_SERVICE_TYPE

__all__ = ["OPERATIONS"]


class MandateShape(Shape):
    """A live mandate as it stands."""

    mandate: str = Field(description="Its id.")
    organisation: str = Field(description="Whose it is, by its enterprise number.")
    ean: str = Field(description="Of the headpoint.")
    energy: EnergyType = Field(description="What the headpoint measures.")
    service: str = Field(
        description="The level of detail.", json_schema_extra={"enum": [*DATA_SERVICE_TYPE.names]}
    )
    own: bool = Field(description="Whether the organisation was the grid user when it was approved.")
    status: Status = Field(description="How it stands, as the API has it.")
    data_period: PeriodShape = Field(description="Which readings it gives.")
    expiration: Moment | None = Field(default=None, description="When it expires, exclusive.")
    renewal_status: RenewalStatus | None = Field(
        default=None, description="How its renewal stands, as the API has it."
    )
    reference_number: str | None = Field(
        default=None, description="Between customer, service provider and operator."
    )


class MandatesShape(Shape):
    """Live mandates, by organisation, the last updated last."""

    mandates: list[MandateShape] = Field(description="The mandates found; removed ones are seen nowhere.")
    next: int | None = Field(default=None, description=NEXT)


class EndMandate(Asking):
    """A mandate that is to end."""

    mandate: AskedId = Field(description="Its id.")


def list_mandates(call: Call) -> MandatesShape:
    """List the live mandates of an organisation, or of an EAN, as they stand now; one of the two must be given."""
    organisation, ean = call.given(ORGANISATION), call.given(EAN)
    if organisation is None and ean is None:
        raise InvalidValueError("say whose mandates, or for which EAN: organisation, ean, or both")
    some, following = page_of(call, call.desk.grants.list_all(organisation, ean))
    return MandatesShape(mandates=[_shown(one) for one in some], next=following)


def end_mandate(call: Call) -> MandateShape:
    """End a mandate because its grid user asked for that: it is Finished from now on."""
    return _shown(call.desk.grants.end(call.body(EndMandate).mandate))


def _shown(one: Granted) -> MandateShape:
    mandate, phase = one.standing.mandate, one.standing.phase
    return MandateShape(
        mandate=one.standing.mandate_id,
        organisation=one.organisation,
        ean=mandate.ean,
        energy=mandate.energy_type,
        service=DATA_SERVICE_TYPE.write(mandate.granularity),
        own=mandate.own,
        status=phase.status,
        data_period=period_of(phase.data_period),
        expiration=phase.expiration,
        renewal_status=phase.renewal_status,
        reference_number=mandate.reference_number,
    )


OPERATIONS: Final = (
    Operation(
        "GET", "/mandates", OperatorScope.READ, list_mandates, MandatesShape, (ORGANISATION, EAN, *PAGE)
    ),
    Operation(
        "POST",
        "/mandates/end",
        OperatorScope.WRITE,
        end_mandate,
        MandateShape,
        body=EndMandate,
        refused={
            UnknownGrantError: (
                HTTPStatus.NOT_FOUND,
                "There is no live mandate of this id that is Approved.",
            )
        },
    ),
)
