"""Where geography stands among the refusals, and what it leaves open."""

from http import HTTPStatus
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal
from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped] # it has no types

from kwartier.app import borders
from kwartier.domain.errors import InvalidValueError
from kwartier.serving import server_config
from kwartier.settings import Settings
from kwartier.wire import paths
from support.engines import Template
from support.platform import BASE, Client, Platform, assert_refused, new_platform

_BELGIUM, _AMERICA = {"X-Forwarded-For": "193.190.130.15"}, {"X-Forwarded-For": "8.8.8.8"}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database of two countries."""
    writer = MMDBWriter(6, ipv4_compatible=True)
    for network, code in (("193.190.0.0/16", "BE"), ("8.8.8.0/24", "US")):
        writer.insert_network(IPSet([network]), {"country_code": code})
    writer.to_db_file(str(tmp_path / "country.mmdb"))
    return tmp_path / "country.mmdb"


def test_geography_comes_before_credentials(
    template: Template, portal: BlockingPortal, database: Path
) -> None:
    """C5: from outside the area API, control and token endpoint are 403, whatever else is wrong or right."""
    with new_platform(template, portal, geography=str(database), trusted_proxies="127.0.0.1") as platform:
        asked = [
            platform.http.get(BASE + paths.MANDATE, headers=_AMERICA),
            platform.http.get(BASE + paths.ENERGY, headers=_AMERICA),
            platform.http.get(f"{paths.CONTROL}/clock", headers=_AMERICA),
            platform.http.post(platform.token_path, data={"grant_type": "x"}, headers=_AMERICA),
            platform.http.get(BASE + paths.MANDATE),
        ]
        for answer in asked:
            assert_refused(answer, HTTPStatus.FORBIDDEN, "European Economic Area")
        inside = platform.http.get(BASE + paths.MANDATE, headers=_BELGIUM)
        assert_refused(inside, HTTPStatus.UNAUTHORIZED, "subscription key")


def test_health_and_pages_are_open(template: Template, portal: BlockingPortal, database: Path) -> None:
    """C5: health, keys, discovery and the Swagger pages are not asked where from; a wrong path stays 404."""
    with new_platform(template, portal, geography=str(database), trusted_proxies="127.0.0.1") as platform:
        tenant = platform.settings.tenant_id
        for path in (
            BASE + paths.HEALTH,
            BASE + paths.SWAGGER,
            paths.jwks_path(tenant),
            paths.discovery_path(tenant),
        ):
            assert platform.http.get(path, headers=_AMERICA).status_code == HTTPStatus.OK
        assert platform.http.get("/no/such", headers=_AMERICA).status_code == HTTPStatus.NOT_FOUND


def test_loopback_is_inside_in_development(client: Client) -> None:
    """C3: without a database, a client on this machine is let in, and what it says of others is not read."""
    assert client.ask("GET", paths.MANDATE, headers=_AMERICA).status_code == HTTPStatus.OK


def test_the_server_believes_nobody_by_itself(platform: Platform) -> None:
    """C3: the server leaves the peer's address as it is."""
    assert server_config(platform.app).proxy_headers is False


def test_a_platform_for_others_needs_a_word() -> None:
    """C3: on an address that others reach, the platform does not start without a geography."""
    with pytest.raises(InvalidValueError, match="setting geography"):
        borders(Settings(host="0.0.0.0"))  # noqa: S104 - nothing is bound
    with pytest.raises(InvalidValueError, match="setting geography"):
        borders(Settings(trusted_proxies="10.0.0.1"))
    with pytest.raises(InvalidValueError, match="setting geography"):
        borders(Settings(public_url="https://metering.example", trusted_proxies="127.0.0.1"))


@pytest.mark.parametrize("geography", [None, "off"])
def test_a_proxy_on_the_same_machine_is_named(geography: str | None) -> None:
    """C3: behind a public address, on loopback, the platform does not start before it knows its proxy: all would be local."""
    with pytest.raises(InvalidValueError, match="setting trusted_proxies"):
        borders(Settings(public_url="https://metering.example", geography=geography))
    borders(Settings(public_url="http://localhost:8080"))
    borders(Settings(public_url="https://metering.example", trusted_proxies="127.0.0.1", geography="off"))
