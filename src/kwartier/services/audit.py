"""The audit: every access to readings, written before the answer begins (A1)."""

from threading import Lock
from typing import Final, Protocol

from kwartier.db.engine import Database, UnavailableError
from kwartier.db.own_turn import OwnTurn
from kwartier.domain.audit import AuditEntry
from kwartier.registry import audit as registry
from kwartier.registry.audit import AuditFilter

__all__ = ["Audit", "AuditFilter", "Counted"]


class Counted(Protocol):
    """Is told of rows of the audit."""

    def __call__(self, rows: int, *, written: bool) -> None:
        """So many rows were written, or could not be."""


class _Group:
    """Entries that are written in one transaction."""

    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []
        self.is_written = False
        self.failure: Exception | None = None


class Audit:
    """The audit of a platform, in its database.

    What was written outlives a kill of the process.

    Args:
        database: the registry.
        counted: is told how many rows were written, or could not be, for who watches.
    """

    def __init__(self, database: Database, counted: Counted | None = None) -> None:
        self._database: Final = database
        self._counted: Final = counted
        self._group = _Group()
        self._group_lock: Final = Lock()
        self._turn: Final = OwnTurn(f"audit in database {database.name}")

    def write(self, entry: AuditEntry) -> None:
        """Write an access; afterwards it is in the database.

        While one group is written, what comes meanwhile gathers to the next: a transaction costs more than a row.

        Raises:
            UnavailableError: it can't be written, so that nothing may be given.
        """
        with self._group_lock:
            group = self._group
            group.entries.append(entry)
        try:
            with self._turn:
                if not group.is_written:
                    with self._group_lock:
                        self._group = _Group()
                    self._write(group)
        except UnavailableError:  # its turn did not come; without an answer there is nothing to write down
            with self._group_lock:
                if group is self._group:
                    group.entries.remove(entry)
            self._count(1, written=False)
            raise
        if group.failure is not None:
            raise group.failure

    def find(self, narrowed: AuditFilter, limit: int = 100, skipped: int = 0) -> list[AuditEntry]:
        """The newest accesses, the newest first, without some of them."""
        with self._database.reading() as connection:
            return registry.find(connection, narrowed, limit, skipped)

    def _write(self, group: _Group) -> None:
        group.is_written = True
        try:
            with self._database.noting() as connection:
                registry.add(connection, group.entries)
        except Exception as error:  # noqa: BLE001 - raised for everyone in the group
            group.failure = error
        self._count(len(group.entries), written=group.failure is None)

    def _count(self, rows: int, *, written: bool) -> None:
        if self._counted is not None:
            self._counted(rows, written=written)
