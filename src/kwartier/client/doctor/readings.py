"""What is there, and whether what is not may still come (K5, E11)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from kwartier.client.doctor.observed import Finding, Found, Observed, Question, Topic, Weight
from kwartier.domain.gaps import LATEST_HOURS

__all__ = ["judge_readings"]


def judge_readings(question: Question, found: Found, observed: Observed) -> Iterator[Finding]:
    """Tell late from missing: values are there 72 hours after measuring at the latest."""
    due = observed.moment - timedelta(hours=LATEST_HOURS)
    asked_end = min(question.period.end or observed.moment, observed.moment)
    if found.values:
        yield Finding(
            Topic.READINGS, Weight.FINE, f"The API gives {found.values} values of EAN {question.ean}."
        )
    newest = found.newest_end or question.period.start
    if newest >= asked_end:
        return
    if newest >= due:
        until = newest + timedelta(hours=LATEST_HOURS)
        yield Finding(
            Topic.DELAY,
            Weight.WAIT,
            f"Of what was measured after {_told(newest)} nothing is there yet. Values come one to three days after measuring.",
            f"Ask again after {_told(until)}.",
        )
    elif found.values:
        yield Finding(
            Topic.READINGS,
            Weight.WARNING,
            f"The newest value is of {_told(newest)}, more than {LATEST_HOURS} hours ago.",
            f"`kwartier gaps {question.ean} --from …` shows what else is missing. The meter may not communicate: send what "
            "stands below to the operator.",
        )
    else:
        yield Finding(
            Topic.READINGS,
            Weight.WRONG,
            f"Readings are granted, and there are none, although {LATEST_HOURS} hours are over.",
            "The meter may be younger than the period, or not communicate. Send what stands below to the operator.",
        )


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
