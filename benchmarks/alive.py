"""The live environment on a store that was filled before: who asks it has credentials and mandates."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlsplit

from benchmarks.client import Client, request_text
from benchmarks.filling import Filled, ean_of
from benchmarks.ours import ORGANISATION, Question, command, headers_of
from benchmarks.processes import Running, free_port, own_environment, running
from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.readings import readings_database
from kwartier.domain.days import quarter_hours_of
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.metering import Granularity
from kwartier.domain.period import EPOCH, Period
from kwartier.domain.question import MAX_DAYS
from kwartier.services.grants import Grant, Grants
from kwartier.wire import paths

__all__ = ["Alive", "made_alive", "question_of"]

_QUARTER_HOUR: Final = timedelta(minutes=15)
_GRANTED: Final = Period(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Alive:
    """A platform with a store, started whenever it is asked.

    Attributes:
        filled: what is in its store.
        asked: the headpoints that have mandates.
    """

    filled: Filled
    asked: Sequence[int]
    _environment: Mapping[str, str]
    _port: int
    _base_path: str
    _headers: Mapping[str, str]

    @contextmanager
    def serving(self) -> Iterator[Running]:
        """Its server, in a fresh process."""
        with running(["-m", "kwartier", "serve"], self._port, self._environment) as server:
            yield server

    def request(self, question: Question) -> bytes:
        """The request that asks a question."""
        return request_text(f"{self._base_path}{paths.ENERGY}?{question.query()}", dict(self._headers))


def question_of(random: Random, filled: Filled, number: int) -> Question:
    """185 days of a headpoint, somewhere in the days of its store."""
    first, stop = quarter_hours_of(range(filled.days.start, filled.days.stop)).tolist()[:: len(filled.days)]
    begin = first + random.randrange(stop - first - MAX_DAYS * 96)
    start = EPOCH + begin * _QUARTER_HOUR
    return Question(ean_of(number), start, start + timedelta(days=MAX_DAYS))


def made_alive(folder: Path, url: str, filled: Filled, random: Random, asked: int) -> Alive:
    """A platform on a database: with credentials, and mandates for some headpoints.

    Args:
        folder: of its own.
        url: of the registry.
        filled: what its store was filled with.
        random: chooses the headpoints.
        asked: how many of them have mandates.
    """
    nothing, port = folder / "kwartier.toml", free_port()
    nothing.touch()
    environment = own_environment(
        {
            "database": url,
            "port": str(port),
            "rate_limit": "100000000",
            "log_level": "error",
            "config": str(nothing),
        }
    )
    words = ["credentials", "issue", "--organisation", ORGANISATION, "--environment", "live"]
    issued = command([*words, "--coverage", "own", "--json"], environment)
    some = random.sample(range(filled.headpoints), min(asked, filled.headpoints))
    registry, readings = Database(url), readings_database(url)
    grants = Grants(registry, readings, system_clock)
    for number in some:
        granularity = Granularity.QUARTER_HOURLY
        organisation = EnterpriseNumber.parse(ORGANISATION)
        grants.add(Grant(organisation, ean_of(number), granularity, _GRANTED, own=True))
    registry.close()
    readings.close()
    with running(["-m", "kwartier", "serve"], port, environment) as server, Client(server.peer) as client:
        headers = headers_of(client, issued)
    return Alive(filled, some, environment, port, urlsplit(issued["base_url"]).path, headers)
