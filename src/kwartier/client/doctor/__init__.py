"""Why do I get no data? Observations are gathered by asking, and a pure function tells what follows from them (K5)."""

from kwartier.client.doctor.diagnosis import diagnose
from kwartier.client.doctor.examination import Report, examine
from kwartier.client.doctor.observed import Finding, Found, Observed, Question, Topic, Weight

__all__ = [
    "Finding",
    "Found",
    "Observed",
    "Question",
    "Report",
    "Topic",
    "Weight",
    "diagnose",
    "examine",
]
