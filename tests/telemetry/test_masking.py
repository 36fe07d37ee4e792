"""What looks like a secret or an EAN does not get through."""

import base64
import json
import re
from collections.abc import Callable
from time import thread_time
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kwartier.telemetry.events import new_correlation_id
from kwartier.telemetry.masking import MASK, mask, mask_field

_WORDS: Final = st.text("abcdefghijklmnop ,;()[]\n", max_size=30)
_SECRETS: Final = st.binary(min_size=32, max_size=32).map(bytes.hex)
_EANS: Final = st.text("0123456789", min_size=18, max_size=18)
_OWN_IDS: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def _part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


_JWTS: Final = st.builds(
    lambda algorithm, subject, signature: ".".join(
        [
            _part({"alg": algorithm, "typ": "JWT"}),
            _part({"sub": subject}),
            base64.urlsafe_b64encode(signature).rstrip(b"=").decode(),
        ]
    ),
    st.sampled_from(["RS256", "ES256", "none"]),
    st.text(max_size=20),
    st.binary(min_size=32, max_size=64),
)


@given(
    before=_WORDS,
    secret=st.one_of(_SECRETS, _SECRETS.map(str.upper), _EANS, _JWTS),
    glue=st.sampled_from([" ", "'", '"', "=", ":", "/", "(", "x", "_", "-", ",", "\n"]),
    after=_WORDS,
)
def test_a_secret_in_a_text_is_masked(before: str, secret: str, glue: str, after: str) -> None:
    """A2: whatever stands around them, secrets, tokens and EANs do not get through."""
    # What may stand before a token is told apart from it by a character that it can't have.
    told = mask(f"{before}{glue if glue != 'x' or secret[0] != 'e' else ' '}{secret} {after}")
    assert secret not in told
    assert secret[:24] not in told if len(secret) > 24 else True
    assert MASK in told


@given(names=st.permutations(["client_secret", "ean", "state"]), secret=_SECRETS, ean=_EANS)
def test_a_secret_in_quoted_json_is_masked(names: list[str], secret: str, ean: str) -> None:
    """A2: also in what was quoted once and once more, as an exception in a log of JSON is."""
    values = {"client_secret": secret, "ean": ean, "state": "Approved"}
    text = json.dumps({name: values[name] for name in names})
    for _ in range(3):
        told = mask(text)
        assert secret not in told
        assert ean not in told
        text = json.dumps({"body": text})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("client_secret=abc&scope=x", "client_secret=***&scope=x"),
        ("{'client_secret': 'a b', 'scope': 'x'}", "{'client_secret': ***, 'scope': 'x'}"),
        ('{"password": "a \\" b", "scope": "x"}', '{"password": ***, "scope": "x"}'),
        ("Authorization: Basic YTpi, Accept: *", "Authorization: ***, Accept: *"),
        ("got 'Bearer short1'", "got 'Bearer ***'"),
        ("Ocp-Apim-Subscription-Key: k1", "Ocp-Apim-Subscription-Key: ***"),
        ("postgresql://kwartier:pass:word@db/kwartier", "postgresql://***@db/kwartier"),
        ("KWARTIER_PEPPER=p", "KWARTIER_PEPPER=***"),
        (
            "<socket laddr=('127.0.0.1', 80), raddr=('192.0.2.7', 5)>",
            "<socket laddr=('127.0.0.1', 80), raddr=***>",
        ),
        ("541440110000000007541440110000000008", "***"),
    ],
)
def test_what_has_the_name_of_a_secret_is_masked(text: str, told: str) -> None:
    """A2: the value of something with a secret's name is masked, in whichever notation."""
    assert mask(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "GET /6b4f1c52-8a37-4e0d-9d21-57a1f0c3e984/oauth2/v2.0/token 200",
        "0123e4567-e89b-12d3-a456-426614174000",
        "2025-09-20T10:00:00.123456Z took 1234567890123456 µs",
        "database sqlite:////var/lib/kwartier/kwartier.db: no such table: mandate_phase",
        "every key, eye and token",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """A2: what an operator needs to read stays as it is."""
    assert mask(text) == text


@given(st.from_regex(_OWN_IDS, fullmatch=True))
@example("54144011-0000-4000-8007-541440110000")
def test_our_own_correlation_ids_stay(own: str) -> None:
    """C6: an id that we made is found in the log as the client has it, whatever its digits."""
    assert mask_field("correlation_id", own) == own


def test_our_own_correlation_ids_look_so() -> None:
    """C6: what we make for a request that brought no id is what the test above speaks of; no two are the same."""
    made = [new_correlation_id() for _ in range(100)]
    assert all(_OWN_IDS.fullmatch(each) for each in made)
    assert len(set(made)) == len(made)


@given(_EANS)
def test_an_ean_as_a_correlation_id_is_masked(ean: str) -> None:
    """A2: an EAN that a client gives as its correlation id is not logged."""
    assert ean not in str(mask_field("correlation_id", f"energy-{ean}"))


@given(
    st.sampled_from(["client_secret", "access_token", "authorization", "Subscription-Key"]),
    st.text(min_size=1),
)
def test_a_field_with_the_name_of_a_secret_is_masked(name: str, value: str) -> None:
    """A2: a field that is called a secret is masked whatever it holds."""
    assert mask_field(name, value) == MASK


@given(st.integers(10**17, 10**18 - 1))
def test_an_ean_as_a_number_is_masked(ean: int) -> None:
    """A2: an EAN that became a number is masked too."""
    assert mask_field("bytes", ean) == MASK
    assert mask_field("bytes", ean // 10**5) == ean // 10**5


@pytest.mark.parametrize(
    "of_size",
    [
        lambda size: "a" * size,
        lambda size: "secret" * (size // 6),
        lambda size: "secret=" * (size // 7),
        lambda size: "_ey" * (size // 3),
        lambda size: "ey" * (size // 2),
        lambda size: "://" + ":" * size,
        lambda size: "://:" * (size // 4),
        lambda size: "bearer " * (size // 7),
        lambda size: "bearer" + " " * size,
        lambda size: 'secret="' + "\\" * size,
        lambda size: "secret" + "\"'" * (size // 2),
        lambda size: "raddr=(" * (size // 7),
        lambda size: "0" * 17 + "x" + "f" * 39 + "g" * size,
    ],
)
def test_no_text_takes_long(of_size: Callable[[int], str]) -> None:
    """A2: masking takes time in proportion to a text, whatever a client puts into it."""
    assert _seconds(of_size(400_000)) < 32 * _seconds(
        of_size(40_000)
    )  # a square would take a hundred times as long


def _seconds(text: str) -> float:
    """Processor time of masking; the least of three rounds."""

    def once() -> float:
        begun = thread_time()
        mask(text)
        return thread_time() - begun

    return min(once() for _ in range(3))
