"""Deliveries of readings: from the head-end as a stream, listed, shown, withdrawn (R3, R4)."""

from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from pydantic import Field

from kwartier.backoffice.call import Call
from kwartier.backoffice.operation import Operation, Refusals
from kwartier.backoffice.parameters import LIMIT, WANTED_DELIVERY_ID, limit_of
from kwartier.backoffice.shapes import Asking, ExactMoment, Moment, Shape
from kwartier.domain.delivery import Counts, Delivery, DeliveryState, read_delivery_id
from kwartier.domain.operators import OperatorScope
from kwartier.gateway.asked import Parameter, whole_number
from kwartier.services.deliveries import (
    AlreadyDeliveredError,
    BeingDeliveredError,
    NotDeliveredError,
    OtherContentError,
    SweptError,
    WithdrawnBeforeError,
)
from kwartier.services.errors import BeingRetriedError
from kwartier.services.ingest.format import StreamFormat
from kwartier.services.intake import NoRoomError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kwartier.services.ingest.way_in import Outcome, Phase, Progress

__all__ = [
    "ARROW",
    "NDJSON",
    "OPERATIONS",
    "TAKEN",
    "CountsShape",
    "DeliveryShape",
    "ReasonShape",
    "counted",
    "reasons_of",
    "shown",
    "still_wanted",
]

NDJSON: Final = "application/x-ndjson"
ARROW: Final = "application/vnd.apache.arrow.stream"
_FORMATS: Final = {NDJSON: StreamFormat.NDJSON, ARROW: StreamFormat.ARROW}
_REASONS_TOLD: Final = 100

_BEFORE: Final = Parameter(
    "before",
    whole_number(2**31 - 1),
    "Deliveries before this number: `next` of the answer before.",
    "1000",
    whole=True,
)


class CountsShape(Shape):
    """What came of the rows of a delivery; `rows` is the sum of the four after it."""

    rows: int = Field(description="Rows, or values of runs, that came.")
    stored: int = Field(description="Those with a value that are stored.")
    withdrawn: int = Field(description="Those that say that there is no value.")
    repeated: int = Field(description="Those that say again what another of the same delivery says.")
    quarantined: int = Field(description="Those that cannot be right, and wait with a reason.")
    runs: int = Field(description="Runs in which they are kept.")
    headpoints: int = Field(description="Headpoints of which something came.")


class DeliveryShape(Shape):
    """A delivery of readings."""

    delivery_id: str = Field(description="By which its sender knows it.")
    number: int = Field(description="Its number in the store.")
    source: str = Field(description="Where it comes from, for people.")
    state: DeliveryState = Field(
        description="How it stands. `loading`: it is being taken in, or was broken off. `published`: it counts. "
        "`withdrawn`: it was taken back by another."
    )
    received_at: Moment = Field(description="When it began to be taken in.")
    published_at: ExactMoment | None = Field(
        default=None, description="When it became, or becomes, visible; some seconds ahead."
    )
    withdraws: int | None = Field(
        default=None, description="The number of the delivery that it takes back, if it is there for that."
    )
    retries: int | None = Field(
        default=None,
        description="The number of the delivery whose rows it brings in again, if it is there for that.",
    )
    counts: CountsShape = Field(description="What came of its rows.")


class ReasonShape(Shape):
    """Why rows were set aside."""

    reason: str = Field(description="What is wrong with them, and what is allowed.")
    rows: int = Field(description="How many rows.")


class DeliveredShape(Shape):
    """What came of a delivery."""

    delivery: DeliveryShape = Field(description="The delivery.")
    reasons: list[ReasonShape] = Field(
        description=f"Why rows were set aside, the {_REASONS_TOLD} most frequent reasons first; empty when it is told again."
    )
    is_repeated: bool = Field(description="Whether it was taken in before: then nothing was done anew.")


class DeliveriesShape(Shape):
    """Deliveries, the newest first."""

    deliveries: list[DeliveryShape] = Field(description="The deliveries found.")
    next: int | None = Field(
        default=None, description="What `before` is to be for those that follow; left out at the end."
    )


class FoundShape(Shape):
    """A delivery that was looked up."""

    delivery: DeliveryShape = Field(description="The delivery.")
    waiting: int = Field(description="How many of its rows still wait in quarantine.")
    dropped: int = Field(description="How many of its rows waited until it was withdrawn.")
    retried_by: list[DeliveryShape] = Field(
        description="The deliveries in which rows of it came in again, in order."
    )


class WithdrawnShape(Shape):
    """How a delivery was withdrawn."""

    delivery: DeliveryShape = Field(description="The delivery that takes it back.")
    dropped: int = Field(description="How many of its rows waited in quarantine, and wait no more.")
    retries: list[DeliveryShape] = Field(
        description="The deliveries in which rows of it had come in again; they are withdrawn too."
    )


class Withdraw(Asking):
    """Which delivery is to be withdrawn."""

    delivery_id: str = Field(description="By which its sender knows it.", examples=["2026-11-28/1"])


def deliver(call: Call) -> DeliveredShape:
    """Deliver readings in the long form: a stream of any length, whole or not at all.

    Rows that cannot be right are set aside with a reason, and the others count. Nothing counts of a stream that breaks off or
    can't be read. Sent again under the same id, the same delivery is answered as it was taken in the first time.
    """
    delivery_id, incoming = call.needed(WANTED_DELIVERY_ID), call.incoming
    source = f"{call.operator.name}, over HTTP"
    try:
        outcome = call.desk.intake.take_stream(
            delivery_id, source, incoming.parts(), _FORMATS[incoming.media_type], still_wanted(call)
        )
    except AlreadyDeliveredError as error:
        return DeliveredShape(delivery=shown(error.delivery), reasons=[], is_repeated=True)
    return DeliveredShape(delivery=shown(outcome.delivery), reasons=reasons_of(outcome), is_repeated=False)


def list_deliveries(call: Call) -> DeliveriesShape:
    """List deliveries, the newest first."""
    limit = limit_of(call.given(LIMIT))
    found = call.desk.intake.deliveries.newest(limit, call.given(_BEFORE))
    return DeliveriesShape(
        deliveries=[shown(one) for one in found],
        next=found[-1].number if found and len(found) == limit else None,
    )


def show_delivery(call: Call) -> FoundShape:
    """Show a delivery: what came of its rows, how many still wait in quarantine, and in which deliveries others came again."""
    delivery_id, intake = call.needed(WANTED_DELIVERY_ID), call.desk.intake
    found = intake.deliveries.find(delivery_id)
    if found is None:
        raise NotDeliveredError(f"there is no delivery {delivery_id}")
    rest = intake.about(found)
    return FoundShape(
        delivery=shown(found),
        waiting=rest.waiting,
        dropped=rest.dropped,
        retried_by=[shown(one) for one in rest.retries],
    )


def withdraw_delivery(call: Call) -> WithdrawnShape:
    """Withdraw a published delivery: the newest values of the others come again, as a delivery of its own.

    What was retried of it is withdrawn too, and what waits of it in quarantine waits no more.
    """
    done = call.desk.intake.withdraw(read_delivery_id(call.body(Withdraw).delivery_id))
    return WithdrawnShape(
        delivery=shown(done.delivery), dropped=done.dropped, retries=[shown(one) for one in done.retries]
    )


def still_wanted(call: Call) -> "Progress":
    """What looks, at each step of taking something in, whether there is still somebody to work for."""

    def look(_phase: "Phase", _done: int, _total: int | None) -> None:
        call.incoming.check()

    return look


def reasons_of(outcome: "Outcome") -> list[ReasonShape]:
    """Why rows were set aside."""
    told: Sequence[tuple[str, int]] = outcome.reasons[:_REASONS_TOLD]
    return [ReasonShape(reason=reason, rows=rows) for reason, rows in told]


def counted(counts: Counts) -> CountsShape:
    """What came of rows."""
    return CountsShape(**asdict(counts))


def shown(one: Delivery) -> DeliveryShape:
    """A delivery as it is answered."""
    return DeliveryShape(
        delivery_id=one.delivery_id,
        number=one.number,
        source=one.source,
        state=one.state,
        received_at=one.received_at,
        published_at=one.published_at,
        withdraws=one.withdraws,
        retries=one.retries,
        counts=counted(one.counts),
    )


_NO_SUCH: Final[Refusals] = {NotDeliveredError: (HTTPStatus.NOT_FOUND, "There is no such delivery.")}
TAKEN: Final[Refusals] = {
    BeingDeliveredError: (HTTPStatus.CONFLICT, "It is being brought in at this moment."),
    SweptError: (HTTPStatus.CONFLICT, "It took so long that it was swept: send it again."),
    NoRoomError: (HTTPStatus.SERVICE_UNAVAILABLE, "There is no room for its rows, or too much is under way."),
}
"""Why something can't be taken in."""

OPERATIONS: Final = (
    Operation(
        "POST",
        "/deliveries",
        OperatorScope.DELIVER,
        deliver,
        DeliveredShape,
        (WANTED_DELIVERY_ID,),
        streams=(NDJSON, ARROW),
        refused={
            **TAKEN,
            WithdrawnBeforeError: (HTTPStatus.CONFLICT, "A delivery of this id was withdrawn."),
            OtherContentError: (HTTPStatus.CONFLICT, "A delivery of this id had another content."),
        },
    ),
    Operation("GET", "/deliveries", OperatorScope.READ, list_deliveries, DeliveriesShape, (_BEFORE, LIMIT)),
    Operation(
        "GET",
        "/delivery",
        OperatorScope.READ,
        show_delivery,
        FoundShape,
        (WANTED_DELIVERY_ID,),
        refused=_NO_SUCH,
    ),
    Operation(
        "POST",
        "/delivery/withdraw",
        OperatorScope.DELIVER,
        withdraw_delivery,
        WithdrawnShape,
        body=Withdraw,
        lengthy=True,
        refused={
            **_NO_SUCH,
            AlreadyDeliveredError: (HTTPStatus.CONFLICT, "It was withdrawn before."),
            BeingDeliveredError: (HTTPStatus.CONFLICT, "It is being withdrawn at this moment."),
            BeingRetriedError: (HTTPStatus.CONFLICT, "Rows are being retried at this moment."),
        },
    ),
)
