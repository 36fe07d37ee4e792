"""Consent behind a link: seen, answered once, ended later, and who looked (M2, M3, A1).

Whoever has the link is the grid user. A link that is unknown or revoked is `None`, without a word about which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.audit import AuditEntry
from kwartier.domain.consent import ConsentItem, ConsentRequest, Outcome, is_open
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.mandate import Consented, Ended, Phase, Refused, Status
from kwartier.domain.messages import AccessEnded, Message, MessageKind
from kwartier.registry import audit, consents, mandate_history, organisations, outbox
from kwartier.registry import mandates as mandates_registry
from kwartier.registry.audit import AuditFilter
from kwartier.services.asking import about_request, send
from kwartier.services.environment import LIVE_HOLDERS, organisation_of
from kwartier.services.errors import WrongMandateError
from kwartier.services.people import who_is_told
from kwartier.services.secrets import Hasher, new_secret

__all__ = ["Asker", "ConsentView", "Consents", "ItemView", "Looked"]

_MAX_LOOKED: Final = 10_000
_PER_MANDATE: Final = 100


@dataclass(frozen=True, slots=True)
class Asker:
    """The organisation that asks."""

    number: EnterpriseNumber
    name: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """One EAN of a question, as it stands.

    Attributes:
        phase: how its mandate stands; None: it was removed.
        can_be_answered: whether an answer would be taken now.
        can_be_ended: whether the access that was given can be ended now.
    """

    item: ConsentItem
    phase: Phase | None
    can_be_answered: bool
    can_be_ended: bool


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A question behind a link, as it stands."""

    request: ConsentRequest
    asker: Asker
    items: tuple[ItemView, ...]


@dataclass(frozen=True, slots=True)
class Looked:
    """Who looked at the data of an item, the last first.

    Attributes:
        item: its number.
        entries: under its mandate alone; what was refused gave nothing.
    """

    item: int
    entries: Sequence[AuditEntry] = field(default=())


class Consents:
    """The questions to grid users of a platform.

    Args:
        database: the registry.
        hasher: of the tokens of links.
        clock: real time.
    """

    def __init__(self, database: Database, hasher: Hasher, clock: Clock) -> None:
        self._database = database
        self._hasher = hasher
        self._clock = clock

    def open(self, token: str) -> ConsentView | None:
        """The question behind a link."""
        with self._database.reading() as connection:
            now = self._clock()
            request = self._behind(connection, token, now)
            return None if request is None else _view(connection, request, now)

    def answer(self, token: str, answers: Mapping[int, bool]) -> dict[int, Outcome] | None:
        """Answer items by number: yes or no, each once.

        All are written together; what was answered before, or is closed, stays as it was, and is told.
        """
        request = self._read(token)
        if request is None:
            return None
        locks = [mandate_history.about(one.ean) for one in request.items if one.item in answers]
        with self._database.writing(*locks) as connection:
            now = self._clock()
            request = self._behind(connection, token, now)
            if request is None:
                return None
            outcomes = {
                number: _take(connection, request, number, yes=yes, now=now)
                for number, yes in answers.items()
            }
            _remind_no_more(connection, request.request_id, now)
        return outcomes

    def end(self, token: str, item: int) -> bool | None:
        """End access that was given: the mandate is Finished from now on (M2); False: there is none to end.

        Both are told: the grid user, and who acts for the organisation.
        """
        request = self._read(token)
        found = None if request is None else request.find(item)
        if request is None or found is None:
            return None if request is None else False
        with self._database.writing(mandate_history.about(found.ean)) as connection:
            now = self._clock()
            if self._behind(connection, token, now) is None:
                return None
            kept = mandate_history.Kept(found.mandate_id, found.ean, request.holder)
            history = mandates_registry.facts_of(connection, found.ean, found.mandate_id)
            phase = mandate_history.phase_at(history, now)
            if phase is None or phase.status is not Status.APPROVED:
                return False
            mandate_history.tell(connection, kept, Ended(now), history)
            _tell_ended(connection, request, found, now)
        return True

    def looked(self, token: str, limit: int = _PER_MANDATE) -> tuple[Looked, ...] | None:
        """Who looked at the data, under the mandates of this link alone (A1): what others gave is not told.

        Args:
            token: of the link.
            limit: how many accesses of each item at most.
        """
        with self._database.reading() as connection:
            request = self._behind(connection, token, self._clock())
            if request is None:
                return None
            whose = organisation_of(request.holder)
            return tuple(Looked(one.item, _accesses(connection, one, whose, limit)) for one in request.items)

    def revoke(self, request_id: str) -> ConsentRequest:
        """Let a link open nothing from now on; what was answered stays. Twice changes nothing.

        Raises:
            WrongMandateError: no such request.
        """
        with self._database.writing(about_request(request_id)) as connection:
            now = self._clock()
            consents.revoke(connection, request_id, now)
            outbox.drop(connection, about_request(request_id), now)
            return _known(connection, request_id)

    def send_again(self, request_id: str) -> ConsentRequest:
        """Send a question again, behind a new link; the one before opens nothing from now on.

        Raises:
            WrongMandateError: no such request, it was revoked, or a month went by.
        """
        token = new_secret()
        with self._database.writing(about_request(request_id)) as connection:
            now = self._clock()
            request = _known(connection, request_id)
            if request.revoked_at is not None or now >= request.answer_before:
                raise WrongMandateError(f"request {request_id} can no longer be answered: ask anew")
            consents.replace_token(connection, request_id, self._hasher.hash(token))
            outbox.drop(connection, about_request(request_id), now)
            send(connection, request, token, now)
        return request

    def list_all(self, organisation: EnterpriseNumber | None = None, limit: int = 100) -> list[ConsentView]:
        """The questions of an organisation, or of all, as they stand, the last asked first."""
        holder = None if organisation is None else LIVE_HOLDERS + organisation
        with self._database.reading() as connection:
            now = self._clock()
            return [_view(connection, one, now) for one in consents.listed(connection, holder, limit)]

    def show(self, request_id: str) -> ConsentView:
        """A question as it stands.

        Raises:
            WrongMandateError: no such request.
        """
        with self._database.reading() as connection:
            return _view(connection, _known(connection, request_id), self._clock())

    def _read(self, token: str) -> ConsentRequest | None:
        with self._database.reading() as connection:
            return self._behind(connection, token, self._clock())

    def _behind(self, connection: Connection, token: str, now: datetime) -> ConsentRequest | None:
        request = consents.find_by_token(connection, self._hasher.hash(token))
        if request is None or (request.revoked_at is not None and now >= request.revoked_at):
            return None
        return request


def _known(connection: Connection, request_id: str) -> ConsentRequest:
    request = consents.find(connection, request_id)
    if request is None:
        raise WrongMandateError(f"there is no request {request_id}; `kwartier consents list` shows them")
    return request


def _phase(connection: Connection, item: ConsentItem, now: datetime) -> Phase | None:
    history = mandates_registry.facts_of(connection, item.ean, item.mandate_id)
    phase = mandate_history.phase_at(history, now) if history else None
    return None if phase is None or phase.status is Status.REMOVED else phase


def _view(connection: Connection, request: ConsentRequest, now: datetime) -> ConsentView:
    number = organisation_of(request.holder)
    known = organisations.find(connection, number)
    items = []
    for one in request.items:
        phase = _phase(connection, one, now)
        given = phase is not None and phase.status is Status.APPROVED
        items.append(ItemView(one, phase, is_open(request, one, phase, now), given))
    return ConsentView(request, Asker(number, number if known is None else known.name), tuple(items))


def _take(
    connection: Connection, request: ConsentRequest, number: int, *, yes: bool, now: datetime
) -> Outcome:
    """Write one answer, if the question is still open."""
    item = request.find(number)
    if item is None:
        return Outcome.UNKNOWN
    if item.answer is not None:
        return Outcome.ANSWERED_BEFORE
    history = mandates_registry.facts_of(connection, item.ean, item.mandate_id)
    phase = mandate_history.phase_at(history, now) if history else None
    if not is_open(request, item, phase, now):
        return Outcome.TOO_LATE
    if not consents.answer(connection, request, item, yes=yes, moment=now):
        return Outcome.ANSWERED_BEFORE
    kept = mandate_history.Kept(item.mandate_id, item.ean, request.holder)
    mandate_history.tell(connection, kept, Consented(now) if yes else Refused(now), history)
    return Outcome.TAKEN


def _remind_no_more(connection: Connection, request_id: str, now: datetime) -> None:
    """Once everything is answered nobody is reminded."""
    if all(one.answer is not None for one in _known(connection, request_id).items):
        outbox.drop(connection, about_request(request_id), now)


def _tell_ended(connection: Connection, request: ConsentRequest, item: ConsentItem, now: datetime) -> None:
    number = organisation_of(request.holder)
    known = organisations.find(connection, number)
    content = AccessEnded(number if known is None else known.name, number, (item.asked,), now)
    for recipient in [request.recipient, *who_is_told(connection, number, now)]:
        key = f"{MessageKind.ACCESS_ENDED} {uuid4().hex}"
        about = f"mandate {item.mandate_id}"
        outbox.put(connection, Message(MessageKind.ACCESS_ENDED, key, about, recipient, content, now), now)


def _accesses(
    connection: Connection, item: ConsentItem, whose: EnterpriseNumber, limit: int
) -> list[AuditEntry]:
    found = audit.find(connection, AuditFilter(ean=item.ean, organisation=whose), _MAX_LOOKED)
    return [one for one in found if item.mandate_id in one.mandates][:limit]
