"""Counting for all processes of one machine: a table in memory that they share (C4, DESIGN 13).

The table is a file that each process maps. It has a fixed number of buckets, each with a few places; a keyed hash of the
subject says which bucket is its own, so that nobody can choose subjects that crowd one. A bucket is changed under a lock
of the kernel, which lets go when a process dies. Each word is written at once, and the end of a window last: wherever a
process is killed, the bucket makes sense, and the count that is lost is that of a request which was never answered.

It keeps hashes alone: who reads the file learns no subject.
"""

import fcntl
import mmap
import os
import secrets
import struct
from collections.abc import Iterator
from hashlib import blake2b
from itertools import repeat
from pathlib import Path
from threading import Lock
from time import sleep
from typing import Final

from kwartier.services.limits import MAX_AHEAD, Allowance, CounterError, microseconds, next_window

__all__ = ["SharedLimiter", "make_table"]

_BUCKETS: Final = 4096
_PLACES: Final = 16  # in a bucket
_WORD: Final = 8  # bytes
_BUCKET_WORDS: Final = 3 * _PLACES  # hashes, ends [µs], counts
_MAGIC: Final = b"KWLIMIT1"
_KEY_BYTES: Final = 16
_HEADER_WORDS: Final = 8
_SIZE: Final = _WORD * (_HEADER_WORDS + _BUCKETS * _BUCKET_WORDS)
_HASH: Final = struct.Struct("=qQ")


def make_table(file: Path) -> None:
    """Make an empty table, for its owner alone.

    Raises:
        OSError: it can't be made: it is there already, or there is no room.
    """
    descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "wb") as writing:
        # Written whole: room that is only promised can be missing later, and then the kernel ends who writes there.
        writing.write((_MAGIC + secrets.token_bytes(_KEY_BYTES)).ljust(_SIZE, b"\0"))


class SharedLimiter:
    """Counts in a table that several processes share.

    A process has at most one of these on a table: the kernel's locks are between processes.

    Args:
        file: the table, made by `make_table`.
        limit: requests a window.
    """

    def __init__(self, file: Path, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._table: _Table | None = None
        self._lock = Lock()  # between the threads of this process

    def take(self, subject: str, now_seconds: float) -> Allowance:
        """Count a request of a subject at a moment of real time.

        Raises:
            CounterError: the table is not there, no table, or kept locked.
        """
        now = microseconds(now_seconds)
        with self._lock:
            try:
                table = self._table or self._open()
                ends, taken = table.take(subject, self._limit, now)
            except (OSError, ValueError) as error:
                self._close()
                reason = getattr(error, "strerror", None) or str(error)
                raise CounterError(f"table {self._file}: {reason}") from error
        return Allowance.of(self._limit, ends, taken, now)

    def close(self) -> None:
        """Let go of the table; the next request opens it again."""
        with self._lock:
            self._close()

    def _open(self) -> "_Table":
        self._table = _Table(self._file)
        return self._table

    def _close(self) -> None:
        table, self._table = self._table, None
        if table is not None:
            table.close()


class _Table:
    """A table, mapped.

    Raises:
        OSError: the file can't be opened.
        ValueError: it is no table.
    """

    def __init__(self, file: Path) -> None:
        self._descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._check_size()
            self._map = mmap.mmap(self._descriptor, _SIZE)
        except BaseException:
            os.close(self._descriptor)
            raise
        self._words = memoryview(self._map).cast("q")
        head = self._map[: len(_MAGIC) + _KEY_BYTES]
        if not head.startswith(_MAGIC):
            self.close()
            raise ValueError("it is not one of this version")
        self._key = head[len(_MAGIC) :]

    def take(self, subject: str, limit: int, now: int) -> tuple[int, int]:
        """Count a request; when the window ends [µs], and how many it counted.

        Raises:
            OSError: the bucket is kept locked.
            ValueError: the file was cut short.
        """
        self._check_size()
        digest = blake2b(subject.encode(), digest_size=_HASH.size, key=self._key).digest()
        hashed, spread = _HASH.unpack(digest)
        bucket = spread % _BUCKETS
        self._acquire(bucket)
        try:
            return self._count(_HEADER_WORDS + bucket * _BUCKET_WORDS, hashed, limit, now)
        finally:
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, bucket)

    def close(self) -> None:
        """Let go of it."""
        self._words.release()
        self._map.close()
        os.close(self._descriptor)

    def _check_size(self) -> None:
        # Touching what is mapped and no longer there would end the process.
        if os.fstat(self._descriptor).st_size != _SIZE:
            raise ValueError("it has another size")

    def _acquire(self, bucket: int) -> None:
        """Lock a bucket; whoever has it needs a few microseconds, unless he was stopped.

        Raises:
            OSError: it is kept locked.
        """
        for pause in _pauses():
            try:
                fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, bucket)
            except (BlockingIOError, PermissionError):
                sleep(pause)
            else:
                return
        raise OSError("another process keeps it locked")

    def _count(self, start: int, hashed: int, limit: int, now: int) -> tuple[int, int]:
        """Count in the bucket that starts at a word."""
        words = self._words
        hashes = words[start : start + _PLACES].tolist()
        try:
            place = start + hashes.index(hashed)
        except ValueError:
            place = start + self._free_place(start, now)
            words[place + _PLACES] = 0
            words[place] = hashed
        kept = words[place + _PLACES]
        ends, taken = next_window(kept, words[place + 2 * _PLACES], limit, now)
        words[place + 2 * _PLACES] = taken
        if ends != kept:
            words[place + _PLACES] = ends
        return ends, taken

    def _free_place(self, start: int, now: int) -> int:
        """The place of what ended first, or of what can't be right; in a full bucket the one that ends first is forgotten."""
        ends = self._words[start + _PLACES : start + 2 * _PLACES].tolist()
        running = [end if now < end <= now + MAX_AHEAD else 0 for end in ends]
        return running.index(min(running))


def _pauses() -> Iterator[float]:
    """How long to wait between tries [s]: short ones, then longer ones, about a second together."""
    yield from (0.00005 * 2**doubled for doubled in range(7))
    yield from repeat(0.005, 200)
