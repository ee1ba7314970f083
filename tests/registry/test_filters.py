"""The question as a value: what is read, what is refused, what finds what."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from geo.countries import CODES
from registry import queries
from registry.asking import MOST_WORDS
from registry.collections import COUNTRIES, DEPOSITS, PROJECTS, PUBLISHED
from registry.errors import BadFilter
from registry.fields import FIELDS, AnyOf
from registry.filters import Filter, Page
from registry.folding import fold
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
        ({"near": ["69,41,1_0"]}, "lon,lat,km"),
        ({"near": ["69,41,nan"]}, "lon,lat,km"),
        ({"min_capacity_mw": ["many"]}, "takes a number"),
        ({"min_capacity_mw": ["٣"]}, "takes a number"),
        ({"min_capacity_mw": ["1", "2"]}, "takes one value"),
        ({"start_year_from": ["20"]}, "from 1950 to 2100"),
        ({"q": ["x" * 500]}, "500 characters"),
        ({"q": ["\u0301\u0300"]}, "q takes letters or figures"),
        ({"q": ["a " * 13]}, "at most 12 words; it has 13"),
        (
            {"partner": [f"Firm {place}" for place in range(676)]},
            "at most 50 values; it is given 676",
        ),
        ({"partner": ["x" * 60_000]}, "60,000 characters; at most 200 fit"),
        ({"country": [",".join(["UZ"] * 51)]}, "at most 50 values"),
        ({"near": ["6" * 201]}, "at most 200 fit"),
    ],
)
def test_a_wrong_question_is_refused_with_its_parameter_and_what_it_takes(
    args: Args, words: str
) -> None:
    with pytest.raises(BadFilter, match=words):
        Filter.parse(args, PROJECTS)


@pytest.mark.parametrize(
    "args",
    [
        {"limit": ["0"]},
        {"limit": ["x"]},
        {"limit": ["9" * 5000]},
        {"limit": ["٣"]},
        {"offset": ["-1"]},
        {"offset": ["9" * 5000]},
        {"sortby": ["colour"]},
        {"sortby": ["colour"] * 3000},
    ],
)
def test_a_wrong_page_is_refused(args: Args) -> None:
    with pytest.raises(BadFilter):
        Page.parse(args, PROJECTS)


def test_a_limit_above_the_maximum_is_clamped() -> None:
    assert Page.parse({"limit": ["99999999"]}, PROJECTS).limit == 10_000


def test_a_partner_that_nobody_has_is_named(three: Session) -> None:
    with pytest.raises(BadFilter, match="no partner is called “Nobody”"):
        Filter.parse({"partner": ["Nobody"]}, PROJECTS).check(three, public_only=True)
    assert names(three, {"partner": ["Nobody"]}) == set()


def test_a_partner_of_drafts_alone_looks_like_one_that_nobody_has(session: Session) -> None:
    make_project(session, name="Secret", partners=["Hidden", "Sun"], publication="draft")
    make_project(session, name="Open", partners=["Sun Power"])
    asked = Filter.parse({"partner": ["Hidden"]}, PROJECTS)
    with pytest.raises(BadFilter, match="no partner is called “Hidden”"):
        asked.check(session, public_only=True)
    asked.check(session, public_only=False)
    assert names(session, {"partner": ["Hidden"]}, public_only=False) == {"Secret"}
    # A draft's "Sun" must not hide "Sun Power", as a public one would.
    assert names(session, {"partner": ["Sun"]}) == {"Open"}


def test_the_very_name_of_a_partner_goes_before_a_part_of_it(session: Session) -> None:
    make_project(session, name="One", partners=["Sun"])
    make_project(session, name="Two", partners=["Sun Power"])
    assert names(session, {"partner": ["sun"]}) == {"One"}
    assert names(session, {"partner": ["sun", "power"]}) == {"One", "Two"}


def test_a_name_given_again_orders_nothing() -> None:
    page = Page.parse({"sortby": ["name"] * 3000 + ["-name,-capacity_mw"]}, PROJECTS)
    assert page.sortby == (("name", False), ("capacity_mw", True))


def test_of_many_unknown_filters_the_first_ten_are_named() -> None:
    with pytest.raises(BadFilter) as refused:
        Filter.parse({f"x{place}": ["1"] for place in range(500)}, PROJECTS)
    assert len(refused.value.faults) == 10


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


def _is_question(text: str) -> bool:
    return 0 < len(fold(text).split()) <= MOST_WORDS


# The first draw of any letter builds tables of all letters, which takes its time.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_printing_a_question_and_reading_it_gives_the_same_question(data: st.DataObject) -> None:
    choices = {
        "country": st.lists(st.sampled_from([t.slug for t in COUNTRY_TERMS])),
        "sector": st.lists(st.sampled_from([t.slug for t in SECTORS])),
        "q": st.lists(st.text(min_size=1, max_size=20).filter(_is_question), max_size=1),
        "min_capacity_mw": st.lists(st.floats(0, 1e15).map(repr), max_size=1),
        "near": st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.floats(1e-9, 2000)).map(
            lambda circle: [",".join(map(repr, circle))]
        ),
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
        "filter": "id LIKE '%-%'",
    }
    for field in FIELDS[collection.id]:  # type: ignore[attr-defined]  # parametrize loses the type
        text = field.terms[0].slug if isinstance(field, AnyOf) else examples[field.name]
        asked = Filter.parse({field.name: [text]}, collection)  # type: ignore[arg-type]  # same
        # No record is there, but the countries are.
        most = len(CODES) if collection is COUNTRIES else 0
        assert queries.count(session, collection, asked, public_only=True) <= most  # type: ignore[arg-type]  # same


def test_totals_of_the_countries_add_up_to_the_total_of_all(session: Session) -> None:
    make_project(session, "LINESTRING(69.24 41.30, 69.6 42.32)", name="Line", capacity_mw=1000)
    make_project(session, None, name="Unplaced", countries=["KZ", "KG"], capacity_mw=90)
    make_project(session, TASHKENT, name="Sun", capacity_mw=100)

    def total(args: Args) -> float:
        asked = Filter.parse(args, PROJECTS)
        return queries.totals(session, asked, public_only=True).capacity_mw

    by_country = {term.slug: total({"country": [term.slug]}) for term in COUNTRY_TERMS}
    assert sum(by_country.values()) == pytest.approx(total({}), abs=0.01)
    assert by_country["KG"] == pytest.approx(45)
    assert 100 < by_country["UZ"] < 1100
    assert total({"country": ["KZ,UZ,KG"]}) == pytest.approx(1190, abs=0.01)
