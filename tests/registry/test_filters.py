"""The question as a value: what is read, what is refused, what finds what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from registry import queries
from registry.collections import DEPOSITS, PROJECTS, PUBLISHED
from registry.errors import BadFilter
from registry.fields import FIELDS, AnyOf
from registry.filters import Filter, Page
from registry.vocabulary import COUNTRY_TERMS, SECTORS
from tests.factories import ALMATY, BUKHARA, TASHKENT, make_deposit, make_project

Args = dict[str, list[str]]


def names(session: Session, args: Args, public_only: bool = True) -> set[str]:
    """Names of the projects that a question finds."""
    asked, page = Filter.parse(args, PROJECTS), Page.parse({}, PROJECTS)
    found = queries.features(session, PROJECTS, asked, page, public_only=public_only)
    assert queries.count(session, PROJECTS, asked, public_only=public_only) == len(found)
    return {feature.properties["name"] for feature in found}


@pytest.fixture
def three(session: Session) -> Session:
    """A solar park in Tashkent, a wind park in Bukhara, an unlocated Kazakh training course."""
    make_project(
        session,
        TASHKENT,
        name="Sun",
        capacity_mw=100,
        start_year=2025,
        partners=["JICA"],
        partner_countries=["JP"],
        status="operating",
    )
    make_project(
        session,
        BUKHARA,
        name="Wind of Zarafşan",
        sector="wind",
        capacity_mw=500,
        start_year=2030,
        location_precision="town",
        partners=["Masdar Clean Energy"],
    )
    make_project(
        session,
        None,
        name="Course",
        sector="people",
        countries=["KZ"],
        summary="Teaches 50% of them",
    )
    make_deposit(session, "64.5 39.8", name="Gazli", commodities=["gas"])
    return session


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ({}, {"Sun", "Wind of Zarafşan", "Course"}),
        ({"country": ["UZ"]}, {"Sun", "Wind of Zarafşan"}),
        ({"country": ["UZ,KZ"], "sector": ["people", "wind"]}, {"Wind of Zarafşan", "Course"}),
        ({"country": [""], "sector": ["people"]}, {"Course"}),
        ({"phase": ["active"]}, {"Sun"}),
        ({"status": ["idea"]}, {"Wind of Zarafşan", "Course"}),
        ({"partner": ["JP"]}, {"Sun"}),
        ({"partner": ["masdar"]}, {"Wind of Zarafşan"}),
        ({"commodity": ["gas"]}, {"Wind of Zarafşan"}),
        ({"commodity": ["gold"]}, set()),
        ({"q": ["zarafsan"]}, {"Wind of Zarafşan"}),
        ({"q": ["ZARAFŞAN wind"]}, {"Wind of Zarafşan"}),
        ({"q": ["jica"]}, {"Sun"}),
        ({"q": ["50%"]}, {"Course"}),
        ({"q": ["_"]}, set()),
        ({"bbox": ["69,41,70,42"]}, {"Sun"}),
        ({"bbox": ["170,30,70,50"]}, {"Sun", "Wind of Zarafşan"}),
        ({"near": ["69.2,41.3,10"]}, {"Sun"}),
        ({"near": ["69.2,41.3,600"]}, {"Sun", "Wind of Zarafşan"}),
        ({"min_capacity_mw": ["101"]}, {"Wind of Zarafşan"}),
        ({"max_capacity_mw": ["100"]}, {"Sun"}),
        ({"start_year_from": ["2026"]}, {"Wind of Zarafşan"}),
        ({"start_year_to": ["2026"]}, {"Sun"}),
        ({"precision": ["unlocated"]}, {"Course"}),
        ({"country": ["uz"], "sector": ["SOLAR"]}, {"Sun"}),
    ],
)
def test_each_filter_finds_its_projects_on_both_databases(
    three: Session, args: Args, found: set[str]
) -> None:
    assert names(three, args) == found


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"colour": ["red"]}, "“colour” is no filter of projects"),
        ({"sector": ["gas"]}, "sector takes solar, wind, hydro"),
        ({"country": ["RU"]}, "country takes KZ, KG, TJ, TM, UZ; got “RU”"),
        ({"bbox": ["1,2,3"]}, "four numbers"),
        ({"bbox": ["60,45,70,40"]}, "south"),
        ({"bbox": ["60,nan,70,40"]}, "bbox"),
        ({"bbox": ["60,inf,70,40"]}, "bbox"),
        ({"near": ["69,41"]}, "lon,lat,km"),
        ({"near": ["69,41,-5"]}, "km"),
        ({"near": ["69,141,5"]}, "latitude"),
        ({"min_capacity_mw": ["many"]}, "takes a number"),
        ({"min_capacity_mw": ["1", "2"]}, "takes one value"),
        ({"start_year_from": ["20"]}, "from 1950 to 2100"),
        ({"q": ["x" * 500]}, "500 characters"),
    ],
)
def test_a_wrong_question_is_refused_with_its_parameter_and_what_it_takes(
    args: Args, words: str
) -> None:
    with pytest.raises(BadFilter, match=words):
        Filter.parse(args, PROJECTS)


@pytest.mark.parametrize(
    "args", [{"limit": ["0"]}, {"limit": ["x"]}, {"offset": ["-1"]}, {"sortby": ["colour"]}]
)
def test_a_wrong_page_is_refused(args: Args) -> None:
    with pytest.raises(BadFilter):
        Page.parse(args, PROJECTS)


def test_a_limit_above_the_maximum_is_clamped() -> None:
    assert Page.parse({"limit": ["99999999"]}, PROJECTS).limit == 10_000


def test_a_partner_that_nobody_has_is_named(three: Session) -> None:
    with pytest.raises(BadFilter, match="no partner is called “Nobody”"):
        names(three, {"partner": ["Nobody"]})


def test_a_filter_that_a_collection_lacks_is_an_error() -> None:
    with pytest.raises(BadFilter, match="no filter of deposits"):
        Filter.parse({"sector": ["solar"]}, DEPOSITS)


def test_drafts_are_not_for_the_public(session: Session) -> None:
    make_project(session, name="Secret", publication="draft")
    assert names(session, {}) == set()
    assert names(session, {}, public_only=False) == {"Secret"}


def test_sorting_puts_those_without_the_figure_last(three: Session) -> None:
    for sortby, order in (
        ("-capacity_mw", ["Wind of Zarafşan", "Sun", "Course"]),
        ("name", ["Course", "Sun", "Wind of Zarafşan"]),
    ):
        page = Page.parse({"sortby": [sortby]}, PROJECTS)
        found = queries.features(three, PROJECTS, Filter("projects"), page, public_only=True)
        assert [feature.properties["name"] for feature in found] == order


def test_totals_say_how_many_lack_the_figure(three: Session) -> None:
    totals = queries.totals(three, Filter("projects"), public_only=True)
    assert (totals.matched, totals.everything, totals.unlocated) == (3, 3, 1)
    assert (totals.capacity_mw, totals.capacity_unknown, totals.tonnes_unknown) == (600, 1, 3)


def test_facets_count_under_all_filters_but_their_own(three: Session) -> None:
    facets = queries.facets(
        three, Filter.parse({"country": ["UZ"], "sector": ["wind"]}, PROJECTS), public_only=True
    )
    assert facets["sector"] == {"solar": 1, "wind": 1}
    assert facets["country"] == {"UZ": 1}
    assert facets["phase"]["pipeline"] == 1


def test_a_position_that_says_nothing_exact_is_not_near_anything(session: Session) -> None:
    make_project(session, ALMATY, name="Region", location_precision="region")
    make_project(session, ALMATY, name="Town", location_precision="town")
    assert names(session, {"near": ["76.95,43.25,30"]}) == {"Town"}


@given(st.data())
def test_printing_a_question_and_reading_it_gives_the_same_question(data: st.DataObject) -> None:
    choices = {
        "country": st.lists(st.sampled_from([t.slug for t in COUNTRY_TERMS])),
        "sector": st.lists(st.sampled_from([t.slug for t in SECTORS])),
        "q": st.lists(st.text(min_size=1, max_size=20), max_size=1),
        "min_capacity_mw": st.lists(st.integers(0, 10**6).map(str), max_size=1),
        "near": st.just(["69.25,41.3,12.5"]),
        "bbox": st.just(["60.5,40,70,45"]),
    }
    args = {name: data.draw(texts) for name, texts in choices.items() if data.draw(st.booleans())}
    asked = Filter.parse(args, PROJECTS)
    again: Args = {}
    for name, text in asked.to_args():
        again.setdefault(name, []).append(text)
    assert Filter.parse(again, PROJECTS) == asked


@pytest.mark.parametrize("collection", PUBLISHED, ids=lambda c: c.id)
def test_every_filter_of_every_collection_runs(session: Session, collection: object) -> None:
    examples = {
        "q": "a",
        "bbox": "60,40,70,45",
        "near": "69,41,10",
        "min_capacity_mw": "1",
        "max_capacity_mw": "2",
        "start_year_from": "2000",
        "start_year_to": "2030",
        "partner": "JP",
    }
    for field in FIELDS[collection.id]:  # type: ignore[attr-defined]  # parametrize loses the type
        text = field.terms[0].slug if isinstance(field, AnyOf) else examples[field.name]
        asked = Filter.parse({field.name: [text]}, collection)  # type: ignore[arg-type]  # same
        assert queries.count(session, collection, asked, public_only=True) == 0  # type: ignore[arg-type]  # same
