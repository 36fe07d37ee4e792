"""Many headpoints from a file: those that can be are made known, of the others it is told what is wrong, and where (E8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kwartier.domain.ean import Ean
from kwartier.domain.headpoint_rules import Fault
from kwartier.formats.headpoints import HeadpointFile, read_headpoints
from kwartier.services.headpoints import Headpoints

__all__ = ["ImportedHeadpoints", "import_headpoints"]


@dataclass(frozen=True, slots=True)
class ImportedHeadpoints:
    """What came of a file.

    Attributes:
        new: how many headpoints were not known.
        replaced: how many were.
        wrong: line and reason of what can't be; unless it was to be skipped, nothing was written then.
        warnings: line and reason of what deserves a second look.
    """

    new: int
    replaced: int
    wrong: Sequence[tuple[int, str]]
    warnings: Sequence[tuple[int, str]]


def import_headpoints(headpoints: Headpoints, file: Path, *, skip_wrong: bool) -> ImportedHeadpoints:
    """Make the headpoints of a file known.

    Args:
        headpoints: of the store.
        file: CSV or Parquet, as docs/headpoints.md has it.
        skip_wrong: write those that are right also if others are wrong.

    Raises:
        FormatError: it can't be read at all.
        WrongHeadpointError: readings that came in meanwhile contradict one; those before it are written.
        OSError: it is not there, or not to be read.
    """
    read = read_headpoints(file)
    done = headpoints.add_many(read.headpoints, skip_wrong=skip_wrong, refused=bool(read.wrong))
    wrong = sorted([*read.wrong, *_at_lines(read, done.faults)])
    return ImportedHeadpoints(done.new, done.replaced, wrong, sorted(_at_lines(read, done.warnings)))


def _at_lines(read: HeadpointFile, found: Mapping[Ean, Sequence[Fault]]) -> list[tuple[int, str]]:
    return [
        (read.line_of(ean, fault.part), fault.reason) for ean, faults in found.items() for fault in faults
    ]
