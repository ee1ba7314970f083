"""Maps that need nothing from outside and run no text."""

import gzip
import json
import re

import pytest
import shapely
from flask.testing import FlaskClient
from folium.plugins import HeatMap

from geo.layers import LAYERS
from registry.database.store import Store
from registry.vocabulary import COMMODITY_GROUPS, FAMILIES, ROUTE_DEPENDENCES
from tests.factories import make_project
from web.assets import LOCAL_URLS
from web.maps.base import FIVE_COUNTRIES, RegistryMap
from web.maps.elements import Controls, FeatureLayer, GeometryField, ReferenceLayers
from web.maps.lean import dependence, mark_place
from web.maps.parts import map_parts
from web.maps.reference import country_bounds, silhouette

HOSTILE = "</script><img src=x onerror=alert(1)>${document.title=1}`'\""


def test_every_file_of_our_maps_is_local() -> None:
    drawn = RegistryMap(FIVE_COUNTRIES, "Map")
    for element in (ReferenceLayers, FeatureLayer, Controls, GeometryField):
        element("/module.js", {}).add_to(drawn)
    parts = map_parts(drawn, "N", LOCAL_URLS)
    assert "//" not in re.sub(r"<!--.*?-->", "", parts.header)
    assert re.findall(r'(?:src|href)="([^"]+)"', parts.header)
    assert "jquery" not in parts.header
    assert "bootstrap" not in parts.header


def test_a_plugin_whose_files_are_not_shipped_is_refused() -> None:
    drawn = RegistryMap(FIVE_COUNTRIES, "Map")
    HeatMap([[41.3, 69.2]]).add_to(drawn)
    with pytest.raises(KeyError):
        map_parts(drawn, "N", LOCAL_URLS)


def test_scripts_and_styles_carry_the_nonce() -> None:
    parts = map_parts(RegistryMap(FIVE_COUNTRIES, "Map"), "N0", LOCAL_URLS)
    together = parts.header + parts.script
    assert together.count("<script") == together.count('nonce="N0"') - together.count("<style")


def test_text_in_a_map_stays_text() -> None:
    drawn = RegistryMap(FIVE_COUNTRIES, HOSTILE)
    FeatureLayer("/module.js", {"name": HOSTILE}).add_to(drawn)
    parts = map_parts(drawn, "N", LOCAL_URLS)
    script = parts.script.removesuffix("</script>")
    assert "</script" not in script
    assert "<img" not in parts.script + parts.html


def test_the_label_of_a_map_stays_within_its_attribute() -> None:
    page = map_parts(RegistryMap(FIVE_COUNTRIES, 'A "b" onload=alert(1) <i>'), "N", LOCAL_URLS).html
    assert "<i>" not in page
    assert 'aria-label="A &#34;b&#34; onload=alert(1) &lt;i&gt;"' in page


@pytest.mark.parametrize("path", ["/", "/projects/P-000001", "/projects/P-000001/card"])
def test_no_page_uses_foliums_own_popups(client: FlaskClient, embedded: Store, path: str) -> None:
    with embedded.writing() as session:
        make_project(session, name=HOSTILE)
    page = client.get(path).text
    for word in ("bindPopup", "bindTooltip", "L.popup", "L.tooltip"):
        assert word not in page


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.id)
def test_a_layer_is_geojson_kept_by_the_browser(client: FlaskClient, layer: object) -> None:
    path = f"/layers/{layer.id}.geojson"  # type: ignore[attr-defined]  # parametrized by Layer
    plain = client.get(path)
    assert json.loads(plain.data)["features"]
    zipped = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(zipped.data) == plain.data
    assert len(zipped.data) < len(plain.data) / 2
    again = client.get(path, headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304


def test_the_map_is_asked_again_only_where_something_changed(
    client: FlaskClient, embedded: Store
) -> None:
    first = client.get("/map/projects.geojson")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/map/projects.geojson", headers=tag).status_code == 304
    with embedded.writing() as session:
        make_project(session)
    assert client.get("/map/projects.geojson", headers=tag).status_code == 200


def test_every_colour_of_the_vocabularies_is_in_the_stylesheet(client: FlaskClient) -> None:
    sheet = client.get("/colours.css").text
    for row in (*FAMILIES, *COMMODITY_GROUPS, *ROUTE_DEPENDENCES):
        assert f"light-dark({row.light}, {row.dark})" in sheet


def test_each_country_has_a_box_and_a_shape() -> None:
    assert set(country_bounds()) == {"KZ", "KG", "TJ", "TM", "UZ"}
    for code in country_bounds():
        assert re.fullmatch(r"(M[\d. L-]+Z)+", silhouette(code))


@pytest.mark.parametrize(
    "wkt",
    [
        "LINESTRING(60 40, 70 40)",
        "POLYGON((60 40,70 40,70 45,60 40))",
        "MULTIPOINT(60 40, 70 45)",
        "GEOMETRYCOLLECTION(POINT(60 40), LINESTRING(60 40, 70 45))",
    ],
)
def test_the_mark_of_a_shape_lies_on_it(wkt: str) -> None:
    shape = shapely.from_wkt(wkt)
    place = mark_place(json.loads(shapely.to_geojson(shape)))
    assert shape.distance(shapely.Point(place)) < 1e-4


@pytest.mark.parametrize(
    ("said", "route"),
    [
        ({}, "past_both"),
        ({"transits_russia": True}, "through_russia"),
        ({"transits_china": True}, "into_china"),
        ({"ends_in_russia_or_china": True, "markets": ["China"]}, "into_china"),
        ({"ends_in_russia_or_china": True, "markets": ["Russia"]}, "through_russia"),
    ],
)
def test_a_route_depends_on_whom_it_crosses_or_ends_with(
    said: dict[str, object], route: str
) -> None:
    assert dependence(said) == route
