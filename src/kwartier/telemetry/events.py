"""Events of the log: a name and fields (A2, C6).

They travel as records of the standard library, so that whoever embeds the platform sees them in his own logging.
"""

import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import uuid4

from kwartier.telemetry.masking import mask, mask_field

__all__ = ["Event", "Field", "Log", "correlate", "correlation_id", "is_fit_for_log", "new_correlation_id"]

Field: TypeAlias = str | int | float | None
"""The value of a field; None leaves the field out."""

_CORRELATION: Final[ContextVar[str | None]] = ContextVar("kwartier_correlation", default=None)
# A UUID, a trace id with what may stand around it (W3C Trace Context), or anything short with fewer digits than an EAN has.
_FIT: Final = re.compile(
    r"(?=.{1,64}\Z)(?:"
    r"(?P<uuid>[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})"
    r"|(?:00-)?[0-9a-f]{32}(?:-[0-9a-f]{16}-[0-9a-f]{2})?"
    r"|(?:[A-Za-z._-]*[0-9]){0,15}[A-Za-z._-]*"
    r")",
    re.ASCII,
)
_CALLER: Final = 3  # frames between the standard library and who tells


def new_correlation_id() -> str:
    """An id for a request that brought none (C6).

    A random UUID, with its dashes: they keep its digits too far apart to pass for an EAN, which the log would mask.
    """
    return str(uuid4())


def is_fit_for_log(given: str) -> bool:
    """Whether an id that a client gave may be taken: the log has it as the answer does, and it holds no EAN (C6, A2)."""
    found = _FIT.fullmatch(given)
    # Nothing in a UUID is long enough for the mask, and most ids are one.
    return found is not None and (found.lastgroup == "uuid" or mask(given) == given)


def correlate(correlation_id: str) -> None:
    """From here on, every record of this request has its correlation id, whichever logger it comes from (C6)."""
    _CORRELATION.set(correlation_id)


def correlation_id() -> str | None:
    """The correlation id of the request that is served here, if one is."""
    return _CORRELATION.get()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        name: what happened; one of those in docs/watching.md.
        fields: what is known of it. Never a secret, an EAN, an address, or words of the client (A2).
    """

    name: str
    fields: Mapping[str, Field]

    def __str__(self) -> str:
        """The event on one line, for logging that is not ours."""
        told = ((name, mask_field(name, value)) for name, value in self.fields.items() if value is not None)
        return " ".join([self.name, *(f"{name}={_plain(value)}" for name, value in told)])


def _plain(value: object) -> str:
    text = str(value)
    return repr(text) if " " in text else text


class Log:
    """Tells events to a logger of the standard library.

    Args:
        name: of the logger.
    """

    __slots__ = ("_logger",)

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def tells(self, level: int) -> bool:
        """Whether events of a level are listened to: for who would have to gather fields first."""
        return self._logger.isEnabledFor(level)

    def debug(self, event: str, /, **fields: Field) -> None:
        """Tell what helps who is looking for a fault."""
        self._tell(logging.DEBUG, event, fields)

    def info(self, event: str, /, **fields: Field) -> None:
        """Tell what is as it should be."""
        self._tell(logging.INFO, event, fields)

    def warning(self, event: str, /, **fields: Field) -> None:
        """Tell what an operator should look at."""
        self._tell(logging.WARNING, event, fields)

    def error(self, event: str, /, **fields: Field) -> None:
        """Tell what failed."""
        self._tell(logging.ERROR, event, fields)

    def exception(self, event: str, /, **fields: Field) -> None:
        """Tell what failed, with the exception that is being handled."""
        self._tell(logging.ERROR, event, fields, with_exception=True)

    def _tell(
        self, level: int, event: str, fields: Mapping[str, Field], *, with_exception: bool = False
    ) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, Event(event, fields), exc_info=with_exception, stacklevel=_CALLER)
