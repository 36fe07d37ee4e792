"""From where requests may come: the European Economic Area and the United Kingdom (C3).

References:
    1. Agreement on the European Economic Area, Article 126 and Protocol 40.
    2. Treaty on European Union, Article 52; Treaty on the Functioning of the European Union (TFEU), Articles 349
       and 355 with Annex II.
    3. ISO 3166-1, the codes of two letters, which databases of addresses use.
"""

from collections.abc import Callable
from enum import Enum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, TypeAlias

__all__ = [
    "ADMITTED",
    "EFTA_STATES",
    "EU_STATES",
    "TERRITORIES_INSIDE",
    "TERRITORIES_OUTSIDE",
    "Address",
    "Reason",
    "is_local",
    "is_loopback",
    "reason_to_refuse",
]

Address: TypeAlias = IPv4Address | IPv6Address
"""An address without a zone; one of IPv4 is never written as IPv6."""

EU_STATES: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905 - a list of 27 lines reads no better
)
"""The member states of the European Union [2]."""

EFTA_STATES: Final = frozenset({"IS", "LI", "NO"})
"""The other states of the European Economic Area [1]; Switzerland is none of them."""

_UNITED_KINGDOM: Final = "GB"

TERRITORIES_INSIDE: Final = {
    "AX": "Åland: Finland declared that the agreement applies to it (EEA 126(2), TFEU 355(4))",
    "GF": "French Guiana: an outermost region (TFEU 349 and 355(1))",
    "GP": "Guadeloupe: an outermost region (TFEU 349 and 355(1))",
    "MF": "Saint-Martin, the French part: an outermost region (TFEU 349 and 355(1))",
    "MQ": "Martinique: an outermost region (TFEU 349 and 355(1))",
    "RE": "Réunion: an outermost region (TFEU 349 and 355(1))",
    "YT": "Mayotte: an outermost region since 2014 (European Council Decision 2012/419/EU)",
}
"""Parts of states of the area that have a code of their own, and why they belong to it."""

TERRITORIES_OUTSIDE: Final = {
    "AW": "Aruba: an overseas country (TFEU Annex II)",
    "BL": "Saint-Barthélemy: no outermost region any more since 2012 (European Council Decision 2010/718/EU)",
    "BQ": "Bonaire, Saba and Sint Eustatius: overseas countries (TFEU Annex II)",
    "BV": "Bouvet Island: a dependency of Norway, no part of the kingdom",
    "CW": "Curaçao: an overseas country (TFEU Annex II)",
    "FO": "Faroe Islands: the treaties do not apply (TFEU 355(5)(a))",
    "GG": "Guernsey: a dependency of the Crown, no part of the United Kingdom",
    "GI": "Gibraltar: an overseas territory, no part of the United Kingdom",
    "GL": "Greenland: left in 1985, an overseas country (TFEU Annex II)",
    "IM": "Isle of Man: a dependency of the Crown, no part of the United Kingdom",
    "JE": "Jersey: a dependency of the Crown, no part of the United Kingdom",
    "NC": "New Caledonia: an overseas country (TFEU Annex II)",
    "PF": "French Polynesia: an overseas country (TFEU Annex II)",
    "PM": "Saint-Pierre and Miquelon: an overseas country (TFEU Annex II)",
    "SJ": "Svalbard and Jan Mayen: Norway left Svalbard out (EEA Protocol 40), and the code does not tell them apart",
    "SX": "Sint Maarten, the Dutch part: an overseas country (TFEU Annex II)",
    "TF": "French Southern Territories: an overseas country (TFEU Annex II)",
    "WF": "Wallis and Futuna: an overseas country (TFEU Annex II)",
    "AD": "Andorra: a neighbour with agreements of its own",
    "CH": "Switzerland: of the EFTA, but not of the area",
    "MC": "Monaco: a neighbour with agreements of its own",
    "SM": "San Marino: a neighbour with agreements of its own",
    "VA": "Vatican City: a neighbour with agreements of its own",
    "EU": "somewhere in Europe, as some registries say it: that may be outside the area",
}
"""Codes that one might take for part of the area, and why they are not. Any other that is not admitted is refused too."""

ADMITTED: Final = EU_STATES | EFTA_STATES | {_UNITED_KINGDOM} | TERRITORIES_INSIDE.keys()
"""The codes from which requests are let in (C3)."""

_LOCAL: Final = tuple(
    ip_network(network)
    for network in (
        "127.0.0.0/8",  # loopback
        "10.0.0.0/8",  # private
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",  # link-local
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


class Reason(Enum):
    """Why a request is refused for where it comes from (C3)."""

    ADDRESS_UNKNOWN = "address unknown"
    LOCAL = "local address"
    COUNTRY_UNKNOWN = "country unknown"
    OUTSIDE = "outside"


def is_local(address: Address) -> bool:
    """Whether an address is one of loopback, a private network or a link, which are in no country."""
    return any(address in network for network in _LOCAL)


def is_loopback(host: str) -> bool:
    """Whether a host, by name or address, is this machine itself, out of reach for others."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reason_to_refuse(
    address: Address | None, country_of: Callable[[Address], str | None], *, local_admitted: bool
) -> Reason | None:
    """Decide whether a request may come from an address; whatever is not known is refused (C3).

    Args:
        address: of the client; None if it is not known.
        country_of: tells the code of the country of an address, None if it does not know it.
        local_admitted: whether loopback, private and link-local addresses count as inside.

    Returns:
        Why it is refused; None if it is let in.
    """
    if address is None:
        return Reason.ADDRESS_UNKNOWN
    if is_local(address):
        return None if local_admitted else Reason.LOCAL
    country = country_of(address)
    if country is None:
        return Reason.COUNTRY_UNKNOWN
    return None if country in ADMITTED else Reason.OUTSIDE
