"""Possible duplicates: found where they are, with reasons, and not where they are not."""

import json
import time
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from geo.feature import Feature
from geo.formats import find_format
from geo.nearest import pairs_within
from registry import duplicates, queries, records
from registry.clock import now
from registry.collections import PROJECTS
from registry.decisions import mark_different
from registry.drafts import Draft, parse, parse_many
from registry.errors import Invalid
from registry.filters import Filter
from registry.imports import import_rows
from registry.sketches import of_draft
from tests.factories import ALMATY, PLANNER, TASHKENT, make_project

ZARAFSHAN = "64.3174 41.5969"


def draft(geometry: str | None = ZARAFSHAN, **values: object) -> Draft:
    given = {"name": "ザラフシャン風力発電所", "sector": "wind", "status": "idea"} | values
    if geometry is not None:
        given.setdefault("location_precision", "exact")
    return parse("projects", given, geometry, now().date())


def found(session: Session, given: Draft | Feature) -> list[str]:
    likes = duplicates.like(session, given)
    assert all(0.5 <= one.score <= 1 and one.reasons for one in likes)
    assert [one.score for one in likes] == sorted((one.score for one in likes), reverse=True)
    return [one.feature.ref for one in likes]


def edited(ref: str) -> Feature:
    """A stored project as somebody is about to change it."""
    changed = draft()
    return Feature(ref, changed.geometry, changed.values)


@pytest.fixture
def farm(session: Session) -> Session:
    """The wind farm at Zarafshan, and a solar park in Tashkent."""
    make_project(session, ZARAFSHAN, name="Zarafshan wind farm", sector="wind", capacity_mw=500)
    make_project(session, TASHKENT, name="Tashkent solar park")
    return session


@pytest.mark.parametrize(
    "name", ["ザラフシャン風力発電所", "Зарафшанская ВЭС", "Zarafshan 500 MW", "Zarafshon shamol"]
)
def test_one_plant_under_another_spelling_is_found(farm: Session, name: str) -> None:
    assert found(farm, draft(name=name)) == ["P-000001"]


def test_the_reasons_stand_in_words(farm: Session) -> None:
    (one,) = duplicates.like(farm, draft("64.35 41.6", capacity_mw=520))
    assert one.reasons == (
        "The names “ザラフシャン風力発電所” and “Zarafshan wind farm” agree.",
        "They are 2.7 km apart.",
        "They have 520 MW and 500 MW.",
        "Both are wind power.",
    )


@pytest.mark.parametrize(
    ("geometry", "values", "expected"),
    [
        ("64.6 41.6", {}, []),  # 23 km: two exact places
        ("64.6 41.6", {"location_precision": "town"}, ["P-000001"]),
        (None, {"countries": ["UZ"]}, ["P-000001"]),
        (None, {"countries": ["KZ"]}, []),
        ("66.0 41.6", {"location_precision": "region"}, ["P-000001"]),
        (ZARAFSHAN, {"sector": "coal"}, []),
        (ZARAFSHAN, {"sector": "grid"}, ["P-000001"]),
        (ZARAFSHAN, {"sector": "coal", "secondary_sectors": ["wind"]}, ["P-000001"]),
        (ZARAFSHAN, {"name": "Masdar Navoi farm", "capacity_mw": 500}, ["P-000001"]),
        (ZARAFSHAN, {"name": "Masdar Navoi farm", "capacity_mw": 50}, []),
    ],
)
def test_place_sector_and_size_decide(
    farm: Session, geometry: str | None, values: dict[str, object], expected: list[str]
) -> None:
    assert found(farm, draft(geometry, **values)) == expected


def test_a_line_is_near_along_its_whole_length(session: Session) -> None:
    line = "LINESTRING(64 41, 66 41)"
    make_project(session, line, name="Gazli line", sector="grid")
    assert found(session, draft("65 41.05", name="Линия Газли", sector="grid")) == ["P-000001"]


def test_a_record_is_no_duplicate_of_itself_nor_of_its_phases(farm: Session) -> None:
    make_project(
        farm, ZARAFSHAN, name="Zarafshan wind farm, phase 2", sector="wind", parent="P-000001"
    )
    stored = queries.get(farm, PROJECTS, "P-000001", public_only=False)
    assert found(farm, stored) == []
    assert found(farm, edited("P-000001")) == []
    assert found(farm, draft(parent="P-000001")) == []
    assert duplicates.pairs(farm) == ([], 0)


def test_what_was_found_different_is_not_shown_again(farm: Session) -> None:
    other = make_project(farm, ZARAFSHAN, name="Zarafshan wind park", sector="wind")
    stored = queries.get(farm, PROJECTS, other.ref, public_only=False)
    assert found(farm, stored) == ["P-000001"]
    mark_different(farm, other.ref, "P-000001", PLANNER)
    assert found(farm, stored) == []
    assert found(farm, edited(other.ref)) == []
    assert len(found(farm, draft())) == 2


@pytest.fixture
def several(farm: Session) -> Session:
    """Three doubles: near, by country only, and a kindred sector."""
    make_project(farm, "64.33 41.6", name="Зарафшанская ВЭС", sector="wind", capacity_mw=500)
    make_project(farm, None, name="Сурхандарьинская ПГУ", sector="thermal", countries=["UZ"])
    make_project(farm, None, name="Surkhandarya plant", sector="thermal", countries=["UZ", "KZ"])
    make_project(farm, ALMATY, name="Almaty CHP", sector="thermal")
    make_project(farm, ALMATY, name="Almaty heat", sector="efficiency")
    return farm


def test_all_pairs_are_listed_once_best_first(several: Session) -> None:
    listed, _ = duplicates.pairs(several)
    assert [(pair.left.ref, pair.right.ref) for pair in listed] == [
        ("P-000001", "P-000003"),
        ("P-000004", "P-000005"),
        ("P-000006", "P-000007"),
    ]
    assert listed[0].score > listed[1].score > listed[2].score
    assert "one has no exact place" in listed[1].reasons[1]


@pytest.mark.parametrize(
    ("args", "expected"),
    [({"country": ["KZ"]}, 2), ({"sector": ["wind"]}, 1), ({"sector": ["solar"]}, 0), ({}, 3)],
)
def test_the_list_answers_a_question(
    several: Session, args: dict[str, list[str]], expected: int
) -> None:
    asked = Filter.parse(args, PROJECTS)
    listed, total = duplicates.pairs(several, asked)
    assert len(listed) == total == expected


def test_a_page_of_pairs_is_a_part_of_all(several: Session) -> None:
    listed, _ = duplicates.pairs(several)
    assert duplicates.pairs(several, limit=2) == (listed[:2], 3)
    assert duplicates.pairs(several, offset=2, limit=2) == (listed[2:], 3)
    assert duplicates.pairs(several, offset=4, limit=2) == ([], 3)


def test_each_listed_pair_is_also_found_from_either_side(several: Session) -> None:
    for pair in duplicates.pairs(several)[0]:
        assert pair.right.ref in found(several, pair.left)
        assert pair.left.ref in found(several, pair.right)


def test_an_import_warns_of_what_may_be_there_already_and_stores_it(farm: Session) -> None:
    def row(name: str, lon: float | None, **values: object) -> dict[str, object]:
        place = None if lon is None else {"type": "Point", "coordinates": [lon, 41.5969]}
        said = {"name": name, "sector": "wind", "status": "idea", "countries": ["UZ"]} | values
        return {"type": "Feature", "id": name, "geometry": place, "properties": said}

    rows = [
        row("ザラフシャン風力発電所", 64.32),
        row("Zarafshan ВЭС", None),
        row("Kungrad wind farm", 64.32),
        row("Кунград, фаза 2", None, parent="Kungrad wind farm"),
    ]
    body = json.dumps({"type": "FeatureCollection", "features": rows}).encode()
    raw = list(find_format("geojson").read(BytesIO(body)))
    report = import_rows(farm, PROJECTS, raw, PLANNER)
    assert report.count("create") == 4
    first, second, third, fourth = (verdict.warnings for verdict in report.rows)
    assert len(first) == 1
    assert first[0].startswith("It may be a duplicate of P-000001 “Zarafshan wind farm”: The names")
    assert len(second) == 2
    assert "“ザラフシャン風力発電所” of this file" in " ".join(second)
    assert third == fourth == ()


def test_two_thousand_projects_are_compared_at_once(gpkg_session: Session) -> None:
    random = np.random.default_rng(5)
    syllables = ["za", "ra", "shan", "bu", "ka", "tol", "mir", "ny", "gul", "dar", "ush", "kent"]
    given = [
        (
            {
                "name": "".join(random.choice(syllables, 4)).title() + " solar",
                "sector": "solar",
                "status": "idea",
                "location_precision": ["exact", "town"][n % 2],
            },
            f"{lon:.5f} {lat:.5f}",
        )
        for n, (lon, lat) in enumerate(random.uniform((62, 43), (78, 50), (2_000, 2)))
    ]
    drafts = [one for one in parse_many("projects", given, now().date()) if isinstance(one, Draft)]
    records.create_many(gpkg_session, PROJECTS, [(None, one) for one in drafts], PLANNER)
    assert len(drafts) == len(given)
    assert not any(isinstance(one, Invalid) for one in drafts)
    started = time.perf_counter()
    duplicates.pairs(gpkg_session)
    whole = time.perf_counter() - started
    duplicates.like(gpkg_session, drafts[0])
    assert whole < 5
    assert time.perf_counter() - started - whole < 1


def test_a_file_of_rows_in_one_place_is_compared_in_bounded_memory(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "_CROWD", 20_000)
    mine = draft(TASHKENT)
    made: list[int] = []

    def counted(*args: Any) -> Any:
        near = pairs_within(*args)
        made.append(len(near))
        return near

    monkeypatch.setattr(duplicates, "pairs_within", counted)
    said = duplicates.twins(session, [(None, mine)] * 500)
    assert sum(made) == 500 * 500
    assert max(made) <= 20_000
    assert [len(twins) for twins in said] == [0, 1, 2] + [3] * 497
    made.clear()
    monkeypatch.setattr(duplicates, "MOST_COMPARED", 1_000)
    duplicates.twins(session, [(None, mine)] * 500)
    assert sum(made) <= 40_000, "nobody waits for the rest"


def test_shapes_of_very_many_corners_are_compared_by_few() -> None:
    corners = shapely.Point(69.2, 41.3).buffer(0.2, quad_segs=4_000)
    mine = draft(corners.wkt)
    sketch = of_draft(mine)
    assert shapely.get_num_coordinates(mine.geometry) > 10_000
    assert shapely.get_num_coordinates(sketch.geometry) <= 500
    assert shapely.hausdorff_distance(sketch.geometry, mine.geometry) < 0.002
