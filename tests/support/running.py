"""The platform as processes: `kwartier serve` on a free loopback port, and the command beside it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from kwartier.settings import ENV_PREFIX
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Running", "command", "lately", "running"]


def lately(days: int = 184) -> dict[str, str]:
    """The time of reading in which a sandbox in real time is asked: so many days, about which all has come in long ago."""
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=10)
    asked = {"from": write_timestamp(end - timedelta(days=days)), "to": write_timestamp(end)}
    return {"periodType": "readTime"} | asked


def command(
    *words: str, settings: Mapping[str, str] | None = None, cwd: Path | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run `kwartier` with these words and no settings but these; never fails by itself."""
    return subprocess.run(
        [sys.executable, "-m", "kwartier", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env=_environment(settings or {}),
        cwd=cwd,
    )


@dataclass(frozen=True)
class Running:
    """A platform that answers at an address, its database, and the process that was started."""

    address: str
    database: str
    pid: int

    def command(self, *words: str) -> str:
        """Run a `kwartier` command on its database; what it printed."""
        done = command(*words, "--database", self.database, settings={"PUBLIC_URL": self.address})
        assert done.returncode == 0, done.stderr
        return done.stdout

    def credentials(self) -> dict[str, str]:
        """New sandbox credentials."""
        shown = self.command("credentials", "issue", "--organisation", "0999.999.922", "--json")
        issued: dict[str, str] = json.loads(shown)
        return issued

    def token(self, issued: Mapping[str, str]) -> httpx.Response:
        """Ask for a token."""
        names = ("grant_type", "scope", "client_id", "client_secret")
        form = {name: issued[name] for name in names}
        return httpx.post(issued["token_endpoint"], data=form, timeout=30)


@contextmanager
def running(
    folder: Path, *options: str, settings: Mapping[str, str] | None = None, database: str | None = None
) -> Iterator[Running]:
    """A platform with a database, by default in a folder, stopped at the end."""
    database = database or f"sqlite:///{folder / 'kwartier.db'}"
    with subprocess.Popen(
        [sys.executable, "-m", "kwartier", "serve", "--port", "0", "--database", database, *options],
        stdout=subprocess.PIPE,
        text=True,
        env=_environment({"LOG_LEVEL": "error"} | dict(settings or {})),
    ) as process:
        try:
            assert process.stdout is not None
            first_line = process.stdout.readline()
            assert " at http" in first_line, first_line
            yield Running(first_line.rpartition(" at ")[2].strip(), database, process.pid)
        finally:
            process.terminate()


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment without settings of the developer's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX)}
    return kept | {ENV_PREFIX + name: value for name, value in settings.items()}
