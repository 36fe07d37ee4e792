"""The platform on a unix socket, and on what systemd hands over."""

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from kwartier.serving import SocketTakenError, handed_over, listen_unix
from support.running import _environment, command
from support.serving import HEALTH, until

_URL = "https://metering.example"
ASKED = HEALTH.replace("/health", "/mandate")
_PROXIED = {"PUBLIC_URL": _URL, "TRUSTED_PROXIES": "unix", "GEOGRAPHY": "off"}


def _answers(path: Path) -> bool:
    try:
        with httpx.Client(
            transport=httpx.HTTPTransport(uds=str(path)), base_url=_URL.replace("s:", ":"), timeout=60
        ) as http:
            # The first needs nothing; the other is let in by its address, which the proxy tells.
            address = {"X-Forwarded-For": "127.0.0.1"}
            return (http.get(HEALTH).status_code, http.get(ASKED, headers=address).status_code) == (200, 401)
    except httpx.TransportError:
        return False


@pytest.mark.parametrize("workers", ["1", "2"])
def test_it_serves_on_a_unix_socket_and_removes_it(tmp_path: Path, workers: str) -> None:
    """C9: the socket has the mode that was asked, replaces a dead one's, is told, and is gone at the end."""
    path, told = tmp_path / "kwartier.sock", tmp_path / "notify"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(told))
        manager.settimeout(30)
        database = f"sqlite:///{tmp_path / 'kwartier.db'}"
        words = ["serve", "--unix-socket", str(path), "--workers", workers, "--database", database]
        environment = _environment(_PROXIED | {"LOG_LEVEL": "critical"}) | {"NOTIFY_SOCKET": str(told)}
        with subprocess.Popen(
            [sys.executable, "-m", "kwartier", *words], stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            try:
                assert process.stdout is not None
                assert [_URL in process.stdout.readline(), str(path) in process.stdout.readline()] == [
                    True,
                    True,
                ]
                assert manager.recv(100) == b"READY=1"
                until(lambda: _answers(path))
                assert stat.S_IMODE(path.stat().st_mode) == 0o660
                again = command(*words, settings=_PROXIED)
                assert (again.returncode, "somebody listens" in again.stderr) == (1, True)
                process.send_signal(signal.SIGTERM)
                assert process.wait(30) == 0
            finally:
                process.kill()
    assert not path.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "1"], "unix_socket and port"),
        ([], "public_url"),
        (["--host", "::1"], "unix_socket and host"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(tmp_path: Path, words: list[str], said: str) -> None:
    """C9: a socket and a port can't both be, and a socket needs to be told its address; one line says so."""
    done = command("serve", "--unix-socket", str(tmp_path / "s"), *words)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("settings", "said"), [({}, "trusted_proxies"), ({"TRUSTED_PROXIES": "unix"}, "geography")]
)
def test_a_socket_needs_to_be_told_whom_to_believe(
    tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    """C3: where no address can be known, or nobody said from where one may ask, it does not start; one line says so."""
    socket_at = str(tmp_path / "s")
    database = f"sqlite:///{tmp_path / 'kwartier.db'}"
    done = command(
        *("serve", "--unix-socket", socket_at, "--database", database),
        settings={"PUBLIC_URL": _URL} | settings,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr
    assert not (tmp_path / "s").exists()


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    """C9: what somebody else keeps at the path is not removed."""
    kept = tmp_path / "file"
    kept.write_text("kept", encoding="utf-8")
    with pytest.raises(SocketTakenError, match="no socket"):
        listen_unix(kept, 0o600)
    assert kept.read_text(encoding="utf-8") == "kept"


def test_sockets_for_another_process_are_not_taken() -> None:
    """C9: what systemd hands over is for the process that it names, and for it alone."""
    environment = {"LISTEN_PID": str(os.getpid() + 1), "LISTEN_FDS": "1", "OTHER": "x"}
    assert handed_over(environment, os.getpid()) is None
    assert environment == {"OTHER": "x"}
    with pytest.raises(OSError, match="2 sockets"):
        handed_over({"LISTEN_PID": "7", "LISTEN_FDS": "2"}, 7)
