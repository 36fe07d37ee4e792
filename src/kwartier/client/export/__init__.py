"""Readings written as CSV, JSON, Parquet or a spreadsheet, to a file or a pipe (K6)."""

from kwartier.client.export.style import Style, Zone
from kwartier.client.export.write import Form, form_of, write_energy

__all__ = ["Form", "Style", "Zone", "form_of", "write_energy"]
