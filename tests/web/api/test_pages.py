"""The API as pages that a person can browse."""

import html
import re
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from registry.collections import PUBLISHED, Collection
from registry.database.store import Store
from tests.factories import make_project

# Of the records the first of each collection will do.
OURS = re.compile(r"/api(/[\w.~-]+){0,3}(/[PDCA]-000001)?")
HOSTILE = "</script><img src=x onerror=alert(1)>${document.title=1}`'\""


def browsed(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.status_code == 200, path
    assert answer.content_type == "text/html; charset=utf-8"
    return answer.text


def test_a_person_reaches_every_page_by_links(seeded_client: FlaskClient) -> None:
    seen: set[str] = set()
    waiting = ["/api"]
    while waiting:
        path = waiting.pop()
        page = browsed(seeded_client, path)
        assert page.count("<h1>") == 1, path
        for link in map(html.unescape, re.findall(r'href="([^"]+)"', page)):
            url = urlsplit(link)
            way = url.path
            if OURS.fullmatch(way) and way not in seen and "f=json" not in url.query:
                seen.add(way)
                if not way.endswith(".json"):
                    waiting.append(f"{way}?{url.query}")
    per_collection = {"", "/items", "/schema", "/queryables", "/items/X"}
    found = {re.sub(r"/[PDCA]-000001$", "/X", way) for way in seen}
    for collection in PUBLISHED:
        wanted = per_collection - ({"/items/X"} if collection.read_only else set())
        assert {f"/api/collections/{collection.id}{last}" for last in wanted} <= found
    assert {"/api/conformance", "/api/api.html", "/api/openapi.json"} <= found


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_a_page_of_records_shows_them_in_a_table_and_on_a_map(
    seeded_client: FlaskClient, collection: Collection
) -> None:
    path = f"/api/collections/{collection.id}/items"
    page, document = browsed(seeded_client, path), seeded_client.get(path).get_json()
    for feature in document["features"]:
        assert f'/items/{feature["id"]}?f=html"' in page
    assert ('class="folium-map"' in page) == collection.located


def test_a_page_says_where_its_document_is(seeded_client: FlaskClient) -> None:
    page = browsed(seeded_client, "/api/collections/projects/items?country=UZ&limit=3")
    alternate = re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', page)
    assert len(alternate) == 1
    kind, href = alternate[0]
    assert kind == "application/geo+json"
    assert seeded_client.get(html.unescape(href)).get_json()["numberReturned"] == 3


def test_pages_are_turned_without_javascript(seeded_client: FlaskClient) -> None:
    page = browsed(seeded_client, "/api/collections/projects/items?limit=2&f=html")
    following = html.unescape(re.findall(r'rel="next" href="([^"]+)"', page)[0])
    assert "P-000003" in browsed(seeded_client, following)


def test_a_page_draws_a_bounded_part_and_leads_to_the_next(
    client: FlaskClient, embedded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.api.views.MOST_ROWS", 2)
    with embedded.writing() as session:
        for _ in range(5):
            make_project(session)
    seen, path = [], "/api/collections/projects/items?limit=10000&f=html"
    while path:
        page = browsed(client, path)
        seen.append(re.findall(r"/items/(P-\d+)\?f=html", page))
        path = "".join(map(html.unescape, re.findall(r'rel="next" href="([^"]+)"', page)))
    assert [len(refs) for refs in seen] == [2, 2, 1]
    assert [ref for refs in seen for ref in refs] == [f"P-{number:06d}" for number in range(1, 6)]


def test_what_people_typed_is_shown_as_text(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, ref="P-1", name=HOSTILE, summary=HOSTILE)
    for path in ("items", "items/P-1"):
        page = browsed(client, f"/api/collections/projects/{path}")
        assert "<img" not in page
        assert page.count("</script>") == page.count("<script")


def test_only_what_was_asked_for_is_a_column(seeded_client: FlaskClient) -> None:
    page = browsed(seeded_client, "/api/collections/projects/items?properties=name,jcm_number")
    head = re.findall(r"<thead>(.*?)</thead>", page, re.DOTALL)[0]
    assert re.findall(r">([^<>]+)</th>", head) == ["Ref", "Name", "JCM number"]


def test_the_map_page_leads_to_the_same_records_in_the_api(seeded_client: FlaskClient) -> None:
    page = browsed(seeded_client, "/?country=UZ&sector=wind")
    address = "/api/collections/projects/items?country=UZ&sector=wind&f=html"
    assert address in html.unescape(page)
    assert "country=UZ" in browsed(seeded_client, address)


def test_a_list_of_records_is_asked_anew_and_taken_as_a_file(seeded_client: FlaskClient) -> None:
    page = browsed(
        seeded_client, "/api/collections/projects/items?f=html&country=UZ&filter=capacity_mw>100"
    )
    assert '<input type="hidden" name="country" value="UZ">' in page
    assert 'spellcheck="false">capacity_mw&gt;100</textarea>' in page
    for path in ("/export/projects.gpkg", "/"):
        assert re.search(rf'href="{path}\?country=UZ&amp;filter=capacity_mw[^"&]+100"', page)
    of_one_property = browsed(seeded_client, "/api/collections/projects/items?f=html&version=1")
    assert "/export/" not in of_one_property, "files are not asked by single properties"


@pytest.mark.parametrize(
    ("address", "has_map"),
    [
        ("/api/collections/projects/items/P-000001?f=html", True),
        ("/api/collections/agreements/items/A-000001?f=html", False),
        ("/api/collections/agreements/items?f=html", False),
    ],
)
def test_a_map_is_there_only_where_something_is_drawn(
    seeded_client: FlaskClient, address: str, has_map: bool
) -> None:
    page = browsed(seeded_client, address)
    assert ("folium-map" in page, "L.map(" in page) == (has_map, has_map)


def test_a_record_without_a_position_says_so_in_place_of_a_map(seeded_client: FlaskClient) -> None:
    found = seeded_client.get("/api/collections/projects/items?precision=unlocated").get_json()
    ref = found["features"][0]["id"]
    page = browsed(seeded_client, f"/api/collections/projects/items/{ref}?f=html")
    assert "No position is known of this record" in page
    page = browsed(seeded_client, "/api/collections/projects/items?f=html&precision=unlocated")
    assert "None of these has a position" in page


@pytest.mark.parametrize("part", ["schema", "queryables"])
def test_a_property_says_what_it_takes(seeded_client: FlaskClient, part: str) -> None:
    page = browsed(seeded_client, f"/api/collections/projects/{part}?f=html")
    takes = re.findall(r"<code>(\w+)</code>.*?data-label=\"Takes\">([^<]*)<", page, re.DOTALL)
    said = {name: text.strip() for name, text in takes}
    assert (said["capacity_mw"], said["status_date"]) == ("number", "date")
    assert said["partners"] == "list of string"


def test_the_handbook_says_which_parameters_are_lists(seeded_client: FlaskClient) -> None:
    page = browsed(seeded_client, "/api/api.html")
    assert re.search(r"<code>limit</code></th><td>[^<]*</td><td>integer<", page)
    assert re.search(r"<code>country</code></th><td>[^<]*</td><td>list of string<", page)
    assert "Store an agreement anew" in page
