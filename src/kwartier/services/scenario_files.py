"""Many market scenarios from a file; a row that can't be does not stop the others (M5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kwartier.formats.scenarios import read_scenarios
from kwartier.services.scenarios import Scenarios, WrongScenario

__all__ = ["RegisteredFile", "register_file"]


@dataclass(frozen=True, slots=True)
class RegisteredFile:
    """What came of a file.

    Attributes:
        new: how many scenarios were not known.
        known: how many were registered before.
        cut: how many Approved mandates have their data period end earlier.
        closed: how many Requested mandates are rejected, now or when the scenario takes effect.
        wrong: line and reason of what can't be.
    """

    new: int
    known: int
    cut: int
    closed: int
    wrong: Sequence[tuple[int, str]]


def register_file(
    scenarios: Scenarios, file: Path, by: str | None = None, tell: Callable[[], None] = lambda: None
) -> RegisteredFile:
    """Register the scenarios of a file, in small transactions: what was done when it breaks off stays done.

    Args:
        scenarios: of the platform.
        file: CSV or Parquet: ean, scenario, effective, and grid_user if one comes.
        by: the client id of the operator; None: a command.
        tell: is called after each; what it raises breaks it off.

    Raises:
        InvalidValueError: it can't be read at all.
        OSError: it is not there, or not to be read.
    """
    read = read_scenarios(file)
    wrong = list(read.wrong)
    new = known = cut = closed = 0
    done = scenarios.register_many([told for _, told in read.told], by)
    for (line, _), one in zip(read.told, done, strict=True):
        tell()
        if isinstance(one, WrongScenario):
            wrong.append((line, one.reason))
            continue
        new += one.is_new
        known += not one.is_new
        cut += one.cut
        closed += one.closed
    return RegisteredFile(new, known, cut, closed, sorted(wrong))
