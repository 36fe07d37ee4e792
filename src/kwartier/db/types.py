"""Column types: the one way in which moments are kept (DESIGN 10)."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

from kwartier.domain.period import EPOCH, epoch_microseconds

__all__ = ["Instant"]


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept as microseconds since the epoch; engines differ in what they make of date types.

    Raises:
        TypeError: binding a naive datetime.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        """To the column."""
        return None if value is None else epoch_microseconds(value)

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        """From the column."""
        return None if value is None else (EPOCH + timedelta(microseconds=value)).astimezone(UTC)
