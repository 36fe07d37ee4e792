"""Files as deliveries: what they are told by their content, and by which id they are known (R3, R4)."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from kwartier.db.engine import Database
from kwartier.domain.delivery import derived_id
from kwartier.formats.long import LongFile, file_of, read_long
from kwartier.formats.portal import read_report
from kwartier.formats.rows import Batch
from kwartier.readings import catalogue
from kwartier.services.ingest.format import FileFormat

__all__ = ["delivery_id_of", "digest_of", "readers"]

_LOOKED_AT: Final = 4096
_DIGITS: Final = 16


def digest_of(path: Path) -> str:
    """The SHA-256 of the content of a file.

    Raises:
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def delivery_id_of(path: Path, digest: str | None = None) -> str:
    """The id of a file that has none: its name, and the beginning of the digest of its content. So it counts once (R3).

    Raises:
        OSError: it can't be read.
    """
    return derived_id("", path.name, f" {(digest or digest_of(path))[:_DIGITS]}")


def readers(
    path: Path, database: Database, file_format: FileFormat, warn: Callable[[str], None]
) -> Iterator[Batch]:
    """The rows of a file.

    Args:
        path: of the file.
        database: of the readings, which knows the headpoints of submeters.
        file_format: what it is; AUTO: as its content tells.
        warn: is told what is odd about it, in words.

    Raises:
        InvalidValueError: it can't be read at all, and why; nothing of it may count.
        OSError: it is not there, or not to be read.
    """
    if file_format is FileFormat.PORTAL or (file_format is FileFormat.AUTO and _is_report(path)):
        return read_report(path, path.name, warn=warn, headpoint_of=_Headpoints(database))
    return read_long(path)


def _is_report(path: Path) -> bool:
    """Whether a file looks like a report of the portal: its first line is cut by semicolons."""
    with path.open("rb") as file:
        beginning = file.read(_LOOKED_AT)
    first_line = beginning.partition(b"\n")[0]
    return file_of(beginning) is LongFile.CSV and first_line.count(b";") > first_line.count(b",")


class _Headpoints:
    """Tells the headpoint of a submeter, if there is one alone."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[int, int | None] = {}

    def __call__(self, submeter: int) -> int | None:
        if submeter not in self._known:
            with self._database.glancing() as connection:
                found = catalogue.headpoints_of_submeter(connection, submeter)
            self._known[submeter] = int(found[0]) if len(found) == 1 else None
        return self._known[submeter]
