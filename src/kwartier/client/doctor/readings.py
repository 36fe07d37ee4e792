"""What is there, what is not, and whether that may still come (K5, E11)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Final

from kwartier.client.doctor.observed import Finding, Found, Question, Topic, Weight
from kwartier.client.gaps import Why
from kwartier.domain.days import BRUSSELS
from kwartier.domain.gaps import LATEST_HOURS
from kwartier.domain.period import Period, merge
from kwartier.wire.timestamps import write_timestamp

__all__ = ["judge_readings"]

_FIRST: Final = 3


def judge_readings(question: Question, found: Found) -> Iterator[Finding]:
    """Tell late from missing: values are there 72 hours after measuring at the latest."""
    if found.values:
        yield Finding(
            Topic.READINGS, Weight.FINE, f"The API gives {found.values} values of EAN {question.ean}."
        )
    yield from _missing(question, found)
    yield from _to_come(question, found)


def _missing(question: Question, found: Found) -> Iterator[Finding]:
    missing = [one for one in found.gaps if one.why is Why.MISSING]
    if not missing:
        return
    if not found.values:
        yield Finding(
            Topic.READINGS,
            Weight.WRONG,
            f"Readings are granted, and there are none, although {LATEST_HOURS} hours are over.",
            "The meter may be younger than the period, or not communicate. Send what stands below to the operator.",
        )
        return
    intervals = sum(one.intervals for one in missing)
    stretches = _stretches(Period(one.start, one.end) for one in missing)
    yield Finding(
        Topic.READINGS,
        Weight.WARNING,
        f"{intervals} intervals have no value, although {LATEST_HOURS} hours are over: {stretches}.",
        f"`{_gaps(question)}` shows them. Where the meter counted, send what stands below to the operator.",
    )


def _to_come(question: Question, found: Found) -> Iterator[Finding]:
    """Tell of what has no value yet: a hole before the newest value is another thing than what comes after that."""
    waiting = [one for one in found.gaps if one.why is Why.NOT_YET]
    newest = found.newest_end or question.period.start
    inside = [Period(one.start, min(one.end, newest)) for one in waiting if one.start < newest]
    if inside:
        yield Finding(
            Topic.DELAY,
            Weight.WAIT,
            f"Before the newest value some are not there yet: {_stretches(inside)}. They come at the latest {LATEST_HOURS} "
            "hours after measuring.",
            f"Ask again after {_told(_latest(inside) + timedelta(hours=LATEST_HOURS))}; `{_gaps(question)}` shows all that "
            "is missing.",
        )
    if any(one.end > newest for one in waiting):
        yield Finding(
            Topic.DELAY,
            Weight.WAIT,
            f"Of what was measured after {_told(newest)} nothing is there yet. Values come one to three days after measuring.",
            f"Ask again after {_told(newest + timedelta(hours=LATEST_HOURS))}.",
        )


def _stretches(gaps: Iterable[Period]) -> str:
    """The first stretches in which something is missing, of all registers together."""
    found = merge(gaps)
    told = [
        f"from {_told(one.start)} to {'' if one.end is None else _told(one.end)}" for one in found[:_FIRST]
    ]
    more = len(found) - len(told)
    return ", ".join(told) + (f", and {more} more" if more else "")


def _latest(gaps: Iterable[Period]) -> datetime:
    return max(one.end for one in gaps if one.end is not None)


def _gaps(question: Question) -> str:
    """The command that shows all gaps."""
    period = question.period
    until = "" if period.end is None else f" --to {_option(period.end)}"
    return f"kwartier gaps {question.ean} --from {_option(period.start)}{until}"


def _option(moment: datetime) -> str:
    """A moment as commands take it: the day that begins then in Brussels, if one does."""
    local = moment.astimezone(BRUSSELS)
    return f"{local:%Y-%m-%d}" if local.time() == time.min else write_timestamp(moment)


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
