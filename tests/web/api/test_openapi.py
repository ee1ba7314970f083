"""The OpenAPI document says what the API does, no more and no less."""

import re
from pathlib import Path
from typing import Any

import pytest
import schemathesis
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

from registry.asking import LONGEST_TEXT
from registry.collections import COLLECTIONS, PUBLISHED, Collection
from registry.cql2.tree import LONGEST
from registry.cursors import LONGEST_CURSOR, Cursor
from registry.database.store import Store
from registry.fields import FIELDS, FURTHER_FIELDS
from registry.filters import sortable
from tests.factories import make_token
from web.api.openapi import VERSION
from web.app import create_app
from web.config import Settings

# What a schema cannot say of them: the order of two numbers, that a partner is there, …
UNSAID = {"bbox", "datetime", "near", "partner", "q", "filter", "cursor"}

TRIES = settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
_LENIENT = {
    False: (positive_data_acceptance,),
    True: (positive_data_acceptance, negative_data_rejection),
}


def _is_lenient(case: Case[Any]) -> bool:
    """Too large a limit is clamped, and what is blank is not set: no schema can say so."""
    asked = {name: str(value) for name, value in (case.query or {}).items()}
    return len(asked.get("limit", "")) > 4 or any(not v.strip(",[]' ") for v in asked.values())


@pytest.fixture
def described(seeded: Store) -> BaseSchema:
    """The document of the API on the shipped facts."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", create_app(Settings(), seeded))


@pytest.mark.slow
@pytest.mark.parametrize("role", [None, "admin"])
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_the_api_does_what_its_document_says(
    described: BaseSchema, seeded: Store, mode: GenerationMode, role: str | None
) -> None:
    headers, tried = _headers(seeded, role), []
    # With a token of ours in every request, none goes without.
    known = (ignored_auth,) if role else ()
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @given(operation.as_strategy(generation_mode=mode))
        @settings(TRIES)
        def check(case: Case[Any]) -> None:
            response = case.call(headers=headers)
            case.validate_response(response, excluded_checks=[*known, *_LENIENT[_is_lenient(case)]])
            assert response.status_code < 500
            problem = "problem+json" in str(response.headers.get("content-type"))
            if mode is GenerationMode.POSITIVE and response.status_code == 400 and problem:
                assert set(response.json().get("errors", ())) <= UNSAID
            tried.append(case.operation.label)

        if mode is GenerationMode.POSITIVE or operation.query:
            check()
    assert len(set(tried)) > 20


def _headers(store: Store, role: str | None) -> dict[str, str]:
    plain = {"Accept-Encoding": "identity", "Accept": "*/*"}
    return plain | ({"Authorization": f"Bearer {make_token(store, role)}"} if role else {})


def test_the_document_is_openapi_3(client: FlaskClient) -> None:
    answer = client.get("/api/openapi.json")
    assert answer.content_type == "application/vnd.oai.openapi+json;version=3.0"
    assert answer.get_json()["openapi"] == "3.0.3"
    assert answer.get_json()["servers"] == [{"url": "http://localhost/api"}]


def test_its_version_is_that_of_the_project() -> None:
    project = Path(__file__).parents[3] / "pyproject.toml"
    assert f'version = "{VERSION}"' in project.read_text("utf-8")


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_every_filter_is_a_parameter(client: FlaskClient, collection: Collection) -> None:
    document = client.get("/api/openapi.json").get_json()
    given = document["paths"][f"/collections/{collection.id}/items"]["get"]["parameters"]
    shared = document["components"]["parameters"]
    names = [
        shared[one["$ref"].rsplit("/", 1)[-1]]["name"] if "$ref" in one else one["name"]
        for one in given
    ]
    filters = [field.name for field in (*FIELDS[collection.id], *FURTHER_FIELDS[collection.id])]
    own = ["f", "limit", "offset", "crs", "bbox-crs", "sortby", "properties"]
    own += ["cursor", "filter-lang", "filter-crs"]
    assert sorted(names) == sorted([*filters, *own])


def test_every_reference_leads_somewhere(client: FlaskClient) -> None:
    text = client.get("/api/openapi.json").text
    document = client.get("/api/openapi.json").get_json()
    for kind, name in re.findall(r'"#/components/(\w+)/([\w-]+)"', text):
        assert name in document["components"][kind]


def test_a_long_condition_is_what_the_document_says(
    client: FlaskClient,
) -> None:
    document = client.get("/api/openapi.json").get_json()
    given = document["paths"]["/collections/projects/items"]["get"]["parameters"]
    told = next(one for one in given if one.get("name") == "filter")["schema"]
    condition = " OR ".join(f"capacity_mw = {at}" for at in range(200))
    answer = client.get("/api/collections/projects/items", query_string={"filter": condition})
    assert answer.status_code == 200
    assert told["maxLength"] == LONGEST >= len(condition) > LONGEST_TEXT


@pytest.mark.parametrize("collection", COLLECTIONS, ids=lambda c: c.id)
def test_the_longest_cursor_that_a_link_may_hold_is_one_that_is_read(
    collection: Collection,
) -> None:
    names = sortable(collection)
    longest = {prop.name: getattr(prop.kind, "longest", 64) for prop in collection.properties}
    key = ("愛" * longest.get(name, 64) for name in names)
    assert len(str(Cursor((*key, 10**9), backward=True))) <= LONGEST_CURSOR
