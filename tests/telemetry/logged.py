"""The log as a serving process writes it."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

from kwartier.telemetry.logs import configure_logs

__all__ = ["Logged", "Logging", "logging_as_served"]

Logging: TypeAlias = Callable[..., "Logged"]


class Logged:
    """What was logged."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        """Every character of it, without what the client of these tests says."""
        return self.stream.getvalue()

    def events(self, name: str = "") -> list[dict[str, Any]]:
        """The events of a name, read from lines of JSON."""
        events = [json.loads(line) for line in self.text.splitlines()]
        return [event for event in events if name in {"", event["event"]}]


@pytest.fixture
def logging_as_served() -> Iterator[Logging]:
    """Sets the logging of this process up as that of a serving one; it is put back at the end."""
    root = logging.getLogger()
    names = ("kwartier", "sqlalchemy", "httpx", "httpcore")
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in ("", *names)}

    def begin(level: str = "info", log_format: str = "json") -> Logged:
        logged = Logged()
        configure_logs(level, log_format, logged.stream)
        return logged

    yield begin
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
