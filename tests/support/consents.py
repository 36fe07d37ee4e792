"""Questions to grid users, asked in a registry."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import select

from kwartier.db.engine import Database
from kwartier.db.schema import outbox_message
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.mandate import Asked, Mandate
from kwartier.domain.messages import ConsentAsked, Language, MessageKind, Recipient
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.organisation import Organisation, OrganisationKind
from kwartier.domain.people import Acting
from kwartier.domain.period import Period
from kwartier.registry import mandates, organisations
from kwartier.registry.outbox_content import read_content
from kwartier.services.asking import Question, about_request, ask, item_about
from kwartier.services.environment import LIVE_HOLDERS
from kwartier.services.secrets import Hasher

__all__ = ["ASKER", "ASKER_NAME", "EANS", "GRID_USER", "Asking", "asking"]

ASKER: Final = EnterpriseNumber.parse("0999.999.922")
ASKER_NAME: Final = "Bakkerij <Zoet> & Zout"
EANS: Final = ("541440110000000007", "541440110000000015")
GRID_USER: Final = Recipient("Zoë Peeters", Language.DUTCH, "zoe@example.org")


@dataclass(frozen=True)
class Asking:
    """A question that was asked.

    Attributes:
        token: of its link.
        mandate_ids: of the mandates that wait for an answer, one for each EAN.
    """

    request_id: str
    token: str = field(repr=False)
    mandate_ids: tuple[str, ...]


def asking(
    database: Database,
    hasher: Hasher,
    moment: datetime,
    *,
    recipient: Recipient = GRID_USER,
    eans: tuple[str, ...] = EANS,
) -> Asking:
    """Ask a grid user for quarter-hours of some EANs."""
    period = Period(datetime(2022, 9, 19, 22, tzinfo=UTC))
    with database.writing() as connection:
        if organisations.find(connection, ASKER) is None:
            organisations.put(
                connection,
                Organisation(
                    ASKER, ASKER_NAME, OrganisationKind.COMPANY, Language.DUTCH, moment, "b@example.org"
                ),
            )
        items = []
        for number, ean in enumerate(eans, 1):
            mandate = Mandate(
                None, Ean(ean), EnergyType.ELECTRICITY, Granularity.QUARTER_HOURLY, grid_user=uuid4().hex
            )
            made = mandates.add(connection, LIVE_HOLDERS + ASKER, mandate, [Asked(moment, period)])
            items.append(item_about(number, made, mandate, period))
        asked = ask(connection, hasher, Acting(ASKER), Question(recipient, items), moment)
        told = connection.execute(
            select(outbox_message.c.content).where(
                outbox_message.c.about == about_request(asked.request_id),
                outbox_message.c.kind == MessageKind.CONSENT_ASKED.value,
            )
        ).scalar_one()
    content = read_content(MessageKind.CONSENT_ASKED, told)
    assert isinstance(content, ConsentAsked)
    return Asking(asked.request_id, content.token, tuple(one.mandate_id for one in items))
