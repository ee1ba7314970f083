"""What the pages for reading say, asked as a browser asks."""

import html
import json
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from geo.formats import FORMATS
from registry import queries, records, removal
from registry.actors import Actor
from registry.collections import PROJECTS
from registry.database.store import Store
from registry.fields import FIELDS
from registry.filters import Filter
from registry.vocabulary import COMMODITIES, COUNTRY_TERMS, PHASES, PRECISIONS, SECTORS, STATUSES
from tests.factories import BUKHARA, TASHKENT, make_corridor, make_deposit, make_project
from web import explore, opportunities


def words(page: str) -> str:
    """The text of a page as a reader sees it: no tags, single spaces."""
    bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(bare).replace("\u202f", " ").split())


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("country", COUNTRY_TERMS),
        ("sector", SECTORS),
        ("phase", PHASES),
        ("status", STATUSES),
        ("precision", PRECISIONS),
        ("commodity", COMMODITIES),
    ],
)
def test_the_form_offers_every_word_of_a_vocabulary(
    seeded_client: FlaskClient, name: str, terms: tuple[object, ...]
) -> None:
    page = seeded_client.get("/").text
    offered = re.findall(rf'type="checkbox" name="{name}" value="(\w+)"', page)
    assert sorted(offered) == sorted(term.slug for term in terms)  # type: ignore[attr-defined]  # every term has a slug


def test_the_form_has_a_box_for_every_filter(seeded_client: FlaskClient) -> None:
    page = seeded_client.get("/").text
    for field in FIELDS["projects"]:
        assert f'name="{field.name}"' in page


def test_counts_say_what_a_choice_would_leave(seeded_client: FlaskClient, seeded: Store) -> None:
    page = seeded_client.get("/?country=UZ").text
    with seeded.reading() as session:
        for sector in ("solar", "wind", "hydro", "grid"):
            asked = Filter.parse({"country": ["UZ"], "sector": [sector]}, PROJECTS)
            number = queries.count(session, PROJECTS, asked, public_only=True)
            found = re.search(rf'id="live-sector-{sector}"[^>]*>(?:<span[^>]*>)?([\d,]+)', page)
            assert found
            assert found[1] == str(number)


def test_the_sentence_says_what_the_figures_leave_out(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, name="One", capacity_mw=1500)
        make_project(session, name="Two", capacity_mw=None)
        make_project(session, None, name="Three", capacity_mw=300)
    page = words(client.get("/").text)
    assert "3 projects · 1.8 GW · 1 without a place" in page
    assert "1 gives no power, 3 give no reduction." in page
    assert "1 of 3 projects" in words(client.get("/?min_capacity_mw=1000").text)


def test_an_unlocated_project_is_in_the_list_and_not_on_the_map(
    client: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, None, name="Somewhere", countries=["TJ"])
    assert "No place known" in client.get("/").text
    assert json.loads(client.get("/map/projects.geojson").data)["features"] == []
    assert "No position is known" in client.get("/projects/P-000001").text


def test_a_chip_leads_to_the_question_without_it(seeded_client: FlaskClient) -> None:
    page = seeded_client.get("/?country=UZ,KG&sector=wind&sortby=name").text
    links = [html.unescape(link) for link in re.findall(r'class="chip" href="([^"]+)"', page)]
    assert links == [
        "/?country=UZ&sector=wind&sortby=name",
        "/?country=KG&sector=wind&sortby=name",
        "/?country=KG&country=UZ&sortby=name",
    ]


def test_a_condition_is_seen_to_be_in_force_and_can_be_taken_away(
    seeded_client: FlaskClient,
) -> None:
    asked = "capacity_mw>=400 and name<>'<b>'"
    page = seeded_client.get("/", query_string={"sector": "wind", "filter": asked}).text
    assert "capacity_mw &gt;= 400 AND name &lt;&gt; &#39;&lt;b&gt;&#39;" in page
    links = [html.unescape(link) for link in re.findall(r'class="chip" href="([^"]+)"', page)]
    assert "/?sector=wind" in links
    [kept] = [link for link in links if "filter=" in link]
    assert re.search(r'<textarea name="filter"[^>]*>capacity_mw', seeded_client.get(kept).text)


@pytest.mark.parametrize(
    "path", ["/", "/projects", "/export/projects.geojson", "/map/projects.geojson"]
)
@pytest.mark.parametrize(
    "text", ["(" * 2000, "a" * 1_000_000, "colour = 'red'", "S_INTERSECTS(geometry, POINT(500 0))"]
)
def test_a_wrong_condition_is_answered_in_words(client: FlaskClient, path: str, text: str) -> None:
    answer = client.get(path, query_string={"filter": text})
    assert answer.status_code == 400
    assert "filter: " in answer.text
    assert len(answer.data) < 20_000


def test_an_empty_list_offers_the_next_step(seeded_client: FlaskClient) -> None:
    page = words(seeded_client.get("/?q=nothing-has-this-name").text)
    assert "No project matches all of these filters" in page
    assert "Clear all filters" in page


def test_the_list_is_turned_over_page_by_page(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        for number in range(5):
            make_project(session, name=f"Park {number}")
    first = client.get("/projects?limit=2").text
    assert "1–2 of 5" in first
    following = html.unescape(re.findall(r'rel="next" href="([^"]+)"', first)[0])
    second = client.get(following).text
    assert "3–4 of 5" in second
    assert "Park 2" in second
    assert "Park 1" not in second


def test_a_project_shows_what_is_near_and_why_it_matters(
    client: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, TASHKENT, name="Reactor", sector="nuclear")
        make_deposit(session, "69.24 41.50", name="Yellow hill", commodities=["uranium"])
        make_deposit(session, BUKHARA, name="Far hill", commodities=["uranium"])
    page = words(client.get("/projects/P-000001").text)
    assert "Yellow hill Uranium 22.2 km" in page
    assert "what the reactor or the fuel cycle runs on" in page
    assert "Far hill" not in page
    near = words(client.get("/deposits/D-000001").text)
    assert "Reactor" in near
    assert "22.2 km" in near


def test_a_deposit_inside_an_area_is_said_to_be_inside(
    client: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, "POLYGON((69 41,70 41,70 42,69 42,69 41))", sector="minerals")
        make_deposit(session, TASHKENT, name="Copper hill")
    assert "inside or touching" in words(client.get("/projects/P-000001").text)


def test_a_region_is_not_measured_from(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, TASHKENT, location_precision="region")
        make_deposit(session, "69.3 41.3", name="Copper hill")
    page = words(client.get("/projects/P-000001").text)
    assert "no distance is measured from it" in page
    assert "In the same region" in page


def test_claimed_and_computed_stand_side_by_side(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, capacity_mw=100, reduction_claimed_tco2e_per_year=120000)
    page = words(client.get("/projects/P-000001").text)
    assert "Claimed 120 kt CO₂e a year" in page
    assert re.search(r"Computed [\d.]+ kt CO₂e a year 100 MW × 0.17", page)


@pytest.mark.parametrize(
    ("source", "linked"),
    [
        ("Report | https://example.org/a | 2024-05", True),
        ("Report | javascript:alert(1) | 2024", False),
        ("https://example.org/only", True),
        ("A bare title", False),
    ],
)
def test_only_web_addresses_become_links(
    client: FlaskClient, embedded: Store, source: str, linked: bool
) -> None:
    with embedded.writing() as session:
        make_project(session, sources=[source])
    page = client.get("/projects/P-000001").text
    assert ('rel="noopener noreferrer nofollow external"' in page) is linked
    assert 'href="javascript' not in page


def test_history_says_what_was_before_and_after(planner: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, name="Old name")
    edit = planner.get("/projects/P-000001/edit").text
    csrf = re.findall(r'name="csrf" value="([^"]+)"', edit)[0]
    sent = {"name": "New name", "sector": "solar", "status": "idea", "version": 1, "csrf": csrf}
    reason = {"geometry": TASHKENT, "location_precision": "exact", "reason": "It was renamed"}
    assert planner.post("/projects/P-000001", data=sent | reason).status_code == 303
    page = words(planner.get("/projects/P-000001/history").text)
    assert "Name Old name New name" in page
    assert "It was renamed" in page


def test_a_corridor_says_whose_territory_it_depends_on(
    client: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_corridor(session, name="North line", transits_russia=True)
        make_corridor(session, name="Middle line")
    assert "Through or into Russia" in words(client.get("/corridors/C-000001").text)
    assert "To markets past Russia and China" in words(client.get("/corridors/C-000002").text)


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("muruntau", "deposits", "Muruntau"),
        ("Zarafshan wind", "projects", "Zarafshan wind farm"),
        ("Ташкент", "places", "Tashkent"),
        ("taşkent", "places", "Tashkent"),
    ],
)
def test_search_finds_projects_deposits_and_places(
    seeded_client: FlaskClient, text: str, kind: str, title: str
) -> None:
    hits = json.loads(seeded_client.get("/search.json", query_string={"q": text}).data)
    assert title in [hit["title"] for hit in hits if hit["kind"] == kind]
    assert title in words(seeded_client.get("/search", query_string={"q": text}).text)


@pytest.mark.parametrize("text", ["", "a", " ", "%"])
def test_search_for_next_to_nothing_answers_calmly(seeded_client: FlaskClient, text: str) -> None:
    assert seeded_client.get("/search", query_string={"q": text}).status_code == 200
    assert seeded_client.get("/search.json", query_string={"q": text}).status_code == 200


@pytest.mark.parametrize(
    ("text", "said"), [("a " * 13, "at most 12 words"), ("\u0301\u0301", "letters")]
)
def test_a_search_for_too_much_is_told_and_not_while_one_types(
    client: FlaskClient, text: str, said: str
) -> None:
    answer = client.get("/search", query_string={"q": text})
    assert (answer.status_code, said in answer.text) == (400, True)
    assert client.get("/search.json", query_string={"q": text}).json == []


@pytest.mark.parametrize(
    "path",
    ["/projects/P-9", "/deposits/D-9", "/corridors/C-9", "/layers/x.geojson", "/map/x.geojson"],
)
def test_what_is_not_there_is_said(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "There is no" in words(answer.text)


def test_drafts_are_not_for_the_public(
    client: FlaskClient, planner: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, name="Secret plan", publication="draft")
    for path in ("/projects/P-000001", "/projects/P-000001/card", "/projects/P-000001/history"):
        assert client.get(path).status_code == 404
        assert planner.get(path).status_code == 200
    for path in (
        "/",
        "/projects",
        "/map/projects.geojson",
        "/search?q=secret",
        "/search.json?q=secret",
    ):
        assert "Secret plan" not in client.get(path).text
        assert "Secret plan" in planner.get(path).text


@pytest.mark.parametrize(
    ("text", "said", "fault"),
    [
        ("69.24, 41.30", "Point in Uzbekistan, Tashkent", False),
        ("41.30, 69.24", "Latitude and longitude look swapped", True),
        ("2.35, 48.85", "outside", True),
        ("POLYGON((69 41,70 42,70 41,69 42,69 41))", "crosses itself", True),
        ("nonsense", "", True),
    ],
)
def test_the_form_says_at_once_what_a_place_is(
    planner: FlaskClient, text: str, said: str, fault: bool
) -> None:
    csrf = re.findall(r'name="csrf" value="([^"]+)"', planner.get("/projects/new").text)[0]
    answer = json.loads(planner.post("/place", data={"csrf": csrf, "geometry": text}).data)
    assert said in answer["sentence"]
    assert answer["fault"] is fault


def test_the_form_says_what_lies_around_a_place(planner: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_deposit(session, "69.24 41.50", name="Copper hill")
        make_deposit(session, BUKHARA, name="Far hill")
        make_project(session, TASHKENT, name="Itself")
        make_project(session, "69.24 41.30", name="Same place")
    csrf = re.findall(r'name="csrf" value="([^"]+)"', planner.get("/projects/new").text)[0]
    sent = {"csrf": csrf, "geometry": TASHKENT, "ref": "P-000001"}
    deposits, projects = json.loads(planner.post("/place", data=sent).data)["near"]
    assert deposits["title"].endswith("within 50 km: 1")
    assert deposits["first"][0]["name"] == "Copper hill"
    assert deposits["first"][0]["distance"].startswith("22.2")
    assert [each["name"] for each in projects["first"]] == ["Same place"]
    assert projects["first"][0]["distance"] == "inside or touching"


def test_search_puts_a_name_before_a_summary(client: FlaskClient, embedded: Store) -> None:
    with embedded.writing() as session:
        make_project(session, name="Solar park", summary="West of Zarafshan")
        make_project(session, name="New Zarafshan line")
        make_project(session, name="Zarafshan wind")
    hits = json.loads(client.get("/search.json?q=zarafshan").data)
    titles = [hit["title"] for hit in hits if hit["kind"] == "projects"]
    assert titles == ["Zarafshan wind", "New Zarafshan line", "Solar park"]


def test_a_removed_project_is_said_to_be_and_keeps_its_history(
    client: FlaskClient, embedded: Store
) -> None:
    with embedded.writing() as session:
        make_project(session, ref="P-1", name="Entered twice")
        row = records.load(session, PROJECTS, "P-1")
        removal.remove(session, PROJECTS, row, Actor("rev", "reviewer"), version=1, reason="Twice")
    answer = client.get("/projects/P-1", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "P-1 was removed on" in answer.text
    history = client.get("/projects/P-1/history")
    assert history.status_code == 200
    assert "“Twice”" in history.text
    assert 'href="/projects/P-1"' not in history.text


@pytest.mark.parametrize("path", ["/projects", "/", "/api/collections/projects/items"])
def test_a_wrong_question_can_be_set_right_where_it_was_asked(
    seeded_client: FlaskClient, path: str
) -> None:
    answer = seeded_client.get(
        path,
        query_string={"country": "UZ", "filter": "capacity_mw >> 3", "limit": "<0>"},
        headers={"Accept": "text/html"},
    )
    assert answer.status_code == 400
    assert f'<form class="again" method="get" action="{path}">' in answer.text
    assert '<input type="hidden" name="country" value="UZ">' in answer.text
    assert "capacity_mw &gt;&gt; 3</textarea>" in answer.text
    assert f'href="{path}?country=UZ' in answer.text


def test_a_question_too_long_to_be_shown_is_not(seeded_client: FlaskClient) -> None:
    answer = seeded_client.get("/projects", query_string={"filter": "(" * 9_000})
    assert answer.status_code == 400
    assert 'class="again"' not in answer.text


def test_a_format_that_must_be_installed_first_is_named_in_the_menus(
    seeded_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = replace(FORMATS[0], title="Tomorrow", missing=lambda: "Install it first.")
    for module in (explore, opportunities):
        monkeypatch.setattr(module, "FORMATS", (*FORMATS, missing))
    for path in ("/projects", "/opportunities"):
        assert "Install it first." in seeded_client.get(path).text
