"""What the tables of the registry belong to, and what processes of one platform tell each other."""

from sqlalchemy import Column, MetaData, Table, Text

__all__ = ["metadata", "noted"]

metadata = MetaData()

noted = Table(
    "noted",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
