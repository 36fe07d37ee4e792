"""Organisations, and where grid users are asked (I1, M2)."""

from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from kwartier.clock import Clock
from kwartier.db.engine import Database
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.messages import Language, Recipient
from kwartier.domain.organisation import Organisation, OrganisationKind, shown_name
from kwartier.domain.people import email_address
from kwartier.registry import contacts
from kwartier.registry import organisations as registry

__all__ = ["OrganisationSaid", "Organisations", "Registered", "contact"]


class OrganisationSaid(TypedDict, total=False):
    """What is said of an organisation; what is left out stays as it is known.

    Attributes:
        kind: what sort it is; a company, if it was never said.
        language: in which it is written to; Dutch, if it was never said.
        email: where it is asked for consent as a grid user; None: it has none any more.
        address: the lines of its postal address; empty: it has none any more.
    """

    kind: OrganisationKind
    language: Language
    email: str | None
    address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    """An organisation, and how it was known before; None: it is new."""

    organisation: Organisation
    before: Organisation | None


def contact(
    name: str, language: Language, email: str | None = None, address: tuple[str, ...] = ()
) -> Recipient:
    """Where a grid user is asked for consent: by e-mail, or by letter who has no e-mail address.

    Raises:
        InvalidValueError: a name that can't be shown, or neither an e-mail address nor a postal one.
    """
    return Recipient(
        shown_name(name),
        language,
        None if email is None else email_address(email),
        tuple(shown_name(line) for line in address),
    )


class Organisations:
    """The organisations of a platform.

    Args:
        database: the registry.
        clock: real time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(
        self,
        number: EnterpriseNumber,
        name: str,
        kind: OrganisationKind,
        language: Language,
        email: str | None = None,
        address: tuple[str, ...] = (),
    ) -> Organisation:
        """Register an organisation, or write one that is known anew.

        Args:
            number: its enterprise number.
            name: for people.
            kind: what sort it is.
            language: in which it is written to.
            email: where it is asked for consent as a grid user.
            address: the lines of its postal address, for consent by letter if there is no e-mail.

        Raises:
            InvalidValueError: a name, an e-mail or an address that can't be.
        """
        with self._database.writing(f"organisation {number}") as connection:
            known = registry.find(connection, number)
            organisation = Organisation(
                number,
                shown_name(name),
                kind,
                language,
                self._clock() if known is None else known.registered_at,
                None if email is None else email_address(email),
                tuple(shown_name(line) for line in address),
            )
            registry.put(connection, organisation)
        return organisation

    def register(self, number: EnterpriseNumber, name: str, **said: Unpack[OrganisationSaid]) -> Registered:
        """Register an organisation; of one that is known only what is said changes.

        Args:
            number: its enterprise number.
            name: for people.
            **said: what else is said of it.

        Raises:
            InvalidValueError: a name, an e-mail or an address that can't be.
        """
        with self._database.writing(f"organisation {number}") as connection:
            known = registry.find(connection, number)
            made = known or Organisation(
                number, shown_name(name), OrganisationKind.COMPANY, Language.DUTCH, self._clock()
            )
            email, address = said.get("email", made.email), said.get("address", made.address)
            made = replace(
                made,
                name=shown_name(name),
                kind=said.get("kind", made.kind),
                language=said.get("language", made.language),
                email=None if email is None else email_address(email),
                address=tuple(map(shown_name, address)),
            )
            registry.put(connection, made)
        return Registered(made, known)

    def find(self, number: EnterpriseNumber) -> Organisation | None:
        """The organisation of an enterprise number, if it is registered."""
        with self._database.reading() as connection:
            return registry.find(connection, number)

    def list_all(self) -> list[Organisation]:
        """All organisations, by name."""
        with self._database.reading() as connection:
            return registry.list_all(connection)

    def put_contact(self, ean: Ean, who: str, contact: Recipient) -> None:
        """Say where the grid user of an EAN is asked; it comes before what his organisation says.

        Args:
            ean: of the headpoint.
            who: as the catalogue names the grid user: an enterprise number or a name.
            contact: as `contact` makes it.
        """
        with self._database.writing(f"contacts of {ean}") as connection:
            contacts.put(connection, ean, who, contact)

    def contacts(self, ean: Ean) -> list[tuple[str, Recipient]]:
        """Where the grid users of an EAN are asked, by who they are."""
        with self._database.reading() as connection:
            return contacts.list_all(connection, ean)
