"""What is there, and whether what is not may still come (K5, E11)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kwartier.client.doctor.observed import Finding, Found, Question, Topic, Weight
from kwartier.domain.gaps import LATEST_HOURS

__all__ = ["judge_readings"]


def judge_readings(question: Question, found: Found) -> Iterator[Finding]:
    """Tell late from missing: values are there 72 hours after measuring at the latest."""
    if found.values:
        yield Finding(
            Topic.READINGS, Weight.FINE, f"The API gives {found.values} values of EAN {question.ean}."
        )
    if found.missing and not found.values:
        yield Finding(
            Topic.READINGS,
            Weight.WRONG,
            f"Readings are granted, and there are none, although {LATEST_HOURS} hours are over.",
            "The meter may be younger than the period, or not communicate. Send what stands below to the operator.",
        )
    elif found.missing:
        since = "" if found.missing_from is None else f", the first at {_told(found.missing_from)}"
        yield Finding(
            Topic.READINGS,
            Weight.WARNING,
            f"{found.missing} intervals have no value, although {LATEST_HOURS} hours are over{since}.",
            f"`kwartier gaps {question.ean} --from …` shows them. Where the meter counted, send what stands below to the "
            "operator.",
        )
    if found.to_come:
        newest = found.newest_end or question.period.start
        yield Finding(
            Topic.DELAY,
            Weight.WAIT,
            f"Of what was measured after {_told(newest)} nothing is there yet. Values come one to three days after measuring.",
            f"Ask again after {_told(newest + timedelta(hours=LATEST_HOURS))}.",
        )


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
