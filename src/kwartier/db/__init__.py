"""Engines, schema and migrations: how the other rooms reach a database."""
