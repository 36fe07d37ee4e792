"""A platform whose end is watched: signals, exit code, and answers that are read slowly."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Self
from urllib.parse import urlencode

import httpx
import psutil

from support.running import Running, _environment, lately

__all__ = ["HEALTH", "Served", "SlowReader", "served", "until"]

HEALTH = "/ext/mijnfluvius-profnetgebruiker-sbx/v1/api/health"
_EAN = "541440110000000001"
_PATIENCE_SECONDS = 60


def until(happened: Callable[[], bool]) -> None:
    """Ask until something that another process does in its own time has happened, and leave it the time between."""
    end = monotonic() + _PATIENCE_SECONDS
    while not happened():
        assert monotonic() < end
        sleep(0.01)


class SlowReader:
    """Somebody who asked for half a year, has the head of the answer, and reads on when told."""

    def __init__(self, platform: Running, headers: Mapping[str, str], base_url: str) -> None:
        address = httpx.URL(base_url)
        query = urlencode({"ean": _EAN} | lately())
        self._socket = socket.socket()
        self._socket.settimeout(_PATIENCE_SECONDS)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.connect(("127.0.0.1", int(platform.address.rpartition(":")[2])))
        lines = [f"GET {address.path}/api/mandate/energy?{query} HTTP/1.1", "Host: loopback"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self._read = b""
        while b"\r\n\r\n" not in self._read:
            self._read += self._some()
        self.status = int(self._read.split(b" ", 2)[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def rest(self) -> Any:
        """The whole answer, which came in chunks."""
        body = bytearray(self._read.partition(b"\r\n\r\n")[2])
        while not body.endswith(b"\r\n0\r\n\r\n"):
            body += self._some()
        whole, place = bytearray(), 0
        while True:
            line_end = body.index(b"\r\n", place)
            size = int(body[place:line_end], 16)
            if size == 0:
                return json.loads(whole)
            whole += body[line_end + 2 : line_end + 2 + size]
            place = line_end + 2 + size + 2

    def _some(self) -> bytes:
        read = self._socket.recv(65536)
        assert read, "the answer was cut"
        return read


@dataclass(frozen=True)
class Served:
    """A platform, its process, and an approved mandate of somebody there."""

    process: "subprocess.Popen[str]"
    platform: Running
    headers: Mapping[str, str]
    base_url: str

    def slow_reader(self) -> SlowReader:
        """Somebody who reads an answer slowly."""
        return SlowReader(self.platform, self.headers, self.base_url)

    def health(self) -> httpx.Response:
        """GET health on a connection of its own."""
        return httpx.get(self.platform.address + HEALTH, headers={"Connection": "close"}, timeout=60)

    def children(self) -> list[psutil.Process]:
        """The workers."""
        workers = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # it ended just now
                if "spawn_main" in " ".join(child.cmdline()):
                    workers.append(child)
        return workers

    def tell(self, sig: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal to the process that was started."""
        self.process.send_signal(sig)

    def ended(self) -> int:
        """The exit code, once it has ended."""
        return self.process.wait(_PATIENCE_SECONDS)


@contextmanager
def served(
    folder: Path, *options: str, settings: Mapping[str, str] | None = None, database: str | None = None
) -> Iterator[Served]:
    """A platform, killed with its workers at the end if it still runs."""
    database = database or f"sqlite:///{folder / 'kwartier.db'}"
    with subprocess.Popen(
        [sys.executable, "-m", "kwartier", "serve", "--port", "0", "--database", database, *options],
        stdout=subprocess.PIPE,
        text=True,
        env=_environment({"LOG_LEVEL": "critical"} | dict(settings or {})),
    ) as process:
        children: list[psutil.Process] = []
        try:
            assert process.stdout is not None
            first_line = process.stdout.readline()
            assert " at http" in first_line, first_line
            platform = Running(first_line.rpartition(" at ")[2].strip(), database, process.pid)
            issued = platform.credentials()
            token = platform.token(issued).json()["access_token"]
            headers = {"Authorization": f"Bearer {token}", "Subscription-Key": issued["subscription_key"]}
            asked = {"status": "Approved", "ean": _EAN}
            made = httpx.post(
                f"{issued['base_url']}/api/mandate/mock", json=asked, headers=headers, timeout=60
            )
            assert made.is_success, made.text
            children = psutil.Process(process.pid).children()
            yield Served(process, platform, headers, issued["base_url"])
        finally:
            process.kill()
            for child in children:
                if child.is_running():
                    child.kill()
