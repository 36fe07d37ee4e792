"""Where a database says of which revision its schemas are: by these tables it is known as ours."""

from typing import Final

__all__ = ["OF_READINGS", "OF_REGISTRY"]

OF_REGISTRY: Final = "alembic_version"
OF_READINGS: Final = "readings_version"
