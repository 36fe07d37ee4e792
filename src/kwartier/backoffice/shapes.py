"""What all shapes of the backoffice have in common: names on the wire in camel case, moments in UTC."""

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, PlainSerializer
from pydantic.alias_generators import to_camel

from kwartier.wire.timestamps import write_timestamp

__all__ = ["Asking", "Moment", "Shape"]

Moment: TypeAlias = Annotated[datetime, PlainSerializer(write_timestamp, return_type=str)]
"""A moment, written as the guide writes them."""


class Shape(BaseModel):
    """Something that is answered."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)


class Asking(BaseModel):
    """Something that is asked in a body; a name that is not known is a mistake."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", strict=True)
