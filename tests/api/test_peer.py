from ipaddress import IPv4Address, IPv6Address, ip_address
from time import thread_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.errors import InvalidValueError
from kwartier.gateway.peer import ForwardedHeader, Proxies, read_address

_PROXY = "10.0.0.1"
_TRUSTED = "10.0.0.0/8 2001:db8:aaaa::/48"
_XFF, _FORWARDED = "x-forwarded-for", "forwarded"
_BOTH = pytest.mark.parametrize("header", [_XFF, _FORWARDED])


def _is_stranger(address: IPv4Address | IPv6Address) -> bool:
    written_as_ipv4 = isinstance(address, IPv6Address) and address.ipv4_mapped is not None
    trusted = any(address in network for network in Proxies.parse(_TRUSTED).networks)
    return not written_as_ipv4 and not trusted


strangers = st.ip_addresses().map(str).filter(lambda text: _is_stranger(ip_address(text)))
junk = st.one_of(
    st.binary(max_size=80),
    st.text('forFOR=";:,\\[]%_.~ \t0123456789abcdefunknown', max_size=80).map(str.encode),
    st.lists(
        st.sampled_from(
            [
                b"for=",
                b'for="',
                b'"',
                b"\\",
                b",",
                b";",
                b"by=_x",
                b"193.190.130.15",
                b"[2a02:a000::1]",
                b":80",
                b" ",
                b"10.0.0.9",
                b"unknown",
            ]
        ),
        max_size=12,
    ).map(b"".join),
)


def scope(peer: str | None, *headers: tuple[str, str | bytes], **more: Any) -> dict[str, Any]:
    """The scope of a request of a peer."""
    return {
        "type": "http",
        "client": None if peer is None else (peer, 50000),
        "server": ("10.0.0.2", 8484),
        "headers": [
            (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers
        ],
    } | more


def told(header: str, *lines: str | bytes, peer: str = _PROXY, trusted: str = _TRUSTED) -> str | None:
    """The address of a client of whom a proxy tells."""
    found = Proxies.parse(trusted, header).client_address(scope(peer, *((header, line) for line in lines)))
    return None if found is None else str(found)


def element(address: str) -> str:
    """An address as a proxy writes it in `Forwarded`."""
    return f'for="[{address}]:47011";proto=https' if ":" in address else f"for={address}"


def hop(header: str, address: str) -> str:
    """An address as a proxy writes it."""
    return element(address) if header == _FORWARDED else address


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("193.190.130.15", "193.190.130.15"),
        ("2A02:A000::1", "2a02:a000::1"),
        ("::ffff:193.190.130.15", "193.190.130.15"),
        ("::FFFF:c1be:820f", "193.190.130.15"),
        ("::ffff:193.190.130.15%eth0", "193.190.130.15"),
        ("fe80::1%eth0", "fe80::1"),
        ("fe80::1%eth0.100", "fe80::1"),
        ("", None),
        ("testclient", None),
        ("193.190.130", None),
        ("193.190.130.015", None),
        ("193.190.130.15%eth0", None),
        ("193.190.130.15%:", None),
        ("%eth0", None),
        ("\u0661.2.3.4", None),
        ("1" * 10_000, None),
        ("fe80::1%" + "a" * 10_000, None),
    ],
)
def test_an_address_has_one_form(text: str, read: str | None) -> None:
    """C3: IPv4 is IPv4 also when written as IPv6, a zone is left off, and anything else is no address."""
    found = read_address(text)
    assert found == (None if read is None else ip_address(read))
    assert str(found) == str(read)


@pytest.mark.parametrize(
    ("peer", "seen"),
    [("81.82.250.1", "81.82.250.1"), ("::ffff:81.82.250.1", "81.82.250.1"), ("fe80::1%eth0", "fe80::1")],
)
def test_without_proxies_the_peer_counts(peer: str, seen: str) -> None:
    """C3: where no proxy is trusted the address is the peer's, and nothing that headers say."""
    asked = scope(peer, (_XFF, "193.190.130.15"), (_FORWARDED, "for=193.190.130.15"))
    assert str(Proxies().client_address(asked)) == seen


@pytest.mark.parametrize("peer", [None, "", "testclient"])
def test_a_peer_without_an_address_is_unknown(peer: str | None) -> None:
    """C3: a peer whose address can't be read has none, whatever its headers say."""
    asked = scope(peer, (_XFF, "193.190.130.15"), (_FORWARDED, "for=193.190.130.15"))
    assert Proxies().client_address(asked) is None
    assert Proxies.parse("10.0.0.0/8").client_address(asked) is None


@_BOTH
def test_a_trusted_proxy_is_believed(header: str) -> None:
    """C3: the address that a trusted proxy tells is the client's."""
    assert told(header, hop(header, "193.190.130.15")) == "193.190.130.15"
    assert told(header, hop(header, "2a02:a000::1")) == "2a02:a000::1"
    assert told(header, hop(header, "2a02:a000::1"), peer="2001:db8:aaaa::5") == "2a02:a000::1"
    assert told(header, hop(header, "193.190.130.15"), peer="::ffff:10.0.0.1") == "193.190.130.15"


@_BOTH
def test_a_stranger_is_not_believed(header: str) -> None:
    """C3: what a peer says that is no trusted proxy does not count; its own address does."""
    assert told(header, hop(header, "193.190.130.15"), peer="8.8.8.8") == "8.8.8.8"
    assert told(header, hop(header, "193.190.130.15"), peer="11.0.0.1") == "11.0.0.1"


@_BOTH
def test_the_last_stranger_counts(header: str) -> None:
    """C3: from the right, trusted proxies are passed over, and the first that is none counts."""
    chain = [hop(header, one) for one in ("193.190.130.15", "8.8.8.8", "10.3.4.5", "2001:db8:aaaa::7")]
    assert told(header, ", ".join(chain)) == "8.8.8.8"
    assert told(header, ",".join(chain)) == "8.8.8.8"


@_BOTH
def test_lines_are_read_in_order(header: str) -> None:
    """C3: several lines of the header are one list, in their order."""
    first, last = hop(header, "193.190.130.15"), hop(header, "8.8.8.8")
    assert told(header, first, last) == "8.8.8.8"
    assert told(header, last, first) == "193.190.130.15"
    assert told(header, f"{last}, {first}", hop(header, "10.9.9.9")) == "193.190.130.15"


@_BOTH
def test_only_proxies_leaves_the_first_of_them(header: str) -> None:
    """C3: where every hop is trusted, the request began at the first one."""
    assert told(header, hop(header, "10.0.0.7"), hop(header, "10.0.0.8")) == "10.0.0.7"


@_BOTH
def test_a_proxy_that_tells_nothing_leaves_the_client_unknown(header: str) -> None:
    """C3: a proxy's own address is not the client's."""
    assert told(header) is None
    assert told(header, "") is None


@pytest.mark.parametrize(("read", "passed"), [(_XFF, _FORWARDED), (_FORWARDED, _XFF)])
def test_one_header_is_read(read: str, passed: str) -> None:
    """C3: a proxy writes one header and passes the other one on unread, so the other one never counts."""
    proxies = Proxies.parse(_TRUSTED, read)
    lie = (passed, hop(passed, "193.190.130.15"))
    truth = (read, hop(read, "8.8.8.8"))
    assert str(proxies.client_address(scope(_PROXY, lie, truth))) == "8.8.8.8"
    assert proxies.client_address(scope(_PROXY, lie)) is None


@pytest.mark.parametrize(
    "hop_",
    ["193.190.130.15:4711", "[2a02:a000::1]", "[2a02:a000::1]:4711", "2a02:a000::1", "\t193.190.130.15 "],
)
def test_x_forwarded_for_may_tell_ports(hop_: str) -> None:
    """C3: some proxies write the client's port too."""
    assert told(_XFF, hop_) in {"193.190.130.15", "2a02:a000::1"}
    assert told(_XFF, f"8.8.8.8, {hop_}") in {"193.190.130.15", "2a02:a000::1"}


@pytest.mark.parametrize(
    "hop_",
    [
        "",
        " ",
        "unknown",
        "_hidden",
        "localhost",
        "193.190.130.15:",
        "193.190.130.15:123456",
        "193.190.130.15 8.8.8.8",
        "[193.190.130.15]",
        "[2a02:a000::1",
        "2a02:a000::1]",
        "[2a02:a000::1]x",
        '"193.190.130.15"',
        "193.190.130.15;",
        "193.190.130.0/24",
    ],
)
def test_x_forwarded_for_that_tells_no_address(hop_: str) -> None:
    """C3: where no address stands at the place that counts, the client is unknown, and nothing left of it counts."""
    assert told(_XFF, f"193.190.130.15, {hop_}") is None
    assert told(_XFF, f"193.190.130.15, {hop_}, 10.0.0.9") is None
    assert told(_XFF, f"{hop_}, 193.190.130.15") == "193.190.130.15"


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        ("for=193.190.130.15", "193.190.130.15"),
        ("For=193.190.130.15;Proto=https;By=203.0.113.43", "193.190.130.15"),
        ("proto=https;for=193.190.130.15", "193.190.130.15"),
        ('for="193.190.130.15:4711"', "193.190.130.15"),
        ('for="193.190.130.15:_port"', "193.190.130.15"),
        ('for="[2a02:a000::1]"', "2a02:a000::1"),
        ('FOR="[2A02:A000::1]:4711"', "2a02:a000::1"),
        ('for="\\[2a02:a000:\\:1]"', "2a02:a000::1"),
        ('for="[::ffff:193.190.130.15]"', "193.190.130.15"),
        ('for=8.8.8.8 ; by="a,b;for=8.8.4.4" , for=193.190.130.15;;host="\\"x\\""', "193.190.130.15"),
        ("for=8.8.8.8,for=193.190.130.15;", "193.190.130.15"),
        (b'by="\xe9";for=193.190.130.15', "193.190.130.15"),
    ],
)
def test_forwarded_is_read_as_its_standard_has_it(line: str | bytes, seen: str) -> None:
    """C3: `Forwarded` is read with its parameters, quotes, brackets and ports."""
    assert told(_FORWARDED, line) == seen


@pytest.mark.parametrize(
    "last",
    [
        "for=unknown",
        "for=_hidden",
        'for="_hidden:80"',
        "by=10.0.0.9",
        "",
        ";",
        "for=",
        'for=""',
        'for="193.190.130.15',
        "for=193.190.130.15:80",
        "for=[2a02:a000::1]",
        'for="2a02:a000::1"',
        'for="[193.190.130.15]"',
        "for = 193.190.130.15",
        "for=193.190.130.15 proto=https",
        'for="193.190.130.15"x',
        "for=193.190.130.15;for=8.8.8.8",
        "for=193.190.130.15;FOR=193.190.130.15",
        "193.190.130.15",
        'for="193.190.\x00130.15"',
        "for=193.190.130.15\n",
    ],
)
def test_forwarded_that_tells_no_address(last: str) -> None:
    """C3: where the nearest element tells no address, or tells two, the client is unknown."""
    assert told(_FORWARDED, f"for=193.190.130.15, {last}") is None


def test_quotes_of_a_client_can_not_swallow_what_the_proxy_wrote() -> None:
    """C3: a quote that a client leaves open makes the header unreadable, and hides no hop."""
    for opened in ('for=193.190.130.15, for="x', 'for=193.190.130.15;by="', 'for=193.190.130.15, by="\\'):
        assert told(_FORWARDED, opened, element("8.8.8.8")) is None
        assert told(_FORWARDED, opened, element("2001:4860::8")) is None


def test_a_unix_socket_may_be_a_proxy() -> None:
    """C3: a peer by a unix socket has no address; it is believed if `unix` is among the proxies."""
    by_socket = scope(None, (_XFF, "193.190.130.15"), server=("/run/kwartier.sock", None))
    without_server = scope(None, (_XFF, "193.190.130.15"), server=None)
    for asked in (by_socket, without_server):
        assert str(Proxies.parse("unix").client_address(asked)) == "193.190.130.15"
        assert str(Proxies.parse("10.0.0.0/8,UNIX").client_address(asked)) == "193.190.130.15"
        assert Proxies.parse("10.0.0.0/8").client_address(asked) is None


def test_a_peer_that_hung_up_is_no_unix_socket() -> None:
    """C3: a connection by TCP that lost its peer's address is not taken for a unix socket, nor is a nameless peer."""
    proxies = Proxies.parse("unix")
    assert proxies.client_address(scope(None, (_XFF, "193.190.130.15"))) is None
    nameless = scope("", (_XFF, "193.190.130.15"), server=("/run/kwartier.sock", None))
    assert proxies.client_address(nameless) is None


@pytest.mark.parametrize("trusted", ["10.0.0.1,10.0.0.2", "10.0.0.1, 10.0.0.2", " 10.0.0.1\t10.0.0.2 ,"])
def test_proxies_are_separated_by_commas_or_blanks(trusted: str) -> None:
    """C3: proxies are addresses and networks, separated by commas or blanks."""
    proxies = Proxies.parse(trusted)
    assert [str(one) for one in proxies.networks] == ["10.0.0.1/32", "10.0.0.2/32"]
    assert (bool(proxies), proxies.unix, proxies.header) == (True, False, ForwardedHeader.X_FORWARDED_FOR)


def test_no_proxies() -> None:
    """C3: by default nobody is a proxy."""
    assert Proxies.parse("") == Proxies()
    assert not Proxies()
    assert Proxies.parse("unix")


@pytest.mark.parametrize(
    ("trusted", "word"),
    [
        ("10.0.0.1/8", "host bits"),
        ("proxy.example", "proxy.example"),
        ("10.0.0.0/8 10.0.0.0/33", "10.0.0.0/33"),
        ("0.0.0.0/0", "everybody"),
        ("::/0", "everybody"),
        ("::ffff:10.0.0.0/104", "IPv4"),
    ],
)
def test_proxies_that_can_not_be_meant(trusted: str, word: str) -> None:
    """C3: a network that is none, or is everybody, is refused by name."""
    with pytest.raises(InvalidValueError, match="setting trusted_proxies:") as raised:
        Proxies.parse(trusted)
    assert word in str(raised.value)


def test_another_header_is_refused() -> None:
    """C3: one of two headers is read, and the text names them."""
    assert Proxies.parse("", "Forwarded").header is ForwardedHeader.FORWARDED
    with pytest.raises(
        InvalidValueError, match=r"forwarded_header: 'x-real-ip' is not x-forwarded-for or forwarded"
    ):
        Proxies.parse("", "x-real-ip")


@_BOTH
@given(said=st.lists(junk, max_size=3), address=strangers)
def test_whatever_a_client_says_he_stays_where_he_is(header: str, said: list[bytes], address: str) -> None:
    """C3: nothing that a client sends before it makes the address that the proxy wrote another one."""
    found = told(header, *said, hop(header, address))
    if header == _XFF:
        assert found == address
    else:
        assert found in {address, None}


@_BOTH
@given(said=junk, address=strangers)
def test_a_proxy_may_write_on_the_clients_line(header: str, said: bytes, address: str) -> None:
    """C3: the same where the proxy adds to the line that the client sent."""
    found = told(header, said + b", " + hop(header, address).encode())
    assert found in ({address} if header == _XFF else {address, None})


@_BOTH
@given(said=st.lists(junk, max_size=3), address=strangers)
def test_a_stranger_can_not_say_where_he_is(header: str, said: list[bytes], address: str) -> None:
    """C3: of a peer that is no proxy its own address counts, whatever it says."""
    assert told(header, *said, peer=address) == address


@_BOTH
@given(client=st.text(max_size=40), said=st.lists(junk, max_size=3))
def test_reading_never_fails(header: str, client: str, said: list[bytes]) -> None:
    """C3: any peer and any header give an address or none, never an error."""
    for trusted in ("", "unix", _TRUSTED):
        proxies = Proxies.parse(trusted, header)
        for peer in (client, _PROXY, None):
            asked = scope(peer, *((header, line) for line in said))
            found = proxies.client_address(asked)
            assert found is None or read_address(str(found)) == found


@_BOTH
@pytest.mark.parametrize("part", [" ", ",", ";", "10.0.0.1,", '"', "\\", "for=a;", 'for="'])
def test_a_long_header_takes_no_long_time(header: str, part: str) -> None:
    """C3: the largest header that is taken is read in steps that grow with its length, not with its square."""
    line = part * (32_000 // len(part))
    assert told(header, line + "\x00") is None
    assert told(header, line + "," + hop(header, "8.8.8.8")) in {"8.8.8.8", None}
    assert _seconds(header, line) < 10 * _seconds(
        header, line[:8_000]
    )  # a square would take 16 times as long


def _seconds(header: str, line: str) -> float:
    """Processor time of a header that can't be read, and of one that can; the least of five rounds."""

    def once() -> float:
        began = thread_time()
        told(header, line + "\x00")
        told(header, line + "," + hop(header, "8.8.8.8"))
        return thread_time() - began

    return min(once() for _ in range(5))
