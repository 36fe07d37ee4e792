"""Asking a grid user: the question is kept, and goes out in the same transaction (M2, M3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection

from kwartier.domain.consent import ConsentItem, ConsentRequest
from kwartier.domain.ean import Ean
from kwartier.domain.mandate import Mandate
from kwartier.domain.messages import ConsentAsked, Message, MessageKind, Recipient
from kwartier.domain.people import Acting
from kwartier.domain.period import Period
from kwartier.registry import consents, organisations, outbox
from kwartier.services.environment import LIVE_HOLDERS, organisation_of
from kwartier.services.secrets import Hasher, new_secret

__all__ = ["Question", "about_request", "ask", "item_about", "nobody_to_ask", "send"]

_REMINDED_BEFORE: Final = timedelta(days=7)
"""How long before the month is over the grid user is reminded."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a grid user.

    Attributes:
        recipient: who is asked.
        items: what for, numbered from 1.
        is_renewal: whether access that was given before is to go on.
    """

    recipient: Recipient
    items: Sequence[ConsentItem]
    is_renewal: bool = False


def item_about(number: int, mandate_id: str, mandate: Mandate, data_period: Period) -> ConsentItem:
    """What is asked for one mandate."""
    return ConsentItem(number, mandate.ean, mandate_id, mandate.energy_type, mandate.granularity, data_period)


def nobody_to_ask(ean: Ean) -> str:
    """Why consent can't be asked of anybody."""
    return f"the operator knows no e-mail or postal address of the grid user of {ean}, who has to consent"


def about_request(request_id: str) -> str:
    """What messages about a question belong to."""
    return f"consent {request_id}"


def ask(
    connection: Connection,
    hasher: Hasher,
    by: Acting,
    question: Question,
    moment: datetime,
) -> ConsentRequest:
    """Ask a grid user for consent, behind one link; a reminder follows before the month is over.

    Args:
        connection: of the transaction in which the mandates are asked for.
        hasher: of the link's token.
        by: who asks.
        question: whom, and what for.
        moment: now.
    """
    token = new_secret()
    request = ConsentRequest(
        request_id=uuid4().hex,
        holder=LIVE_HOLDERS + by.organisation,
        asked_by=by.person_id,
        asked_at=moment,
        is_renewal=question.is_renewal,
        recipient=question.recipient,
        revoked_at=None,
        items=tuple(question.items),
    )
    consents.add(connection, request, hasher.hash(token))
    send(connection, request, token, moment)
    return request


def send(connection: Connection, request: ConsentRequest, token: str, moment: datetime) -> None:
    """Send a question with its link, and a reminder later."""
    number = organisation_of(request.holder)
    asker = organisations.find(connection, number)
    content = ConsentAsked(
        asker=number if asker is None else asker.name,
        asker_number=number,
        asked=tuple(one.asked for one in request.items if one.answer is None),
        answer_before=request.answer_before,
        token=token,
        renewal=request.is_renewal,
    )
    reminded_at = request.answer_before - _REMINDED_BEFORE
    for kind, due_at in (
        (MessageKind.CONSENT_ASKED, moment),
        (MessageKind.CONSENT_REMINDER, max(moment, reminded_at)),
    ):
        message = Message(
            kind,
            f"{kind} {uuid4().hex}",
            about_request(request.request_id),
            request.recipient,
            content,
            due_at,
            request.answer_before,
        )
        outbox.put(connection, message, moment)
