"""The asking: what is observed before anything is concluded (K5)."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from kwartier.client.connecting import Settings
from kwartier.client.doctor.diagnosis import diagnose
from kwartier.client.doctor.observed import Finding, Found, Observed, Question
from kwartier.client.errors import ApiError, Asked, KwartierError, NothingGrantedError
from kwartier.client.gaps import Why, find_gaps
from kwartier.client.sync import Client
from kwartier.client.table import EnergyTable
from kwartier.domain.period import EPOCH
from kwartier.wire.frame import Source
from kwartier.wire.vocabulary import GRANULARITY

__all__ = ["Report", "examine"]

_HEADPOINTS_LOOKED_AT: Final = 5
_LOOK_BACK: Final = timedelta(days=5)
_LOOK: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Report:
    """What the doctor says.

    Attributes:
        findings: in the order in which one looks.
        asked: the request that matters, without secrets; None: none was answered.
        asked_at: when the examination was.
    """

    findings: tuple[Finding, ...]
    asked: Asked | None
    asked_at: datetime


def examine(
    connect: Callable[[Settings], Client],
    question: Question | None,
    *,
    is_sandbox: bool,
    secret_until: datetime | None = None,
    settings: Settings | None = None,
) -> Report:
    """Ask what is needed to tell why somebody gets no data, and conclude.

    Args:
        connect: makes the client, with these settings.
        question: what he asks for; None: only whether he gets in.
        is_sandbox: whether the environment is one.
        secret_until: when the client secret ends, as far as it is known.
        settings: of the client.
    """
    answers: list[Asked] = []
    chosen = replace(settings or Settings(), watch=answers.append)
    moment = chosen.clock()
    observed = Observed(moment=moment, is_sandbox=is_sandbox, secret_until=secret_until, question=question)
    try:
        with connect(chosen) as client:
            observed = _observed(client, observed, question)
    except KwartierError as error:
        observed = replace(observed, refused=error)
    failed = observed.refused if observed.refused is not None else observed.answer
    asked = failed.asked if isinstance(failed, ApiError) else _last_of(answers, question)
    return Report(diagnose(observed), asked, moment)


def _observed(client: Client, observed: Observed, question: Question | None) -> Observed:
    mandates = client.mandates()
    observed = replace(observed, mandates=mandates)
    if question is None:
        return observed
    observed = replace(observed, of_ean=client.mandates(ean=question.ean))
    options = {} if question.granularity is None else {"granularity": question.granularity}
    end = question.period.end or observed.moment
    try:
        table = client.energy(question.ean, question.period.start, end, **options)  # type: ignore[arg-type] # one of its options
    except NothingGrantedError as error:
        headpoint = None if observed.of_ean else _headpoint(client, observed, question.ean)
        return replace(observed, answer=error, headpoint=headpoint)
    except KwartierError as error:
        return replace(observed, answer=error)
    if observed.is_sandbox and table.fetched_at is not None:
        observed = replace(observed, moment=table.fetched_at)
    return replace(observed, answer=_found(table, question, observed))


def _found(table: EnergyTable, question: Question, observed: Observed) -> Found:
    granularities = () if question.granularity is None else (GRANULARITY.read(question.granularity),)
    gaps = find_gaps(table, observed.of_ean, question.period, granularities, observed.moment)
    ends = table.ends[~np.isnan(table.values)]
    return Found(
        len(table),
        EPOCH + timedelta(microseconds=int(ends.max())) if ends.size else None,
        tuple(one for one in gaps if one.why is not Why.NO_MANDATE),
    )


def _headpoint(client: Client, observed: Observed, ean: str) -> str | None:
    """The headpoint below which an EAN comes, among those that may be read; None: it is seen below none of them."""
    known = dict.fromkeys(one.ean for one in observed.mandates if one.is_approved and one.ean is not None)
    start = observed.moment - _LOOK_BACK
    for headpoint in list(known)[:_HEADPOINTS_LOOKED_AT]:
        with suppress(KwartierError):
            table = client.energy(headpoint, start, start + _LOOK)
            below = table.chosen(table["source"].where(Source.SUB_HEADPOINT.value))
            if below["sub_headpoint"].where(ean).any():
                return headpoint
    return None


def _last_of(answers: list[Asked], question: Question | None) -> Asked | None:
    """The last answer about the question; the last of all, if there is none."""
    about = [
        one for one in answers if question is not None and question.ean in one.url and "/energy" in one.url
    ]
    return next(iter([*about[-1:], *answers[-1:]]), None)
