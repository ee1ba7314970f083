"""The registry's own reckoning of what a plant saves."""

import pytest

from registry.emissions import reckon


@pytest.mark.parametrize(
    ("country", "tonnes"),
    [("UZ", 83_100), ("KZ", 103_900), ("TM", 124_000), ("TJ", 29_600), ("KG", 25_600)],
)
def test_a_hundred_megawatts_of_sun_save_by_the_grid_factor(country: str, tonnes: int) -> None:
    reckoned = reckon("solar", [country], [1.0], 100, None)
    assert reckoned is not None
    assert reckoned.tco2e_per_year == pytest.approx(tonnes, rel=0.005)


def test_published_generation_goes_before_a_default_capacity_factor() -> None:
    reckoned = reckon("wind", ["UZ"], [1.0], 500, 1900)
    assert reckoned is not None
    assert reckoned.tco2e_per_year == pytest.approx(1_900_000 * 0.558, abs=1)
    assert "default" not in reckoned.formula


def test_a_plant_over_a_border_is_weighed_by_its_shares() -> None:
    reckoned = reckon("hydro", ["KG", "UZ"], [0.25, 0.75], None, 1000)
    assert reckoned is not None
    assert reckoned.tco2e_per_year == pytest.approx(1e6 * (0.25 * 0.098 + 0.75 * 0.467), abs=1)


def test_hydropower_has_the_firm_factor() -> None:
    firm, intermittent = (reckon(s, ["TJ"], [1.0], None, 1000) for s in ("hydro", "wind"))
    assert firm is not None
    assert intermittent is not None
    assert firm.tco2e_per_year < intermittent.tco2e_per_year


@pytest.mark.parametrize(
    ("sector", "countries", "mw"),
    [("grid", ["UZ"], 5.0), ("solar", [], 5.0), ("solar", ["UZ"], None)],
)
def test_where_a_figure_or_method_is_missing_nothing_is_claimed(
    sector: str, countries: list[str], mw: float | None
) -> None:
    assert reckon(sector, countries, [], mw, None) is None
