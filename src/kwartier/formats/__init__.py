"""Readings in files and streams: the portal's CSV reports and the long form, read into rows and written from series (R4)."""
