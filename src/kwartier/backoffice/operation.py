"""An operation of the backoffice: declared in a table, served and documented from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Generic, TypeAlias, TypeVar

from fastapi import FastAPI
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from kwartier.backoffice.call import Call, Desk
from kwartier.backoffice.shapes import Moment, Shape
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.operators import OperatorScope
from kwartier.gateway.answers import data_answer
from kwartier.gateway.asked import Asked, Parameter
from kwartier.gateway.bodies import wrong
from kwartier.gateway.context import JSON, needs_scope
from kwartier.gateway.documentation import (
    described,
    model_body,
    query,
    refusals,
    stream_body,
    summary_of,
)
from kwartier.gateway.openapi import refusal
from kwartier.gateway.refusal import RefusalError
from kwartier.services.errors import ServiceError

__all__ = ["Answer", "Operation", "Refusals", "add_operation"]

Refusals: TypeAlias = Mapping[type[ServiceError], tuple[HTTPStatus, str]]
"""What services can't do: with which status it is refused, and what the documentation says of it."""

T = TypeVar("T")
S = TypeVar("S", bound=Shape)


class Meta(Shape):
    """About the answer."""

    fetch_time: Moment = Field(description="When the answer was made, in UTC.")


class Answer(Shape, Generic[T]):
    """An answer of the backoffice."""

    data: T
    meta: Meta = Field(alias="_meta")


@dataclass(frozen=True, slots=True)
class Operation(Generic[S]):
    """What can be asked of the backoffice.

    Attributes:
        method, path: where; the path below the prefix.
        scope: what the operator's token must allow.
        act: what answers; its docstring is what the documentation says.
        answer: the shape of its answer.
        parameters: of the query.
        body: the shape of the JSON body, if it takes one.
        streams: the media types of a body of any length, if it takes one.
        lengthy: whether it takes long.
        refused: what its services can't do, with the status and what the documentation says of it.
    """

    method: str
    path: str
    scope: OperatorScope
    act: Callable[[Call], S]
    answer: type[S]
    parameters: tuple[Parameter[Any], ...] = ()
    body: type[BaseModel] | None = None
    streams: tuple[str, ...] = ()
    lengthy: bool = False
    refused: Refusals = field(default_factory=dict)

    def endpoint(self) -> Callable[[Request], Response]:
        """What the gateway calls."""

        @needs_scope(
            self.scope,
            takes=None if self.body is None else JSON,
            streams=self.streams,
            lengthy=self.lengthy,
        )
        def served(request: Request) -> Response:
            asked = Asked.in_query(request.scope["query_string"])
            for parameter in self.parameters:
                asked.one(parameter)
            if not asked.is_faultless:
                raise asked.refusal()
            desk: Desk = request.app.state.desk
            call = Call(desk, request, asked)
            try:
                shown = self.act(call)
            except InvalidValueError as error:
                raise wrong([str(error)]) from error
            except ServiceError as error:
                raise self._refusal(error) from error
            return data_answer(shown.model_dump(mode="json", by_alias=True, exclude_none=True), call.moment)

        served.__doc__ = self.act.__doc__
        return served

    def responses(self) -> dict[int | str, dict[str, Any]]:
        """What it can answer, as OpenAPI has it."""
        told: dict[HTTPStatus, list[str]] = {}
        for status, words in self.refused.values():
            if words not in told.setdefault(status, []):
                told[status].append(words)
        statuses = [HTTPStatus.BAD_REQUEST] if self.parameters else []
        return (
            refusals(statuses)
            | {int(status): refusal(" ".join(words)) for status, words in told.items()}
            | {200: {"model": Answer[self.answer], **described({})}}  # type: ignore[name-defined]
        )

    def _refusal(self, error: ServiceError) -> RefusalError:
        """What a service can't do, as a refusal.

        Raises:
            ServiceError: it is none that this operation expects.
        """
        for kind, (status, _) in self.refused.items():
            if isinstance(error, kind):
                told = str(error)
                again = {"retry-after": str(_RETRY_SECONDS)} if status is _UNAVAILABLE else None
                return RefusalError(status, f"{told[:1].upper()}{told[1:]}.", headers=again)
        raise error


_UNAVAILABLE: Final = HTTPStatus.SERVICE_UNAVAILABLE
_RETRY_SECONDS: Final = 60


def add_operation(app: FastAPI, operation: Operation[Any]) -> None:
    """Add an operation to the app that documents it."""
    body: dict[str, Any] = {}
    if operation.body is not None:
        body = model_body(operation.body)
    elif operation.streams:
        body = stream_body(operation.streams)
    endpoint = operation.endpoint()
    app.add_api_route(
        operation.path,
        endpoint,
        methods=[operation.method],
        summary=summary_of(endpoint),
        response_model=None,
        responses=operation.responses(),
        openapi_extra=query(operation.parameters) | body,
    )
