"""Each requirement of OGC API – Features Part 1 (17-069r4) that the API meets, and its check."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.collections import PUBLISHED

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
Check = Callable[[FlaskClient], None]
IDS = [collection.id for collection in PUBLISHED]


def got(client: FlaskClient, path: str, media_type: str | None = None) -> TestResponse:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.text[:300])
    if media_type:
        assert answer.content_type == media_type
    return answer


def document(client: FlaskClient, path: str) -> Any:
    return got(client, path).get_json()


def rels(found: Any) -> dict[str, list[dict[str, str]]]:
    by_rel: dict[str, list[dict[str, str]]] = {}
    for one in found["links"]:
        assert {"href", "rel", "type"} <= set(one)
        by_rel.setdefault(one["rel"], []).append(one)
    return by_rel


def items(collection_id: str) -> str:
    return f"/api/collections/{collection_id}/items"


def root_op(client: FlaskClient) -> None:
    got(client, "/api")
    got(client, "/api/")


def root_success(client: FlaskClient) -> None:
    found = rels(document(client, "/api"))
    assert {"service-desc", "service-doc", "conformance", "data"} <= set(found)


def api_definition_op(client: FlaskClient) -> None:
    for rel in ("service-desc", "service-doc"):
        for link in rels(document(client, "/api"))[rel]:
            assert (
                got(client, link["href"]).content_type.split(";")[0] == link["type"].split(";")[0]
            )


def api_definition_success(client: FlaskClient) -> None:
    got(client, "/api/openapi.json", OPENAPI)


def conformance_op(client: FlaskClient) -> None:
    got(client, "/api/conformance", JSON)


def conformance_success(client: FlaskClient) -> None:
    claimed = document(client, "/api/conformance")["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in claimed
    assert all(uri.startswith("http://www.opengis.net/spec/") for uri in claimed)
    assert len(claimed) == len(set(claimed))


def http(client: FlaskClient) -> None:
    assert client.get("/api/nowhere").status_code == 404
    assert client.delete("/api").status_code == 405
    assert client.head("/api").status_code == 200
    assert client.get("/api", headers={"Accept": "image/png"}).status_code == 406


def query_param_unknown(client: FlaskClient) -> None:
    paths = ["/api", "/api/conformance", "/api/collections", "/api/openapi.json"]
    for name in IDS:
        root = f"/api/collections/{name}"
        first = document(client, items(name))["features"][0]["id"]
        paths += [root, f"{root}/items", f"{root}/items/{first}", f"{root}/schema"]
    for path in paths:
        assert client.get(f"{path}?unheard=of").status_code == 400, path


def query_param_invalid(client: FlaskClient) -> None:
    for query in ("limit=0", "limit=a", "bbox=1,2", "datetime=never", "f=xml", "offset=-1"):
        for name in IDS:
            assert client.get(f"{items(name)}?{query}").status_code == 400, (name, query)


def crs84(client: FlaskClient) -> None:
    for name in IDS:
        answer = got(client, f"{items(name)}?limit=100")
        assert answer.headers["Content-Crs"] == f"<{CRS84}>"
        for feature in answer.get_json()["features"]:
            if feature["geometry"]:
                west, south, east, north = shapely.from_geojson(
                    json.dumps(feature["geometry"])
                ).bounds
                assert -180 <= west <= east <= 180
                assert -90 <= south <= north <= 90


def fc_md_op(client: FlaskClient) -> None:
    got(client, "/api/collections", JSON)


def fc_md_success(client: FlaskClient) -> None:
    found = document(client, "/api/collections")
    assert [one["id"] for one in found["collections"]] == IDS


def fc_md_links(client: FlaskClient) -> None:
    found = rels(document(client, "/api/collections"))
    assert found["self"][0]["type"] == JSON
    assert found["alternate"][0]["type"] == "text/html"


def fc_md_items_links(client: FlaskClient) -> None:
    for one in document(client, "/api/collections")["collections"]:
        types = {link["type"] for link in rels(one)["items"]}
        assert {GEOJSON, "text/html"} <= types
        for link in rels(one)["items"]:
            assert got(client, link["href"]).content_type.split(";")[0] == link["type"]


def fc_md_extent(client: FlaskClient) -> None:
    for one in document(client, "/api/collections")["collections"]:
        whole = one.get("extent", {})
        for box in whole.get("spatial", {}).get("bbox", []):
            inside = ",".join(map(str, box))
            path = f"{items(one['id'])}?bbox={inside}&limit=1"
            placed = [f for f in every(client, one["id"]) if f["geometry"]]
            assert document(client, path)["numberMatched"] == len(placed) > 0
        for start, end in whole.get("temporal", {}).get("interval", []):
            assert datetime.fromisoformat(start) <= datetime.fromisoformat(
                end or "2999-01-01T00:00:00Z"
            )


def every(client: FlaskClient, name: str) -> list[Any]:
    found: list[Any] = document(client, f"{items(name)}?limit=10000")["features"]
    return found


def sfc_md_op(client: FlaskClient) -> None:
    for name in IDS:
        got(client, f"/api/collections/{name}", JSON)
    assert client.get("/api/collections/none").status_code == 404


def sfc_md_success(client: FlaskClient) -> None:
    for one in document(client, "/api/collections")["collections"]:
        alone = document(client, f"/api/collections/{one['id']}")
        same = {name: value for name, value in one.items() if name != "links"}
        assert {name: alone[name] for name in same} == same


def fc_op(client: FlaskClient) -> None:
    for name in IDS:
        got(client, items(name), GEOJSON)


def parameters(client: FlaskClient, name: str) -> dict[str, Any]:
    definition = document(client, "/api/openapi.json")
    shared = definition["components"]["parameters"]
    given = definition["paths"][f"/collections/{name}/items"]["get"]["parameters"]
    full = [shared[one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one for one in given]
    return {one["name"]: one for one in full}


def fc_limit_definition(client: FlaskClient) -> None:
    for name in IDS:
        limit = parameters(client, name)["limit"]
        assert (limit["in"], limit["required"]) == ("query", False)
        assert limit["schema"] == {
            "type": "integer", "minimum": 1, "maximum": 10_000, "default": 10,
        }  # fmt: skip


def fc_limit_response(client: FlaskClient) -> None:
    for name in IDS:
        for limit, most in ((1, 1), (3, 3), (999_999, 10_000)):
            assert 0 < len(document(client, f"{items(name)}?limit={limit}")["features"]) <= most
        assert len(document(client, items(name))["features"]) <= 10


def fc_bbox_definition(client: FlaskClient) -> None:
    for name in IDS:
        bbox = parameters(client, name)["bbox"]
        assert (bbox["style"], bbox["explode"], bbox["schema"]["type"]) == ("form", False, "array")
        assert (bbox["schema"]["minItems"], bbox["schema"]["maxItems"]) == (4, 6)


def fc_bbox_response(client: FlaskClient) -> None:
    window = shapely.box(60, 38, 72, 45)
    for name in IDS:
        expected = {
            feature["id"]
            for feature in every(client, name)
            if feature["geometry"]
            and shapely.intersects(shapely.from_geojson(json.dumps(feature["geometry"])), window)
        }
        for box in ("60,38,72,45", "60,38,-100,72,45,9000"):
            found = document(client, f"{items(name)}?bbox={box}&limit=10000")["features"]
            assert {feature["id"] for feature in found} == expected


def fc_time_definition(client: FlaskClient) -> None:
    for name in IDS:
        assert parameters(client, name)["datetime"]["schema"]["type"] == "string"


def fc_time_response(client: FlaskClient) -> None:
    for feature in document(client, f"{items('projects')}?datetime=2025-06-01T00:00:00Z&limit=999")[
        "features"
    ]:
        said = feature["properties"]
        assert said["start_year"] <= 2025 <= (said["end_year"] or 2025)
    for name in IDS:
        for when in (
            "2025-01-01T00:00:00Z/2025-12-31T23:59:59Z",
            "../2025-01-01T00:00:00Z",
            "2025-01-01T00:00:00Z/..",
        ):
            got(client, f"{items(name)}?datetime={when}", GEOJSON)


def fc_response(client: FlaskClient) -> None:
    whole = {feature["id"] for feature in every(client, "projects")}
    solar = document(client, f"{items('projects')}?sector=solar&limit=10000")["features"]
    assert (
        {f["id"] for f in solar}
        == {f["id"] for f in every(client, "projects") if f["properties"]["sector"] == "solar"}
        < whole
    )


def fc_links(client: FlaskClient) -> None:
    for name in IDS:
        found = rels(document(client, f"{items(name)}?limit=2"))
        assert len(found["self"]) == 1
        assert len(found["alternate"]) == 1
        following = document(client, found["next"][0]["href"])
        assert following["features"][0]["id"] not in [f["id"] for f in every(client, name)[:2]]


def fc_rel_type(client: FlaskClient) -> None:
    for name in IDS:
        for links in rels(document(client, f"{items(name)}?limit=2")).values():
            for link in links:
                assert got(client, link["href"]).content_type.split(";")[0] == link["type"]


def fc_time_stamp(client: FlaskClient) -> None:
    for name in IDS:
        assert document(client, items(name))["timeStamp"].endswith("Z")


def fc_number_matched(client: FlaskClient) -> None:
    for name in IDS:
        page = document(client, f"{items(name)}?limit=2")
        assert page["numberMatched"] == len(every(client, name))


def fc_number_returned(client: FlaskClient) -> None:
    for name in IDS:
        page = document(client, f"{items(name)}?limit=3")
        assert page["numberReturned"] == len(page["features"]) == 3


def f_op(client: FlaskClient) -> None:
    for name in IDS:
        for feature in every(client, name)[:3]:
            got(client, f"{items(name)}/{feature['id']}", GEOJSON)
        assert client.get(f"{items(name)}/none").status_code == 404


def f_success(client: FlaskClient) -> None:
    for name in IDS:
        for feature in every(client, name)[:3]:
            alone = document(client, f"{items(name)}/{feature['id']}")
            assert {key: alone[key] for key in feature} == feature


def f_links(client: FlaskClient) -> None:
    for name in IDS:
        first = every(client, name)[0]["id"]
        found = rels(document(client, f"{items(name)}/{first}"))
        assert {"self", "alternate", "collection"} <= set(found)
        assert document(client, found["collection"][0]["href"])["id"] == name


def html(client: FlaskClient) -> None:
    for path in ("/api", "/api/conformance", "/api/collections", *map(items, IDS)):
        page = client.get(path, headers={"Accept": "text/html"})
        assert (page.status_code, page.content_type) == (200, "text/html; charset=utf-8")
        assert re.search(r"<h1>.+</h1>", page.text)


def geojson(client: FlaskClient) -> None:
    for name in IDS:
        for feature in every(client, name):
            assert feature["type"] == "Feature"
            assert {"type", "id", "geometry", "properties"} <= set(feature)
            assert feature["geometry"] is None or "coordinates" in feature["geometry"]


def oas_definition(client: FlaskClient) -> None:
    definition = got(client, "/api/openapi.json", OPENAPI).get_json()
    assert re.fullmatch(r"3\.0\.\d", definition["openapi"])
    assert {"info", "paths"} <= set(definition)


def oas_impl(client: FlaskClient) -> None:
    base = "/api"
    for path, methods in document(client, "/api/openapi.json")["paths"].items():
        if "{" not in path and "get" in methods:
            got(client, base + path.rstrip("/"))


def oas_exceptions(client: FlaskClient) -> None:
    for methods in document(client, "/api/openapi.json")["paths"].values():
        for operation in methods.values():
            assert {"400", "404", "500"} <= set(operation["responses"])


REQUIREMENTS: dict[str, Check] = {
    "/req/core/root-op": root_op,
    "/req/core/root-success": root_success,
    "/req/core/api-definition-op": api_definition_op,
    "/req/core/api-definition-success": api_definition_success,
    "/req/core/conformance-op": conformance_op,
    "/req/core/conformance-success": conformance_success,
    "/req/core/http": http,
    "/req/core/query-param-unknown": query_param_unknown,
    "/req/core/query-param-invalid": query_param_invalid,
    "/req/core/crs84": crs84,
    "/req/core/fc-md-op": fc_md_op,
    "/req/core/fc-md-success": fc_md_success,
    "/req/core/fc-md-links": fc_md_links,
    "/req/core/fc-md-items": fc_md_success,
    "/req/core/fc-md-items-links": fc_md_items_links,
    "/req/core/fc-md-extent": fc_md_extent,
    "/req/core/sfc-md-op": sfc_md_op,
    "/req/core/sfc-md-success": sfc_md_success,
    "/req/core/fc-op": fc_op,
    "/req/core/fc-limit-definition": fc_limit_definition,
    "/req/core/fc-limit-response": fc_limit_response,
    "/req/core/fc-bbox-definition": fc_bbox_definition,
    "/req/core/fc-bbox-response": fc_bbox_response,
    "/req/core/fc-time-definition": fc_time_definition,
    "/req/core/fc-time-response": fc_time_response,
    "/req/core/fc-response": fc_response,
    "/req/core/fc-links": fc_links,
    "/req/core/fc-rel-type": fc_rel_type,
    "/req/core/fc-timeStamp": fc_time_stamp,
    "/req/core/fc-numberMatched": fc_number_matched,
    "/req/core/fc-numberReturned": fc_number_returned,
    "/req/core/f-op": f_op,
    "/req/core/f-success": f_success,
    "/req/core/f-links": f_links,
    "/req/html/definition": html,
    "/req/html/content": html,
    "/req/geojson/definition": fc_op,
    "/req/geojson/content": geojson,
    "/req/oas30/oas-definition-1": api_definition_op,
    "/req/oas30/oas-definition-2": oas_definition,
    "/req/oas30/oas-impl": oas_impl,
    "/req/oas30/completeness": oas_impl,
    "/req/oas30/exceptions-codes": oas_exceptions,
}


@pytest.mark.parametrize("check", REQUIREMENTS.values(), ids=REQUIREMENTS)
def test_the_requirement_is_met(seeded_client: FlaskClient, check: Check) -> None:
    check(seeded_client)


def test_every_class_that_is_claimed_of_part_1_has_its_checks(seeded_client: FlaskClient) -> None:
    claimed = document(seeded_client, "/api/conformance")["conformsTo"]
    classes = {uri.rsplit("/", 1)[-1] for uri in claimed if "ogcapi-features-1/" in uri}
    assert classes == {requirement.split("/")[2] for requirement in REQUIREMENTS}
