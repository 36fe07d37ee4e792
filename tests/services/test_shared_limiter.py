"""Counting in memory that processes share, with real processes that are killed."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE
from time import sleep
from typing import Final

import pytest

from kwartier.services import shared_limiter
from kwartier.services.limits import CounterError, next_window
from kwartier.services.shared_limiter import SharedLimiter, make_table

NOW: Final = 1_758_362_400.0

_TAKES_TOGETHER: Final = """
import sys
from pathlib import Path
from kwartier.services.shared_limiter import SharedLimiter
limiter = SharedLimiter(Path(sys.argv[1]), int(sys.argv[2]))
print("ready", flush=True)
sys.stdin.readline()
print(sum(limiter.take("one", float(sys.argv[3])).admitted for _ in range(int(sys.argv[4]))))
"""
_TAKES_UNTIL_KILLED: Final = """
import os, sys
from pathlib import Path
from kwartier.services.shared_limiter import SharedLimiter
limiter = SharedLimiter(Path(sys.argv[1]), int(sys.argv[2]))
while True:
    os.write(1, b"1" if limiter.take("one", float(sys.argv[3])).admitted else b"0")
"""
_HOLDS_EVERY_LOCK: Final = """
import fcntl, os, sys, time
descriptor = os.open(sys.argv[1], os.O_RDWR)
fcntl.lockf(descriptor, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """An empty table."""
    file = tmp_path / "table"
    make_table(file)
    return file


@contextmanager
def opened(table: Path, limit: int) -> Iterator[SharedLimiter]:
    """A counter on a table."""
    limiter = SharedLimiter(table, limit)
    yield limiter
    limiter.close()


@contextmanager
def process(script: str, *words: object) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that runs a script, killed at the end."""
    started = subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with started:
        try:
            yield started
        finally:
            started.kill()


def admitted(limiter: SharedLimiter, times: int, subject: str = "one") -> int:
    """How many of some requests are let in."""
    return sum(limiter.take(subject, NOW).admitted for _ in range(times))


def test_processes_together_admit_exactly_the_limit(table: Path) -> None:
    """C4: four processes that count at the same time let in exactly as many as the limit says."""
    words = (_TAKES_TOGETHER, table, 3500, NOW, 1000)
    with process(*words) as a, process(*words) as b, process(*words) as c, process(*words) as d:
        processes = (a, b, c, d)
        assert [one.stdout is not None and one.stdout.readline() for one in processes] == [b"ready\n"] * 4
        for one in processes:
            assert one.stdin is not None
            one.stdin.write(b"go\n")
            one.stdin.flush()
        counts = [int(one.communicate()[0]) for one in processes]
    assert sum(counts) == 3500


def test_threads_of_one_process_admit_exactly_the_limit(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """C4: the threads of a process count together too, also when each lets the others go on in the middle."""

    def yielding(*arguments: int) -> tuple[int, int]:
        sleep(0)
        return next_window(*arguments)

    monkeypatch.setattr(shared_limiter, "next_window", yielding)
    with opened(table, 1500) as limiter, ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(lambda _: admitted(limiter, 500), range(4))) == 1500


@pytest.mark.parametrize("after", [1, 50, 333])
def test_a_process_that_is_killed_loses_at_most_its_last_count(table: Path, after: int) -> None:
    """C4: a worker that is killed while it counts leaves the count as it was, and nobody locked out."""
    limit = 100_000
    with process(_TAKES_UNTIL_KILLED, table, limit, NOW) as killed:
        assert killed.stdout is not None
        told = killed.stdout.read(after)
        os.kill(killed.pid, signal.SIGKILL)
        told += killed.stdout.read()
    assert len(told) >= after
    with opened(table, limit) as limiter:
        counted = limit - limiter.take("one", NOW).remaining - 1
    # The last one may have been counted, and not told.
    assert len(told) <= counted <= len(told) + 1


class _Killed(BaseException):
    """The process ends here."""


class _Words:
    """The words of a table, of which only some more are written."""

    def __init__(self, words: "memoryview[int]", writes: int) -> None:
        self._words = words
        self._writes = writes

    def __getitem__(self, place: slice) -> "memoryview[int]":
        return self._words[place]

    def __setitem__(self, place: int, value: int) -> None:
        if self._writes == 0:
            raise _Killed
        self._writes -= 1
        self._words[place] = value


@pytest.mark.parametrize("writes", range(5))
@pytest.mark.parametrize("before", [0, 1, 2])
def test_every_word_at_which_a_process_may_be_killed(table: Path, writes: int, before: int) -> None:
    """C4: after whichever word a process is killed, a request that was answered counts once, and others at most once."""
    limit = 5
    with opened(table, limit) as limiter:
        assert admitted(limiter, before) == before
    killed = SharedLimiter(table, limit)
    inner = killed._open()
    words = inner._words
    inner._words = _Words(words, writes)  # type: ignore[assignment] # stands in for them
    was_killed = False
    try:
        killed.take("one", NOW)
    except _Killed:
        was_killed = True
    inner._words = words
    killed.close()
    with opened(table, limit) as limiter:
        left = admitted(limiter, 10)
    assert left in ({limit - before, limit - before - 1} if was_killed else {limit - before - 1})


@pytest.mark.parametrize("writes", range(3))
def test_a_kill_in_an_ended_window_begins_a_new_one(table: Path, writes: int) -> None:
    """C4: a process that is killed while it begins somebody's next window leaves him a full one."""
    with opened(table, 5) as limiter:
        admitted(limiter, 9)
    killed = SharedLimiter(table, 5)
    inner = killed._open()
    words = inner._words
    inner._words = _Words(words, writes)  # type: ignore[assignment] # stands in for them
    try:
        killed.take("one", NOW + 60)
    except _Killed:
        assert writes < 2
    inner._words = words
    killed.close()
    with opened(table, 5) as limiter:
        assert sum(limiter.take("one", NOW + 60).admitted for _ in range(9)) == (4 if writes == 2 else 5)


def test_a_lock_ends_with_its_process(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """C4: what a process keeps locked is told instead of waited for, and free again as soon as it is killed."""
    monkeypatch.setattr(shared_limiter, "_pauses", lambda: iter([0.0, 0.0]))
    with opened(table, 2) as limiter:
        assert admitted(limiter, 1) == 1
        with process(_HOLDS_EVERY_LOCK, table) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            with pytest.raises(CounterError, match="locked"):
                limiter.take("one", NOW)
        assert admitted(limiter, 5) == 1


@pytest.mark.parametrize("filling", ["00", "ff", "7f", "random"])
def test_what_is_no_window_is_written_over(
    table: Path, filling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C4: a table with nonsense in it counts as an empty one, also for subjects that share a bucket."""
    monkeypatch.setattr(shared_limiter, "_BUCKETS", 1)
    size = table.stat().st_size
    random_bytes = random.Random(4).randbytes(size)  # noqa: S311 - nonsense, the same each time
    nonsense = random_bytes if filling == "random" else bytes.fromhex(filling) * size
    with table.open("r+b") as file:
        file.seek(64)
        file.write(nonsense[: size - 64])
    with opened(table, 7) as limiter:
        rounds = [[admitted(limiter, 1, subject) for subject in ("one", "two", "three")] for _ in range(20)]
    assert rounds == [[1, 1, 1]] * 7 + [[0, 0, 0]] * 13


def test_a_count_that_can_not_be_right_heals_with_its_window(table: Path) -> None:
    """C4: nonsense in somebody's count shuts him out until his window ends, and not longer."""
    with opened(table, 2) as limiter:
        limiter.take("one", NOW)
        inner = limiter._table
        assert inner is not None
        for word, value in enumerate(inner._words):
            if value == 1:
                inner._words[word] = 2**62
        assert not limiter.take("one", NOW + 59).admitted
        assert limiter.take("one", NOW + 60).admitted


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda file: file.unlink(), "No such file"),
        (lambda file: os.truncate(file, 5000), "another size"),
        (lambda file: file.write_bytes(b"x" * file.stat().st_size), "version"),
    ],
    ids=["gone", "cut", "another"],
)
def test_what_is_no_table_is_told(table: Path, spoil: object, why: str) -> None:
    """C4: a table that is gone, cut or something else is told as what it is, and when it is there again it counts."""
    assert callable(spoil)
    spoil(table)
    with opened(table, 2) as limiter:
        with pytest.raises(CounterError, match=why):
            limiter.take("one", NOW)
        table.unlink(missing_ok=True)
        make_table(table)
        assert admitted(limiter, 5) == 2


def test_a_table_that_is_cut_while_it_is_used_ends_no_process(table: Path) -> None:
    """C4: who counts notices that the table was cut, where the kernel would end him, and counts in one that takes its place."""
    with opened(table, 2) as limiter:
        assert admitted(limiter, 1) == 1
        os.truncate(table, 0)
        with pytest.raises(CounterError, match="another size"):
            limiter.take("one", NOW)
        table.unlink()
        make_table(table)
        assert admitted(limiter, 5) == 2


def test_places_of_ended_windows_are_used_again(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """C4: a full bucket gives up what ended; before that, the window that would end first."""
    monkeypatch.setattr(shared_limiter, "_BUCKETS", 1)
    with opened(table, 1) as limiter:
        for number in range(16):
            assert limiter.take(str(number), NOW + number).admitted
        assert not any(limiter.take(str(number), NOW + 16).admitted for number in range(16))
        assert limiter.take("another", NOW + 16).admitted  # in the place of "0"
        assert not any(limiter.take(str(number), NOW + 16).admitted for number in range(1, 16))
        assert limiter.take("0", NOW + 16).admitted  # in the place of "1"
        assert limiter.take("third", NOW + 62.5).admitted  # "2" ended; nobody is forgotten
        assert not any(limiter.take(str(number), NOW + 62.5).admitted for number in range(3, 16))


def test_a_table_is_for_its_owner_alone_and_tells_nobody(table: Path) -> None:
    """A2: nobody else may read who asks, and not even in the file itself it is written."""
    with opened(table, 2) as limiter:
        limiter.take("81.82.83.84", NOW)
    assert S_IMODE(table.stat().st_mode) == 0o600
    content = table.read_bytes()
    assert content.strip(b"\0")
    assert b"81.82" not in content
    assert table.stat().st_size < 2_000_000


def test_nobody_can_choose_subjects_that_crowd_a_bucket(table: Path, tmp_path: Path) -> None:
    """C4: where a subject has its place is another in each table, by a key that nobody outside knows."""
    other = tmp_path / "other"
    make_table(other)
    for file in (table, other):
        with opened(file, 2) as limiter:
            limiter.take("one", NOW)
    windows, other_windows = (file.read_bytes()[64:] for file in (table, other))
    assert windows.strip(b"\0")
    assert windows != other_windows


def test_a_table_is_not_made_over_another(table: Path) -> None:
    """C4: what others count in is not emptied by mistake."""
    with pytest.raises(FileExistsError):
        make_table(table)
