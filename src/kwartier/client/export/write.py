"""Readings in the form that is asked for."""

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from kwartier.client.errors import ConfigurationError
from kwartier.client.export.parquet import write_parquet
from kwartier.client.export.spreadsheet import write_spreadsheet
from kwartier.client.export.style import Style
from kwartier.client.export.text import write_csv, write_json

if TYPE_CHECKING:
    from kwartier.client.table import EnergyTable

__all__ = ["Form", "form_of", "write_energy"]


class Form(Enum):
    """In which form readings are written."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    XLSX = "xlsx"

    @property
    def is_text(self) -> bool:
        """Whether a terminal can show it."""
        return self in {Form.CSV, Form.JSON}


_WRITERS: Final[dict[Form, Callable[["EnergyTable", BinaryIO, Style], None]]] = {
    Form.CSV: write_csv,
    Form.JSON: write_json,
    Form.PARQUET: write_parquet,
    Form.XLSX: write_spreadsheet,
}


def form_of(path: Path) -> Form:
    """The form that a file's name tells.

    Raises:
        ConfigurationError: it tells none.
    """
    try:
        return Form(path.suffix.removeprefix(".").lower())
    except ValueError:
        allowed = ", ".join(f".{form.value}" for form in Form)
        raise ConfigurationError(f"{path}: the name of a file ends in one of {allowed}") from None


def write_energy(table: "EnergyTable", sink: BinaryIO, form: Form, style: Style | None = None) -> None:
    """Write readings: a row for each value by the columns of `wire/frame.py`, or sheets for people in a workbook.

    Args:
        table: the readings.
        sink: a file or a pipe.
        form: in which form.
        style: how moments and numbers are written; UTC and a decimal point, if not told.
    """
    _WRITERS[form](table, sink, Style() if style is None else style)
