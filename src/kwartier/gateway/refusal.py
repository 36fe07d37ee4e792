"""A refusal, and the one way in which it becomes an answer (C6)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import Response

from kwartier.wire.errors import error_body

__all__ = ["RefusalError"]


class RefusalError(Exception):
    """What is asked is refused.

    Args:
        status: the status of the answer.
        message: what is wrong and what to do, in words fit for the user.
        validation_messages: for 400, every wrong parameter and what is allowed.
        headers: what the answer's head says besides.
        reason: for the metrics, where the status does not say it: one of a known few words.
    """

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        validation_messages: Sequence[str] = (),
        headers: Mapping[str, str] | None = None,
        *,
        reason: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.validation_messages = tuple(validation_messages)
        self.headers = dict(headers or {})
        self.reason = reason

    def response(self) -> Response:
        """The refusal as an answer, with the one error body: it may name what is somebody's own, so nobody keeps it."""
        return Response(
            error_body(self.status, self.message, self.validation_messages),
            self.status,
            {"cache-control": "no-store", **self.headers},
            media_type="application/json",
        )
