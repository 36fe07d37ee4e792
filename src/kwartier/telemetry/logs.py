"""The log of a serving process: one event per line, as JSON or for a terminal, whoever tells it (A2, C6)."""

import logging
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TextIO, TypeAlias

from kwartier.telemetry.events import Event, correlation_id
from kwartier.telemetry.masking import mask, mask_field, mask_line

__all__ = ["EventFormatter", "configure_logs", "renderer"]

_OURS: Final = "kwartier"
# The engine of SQLAlchemy tells at `debug` the rows that it read: they are personal (A2).
_QUIET: Final = ("sqlalchemy", "httpx", "httpcore")

Told: TypeAlias = dict[str, Any]
Renderer: TypeAlias = Callable[[Any, str, Told], str | bytes]
"""A processor of structlog that ends a chain."""

_SERVER: Final = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


def configure_logs(level: str, log_format: str, stream: TextIO | None = None) -> None:
    """Let every logger of this process go the same road; to be called once, by who owns the process.

    Args:
        level: from where on events are told. Libraries tell nothing below `info`.
        log_format: `json`, `console`, or `auto`: for a terminal if the stream is one.
        stream: where to; by default the standard error.
    """
    into = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(into)
    handler.setFormatter(EventFormatter(renderer(log_format, into)))
    root = logging.getLogger()
    for other in root.handlers[:]:
        root.removeHandler(other)
    root.addHandler(handler)
    for name in _SERVER:
        # Whoever made a server in this process before may have given it a road of its own.
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    wanted = logging.getLevelNamesMapping()[level.upper()]
    root.setLevel(max(wanted, logging.INFO))
    logging.getLogger(_OURS).setLevel(wanted)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(wanted, logging.WARNING))
    logging.captureWarnings(capture=True)


def renderer(log_format: str, stream: TextIO) -> Renderer:
    """What turns the fields of an event into a line for a stream."""
    # Thirty milliseconds that who embeds the platform in his tests does without.
    from structlog.dev import ConsoleRenderer, plain_traceback  # noqa: PLC0415
    from structlog.processors import JSONRenderer  # noqa: PLC0415

    if log_format == "console" or (log_format == "auto" and stream.isatty()):
        # Tracebacks come as texts. By default it would make its own, which shows the values of variables (A2).
        return ConsoleRenderer(colors=stream.isatty(), sort_keys=False, exception_formatter=plain_traceback)
    return JSONRenderer()


class EventFormatter(logging.Formatter):
    """Makes the line of a record: ours carry an event, those of libraries a text.

    Args:
        render: what makes a line of the fields.
    """

    def __init__(self, render: Renderer) -> None:
        super().__init__()
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, without anything that looks like a secret."""
        message: object = record.msg
        told: Told = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": message.name if isinstance(message, Event) else mask_line(record.getMessage()),
        }
        request = correlation_id()
        if request is not None:
            told["correlation_id"] = mask_field("correlation_id", request)
        if isinstance(message, Event):
            for name, value in message.fields.items():
                if value is not None:
                    told[name] = mask_field(name, value)
        failure = _failure(record)
        if failure:
            told["exception"] = mask(failure)
        line = self._render(None, record.levelname.lower(), told)
        return line if isinstance(line, str) else line.decode()


def _failure(record: logging.LogRecord) -> str:
    """The exception of a record as text, without the values of variables."""
    error = record.exc_info[1] if record.exc_info else None
    return "" if error is None else "".join(traceback.format_exception(error)).rstrip()
