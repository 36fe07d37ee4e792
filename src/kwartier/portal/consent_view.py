"""A question behind a link, in the words of its page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kwartier.domain.audit import AuditEntry
from kwartier.domain.mandate import Phase, RenewalStatus, Status
from kwartier.domain.messages import Language
from kwartier.domain.question import PeriodType
from kwartier.portal.texts import TEXTS
from kwartier.services.consents import ConsentView, ItemView, Looked
from kwartier.services.outgoing.phrases import PHRASES

__all__ = ["Accesses", "Shown", "accesses", "is_gone", "shown"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One EAN of a question, as the page shows it.

    Attributes:
        number: in the question.
        term: how long access is or would be valid; None: there is none.
        state: how it stands; empty while it can be answered.
        chosen: what was chosen in a form that was not complete.
    """

    number: int
    ean: str
    energy: str
    fineness: str
    period: str
    term: str | None
    state: str
    can_be_answered: bool
    can_be_ended: bool
    chosen: bool | None


@dataclass(frozen=True, slots=True)
class Accesses:
    """Who looked at the data of one EAN: when, and at which."""

    ean: str
    rows: Sequence[tuple[str, str, str]]


def is_gone(view: ConsentView) -> bool:
    """Whether a question has lapsed without an answer: then its link is as good as unknown."""
    return not any(
        one.can_be_answered or one.can_be_ended or one.item.answer is not None for one in view.items
    )


def shown(view: ConsentView, language: Language, chosen: Mapping[int, bool]) -> list[Shown]:
    """The items of a question.

    Args:
        view: as it stands.
        language: of the page.
        chosen: what was chosen in a form that was not complete, by number.
    """
    return [_shown(view, one, language, chosen=chosen.get(one.item.item)) for one in view.items]


def accesses(looked: Sequence[Looked], view: ConsentView, language: Language) -> list[Accesses]:
    """Who looked, for each item to which access was ever given."""
    by_number = {one.item.item: one for one in view.items}
    found = []
    for one in looked:
        item = by_number[one.item]
        if one.entries or item.can_be_ended:
            rows = [_access(entry, view.asker.name, language) for entry in one.entries]
            found.append(Accesses(item.item.ean, rows))
    return found


def _shown(view: ConsentView, one: ItemView, language: Language, *, chosen: bool | None) -> Shown:
    phrases, item, phase = PHRASES[language], one.item, one.phase
    period = phase.data_period if phase is not None else item.data_period
    return Shown(
        number=item.item,
        ean=item.ean,
        energy=phrases.energy[item.energy_type],
        fineness=phrases.fineness(item.asked),
        period=phrases.period(period),
        term=_term(one, language),
        state=" ".join(_state(view, one, language)),
        can_be_answered=one.can_be_answered,
        can_be_ended=one.can_be_ended,
        chosen=chosen,
    )


def _term(one: ItemView, language: Language) -> str | None:
    texts, phrases = TEXTS[language], PHRASES[language]
    if one.phase is not None and one.phase.expiration is not None and one.can_be_ended:
        return texts["term_until"].format(day=phrases.day(one.phase.expiration))
    return texts["term_asked"] if one.can_be_answered else None


def _state(view: ConsentView, one: ItemView, language: Language) -> list[str]:
    """How an item stands, in sentences."""
    texts, phrases = TEXTS[language], PHRASES[language]

    def said(name: str, at: datetime | None = None) -> str:
        places = {"asker": view.asker.name}
        if at is not None:
            places |= {"at": phrases.moment(at), "day": phrases.day(at)}
        return texts[name].format(**places)

    sentences = []
    if one.item.answer is not None and one.item.answered_at is not None:
        sentences.append(said("said_yes" if one.item.answer else "said_no", one.item.answered_at))
    elif not one.can_be_answered:
        sentences.append(said("closed_renewal" if view.request.is_renewal else "closed"))
    if one.phase is None:
        return [*sentences[: one.item.answer is not None], said("removed")]
    return [*sentences, *_access_state(one.phase, said)]


def _access_state(phase: Phase, said: Callable[..., str]) -> list[str]:
    if phase.status is Status.FINISHED:
        return [said("ended", phase.start)]
    if phase.status is not Status.APPROVED:
        return []
    if phase.renewal_status is RenewalStatus.EXPIRED:
        return [said("expired", phase.expiration)]
    return [said("access")]


def _access(entry: AuditEntry, asker: str, language: Language) -> tuple[str, str, str]:
    phrases, texts = PHRASES[language], TEXTS[language]
    read = entry.question.period_type is PeriodType.READ_TIME
    what = texts["read_in" if read else "inserted_in"].format(period=phrases.period(entry.question.period))
    return phrases.moment(entry.at), asker, what
