"""Rows of a delivery on their way, outside the database: parted by headpoint, so that each part fits memory (R3).

Rows come in any order and number. What comes is collected until there is enough of it, cut into stretches of rows of one
series, and written to a file per part, as Arrow streams behind each other. A part that is too large all the same is
parted once more, by what becomes one run. If everything fits in memory, nothing is written.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kwartier.readings.stretches import KEYS, Stretches

__all__ = ["Part", "Spool", "SpoolError", "SpoolSizes"]

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)
_MARK_BYTES: Final = 8

Apart: TypeAlias = Callable[[Stretches], NDArray[np.int64]]
"""Of each row what may part it from others of its headpoint: rows of one run have the same number."""


class SpoolError(Exception):
    """The spool can't be written or read; one line that says why."""


@dataclass(frozen=True, slots=True)
class SpoolSizes:
    """How much is held in memory.

    Attributes:
        collected: rows that are collected before they are parted.
        parts: into how many parts.
        rows: of a part, beyond which it is parted once more.
        together: rows of small parts that are given together.
    """

    collected: int = 1 << 20
    parts: int = 128
    rows: int = 1 << 21
    together: int = 1 << 19


def _narrow(column: NDArray[np.int64]) -> NDArray[Any]:
    """The same in as few bytes as the numbers need: less to move, and to write."""
    low, high = (int(column.min()), int(column.max())) if column.size else (0, 0)
    for narrower in (np.int16, np.int32):
        if np.iinfo(narrower).min <= low and high <= np.iinfo(narrower).max:
            return column.astype(narrower)
    return column


class Part(NamedTuple):
    """All rows of some headpoints; or, of too many, those of some runs: then the others come with the same number."""

    number: int
    stretches: Stretches


class Spool:
    """What has come of a delivery so far.

    Args:
        folder: of its own; made when something is to be written, removed by `close`.
        sizes: how much is held in memory.
        apart: what parts rows of one headpoint, if there are too many.
    """

    def __init__(self, folder: Path, sizes: SpoolSizes, apart: Apart) -> None:
        self._folder, self._sizes, self._apart = folder, sizes, apart
        self._collected: list[pl.DataFrame] = []
        self._collected_rows = 0
        self._rows: dict[int, int] = {}
        self._rejected: list[pl.DataFrame] = []

    @property
    def rows(self) -> int:
        """How many rows have come."""
        return self._collected_rows + sum(self._rows.values())

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows in.

        Raises:
            SpoolError: they can't be written.
        """
        if rows.height:
            self._collected.append(rows)
            self._collected_rows += rows.height
        if self._collected_rows >= self._sizes.collected:
            self._part(Stretches.of(self._taken()))

    def reject(self, rejected: pl.DataFrame) -> None:
        """Take rejected rows in.

        Raises:
            SpoolError: they can't be written.
        """
        if rejected.height:
            self._rejected.append(rejected)
        if sum(one.height for one in self._rejected) >= self._sizes.collected:
            self._append("rejected", pl.concat(self._rejected))
            self._rejected = []

    def rejected(self) -> Iterator[pl.DataFrame]:
        """What was rejected, some at a time.

        Raises:
            SpoolError: it can't be read.
        """
        yield from self._read("rejected")
        yield from self._rejected

    def parts(self) -> Iterator[Part]:
        """All rows, a part at a time: no two parts have rows of the same run.

        Raises:
            SpoolError: they can't be read, or not be parted once more.
        """
        if not self._rows:
            if self._collected:
                yield Part(0, Stretches.of(self._taken()))
            return
        if self._collected:
            self._part(Stretches.of(self._taken()))
        together: list[int] = []
        room = self._sizes.together
        for part, rows in sorted(self._rows.items()):
            if rows > self._sizes.rows and self._sizes.parts > 1:
                yield from self._parted_again(part)
                continue
            if together and rows > room:
                yield self._joined(together)
                together, room = [], self._sizes.together
            together.append(part)
            room -= rows
        if together:
            yield self._joined(together)

    def _joined(self, parts: Sequence[int]) -> Part:
        joined = Stretches.joined([one for part in parts for one in self._stretches(str(part))])
        for part in parts:
            self._file(str(part)).unlink()
        return Part(parts[0], joined)

    def close(self) -> None:
        """Remove what was written."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _taken(self) -> pl.DataFrame:
        taken, self._collected, self._collected_rows = pl.concat(self._collected), [], 0
        return taken

    def _part(self, stretches: Stretches) -> None:
        self._write(stretches, "", self._rows, stretches.keys.get_column("ean").to_numpy())

    def _parted_again(self, part: int) -> Iterator[Part]:
        rows: dict[int, int] = {}
        for one in self._stretches(str(part)):
            cut = one.cut(self._apart(one))
            apart = self._apart(cut)[np.cumsum(cut.lengths) - 1]
            self._write(cut, f"{part}-", rows, cut.keys.get_column("ean").to_numpy() ^ (apart << 20))
        for again in sorted(rows):
            yield Part(part, Stretches.joined(list(self._stretches(f"{part}-{again}"))))
            self._file(f"{part}-{again}").unlink()
        self._file(str(part)).unlink()

    def _write(
        self, stretches: Stretches, prefix: str, rows: dict[int, int], hashed: NDArray[np.int64]
    ) -> None:
        """Append stretches to the files of the parts to which what is hashed brings them."""
        mixed = hashed.astype(np.uint64)
        if prefix:
            mixed ^= mixed >> np.uint64(29)  # other parts than the first time
        parts = ((mixed * _MIX >> _HALF) % np.uint64(self._sizes.parts)).astype(np.int64)
        narrow = replace(
            stretches,
            slots=_narrow(stretches.slots),
            values=_narrow(stretches.values),
            lines=_narrow(stretches.lines),
        )
        for part, some in narrow.parted(parts):
            rows[part] = rows.get(part, 0) + len(some)
            columns = {"slot": some.slots, "value": some.values, "state": some.states, "line": some.lines}
            self._append(
                f"{prefix}{part}", some.keys.with_columns(length=some.lengths), pl.DataFrame(columns)
            )

    def _stretches(self, name: str) -> Iterator[Stretches]:
        frames = self._read(name)
        for keys, rows in zip(frames, frames, strict=True):
            slots, values, lines = (
                rows.get_column(name).to_numpy().astype(np.int64) for name in ("slot", "value", "line")
            )
            states = rows.get_column("state").to_numpy()
            yield Stretches(
                keys.select(KEYS), keys.get_column("length").to_numpy(), slots, values, states, lines
            )

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.arrow"

    def _append(self, name: str, *frames: pl.DataFrame) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._file(name).open("ab") as file:
                for frame in frames:
                    stream = BytesIO()
                    frame.write_ipc_stream(stream)
                    file.write(len(stream.getbuffer()).to_bytes(_MARK_BYTES, "little"))
                    file.write(stream.getbuffer())
        except OSError as error:
            raise SpoolError(f"spool {self._folder}: {error.strerror}") from error

    def _read(self, name: str) -> Iterator[pl.DataFrame]:
        try:
            if not self._file(name).exists():
                return
            with self._file(name).open("rb") as file:
                while mark := file.read(_MARK_BYTES):
                    stream = BytesIO(file.read(int.from_bytes(mark, "little")))
                    yield pl.read_ipc_stream(stream)
        except OSError as error:
            raise SpoolError(f"spool {self._folder}: {error.strerror}") from error
