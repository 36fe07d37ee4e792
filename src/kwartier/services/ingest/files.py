"""Files as deliveries: what they are told by their content, and by which id they are known (R3, R4)."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, NamedTuple

from kwartier.db.engine import Database
from kwartier.domain.delivery import derived_id
from kwartier.domain.names import check_name
from kwartier.formats.long import LongFile, file_of, read_long
from kwartier.formats.long.columns import column_named
from kwartier.formats.portal import read_report
from kwartier.formats.portal.words import read_column
from kwartier.formats.rows import Batch
from kwartier.formats.text import first_line
from kwartier.readings import catalogue
from kwartier.services.ingest.format import FileFormat

__all__ = ["Source", "at_rest", "delivery_id_of", "digest_of", "readers"]

_LOOKED_AT: Final = 1 << 16
_DIGITS: Final = 16
_PIPE: Final = "pipe"


class Source(NamedTuple):
    """A file that can be read as often as need be, and what it is called, for people."""

    name: str
    path: Path


@contextmanager
def at_rest(path: Path, folder: Path | None = None) -> Iterator[Source]:
    """A file; what comes through a pipe is kept as one as long as this lasts.

    Args:
        path: of the file or the pipe.
        folder: where that is kept; the system's for temporary files if not told.

    Raises:
        InvalidValueError: its name cannot be shown.
        OSError: it can't be read, or there is no room for it.
    """
    if not path.is_fifo():
        yield Source(check_name("the name of the file", path.name), path)
        return
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(prefix="kwartier-pipe-", dir=folder) as kept:
        with path.open("rb") as pipe:
            shutil.copyfileobj(pipe, kept)
        kept.flush()
        yield Source(_PIPE, Path(kept.name))


def digest_of(source: Source) -> str:
    """The SHA-256 of the content of a file.

    Raises:
        OSError: it can't be read.
    """
    with source.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def delivery_id_of(source: Source, digest: str) -> str:
    """The id of a file that has none: its name, and the beginning of the digest of its content. So it counts once (R3)."""
    return derived_id("", source.name, f" {digest[:_DIGITS]}")


def readers(
    source: Source, database: Database, file_format: FileFormat, warn: Callable[[str], None]
) -> Iterator[Batch]:
    """The rows of a file.

    Args:
        source: the file.
        database: of the readings, which knows the headpoints of submeters.
        file_format: what it is; AUTO: as its content tells.
        warn: is told what is odd about it, in words.

    Raises:
        InvalidValueError: it can't be read at all, and why; nothing of it may count.
        OSError: it is not there, or not to be read.
    """
    if file_format is FileFormat.PORTAL or (file_format is FileFormat.AUTO and _is_report(source.path)):
        return read_report(source.path, source.name, warn=warn, headpoint_of=_Headpoints(database))
    return read_long(source.path)


def _is_report(path: Path) -> bool:
    """Whether a file looks like a report of the portal: by the names of its columns, and if they tell nothing by what parts them."""
    with path.open("rb") as file:
        beginning = file.read(_LOOKED_AT)
    if file_of(beginning) is not LongFile.CSV:
        return False
    header = first_line(beginning)
    by_comma, by_semicolon = (
        [name.strip(' "') for name in header.split(delimiter)] for delimiter in (",", ";")
    )
    of_report = sum(read_column(name) is not None for name in by_semicolon)
    of_long = max(sum(column_named(name) is not None for name in names) for names in (by_comma, by_semicolon))
    return (of_report, len(by_semicolon)) > (of_long, len(by_comma))


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
