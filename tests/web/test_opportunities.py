"""The planner's page of what is missing: what it shows, counts, draws and exports."""

import json
import re

import pytest
from flask.testing import FlaskClient

from registry.database.engine import writing
from registry.database.store import Store
from tests.factories import ALMATY, BUKHARA, TASHKENT, make_deposit, make_project


def store_all(store: Store) -> None:
    with writing(store.records) as session, session.begin():
        make_deposit(session, BUKHARA, name="Lone uranium", commodities=["uranium"], ref="D-1")
        make_deposit(session, TASHKENT, name="Used coal", commodities=["coal"], ref="D-2")
        make_deposit(
            session, None, name="Coal somewhere", commodities=["coal"],
            location_precision="unlocated", ref="D-3",
        )  # fmt: skip
        make_project(session, TASHKENT, name="Coal plant", sector="thermal", ref="P-1")
        make_project(session, ALMATY, name="Far reactor", sector="nuclear", ref="P-2")
        make_project(session, ALMATY, name="Dropped", sector="nuclear", status="cancelled")
        make_project(session, ALMATY, name="Draft mine", sector="coal", publication="draft")


@pytest.fixture
def public(client: FlaskClient, embedded: Store) -> FlaskClient:
    """A browser of the public, on a few records."""
    store_all(embedded)
    return client


def said(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.get_data(as_text=True)))


def test_a_deposit_that_no_live_project_uses_is_listed(public: FlaskClient) -> None:
    page = said(public, "/opportunities")
    assert "Lone uranium" in page
    assert "Used coal" not in page
    assert "1 of 2 deposits have no live project" in page


def test_positions_that_take_no_part_are_counted_and_said(public: FlaskClient) -> None:
    assert "1 more deposit matches but has no position to measure from" in said(
        public, "/opportunities"
    )
    assert "1 deposit of this kind has none either" in said(public, "/opportunities?kind=projects")


def test_a_project_without_its_resource_is_listed(public: FlaskClient) -> None:
    page = said(public, "/opportunities?kind=projects")
    assert "Far reactor" in page
    assert "No uranium known within 300 km." in page
    assert "Dropped" not in page
    assert "1 of 2 live projects need a resource" in page


def test_drafts_are_measured_only_for_those_who_may_see_them(
    public: FlaskClient, planner: FlaskClient
) -> None:
    address = "/opportunities?kind=projects&sector=coal"
    assert "Draft mine" not in said(public, address)
    assert "Draft mine" in said(planner, address)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("country=UZ", True),
        ("country=KZ", False),
        ("commodity=uranium", True),
        ("commodity=coal", False),
        ("sector=nuclear", True),
        ("sector=thermal", False),
    ],
)
def test_each_filter_narrows_the_deposits(public: FlaskClient, asked: str, there: bool) -> None:
    assert ("Lone uranium" in said(public, f"/opportunities?{asked}")) is there


def test_the_distance_asked_for_is_the_reach(public: FlaskClient, embedded: Store) -> None:
    with writing(embedded.records) as session, session.begin():
        make_deposit(session, "69.9 41.3", name="Coal at 55 km", commodities=["coal"])
    assert "Coal at 55 km" not in said(public, "/opportunities?sector=thermal")
    page = said(public, "/opportunities?sector=thermal&km=20")
    assert "Coal at 55 km" in page
    assert "within 20 km that needs them" in page
    assert "55.3\u202fkm" in page.replace("&#8239;", "\u202f")


def test_wrong_values_are_told_all_at_once(public: FlaskClient) -> None:
    asked = "/opportunities?km=900&kind=x&offset=-1&country=FR&colour=red"
    answer = public.get(asked, headers={"Accept": "text/html"})
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    for words in ("km", "kind takes deposits or projects", "offset takes", "FR", "colour"):
        assert words in page


def test_empty_values_mean_not_set(public: FlaskClient) -> None:
    assert "Lone uranium" in said(public, "/opportunities?kind=&km=&country=&offset=")


def test_an_empty_list_says_why_and_what_next(public: FlaskClient) -> None:
    page = said(public, "/opportunities?sector=thermal&kind=projects")
    assert "Every one of these 1 live projects has a resource" in page
    page = said(public, "/opportunities?country=TM")
    assert "No deposit with a position to measure from matches these filters." in page
    assert "Clear all filters" in page


@pytest.mark.parametrize("kind", ["deposits", "projects"])
def test_the_file_and_the_map_hold_what_the_page_shows(public: FlaskClient, kind: str) -> None:
    page = public.get(f"/opportunities?kind={kind}&km=100").get_data(as_text=True)
    shown = re.findall(r'data-ref="([^"]+)"', page)
    found = re.search(r'href="(/export/opportunities\.geojson[^"]+)"', page)
    assert found
    answer = public.get(found[1].replace("&amp;", "&"))
    assert answer.mimetype == "application/geo+json"
    assert f"opportunities-{kind}_km-100" in answer.headers["Content-Disposition"]
    body = json.loads(answer.data)
    assert shown
    assert [feature["id"] for feature in body["features"]] == shown
    assert body["numberMatched"] == body["numberReturned"] == len(shown)
    assert body["filter"] == {"kind": [kind], "km": ["100"]}
    drawn = public.get(f"/map/opportunities.geojson?kind={kind}&km=100").get_json()
    assert [feature["id"] for feature in drawn["features"]] == shown


def test_a_file_says_what_is_missing(public: FlaskClient) -> None:
    body = json.loads(public.get("/export/opportunities.geojson?kind=projects").data)
    values = body["features"][0]["properties"]
    assert values["sentence"] == "No uranium known within 300 km."
    assert values["lacks"] == ["uranium"]


def test_an_unknown_ending_is_no_file(public: FlaskClient) -> None:
    assert public.get("/export/opportunities.docx").status_code == 404


def test_what_was_typed_stays_text(public: FlaskClient, embedded: Store) -> None:
    with writing(embedded.records) as session, session.begin():
        make_deposit(session, ALMATY, name="<script>alert(1)</script>", commodities=["gas"])
    page = public.get("/opportunities?commodity=gas").get_data(as_text=True)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_long_list_turns_its_pages(seeded_client: FlaskClient) -> None:
    page = seeded_client.get("/opportunities").get_data(as_text=True)
    assert page.count("data-ref=") == 100
    assert "offset=100" in page
    further = seeded_client.get("/opportunities?offset=100").get_data(as_text=True)
    assert not set(re.findall(r'data-ref="([^"]+)"', page)) & set(
        re.findall(r'data-ref="([^"]+)"', further)
    )
    assert "The list ends before this page." in said(seeded_client, "/opportunities?offset=99999")


def test_records_without_a_position_are_listed(client: FlaskClient, embedded: Store) -> None:
    with writing(embedded.records) as session, session.begin():
        make_deposit(session, None, name="Lost field", commodities=["uranium"], ref="D-7")
    page = client.get("/opportunities").text
    section = page.split('id="no-position"')[1]
    assert 'href="/deposits/D-7">Lost field</a>' in section
    assert "listed below" in page
