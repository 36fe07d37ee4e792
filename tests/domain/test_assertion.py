import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.assertion import Asserted, read_claims
from support.domain import brussels

NOW = brussels("2026-05-06T10:00")
SECONDS = int(NOW.timestamp())
OURS = ("https://issuer.test/v2.0", "https://issuer.test/token")
GOOD: dict[str, Any] = {"iss": "me", "sub": "me", "aud": OURS[0], "jti": "1", "exp": SECONDS + 300}


def read(**changes: Any) -> Asserted | None:
    """The good claims with others in their place; None leaves one out."""
    claims = {name: value for name, value in (GOOD | changes).items() if value is not None}
    return read_claims(claims, OURS, NOW)


def test_good_claims_say_who_and_until_when() -> None:
    """C1: the claims of an assertion say whose it is, by which id it is used once, and how long that is remembered."""
    assert read() == Asserted("me", "1", NOW + timedelta(seconds=360))


@pytest.mark.parametrize("audience", [OURS[0], OURS[1], [OURS[0]], [OURS[1]]])
def test_it_may_be_addressed_to_the_issuer_or_the_endpoint(audience: Any) -> None:
    """C1: an assertion names the issuer or the token endpoint, as one value or in a list of one."""
    assert read(aud=audience) is not None


@pytest.mark.parametrize(
    "audience", [None, "", "https://other.test/v2.0", [], list(OURS), [[OURS[0]]], {OURS[0]: 1}, 1, True]
)
def test_addressed_to_another_it_is_refused(audience: Any) -> None:
    """C1: an assertion for somebody else, or for others too, is refused."""
    assert read(aud=audience) is None


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "jti", "exp"])
@pytest.mark.parametrize("value", [None, "", 0, [], {}, True, "other", float("nan"), float("inf"), 10**400])
def test_what_is_required_is_there_and_right(name: str, value: Any) -> None:
    """C1: issuer, subject, audience, id and end are required, and each is what it should be."""
    if (name, value) == ("jti", "other"):
        assert read(jti=value) is not None
        return
    assert read(**{name: value}) is None


@pytest.mark.parametrize(
    ("ahead", "good"), [(-61, False), (-60, False), (-59, True), (0, True), (660, True), (661, False)]
)
def test_it_ends_soon(ahead: int, good: bool) -> None:  # noqa: FBT001 - a case
    """C1: an assertion has not ended, and ends within ten minutes, each with a minute's grace for clocks."""
    assert (read(exp=SECONDS + ahead) is not None) is good
    assert (read(exp=float(SECONDS + ahead)) is not None) is good


@pytest.mark.parametrize("name", ["nbf", "iat"])
@pytest.mark.parametrize(
    ("value", "good"),
    [(-10_000, True), (60, True), (61, False), (10**30, False)],
)
def test_it_is_not_from_the_future(name: str, value: int, good: bool) -> None:  # noqa: FBT001 - a case
    """C1: where an assertion says when it was made or begins, that is not more than a minute ahead."""
    assert (read(**{name: SECONDS + value}) is not None) is good
    odd: list[Any] = ["now", True, [1], {}]
    assert [read(**{name: one}) for one in odd] == [None] * 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["iss", "sub", "aud", "jti", "exp", "nbf", "iat", "other"]


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_any_claims_are_taken_or_refused(changes: dict[str, Any]) -> None:
    """C1: whatever JSON can say in the place of a claim, an assertion is good or not, and nothing breaks."""
    claims = json.loads(json.dumps(GOOD | changes))
    found = read_claims(claims, OURS, NOW)
    if found is not None:
        assert found.client_id == claims["sub"] == claims["iss"]
        assert NOW < found.until <= NOW + timedelta(seconds=720)
