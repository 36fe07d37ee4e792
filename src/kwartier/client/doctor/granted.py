"""What mandates give, and why they do not give what is asked (K5, E5, E6)."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from kwartier.client.doctor.advice import period_advice, renewal_advice, status_advice
from kwartier.client.doctor.observed import Finding, Observed, Question, Topic, Weight
from kwartier.client.mandates import Mandate
from kwartier.domain.days import BRUSSELS
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import RenewalStatus, Status
from kwartier.domain.metering import Granularity
from kwartier.domain.period import Period, merge
from kwartier.wire.vocabulary import DATA_SERVICE_TYPE, GRANULARITY, RENEWAL_STATUS, STATUS

__all__ = ["mandates_end", "nothing_granted", "partly_granted"]

_EAN: Final = re.compile(r"(?<!\d)\d{18}(?!\d)")
_ALIKE: Final = 0.88
_STATUSES: Final = {
    STATUS.write(Status.REQUESTED): "was asked for, and the grid user has not consented yet",
    STATUS.write(
        Status.REJECTED
    ): "was rejected: refused, not answered within a month, or the grid user moved",
    STATUS.write(Status.FINISHED): "was ended by the grid user",
}


def nothing_granted(question: Question, observed: Observed, told: str) -> Iterator[Finding]:
    """Why nothing is granted: the EAN, the status, the granularity or the period."""
    approved = [one for one in observed.of_ean if one.is_approved]
    headpoint = observed.headpoint or next((ean for ean in _EAN.findall(told) if ean != question.ean), None)
    if headpoint is not None and not approved:
        yield Finding(
            Topic.SUBMETER,
            Weight.WRONG,
            f"EAN {question.ean} is a submeter, which has no mandates of its own.",
            f"Ask for its headpoint, {headpoint}: the submeter comes with it.",
        )
    elif not observed.of_ean:
        yield _no_mandate(question, observed)
    elif not approved:
        yield from _not_approved(question, observed)
    else:
        fit = [one for one in approved if _gives(one, question.granularity)]
        if not fit:
            yield _other_granularity(question, approved, is_sandbox=observed.is_sandbox)
            return
        yield from _outside(question, fit, told, is_sandbox=observed.is_sandbox)


def partly_granted(question: Question, observed: Observed) -> Iterator[Finding]:
    """Tell of a part of the period that no mandate gives."""
    given = _given(observed.of_ean, question.granularity)
    end = question.period.end
    if given and (given[0].start > question.period.start or _ends_before(given[-1], end)):
        yield Finding(
            Topic.PERIOD,
            Weight.WARNING,
            f"You ask {_period(question.period)}, and the mandates give {_periods(given)}: the rest does not come.",
            _why_cut(question, observed.of_ean, is_sandbox=observed.is_sandbox),
        )


def mandates_end(mandates: Iterable[Mandate], observed: Observed) -> Iterator[Finding]:
    """Warn of mandates that are to be renewed, or have expired (M3)."""
    for one in mandates:
        remedy = renewal_advice(one.renewal_status, one.ean or "EAN", is_sandbox=observed.is_sandbox)
        if remedy is None or not one.is_approved:
            continue
        expires = "" if one.expires_at is None else f" on {_day(one.expires_at)}"
        past = one.expires_at is not None and one.expires_at <= observed.moment
        what = f"The mandate for EAN {one.ean} ({one.data_service_type}) {'expired' if past else 'expires'}{expires}."
        yield Finding(Topic.MANDATE, Weight.WARNING, what, remedy)


def _no_mandate(question: Question, observed: Observed) -> Finding:
    what = f"There is no mandate for EAN {question.ean}."
    known = [one.ean for one in observed.mandates if one.ean is not None]
    close = get_close_matches(question.ean, known, n=1, cutoff=_ALIKE)
    hint = f"Did you mean {close[0]}? For that there is one. Otherwise: " if close else ""
    if observed.is_sandbox:
        return Finding(Topic.MANDATE, Weight.WRONG, what, f"{hint}`kwartier mock {question.ean}` makes one.")
    if not Ean(question.ean).has_valid_check_digit:
        what += " Its check digit does not fit: it may be mistyped."
    return Finding(
        Topic.MANDATE,
        Weight.WRONG,
        what,
        f"{hint}Ask for one in the portal, also for your own EANs; AMR meters have an EAN for offtake and another for injection.",
    )


def _not_approved(question: Question, observed: Observed) -> Iterator[Finding]:
    for one in observed.of_ean:
        told = _STATUSES.get(one.status or "", f"has the status {one.status}")
        what = f"The mandate ({one.data_service_type}) {told}: its status is {one.status}, and only Approved gives readings."
        remedy = status_advice(one.status, question.ean, is_sandbox=observed.is_sandbox)
        yield Finding(Topic.STATUS, Weight.WRONG, what, remedy)


def _other_granularity(question: Question, approved: Iterable[Mandate], *, is_sandbox: bool) -> Finding:
    services = ", ".join(dict.fromkeys(one.data_service_type or "?" for one in approved))
    needed = next(
        (
            DATA_SERVICE_TYPE.write(one)
            for one in Granularity
            if GRANULARITY.write(one) == question.granularity
        ),
        "?",
    )
    otherwise = (
        "in the sandbox the EAN says which there is: docs/sandbox-eans.md"
        if is_sandbox
        else f"or ask for a mandate of {needed} in the portal"
    )
    return Finding(
        Topic.GRANULARITY,
        Weight.WRONG,
        f"You ask for {question.granularity}, which a mandate of {needed} gives; there is one of {services}.",
        f"Ask without --granularity for what is granted, {otherwise}.",
    )


def _outside(question: Question, fit: list[Mandate], told: str, *, is_sandbox: bool) -> Iterator[Finding]:
    given = _given(fit, question.granularity)
    inside = [one for one in given if not one.intersection(question.period).is_empty]
    if inside:
        yield Finding(
            Topic.MANDATE,
            Weight.WRONG,
            f"A mandate seems to give {_periods(given)}, and the API says that nothing is granted: {told}",
            "A period shorter than an interval holds none. Otherwise send what stands below to the operator.",
        )
        return
    what = (
        f"You ask {_period(question.period)}, and the mandates give {_periods(given) or 'no period at all'}."
    )
    yield Finding(Topic.PERIOD, Weight.WRONG, what, _why_cut(question, fit, is_sandbox=is_sandbox))


def _gives(one: Mandate, granularity: str | None) -> bool:
    return granularity is None or (
        one.granularity is not None and GRANULARITY.write(one.granularity) == granularity
    )


def _given(mandates: Iterable[Mandate], granularity: str | None) -> tuple[Period, ...]:
    """What the mandates give together (E5)."""
    periods = (one.given_period for one in mandates if _gives(one, granularity))
    return merge(period for period in periods if period is not None)


def _why_cut(question: Question, mandates: Iterable[Mandate], *, is_sandbox: bool) -> str:
    """What ends or begins a period, and what can be done."""
    approved = [one for one in mandates if one.is_approved]
    expired = [one for one in approved if one.renewal_status == RENEWAL_STATUS.write(RenewalStatus.EXPIRED)]
    if any(one.data_period_to is not None for one in approved):
        why = "A data period ends where it was asked to, or where the grid user moved, changed or was disconnected"
        if not is_sandbox:
            return f"{why}: for what comes later the new grid user must consent to a new mandate."
        return f"{why}. {period_advice(question.ean, is_sandbox=True)}"
    if expired:
        later = renewal_advice(expired[0].renewal_status, question.ean, is_sandbox=is_sandbox)
        return f"The mandate expired. {later}"
    return period_advice(question.ean, is_sandbox=is_sandbox)


def _ends_before(period: Period, end: datetime | None) -> bool:
    return period.end is not None and (end is None or period.end < end)


def _periods(periods: Iterable[Period]) -> str:
    return ", ".join(map(_period, periods))


def _period(period: Period) -> str:
    until = "on" if period.end is None else f"to {_day(period.end)}"
    return f"from {_day(period.start)} {until}"


def _day(moment: datetime) -> str:
    """A day where it is a midnight in Brussels, else the moment there."""
    local = moment.astimezone(BRUSSELS)
    return f"{local:%Y-%m-%d}" if (local.hour, local.minute) == (0, 0) else f"{local:%Y-%m-%d %H:%M}"
