"""The way in for readings: spooled, checked, made into runs, loaded unseen, published; or set aside (R3)."""

from kwartier.services.ingest.way_in import Ingest, Outcome, Phase, Progress

__all__ = ["Ingest", "Outcome", "Phase", "Progress"]
