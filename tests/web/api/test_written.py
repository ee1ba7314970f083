"""Writing does what the OpenAPI document says: no answer that it does not name, and no failure."""

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)

from registry.collections import COLLECTIONS, PUBLISHED, Collection
from registry.database.store import Store
from tests.factories import make_agreement, make_corridor, make_deposit, make_project, make_token
from web.app import create_app
from web.config import Settings

# A record has rules that no schema can say; numbers may come as text, as in files. The token is
# put in place of one that was made up, and is good.
UNSAID = (positive_data_acceptance, negative_data_rejection, ignored_auth)
WRITING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def app(embedded: Store) -> Flask:
    """The application on a registry with a record of each kind, which may write without end."""
    with embedded.writing() as session:
        for make in (make_project, make_deposit, make_corridor, make_agreement):
            make(session, ref="X-1")
    return create_app(Settings(rates=()), embedded)


@pytest.fixture
def described(app: Flask) -> BaseSchema:
    """The document of the API."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.mark.slow
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_writing_answers_as_its_document_says(
    described: BaseSchema, app: Flask, embedded: Store, mode: GenerationMode
) -> None:
    client = app.test_client()
    headers = {"Authorization": f"Bearer {make_token(embedded, 'admin')}"}
    tried: dict[str, set[int]] = {}
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.method.upper() not in WRITING:
            continue

        @given(operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def check(case: Case[Any]) -> None:
            given = dict(headers)
            if case.path_parameters and case.headers and len(case.headers) % 2:
                case.path_parameters["ref"] = "X-1"
                tag = client.get(f"/api{case.formatted_path}").headers.get("ETag", '"gone"')
                given["If-Match"] = tag
            response = case.call(headers=given)
            case.validate_response(response, excluded_checks=[*UNSAID])
            assert response.status_code < 500
            tried.setdefault(case.operation.label, set()).add(response.status_code)

        check()
    assert len(tried) == 4 * len(COLLECTIONS)
    if mode is GenerationMode.POSITIVE:
        assert {201, 204, 404, 422} <= set().union(*tried.values())


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_what_may_be_written_is_described(client: FlaskClient, collection: Collection) -> None:
    document = client.get("/api/openapi.json").get_json()
    root = f"/collections/{collection.id}/items"
    methods = {"post": root, "put": f"{root}/{{ref}}", "patch": f"{root}/{{ref}}"}
    methods["delete"] = f"{root}/{{ref}}"
    for method, path in methods.items():
        assert (method in document["paths"][path]) is not collection.read_only


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda c: c.id)
def test_every_property_that_is_sent_is_described(
    client: FlaskClient, collection: Collection
) -> None:
    schemas = client.get("/api/openapi.json").get_json()["components"]["schemas"]
    sent = schemas[f"{collection.id.title()}New"]["properties"]["properties"]
    assert set(sent["properties"]) == {prop.name for prop in collection.properties}
    computed = {name for name, said in sent["properties"].items() if said.get("readOnly")}
    assert computed == {prop.name for prop in collection.properties if prop.computed}
    assert sent["required"] == [prop.name for prop in collection.properties if prop.required]
