"""Asking the control surface of a sandbox."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol

from kwartier.testing.errors import RefusedError
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Answer", "Ask", "data_of", "good", "written"]


class Answer(Protocol):
    """What comes back; httpx's answer is one."""

    @property
    def status_code(self) -> int:
        """The status."""

    @property
    def text(self) -> str:
        """The body as text."""

    def json(self) -> Any:
        """The body, read."""


class Ask(Protocol):
    """Asks something over HTTP, with a good token."""

    def __call__(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str | int] | None = None,
    ) -> Answer:
        """Ask; the path is that behind the server's address."""


def data_of(answer: Answer) -> dict[str, Any]:
    """What an answer tells.

    Raises:
        RefusedError: it is none.
    """
    data: dict[str, Any] = good(answer).json()["data"]
    return data


def good(answer: Answer) -> Answer:
    """The answer, if it is a good one.

    Raises:
        RefusedError: it is not.
    """
    if answer.status_code == HTTPStatus.OK:
        return answer
    told = answer.json()
    text = " ".join([told["Message"], *told.get("ValidationErrorMessages", ())])
    raise RefusedError(answer.status_code, text)


def written(moment: datetime) -> str:
    """A moment as the wire has it.

    Raises:
        ValueError: it is naive.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone: a moment is aware")
    return write_timestamp(moment)
