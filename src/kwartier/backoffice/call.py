"""What an operation of the backoffice is given: who asks, what, and the services behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request

from kwartier.domain.operators import Operator
from kwartier.gateway.asked import Asked, Parameter
from kwartier.gateway.bodies import read_body_of
from kwartier.gateway.context import incoming_of, operator_of
from kwartier.gateway.incoming import Incoming
from kwartier.services.audit import Audit
from kwartier.services.contracts import Contracts
from kwartier.services.grants import Grants
from kwartier.services.headpoints import Headpoints
from kwartier.services.intake import Intake
from kwartier.services.lag import Lagging
from kwartier.services.organisations import Organisations
from kwartier.services.people import People
from kwartier.services.scenarios import Scenarios

__all__ = ["Call", "Desk"]

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Desk:
    """The services behind the backoffice.

    Attributes:
        lagging: as that of `services/lag.py`, of the store: the moment, the hours, and the EAN to begin after.
        spool: the folder in which bodies wait; None: the system's for temporary files.
    """

    intake: Intake
    headpoints: Headpoints
    organisations: Organisations
    people: People
    contracts: Contracts
    scenarios: Scenarios
    grants: Grants
    audit: Audit
    lagging: Callable[[datetime, int, int], Iterator[Lagging]]
    spool: Path | None = None


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
