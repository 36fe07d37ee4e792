"""The pages of a platform, as `serve` and `demo` name them."""

from collections.abc import Iterator, Sequence

from kwartier.domain.credentials import EnvironmentName
from kwartier.wire.paths import BACKOFFICE, BASE_PATHS, CONTROL, DEVELOPMENT_OUTBOX, SWAGGER

__all__ = ["pages"]


def pages(
    address: str, served: Sequence[EnvironmentName], *, shows_messages: bool
) -> Iterator[tuple[str, str]]:
    """Each page with its name, in the order in which they are shown.

    Args:
        address: under which the platform is reached.
        served: the environments.
        shows_messages: whether messages go nowhere, and are read there.
    """
    for environment in served:
        yield environment.value, address + BASE_PATHS[environment][0] + SWAGGER
    if EnvironmentName.LIVE in served:
        yield "backoffice", address + BACKOFFICE + SWAGGER
    if shows_messages:
        yield "messages", address + DEVELOPMENT_OUTBOX
    if EnvironmentName.SANDBOX in served:
        yield "control", address + CONTROL + SWAGGER
        yield "journal", f"{address}{CONTROL}/journal.html"
