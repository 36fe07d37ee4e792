"""What all shapes of the backoffice have in common: names on the wire in camel case, moments in UTC."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.names import UNSHOWABLE, can_be_shown
from kwartier.domain.period import Period
from kwartier.formats.headpoints_words import read_moment
from kwartier.wire.timestamps import write_exactly, write_timestamp

__all__ = [
    "AskedEan",
    "AskedId",
    "AskedMoment",
    "AskedNumber",
    "Asking",
    "ExactMoment",
    "LineShape",
    "Moment",
    "PeriodShape",
    "Shape",
    "lines_of",
    "period_of",
]

Moment: TypeAlias = Annotated[datetime, PlainSerializer(write_timestamp, return_type=str)]
"""A moment that is answered, written as the guide writes them."""

ExactMoment: TypeAlias = Annotated[datetime, PlainSerializer(write_exactly, return_type=str)]
"""A moment that is answered with its fraction of a second: asked again, it is the same."""


def _moment(said: object) -> datetime:
    if not isinstance(said, str):
        raise InvalidValueError("must be a text")
    return read_moment(said)


AskedMoment: TypeAlias = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "examples": ["2026-03-01", "2026-02-28T23:00:00Z"]}),
]
"""A moment that is asked: in UTC, or a date, which begins at midnight in Brussels."""

AskedEan: TypeAlias = Annotated[
    str, AfterValidator(Ean.parse), WithJsonSchema({"type": "string", "pattern": "^[0-9]{18}$"})
]
"""An EAN that is asked."""

AskedNumber: TypeAlias = Annotated[
    str,
    AfterValidator(EnterpriseNumber.parse),
    WithJsonSchema({"type": "string", "examples": ["0999.999.922"]}),
]
"""An enterprise number that is asked, with or without dots and BE."""


def _id(said: str) -> str:
    if not can_be_shown(said):
        raise InvalidValueError(UNSHOWABLE)
    return said


AskedId: TypeAlias = Annotated[str, AfterValidator(_id)]
"""An id that the platform gave. One that can't be shown it never gave, and not every engine looks for it."""

_LINES_TOLD: Final = 1000


class Shape(BaseModel):
    """Something that is answered."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Asking(BaseModel):
    """Something that is asked in a body; a name that is not known is a mistake."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)


class PeriodShape(Shape):
    """A period."""

    start: Moment | None = Field(default=None, alias="from", description="Its start; left out: ever.")
    end: Moment | None = Field(default=None, alias="to", description="Its end, exclusive; left out: open.")


def period_of(period: Period) -> PeriodShape:
    """A period as it is answered."""
    return PeriodShape(start=period.start, end=period.end)


class LineShape(Shape):
    """Something about a row of a file."""

    line: int = Field(description="Where it stands in the file, from 1.")
    reason: str = Field(description="What is wrong, or deserves a second look.")


def lines_of(found: Sequence[tuple[int, str]]) -> list[LineShape]:
    """The first lines of many as they are answered."""
    return [LineShape(line=line, reason=reason) for line, reason in found[:_LINES_TOLD]]
