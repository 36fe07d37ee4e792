"""People, and for which organisations they may act (I2)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.messages import Language
from kwartier.domain.period import Period

__all__ = [
    "Acting",
    "Allowed",
    "Person",
    "Refused",
    "Role",
    "RoleKind",
    "WhyNot",
    "email_address",
    "may_act",
    "may_administer",
]

_EMAIL: Final = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+\.[^@\s<>,;:\"]+")
_MAX_EMAIL: Final = 254  # characters


@dataclass(frozen=True, slots=True)
class Person:
    """A person.

    Attributes:
        person_id: random, and says nothing of the person.
        language: in which the person is written to.
    """

    person_id: str
    name: str
    email: str
    language: Language
    registered_at: datetime


class RoleKind(Enum):
    """By what a person may act for an organisation (I2)."""

    FUNCTION = "function"
    """One in the enterprise register; who has it administers the organisation."""
    ADMINISTRATOR = "administrator"
    """Granted: to act, and to grant the same to others."""
    USER = "user"
    """Granted: to act."""


@dataclass(frozen=True, slots=True)
class Role:
    """A person's function in an organisation, or a role that was granted there.

    Attributes:
        title: what the function is called, if that is known.
        granted_by: the id of the person who granted it; None: the operator registered it.
    """

    role_id: str
    person_id: str
    organisation: EnterpriseNumber
    kind: RoleKind
    period: Period
    title: str | None = None
    granted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts for an organisation.

    Attributes:
        person_id: None: the operator, on its behalf.
    """

    organisation: EnterpriseNumber
    person_id: str | None = None


class WhyNot(Enum):
    """Why a person may not act for an organisation; the value says how to get there (I2)."""

    NO_ROLE = (
        "has no function in the enterprise register and no role in this organisation; one of its administrators can "
        "grant a role"
    )
    ENDED = "had a function or role in this organisation, which has ended; one of its administrators can grant a role"
    LATER = "has a function or role in this organisation that begins later"
    NO_ADMINISTRATOR = (
        "may act for this organisation, but does not administer it: that takes a function in the enterprise register, or "
        "the role of administrator"
    )


@dataclass(frozen=True, slots=True)
class Allowed:
    """A person may act, by this role."""

    role: Role


@dataclass(frozen=True, slots=True)
class Refused:
    """A person may not act, and why."""

    reason: WhyNot


def may_act(roles: Iterable[Role], organisation: EnterpriseNumber, moment: datetime) -> Allowed | Refused:
    """Whether a person with these roles may act for an organisation at a moment (I2)."""
    there = [role for role in roles if role.organisation == organisation]
    current = [role for role in there if moment in role.period]
    if current:
        return Allowed(min(current, key=_weakness))
    if not there:
        return Refused(WhyNot.NO_ROLE)
    begun = any(role.period.start <= moment for role in there)
    return Refused(WhyNot.ENDED if begun else WhyNot.LATER)


def may_administer(
    roles: Iterable[Role], organisation: EnterpriseNumber, moment: datetime
) -> Allowed | Refused:
    """Whether a person with these roles may grant and end roles in an organisation at a moment (I2)."""
    decision = may_act(roles, organisation, moment)
    if isinstance(decision, Allowed) and decision.role.kind is RoleKind.USER:
        return Refused(WhyNot.NO_ADMINISTRATOR)
    return decision


def email_address(text: str) -> str:
    """An e-mail address, as far as its form tells.

    Raises:
        InvalidValueError: it can't be one.
    """
    address = text.strip()
    if len(address) > _MAX_EMAIL or not address.isprintable() or not _EMAIL.fullmatch(address):
        raise InvalidValueError("an e-mail address is written NAME@DOMAIN")
    return address


def _weakness(role: Role) -> int:
    return list(RoleKind).index(role.kind)
