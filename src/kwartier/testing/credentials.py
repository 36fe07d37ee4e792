"""Credentials of a sandbox, as a client needs them."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from kwartier.services.credentials import IssuedCredentials, connection_details
from kwartier.settings import Settings
from kwartier.wire.paths import BASE_PATHS
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Credentials", "issued_for"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """All that a client needs to use a sandbox, by the names that `kwartier credentials issue` prints.

    Attributes:
        base_url: of the guide's API.
        esco_base_url: of the same API under the paths of the sister API's clients.
        valid_until: one year on, in real time, whatever the sandbox's clock shows.
    """

    tenant_id: str
    scope: str
    grant_type: str
    token_endpoint: str
    client_id: str
    client_secret: str = field(repr=False)
    subscription_key: str = field(repr=False)
    base_url: str
    esco_base_url: str
    valid_until: datetime

    def as_environment(self, prefix: str = "") -> dict[str, str]:
        """As environment variables: the names in capitals behind a prefix, as in `{"CLIENT_ID": …}`."""
        written = asdict(self) | {"valid_until": write_timestamp(self.valid_until)}
        return {prefix + name.upper(): text for name, text in written.items()}


def issued_for(issued: IssuedCredentials, settings: Settings) -> Credentials:
    """Credentials that were just issued, with where they are used."""
    details = connection_details(issued, settings.tenant_id, settings.public_address)
    _, esco_base_path = BASE_PATHS[issued.credentials.environment]
    return Credentials(
        **{name: text for name, text in details.items() if name != "valid_until"},
        esco_base_url=settings.public_address + esco_base_path,
        valid_until=issued.credentials.valid_until,
    )
