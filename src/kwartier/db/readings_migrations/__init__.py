"""How an older store of readings becomes a newer one, step by step (Alembic)."""
