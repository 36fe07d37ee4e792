"""The OpenAPI document and the Swagger page."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from importlib.resources import files
from typing import Final

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from kwartier.api.dutch import DUTCH as API_DUTCH
from kwartier.api.examples import ASKED_AT
from kwartier.api.parameters import ENERGY_PARAMETERS, MANDATE_PARAMETERS, MOCK_FIELDS
from kwartier.backoffice.dutch import DUTCH as BACKOFFICE_DUTCH
from kwartier.backoffice.files import TABLES
from kwartier.backoffice.surface import OPERATIONS, SCOPES
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.played import Act
from kwartier.gateway.languages import texts_in
from kwartier.services.tokens import scope_of
from kwartier.settings import Settings
from kwartier.wire import paths
from support.platform import ADDRESS, BASE, ESCO_BASE, Client, Json, Platform

LIVE: Final = paths.BASE_PATHS[EnvironmentName.LIVE][0]
DUTCH_OPENAPI: Final = "/swagger/v1/swagger.nl.json"
BASES: Final = [BASE, ESCO_BASE]
IDENTITY: Final = ""
DOCUMENTED: Final = [*BASES, LIVE, paths.CONTROL, paths.BACKOFFICE, IDENTITY]
"""Below each lie a page and a document."""

_ALWAYS: Final = {400, 200, 403, 405, 414, 431, 500, 503}
_OPEN: Final = _ALWAYS - {403}  # from wherever it is asked (C3)
_BODY: Final = {400, 413, 415}
GIVEN: Final = {
    ("get", paths.MANDATE): _ALWAYS | {400, 401, 429},
    ("get", paths.ENERGY): _ALWAYS | {400, 401, 404, 429},
    ("post", paths.MOCK_MANDATE): _ALWAYS | _BODY | {401, 429},
    ("get", paths.HEALTH): _OPEN,
}
_CONTROLLED: Final = {
    ("get", "/clock"): _ALWAYS | {401},
    ("put", "/clock"): _ALWAYS | _BODY | {401},
    ("delete", "/clock"): _ALWAYS | {401},
    ("post", "/clock/advance"): _ALWAYS | _BODY | {401},
    ("get", "/faults"): _ALWAYS | {401},
    ("post", "/faults"): _ALWAYS | _BODY | {401},
    ("delete", "/faults"): _ALWAYS | {400, 401, 404},
    ("post", "/reset"): _ALWAYS | {401},
    ("get", "/state"): _ALWAYS | {401},
    ("put", "/state"): _ALWAYS | _BODY | {401},
    ("get", "/journal"): _ALWAYS | {400, 401},
    ("get", "/ready"): _OPEN,
    ("get", "/headpoints"): _ALWAYS | {401},
    ("post", "/headpoints"): _ALWAYS | _BODY | {401},
    ("get", "/mandates"): _ALWAYS | {400, 401},
    ("post", "/mandates"): _ALWAYS | _BODY | {401, 409},
    **{("post", f"/mandates/{act.value}"): _ALWAYS | _BODY | {401, 404, 409} for act in Act},
    ("get", "/scenarios"): _ALWAYS | {401},
    ("post", "/scenarios"): _ALWAYS | _BODY | {401, 409},
    ("get", "/contract"): _ALWAYS | {401},
    ("put", "/contract"): _ALWAYS | _BODY | {401},
}
# Where credentials can be wrong, they can be so too often.
CONTROLLED: Final = {
    where: given | ({429} if 401 in given else set()) for where, given in _CONTROLLED.items()
}
TENANT: Final = Settings().tenant_id
TOKENS: Final = {
    ("post", paths.token_path(TENANT)): _ALWAYS | _BODY | {401, 429},
    ("get", paths.jwks_path(TENANT)): _OPEN,
    ("get", paths.discovery_path(TENANT)): _OPEN,
}
DUTCH: Final = dict.fromkeys(DOCUMENTED, API_DUTCH) | {paths.BACKOFFICE: BACKOFFICE_DUTCH}


def _office() -> dict[tuple[str, str], set[int]]:
    """What the operations of the backoffice give."""
    given: dict[tuple[str, str], set[int]] = {}
    for one in OPERATIONS:
        statuses = _ALWAYS | {401, 429} | {int(status) for status, _ in one.refused.values()}
        if one.parameters:
            statuses.add(400)
        if one.body is not None:
            statuses |= _BODY
        if one.streams:
            statuses |= {400, 415} | ({413} if one.streams == TABLES else set())
        given[one.method.lower(), one.path] = statuses
    return given


PER_DOCUMENT: Final = [
    (BASE, GIVEN),
    (LIVE, {where: statuses for where, statuses in GIVEN.items() if where[1] != paths.MOCK_MANDATE}),
    (paths.CONTROL, CONTROLLED),
    (paths.BACKOFFICE, _office()),
    (IDENTITY, TOKENS),
]


def document_of(platform: Platform, base: str = BASE) -> Json:
    """The OpenAPI document of a base path."""
    answer = platform.http.get(base + paths.OPENAPI)
    assert answer.status_code == HTTPStatus.OK
    document: Json = answer.json()
    return document


def operations(document: Json) -> dict[tuple[str, str], Json]:
    """The operations by method and path."""
    return {
        (method, path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


@pytest.mark.parametrize("base", DOCUMENTED)
def test_the_document_is_valid(platform: Platform, base: str) -> None:
    """C8: each document is valid OpenAPI 3.1 in each language, and says where its paths lie."""
    for path in (paths.OPENAPI, DUTCH_OPENAPI):
        document = platform.http.get(base + path).json()
        validate(document)
        assert document["openapi"].startswith("3.1")
        assert document["servers"] == [{"url": base or "/"}]


@pytest.mark.parametrize("base", DOCUMENTED)
def test_every_reference_leads_to_something(platform: Platform, base: str) -> None:
    """C8: whatever a document refers to stands in it."""
    document = document_of(platform, base)
    references = re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(document))
    assert references
    for reference in references:
        found = document
        for name in reference.split("/"):
            found = found[name]
        assert found


@pytest.mark.parametrize(
    ("base", "given"), PER_DOCUMENT, ids=["sandbox", "live", "control", "backoffice", "tokens"]
)
def test_the_document_has_every_endpoint_and_status(
    platform: Platform, base: str, given: dict[tuple[str, str], set[int]]
) -> None:
    """C8: each endpoint is there with every status that it can give."""
    found = operations(document_of(platform, base))
    assert {
        where: {int(status) for status in operation["responses"]} for where, operation in found.items()
    } == given


@pytest.mark.parametrize(
    ("base", "groups"),
    [
        (BASE, {"mandate", "health"}),
        (IDENTITY, {"token", "discovery", "openid-configuration"}),
        (paths.CONTROL, {path.split("/")[1] for _, path in CONTROLLED}),
    ],
)
def test_operations_are_grouped_by_what_they_are_about(
    platform: Platform, base: str, groups: set[str]
) -> None:
    """The page shows operations in groups that are named after their paths."""
    told = operations(document_of(platform, base))
    assert all(len(one["tags"]) == 1 for one in told.values())
    assert {one["tags"][0] for one in told.values()} == groups


def test_every_status_has_its_headers(platform: Platform) -> None:
    """C8, C4: each answer of each document tells of the headers that come with it, with an explanation."""
    for base in DOCUMENTED:
        document = document_of(platform, base)
        explained = document["components"]["headers"]
        assert all(header["description"] and header["schema"] for header in explained.values())
        for (_, path), operation in operations(document).items():
            for status, answer in operation["responses"].items():
                names = {"X-Correlation-Id"}
                names |= {
                    "401": {"WWW-Authenticate"},
                    "405": {"Allow"},
                    "429": {"Retry-After"},
                    "503": {"Retry-After"},
                }.get(status, set())
                is_counted = path in {paths.MANDATE, paths.ENERGY, paths.MOCK_MANDATE} and status in _COUNTED
                is_failure = path == paths.token_path(TENANT) and status in {"400", "401"}
                if is_counted or is_failure or status == "429":
                    names |= {"RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"}
                assert answer["headers"].keys() == names, f"{path} {status}"
                assert names <= explained.keys()


_COUNTED: Final = {"200", "400", "403", "404", "429", "500", "503"}


@pytest.mark.parametrize("base", DOCUMENTED)
def test_every_text_has_its_dutch(platform: Platform, base: str) -> None:
    """C8: each text of a document is there in Dutch, and nothing but the texts differs."""
    english, dutch = document_of(platform, base), platform.http.get(base + DUTCH_OPENAPI).json()
    texts, translations = ([place[name] for place, name in texts_in(one)] for one in (english, dutch))
    told = DUTCH[base]
    missing = [text for text in texts if text not in told]
    assert len(texts) > 30
    assert not missing, f"without a Dutch text: {missing}"
    assert translations == [told[text] for text in texts]
    for one in (english, dutch):
        for place, name in list(texts_in(one)):
            place[name] = ""
    assert english == dutch


def test_every_dutch_text_is_used(platform: Platform) -> None:
    """C8: no Dutch text is left over from something that is said no more, and none is still English."""
    used = {place[name] for base in DOCUMENTED for place, name in texts_in(document_of(platform, base))}
    told = API_DUTCH | BACKOFFICE_DUTCH
    assert sorted(told.keys() - used) == []
    assert {english for english, dutch in told.items() if english == dutch} <= _THE_SAME


_THE_SAME: Final[set[str]] = set()


def test_every_parameter_is_explained(platform: Platform) -> None:
    """C8: each parameter that an endpoint reads is in the document, with a description and what is allowed."""
    found = operations(document_of(platform))
    for path, read in ((paths.MANDATE, MANDATE_PARAMETERS), (paths.ENERGY, ENERGY_PARAMETERS)):
        told = {one["name"]: one for one in found["get", path]["parameters"]}
        assert list(told) == [parameter.name for parameter in read]
        for parameter in read:
            assert told[parameter.name]["description"]
            assert told[parameter.name]["required"] == parameter.required
            schema = told[parameter.name]["schema"]
            assert schema.get("items", schema).get("enum", []) == list(parameter.allowed)


def test_every_field_of_a_mock_is_explained(platform: Platform) -> None:
    """C8: each field of a mock mandate is in the document, with a description."""
    operation = operations(document_of(platform))["post", paths.MOCK_MANDATE]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    assert list(schema["properties"]) == [field.name for field in MOCK_FIELDS]
    assert all(field["description"] for field in schema["properties"].values())
    assert schema["required"] == ["status", "ean"]


_EXPLAINED: Final = {"properties": {"mandates": {"description": "…"}}}


def _explains(schema: Json, schemas: Json) -> bool:
    """Whether a schema has a description, or refers to one that has."""
    if schema.get("description"):
        return True
    inside = [schema, *schema.get("anyOf", []), schema.get("items", {})]
    inside += [one.get("items", {}) for one in schema.get("anyOf", [])]
    names = [one["$ref"].rpartition("/")[2] for one in inside if "$ref" in one]
    return any(schemas[name].get("description") for name in names)


@pytest.mark.parametrize("base", DOCUMENTED)
def test_every_field_is_explained(platform: Platform, base: str) -> None:
    """C8: each field of each body and of each answer has an explanation."""
    schemas = document_of(platform, base)["components"]["schemas"]
    assert schemas.get("MandatesDataModel", _EXPLAINED)["properties"]["mandates"]["description"]
    silent = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, described in schema.get("properties", {}).items()
        if not _explains(described, schemas)
    ]
    assert schemas
    assert not silent, f"without an explanation: {', '.join(silent)}"


def _examples(document: Json) -> Iterator[tuple[str, Json, object]]:
    """Each example of a body with its schema."""
    for (method, path), operation in operations(document).items():
        bodies = [("request", operation["requestBody"])] if "requestBody" in operation else []
        for status, body in [*bodies, *operation["responses"].items()]:
            content = body.get("content", {}).get("application/json", {})
            for name, example in content.get("examples", {}).items():
                assert example["summary"]
                yield f"{method} {path} {status} {name}", content["schema"], example["value"]


def test_examples_fit_their_schemas(platform: Platform) -> None:
    """C8: each example of a request and of an answer is valid by the document's own schema."""
    document = document_of(platform)
    examples = list(_examples(document))
    assert len(examples) == 2 + 1 + 2 + 11
    for what, schema, example in examples:
        validator = OAS31Validator(schema | {"components": document["components"]})
        assert not list(validator.iter_errors(example)), what


def test_real_answers_fit_the_schemas(client: Client) -> None:
    """C8: what the endpoints answer is valid by the document, and has no field that the document does not know."""
    client.mock("541440110000000007", referenceNumber="A", dataPeriodTo="2026-01-01T00:00:00Z")
    client.mock("541440100000000007", renewalStatus="Expired")
    period = {"periodType": "readTime", "from": "2025-09-01T22:00:00Z", "to": "2025-09-08T22:00:00Z"}
    document = document_of(client.platform)
    found = operations(document)
    asked = [
        (("get", paths.MANDATE), client.get(paths.MANDATE)),
        (("get", paths.MANDATE), client.get(paths.MANDATE, {"status": "x"})),
        (("get", paths.ENERGY), client.get(paths.ENERGY, period | {"ean": "541440110000000007"})),
        (("get", paths.ENERGY), client.get(paths.ENERGY, period | {"ean": "541440100000000007"})),
        (("get", paths.ENERGY), client.get(paths.ENERGY, period | {"ean": "541440100000000008"})),
        (("post", paths.MOCK_MANDATE), client.post_mock(ean="541440110000000009")),
        (("get", paths.HEALTH), client.get(paths.HEALTH)),
    ]
    for where, answer in asked:
        response = found[where]["responses"][str(answer.status_code)]
        schema = response["content"]["application/json"]["schema"]
        strict = _closed(document["components"])
        validator = OAS31Validator(schema | {"components": strict})
        assert not list(validator.iter_errors(answer.json())), answer.text[:300]


def _closed(components: Json) -> Json:
    """The schemas, with no fields allowed but those they name."""
    closed = {
        name: schema | ({"additionalProperties": False} if "properties" in schema else {})
        for name, schema in components["schemas"].items()
    }
    return components | {"schemas": closed}


def test_the_mock_examples_are_accepted(client: Client) -> None:
    """C8: the document's requests for mock mandates work as they stand there."""
    operation = operations(document_of(client.platform))["post", paths.MOCK_MANDATE]
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    assert examples
    for example in examples.values():
        answer = client.ask("POST", paths.MOCK_MANDATE, json=example["value"])
        assert answer.status_code == HTTPStatus.OK, answer.text
    assert len(client.mandates()) == len(examples)


def _questions() -> list[Json]:
    folder = files("kwartier.api") / "pages"
    questions: list[Json] = json.loads((folder / "energy-examples.json").read_text("utf-8"))
    return questions


@pytest.mark.parametrize("question", _questions(), ids=lambda one: one["shows"])
def test_the_examples_of_energy_are_real_answers(client: Client, question: Json) -> None:
    """C8, S4: each example of an answer is what the sandbox gives; `python -m tools.api_examples` asks again."""
    client.at(ASKED_AT)
    client.mock(question["query"]["ean"])
    answer = client.get(paths.ENERGY, question["query"])
    assert answer.json() == question["answer"]


def test_there_is_an_example_of_each_kind_of_meter(platform: Platform) -> None:
    """C8: digital and AMR, electricity and gas, with injection and submeters, days and shorter, each has an example."""
    shown = operations(document_of(platform))["get", paths.ENERGY]["responses"]["200"]["content"][
        "application/json"
    ]
    kinds = {
        (headpoint["$type"], headpoint["energyType"], name)
        for example in shown["examples"].values()
        for headpoint in [example["value"]["data"]["headpoint"]]
        for series in [headpoint, *headpoint.get("physicalMeters", [])]
        for name in series
        if name.endswith("Energy")
    }
    text = json.dumps(shown)
    assert kinds == {
        (where, energy, series)
        for where in ("metering-on-meter", "metering-on-headpoint")
        for energy, series in (
            ("E", "quarterHourlyEnergy"),
            ("E", "dailyEnergy"),
            ("G", "hourlyEnergy"),
            ("G", "dailyEnergy"),
        )
    }
    for name in (
        "injection",
        "submetering-production",
        "submetering-auxiliary",
        "inductive",
        "gasConversionFactor",
    ):
        assert f'"{name}"' in text


def test_the_examples_of_energy_parameters_ask_something(client: Client) -> None:
    """C8: the example of each required parameter is a value that the endpoint reads."""
    told = operations(document_of(client.platform))["get", paths.ENERGY]["parameters"]
    asked = {one["name"]: one["example"] for one in told if one["required"]}
    assert sorted(asked) == ["ean", "from", "periodType", "to"]
    client.mock(asked["ean"])
    assert client.get(paths.ENERGY, asked).status_code == HTTPStatus.OK


def test_the_document_says_how_to_get_in(platform: Platform) -> None:
    """C8: the document names token endpoint, scope and key header, and which endpoints need them."""
    document = document_of(platform)
    schemes = document["components"]["securitySchemes"]
    flow = schemes["credentials"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == ADDRESS + platform.token_path
    assert list(flow["scopes"]) == [scope_of(EnvironmentName.SANDBOX)]
    assert schemes["subscriptionKey"]["in"] == "header"
    assert schemes["subscriptionKey"]["name"] == "Ocp-Apim-Subscription-Key"
    for (_, path), operation in operations(document).items():
        assert ("security" in operation) == (path != paths.HEALTH)
        assert all("subscriptionKey" in way for way in operation.get("security", []))


def test_the_document_of_the_backoffice_names_the_scope_of_each_operation(platform: Platform) -> None:
    """C1, C8: operators get in with a token alone, and each operation names the scope that it needs."""
    document = document_of(platform, paths.BACKOFFICE)
    schemes = document["components"]["securitySchemes"]
    assert schemes.keys() == {"credentials", "bearer"}
    assert schemes["credentials"]["flows"]["clientCredentials"]["scopes"] == SCOPES
    found = operations(document)
    assert {where: one["security"] for where, one in found.items()} == {
        (one.method.lower(), one.path): [{"credentials": [one.scope.value]}, {"bearer": []}]
        for one in OPERATIONS
    }


@pytest.mark.parametrize("base", BASES)
def test_the_page_and_all_it_needs_are_open(platform: Platform, base: str) -> None:
    """C8: the page, its scripts and style and the document come without credentials, under a policy of our own."""
    page = platform.http.get(base + paths.SWAGGER)
    folder = base + "/swagger/"
    needed = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    script = platform.http.get(folder + "start.js").text
    needed += re.findall(r'url: "([^"]+)"', script)
    needed = [one for one in needed if not one.startswith("data:")]
    assert needed == [
        "swagger-ui.css",
        "index.nl.html",
        "swagger-ui-bundle.js",
        "start.js",
        "v1/swagger.json",
    ]
    kinds = ["text/css", "text/html", "text/javascript", "text/javascript", "application/json"]
    for name, kind in zip(["index.html", *needed], ["text/html", *kinds], strict=True):
        answer = platform.http.get(folder + name)
        assert answer.status_code == HTTPStatus.OK
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.content


def test_the_policy_lets_the_page_work(platform: Platform) -> None:
    """C8: the page has no script of its own in it, and asks its own origin alone."""
    page = platform.http.get(BASE + paths.SWAGGER)
    assert not re.search(r"<script>|<script(?![^>]*src)|\son\w+=|https?://", page.text)
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self';" in policy


@pytest.mark.parametrize("base", DOCUMENTED)
def test_the_page_is_there_in_both_languages(platform: Platform, base: str) -> None:
    """C8: each page leads to the same in the other language, and shows the document of its own."""
    for page, language, other, document in (
        ("index.html", "en", "index.nl.html", "v1/swagger.json"),
        ("index.nl.html", "nl", "index.html", "v1/swagger.nl.json"),
    ):
        shown = platform.http.get(f"{base}/swagger/{page}").text
        assert f'<html lang="{language}">' in shown
        assert f'href="{other}"' in shown
        [script] = re.findall(r'src="(start[^"]*)"', shown)
        assert f'url: "{document}"' in platform.http.get(f"{base}/swagger/{script}").text
        assert platform.http.get(f"{base}/swagger/{document}").status_code == HTTPStatus.OK


def test_the_page_of_tokens_asks_for_no_subscription(platform: Platform) -> None:
    """C1, C8: the endpoints for tokens and keys say that they need no token, and the first how a client shows itself."""
    found = operations(document_of(platform, IDENTITY))
    token = found["post", paths.token_path(TENANT)]
    assert token["security"] == [{}, {"basic": []}]
    assert list(token["requestBody"]["content"]) == ["application/x-www-form-urlencoded"]
    assert all("security" not in one for where, one in found.items() if where[0] == "get")
