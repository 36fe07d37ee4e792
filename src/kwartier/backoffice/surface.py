"""The backoffice put together: an app with every operation, and the pages about it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from kwartier.backoffice import (
    contracts,
    delivering,
    headpoints,
    looking,
    mandates,
    organisations,
    people,
    quarantine,
    scenarios,
)
from kwartier.backoffice.call import Desk
from kwartier.backoffice.dutch import DUTCH
from kwartier.backoffice.operation import Operation, add_operation
from kwartier.domain.operators import ABOUT
from kwartier.gateway.documented import Pages, documented_app
from kwartier.gateway.languages import ENGLISH, Language
from kwartier.gateway.targets import Targets
from kwartier.gateway.token import Identity
from kwartier.wire import paths

__all__ = ["OPERATIONS", "SCOPES", "add_backoffice"]

OPERATIONS: Final[Sequence[Operation[Any]]] = (
    *delivering.OPERATIONS,
    *quarantine.OPERATIONS,
    *headpoints.OPERATIONS,
    *organisations.OPERATIONS,
    *people.OPERATIONS,
    *contracts.OPERATIONS,
    *scenarios.OPERATIONS,
    *mandates.OPERATIONS,
    *looking.OPERATIONS,
)
"""Everything that can be asked."""

SCOPES: Final[Mapping[str, str]] = {scope.value: told for scope, told in ABOUT.items()}
"""What a token may be asked for, and what it allows."""

_LANGUAGES: Final = (ENGLISH, Language("nl", "Nederlands", ".nl", DUTCH))


def add_backoffice(targets: Targets, desk: Desk, identity: Identity) -> None:
    """Add the backoffice.

    Args:
        targets: where paths lead.
        desk: the services behind it.
        identity: who grants tokens.
    """
    app = documented_app(
        "Kwartier backoffice",
        "For who runs the platform, with the credentials of an operator: readings come in here, and what stands in the "
        "registry is looked at and changed. No subscription key is needed.",
    )
    app.state.desk = desk
    for operation in OPERATIONS:
        add_operation(app, operation)
    Pages(identity, _LANGUAGES, SCOPES).add(app, paths.BACKOFFICE)
    targets.add(app, paths.BACKOFFICE)
