"""Our own server, as an operator starts it and an integrator uses it: credentials, token, mandates, questions."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from benchmarks.client import Answer, Client, request_text
from benchmarks.processes import ROOT, Running, free_port, own_environment, running
from kwartier.domain.question import MAX_DAYS
from kwartier.wire import paths
from kwartier.wire.timestamps import write_timestamp

__all__ = [
    "EANS",
    "ORGANISATION",
    "SPAN_DAYS",
    "Platform",
    "Question",
    "checked",
    "command",
    "headers_of",
    "platform",
    "some_question",
]

EANS: Final = tuple(f"541440110000000{number:03}" for number in (7, 123, 456, 890))
"""Digital meters with quarter-hours of offtake and injection."""

SPAN_DAYS: Final = 230
"""From so many days of readings the questions choose their 185."""

_SETTLED_DAYS: Final = 10  # by then all readings of a day came in
ORGANISATION: Final = "0999.999.922"
_GZIP: Final = {"Accept-Encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class Question:
    """Which EAN, from when to when."""

    ean: str
    start: datetime
    end: datetime

    @property
    def slots(self) -> int:
        """How many quarter-hours are asked."""
        return (self.end - self.start) // timedelta(minutes=15)

    def query(self) -> str:
        """The question as a query string of GET energy."""
        start, end = write_timestamp(self.start), write_timestamp(self.end)
        return urlencode({"ean": self.ean, "periodType": "readTime", "from": start, "to": end})


@dataclass(frozen=True, slots=True)
class Platform:
    """Our server with credentials, and mandates for `EANS`.

    Attributes:
        base_path: of the environment.
        headers: what opens it.
        live: a request for mandates of the live environment, which has no journal to write.
    """

    server: Running
    base_path: str
    headers: Mapping[str, str]
    live: bytes

    def energy(self, question: Question, *, gzip: bool = False) -> bytes:
        """The request for energy that asks a question."""
        return self.get(f"{paths.ENERGY}?{question.query()}", gzip=gzip)

    def get(self, target: str, *, gzip: bool = False) -> bytes:
        """A request for something of the environment."""
        return request_text(self.base_path + target, dict(self.headers) | (_GZIP if gzip else {}))

    def post(self, target: str, content: Mapping[str, Any]) -> bytes:
        """A request with a JSON body."""
        headers = dict(self.headers) | {"Content-Type": "application/json"}
        return request_text(self.base_path + target, headers, "POST", json.dumps(content).encode())


@contextmanager
def platform(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Platform]:
    """Our server on a database of its own in a folder, with these settings, ready to be asked for `EANS`."""
    port = free_port()
    nothing = folder / "kwartier.toml"
    nothing.touch()
    environment = own_environment(
        {
            "database": f"sqlite:///{folder / 'kwartier.db'}",
            "port": str(port),
            "rate_limit": "100000000",
            "log_level": "error",
            "config": str(nothing),
        }
        | dict(settings or {})
    )
    with running(["-m", "kwartier", "serve"], port, environment) as server:
        issued = command(["credentials", "issue", "--organisation", ORGANISATION, "--json"], environment)
        alive = command(
            ["credentials", "issue", "--organisation", ORGANISATION, "--environment", "live", "--json"],
            environment,
        )
        with Client(server.peer) as client:
            live = request_text(urlsplit(alive["base_url"]).path + paths.MANDATE, headers_of(client, alive))
            opened = Platform(server, urlsplit(issued["base_url"]).path, headers_of(client, issued), live)
            for ean in EANS:
                checked(client.ask(opened.post(paths.MOCK_MANDATE, {"status": "Approved", "ean": ean})))
        yield opened


def some_question(random: Random, today: datetime) -> Question:
    """185 days of one of `EANS`, of the days that the reference server has too."""
    quarter_hours = (SPAN_DAYS - MAX_DAYS) * 96
    start = first_moment(today) + timedelta(minutes=15 * random.randrange(quarter_hours))
    return Question(random.choice(EANS), start, start + timedelta(days=MAX_DAYS))


def first_moment(today: datetime) -> datetime:
    """Where the days that are asked begin."""
    return today.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(
        days=_SETTLED_DAYS + SPAN_DAYS
    )


def checked(answer: Answer) -> Answer:
    """The answer, that must be a good one."""
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"status {answer.status}: {answer.body[:500]!r}")
    return answer


def headers_of(client: Client, issued: Mapping[str, str]) -> dict[str, str]:
    """What opens an environment to who has these credentials."""
    form = {name: issued[name] for name in ("grant_type", "scope", "client_id", "client_secret")}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    request = request_text(urlsplit(issued["token_endpoint"]).path, headers, "POST", urlencode(form).encode())
    token = json.loads(checked(client.ask(request)).body)["access_token"]
    return {"Authorization": f"Bearer {token}", "Ocp-Apim-Subscription-Key": issued["subscription_key"]}


def command(arguments: list[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Run a command that prints a JSON object."""
    told: dict[str, str] = json.loads(
        subprocess.check_output([sys.executable, "-m", "kwartier", *arguments], env=environment, cwd=ROOT)
    )
    return told
