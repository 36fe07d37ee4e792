"""The rule of windows, kept by each way of counting."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.db.engine import Database
from kwartier.services.database_limiter import DatabaseLimiter
from kwartier.services.limits import Allowance, Limiter, MemoryLimiter
from kwartier.services.shared_limiter import SharedLimiter, make_table
from support.engines import Template

LIMIT = 3
START = 1_758_362_400.0
MINUTE = timedelta(minutes=1)

MakeLimiter = Callable[[int], Limiter]


class Naive:
    """Counts as the rule says it in words: a window of a minute from a subject's first request."""

    def __init__(self) -> None:
        self._began: dict[str, timedelta] = {}
        self._asked: dict[str, int] = {}

    def take(self, subject: str, seconds: float) -> Allowance:
        """Count a request."""
        now = timedelta(seconds=seconds)
        began = self._began.get(subject)
        # Back by more than a minute: the clock was set.
        if began is None or now - began >= MINUTE or began - now > MINUTE:
            began = self._began[subject] = now
            self._asked[subject] = 0
        self._asked[subject] += 1
        left, rest = divmod(began + MINUTE - now, timedelta(seconds=1))
        return Allowance(
            limit=LIMIT,
            remaining=max(0, LIMIT - self._asked[subject]),
            reset_seconds=max(1, left + (rest > timedelta(0))),
            admitted=self._asked[subject] <= LIMIT,
        )


@pytest.fixture(scope="module")
def sqlite(sqlite_template: Template) -> Iterator[Database]:
    """A database in a file."""
    with sqlite_template() as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(scope="module")
def postgresql_database(postgresql_template: Template) -> Iterator[Database]:
    """A database on a server."""
    with postgresql_template() as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(scope="module", params=["memory", "shared", "sqlite", "postgresql_database"])
def make_limiter(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeLimiter]:
    """One way of counting after the other; each call makes a counter that knows of no requests."""
    kinds, made = count(), []

    def make(limit: int) -> Limiter:
        if request.param == "memory":
            return MemoryLimiter(limit)
        if request.param == "shared":
            table = _table(tmp_path_factory)
            made.append(SharedLimiter(table, limit))
            return made[-1]
        return DatabaseLimiter(request.getfixturevalue(request.param), limit, f"kind{next(kinds)}")

    yield make
    for limiter in made:
        limiter.close()


def _table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    table = tmp_path_factory.mktemp("limits") / "table"
    make_table(table)
    return table


# Mostly forwards, by up to a window and a half; now and then the clock is set back.
_STEPS = st.one_of(
    st.sampled_from([0, 1, 999, 1000, 20_000, 59_999, 60_000, 60_001]),
    st.integers(0, 90_000),
    st.integers(-60_000, 0),
)


@given(asked=st.lists(st.tuples(st.sampled_from("abc"), _STEPS), min_size=1, max_size=25))
def test_every_way_of_counting_keeps_the_rule(
    make_limiter: MakeLimiter, asked: list[tuple[str, int]]
) -> None:
    """C4: whoever asks whenever, each way of counting says what the rule says, up to the seconds to wait."""
    limiter, naive, milliseconds, newest = make_limiter(LIMIT), Naive(), 0, 0
    for subject, step in asked:
        # Back by a minute at most; further, and what was forgotten meanwhile may be missing, to nobody's harm.
        milliseconds = max(milliseconds + step, newest - 60_000)
        newest = max(newest, milliseconds)
        now = START + milliseconds / 1000
        assert limiter.take(subject, now) == naive.take(subject, now)


def test_a_window_has_300_and_not_one_more(make_limiter: MakeLimiter) -> None:
    """C4: a window admits as many as the limit says, what is refused costs nothing, and then a new one begins."""
    limiter = make_limiter(300)
    admitted = [limiter.take("one", START + number / 100).admitted for number in range(320)]
    assert admitted == [True] * 300 + [False] * 20
    assert limiter.take("one", START + 59.999).reset_seconds == 1
    assert limiter.take("one", START + 60) == Allowance(300, 299, 60, admitted=True)


def test_subjects_are_counted_apart(make_limiter: MakeLimiter) -> None:
    """C4: one who is at his limit takes nothing from another, whatever their names."""
    limiter = make_limiter(1)
    names = ["a", "A", "a ", "", "é", "a" * 300, "requests a"]
    assert [limiter.take(name, START).admitted for name in names] == [True] * len(names)
    assert [limiter.take(name, START).admitted for name in names] == [False] * len(names)


def test_a_clock_that_was_set_back_locks_nobody_out(make_limiter: MakeLimiter) -> None:
    """C4: a window that lies in the future, because the clock was wrong, is not waited for."""
    limiter = make_limiter(1)
    limiter.take("one", START + 86_400)
    assert limiter.take("one", START) == Allowance(1, 0, 60, admitted=True)
    assert not limiter.take("one", START + 1).admitted


def test_ended_windows_are_forgotten() -> None:
    """C4: memory does not grow with every subscription that was ever seen."""
    limiter = MemoryLimiter(1)
    for number in range(25_000):
        limiter.take(str(number), START + number * 0.1)
    assert 0 < len(limiter._windows) <= 1201


def test_memory_is_bounded_within_a_window() -> None:
    """C4: however many ask in one minute, no more than a number of them are remembered: the newest."""
    limiter = MemoryLimiter(1, capacity=100)
    for number in range(1000):
        limiter.take(str(number), START + number * 0.001)
    assert len(limiter._windows) == 100
    assert not limiter.take("999", START + 1).admitted
    assert not limiter.take("900", START + 1).admitted
    assert limiter.take("899", START + 1).admitted
