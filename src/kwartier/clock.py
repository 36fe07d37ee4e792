"""The one place where the time is read; everything else is handed a moment (A3)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

__all__ = ["Clock", "system_clock"]

Clock: TypeAlias = Callable[[], datetime]
"""Tells the moment, aware and in UTC."""


def system_clock() -> datetime:
    """The moment of the machine's clock."""
    return datetime.now(UTC)
