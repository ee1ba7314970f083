"""Pairs of shipped facts that anybody can check on a map, as the registry stores and shows them.

- Zhanatas: the wind farm stands beside the phosphate town it is named after.
- Talimarjan power station burns gas of the Shurtan field south-west of it.
- Zhanaozen's hybrid plant stands at the Uzen oil field.
- Saran's solar plant lies at the Saranskaya coal mine, in the coal basin of Karaganda.
- Rudny's iron plant lies near the Sarbai iron mine; the town stands for the works.
- North Katpar: the project works on the tungsten deposit of that name, so both are one place.
- Zarafshan: the gold mine of Muruntau is seen from the wind farm's side of the town.
- Offshore: Kalamkas at the shore of the Caspian, and Kashagan in the middle of its north.
"""

import pytest
from sqlalchemy.orm import Session

from geo.feature import Feature
from registry import nearby, opportunities, queries
from registry.collections import CROSS_REFERENCES, DEPOSITS, PROJECTS, Collection
from registry.filters import Filter, Page
from registry.needs import Question
from registry.reach import reach_km

KNOWN = [
    ("Zhanatas wind farm", "Zhanatas (Karatau)", 5.9, "land"),
    ("Talimarjan power station, combined-cycle units 3 and 4", "Shurtan", 15.0, "fuel"),
    ("Zhanaozen hybrid power plant", "Uzen", 6.9, "fuel"),
    ("Saran solar plant", "Saranskaya", 4.4, "land"),
    ("Rudny hot briquetted iron plant", "Sarbai", 23.5, "feedstock"),
    ("North Katpar and Upper Kairakty tungsten project", "Katpar North", 0.0, "product"),
    ("Zarafshan wind farm", "Muruntau", 23.9, "land"),
]


def named(session: Session, collection: Collection, name: str) -> Feature:
    asked = Filter(collection.id)
    features = queries.features(session, collection, asked, Page(), public_only=True)
    (found,) = [one for one in features if one.properties["name"] == name]
    return found


@pytest.mark.parametrize(("project", "deposit", "km", "relation"), KNOWN)
def test_a_known_pair_is_stored_with_what_it_means(
    seeded_session: Session, project: str, deposit: str, km: float, relation: str
) -> None:
    ref = "~".join(
        named(seeded_session, *one).ref for one in ((PROJECTS, project), (DEPOSITS, deposit))
    )
    pair = queries.get(seeded_session, CROSS_REFERENCES, ref, public_only=True)
    assert pair.properties["distance_m"] / 1000 == pytest.approx(km, abs=1.0)
    assert pair.properties["relation"] == relation
    assert pair.properties["inside"] is (km == 0)


@pytest.mark.parametrize(("project", "deposit", "km", "relation"), KNOWN)
def test_a_known_pair_is_shown_on_both_pages(
    seeded_session: Session, project: str, deposit: str, km: float, relation: str
) -> None:
    mine, theirs = (
        named(seeded_session, PROJECTS, project),
        named(seeded_session, DEPOSITS, deposit),
    )
    deposits = nearby.deposits_near(seeded_session, mine)
    projects = nearby.projects_near(seeded_session, theirs, public_only=True)
    (there,) = [near for near in deposits if near.feature.ref == theirs.ref]
    (here,) = [near for near in projects if near.feature.ref == mine.ref]
    assert there.distance_m == here.distance_m
    assert there.line == here.line
    assert there.relevance == here.relevance


def test_an_offshore_field_is_found_past_what_is_stored(seeded_session: Session) -> None:
    plant = named(seeded_session, PROJECTS, "Zhanaozen hybrid power plant")
    far = nearby.deposits_near(seeded_session, plant, 300)
    (kalamkas,) = [near for near in far if near.feature.properties["name"] == "Kalamkas"]
    assert kalamkas.feature.properties["offshore"] is True
    assert kalamkas.feature.properties["countries"] == ["KZ"]
    assert kalamkas.distance_m / 1000 == pytest.approx(253, abs=2)
    assert "Kashagan (North Caspian)" not in {near.feature.properties["name"] for near in far}
    assert len(nearby.deposits_near(seeded_session, plant)) < len(far)


def test_kashagan_lies_out_of_every_plants_reach(seeded_session: Session) -> None:
    asked = Question(country=("KZ",), commodity=("oil",))
    found = opportunities.unused_deposits(seeded_session, asked, public_only=True)
    rows = {row.feature.properties["name"]: row for row in found.rows}
    kashagan = rows["Kashagan (North Caspian)"]
    assert kashagan.feature.properties["offshore"] is True
    assert "oil_gas" in {one.sector for one in kashagan.wanted}
    assert kashagan.nearest is None
    assert "Uzen" not in rows


def test_no_uranium_is_known_within_reach_of_the_plants_at_balkhash_and_kurchatov(
    seeded_session: Session,
) -> None:
    asked = Question(sector=("nuclear",))
    found = opportunities.lacking_projects(seeded_session, asked, public_only=True)
    sentences = {row.feature.properties["name"]: row.sentence for row in found.rows}
    assert sentences == {
        "Ulken nuclear power plant": "No uranium known within 300 km.",
        "Kurchatov nuclear power plant": "No uranium known within 300 km.",
    }
    assert reach_km("nuclear") == 300


def test_the_stored_and_the_measured_say_the_same(seeded_session: Session) -> None:
    for name, *_ in KNOWN:
        project = named(seeded_session, PROJECTS, name)
        stored = nearby.deposits_near(seeded_session, project)
        measured = nearby.deposits_near(seeded_session, project, 50.001)
        assert [near.feature.ref for near in stored] == [near.feature.ref for near in measured]
        for one, other in zip(stored, measured, strict=True):
            assert one.distance_m == pytest.approx(other.distance_m, abs=0.001)
            assert one.uncertainty_km == other.uncertainty_km
            assert one.relevance == other.relevance


def test_what_matters_most_comes_first(seeded_session: Session) -> None:
    plant = named(seeded_session, PROJECTS, "Zhanaozen hybrid power plant")
    ordered = nearby.by_relevance(nearby.deposits_near(seeded_session, plant, 300))
    matters = [near.relevance.matters for near in ordered]
    assert matters == sorted(matters, reverse=True)
    fuels = [near.distance_m for near in ordered if near.relevance.relation == "fuel"]
    assert fuels == sorted(fuels)
