import logging
import os
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped] # it has no types

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.geography import Address
from kwartier.gateway.countries import CountryDatabase, Signature, read_countries
from kwartier.gateway.geography import (
    DatabaseGeography,
    Geography,
    LocalGeography,
    OpenGeography,
    check_geography,
    check_proxies,
    choose_geography,
    outside,
)
from kwartier.telemetry.events import Event as LogEvent

_BE4, _BE6, _US4, _US6 = "193.190.130.15", "2a02:a000::1", "8.8.8.8", "2001:4860:4860::8888"
_NETWORKS = {"193.190.0.0/16": "BE", "2a02:a000::/26": "BE", "8.8.8.0/24": "US", "2001:4860::/32": "US"}


@dataclass
class Seconds:
    """A clock of seconds that is moved by hand."""

    now: float = 1000.0

    def __call__(self) -> float:
        """The seconds."""
        return self.now


@dataclass
class Place:
    """A file of a database, what is made of it, and what is logged."""

    file: Path
    caplog: pytest.LogCaptureFixture
    seconds: Seconds = field(default_factory=Seconds)

    def write(self, record: Any = None, networks: dict[str, str] | None = None, ip_version: int = 6) -> None:
        """Put a new file in place of the one that is there."""
        new = self.file.with_suffix(".new")
        made(new, record or (lambda code: {"country_code": code}), networks or _NETWORKS, ip_version)
        new.replace(self.file)

    def open(self, *, local_admitted: bool = False) -> DatabaseGeography:
        """The geography of the file."""
        return DatabaseGeography(self.file, self.seconds, local_admitted=local_admitted, check_seconds=10)

    def told(self, event: str) -> list[dict[str, Any]]:
        """What was logged under a name."""
        events: list[object] = [
            record.msg for record in self.caplog.records if record.name == "kwartier.geography"
        ]
        return [dict(one.fields) for one in events if isinstance(one, LogEvent) and one.name == event]


def made(file: Path, record: Any, networks: dict[str, str], ip_version: int = 6) -> None:
    """Make a database with a record for each network."""
    writer = MMDBWriter(ip_version, "tests-country", ipv4_compatible=ip_version == 6)
    for network, code in networks.items():
        writer.insert_network(IPSet([network]), record(code))
    writer.to_db_file(str(file))


def admits(geography: Geography, *addresses: str) -> list[bool]:
    """Which addresses are let in."""
    return [geography.admits(ip_address(one)) for one in addresses]


@pytest.fixture
def place(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Place:
    """A database of two countries."""
    caplog.set_level(logging.DEBUG, "kwartier.geography")
    place = Place(tmp_path / "country.mmdb", caplog)
    place.write()
    return place


@pytest.mark.parametrize(
    "record",
    [
        lambda code: {"country_code": code},
        lambda code: {"country_code": code.lower()},
        lambda code: {
            "country": {"iso_code": code, "names": {"en": "x"}},
            "registered_country": {"iso_code": "RU"},
        },
        lambda code: {"country": "Some Country", "country_code": code, "continent_code": "EU"},
        lambda code: {"country": code, "country_name": "Some Country", "continent": "EU"},
    ],
    ids=["country_code", "small letters", "country.iso_code", "country_code beside a name", "country"],
)
def test_the_shapes_of_databases(place: Place, record: Any) -> None:
    """C3: databases of several makers are read; an address in the area is let in, another not."""
    place.write(record)
    assert admits(place.open(), _BE4, _BE6, _US4, _US6) == [True, True, False, False]


def test_the_registered_country_does_not_count(place: Place) -> None:
    """C3: where an address is registered, or whom it represents, says nothing of where it is."""
    records = {
        "BE": {"registered_country": {"iso_code": "BE"}, "represented_country": {"iso_code": "BE"}},
        "US": {"country": {"iso_code": "US"}, "registered_country": {"iso_code": "BE"}},
    }
    place.write(records.__getitem__)
    assert admits(place.open(), _BE4, _BE6, _US4, _US6) == [False] * 4
    assert {one["reason"] for one in place.told("geography_refused")} == {"country unknown", "outside"}


@pytest.mark.parametrize(
    "record", ["BE", ["BE"], {"country": {"iso_code": 2}}, {"country_code": ""}, {"country_code": "BEL"}]
)
def test_a_record_without_a_code_is_refused(place: Place, record: Any) -> None:
    """C3: a record that names no country by a code of two letters gives none."""
    place.write({"BE": record, "US": {"country_code": "US"}}.__getitem__)
    assert admits(place.open(), _BE4, _BE6) == [False, False]


def test_what_is_not_in_the_database_is_refused(place: Place) -> None:
    """C3: an address that the database does not know, or that is not known itself, is refused."""
    opened = place.open(local_admitted=True)
    assert admits(opened, "198.51.100.7", "2001:db8::1", "0.0.0.0") == [False] * 3  # noqa: S104 - nothing is bound
    assert opened.admits(None) is False
    assert admits(opened, _BE4) == [True]


def test_a_database_of_ipv4_lets_no_ipv6_in(place: Place) -> None:
    """C3: a database of IPv4 alone knows nothing of IPv6."""
    place.write(networks={"193.190.0.0/16": "BE", "42.2.160.0/24": "BE"}, ip_version=4)
    assert admits(place.open(), _BE4, _BE6, "2a02:a000::") == [True, False, False]
    assert not place.told("geography_lookup_failed")


def test_ipv4_in_the_clothes_of_ipv6_is_refused(place: Place) -> None:
    """C3: the addresses of IPv6 under which such files keep IPv4 are no way in."""
    assert admits(place.open(), f"::{_BE4}", "::c1be:820f", _BE4) == [False, False, True]


def test_local_addresses_are_let_in_if_that_is_said(place: Place) -> None:
    """C3: beside a database, local addresses are let in only if that is said."""
    local = ("127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.0.1", "::1", "fd00::1", "fe80::1")
    assert admits(place.open(), *local) == [False] * len(local)
    assert admits(place.open(local_admitted=True), *local, _US4) == [*[True] * len(local), False]


def test_a_new_file_is_taken_over(place: Place) -> None:
    """C3: a file put in place of the old one counts from the next look on, and not before."""
    opened = place.open()
    assert admits(opened, _BE4, _US4) == [True, False]
    place.write(networks={"193.190.0.0/16": "US", "8.8.8.0/24": "BE"})
    place.seconds.now += 9.9
    assert admits(opened, _BE4, _US4) == [True, False]
    place.seconds.now += 0.1
    assert admits(opened, _BE4, _US4) == [False, True]
    assert len(place.told("geography_read")) == 2


def test_an_old_file_is_not_read_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """C3: a file that did not change is looked at, and not read."""
    opened = place.open()
    monkeypatch.delattr("maxminddb.open_database")
    for _ in range(3):
        place.seconds.now += 100
        assert admits(opened, _BE4, _US4) == [True, False]
    assert not place.told("geography_unfit")


def test_a_file_written_over_is_taken_over(place: Place) -> None:
    """C3: a file that is written over in place, to the same size and time, is seen all the same."""
    opened = place.open()
    before = place.file.stat()
    content = place.file.read_bytes()
    place.file.write_bytes(content.replace(b"BE", b"??").replace(b"US", b"BE").replace(b"??", b"US"))
    os.utime(place.file, ns=(before.st_atime_ns, before.st_mtime_ns))
    place.seconds.now += 10
    assert admits(opened, _BE4, _US4) == [False, True]


def test_a_link_that_leads_elsewhere_is_followed(place: Place) -> None:
    """C3: where the setting names a link, another file behind it is taken over."""
    other = place.file.with_name("other.mmdb")
    made(other, lambda code: {"country_code": code}, {"8.8.8.0/24": "BE"})
    link, new = place.file.with_name("link.mmdb"), place.file.with_name("link.new")
    link.symlink_to(place.file)
    opened = DatabaseGeography(link, place.seconds)
    new.symlink_to(other)
    new.replace(link)
    place.seconds.now += 60
    assert admits(opened, _BE4, _US4) == [False, True]


@pytest.mark.parametrize(
    "broken", ["half", "empty", "noise", "gone", "folder", "no countries", "bad metadata"]
)
def test_a_broken_new_file_changes_nothing(place: Place, broken: str) -> None:
    """C3: while the new file is broken, half or gone the old database counts, and that is logged once."""
    opened = place.open()
    content = place.file.read_bytes()
    place.file.unlink()
    if broken == "folder":
        place.file.mkdir()
    elif broken == "no countries":
        place.write(lambda code: {"autonomous_system_number": ord(code[0])})
    elif broken != "gone":
        metadata = content.rindex(b"MaxMind.com")
        contents = {
            "half": content[: len(content) // 2],
            "empty": b"",
            "noise": b"\xab\xcd\xefMaxMind.com" + bytes(range(256)),
            "bad metadata": content[: metadata + 20] + b"\xff" * 40,
        }
        place.file.write_bytes(contents[broken])
    for _ in range(3):
        place.seconds.now += 10
        assert admits(opened, _BE4, _US4) == [True, False]
    unfit = place.told("geography_unfit")
    assert len(unfit) == 1
    assert unfit[0]["file"] == str(place.file)
    assert unfit[0]["why"]
    if broken == "folder":
        place.file.rmdir()
    place.write(networks={"8.8.8.0/24": "BE"})
    place.seconds.now += 10
    assert admits(opened, _BE4, _US4) == [False, True]
    assert len(place.told("geography_unfit")) == 1


def test_a_file_that_comes_back_counts_again(place: Place) -> None:
    """C3: a file that was away for a while is taken over when it is back, also if it is the same one."""
    opened = place.open()
    away = place.file.with_suffix(".away")
    for absences in (1, 2):
        place.file.rename(away)
        place.seconds.now += 10
        assert admits(opened, _BE4) == [True]
        away.rename(place.file)
        place.seconds.now += 10
        assert admits(opened, _BE4) == [True]
        assert len(place.told("geography_unfit")) == absences
        assert len(place.told("geography_read")) == 1 + absences


def test_a_file_that_is_being_written_is_not_taken(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """C3: a file that changes while it is read waits for the next look."""
    opened = place.open()
    place.write(networks={"8.8.8.0/24": "BE"})
    real = os.fstat
    calls = iter(range(2))

    def growing(descriptor: int) -> os.stat_result:
        if next(calls, None) == 1:
            with place.file.open("ab") as written:
                written.write(b"\0")
        return real(descriptor)

    monkeypatch.setattr("os.fstat", growing)
    place.seconds.now += 10
    assert admits(opened, _BE4, _US4) == [True, False]
    assert [one["why"] for one in place.told("geography_unfit")] == ["it is being written"]
    place.seconds.now += 10
    assert admits(opened, _BE4, _US4) == [False, True]


def test_one_thread_looks_while_others_go_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """C3: while a thread reads the new file, requests in others are judged by the old one, which stays usable."""
    opened = place.open()
    old = opened._database
    place.write(networks={"8.8.8.0/24": "BE"})
    reading, go_on = Event(), Event()

    def slowly(file: Path) -> tuple[CountryDatabase, Signature]:
        reading.set()
        assert go_on.wait(30)
        return read_countries(file)

    monkeypatch.setattr("kwartier.gateway.geography.read_countries", slowly)
    place.seconds.now += 10
    answers: list[bool] = []
    reader = Thread(target=lambda: answers.extend(admits(opened, _BE4, _US4)))
    reader.start()
    assert reading.wait(30)
    place.seconds.now += 10
    assert admits(opened, _BE4, _US4) == [True, False]
    go_on.set()
    reader.join(30)
    assert answers == [False, True]
    assert old.country_of(ip_address(_US4)) == "US"
    assert len(place.told("geography_read")) == 2


def test_a_database_that_is_cut_short_stays_in_force(place: Place) -> None:
    """C3: cutting the file short while it is in use harms no request."""
    opened = place.open()
    os.truncate(place.file, 0)
    assert admits(opened, _BE4, _BE6, _US4) == [True, True, False]
    place.seconds.now += 10
    assert admits(opened, "193.190.1.1", "2a02:a000::2", "8.8.8.9") == [True, True, False]


def test_a_hole_in_the_data_refuses(place: Place) -> None:
    """C3: an address whose record can't be read is refused, and the log says that there is such a thing."""
    content = place.file.read_bytes()
    broken = content.replace(b"\x42BE", b"\xff\xff\xff", 1)
    assert broken != content
    database = CountryDatabase(broken)
    assert database.country_of(ip_address(_US4)) == "US"
    assert database.country_of(ip_address(_BE4)) is None
    assert [one["error"] for one in place.told("geography_lookup_failed")]


@pytest.mark.parametrize("wrong", ["missing", "folder", "pipe", "text", "no countries", "no codes"])
def test_a_wrong_file_is_refused_at_start(place: Place, wrong: str) -> None:
    """C3: a platform whose database is not there, or none of countries, does not start, and names the setting."""
    if wrong == "no countries":
        place.write(lambda _: {"autonomous_system_number": 2611})
    elif wrong == "no codes":
        place.write(lambda _: {"country": "Belgium"})
    else:
        place.file.unlink()
    if wrong == "folder":
        place.file.mkdir()
    if wrong == "pipe":
        os.mkfifo(place.file)
    if wrong == "text":
        place.file.write_text("<html>Not found</html>")
    with pytest.raises(InvalidValueError, match="setting geography: ") as raised:
        choose_geography(str(place.file), place.seconds)
    assert str(place.file) in str(raised.value)


def test_the_log_names_no_address(place: Place) -> None:
    """A2: what is logged of a refusal is its reason, never an address."""
    opened = place.open()
    assert admits(opened, _US4, _US6, "198.51.100.7", "10.0.0.1") == [False] * 4
    assert opened.admits(None) is False
    reasons = [one["reason"] for one in place.told("geography_refused")]
    assert reasons == ["outside", "outside", "country unknown", "local address", "address unknown"]
    logged = " ".join(record.getMessage() for record in place.caplog.records)
    assert "geography_refused" in logged
    assert not [one for one in (_US4, _US6, "198.51.100.7", "10.0.0.1") if one in logged]


def test_the_log_tells_which_database_counts(place: Place) -> None:
    """C3: when a database is read the log tells which file, what it is, and when it was made."""
    place.open()
    [told] = place.told("geography_read")
    assert told["file"] == str(place.file)
    assert told["kind"] == "tests-country (IPv6)"
    assert len(told["built"]) == len("2025-09-20")


def test_without_a_database_only_local_addresses_are_let_in(place: Place) -> None:
    """C3: in development, without a database, this machine and private networks are let in and nobody else."""
    chosen = choose_geography(None, place.seconds)
    assert isinstance(chosen, LocalGeography)
    assert admits(chosen, "127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", _BE4, _US6) == [
        *[True] * 4,
        False,
        False,
    ]
    assert chosen.admits(None) is False


@pytest.mark.parametrize("setting", ["off", "OFF"])
def test_off_lets_in_from_everywhere_and_is_logged(place: Place, setting: str) -> None:
    """C3: an operator may say that requests come from everywhere; the log says so at start."""
    chosen = choose_geography(setting, place.seconds)
    assert isinstance(chosen, OpenGeography)
    assert admits(chosen, _US4, _US6, "127.0.0.1") == [True] * 3
    assert chosen.admits(None) is True
    assert len(place.told("geography_off")) == 1


def test_a_file_in_the_settings_is_a_database(place: Place) -> None:
    """C3: a setting that names a file is judged by it, with or without local addresses."""
    assert admits(choose_geography(str(place.file), place.seconds), _BE4, _US4, "::1") == [True, False, False]
    with_local = choose_geography(str(place.file), place.seconds, local_admitted=True)
    assert admits(with_local, _BE4, _US4, "::1") == [True, False, True]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_development_needs_no_database(host: str) -> None:
    """C3: on loopback, without proxies, nothing need be said."""
    for address in ("http://127.0.0.1:8484", "http://localhost:8484", "http://[::1]"):
        check_geography(None, host, address, behind_proxies=False)
        check_proxies(host, address, are_named=False)


@pytest.mark.parametrize(
    ("host", "address", "behind_proxies"),
    [
        ("0.0.0.0", "http://localhost", False),  # noqa: S104 - nothing is bound
        ("::", "http://localhost", False),
        ("10.0.0.1", "http://localhost", False),
        ("metering.example", "http://localhost", False),
        ("", "http://localhost", False),
        ("127.0.0.1", "http://localhost", True),
        ("127.0.0.1", "https://metering.example", False),
        ("::1", "http://10.0.0.1:8484", False),
        ("localhost", "https://[2001:db8::1]", False),
        ("127.0.0.1", "https://localhost.metering.example", False),
    ],
)
def test_who_serves_others_says_from_where(host: str, address: str, *, behind_proxies: bool) -> None:
    """C3: a platform that others can reach does not start before its operator named a database or said `off`."""
    with pytest.raises(InvalidValueError, match=r"setting geography: .*'off'"):
        check_geography(None, host, address, behind_proxies=behind_proxies)
    check_geography("off", host, address, behind_proxies=behind_proxies)
    check_geography("country.mmdb", host, address, behind_proxies=behind_proxies)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", None])
def test_a_proxy_that_must_be_there_is_named(host: str | None) -> None:
    """C3, C4: who listens on this machine alone, for users elsewhere, names the proxy: or each of them counts as the proxy."""
    with pytest.raises(InvalidValueError, match=r"setting trusted_proxies: .*metering\.example"):
        check_proxies(host, "https://metering.example", are_named=False)
    check_proxies(host, "https://metering.example", are_named=True)
    check_proxies("10.0.0.1", "https://metering.example", are_named=False)  # its peers may be the users


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (ip_address(_US4), f"yours came from {_US4}"),
        (ip_address(_US6), f"yours came from {_US6}"),
        (None, "could not be told"),
    ],
)
def test_the_refusal_names_the_rule_and_the_address(address: Address | None, said: str) -> None:
    """C3, C6: the refusal is a 403 that says from where requests may come, and what address was seen."""
    refusal = outside(address)
    assert refusal.status == HTTPStatus.FORBIDDEN
    assert "European Economic Area and the United Kingdom" in refusal.message
    assert said in refusal.message
    assert refusal.response().status_code == HTTPStatus.FORBIDDEN
