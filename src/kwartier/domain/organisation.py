"""Organisations: who gets the API (I1)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.messages import Language
from kwartier.domain.names import read_shown

__all__ = ["Organisation", "OrganisationKind", "shown_name"]

_MAX_NAME: Final = 200  # characters


class OrganisationKind(Enum):
    """What sort of organisation it is (I1)."""

    COMPANY = "company"
    LOCAL_AUTHORITY = "local authority"
    NON_PROFIT = "non-profit"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation.

    Attributes:
        language: in which it is written to.
        email: where it is asked for consent as a grid user, if it has such an address.
        address: the lines of its postal address, for who has no e-mail.
    """

    number: EnterpriseNumber
    name: str
    kind: OrganisationKind
    language: Language
    registered_at: datetime
    email: str | None = None
    address: tuple[str, ...] = ()


def shown_name(text: str) -> str:
    """A name as it is shown, without blanks around it.

    Raises:
        InvalidValueError: it is empty, too long, or can't be shown.
    """
    try:
        return read_shown(text, _MAX_NAME)
    except InvalidValueError as error:
        raise InvalidValueError(f"a name has {error}") from None
