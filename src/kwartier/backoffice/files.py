"""Tables that come as the body of a request: kept as a file while they are read (E8, M5)."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from kwartier.backoffice.call import Call
from kwartier.backoffice.operation import Refusals
from kwartier.services.errors import ServiceError
from kwartier.services.intake import NoRoomError

__all__ = ["CSV", "KEPT", "MOST", "PARQUET", "TABLES", "TooLargeTableError", "kept_file"]

CSV: Final = "text/csv"
PARQUET: Final = "application/vnd.apache.parquet"
TABLES: Final = (CSV, PARQUET)
"""The media types of tables; which of them a table is, its first bytes tell."""

MOST: Final = 256 * 1024 * 1024
"""How many bytes a table may have, unpacked."""


class TooLargeTableError(ServiceError):
    """A table that is larger than is taken."""


KEPT: Final[Refusals] = {
    TooLargeTableError: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The table is too large."),
    NoRoomError: (HTTPStatus.SERVICE_UNAVAILABLE, "There is no room for it, or too much is under way."),
}
"""Why a table can't be kept."""


@contextmanager
def kept_file(call: Call) -> Iterator[Path]:
    """The body of a request as a file, which is gone afterwards.

    Raises:
        TooLargeTableError: it has more than `MOST` bytes.
        NoRoomError: there is no room for it.
    """
    try:
        if call.desk.spool is not None:
            call.desk.spool.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(prefix="kwartier-table-", dir=call.desk.spool) as file:
            size = 0
            for part in call.incoming.parts():
                size += len(part)
                if size > MOST:
                    raise TooLargeTableError(f"a table has at most {MOST} bytes, unpacked: send it in parts")
                file.write(part)
            file.flush()
            yield Path(file.name)
    except OSError as error:
        raise NoRoomError("there is no room for this table: try again later") from error
