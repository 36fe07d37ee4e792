"""Signed assertions in place of a secret, without HTTP."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import event, func, select

from kwartier.db.engine import Database
from kwartier.db.schema import assertion_seen
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.signing import CLOCK_SKEW
from kwartier.services import assertions, certificates, credentials
from kwartier.services.assertions import ALGORITHMS
from kwartier.services.clients import Assertion
from kwartier.services.jose import Sealed, VerifyingKey, is_signed_by, open_sealed
from kwartier.services.tokens import GRANT_TYPE, GrantedToken, TokenError, TokenRefused, scope_of
from support.certificates import Holder, self_signed
from support.engines import Template
from support.examples import examples
from support.platform import NOW
from support.tokens import ISSUER, Process, issue

SECOND = timedelta(seconds=1)
SCOPE = scope_of(EnvironmentName.SANDBOX)


def a_holder(process: Process, *, kind: str = "rsa", algorithm: str = "RS256") -> Holder:
    """A client with a registered certificate."""
    client_id = issue(process.database, NOW).credentials.client_id
    holder = Holder.new(client_id, ISSUER, NOW, kind=kind, algorithm=algorithm)
    certificates.add(process.database, client_id, holder.pem, NOW)
    return holder


@pytest.fixture
def process(database: Database) -> Process:
    """A process that grants tokens, on one engine after the other."""
    return Process.on(database, NOW)


@pytest.fixture
def holder(process: Process) -> Holder:
    """A client with a registered certificate."""
    return a_holder(process)


def ask(
    process: Process, text: str, moment: timedelta = 0 * SECOND, client_id: str | None = None
) -> GrantedToken | TokenRefused:
    """What an assertion gets some time from now."""
    return process.tokens.grant(Assertion(text, client_id), GRANT_TYPE, SCOPE, NOW + moment)


def is_granted(
    process: Process, text: str, moment: timedelta = 0 * SECOND, client_id: str | None = None
) -> bool:
    """Whether an assertion gets a token; a refusal is always the same."""
    answer = ask(process, text, moment, client_id)
    if isinstance(answer, TokenRefused):
        assert answer == ask(process, "nonsense")
        assert answer.error is TokenError.INVALID_CLIENT
    return isinstance(answer, GrantedToken)


@pytest.mark.parametrize(("kind", "algorithm"), [("rsa", "RS256"), ("rsa", "PS256"), ("ec", "ES256")])
@pytest.mark.parametrize("sha256", [True, False])
def test_an_assertion_takes_the_place_of_a_secret(
    process: Process, kind: str, algorithm: str, *, sha256: bool
) -> None:
    """C1: an assertion signed with the key of a registered certificate gets a token, by either thumbprint of it."""
    holder = a_holder(process, kind=kind, algorithm=algorithm)
    header = {"x5t": None, "x5t#S256": None} | holder.header(sha256=sha256)
    text = holder.assertion(NOW, header={name: value for name, value in header.items() if value})
    answer = ask(process, text)
    assert isinstance(answer, GrantedToken)
    claims = process.tokens.verify_alone(answer.access_token, NOW)
    assert claims is not None
    assert claims.client_id == holder.client_id


@pytest.mark.parametrize("sha256", [True, False])
def test_a_thumbprint_may_be_padded(process: Process, holder: Holder, *, sha256: bool) -> None:
    """C1: a thumbprint with the padding of base64, as MSAL writes it, names the certificate too; with anything else it does not."""
    name = "x5t#S256" if sha256 else "x5t"
    thumbprint = holder.header(sha256=sha256)[name]
    padded = thumbprint + "=" * (-len(thumbprint) % 4)
    assert padded != thumbprint
    for text, is_good in ((padded, True), (padded + "=", False), (thumbprint + "A", False)):
        assert is_granted(process, holder.assertion(NOW, header={name: text})) is is_good


def test_both_thumbprints_must_fit(process: Process, holder: Holder) -> None:
    """C1: an assertion that names its certificate twice names the same one twice."""
    both = holder.header() | holder.header(sha256=True)
    assert is_granted(process, holder.assertion(NOW, header=both))
    for name in ("x5t", "x5t#S256"):
        assert not is_granted(process, holder.assertion(NOW, header=both | {name: "AAAA"}))


def test_extra_header_fields_are_passed_over(process: Process, holder: Holder) -> None:
    """C1: a chain of certificates, a key or an unknown field in the head changes nothing."""
    chain = ["A" * 1500] * 4
    assert is_granted(process, holder.assertion(NOW, header={"x5c": chain, "kid": "x", "mine": 1}))
    stranger = replace(a_holder(process, kind="ec", algorithm="ES256"), client_id=holder.client_id)
    public = stranger.signing.as_dict(private=False)
    header = {"x5t": holder.header()["x5t"], "jwk": public}
    assert not is_granted(process, stranger.assertion(NOW, header=header))


@pytest.mark.parametrize("name", ["iss", "sub", "aud", "jti", "exp"])
def test_a_claim_that_is_missing_or_wrong_is_refused(process: Process, holder: Holder, name: str) -> None:
    """C1: without one of the claims, or with another value of it, there is no token, and no word about which."""
    assert not is_granted(process, holder.assertion(NOW, without=(name,)))
    wrong: dict[str, Any] = {name: ["x"]}
    assert not is_granted(process, holder.assertion(NOW, **wrong))
    assert is_granted(process, holder.assertion(NOW))


def test_an_assertion_is_good_for_minutes(process: Process, holder: Holder) -> None:
    """C1: an assertion is refused when it has ended, and when its end is too far away."""
    assert is_granted(process, holder.assertion(NOW), 359 * SECOND)
    assert not is_granted(process, holder.assertion(NOW), 360 * SECOND)
    assert not is_granted(process, holder.assertion(NOW), -361 * SECOND)
    far = int(NOW.timestamp()) + 3600
    assert not is_granted(process, holder.assertion(NOW, exp=far))


def test_the_client_id_beside_it_must_agree(process: Process, holder: Holder) -> None:
    """C1: who names his client id in the form too names the same one."""
    assert is_granted(process, holder.assertion(NOW), client_id=holder.client_id)
    assert not is_granted(process, holder.assertion(NOW), client_id="another")


def test_an_assertion_is_used_once(process: Process, holder: Holder) -> None:
    """C1: an assertion that was used is refused, by every process, up to its own end."""
    text = holder.assertion(NOW)
    other = Process.on(process.database, NOW)
    assert is_granted(process, text)
    moments = [0 * SECOND, SECOND, 359 * SECOND]
    assert not any(is_granted(one, text, moment) for one in (process, other) for moment in moments)


def test_an_id_is_the_clients_own(process: Process, holder: Holder) -> None:
    """C1: two clients may use the same id; one may use it again when its assertion has ended, swept or not."""
    other = a_holder(process)
    assert is_granted(process, holder.assertion(NOW, jti="1"))
    assert is_granted(process, other.assertion(NOW, jti="1"))
    later = 360 * SECOND
    assert not is_granted(process, holder.assertion(NOW + later, jti="1"), later - SECOND)
    assert is_granted(process, holder.assertion(NOW + later, jti="1"), later)


def test_an_assertion_has_a_bound(holder: Holder) -> None:
    """C1: what is longer than any client writes is not even opened."""
    head, _, signature = holder.assertion(NOW).split(".")
    for size, opens in ((100, True), (40_000, False)):
        payload = urlsafe_b64encode(json.dumps({"sub": "a" * size}).encode()).decode().rstrip("=")
        assert (assertions.open_assertion(f"{head}.{payload}.{signature}") is not None) is opens


@pytest.mark.parametrize("jti", ["\x00", "\ud800", "x" * 5000, "é"])
def test_any_id_is_taken(process: Process, holder: Holder, jti: str) -> None:
    """C1: an assertion's id may be any text, and counts once."""
    text = holder.assertion(NOW)
    head, _, _ = text.split(".")
    payload = json.dumps(holder.claims(NOW) | {"jti": jti}).encode()
    registry = jws.JWSRegistry(algorithms=["RS256"])
    header = json.loads(urlsafe_b64decode(head + "=="))
    text = jws.serialize_compact(header, payload, holder.signing, registry=registry)
    assert is_granted(process, text)
    assert not is_granted(process, text)


def test_of_a_replay_at_the_same_time_one_is_granted(database: Database) -> None:
    """C1: of the same assertion shown to several processes at once, exactly one gets a token."""
    count, rounds = 4, 5
    processes = [Process.on(database, NOW) for _ in range(count)]
    holder = a_holder(processes[0])
    barrier = Barrier(count)

    def show(asked: tuple[Process, str]) -> bool:
        barrier.wait()
        return isinstance(ask(*asked), GrantedToken)

    with ThreadPoolExecutor(count) as pool:
        for _ in range(rounds):
            text = holder.assertion(NOW)
            assert sum(pool.map(show, [(process, text) for process in processes])) == 1


def test_what_has_ended_is_swept(process: Process, holder: Holder) -> None:
    """C1: uses of assertions are kept no longer than the assertions last, by a clock that is behind too."""

    def kept() -> int:
        with process.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(assertion_seen)).scalar_one()

    for _ in range(3):
        assert is_granted(process, holder.assertion(NOW))
    assert kept() == 3
    later = 419 * SECOND
    assert is_granted(process, holder.assertion(NOW + later), later)
    assert kept() == 4
    later = 480 * SECOND
    assert is_granted(process, holder.assertion(NOW + later), later)
    assert kept() == 2


def test_no_replay_where_clocks_differ(process: Process, holder: Holder) -> None:
    """C1: what a machine whose clock is ahead swept, one whose clock is right does not take a second time."""
    behind = Process.on(process.database, NOW)
    text = holder.assertion(NOW)
    assert is_granted(process, text)
    assert is_granted(process, holder.assertion(NOW), 359 * SECOND)
    ahead = 359 * SECOND + CLOCK_SKEW
    assert is_granted(process, holder.assertion(NOW + ahead), ahead)
    assert not is_granted(behind, text, 359 * SECOND)


def test_a_certificate_counts_within_its_term(process: Process) -> None:
    """C1: before its certificate begins and after its last second an assertion is refused."""
    client_id = issue(process.database, NOW).credentials.client_id
    holder = Holder.new(client_id, ISSUER, NOW)
    hour = timedelta(hours=1)
    short = replace(holder, certificate=self_signed(holder.key, NOW + hour, NOW + 2 * hour))
    certificates.add(process.database, client_id, short.pem, NOW)
    moments = [hour - SECOND, hour, 2 * hour, 2 * hour + SECOND]
    granted = [is_granted(process, short.assertion(NOW + moment), moment) for moment in moments]
    assert granted == [False, True, True, False]


def test_a_certificate_ends_with_its_credentials(process: Process, holder: Holder) -> None:
    """C2: a certificate opens nothing when its credentials have expired or were revoked, and goes on when they are renewed."""
    credentials.renew(process.database, _hasher(process), holder.client_id, NOW)
    assert is_granted(process, holder.assertion(NOW))
    credentials.revoke(process.database, holder.client_id, NOW)
    answer = ask(process, holder.assertion(NOW))
    assert isinstance(answer, TokenRefused)
    assert (answer.error, "revoked" in answer.description) == (TokenError.INVALID_CLIENT, True)


def test_a_certificate_that_was_removed_opens_nothing(process: Process, holder: Holder) -> None:
    """C1: when a certificate is removed its key gets no more tokens; another certificate of the client still does."""
    second = replace(holder, certificate=Holder.new(holder.client_id, ISSUER, NOW).certificate)
    certificates.add(process.database, holder.client_id, second.pem, NOW)
    assert is_granted(process, holder.assertion(NOW))
    [first] = [
        one
        for one in certificates.list_all(process.database, holder.client_id)
        if one.thumbprint == holder.certificate.fingerprint(hashes.SHA256())
    ]
    certificates.remove(process.database, holder.client_id, first.thumbprint.hex())
    assert not is_granted(process, holder.assertion(NOW))
    assert is_granted(process, second.assertion(NOW))


def test_a_certificate_of_another_client_is_refused(process: Process, holder: Holder) -> None:
    """C1: a certificate stands for the client that it was registered for."""
    other = a_holder(process, kind="ec", algorithm="ES256")
    forged = replace(other, client_id=holder.client_id)
    assert is_granted(process, other.assertion(NOW))
    assert not is_granted(process, forged.assertion(NOW))
    assert not is_granted(process, replace(holder, client_id=other.client_id).assertion(NOW))
    assert not is_granted(process, replace(holder, client_id="nobody").assertion(NOW))


def test_the_key_of_nobody_opens_nothing(process: Process, holder: Holder) -> None:
    """C1: who knows the key that is verified with when no certificate fits gets no token with it."""
    nobodys = ec.derive_private_key(1, ec.SECP256R1())
    forged = replace(holder, key=nobodys, algorithm="ES256")
    text = forged.assertion(NOW, header={"x5t": "AAAA"})
    sealed = open_sealed(text, ["ES256"])
    assert sealed is not None
    assert is_signed_by(sealed, certificates.decoy(is_rsa=False))
    assert not is_granted(process, text)
    assert not is_granted(process, forged.assertion(NOW))


def test_the_public_key_is_no_secret(process: Process, holder: Holder) -> None:
    """C1: an assertion signed with the public key, as if that were a shared secret, is refused."""
    public = holder.certificate.public_key()
    for encoding, form in (
        (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
    ):
        text = holder.assertion(NOW)
        head, payload, _ = text.split(".")
        header = json.loads(urlsafe_b64decode(head + "==")) | {"alg": "HS256"}
        secret = OctKey.import_key(urlsafe_b64encode(public.public_bytes(encoding, form)).decode())
        forged = f"{_part(header)}.{payload}"
        signature = jws.JWSRegistry.algorithms["HS256"].sign(forged.encode(), secret)
        assert not is_granted(process, f"{forged}.{urlsafe_b64encode(signature).decode().rstrip('=')}")


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"},
        {"alg": "None"},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"alg": "PS256"},
        {"alg": "ES256"},
        {"alg": None},
        {"alg": ["RS256"]},
        {"crit": ["b64"], "b64": False},
        {"b64": False},
        {"b64": True},
        {"crit": ["exp"]},
        {"crit": []},
        {"x5t": None},
        {"x5t": ["x"]},
        {"x5t": "é"},
        {"x5t": ""},
        {"x5t#S256": 1},
    ],
    ids=str,
)
def test_a_head_that_was_tampered_with_is_refused(
    process: Process, holder: Holder, change: dict[str, Any]
) -> None:
    """C1: another algorithm or none, an extension, or another certificate in the head gets no token, signed or not."""
    head, payload, signature = holder.assertion(NOW).split(".")
    header = json.loads(urlsafe_b64decode(head + "==")) | change
    for end in (signature, ""):
        assert not is_granted(process, f"{_part(header)}.{payload}.{end}")
    signed = _signed(header, holder, payload)
    assert not is_granted(process, signed)


NESTED = urlsafe_b64encode(b"[" * 9000).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "é.é.é",
        "\x00",
        "x" * 60_000,
        "e30.e30.",
        "W10.W10.W10",
        NESTED + ".e30.e30",
        "e30." + NESTED + ".e30",
        "IiAgImFsZyI6IjEiIg.e30.e30",
    ],
    ids=lambda text: text[:12],
)
def test_what_is_no_assertion_is_refused(process: Process, text: str) -> None:
    """C1: what is no signed object, however large or nested, is refused in the one way."""
    assert not is_granted(process, text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def shared(sqlite_template: Template) -> Any:
    """A process and a client with a certificate, for many examples."""
    with sqlite_template() as url:
        process = Process.on(Database(url), NOW)
        yield process, a_holder(process, kind="ec", algorithm="ES256")
        process.database.close()


HEADS = st.dictionaries(
    st.sampled_from(["alg", "x5t", "x5t#S256", "crit", "b64", "kid", "typ", "jwk", "x5c", "zip"]),
    JSON | st.sampled_from([*ALGORITHMS, "none", "HS256"]),
    max_size=4,
)
CLAIMS = st.dictionaries(st.sampled_from(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]), JSON, max_size=3)


@settings(max_examples=examples(150))
@example(head={}, claims={}, signed=True)
@given(HEADS, CLAIMS, st.booleans())
def test_any_head_and_claims_are_taken_or_refused(
    shared: tuple[Process, Holder],
    head: dict[str, Any],
    claims: dict[str, Any],
    signed: bool,  # noqa: FBT001 - drawn
) -> None:
    """C1: whatever stands in head and claims, signed or not, there is a token for what is right and one refusal for the rest."""
    process, holder = shared
    header = holder.header() | head
    body = holder.claims(NOW) | claims
    payload = _part(body)
    text = _signed(header, holder, payload) if signed else f"{_part(header)}.{payload}.AAAA"
    if is_granted(process, text):
        assert signed
        assert not {"crit", "b64"} & head.keys()
        assert (header["alg"], header["x5t"]) == ("ES256", holder.header()["x5t"])
        assert (body["iss"], body["sub"], body["aud"]) == (holder.client_id, holder.client_id, ISSUER)
        assert not is_granted(process, text)


def test_the_same_work_is_done_whatever_is_wrong(
    process: Process, holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: with an unknown client, certificate or kind of key, or a wrong signature, one signature is verified all the same.

    The same questions are asked of the database, too: time tells nothing.
    """
    verified: list[object] = []
    asked: list[str] = []

    def count(sealed: Sealed, key: VerifyingKey) -> bool:
        verified.append(isinstance(key, RSAKey) is (sealed.algorithm == "RS256"))
        return is_signed_by(sealed, key)

    monkeypatch.setattr(assertions, "is_signed_by", count)
    engine = process.database.engines[0]
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    on_curve = Holder.new(holder.client_id, ISSUER, NOW, kind="ec", algorithm="ES256")
    head, payload, signature = holder.assertion(NOW).split(".")
    wrong = [
        replace(holder, client_id="nobody").assertion(NOW),
        holder.assertion(NOW, header={"x5t": "AAAA"}),
        on_curve.assertion(NOW),
        on_curve.assertion(NOW, header={"x5t": holder.header()["x5t"]}),
        f"{head}.{payload}.{'A' * len(signature)}",
        holder.assertion(NOW, aud="https://other.test"),
    ]
    work = []
    for text in wrong:
        verified.clear()
        asked.clear()
        answer = process.tokens.grant(Assertion(text), GRANT_TYPE, SCOPE, NOW)
        assert isinstance(answer, TokenRefused)
        work.append((tuple(verified), len(asked)))
    assert work[0][0] == (True,)
    assert work[0][1] >= 3
    assert set(work) == {work[0]}


def _part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode(errors="surrogatepass")).decode().rstrip("=")


def _signed(header: dict[str, Any], holder: Holder, payload: str) -> str:
    """What a client signs that puts anything into the head."""
    text = f"{_part(header)}.{payload}"
    signature = jws.JWSRegistry.algorithms[holder.algorithm].sign(text.encode(), holder.signing)
    return f"{text}.{urlsafe_b64encode(signature).decode().rstrip('=')}"


def _hasher(process: Process) -> Any:
    return process.authenticator.hasher
