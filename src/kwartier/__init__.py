"""Kwartier: the metering-data platform of Flanders' guide for professional users, whole.

Importing it loads no server room; `docs/architecture.md` shows the rooms and which way the arrows point.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
