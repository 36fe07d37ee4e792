"""The OpenAPI document and the Swagger page."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from kwartier.api.parameters import ENERGY_PARAMETERS, MANDATE_PARAMETERS, MOCK_FIELDS
from kwartier.domain.credentials import EnvironmentName
from kwartier.services.tokens import scope_of
from kwartier.wire import paths
from support.platform import ADDRESS, BASE, ESCO_BASE, Client, Json, Platform

BASES: Final = [BASE, ESCO_BASE]
GIVEN: Final = {
    ("get", paths.MANDATE): {200, 400, 401, 414, 429, 431, 500},
    ("get", paths.ENERGY): {200, 400, 401, 403, 404, 414, 429, 431, 500},
    ("post", paths.MOCK_MANDATE): {200, 400, 401, 413, 414, 415, 429, 431, 500},
    ("get", paths.HEALTH): {200, 414, 431, 500},
}


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


@pytest.mark.parametrize("base", BASES)
def test_the_document_is_valid(platform: Platform, base: str) -> None:
    """C8: the document is valid OpenAPI 3.1, and says where its paths lie."""
    document = document_of(platform, base)
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": base}]


def test_the_document_has_every_endpoint_and_status(platform: Platform) -> None:
    """C8: each endpoint is there with every status that it can give."""
    found = operations(document_of(platform))
    assert {
        where: {int(status) for status in operation["responses"]} for where, operation in found.items()
    } == GIVEN


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


def _explains(schema: Json, schemas: Json) -> bool:
    """Whether a schema has a description, or refers to one that has."""
    if schema.get("description"):
        return True
    inside = [schema, *schema.get("anyOf", []), schema.get("items", {})]
    inside += [one.get("items", {}) for one in schema.get("anyOf", [])]
    names = [one["$ref"].rpartition("/")[2] for one in inside if "$ref" in one]
    return any(schemas[name].get("description") for name in names)


def test_every_field_of_an_answer_is_explained(platform: Platform) -> None:
    """C8: each field of each answer has an explanation."""
    schemas = document_of(platform)["components"]["schemas"]
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
                yield f"{method} {path} {status} {name}", content["schema"], example["value"]


def test_examples_fit_their_schemas(platform: Platform) -> None:
    """C8: each example of a request and of an answer is valid by the document's own schema."""
    document = document_of(platform)
    examples = list(_examples(document))
    assert len(examples) >= 8
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


@pytest.mark.parametrize("base", BASES)
def test_the_page_and_all_it_needs_are_open(platform: Platform, base: str) -> None:
    """C8: the page, its scripts and style and the document come without credentials, under a policy of our own."""
    page = platform.http.get(base + paths.SWAGGER)
    folder = base + "/swagger/"
    needed = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    script = platform.http.get(folder + "start.js").text
    needed += re.findall(r'url: "([^"]+)"', script)
    needed = [one for one in needed if not one.startswith("data:")]
    assert needed == ["swagger-ui.css", "swagger-ui-bundle.js", "start.js", "v1/swagger.json"]
    kinds = ["text/css", "text/javascript", "text/javascript", "application/json"]
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
    assert "connect-src 'self';" in policy
