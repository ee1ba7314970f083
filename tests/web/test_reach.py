"""How far the page of a project or a deposit looks, and in which order it lists what it finds."""

import re

import pytest
from flask.testing import FlaskClient

from registry.database.engine import writing
from registry.database.store import Store
from tests.factories import TASHKENT, make_deposit, make_project


@pytest.fixture
def reactor(client: FlaskClient, embedded: Store) -> FlaskClient:
    """A reactor with copper near by and uranium 84 km away."""
    with writing(embedded.records) as session, session.begin():
        make_project(session, TASHKENT, sector="nuclear", ref="P-1")
        make_deposit(session, "69.3 41.3", ref="D-1", name="Copper hill")
        make_deposit(session, "70.24 41.3", ref="D-2", name="Yellow hill", commodities=["uranium"])
    return client


def listed(client: FlaskClient, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.findall(r'data-ref="([^"]+)"', answer.text)


def test_a_page_looks_as_far_as_is_stored(reactor: FlaskClient) -> None:
    assert listed(reactor, "/projects/P-1") == ["D-1"]
    assert listed(reactor, "/projects/P-1?within_km=") == ["D-1"]


def test_farther_on_request_and_what_matters_first(reactor: FlaskClient) -> None:
    assert listed(reactor, "/projects/P-1?within_km=300") == ["D-2", "D-1"]
    page = reactor.get("/projects/P-1?within_km=300").text
    assert "Deposits within 300 km" in page
    assert "within 50 km" not in page


def test_a_page_offers_the_reach_of_its_sector(reactor: FlaskClient) -> None:
    page = reactor.get("/projects/P-1").text
    assert 'href="/projects/P-1?within_km=300"' in page
    assert "uranium is light and goes far" in page


@pytest.mark.parametrize("km", ["0", "301", "-5", "far", "nan", "1e9"])
def test_a_wrong_distance_is_told(reactor: FlaskClient, km: str) -> None:
    answer = reactor.get(f"/projects/P-1?within_km={km}", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert "within_km" in answer.text


def test_a_deposit_looks_as_far_too(reactor: FlaskClient) -> None:
    assert listed(reactor, "/deposits/D-2") == []
    assert listed(reactor, "/deposits/D-2?within_km=300") == ["P-1"]
    assert "Projects within 300 km" in reactor.get("/deposits/D-2?within_km=300").text
    assert reactor.get("/deposits/D-2?within_km=301").status_code == 400
