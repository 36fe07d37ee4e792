"""Servers as processes of their own, always stopped at the end."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, NamedTuple

import uvicorn

from benchmarks.client import Peer
from kwartier.serving import server_config
from kwartier.settings import ENV_PREFIX

__all__ = ["ROOT", "Running", "free_port", "own_environment", "running", "serve_like_us"]

ROOT: Final = Path(__file__).resolve().parent.parent
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 10


class Running(NamedTuple):
    """A server that runs: its process and where it listens."""

    pid: int
    peer: Peer


def own_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment without settings of another platform, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    return kept | {ENV_PREFIX + name.upper(): value for name, value in settings.items()}


@contextmanager
def running(
    arguments: list[str], port: int, environment: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """A Python program that serves on a port of loopback, ready and stopped at the end."""
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment, cwd=ROOT) as process:
        try:
            peer = Peer("127.0.0.1", port)
            _wait_for(process, peer)
            yield Running(process.pid, peer)
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve_like_us(app: str, port: int, **differing: Any) -> None:
    """Serve an app in this process as `kwartier serve` does, with what differs: same loop, same HTTP, same silence."""
    uvicorn.Server(server_config(app, factory=True, host="127.0.0.1", port=port, **differing)).run()


def _wait_for(process: "subprocess.Popen[bytes]", peer: Peer) -> None:
    """Wait until the process answers a request, whatever it says."""
    deadline = monotonic() + _START_SECONDS
    while monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            with socket.create_connection(peer, 1) as probe:
                probe.settimeout(_START_SECONDS)
                probe.sendall(b"GET /ready HTTP/1.1\r\nHost: loopback\r\nConnection: close\r\n\r\n")
                if probe.recv(1):
                    return
        except ConnectionError:
            sleep(0.05)
    raise RuntimeError(f"{process.args!r} did not start in {_START_SECONDS} seconds")
