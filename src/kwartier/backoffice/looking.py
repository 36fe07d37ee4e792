"""What the operator looks after: who read which readings, and of whom none come in (A1, E11)."""

from datetime import UTC, datetime
from itertools import islice
from typing import Final

from pydantic import Field

from kwartier.backoffice.call import Call
from kwartier.backoffice.operation import Operation
from kwartier.backoffice.paging import NEXT, PAGE, page_of, reach_of
from kwartier.backoffice.parameters import AFTER_EAN, EAN, LIMIT, ORGANISATION, limit_of
from kwartier.backoffice.shapes import Moment, PeriodShape, Shape, period_of
from kwartier.domain.access import Reason
from kwartier.domain.audit import AuditEntry
from kwartier.domain.days import Grid
from kwartier.domain.gaps import LATEST_HOURS
from kwartier.domain.operators import OperatorScope
from kwartier.domain.period import Period
from kwartier.gateway.asked import Parameter, whole_number
from kwartier.services.audit import AuditFilter
from kwartier.services.lag import Lagging
from kwartier.wire.timestamps import read_timestamp
from kwartier.wire.vocabulary import GRANULARITY, PERIOD_TYPE

__all__ = ["OPERATIONS"]

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_HOURS: Final = 24 * 366

_FROM: Final = Parameter(
    "from", read_timestamp, "From this moment on; left out: ever.", "2026-03-01T00:00:00Z", timestamp=True
)
_TO: Final = Parameter(
    "to",
    read_timestamp,
    "Before this moment; left out: now. Given, the pages stand still while others ask.",
    "2026-03-02T00:00:00Z",
    timestamp=True,
)
_HOURS: Final = Parameter(
    "hours",
    whole_number(_MOST_HOURS),
    f"How long ago the last value may lie, in hours; left out: {LATEST_HOURS}.",
    str(LATEST_HOURS),
    whole=True,
)


class AccessShape(Shape):
    """Somebody asked for the readings of an EAN."""

    at: Moment = Field(description="When.")
    organisation: str = Field(description="Which organisation, by its enterprise number.")
    client_id: str = Field(description="With which credentials.")
    ean: str = Field(description="Of which EAN.")
    refused: Reason | None = Field(default=None, description="Why nothing was given; left out: it was given.")
    period_type: str = Field(
        description="What the period is about.", json_schema_extra={"enum": [*PERIOD_TYPE.names]}
    )
    period: PeriodShape = Field(description="Which period was asked for.")
    granularities: list[str] = Field(
        description="Which levels of detail were asked for; empty: all that is granted."
    )
    reference_number: str | None = Field(default=None, description="Which reference number was named.")
    mandates: list[str] = Field(description="Under which mandates it was given.")
    correlation_id: str = Field(description="By which the answer is found in the log.")


class AccessesShape(Shape):
    """Accesses to readings, the newest first."""

    accesses: list[AccessShape] = Field(description="The accesses found, those that were refused too.")
    next: int | None = Field(default=None, description=NEXT)


class LaggingShape(Shape):
    """A headpoint of which values are overdue."""

    ean: str = Field(description="Its EAN.")
    slots: str = Field(
        description="How long the slots are that it delivers.",
        json_schema_extra={"enum": [grid.name.lower() for grid in Grid]},
    )
    last_end: Moment | None = Field(
        default=None, description="When the last slot with a value ended; left out: there never was one."
    )
    late_seconds: int | None = Field(default=None, description="How long ago that is.")


class LagShape(Shape):
    """Headpoints of which values are overdue, in order of their EANs."""

    headpoints: list[LaggingShape] = Field(description="The headpoints found.")
    next: str | None = Field(
        default=None, description="What `after` is to be for those that follow; left out at the end."
    )


def list_accesses(call: Call) -> AccessesShape:
    """List who asked for which live readings, refused ones too, the newest first."""
    period = Period(call.given(_FROM) or _EVER, call.given(_TO))
    narrowed = AuditFilter(call.given(EAN), call.given(ORGANISATION), period)
    some, following = page_of(call, call.desk.audit.find(narrowed, reach_of(call)))
    return AccessesShape(accesses=[_access(one) for one in some], next=following)


def list_lag(call: Call) -> LagShape:
    """List the headpoints of which no value came in for long, and those of which none ever came."""
    limit, after, hours = limit_of(call.given(LIMIT)), call.given(AFTER_EAN), call.given(_HOURS)
    found: list[Lagging] = []
    late = call.desk.lagging(call.moment, LATEST_HOURS if hours is None else hours, int(after or 0))
    for one in islice(late, limit):
        call.incoming.check()
        found.append(one)
    return LagShape(
        headpoints=[_lagging(one) for one in found],
        next=found[-1].ean if found and len(found) == limit else None,
    )


def _access(one: AuditEntry) -> AccessShape:
    question = one.question
    return AccessShape(
        at=one.at,
        organisation=one.organisation,
        client_id=one.client_id,
        ean=one.ean,
        refused=one.refused,
        period_type=PERIOD_TYPE.write(question.period_type),
        period=period_of(question.period),
        granularities=sorted(GRANULARITY.write(granularity) for granularity in question.granularities),
        reference_number=question.reference_number,
        mandates=list(one.mandates),
        correlation_id=one.correlation_id,
    )


def _lagging(one: Lagging) -> LaggingShape:
    return LaggingShape(
        ean=one.ean,
        slots=one.grid.name.lower(),
        last_end=one.last_end,
        late_seconds=None if one.late is None else int(one.late.total_seconds()),
    )


OPERATIONS: Final = (
    Operation(
        "GET",
        "/audit",
        OperatorScope.AUDIT,
        list_accesses,
        AccessesShape,
        (EAN, ORGANISATION, _FROM, _TO, *PAGE),
    ),
    Operation(
        "GET",
        "/lag",
        OperatorScope.READ,
        list_lag,
        LagShape,
        (_HOURS, AFTER_EAN, LIMIT),
        lengthy=True,
    ),
)
