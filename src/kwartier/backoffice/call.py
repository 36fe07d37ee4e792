"""What an operation of the backoffice is given: who asks, what, and the services behind it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from kwartier.domain.operators import Operator
from kwartier.gateway.asked import Asked, Parameter
from kwartier.gateway.bodies import read_body_of
from kwartier.gateway.context import incoming_of, operator_of
from kwartier.gateway.incoming import Incoming
from kwartier.services.intake import Intake

__all__ = ["Call", "Desk"]

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Desk:
    """The services behind the backoffice.

    Attributes:
        intake: what takes readings in.
    """

    intake: Intake


@dataclass(frozen=True, slots=True)
class Call:
    """One request to the backoffice; its parameters were read before, without a fault.

    Attributes:
        desk: the services.
        request: as it came.
    """

    desk: Desk
    request: Request
    _asked: Asked = field(repr=False)

    @property
    def operator(self) -> Operator:
        """Who asks."""
        return operator_of(self.request).operator

    @property
    def moment(self) -> datetime:
        """Real time."""
        return operator_of(self.request).moment

    @property
    def incoming(self) -> Incoming:
        """The body as it comes, of an operation that takes long."""
        return incoming_of(self.request)

    @property
    def awaits_leave(self) -> bool:
        """Whether the body is sent only once it is asked for (RFC 9110 §10.1.1)."""
        return self.request.headers.get("expect", "").strip().lower() == "100-continue"

    def given(self, parameter: Parameter[T]) -> T | None:
        """The value of a parameter, if it was given."""
        return self._asked.one(parameter)

    def needed(self, parameter: Parameter[T]) -> T:
        """The value of a parameter that is required."""
        value = self._asked.one(parameter)
        assert value is not None  # noqa: S101 - refused before
        return value

    def body(self, model: type[M]) -> M:
        """What stands in the JSON body.

        Raises:
            RefusalError: 400, with everything that is wrong with it.
        """
        return read_body_of(self.request, model.model_validate_json)


Act = Callable[[Call], BaseModel]
