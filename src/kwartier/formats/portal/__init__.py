"""The portal's CSV reports, read and written."""

from kwartier.formats.portal.reading import NotAReportError, read_report

__all__ = ["NotAReportError", "read_report"]
