"""A database of countries by address, read from a file in the format of MaxMind DB (C3)."""

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache, partial
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import maxminddb

from kwartier.domain.geography import Address
from kwartier.telemetry.events import Log

__all__ = ["CountryDatabase", "Signature", "UnfitFileError", "read_countries", "signature_of"]

_LOG: Final = Log("kwartier.geography")
_CACHED: Final = 4096  # addresses whose country is remembered
_LOOKED_AT: Final = 1000  # networks in which a database of countries has named one
_IPV4_COMPATIBLE_BELOW: Final = 2**32


class UnfitFileError(Exception):
    """A file is no database of countries, or not yet."""


class Signature(NamedTuple):
    """What tells a file from the one that stood there before, or from itself when it was changed."""

    device: int
    inode: int
    size: int
    changed_ns: int
    modified_ns: int


class CountryDatabase:
    """A database in memory. It never changes and is never closed: who replaces it lets go of it.

    A file that is mapped instead would end the process when somebody cuts it short to write it anew.

    Args:
        content: the file.

    Raises:
        UnfitFileError: it is no database, or names no countries.
    """

    __slots__ = ("built", "country_of", "kind")

    country_of: Callable[[Address], str | None]
    """The code of the country of an address in capitals; None if the database does not know it."""

    def __init__(self, content: bytes) -> None:
        try:
            reader = maxminddb.open_database(BytesIO(content), maxminddb.MODE_FD)
            about = reader.metadata()
            self.kind = f"{about.database_type} (IPv{about.ip_version})"
            self.built = datetime.fromtimestamp(about.build_epoch, UTC).date().isoformat()
            named = any(_country(record) for _, record in islice(reader, _LOOKED_AT))
        except Exception as error:  # broken bytes come out of the library as many kinds of exceptions
            raise UnfitFileError(f"it can't be read: {error}") from error
        if not named:
            raise UnfitFileError(f"it names no countries: {self.kind}")
        # Not a method: the cache would hold this object, and it the cache, until the collector comes by.
        self.country_of = lru_cache(maxsize=_CACHED)(partial(_find, reader))


def _find(reader: maxminddb.Reader, address: Address) -> str | None:
    if address.version == 6 and (reader.metadata().ip_version == 4 or int(address) < _IPV4_COMPATIBLE_BELOW):
        return None  # the lowest addresses are where such a file keeps IPv4
    try:
        return _country(reader.get(address))
    except Exception as error:  # noqa: BLE001 - as above; refusing is the answer to any fault
        _LOG.warning("geography_lookup_failed", error=type(error).__name__)
        return None


def _country(record: object) -> str | None:
    """The country where an address is, in any of the shapes that are about.

    Where it is registered, or whom it represents, does not count.
    """
    if not isinstance(record, dict):
        return None
    country = record.get("country")
    code = country.get("iso_code") if isinstance(country, dict) else record.get("country_code", country)
    return code.upper() if isinstance(code, str) and len(code) == 2 else None


def signature_of(found: os.stat_result) -> Signature:
    """The signature of a file as it was found."""
    return Signature(found.st_dev, found.st_ino, found.st_size, found.st_ctime_ns, found.st_mtime_ns)


def read_countries(file: Path) -> tuple[CountryDatabase, Signature]:
    """Read a database, whole.

    Raises:
        UnfitFileError: the file is not there, can't be read, is none, or is being written.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            raise UnfitFileError("it is no file")
        with file.open("rb") as opened:
            before = signature_of(os.fstat(opened.fileno()))
            content = opened.read()
            after = signature_of(os.fstat(opened.fileno()))
    except OSError as error:
        raise UnfitFileError(error.strerror or str(error)) from error
    if before != after:
        raise UnfitFileError("it is being written")
    return CountryDatabase(content), before
