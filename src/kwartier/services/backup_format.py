"""What a backup is: a zip file with a stream of rows for each table, and a manifest that says what must be in it.

`docs/backup.md` describes it for people. Exception

ServiceError
└── BackupError           a backup can't be made, or is none, or is damaged
"""

import json
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import scrypt, sha256
from secrets import compare_digest, token_hex
from typing import IO, Any, Final

from isal import igzip, isal_zlib

from kwartier.services.errors import ServiceError
from kwartier.wire.json_text import read_json
from kwartier.wire.timestamps import read_timestamp, write_timestamp

__all__ = [
    "BackupError",
    "Fingerprint",
    "Manifest",
    "Member",
    "check_member",
    "read_manifest",
    "read_rows",
    "write_manifest",
    "write_rows",
]

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_LEVEL: Final = 1
_GZIP: Final[Any] = igzip.IGzipFile  # it tells no types
_BROKEN: Final[tuple[type[Exception], ...]] = (
    EOFError,
    KeyError,
    NotImplementedError,  # a zip file that says of itself what none of ours does
    OSError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    getattr(isal_zlib, "error"),  # noqa: B009 - nor does this
)
"""What reading raises where bytes are not those that were written."""
_CHUNK: Final = 1 << 20


class BackupError(ServiceError):
    """A backup can't be made, or is none, or is damaged."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """By which a pepper is known again, and not found: guessing takes long."""

    salt: str
    digest: str

    @classmethod
    def of(cls, pepper: str, salt: str | None = None) -> "Fingerprint":
        """That of a pepper."""
        chosen = salt or token_hex(16)
        digest = scrypt(pepper.encode(), salt=bytes.fromhex(chosen), n=1 << 14, r=8, p=1, dklen=16)
        return cls(chosen, digest.hex())

    def fits(self, pepper: str) -> bool:
        """Whether it is that of this pepper."""
        return compare_digest(self.digest, self.of(pepper, self.salt).digest)


@dataclass(frozen=True, slots=True)
class Member:
    """The rows of a table.

    Attributes:
        name: of the file in the backup.
        schema: `registry` or `readings`.
        columns: names in the order of each row, with what is in them: `integer`, `boolean`, `number`,
            `text` or `bytes`.
        size_bytes: of the file, as it lies in the backup.
        sha256: of the same.
    """

    name: str
    schema: str
    table: str
    columns: Mapping[str, str]
    rows: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of, and what must be in it.

    Attributes:
        version: of the program that made it.
        moment: when it was begun; what it holds is as it was then, or a little later.
        revisions: of the schemas.
        pepper: known again by this; None: there was none.
    """

    version: str
    moment: datetime
    revisions: Mapping[str, str]
    pepper: Fingerprint | None
    members: tuple[Member, ...]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(member.rows for member in self.members)


class _Hashed:
    """A file that is written, with what was written."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink, self._sum, self.size = sink, sha256(), 0

    def write(self, data: bytes) -> int:
        self._sum.update(data)
        self.size += len(data)
        return self._sink.write(data)

    def flush(self) -> None:
        self._sink.flush()

    @property
    def hexdigest(self) -> str:
        return self._sum.hexdigest()


def write_rows(
    archive: zipfile.ZipFile,
    schema: str,
    table: str,
    columns: Mapping[str, str],
    batches: Iterable[Sequence[Sequence[Any]]],
    told: Callable[[int], None],
) -> Member:
    """Write the rows of a table: a JSON list on each line, in constant memory.

    Args:
        archive: the backup.
        schema: of the table.
        table: its name.
        columns: its columns, with what is in them.
        batches: its rows.
        told: is told how many rows are written.
    """
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
    convert = _converting(columns, {"bytes": _to_base64, "boolean": bool})
    name, rows = f"{schema}/{table}.ndjson.gz", 0
    with archive.open(name, "w", force_zip64=True) as file:
        hashed = _Hashed(file)
        with _GZIP(fileobj=hashed, mode="wb", compresslevel=_LEVEL, mtime=0) as stream:
            for batch in batches:
                stream.write("".join([f"{encode(row)}\n" for row in convert(batch)]).encode())
                rows += len(batch)
                told(rows)
    return Member(name, schema, table, columns, rows, hashed.size, hashed.hexdigest)


def read_rows(archive: zipfile.ZipFile, member: Member) -> Iterator[Sequence[Any]]:
    """The rows of a table, as they were written.

    Raises:
        BackupError: they can't be read.
    """
    convert = _converting(member.columns, {"bytes": b64decode})
    rows = 0
    try:
        with archive.open(member.name) as file, _GZIP(fileobj=file, mode="rb") as stream:
            while lines := stream.readlines(_CHUNK):
                batch = [read_json(line) for line in lines]
                rows += len(batch)
                yield from convert(batch)
    except _BROKEN as error:
        raise _damaged(member.name) from error
    if rows != member.rows:
        raise _damaged(member.name)


def check_member(archive: zipfile.ZipFile, member: Member) -> None:
    """See that a file of the backup is what was written.

    Raises:
        BackupError: it is not.
    """
    found, size = sha256(), 0
    try:
        with archive.open(member.name) as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
                size += len(chunk)
    except _BROKEN as error:
        raise _damaged(member.name) from error
    if (size, found.hexdigest()) != (member.size_bytes, member.sha256):
        raise _damaged(member.name)


def write_manifest(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Write the manifest, after all else."""
    content = {"format": FORMAT} | asdict(manifest) | {"moment": write_timestamp(manifest.moment)}
    archive.writestr(_MANIFEST, json.dumps(content, indent=2))


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest.

    Raises:
        BackupError: there is none, or it is of a form that is not known.
    """
    try:
        content: dict[str, Any] = read_json(archive.read(_MANIFEST))
        if content.pop("format") != FORMAT:
            raise BackupError("a backup of a form that this version does not know: use a newer one")
        pepper = content.pop("pepper")
        return Manifest(
            version=content["version"],
            moment=read_timestamp(content["moment"]),
            revisions=dict(content["revisions"]),
            pepper=None if pepper is None else Fingerprint(**pepper),
            members=tuple(Member(**member) for member in content["members"]),
        )
    except _BROKEN as error:
        raise _damaged(_MANIFEST) from error


def _damaged(name: str) -> BackupError:
    return BackupError(f"the backup is damaged, or is none: {name} is not what was written; use another one")


def _to_base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _converting(
    columns: Mapping[str, str], by_kind: Mapping[str, Callable[[Any], Any]]
) -> Callable[[Sequence[Sequence[Any]]], Iterable[Sequence[Any]]]:
    """What converts the columns of some kinds, where there is a value."""
    chosen = [(place, by_kind[kind]) for place, kind in enumerate(columns.values()) if kind in by_kind]

    def convert(rows: Sequence[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        for row in rows:
            values = list(row)
            for place, one in chosen:
                if values[place] is not None:
                    values[place] = one(values[place])
            yield values

    return convert
