"""What may be stored, and what is said of what may not."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.drafts import Draft, Given, Memo, parse, parse_many
from registry.errors import Invalid
from registry.kinds import Kind, Several, Text
from tests.factories import TASHKENT

TODAY = date(2026, 11, 24)
BOW_TIE = "POLYGON((64 40, 66 42, 66 40, 64 42, 64 40))"


def read(geometry: Any = TASHKENT, **values: Any) -> Draft:
    """A project draft, sound unless the test says otherwise."""
    return parse(
        "projects", {"name": "A", "sector": "wind", "status": "idea"} | values, geometry, TODAY
    )


def faults(geometry: Any = TASHKENT, **values: Any) -> dict[str, tuple[str, ...]]:
    """What is wrong with a project draft."""
    with pytest.raises(Invalid) as error:
        read(geometry, **values)
    return error.value.faults


def test_country_and_region_come_from_the_place_and_not_from_what_is_said() -> None:
    draft = read("69.24 41.30", countries=["KZ"], admin1=["KZ-11"])
    assert draft.values["countries"] == ["UZ"]
    assert draft.values["admin1"] == ["UZ-TK"]


def test_without_a_place_country_and_region_are_taken_as_said() -> None:
    draft = read("", countries=["KG", "TJ"], admin1=["KG-O"])
    assert draft.values["countries"] == ["KG", "TJ"]
    assert draft.values["admin1"] == ["KG-O"]
    assert draft.values["location_precision"] == "unlocated"


def test_without_place_and_country_the_country_is_asked_for() -> None:
    assert "Say at least one country" in faults("")["countries"][0]


def test_every_fault_is_told_at_once() -> None:
    found = faults(
        BOW_TIE,
        name=" ",
        sector="sunny",
        start_year="2040",
        end_year="2030",
        capacity_mw="-5",
        cost_amount="7",
    )
    assert set(found) == {
        "geometry",
        "name",
        "sector",
        "end_year",
        "capacity_mw",
        "cost_currency",
    }


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "x" * 5000, "5,000 characters"),
        ("name", "   ", "needed"),
        ("sector", "gas", "solar, wind, hydro"),
        ("capacity_mw", "-1", "from 0 to"),
        ("capacity_mw", "many", "takes a number"),
        ("capacity_mw", "nan", "takes a number"),
        ("start_year", "1066", "from 1950 to 2100"),
        ("start_year", "2200", "from 1950 to 2100"),
        ("start_year", "2030.5", "whole number"),
        ("status_date", "soon", "takes a day"),
        ("partner_countries", ["Narnia"], "no country"),
        ("cost_currency", "ZZZ", "no currency"),
        ("jcm_stage", "pin", "Joint Crediting Mechanism"),
    ],
)
def test_a_wrong_value_gets_a_sentence_beside_its_field(field: str, value: Any, words: str) -> None:
    assert any(words in sentence for sentence in faults(**{field: value})[field])


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ("41.30, 69.24", "swapped"),
        ("429.24 41.30", "180"),
        ("69.24 141.30", "90"),
        (BOW_TIE, "crosses itself"),
        ("139.7 35.7", "outside"),
        ("POINT EMPTY", ""),
        ("POLYGON EMPTY", ""),
        ('{"type": "Point", "coordinates": []}', ""),
        ('{"type": "Point", "coordinates": [69.2', ""),
        ("somewhere near Tashkent", ""),
    ],
)
def test_a_wrong_place_gets_a_sentence_that_says_what_to_do(geometry: str, words: str) -> None:
    (sentence,) = faults(geometry, location_precision="exact")["geometry"]
    assert words in sentence
    assert sentence.endswith((".", "?"))
    assert len(sentence) > 20


def test_a_place_outside_says_how_far_and_from_which_country() -> None:
    (sentence,) = faults("51.4 35.7")["geometry"]  # Tehran
    assert "Turkmenistan" in sentence
    assert "km" in sentence


def test_no_place_with_a_precision_is_a_fault() -> None:
    assert (
        "needs a place"
        in faults("", countries=["UZ"], location_precision="exact")["location_precision"][0]
    )


def test_a_place_without_precision_is_approximate() -> None:
    assert read().values["location_precision"] == "approximate"


def test_a_place_that_says_it_is_none_is_a_fault() -> None:
    assert "location_precision" in faults(location_precision="unlocated")


@pytest.mark.parametrize(
    ("value", "unit", "mw"), [(0.5, "GW", 500), (500, "kw", 0.5), (70, "MW", 70)]
)
def test_megawatts_follow_from_a_capacity_in_a_unit_of_power(
    value: float, unit: str, mw: float
) -> None:
    assert read(capacity_value=value, capacity_unit=unit).values["capacity_mw"] == pytest.approx(mw)


def test_two_capacities_that_disagree_are_a_fault() -> None:
    assert "capacity_mw" in faults(capacity_value=1, capacity_unit="GW", capacity_mw=5)


def test_partners_run_parallel_and_blank_rows_of_the_form_vanish() -> None:
    draft = read(
        partners=["Masdar", "", "JICA"],
        partner_countries=["ae", "", "JP"],
        partner_roles=["funder", "", ""],
    )
    assert draft.values["partners"] == ["Masdar", "JICA"]
    assert draft.values["partner_countries"] == ["AE", "JP"]
    assert draft.values["partner_roles"] == ["funder", None]


def test_a_status_that_does_not_fit_its_year_is_a_warning_and_no_fault() -> None:
    assert read(status="operating", start_year=2030).warnings
    assert read(status="idea", start_year=2001).warnings
    assert not read(status="operating", start_year=2020).warnings


def test_an_unknown_property_is_reported() -> None:
    assert any("colour" in warning for warning in read(colour="red").warnings)


def test_computed_properties_of_an_exported_file_are_no_error() -> None:
    draft = read(
        phase="pipeline", country_shares=[1.0], version=9, japan_involved=True, offshore=False
    )
    assert not draft.warnings


def test_a_corridor_may_run_anywhere() -> None:
    values = {"name": "Far road", "kind": "rail", "location_precision": "schematic"}
    assert parse("corridors", values, "LINESTRING(30 45, 40 45)", TODAY).values["countries"] == []


def test_many_drafts_are_read_as_one_by_one() -> None:
    rows = [
        ({"name": "A", "sector": "wind", "status": "idea"}, place)
        for place in (TASHKENT, "0 0", None)
    ]
    good, outside, nowhere = parse_many("projects", rows, TODAY)
    assert isinstance(good, Draft)
    assert isinstance(outside, Invalid)
    assert isinstance(nowhere, Invalid)


@given(
    st.dictionaries(
        st.sampled_from(["name", "sector", "capacity_mw", "partners", "sources", "start_year"]),
        st.one_of(
            st.text(),
            st.integers(),
            st.floats(),
            st.booleans(),
            st.none(),
            st.lists(st.text(), max_size=3),
        ),
    ),
    st.one_of(st.none(), st.text(), st.dictionaries(st.text(), st.text(), max_size=2)),
)
def test_whatever_is_typed_is_either_read_or_refused_with_sentences(
    values: dict[str, Any], geometry: Any
) -> None:
    found: dict[str, tuple[str, ...]] = {}
    try:
        read(geometry, **values)
    except Invalid as error:
        found = error.faults
    assert all(sentence.strip() for sentences in found.values() for sentence in sentences)


def test_a_country_without_its_partner_is_a_fault() -> None:
    assert "partners" in faults(partners=["JICA", ""], partner_countries=["JP", "AE"])


def test_a_place_of_too_many_corners_is_refused() -> None:
    ring = ", ".join(f"{64 + n / 1e5:.5f} {40 + (n % 2) / 1e4:.4f}" for n in range(20_001))
    assert "at most 20,000" in faults(f"LINESTRING({ring})")["geometry"][0]


def test_many_at_once_are_judged_as_one_by_one() -> None:
    sound = {"name": "A", "sector": "Wind power", "status": "IDEA"}
    given: list[tuple[dict[str, Any], Given]] = [
        (sound, TASHKENT),
        (sound | {"location_precision": "town"}, ""),
        ({"colour": "red", "status": "operating", "start_year": 2050, **sound}, BOW_TIE),
        (sound | {"location_precision": "unlocated"}, {"type": "Point", "coordinates": [69, 41]}),
        (sound | {"partners": ["JICA"], "partner_countries": ["JP"]}, {"type": "Point"}),
        ({"sector": "sunny"}, {"type": "Point", "coordinates": [0, 0]}),
    ]
    for (values, geometry), result in zip(given, parse_many("projects", given, TODAY), strict=True):
        alone = parse_many("projects", [(values, geometry)], TODAY)[0]
        if isinstance(alone, Invalid):
            assert isinstance(result, Invalid)
            assert result.faults == alone.faults
            assert list(result.faults) == list(alone.faults)
        else:
            assert result == alone


def test_a_capacity_past_all_plants_is_refused() -> None:
    assert "capacity_value" in faults(capacity_value=1e15, capacity_unit="GW")


@pytest.mark.parametrize(
    "said", ["  Парк  ", ["A; B", " A"], [True], [1], 1, True, ["1"], "1", ["A", None]]
)
@pytest.mark.parametrize("kind", [Text(), Several(Text()), Several(Text(), in_step=True)])
def test_a_remembered_value_is_the_one_that_was_read(kind: Kind, said: Any) -> None:
    memo = Memo(kind)
    for _ in range(3):
        try:
            expected = kind.read(said)
        except ValueError as error:
            with pytest.raises(ValueError, match=re.escape(str(error))):
                memo.read(said)
            continue
        value = memo.read(said)
        assert value == expected
        if isinstance(value, list):
            value.append("what one record does with its list is its own affair")
