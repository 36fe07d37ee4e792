"""Back a platform up while it serves, and restore it elsewhere (R1, A1).

Both engines give the same file, so that a backup is also the road from one to the other.
"""

import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp
from typing import Final, TypeAlias

from sqlalchemy import Connection, Table

from kwartier import __version__
from kwartier.db.backup import SCHEMAS, fill, filling, kinds_of, revision_of, rows_of, snapshots
from kwartier.db.schema import outbox_message
from kwartier.registry import outbox
from kwartier.services.backup_format import (
    BackupError,
    Fingerprint,
    Manifest,
    Member,
    check_member,
    read_manifest,
    read_rows,
    write_manifest,
    write_rows,
)

__all__ = ["BackupError", "Manifest", "Tell", "backup_file", "make_backup", "restore_backup"]

Tell: TypeAlias = Callable[[str, int, int | None], None]
"""Is told what is being done, how far it is, and of how much, if that is known."""

_SAID_EVERY: Final = 10_000
_SUFFIX: Final = ".zip"


def backup_file(target: Path, moment: datetime) -> Path:
    """Where a backup is made: the file that is named, or in a folder one that is named for the moment.

    What is not named `*.zip` is a folder, also when it is not there yet: otherwise the first night would make a file of
    its name, which is in the way of the second.
    """
    if target.suffix.lower() == _SUFFIX and not target.is_dir():
        return target
    return target / f"kwartier-{moment:%Y%m%dT%H%M%SZ}{_SUFFIX}"


def make_backup(url: str, pepper: str, file: Path, moment: datetime, tell: Tell) -> Manifest:
    """Back a platform up, while others read and write.

    Args:
        url: of the platform.
        pepper: which is not in any database, and not in the backup: it is only known again.
        file: what is made; it is there whole, or not at all.
        moment: now.
        tell: how far it is.

    Raises:
        BackupError: the file is there already, or can't be made.
        DatabaseError: the databases can't be read.
    """
    if file.exists():
        raise _in_the_way(file)
    with snapshots(url) as connections, _made_whole(file) as archive:
        members = tuple(
            _write(archive, connections[name], name, table, tell)
            for name, schema in SCHEMAS.items()
            for table in schema.metadata.sorted_tables
        )
        manifest = Manifest(
            __version__,
            moment,
            {name: revision_of(connections[name], schema) for name, schema in SCHEMAS.items()},
            Fingerprint.of(pepper) if pepper else None,
            members,
        )
        write_manifest(archive, manifest)
    return manifest


def restore_backup(file: Path, url: str, moment: datetime, tell: Tell) -> Manifest:
    """Make a platform's databases from a backup: wholly, or not at all.

    What was to be sent by now may have been sent after the backup was made: it is doubtful, and not sent by itself.

    Args:
        file: the backup.
        url: of the platform, which must not be there yet.
        moment: now.
        tell: how far it is.

    Raises:
        BackupError: it is no backup, or it is damaged.
        DatabaseError: the databases are there already, or can't be made.
    """
    try:
        archive = zipfile.ZipFile(file)
    except OSError as error:
        raise BackupError(f"{file}: {error.strerror}") from None
    except (zipfile.BadZipFile, ValueError) as error:
        raise BackupError(f"{file} is no backup, or it is damaged: use another one") from error
    with archive:
        manifest = read_manifest(archive)
        _check(archive, manifest.members, tell)
        with filling(url, manifest.revisions) as connections:
            done = 0
            for member in manifest.members:
                rows = _counted(read_rows(archive, member), done, manifest.rows, tell)
                fill(connections[member.schema], member.table, list(member.columns), rows)
                done += member.rows
                if member.table == outbox_message.name:
                    outbox.doubt_due(connections[member.schema], moment)
    return manifest


def _write(archive: zipfile.ZipFile, connection: Connection, schema: str, table: Table, tell: Tell) -> Member:
    def told(rows: int) -> None:
        tell(f"{schema}/{table.name}", rows, None)

    with closing(rows_of(connection, table)) as batches:
        return write_rows(archive, schema, table.name, kinds_of(table), batches, told)


def _check(archive: zipfile.ZipFile, members: Sequence[Member], tell: Tell) -> None:
    total, done = sum(member.size_bytes for member in members), 0
    for member in members:
        check_member(archive, member)
        done += member.size_bytes
        tell("checking", done, total)


def _counted(
    rows: Iterator[Sequence[object]], done: int, total: int, tell: Tell
) -> Iterator[Sequence[object]]:
    for number, row in enumerate(rows, done + 1):
        yield row
        if number % _SAID_EVERY == 0 or number == total:
            tell("restoring", number, total)


@contextmanager
def _made_whole(file: Path) -> Iterator[zipfile.ZipFile]:
    """A zip file that gets its name once it is written, and then never takes that of another; for its owner alone.

    Its folder is made if it is missing, one level: a path of which more is missing is mistyped, or not mounted.
    """
    if file.parent.exists() and not file.parent.is_dir():
        raise BackupError(f"{file.parent} is a file: name a folder, or a file that ends in {_SUFFIX}")
    try:
        file.parent.mkdir(exist_ok=True)
        descriptor, name = mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".partial")
    except OSError as error:
        raise BackupError(f"{file}: {error.strerror}") from None
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as sink:
            with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
                yield archive
            sink.flush()
            os.fsync(sink.fileno())
        _name(partial, file)
    except OSError as error:
        raise BackupError(f"{file}: {error.strerror or error}; nothing was made") from error
    finally:
        partial.unlink(missing_ok=True)


def _name(partial: Path, file: Path) -> None:
    try:
        os.link(partial, file)
    except FileExistsError:
        raise _in_the_way(file) from None
    except OSError:  # a file system without links
        if file.exists():
            raise _in_the_way(file) from None
        partial.rename(file)


def _in_the_way(file: Path) -> BackupError:
    return BackupError(f"{file} is there already, and a backup never takes the place of another")
