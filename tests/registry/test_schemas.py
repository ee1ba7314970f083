"""Schemas of records and of what can be asked."""

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta
from sqlalchemy.orm import Session

from registry import queries
from registry.collections import DEPOSITS, PROJECTS, PUBLISHED, Collection
from registry.filters import Filter, Page
from registry.schemas import queryables_schema, record_schema
from registry.vocabulary import SECTORS

ADDRESS = "http://localhost/api/collections/x/schema"


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_every_shipped_record_is_as_its_schema_says(
    seeded_session: Session, collection: Collection
) -> None:
    schema = record_schema(collection, ADDRESS)
    meta.validate(schema)
    validator = Draft202012Validator(schema)
    for record in queries.features(
        seeded_session, collection, Filter(collection.id), Page(), public_only=True
    ):
        # What is not said is null in GeoJSON and absent from a record.
        said: dict[str, Any] = {k: v for k, v in record.properties.items() if v is not None}
        said = {
            name: [one for one in value if one is not None] if isinstance(value, list) else value
            for name, value in said.items()
        }
        assert [fault.message for fault in validator.iter_errors({"ref": record.ref, **said})] == []


def test_a_schema_says_units_roles_titles_and_what_is_computed() -> None:
    schema = record_schema(PROJECTS, ADDRESS)
    said = schema["properties"]
    assert schema["$id"] == ADDRESS
    assert schema["required"] == ["name", "sector", "status"]
    assert said["ref"]["x-ogc-role"] == "id"
    assert said["geometry"]["x-ogc-role"] == "primary-geometry"
    assert said["capacity_mw"]["x-ogc-unit"] == "MW"
    assert said["generation_gwh_per_year"]["x-ogc-unit"] == "GW.h/a"
    assert said["cost_usd"]["x-ogc-unitLang"] == "ISO 4217"
    assert said["phase"]["readOnly"] is True
    assert "readOnly" not in said["name"]
    titles = {one["const"]: one["title"] for one in said["sector"]["oneOf"]}
    assert titles == {sector.slug: sector.label for sector in SECTORS}
    assert list(titles) == said["sector"]["enum"]
    assert record_schema(DEPOSITS, ADDRESS)["properties"]["updated_at"]["x-ogc-role"] == (
        "primary-instant"
    )


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_what_can_be_asked_is_described(collection: Collection) -> None:
    schema = queryables_schema(collection, ADDRESS)
    meta.validate(schema)
    assert schema["type"] == "object"
    assert ("geometry" in schema["properties"]) == collection.located
