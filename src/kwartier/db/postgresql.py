"""PostgreSQL: the engine for several machines."""

from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError

from kwartier.db.errors import DatabaseError
from kwartier.db.quick import Quick
from kwartier.db.version_tables import OF_READINGS, OF_REGISTRY
from kwartier.telemetry.database import WORK

__all__ = ["Postgresql"]

_CONNECTIONS: Final = 8
_MORE_CONNECTIONS: Final = 8
_CONNECT_SECONDS: Final = 5
_WAIT_SECONDS: Final = 10
_IDLE_SECONDS: Final = 5
_CUT_NETWORK: Final = {
    "keepalives_idle": 30,  # seconds
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,  # milliseconds
}
"""Of the kernel, for who waits as long as it takes: a server that can't be reached any more is not waited for."""

_NOTICE_WHO_IS_GONE: Final = """
    select set_config('client_connection_check_interval', '5s', false)
    where current_setting('client_connection_check_interval', true) is not null
"""
"""PostgreSQL has it from version 14 on, and not on every system."""

_NOTES: Final = "kwartier_notes"
_LAST_USED: Final = "kwartier_last_used"


class Postgresql:
    """A database on a server.

    Args:
        url: `postgresql://USER:PASSWORD@HOST:PORT/NAME`; what is left out is taken from the driver's own variables and files.

    Raises:
        DatabaseError: the driver is not installed.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url).set(drivername="postgresql+psycopg")
        self.url = url
        self.name = parsed.set(drivername="postgresql").render_as_string(hide_password=True)
        ours = _connection_class()
        engine = _engine(parsed, ours)
        self.reader: Engine = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True, **{WORK: "reading"}
        )
        glances = _engine(parsed, ours, isolation_level="AUTOCOMMIT")
        self.glancer: Engine = glances.execution_options(**{WORK: "glancing"})
        self.writer: Engine = engine.execution_options(**{WORK: "writing"})
        self.is_near = False
        self.quick = Quick(self.glancer)
        self.turn = _NoTurn()
        self.quick_notes = None
        self.prompt_notes = None
        self.noter: Engine = engine.execution_options(**{_NOTES: True, WORK: "noting"})
        self.engines: tuple[Engine, ...] = (engine, glances)

    def exists(self) -> bool:
        """Whether the server has the database, and a schema of ours in it: the registry's, or that of the readings."""
        schemas = func.coalesce(*(func.to_regclass(table) for table in (OF_REGISTRY, OF_READINGS)))
        with self.glancer.connect() as connection:
            return connection.execute(select(schemas)).scalar() is not None

    def prepare(self) -> None:
        """Nothing to do: who runs the server makes the database."""

    def lock(self, connection: Connection, about: str) -> None:
        """Take the lock of this name, until the end of the transaction."""
        connection.execute(_LOCK, {"about": about})

    def passes(self, error: DBAPIError) -> bool:
        """Whether the server is not reached, or stopped, or let another go first."""
        return isinstance(error, OperationalError) or error.connection_invalidated

    def is_taken(self, error: DBAPIError) -> bool:
        """Never: who writes waits for nobody here."""
        del error
        return False

    def close(self) -> None:
        """Close the connections."""
        for engine in self.engines:
            engine.dispose()


class _NoTurn:
    """A lock that is always free."""

    def acquire(self, *, blocking: bool = True) -> bool:
        del blocking
        return True

    def release(self) -> None:
        pass

    def __enter__(self) -> object:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


_LOCK: Final = text("select pg_advisory_xact_lock(hashtextextended(:about, 0))")


def _connection_class() -> Any:
    """What connects to one server."""
    try:
        from kwartier.db.answering import Answering, connection_class  # noqa: PLC0415
    except ImportError:
        raise DatabaseError("PostgreSQL needs the extra: install kwartier[server,postgresql]") from None
    return connection_class(Answering())


def _engine(url: URL, ours: Any, **differing: Any) -> Engine:
    how = {"connect_timeout": _CONNECT_SECONDS, "application_name": "kwartier", **_CUT_NETWORK}
    engine = create_engine(
        url,
        pool_size=_CONNECTIONS,
        max_overflow=_MORE_CONNECTIONS,
        pool_timeout=_WAIT_SECONDS,
        hide_parameters=True,
        **differing,
        connect_args={name: value for name, value in how.items() if name not in url.query},
    )

    @event.listens_for(engine, "do_connect")
    def _connected(_dialect: Any, _record: Any, given: Any, named: Any) -> Any:
        return ours.connect(*given, **named)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # Who gave up hangs up; the server is to notice while it still works for him, or waits for a lock.
        with suppress(engine.dialect.loaded_dbapi.NotSupportedError, engine.dialect.loaded_dbapi.DataError):
            connection.execute(_NOTICE_WHO_IS_GONE)
        connection.commit()

    @event.listens_for(engine, "checkin")
    def _left(_connection: Any, record: Any) -> None:
        record.info[_LAST_USED] = monotonic()

    @event.listens_for(engine, "checkout")
    def _checked(connection: Any, record: Any, _proxy: Any) -> None:
        # A connection that was idle may be dead: the server was started again, a firewall forgot it. One in use is
        # not asked, for asking takes as long as a question.
        if monotonic() - record.info.get(_LAST_USED, monotonic()) > _IDLE_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except Exception as error:
                raise DisconnectionError from error

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(_NOTES):
            connection.exec_driver_sql("set local synchronous_commit = off")

    return engine
