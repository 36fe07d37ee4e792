import re
from ipaddress import ip_address
from pathlib import Path

import pytest

from kwartier.domain.geography import (
    ADMITTED,
    EFTA_STATES,
    EU_STATES,
    TERRITORIES_INSIDE,
    TERRITORIES_OUTSIDE,
    Address,
    Reason,
    is_local,
    reason_to_refuse,
)

_PAGE = Path(__file__).parents[2] / "docs" / "geography.md"
_SOMEWHERE = ip_address("198.51.100.7")


def judged(address: str | None, country: str | None, *, local_admitted: bool = False) -> Reason | None:
    """The decision about an address that lies in a country."""
    read = None if address is None else ip_address(address)
    return reason_to_refuse(read, lambda _: country, local_admitted=local_admitted)


def test_the_area_is_counted() -> None:
    """C3: the area has 27 and 3 states, and the United Kingdom beside them."""
    assert (len(EU_STATES), len(EFTA_STATES)) == (27, 3)
    assert ADMITTED - EU_STATES - EFTA_STATES - TERRITORIES_INSIDE.keys() == {"GB"}
    assert not EU_STATES & EFTA_STATES


@pytest.mark.parametrize("code", sorted(ADMITTED))
def test_the_area_is_let_in(code: str) -> None:
    """C3: requests from every state and territory of the area, and from the United Kingdom, are let in."""
    assert re.fullmatch("[A-Z]{2}", code)
    assert judged("198.51.100.7", code) is None


@pytest.mark.parametrize("code", [*sorted(TERRITORIES_OUTSIDE), "US", "RU", "UA", "TR", "UK", "EL", "", "be"])
def test_the_rest_of_the_world_is_not(code: str) -> None:
    """C3: neighbours, territories that the treaties leave out, and everything unknown are refused."""
    assert judged("198.51.100.7", code) is Reason.OUTSIDE


def test_an_address_in_no_country_is_refused() -> None:
    """C3: an address that the database does not know is refused."""
    assert judged("198.51.100.7", None) is Reason.COUNTRY_UNKNOWN


@pytest.mark.parametrize("local_admitted", [False, True])
def test_no_address_is_refused(*, local_admitted: bool) -> None:
    """C3: a request whose address is not known is refused, in development too."""
    assert judged(None, "BE", local_admitted=local_admitted) is Reason.ADDRESS_UNKNOWN


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.1.1",
        "::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "febf::1",
    ],
)
def test_local_addresses_are_inside_in_development_alone(address: str) -> None:
    """C3: loopback, private and link-local addresses are let in only if that is said, whatever a database says."""
    assert judged(address, None, local_admitted=True) is None
    assert judged(address, "US", local_admitted=True) is None
    assert judged(address, "BE") is Reason.LOCAL


@pytest.mark.parametrize(
    "address",
    [
        "126.255.255.255",
        "128.0.0.1",
        "9.255.255.255",
        "11.0.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.167.255.255",
        "192.169.0.1",
        "169.253.0.1",
        "169.255.0.1",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - nothing is bound
        "::",
        "::2",
        "fbff::1",
        "fe00::1",
        "fe7f::1",
        "fec0::1",
        "2001:db8::1",
    ],
)
def test_other_addresses_are_not_local(address: str) -> None:
    """C3: what lies beside the local networks is in a country, or unknown."""
    assert not is_local(ip_address(address))
    assert judged(address, None, local_admitted=True) is Reason.COUNTRY_UNKNOWN


def test_the_country_of_the_address_is_asked() -> None:
    """C3: it is the client's own address whose country is looked for."""
    asked: list[Address] = []

    def country_of(address: Address) -> str:
        asked.append(address)
        return "BE"

    assert reason_to_refuse(_SOMEWHERE, country_of, local_admitted=False) is None
    assert asked == [_SOMEWHERE]


def test_the_page_lists_every_code() -> None:
    """C3: docs/geography.md says of each code whether it is let in."""
    text = _PAGE.read_text(encoding="utf-8")
    _, inside, outside = re.split(r"^### (?:Let in|Not let in)$", text, flags=re.MULTILINE)
    listed = [set(re.findall(r"`([A-Z]{2})`", part.partition("\n## ")[0])) for part in (inside, outside)]
    assert listed == [set(ADMITTED), set(TERRITORIES_OUTSIDE)]
