"""POST token, the discovery document and the public keys."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.util import urlsafe_b64encode

from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.operators import OperatorScope
from kwartier.domain.signing import PUBLICATION_LEAD
from kwartier.services import certificates, operators
from kwartier.services.assertions import ASSERTION_TYPE
from kwartier.services.tokens import scope_of
from kwartier.wire import paths
from support.certificates import Holder
from support.platform import ADDRESS, NOW, Client, Json, Platform, assert_refused

SCOPE: Final = scope_of(EnvironmentName.SANDBOX)
FORM: Final = "application/x-www-form-urlencoded"


def basic(client_id: str, client_secret: str) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()}


def assert_token(answer: httpx.Response) -> Json:
    """A token was given, as RFC 6749 §5.1 has it."""
    assert answer.status_code == HTTPStatus.OK, answer.text
    body: Json = answer.json()
    assert body.keys() == {"access_token", "token_type", "expires_in"}
    assert body["token_type"] == "Bearer"
    assert 0 < body["expires_in"] <= 3600
    assert "no-store" in answer.headers["cache-control"]
    return body


def assert_token_refused(answer: httpx.Response, error: str) -> str:
    """A token was refused, as RFC 6749 §5.2 has it; what is returned is the description."""
    wrong_client = error == "invalid_client"
    assert answer.status_code == (HTTPStatus.UNAUTHORIZED if wrong_client else HTTPStatus.BAD_REQUEST), (
        answer.text
    )
    body = answer.json()
    assert body.keys() == {"error", "error_description"}
    assert body["error"] == error
    assert answer.headers["content-type"] == "application/json"
    assert "no-store" in answer.headers["cache-control"]
    assert ("www-authenticate" in answer.headers) == wrong_client
    description: str = body["error_description"]
    assert description
    return description


def test_the_secret_may_stand_in_the_body(platform: Platform) -> None:
    """C1: client id and secret in the body give a bearer token of an hour at most."""
    assert_token(platform.ask_token(platform.issue()))


def test_the_secret_may_come_by_basic(platform: Platform) -> None:
    """C1: client id and secret by HTTP Basic give a token too."""
    issued = platform.issue()
    answer = platform.http.post(
        platform.token_path,
        data={"grant_type": "client_credentials", "scope": SCOPE},
        headers=basic(issued.credentials.client_id, issued.client_secret),
    )
    assert_token(answer)


def test_the_client_id_may_stand_in_the_body_beside_basic(platform: Platform) -> None:
    """C1: a client that repeats its id in the body beside HTTP Basic gets its token."""
    issued = platform.issue()
    client_id = issued.credentials.client_id
    answer = platform.http.post(
        platform.token_path,
        data={"grant_type": "client_credentials", "scope": SCOPE, "client_id": client_id},
        headers=basic(client_id, issued.client_secret),
    )
    assert_token(answer)


def test_the_path_is_matched_without_regard_to_case(platform: Platform) -> None:
    """C7: the token endpoint is found in any case."""
    issued = platform.issue()
    form = {
        "grant_type": "client_credentials",
        "scope": SCOPE,
        "client_id": issued.credentials.client_id,
        "client_secret": issued.client_secret,
    }
    assert_token(platform.http.post(platform.token_path.upper(), data=form))


@pytest.mark.parametrize("grant_type", ["password", "authorization_code", "CLIENT_CREDENTIALS"])
def test_another_grant_type_is_unsupported(platform: Platform, grant_type: str) -> None:
    """C1: a grant type other than client_credentials is unsupported_grant_type."""
    answer = platform.ask_token(platform.issue(), grant_type=grant_type)
    assert "client_credentials" in assert_token_refused(answer, "unsupported_grant_type")
    alone = platform.http.post(platform.token_path, data={"grant_type": grant_type, "username": "x"})
    assert_token_refused(alone, "unsupported_grant_type")  # whoever it is


@pytest.mark.parametrize("scope", ["", "openid", SCOPE + " openid", "api://kwartier-live/.default", None])
def test_another_scope_is_invalid(platform: Platform, scope: str | None) -> None:
    """C1: a scope other than the one issued is invalid_scope."""
    assert_token_refused(platform.ask_token(platform.issue(), scope=scope), "invalid_scope")


def test_id_and_secret_are_not_told_apart(platform: Platform) -> None:
    """C1: whether the id or the secret was wrong can't be told from the answer."""
    issued = platform.issue()
    wrong_id = platform.ask_token(issued, client_id="00000000-0000-0000-0000-000000000000")
    wrong_secret = platform.ask_token(issued, client_secret="0" * 64)
    both = platform.ask_token(issued, client_id="x", client_secret="y")
    told = {assert_token_refused(answer, "invalid_client") for answer in (wrong_id, wrong_secret, both)}
    assert len(told) == 1
    assert wrong_id.content == wrong_secret.content
    names = [[name for name, _ in answer.headers.items()] for answer in (wrong_id, wrong_secret)]
    assert names[0] == names[1]


def test_the_secret_of_another_client_is_wrong(platform: Platform) -> None:
    """C1: a secret opens the credentials that it was issued for, and no others."""
    other = platform.issue()
    answer = platform.ask_token(platform.issue(), client_secret=other.client_secret)
    assert_token_refused(answer, "invalid_client")


@pytest.mark.parametrize("missing", ["client_id", "client_secret", "grant_type"])
def test_a_missing_parameter_is_an_invalid_request(platform: Platform, missing: str) -> None:
    """C1: without grant type, client id or secret the request is invalid_request, also where they have no value."""
    for text in (None, ""):
        assert_token_refused(platform.ask_token(platform.issue(), **{missing: text}), "invalid_request")


def test_a_parameter_without_a_value_counts_as_left_out(platform: Platform) -> None:
    """C1: empty parameters change nothing (RFC 6749 §3.2): some clients send an empty secret beside HTTP Basic."""
    issued = platform.issue()
    empty = {"client_secret": "", "client_id": "", "client_assertion": "", "resource": ""}
    answer = platform.http.post(
        platform.token_path,
        data={"grant_type": "client_credentials", "scope": SCOPE} | empty,
        headers=basic(issued.credentials.client_id, issued.client_secret),
    )
    assert_token(answer)


@pytest.mark.parametrize("doubled", ["grant_type", "scope", "client_id", "client_secret"])
def test_a_doubled_parameter_is_an_invalid_request(platform: Platform, doubled: str) -> None:
    """C1: a parameter given twice makes the request invalid_request."""
    issued = platform.issue()
    form = {
        "grant_type": "client_credentials",
        "scope": SCOPE,
        "client_id": issued.credentials.client_id,
        "client_secret": issued.client_secret,
    }
    twice = httpx.QueryParams([*form.items(), (doubled, form[doubled])])
    answer = platform.http.post(platform.token_path, content=str(twice), headers={"content-type": FORM})
    assert_token_refused(answer, "invalid_request")


def test_the_secret_twice_is_an_invalid_request(platform: Platform) -> None:
    """C1: a secret in the body and by HTTP Basic at once is invalid_request."""
    issued = platform.issue()
    client_id, secret = issued.credentials.client_id, issued.client_secret
    answer = platform.http.post(
        platform.token_path,
        data={
            "grant_type": "client_credentials",
            "scope": SCOPE,
            "client_id": client_id,
            "client_secret": secret,
        },
        headers=basic(client_id, secret),
    )
    assert_token_refused(answer, "invalid_request")


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"no colon").decode(), "Basic /////w==", "Basic \xe9"],
)
def test_a_broken_basic_header_gives_no_token(platform: Platform, header: str) -> None:
    """C1: what is no base64 of id and secret is refused in the words of RFC 6749."""
    answer = platform.http.post(
        platform.token_path,
        data={"grant_type": "client_credentials", "scope": SCOPE},
        headers=[(b"authorization", header.encode("latin-1"))],
    )
    assert answer.status_code in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}
    assert answer.json()["error"] in {"invalid_request", "invalid_client"}


@pytest.mark.parametrize("body", [b"", b"\xff\xfe=\xff", b"%ff=%ff", b"&&&", b"grant_type", b"\x00"])
def test_a_broken_form_gives_no_token(platform: Platform, body: bytes) -> None:
    """C1: what is no form is refused in the words of RFC 6749."""
    answer = platform.http.post(platform.token_path, content=body, headers={"content-type": FORM})
    assert_token_refused(answer, "invalid_request")


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/form-data", None])
def test_another_media_type_is_refused(platform: Platform, media_type: str | None) -> None:
    """C1, C6: a body that is no form is 415, with the one error body."""
    headers = {"content-type": media_type} if media_type else {}
    answer = platform.http.post(platform.token_path, content=b"{}", headers=headers)
    assert_refused(answer, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, FORM)


def test_a_charset_changes_nothing(platform: Platform) -> None:
    """C1: a form may tell its charset."""
    issued = platform.issue()
    form = httpx.QueryParams(
        {
            "grant_type": "client_credentials",
            "scope": SCOPE,
            "client_id": issued.credentials.client_id,
            "client_secret": issued.client_secret,
        }
    )
    headers = {"content-type": f"{FORM.title()}; charset=UTF-8"}
    assert_token(platform.http.post(platform.token_path, content=str(form), headers=headers))


def test_the_token_is_signed_by_a_published_key(platform: Platform) -> None:
    """C1: the token is a JWT that a key of the JWKS signed, and says by whom, for whom and until when."""
    issued = platform.issue()
    answer = assert_token(platform.ask_token(issued))
    discovered = platform.http.get(paths.discovery_path(platform.settings.tenant_id)).json()
    published = platform.http.get(discovered["jwks_uri"].removeprefix(ADDRESS)).json()
    token = jwt.decode(answer["access_token"], KeySet.import_key_set(published), algorithms=["ES256"])
    assert token.header["kid"] in {key["kid"] for key in published["keys"]}
    assert token.claims["iss"] == discovered["issuer"]
    assert f"{token.claims['aud']}/.default" == SCOPE
    assert token.claims["sub"] == issued.credentials.client_id
    assert token.claims["iat"] == int(NOW.timestamp())
    assert token.claims["exp"] == int(NOW.timestamp()) + answer["expires_in"]


def test_published_keys_have_no_private_part(platform: Platform) -> None:
    """C1, A2: the JWKS publishes public parts alone, and tells what each key is for."""
    published = platform.http.get(paths.jwks_path(platform.settings.tenant_id)).json()["keys"]
    assert published
    for key in published:
        assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
        assert (key["kty"], key["use"], key["alg"]) == ("EC", "sig", "ES256")


def test_the_discovery_document_leads_to_token_and_keys(platform: Platform) -> None:
    """C1: the discovery document names issuer, token endpoint, keys, and how a client may authenticate."""
    tenant = platform.settings.tenant_id
    answer = platform.http.get(paths.discovery_path(tenant))
    assert answer.status_code == HTTPStatus.OK
    document = answer.json()
    assert document["issuer"] == f"{ADDRESS}/{tenant}/v2.0"
    assert document["token_endpoint"] == ADDRESS + platform.token_path
    methods = ["client_secret_post", "client_secret_basic", "private_key_jwt"]
    assert document["token_endpoint_auth_methods_supported"] == methods
    algorithms = ["RS256", "PS256", "ES256"]
    assert document["token_endpoint_auth_signing_alg_values_supported"] == algorithms
    assert document["grant_types_supported"] == ["client_credentials"]
    assert {SCOPE, "backoffice.read"} <= set(document["scopes_supported"])


def test_the_discovery_document_has_what_readers_of_it_require(platform: Platform) -> None:
    """C1: all that OpenID Connect Discovery 1.0 §3 requires is there, for clients such as MSAL stop without it; nothing is made up."""
    document = platform.http.get(paths.discovery_path(platform.settings.tenant_id)).json()
    required = {
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
    }
    assert required <= document.keys()
    published = platform.http.get(document["jwks_uri"].removeprefix(ADDRESS)).json()["keys"]
    assert document["id_token_signing_alg_values_supported"] == sorted({key["alg"] for key in published})
    assert document["subject_types_supported"] == ["public"]
    assert document["response_types_supported"] == []


def test_nobody_signs_in_with_a_browser(platform: Platform) -> None:
    """C1, C6: where the document says that people sign in, the one error body says that they do not, and how a token is got."""
    document = platform.http.get(paths.discovery_path(platform.settings.tenant_id)).json()
    asked = document["authorization_endpoint"].removeprefix(ADDRESS)
    assert asked == paths.authorization_path(platform.settings.tenant_id)
    answer = platform.http.get(asked, params={"response_type": "code", "client_id": "x"})
    [told] = assert_refused(answer, HTTPStatus.BAD_REQUEST)["ValidationErrorMessages"]
    assert "client_credentials" in told
    assert platform.token_path in told
    assert_refused(platform.http.post(asked), HTTPStatus.METHOD_NOT_ALLOWED)


def test_keys_are_kept_for_less_than_the_next_waits(platform: Platform) -> None:
    """C1: copies of keys and document may be kept, for less long than a new key is published before it signs."""
    tenant = platform.settings.tenant_id
    for path in (paths.jwks_path(tenant), paths.discovery_path(tenant)):
        kept = platform.http.get(path).headers["cache-control"]
        assert kept.startswith("public, max-age=")
        assert 0 < int(kept.partition("=")[2]) < PUBLICATION_LEAD.total_seconds()


@pytest.fixture
def holder(platform: Platform) -> Holder:
    """A client with a registered certificate."""
    client_id = platform.issue().credentials.client_id
    made = Holder.new(client_id, ADDRESS + platform.token_path, platform.clock.now)
    certificates.add(platform.database, client_id, made.pem, platform.clock.now)
    return made


def test_an_assertion_may_take_the_place_of_the_secret(platform: Platform, holder: Holder) -> None:
    """C1: an assertion addressed to the token endpoint or the issuer gives a token, with or without the client id."""
    issuer = f"{ADDRESS}/{platform.settings.tenant_id}/v2.0"
    for audience in (holder.audience, issuer, [issuer]):
        form = holder.form(holder.assertion(NOW, aud=audience), SCOPE)
        for beside in ({}, {"client_id": holder.client_id}):
            again = form | {"client_assertion": holder.assertion(NOW, aud=audience)} | beside
            assert_token(platform.http.post(platform.token_path, data=again))


def test_wrong_assertions_are_not_told_apart(platform: Platform, holder: Holder) -> None:
    """C1: whether client, certificate, signature, claims or use were wrong can't be told from the answer."""
    used = holder.assertion(NOW)
    assert_token(platform.http.post(platform.token_path, data=holder.form(used, SCOPE)))
    nobody = replace(holder, client_id="nobody")
    wrong = [
        used,
        nobody.assertion(NOW),
        holder.assertion(NOW)[:-4] + "AAAA",
        holder.assertion(NOW, aud="https://other.test"),
        holder.assertion(NOW, header={"x5t": "AAAA"}),
        holder.assertion(NOW, exp=int(NOW.timestamp()) - 61),
        "x",
    ]
    answers = [platform.http.post(platform.token_path, data=holder.form(text, SCOPE)) for text in wrong]
    answers.append(
        platform.http.post(
            platform.token_path, data=holder.form(holder.assertion(NOW), SCOPE) | {"client_id": "x"}
        )
    )
    for answer in answers:
        assert_token_refused(answer, "invalid_client")
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("client_id", ["\x00", "a\x00b", "\ud800"])
def test_what_no_database_takes_is_nobodys_client_id(platform: Platform, client_id: str) -> None:
    """C1, C6: it is refused like any other that is unknown, wherever it stands."""
    text = client_id.encode(errors="surrogatepass")
    header, claims = ({"alg": "ES256", "x5t": "x"}, {"iss": client_id, "sub": client_id})
    assertion = ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode() for part in (header, claims))
    form = {"grant_type": "client_credentials", "scope": SCOPE}
    encoded = base64.b64encode(text + b":x").decode()
    by_basic = {} if client_id == "\ud800" else {"Authorization": f"Basic {encoded}"}
    beside = {"client_id": text, "client_secret": "x"}
    for proof, headers in (
        (beside, {}),
        ({} if by_basic else beside, by_basic),
        ({"client_assertion": f"{assertion}.AAAA", "client_assertion_type": ASSERTION_TYPE}, {}),
    ):
        answer = platform.http.post(platform.token_path, data=form | proof, headers=headers)
        assert_token_refused(answer, "invalid_client")


@pytest.mark.parametrize(
    "change",
    [
        {"client_assertion_type": None},
        {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        {"client_assertion": None},
        {"client_assertion": ""},
        {"client_secret": "x"},
    ],
    ids=str,
)
def test_an_assertion_stands_alone(platform: Platform, holder: Holder, change: Json) -> None:
    """C1: an assertion without its type, of another, or beside a secret is invalid_request."""
    form: Json = holder.form(holder.assertion(NOW), SCOPE) | change
    sent = {name: value for name, value in form.items() if value is not None}
    assert_token_refused(platform.http.post(platform.token_path, data=sent), "invalid_request")
    headers = basic(holder.client_id, "x")
    whole = holder.form(holder.assertion(NOW), SCOPE)
    answer = platform.http.post(platform.token_path, data=whole, headers=headers)
    assert_token_refused(answer, "invalid_request")


def test_faults_strike_who_comes_with_an_assertion(client: Client) -> None:
    """C1: the client that an assertion names is the one whose sandbox is asked for faults."""
    platform, client_id = client.platform, client.issued.credentials.client_id
    holder = Holder.new(client_id, ADDRESS + platform.token_path, NOW)
    certificates.add(platform.database, client_id, holder.pem, NOW)
    fault = {"status": 503, "endpoint": "token", "times": 1}
    assert client.ask("POST", "/faults", base=paths.CONTROL, json=fault).status_code == HTTPStatus.OK
    statuses = [
        platform.http.post(platform.token_path, data=holder.form(holder.assertion(NOW), SCOPE)).status_code
        for _ in range(2)
    ]
    assert statuses == [HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.OK]


def test_an_operator_gets_a_token_at_the_same_endpoint(platform: Platform) -> None:
    """C1: an operator asks for its own scopes where clients ask for theirs."""
    made = operators.issue(platform.database, platform.hasher, "Eva", OperatorScope, NOW)
    form = {
        "grant_type": "client_credentials",
        "client_id": made.operator.client_id,
        "client_secret": made.client_secret,
    }
    for scope in ("backoffice.read", "backoffice.read backoffice.audit"):
        assert_token(platform.http.post(platform.token_path, data=form | {"scope": scope}))
    refused = platform.http.post(platform.token_path, data=form | {"scope": SCOPE})
    assert "backoffice.read" in assert_token_refused(refused, "invalid_scope")


def test_another_tenant_is_not_there(platform: Platform) -> None:
    """C1: the tenant in the path is the operator's; at another there is nothing."""
    path = paths.token_path("another-tenant")
    assert_refused(platform.http.post(path, data={"grant_type": "client_credentials"}), HTTPStatus.NOT_FOUND)


def forged(token: str, **changes: object) -> str:
    """The token with other claims under the same signature."""
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | changes
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


def unsigned(token: str) -> str:
    """The token with the algorithm that signs nothing."""
    head = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    return f"{head}.{token.split('.')[1]}."


@pytest.mark.parametrize(
    "change",
    [
        lambda token: forged(token, gen=2),
        lambda token: forged(token, exp=4_000_000_000),
        unsigned,
        lambda token: token[:-4],
        lambda token: token + "AAAA",
        lambda token: token.rpartition(".")[0],
        lambda _token: "x",
        lambda _token: "a.b.c",
        lambda _token: "\xe9.\xe9.\xe9",
    ],
)
def test_a_token_that_we_did_not_sign_opens_nothing(client: Client, change: Callable[[str], str]) -> None:
    """C2: a token with a changed claim, or another signature or none, is refused."""
    token = client.headers["Authorization"].removeprefix("Bearer ")
    headers = [
        (b"authorization", f"Bearer {change(token)}".encode("latin-1")),
        (b"subscription-key", client.headers["Subscription-Key"].encode()),
    ]
    answer = client.platform.http.get("/esco-sbx/v3/api/mandate", headers=headers)
    assert_refused(answer, HTTPStatus.UNAUTHORIZED, "token")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
