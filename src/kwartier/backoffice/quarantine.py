"""Rows that were set aside: listed, counted by reason, retried, discarded (R3)."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AfterValidator, Field

from kwartier.backoffice.call import Call
from kwartier.backoffice.delivering import (
    TAKEN,
    CountsShape,
    DeliveryShape,
    ReasonShape,
    counted,
    reasons_of,
    shown,
    still_wanted,
)
from kwartier.backoffice.files import CSV, KEPT, kept_file
from kwartier.backoffice.operation import Operation
from kwartier.backoffice.parameters import DELIVERY_ID, EAN, LIMIT, limit_of
from kwartier.backoffice.shapes import Asking, Shape
from kwartier.domain.delivery import read_delivery_id
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.names import can_be_shown
from kwartier.domain.operators import OperatorScope
from kwartier.gateway.asked import Parameter
from kwartier.readings.quarantine import Chosen, SetAside, read_row
from kwartier.services.errors import BeingRetriedError, NothingAsideError

if TYPE_CHECKING:
    from kwartier.services.ingest.quarantine import Retried

__all__ = ["OPERATIONS"]

_LONGEST_REASON: Final = 500
_MOST_ROWS: Final = 1000


def _read_words(text: str) -> str:
    if not 0 < len(text) <= _LONGEST_REASON or not can_be_shown(text):
        raise InvalidValueError(f"1 to {_LONGEST_REASON} characters that can be shown")
    return text


_REASON: Final = Parameter(
    "reason", _read_words, "These words stand in the reason; left out: any.", "unknown EAN"
)
_AFTER: Final = Parameter("after", read_row, "Rows after this one: `next` of the answer before.", "12-1")


class RowShape(Shape):
    """A row that was set aside."""

    row: str = Field(description="Its number.")
    delivery_id: str = Field(description="The delivery that brought it.")
    line: int = Field(description="Where it stood there.")
    ean: str | None = Field(default=None, description="The EAN that it is about, if that can be read.")
    reason: str = Field(description="What is wrong with it, and what is allowed.")
    content: str = Field(description="What it says: corrected, it can be delivered again as NDJSON.")


class RowsShape(Shape):
    """Rows that wait, in order of delivery and line."""

    rows: list[RowShape] = Field(description="The rows found.")
    next: str | None = Field(
        default=None, description="What `after` is to be for those that follow; left out at the end."
    )


class ReasonsShape(Shape):
    """For which reasons rows wait."""

    reasons: list[ReasonShape] = Field(description="The most frequent reasons first.")


class RetriedShape(Shape):
    """What came of rows of one delivery that were brought in again."""

    delivery_id: str = Field(description="The delivery that brought them first.")
    delivery: DeliveryShape | None = Field(
        default=None, description="The delivery in which they came in; left out if none passed."
    )
    counts: CountsShape = Field(description="What came of the rows.")
    reasons: list[ReasonShape] = Field(description="Why rows stay, the most frequent reasons first.")


class RetriedRowsShape(Shape):
    """What came of rows that were brought in again."""

    retried: list[RetriedShape] = Field(
        description="By the delivery that brought them, in the order in which those were received."
    )


class CorrectedShape(RetriedRowsShape):
    """What came of rows that were corrected."""

    gone: int = Field(description="How many rows did not wait any more: nothing was done about them.")


class DiscardedShape(Shape):
    """How many rows were discarded."""

    rows: int = Field(description="How many rows.")


def _is_ean(text: str) -> str:
    return Ean.parse(text)


class Which(Asking):
    """Which rows are meant: those for which all that is given holds."""

    delivery_id: str | None = Field(default=None, description="This delivery brought them.")
    ean: Annotated[str, AfterValidator(_is_ean)] | None = Field(
        default=None, description="They are about this EAN, 18 digits."
    )
    reason: str | None = Field(default=None, description="These words stand in their reason.")

    rows: list[str] | None = Field(
        default=None,
        min_length=1,
        max_length=_MOST_ROWS,
        description=f"Their numbers, {_MOST_ROWS} at most.",
        examples=[["12-1"]],
    )

    def chosen(self) -> Chosen:
        """The same for the service."""
        return Chosen(
            None if self.delivery_id is None else read_delivery_id(self.delivery_id),
            None if self.ean is None else int(self.ean),
            None if self.reason is None else _read_words(self.reason),
            tuple(map(read_row, self.rows or [])),
        )


class Discard(Which):
    """Which rows are to be discarded; at least one of these must be given, or `all`."""

    all: bool = Field(default=False, description="Everything that waits.")


def list_rows(call: Call) -> RowsShape:
    """List rows that wait, with what is wrong with each."""
    limit = limit_of(call.given(LIMIT))
    found = call.desk.intake.quarantine.newest(_chosen(call), limit, call.given(_AFTER) or (0, 0))
    last = found[-1] if found and len(found) == limit else None
    return RowsShape(rows=[_row(one) for one in found], next=None if last is None else last.row)


def list_reasons(call: Call) -> ReasonsShape:
    """List for which reasons rows wait, and how many for each."""
    found = call.desk.intake.quarantine.by_reason(_chosen(call), limit_of(call.given(LIMIT)))
    return ReasonsShape(reasons=[ReasonShape(reason=reason, rows=rows) for reason, rows in found])


def retry_rows(call: Call) -> RetriedRowsShape:
    """Bring rows in again, against the headpoints known today, those of each delivery as a delivery of its own.

    They come in the order in which those were received. Those that pass leave; the others stay, with today's reason: also those
    of which a later delivery says otherwise.
    """
    done = call.desk.intake.retry(call.body(Which).chosen(), still_wanted(call))
    return RetriedRowsShape(retried=[_retried(one) for one in done])


def correct_rows(call: Call) -> CorrectedShape:
    """Bring rows in again as a table has them: CSV with the columns of the long form, and their numbers in the column `row`.

    Those that are right leave; the others stay as they came, with today's reason. Rows that are not in the table wait on.
    """
    with kept_file(call) as file:
        done = call.desk.intake.correct(file, still_wanted(call))
    return CorrectedShape(retried=[_retried(one) for one in done.retried], gone=done.gone)


def discard_rows(call: Call) -> DiscardedShape:
    """Discard rows that will never be right. They stay on record, and are not listed any more."""
    asked = call.body(Discard)
    which = asked.chosen()
    if which == Chosen() and not asked.all:
        raise InvalidValueError("say which rows: deliveryId, ean, reason, rows, or all")
    return DiscardedShape(rows=call.desk.intake.quarantine.discard(which))


def _retried(one: "Retried") -> RetriedShape:
    delivery = one.outcome.delivery
    return RetriedShape(
        delivery_id=one.delivery_id,
        delivery=None if delivery.published_at is None else shown(delivery),
        counts=counted(delivery.counts),
        reasons=reasons_of(one.outcome),
    )


def _chosen(call: Call) -> Chosen:
    ean = call.given(EAN)
    return Chosen(call.given(DELIVERY_ID), None if ean is None else int(ean), call.given(_REASON))


def _row(one: SetAside) -> RowShape:
    return RowShape(
        row=one.row,
        delivery_id=one.delivery_id,
        line=one.line,
        ean=f"{one.ean:018d}" if one.ean else None,
        reason=one.reason,
        content=one.content,
    )


_CHOICE: Final = (DELIVERY_ID, EAN, _REASON, LIMIT)

_SETTLED: Final = {
    **TAKEN,
    NothingAsideError: (HTTPStatus.NOT_FOUND, "No such row waits that can be read again."),
    BeingRetriedError: (HTTPStatus.CONFLICT, "Rows are being retried at this moment."),
}

OPERATIONS: Final = (
    Operation("GET", "/quarantine", OperatorScope.DELIVER, list_rows, RowsShape, (*_CHOICE, _AFTER)),
    Operation("GET", "/quarantine/reasons", OperatorScope.DELIVER, list_reasons, ReasonsShape, _CHOICE),
    Operation(
        "POST",
        "/quarantine/retry",
        OperatorScope.DELIVER,
        retry_rows,
        RetriedRowsShape,
        body=Which,
        lengthy=True,
        refused=_SETTLED,
    ),
    Operation(
        "POST",
        "/quarantine/correct",
        OperatorScope.DELIVER,
        correct_rows,
        CorrectedShape,
        streams=(CSV,),
        refused={**KEPT, **_SETTLED},
    ),
    Operation(
        "POST",
        "/quarantine/discard",
        OperatorScope.DELIVER,
        discard_rows,
        DiscardedShape,
        body=Discard,
        lengthy=True,
    ),
)
